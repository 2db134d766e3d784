"""Reviews of entries: opened by cycle, decided one by one, never closed with anything undecided."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import apply_values, origins
from db.desk.notation.page import ProgressCount
from db.desk.requests.request_views import RequestView
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.status import items_of
from db.language import say
from db.store import audit
from db.store.tables import Account, AuditRecord, Campaign, Entry, Grant, Request, ReviewItem, Task
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import approve
from tests.db.desk.lives import joiner
from tests.db.desk.reviewing import (
    agreed,
    all_right,
    last_record,
    open_all,
    opened,
    own_right,
    refused,
    things,
)
from tests.wider_world import employ
from tests.world import World

BOOKS_OF = {"wide": ("safety", "general")}


@pytest.fixture
def wide(world: World) -> World:
    """Books with reviews: officers (B), the company's (E), and a general one (F)."""
    return world


def correct(wide: World, login: str, campaign: int, name: str, values: dict[str, str]) -> int:
    """Find an entry wrong and hand in what is right; the request."""
    desk = wide.desk(login)
    item = things(desk, campaign)[name]
    assert item.entry is not None
    form = desk.changes.form(item.entry)
    request = desk.changes.submit(form.entry, form.version, values, "核查时更正")
    Reviews(desk).decide(campaign, item.id, "corrected", item.version, request=request)
    return request


@pytest.mark.clause("B.5.3")
def test_a_full_review_ends_only_when_every_entry_is_decided(wide: World, clock: Clock) -> None:
    """The safety department goes through all entries of the quarter: right, corrected, removed."""
    campaign = open_all("safety")["full-review"]
    desk = wide.desk("kangle")
    rows = things(desk, campaign)
    assert set(rows) == {"潘安", "卫国", "丁一", "任和", "牛二"}
    own_right(wide, campaign, "kangle")
    for name in ("潘安", "卫国", "任和"):
        Reviews(desk).decide(campaign, rows[name].id, "right", rows[name].version)
    request = correct(wide, "kangle", campaign, "丁一", {"area": "一车间和仓库"})
    Reviews(desk).decide(campaign, rows["牛二"].id, "removed", rows["牛二"].version)

    early = refused(lambda: Reviews(desk).close(campaign))
    assert early.clause == "B.5.3"
    assert early.message.params == {"count": 2, "total": 6}
    assert last_record("reviews.close").outcome == "refused"
    states = {str(row.name): row.status for row in Reviews(desk).items(campaign)}
    assert states["丁一"] == states["牛二"] == "under-way"
    assert agreed(campaign) == ProgressCount(6, 4, 2)

    approve(wide, "panan", request)
    with writing():
        Entry.update(state="left").where(Entry.id == wide.entry("niuer", "safety")).execute()
    assert agreed(campaign) == ProgressCount(6, 6)
    Reviews(wide.desk("kangle")).close(campaign)
    record = last_record("reviews.close")
    assert (record.outcome, record.clause) == ("done", "B.5.3")
    closed = refused(lambda: Reviews(desk).decide(campaign, rows["潘安"].id, "right", rows["潘安"].version))
    assert closed.clause == "B.5.3"
    assert audit.verify().sound


def let_in(wide: World) -> None:
    """Let 贺兰 into the safety book, who checks a workshop."""
    work = {"position": "部门安全员", "area": "二车间", "duties": "消防通道"}
    reach = {"office_phone": "010-88668511", "mobile": "13810008511", "email": "lan@huaxing.example.com"}
    asked = joiner(wide, "二车间", "safety", kind="safety-officer", values={"name": "贺兰", **work, **reach})
    approve(wide, "kangle", wide.desk("panan").lifecycle.join(asked))


@pytest.mark.clause("B.5.3")
def test_who_joins_during_a_full_review_gives_nobody_a_second_task(wide: World) -> None:
    campaign = open_all("safety")["full-review"]
    let_in(wide)
    assert [row.kind for row in wide.desk("kangle").tasks.mine().rows if row.thing == campaign] == ["review"]


@pytest.mark.clause("B.5.3")
def test_who_joins_during_a_full_review_is_on_its_list_and_keeps_it_open(wide: World) -> None:
    """All were decided, and the task was done, when the safety department lets another officer in."""
    campaign = open_all("safety")["full-review"]
    kangle = wide.desk("kangle")
    own_right(wide, campaign, "kangle")
    all_right(kangle, campaign)
    assert not [row for row in kangle.tasks.mine().rows if row.thing == campaign]
    let_in(wide)

    kangle = wide.desk("kangle")
    early = refused(lambda: Reviews(kangle).close(campaign))
    assert (early.clause, early.message.params) == ("B.5.3", {"count": 1, "total": 7})
    assert [row.kind for row in kangle.tasks.mine().rows if row.thing == campaign] == ["review"]
    row = things(kangle, campaign)["贺兰"]
    assert row.status == "open"
    Reviews(kangle).decide(campaign, row.id, "right", row.version)
    assert agreed(campaign) == ProgressCount(7, 7)
    Reviews(kangle).close(campaign)


def test_a_correction_that_is_turned_down_leaves_the_entry_open(wide: World) -> None:
    campaign = open_all("safety")["full-review"]
    request = correct(wide, "kangle", campaign, "丁一", {"area": "一车间和仓库"})
    desk = wide.desk("panan")
    view: RequestView = desk.queue.one(request)
    desk.queue.reject(request, view.digest, "不属实")
    assert things(wide.desk("kangle"), campaign)["丁一"].status == "open"
    assert agreed(campaign) == ProgressCount(6)
    with writing():
        Entry.update(state="left").where(Entry.id == wide.entry("niuer", "safety")).execute()
    assert agreed(campaign) == ProgressCount(6, 1)


def test_a_correction_must_be_one_of_that_entry_and_of_now(wide: World) -> None:
    campaign = open_all("safety")["full-review"]
    request = correct(wide, "kangle", campaign, "丁一", {"area": "一车间和仓库"})
    desk = wide.desk("kangle")
    other = things(desk, campaign)["任和"]
    for wrong in (None, request, 999_999):
        with pytest.raises(Invalid):
            Reviews(desk).decide(campaign, other.id, "corrected", other.version, request=wrong)


@pytest.mark.clause("B.5.3", "C.8")
def test_finding_an_entry_right_says_who_verified_its_values(wide: World, clock: Clock) -> None:
    campaign = open_all("safety")["full-review"]
    desk, entry = wide.desk("kangle"), wide.entry("dingyi", "safety")
    item = things(desk, campaign)["丁一"]
    Reviews(desk).decide(campaign, item.id, "right", item.version)
    origin = origins(entry)["mobile"]
    assert origin.verifier == wide.accounts["kangle"]
    assert origin.source == "入职登记表"
    assert Entry.get_by_id(entry).verified_at == origin.verified_at
    record = last_record("reviews.decide")
    assert (record.entry, record.account, record.clause) == (entry, wide.accounts["kangle"], "B.5.3")


def test_what_is_decided_is_what_was_looked_at(wide: World) -> None:
    """Somebody changes the entry between the look and the key."""
    campaign = open_all("safety")["full-review"]
    desk = wide.desk("kangle")
    item = things(desk, campaign)["丁一"]
    with writing():
        apply_values(wide.entry("dingyi", "safety"), {"area": ("二车间",)}, source="更正", verifier=None)
    assert refused(
        lambda: Reviews(desk).decide(campaign, item.id, "right", item.version)
    ).clause == "B.5.3"  # fmt: skip
    assert things(desk, campaign)["丁一"].status == "open"


@pytest.mark.clause("B.5.3", "E.12", "E.6.2", "F.2.2")
def test_each_cycle_opens_its_review_once(wide: World, clock: Clock) -> None:
    """Quarterly ones once a quarter, the monthly one each month, whatever host asks how often."""
    first = {kind: open_all(book) for kind, book in (("B", "safety"), ("E", "group"), ("F", "general"))}
    assert set(first["B"]) == {"collection", "self-check", "confirmation", "full-review"}
    assert {"check", "confirmation", "sign-off"} <= set(first["E"])
    assert set(first["F"]) == {"check", "recertification"}
    assert opened("safety") == opened("group") == opened("general") == []
    clock.set("2026-12-01T09:00+08:00")
    assert opened("safety") == ["self-check"]
    clock.set("2027-01-01T09:00+08:00")
    again = opened("safety")
    assert sorted(again) == ["confirmation", "full-review", "self-check"]
    assert set(opened("group")) >= {"check"}
    check = Campaign.get_by_id(first["E"]["check"])
    assert (check.clause, check.due) == ("E.6.2, E.12, E.14", "2026-12-07")


@pytest.mark.clause("E.6.2", "F.2.2")
@pytest.mark.parametrize(
    ("book", "login", "clause"), [("group", "luoyan", "E.6.2"), ("general", "yuhr", "F.2.2")]
)
def test_human_resources_checks_every_entry(wide: World, book: str, login: str, clause: str) -> None:
    campaign = open_all(book)["check"]
    desk = wide.desk(login)
    entries = Entry.select().where((Entry.book == book) & (Entry.state == "active")).count()
    assert clause in refused(lambda: Reviews(desk).close(campaign)).clause
    assert all_right(desk, campaign) + own_right(wide, campaign, login) == entries, "but for the own one"
    Reviews(desk).close(campaign)
    assert not Entry.select().where((Entry.book == book) & Entry.verified_at.is_null()).exists()
    assert last_record("reviews.close").book == book


@pytest.mark.clause("E.12")
def test_a_review_outside_the_cycle_says_why(wide: World, clock: Clock) -> None:
    desk = wide.desk("luoyan")
    assert refused(lambda: Reviews(desk).open("group", "check", "  ")).clause == "E.12"
    campaign = Reviews(desk).open("group", "check", "法务部整体搬迁")
    row = next(row for row in Reviews(desk).campaigns() if row.id == campaign)
    assert row.reason == "法务部整体搬迁"
    record = last_record("reviews.open")
    assert (record.clause, record.outcome, record.account) == ("E.12", "done", wide.accounts["luoyan"])
    assert "法务部整体搬迁" in detail_of(record)
    employee = wide.desk("majun")
    assert Reviews(employee).offers() == ()
    assert "E.6.2" in refused(lambda: Reviews(employee).open("group", "check", "我想查")).clause
    with pytest.raises(Invalid):
        Reviews(desk).open("group", "inspection", "没有这种核查")


@pytest.mark.clause("E.12")
def test_a_change_outside_the_cycle_says_why_too(wide: World) -> None:
    desk = wide.desk("majun")
    form = desk.changes.form(wide.entry("majun", "group"))
    refusal = refused(
        lambda: desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "")
    )  # fmt: skip
    assert refusal.clause == "E.12"
    number = desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "号码被盗用")
    assert Request.get_by_id(number).reason == "号码被盗用"


@pytest.mark.clause("B.3.2", "B.5.2")
def test_officers_check_their_own_department_each_month_and_no_other(wide: World) -> None:
    campaign = open_all("safety")["self-check"]
    desk = wide.desk("dingyi")
    mine = things(desk, campaign)
    assert set(mine) == {"卫国", "丁一", "任和"}
    others = things(wide.desk("niuer"), campaign)
    assert set(others) == {"牛二"}
    theirs = others["牛二"]
    denied = refused(lambda: Reviews(desk).decide(campaign, theirs.id, "right", theirs.version))
    assert denied.clause == "B.3.2, B.5.2"
    never = refused(lambda: Reviews(desk).decide(campaign, 999_999, "right", 1))
    assert (never.clause, never.message) == (denied.clause, denied.message)
    assert last_record("reviews.decide").outcome == "refused"
    assert refused(lambda: Reviews(desk).one(campaign, theirs.id)).clause == "B.3.2, B.5.2"
    assert all_right(desk, campaign) == 3
    assert Reviews(desk).waiting() == 0 or things(desk, campaign)["丁一"].status == "decided"
    task = Task.get(Task.duty == f"review:{campaign}:{wide.unit('safety', '一车间')}:officer")
    assert task.state == "done"
    assert task.done_by_id == wide.accounts["dingyi"]


@pytest.mark.clause("B.3.2")
def test_an_officer_proposes_for_the_own_department_only(wide: World) -> None:
    desk = wide.desk("dingyi")
    form = desk.changes.form(wide.entry("renhe", "safety"))
    desk.changes.submit(form.entry, form.version, {"area": "装配线和包装线"}, "分工调整")
    denied = refused(lambda: desk.changes.form(wide.entry("niuer", "safety")))
    assert denied.message == refused(lambda: desk.changes.form(999_999)).message


@pytest.mark.clause("B.5.1")
def test_departments_that_have_not_sent_theirs_are_listed(wide: World, clock: Clock) -> None:
    campaign = open_all("safety")["collection"]
    safety = wide.desk("panan")
    missing = {row.name: row for row in Reviews(safety).progress(campaign)}
    assert set(missing) == {"安全管理部", "一车间", "装配班", "二车间", "仓储部"}
    assert missing["一车间"].who == ("丁一",)
    said = [say(one, "en") for one in missing["仓储部"].who]
    acts_instead = ["潘安 (Safety department)", "康乐 (Safety department)"]
    assert said == acts_instead, "without an officer the safety department acts (B.5.5)"

    officer = wide.desk("dingyi")
    for row in things(officer, campaign).values():
        Reviews(officer).decide(campaign, row.id, "right")
    left = {row.name for row in Reviews(safety).progress(campaign) if row.count.undecided}
    assert left == {"安全管理部", "二车间", "仓储部"}
    late = refused(lambda: Reviews(safety).close(campaign))
    assert (late.clause, late.message.params["count"]) == ("B.5.1", 3)
    clock.forward(days=30)
    assert {row.name for row in Reviews(wide.desk("panan")).progress(campaign) if row.late} == left


@pytest.mark.clause("B.5.1")
def test_a_department_without_entries_says_why(wide: World) -> None:
    campaign = open_all("safety")["collection"]
    desk = wide.desk("panan")
    store_room = things(desk, campaign)["仓储部"]
    assert refused(lambda: Reviews(desk).decide(campaign, store_room.id, "right")).clause == "B.5.1"
    Reviews(desk).decide(campaign, store_room.id, "right", word="暂无人员")
    assert things(desk, campaign)["仓储部"].comment == "暂无人员"


@pytest.mark.clause("E.10", "B.3.3")
def test_who_cannot_or_does_not_answer_is_asked_by_the_maintainer(wide: World, clock: Clock) -> None:
    with writing():
        Account.update(state="disabled").where(Account.login == "majun").execute()
    campaign = open_all("group")["confirmation"]
    hr = things(wide.desk("luoyan"), campaign)
    assert set(hr) == {"罗燕", "马军"}
    clock.forward(days=30)
    everybody = things(wide.desk("luoyan"), campaign)
    assert {"黄博", "宋佳", "马军"} <= set(everybody)
    item = everybody["黄博"]
    Reviews(wide.desk("luoyan")).decide(campaign, item.id, "right", item.version, word="电话核实")
    assert things(wide.desk("luoyan"), campaign)["黄博"].who == "罗燕"


@pytest.mark.clause("E.10")
@pytest.mark.parametrize("login", ["majun", "zhangwei", "tangyu"])
def test_who_is_nothing_in_a_review_does_not_learn_of_it(wide: World, login: str) -> None:
    campaign = open_all("group")["check"]
    desk = wide.desk(login)
    assert campaign not in {row.id for row in Reviews(desk).campaigns()}
    there, never = (
        refused(lambda: Reviews(desk).items(campaign)),
        refused(lambda: Reviews(desk).items(9999)),
    )
    assert (there.clause, there.message) == (never.clause, never.message)


@pytest.mark.threat(63)
@pytest.mark.parametrize("how", ["withdrawn", "rejected"])
def test_a_verdict_does_not_outlive_the_correction_it_rests_on(wide: World, how: str) -> None:
    """Nothing is left of "corrected": neither where the review tells it, nor where errors are counted."""
    campaign = open_all("safety")["full-review"]
    desk = wide.desk("kangle")
    request = correct(wide, "kangle", campaign, "丁一", {"area": "一车间和仓库"})
    if how == "withdrawn":
        desk.requests.withdraw(request)
    else:
        queue = next(wide.desk(one).queue for one in wide.accounts if _has(wide, one, request))
        queue.reject(request, queue.one(request).digest, "不对")
    item = ReviewItem.get_by_id(things(desk, campaign)["丁一"].id)
    assert (item.verdict, item.request_id, item.decided_at) == (None, None, None)
    assert things(desk, campaign)["丁一"].status == "open"


def _has(wide: World, login: str, request: int) -> bool:
    """Whether ``login`` decides on the request now."""
    try:
        return any(row.id == request for row in wide.desk(login).queue.window(limit=100).rows)
    except Refused:
        return False


@pytest.mark.threat(18)
@pytest.mark.clause("B.5.3")
def test_nobody_decides_on_their_own_entry_in_a_full_review(wide: World) -> None:
    """It is the colleague's; where there is none, whoever supervises decides on it, and finds it listed."""
    review = open_all("safety")["full-review"]
    first, second = wide.desk("panan"), wide.desk("kangle")
    for desk, own, other in ((first, "潘安", "康乐"), (second, "康乐", "潘安")):
        rows = things(desk, review)
        assert own not in rows
        assert other in rows
    mine = things(second, review)["潘安"]
    theirs = refused(partial(Reviews(first).decide, review, mine.id, "right", mine.version))
    assert theirs.clause == "B.5.3"
    Reviews(second).decide(review, mine.id, "right", mine.version)
    with writing():
        Grant.delete().where((Grant.role == "safety") & (Grant.account == wide.accounts["panan"])).execute()
        employ(wide, "jiandu", "监督", "safety", (policy_of("safety").supervisor.role,))
    alone = things(wide.desk("jiandu"), review)
    assert list(alone) == ["康乐"]
    Reviews(wide.desk("jiandu")).decide(review, alone["康乐"].id, "right", alone["康乐"].version)


@pytest.mark.clause("B.3.2", "B.5.2")
def test_a_self_check_is_of_ones_own_entry_too(wide: World) -> None:
    review = open_all("safety")["self-check"]
    assert "丁一" in things(wide.desk("dingyi"), review)


@pytest.mark.threat(18)
@pytest.mark.clause("B.5.3")
def test_nothing_decided_is_decided_over_without_a_word(wide: World) -> None:
    """Refused with who decided what and when; with a word it is, and whoever decided it is told."""
    review = open_all("safety")["full-review"]
    first, second = wide.desk("panan"), wide.desk("kangle")
    row = things(first, review)["丁一"]
    Reviews(first).decide(review, row.id, "right", row.version)
    for desk, verdict in ((second, "removed"), (second, "right"), (first, "removed")):
        refusal = refused(partial(Reviews(desk).decide, review, row.id, verdict, row.version))
        assert (refusal.clause, "潘安" in say(refusal.message, "zh_CN")) == ("B.5.3", True)
    assert ReviewItem.get_by_id(row.id).verdict == "right"
    Reviews(second).decide(review, row.id, "removed", row.version, word="已调离")
    (told,) = [one for one in first.notices.unread() if one.kind == "review-overruled"]
    assert (told.detail["verdict_zh"], told.name) == ("无误", "丁一")
    assert ReviewItem.get_by_id(row.id).comment == "已调离"


@pytest.mark.clause("E.6.2")
@pytest.mark.threat(73)
def test_the_rest_of_a_unit_is_decided_as_it_was_drawn_and_nothing_else(wide: World) -> None:
    """By exception: what changed since, what somebody else decided and one's own entry are left out."""
    campaign = open_all("group")["check"]
    desk, other = wide.desk("luoyan"), wide.desk("liuyang")
    changed, decided, *rest = [row for row in Reviews(desk).items(campaign) if row.status == "open"][:4]
    with writing():
        Entry.update(version=Entry.version + 1).where(Entry.id == changed.entry).execute()
    Reviews(other).decide(campaign, decided.id, "right", decided.version)
    left = Reviews(desk).decide_rest(campaign, [(row.id, row.version) for row in (changed, decided, *rest)])
    assert {one.item for one in left} == {changed.id, decided.id}
    now = {row.id: row for row in Reviews(desk).items(campaign)}
    assert now[changed.id].status == "open"
    assert {now[row.id].who for row in rest} == {"罗燕"}
    assert now[decided.id].who == "刘洋"
    assert dict(Reviews(desk).spread(campaign).hands) == {"罗燕": len(rest), "刘洋": 1}
    records = AuditRecord.select().where(AuditRecord.act == "reviews.decide_rest")
    assert [row.outcome for row in records] == ["refused", "refused", *["done"] * len(rest)]
    again = refused(lambda: Reviews(desk).decide_rest(campaign, [(rest[0].id, rest[0].version)]))
    assert "decided already" in say(again.message, "en")


@pytest.mark.threat(18)
def test_nobody_decides_the_rest_of_what_is_not_theirs_or_their_own(wide: World) -> None:
    campaign = open_all("group")["check"]
    desk = wide.desk("luoyan")
    own = items_of(Campaign.get_by_id(campaign)).where(Entry.person == wide.people["luoyan"]).first()
    assert "own entry" in say(
        refused(lambda: Reviews(desk).decide_rest(campaign, [(own.id, own.entry.version)])).message, "en"
    )
    row = Reviews(desk).items(campaign)[0]
    for number in (campaign, 999_999):
        decide = partial(Reviews(wide.desk("majun")).decide_rest, number, [(row.id, row.version)])
        found = refused(decide)
        assert "no such review" in say(found.message, "en")
