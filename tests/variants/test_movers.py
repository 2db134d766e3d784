"""Somebody moves to another department while reviews, disclosures, offices and copies go on."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.offices import head_of
from db.desk.editions.edition_views import pending_requests
from db.desk.editions.editions import Editions
from db.desk.entry.colleagues import side_of
from db.desk.extracts.report_rights import Extent
from db.desk.lifecycle.forms import MoveAsked
from db.desk.overview.movements import movements
from db.desk.reviews.reviews import Reviews
from db.language import say
from db.store.tables import AuditRecord, Entry, HandBack, Request, Task, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access
from tests.db.desk.lives import duties, take_out
from tests.db.desk.reviewing import open_all, things
from tests.editions_world import with_its_office
from tests.rules import put_under
from tests.variants.acting import approve, change, leave, move, task_of
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, refusal, state, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World
from tui.sheets.notice_words import describe_notice

BOOKS_OF = {"house": tuple(PLANS)}


def moved(house: World, clock: Clock, keeper: str, second: str, book: str, login: str, unit: str) -> None:
    """``login`` is in ``unit`` since yesterday."""
    approve(house, second, move(house, keeper, book, login, unit, "2026-11-23"))
    clock.forward(days=1)


# reviews of a department


@walks("B.5.2 B.3.2", person="successor", day="office-changed")
def test_who_moved_is_checked_by_the_officer_of_the_new_department(house: World, clock: Clock) -> None:
    campaign = open_all("safety")["self-check"]
    assert "任和" in things(house.desk("dingyi"), campaign)
    item = things(house.desk("dingyi"), campaign)["任和"]
    moved(house, clock, "panan", "kangle", "safety", "renhe", "二车间")
    assert "任和" in things(house.desk("niuer"), campaign)
    refusal(lambda: Reviews(house.desk("dingyi")).decide(campaign, item.id, "right", item.version))
    (row_,) = [one for one in Reviews(house.desk("niuer")).items(campaign) if one.name == "任和"]
    Reviews(house.desk("niuer")).decide(campaign, row_.id, "right", row_.version)


@walks("C.5 E.7", person="successor", day="office-changed")
def test_a_department_is_signed_for_as_it_is_now(house: World, clock: Clock) -> None:
    """马军 moved: whoever signs for accounting is not shown them any more."""
    campaign = open_all("group")["sign-off"]
    moved(house, clock, "luoyan", "liuyang", "group", "majun", "法务部")
    desk = house.desk("huangbo")
    item = things(desk, campaign)["会计部"]
    assert "马军" not in str(Reviews(desk).one(campaign, item.id).members)


# offices of a department end with the move


@walks("I.4.2.3", person="successor", day="office-changed")
def test_who_assisted_a_department_reports_nothing_for_it_after_the_move(house: World, clock: Clock) -> None:
    moved(house, clock, "zhuli", "fengdir", "controlled", "baizl", "总裁办")
    asked = {"unit": "技术部", "office_phone": "010 6234 9000"}
    with pytest.raises(Refused):
        house.desk("baizl").asking.ask("unit-contact", "controlled", asked, "换号")


@walks("B.3.2 B.5.5", person="successor", day="office-changed")
def test_an_officer_who_moved_hands_nothing_in_for_the_former_department(house: World, clock: Clock) -> None:
    moved(house, clock, "panan", "kangle", "safety", "dingyi", "仓储部")
    with pytest.raises(Refused):
        change(house, "dingyi", "safety", "renhe")
    assert approvers(change(house, "kangle", "safety", "renhe")) == {"panan"}


@walks("E.13.2 C.10.2", person="successor", day="office-changed")
def test_a_head_who_moved_decides_nothing_of_the_former_department(house: World, clock: Clock) -> None:
    request = change(house, "majun", "group")
    moved(house, clock, "luoyan", "liuyang", "group", "huangbo", "法务部")
    assert approvers(request) == {"songjia"}
    with pytest.raises(Refused):
        approve(house, "huangbo", request)
    assert {line.name for line in house.desk("huangbo").directory.list("group")} == {"黄博", "张伟"}


@pytest.mark.threat(72)
@walks("E.13.2 A.9", person="successor", day="spring-festival")
def test_a_move_approved_ahead_ends_the_office_on_its_day_by_itself(house: World, clock: Clock) -> None:
    """On the first of the holidays, by whatever is done first; until then the head heads."""
    clock.set("2027-02-04T09:00+08:00")
    request = move(house, "liuyang", "staff", "wangfang", "研发中心/研发二部", "2027-02-05")
    approve(house, "zengqing", request)
    waits = change(house, "zhangwei", "staff")
    clock.set("2027-02-04T23:59:59+08:00")
    desk = house.desk("wangfang")
    assert desk.me.who().name == "王芳"
    assert (state(request), "wangfang" in approvers(waits)) == ("open", True)
    clock.set("2027-02-05T00:00:01+08:00")
    assert desk.me.who().name == "王芳"
    assert state(request) == "applied"
    with pytest.raises(Refused):
        approve(house, "wangfang", waits)
    assert "wangfang" not in approvers(waits)
    assert Entry.get_by_id(house.entry("wangfang")).unit_id == house.unit("staff", "研发中心/研发二部")
    assert task_of("mover", "staff").state == "done"
    record = AuditRecord.get(AuditRecord.act == "duties.ripe")
    assert (record.account, record.front, record.request) == (None, "host", request)


@pytest.mark.threat(72)
@walks("H.5.4 C.10.2", person="leaver", day="make-up")
def test_an_approved_move_waits_for_copies_and_the_office_does_not(house: World, clock: Clock) -> None:
    clock.set("2026-11-27T09:00+08:00")
    take_out(house, "shibu", "ABCD-EFGH")
    approve(house, "xinan", ask_access(house.desk("shibu"), "secured", "对接", name="辛安"))
    request = move(house, "fuhr", "secured", "shibu", "信息管理部", "2026-11-28")
    approve(house, "ganhr", request)
    assert house.desk("shibu").access.mine()
    clock.set("2026-11-28T09:00+08:00")
    duties()
    assert state(request) == "open"
    assert house.desk("shibu").access.mine() == ()
    assert head_of(Unit.get_by_id(house.unit("secured", "市场部"))) is None
    (copy,) = [one for one in HandBack.select() if one.outcome is None and one.task.kind == "mover"]
    HandBack.update(outcome="returned", signed_at="2026-11-28T01:30:00.000000Z").where(
        HandBack.entry == copy.entry_id
    ).execute()
    clock.forward(days=1)
    duties()
    assert state(request) == "applied"


@pytest.mark.threat(72)
@walks("A.9 E.13.2", person="oneself", day="office-changed")
def test_a_move_that_nobody_approved_ends_no_office(house: World, clock: Clock) -> None:
    request = move(house, "liuyang", "staff", "wangfang", "研发中心/研发二部", "2026-11-24")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert state(request) == "open"
    assert approvers(change(house, "zhangwei", "staff")) == {"wangfang"}


@pytest.mark.clause("A.9")
def test_a_move_of_who_holds_no_office_of_the_whole_book_says_nothing_of_any(house: World) -> None:
    request = move(house, "liuyang", "staff", "wangfang", "研发中心/研发二部", "2026-11-23")
    assert [one.field for one in house.desk("zengqing").queue.one(request).lines] == ["unit", "day"]


@walks("A.9", person="successor", day="after-deadline")
def test_an_approved_move_that_was_overtaken_is_rejected_with_the_reason(house: World, clock: Clock) -> None:
    request = move(house, "liuyang", "staff", "zhangwei", "研发中心/研发二部", "2026-11-27")
    approve(house, "zengqing", request)
    approve(house, "zengqing", leave(house, "liuyang", "staff", "zhangwei", "2026-11-22"))
    clock.set("2026-11-27T09:00+08:00")
    house.desk("liuyang").me.who()
    assert state(request) in ("rejected", "withdrawn")


# what was given to a department


def disclosed(house: World) -> None:
    """牛二's entry is given to 一车间 for a week."""
    asked = {"people": "牛二", "what": "all", "to": str(house.unit("safety", "一车间")), "days": "7"}
    request = house.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合演练")
    desk = house.desk("niuer")
    desk.consents.answer(desk.consents.mine()[0].id, "yes")
    approve(house, "panan", request)


@walks("B.6.2", person="successor", day="office-changed")
def test_what_a_department_was_given_stays_with_the_department(house: World, clock: Clock) -> None:
    disclosed(house)
    assert house.desk("renhe").consents.received()
    moved(house, clock, "panan", "kangle", "safety", "renhe", "仓储部")
    assert house.desk("renhe").consents.received() == ()
    assert [one.name for one in house.desk("weiguo").consents.received()] == ["牛二"]


@walks("B.6.2", person="leaver", day="office-changed")
def test_whoever_agreed_and_left_is_shown_to_nobody_any_more(house: World, clock: Clock) -> None:
    disclosed(house)
    approve(house, "kangle", leave(house, "panan", "safety", "niuer", "2026-11-23"))
    clock.forward(days=1)
    house.desk("panan").me.who()
    assert house.desk("weiguo").consents.received() == ()


@pytest.mark.parametrize(
    ("book", "keeper", "login", "to", "office"),
    [
        row("staff", "liuyang", "zengqing", "销售中心", "人力资源",
            of="A.6", person="successor", day="office-changed"),
        row("combined", "tianhr", "nidir", "研发部", "行政人事总监",
            of="I.3.1", person="composed", day="office-changed"),
        row("secured", "fuhr", "xinan", "市场部", "信息管理部门",
            of="H.3.1", person="successor", day="office-changed"),
    ],
)  # fmt: skip
def test_who_decides_on_a_move_reads_which_offices_of_the_whole_book_it_does_not_end(
    house: World, book: str, keeper: str, login: str, to: str, office: str
) -> None:
    """Another office than the keepers' decides on the end of those; a headship ends with the move."""
    request = move(house, keeper, book, login, to, "2026-11-23")
    lines = {one.field: one for one in house.desk(min(approvers(request))).queue.one(request).lines}
    assert say(lines["offices"].label, "zh_CN") == "仍任职务", "not the name of the position's line"
    assert say(lines["offices"].before, "zh_CN") == office
    assert "免去" in say(lines["offices"].after, "zh_CN")


# copies in the hands of who moves


@walks("H.5.4", person="successor", day="office-changed")
def test_a_move_waits_for_the_copies_of_the_former_department(house: World, clock: Clock) -> None:
    take_out(house, "shibu", "ABCD-EFGH")
    request = move(house, "fuhr", "secured", "shibu", "信息管理部", "2026-11-23")
    with pytest.raises(Refused) as caught:
        approve(house, "ganhr", request)
    assert "H.5.4" in caught.value.clause
    assert state(request) == "open"
    assert Task.select().where(Task.kind == "mover").exists()


@pytest.mark.parametrize(
    "login",
    [
        row("shibu", of="H.5.4", person="oneself", day="office-changed"),
        row("fuhr", of="H.5.4", person="head-and-keeper", day="make-up"),
    ],
)
def test_nobody_comes_to_another_post_with_the_copies_of_the_former_one(house: World, login: str) -> None:
    """Nor by a change of the entry in place of a move, whoever hands it in, and if they took one since."""
    request = change(house, login, "secured", "shibu", position="高级顾问")
    take_out(house, "shibu", "ABCD-EFGH")
    refused = refusal(partial(approve, house, min(approvers(request)), request))
    assert (refused.clause, refused.field) == ("H.5.4", "position")
    assert "调动" in say(refused.advice, "zh_CN")
    house.desk(login).requests.withdraw(request)
    cites("H.5.4", partial(change, house, login, "secured", "shibu", position="高级顾问"))
    assert state(change(house, login, "secured", "shibu", mobile="139 0000 2121")) == "open"
    desk = house.desk("fuhr")
    form = desk.lifecycle.move_form(house.entry("shibu", "secured"))
    moving = desk.lifecycle.move(MoveAsked(form.entry, form.version, form.to_unit, "高级顾问", "2026-11-23"))
    HandBack.update(outcome="returned", signed_at="2026-11-23T01:30:00.000000Z").execute()
    approve(house, min(approvers(moving)), moving)
    assert Entry.get_by_id(house.entry("shibu", "secured")).position == "高级顾问"


@walks("H.5.4 A.15", person="composed")
def test_a_post_in_a_book_that_asks_no_copies_back_changes_as_it_did(house: World) -> None:
    take_out(house, "wangfang", "ABCD-EFGH", "staff")
    assert state(change(house, "wangfang", "staff", position="高级工程师")) == "open"
    put_under("combined", "enterprise", "information-security")
    take_out(house, "leijun", "JKLM-NPQR", "combined")
    cites("H.5.4", lambda: change(house, "leijun", "combined", position="高级工程师"))


# approved ahead of the day


@walks("I.4.2.1 A.9", person="leaver", day="last-day")
def test_a_move_that_was_approved_ahead_waits_for_nobody(house: World, clock: Clock) -> None:
    """Neither the issue of the week nor the list of who moved calls it undecided."""
    with_its_office(house)
    request = move(house, "zhuli", "controlled", "xiepi", "技术部", "2026-12-03")
    waiting = move(house, "zhuli", "controlled", "baizl", "技术部/平台组", "2026-12-03")
    approve(house, approvers(request).pop(), request)
    clock.set("2026-11-30T09:00+08:00")
    assert pending_requests("controlled", "2026-11-30") == (waiting,)
    rows = movements(
        Extent("controlled", house.unit("controlled"), "maintainer"), date(2026, 11, 1), date(2026, 11, 30)
    )
    assert {one.name: one.state for one in rows if one.event == "move"} == {"解平": "ahead", "白芷": "open"}


# who is of another kind from then on


@pytest.mark.parametrize(
    ("book", "login", "keeper", "second", "kind", "day"),
    [
        row("wecom", "maoxiao", "xuhr", "huanghr", "full-time", "2026-11-28",
            of="G.2 G.4.2", person="oneself", day="make-up"),
        row("wecom", "shuqi", "luzong", "huanghr", "full-time", "2027-02-06",
            of="G.2 G.3.2", person="head-and-keeper", day="spring-festival"),
        row("group", "majun", "liuyang", "luoyan", "part-time", "2026-11-28",
            of="E.2", person="two-books", day="make-up"),
        row("group", "xiejun", "luoyan", "liuyang", "supplier", "2026-11-24", of="E.5", day="office-changed"),
        row("subsidiary", "wuhao", "fangmin", "yeqing", "customer", "2026-11-28", of="C.7", day="make-up"),
        row("general", "vipke", "jinhr", "yuhr", "partner", "2026-11-28", of="F.2.1 F.2.2", day="make-up"),
        row("partners", "miaoke", "fuhr", "xinan", "customer", "2026-11-28", of="H.2", day="make-up"),
    ],
)  # fmt: skip
def test_who_comes_to_be_of_another_kind_stays_the_same_person(
    house: World, clock: Clock, book: str, login: str, keeper: str, second: str, kind: str, day: str
) -> None:
    """An intern is taken on, a full-timer works part of the day, a partner buys: nobody has to leave and
    join anew for that, and lose the account and its rights in between."""
    if book == "group" and login == "majun":
        also_in(house, "zhangwen", login, book)
    clock.set(f"{day}T10:00+08:00")
    desk, entry = house.desk(keeper), house.entry(login, book)
    form = desk.lifecycle.move_form(entry)
    before = {one.name: one.value for one in form.fields}
    asked = form.request_of({**before, "kind": kind, "day": day}, "", ())
    request = desk.lifecycle.move(asked)
    lines = house.desk(second).queue.one(request).lines
    assert [one.field for one in lines] == ["kind", "day"]
    assert Entry.get_by_id(entry).kind != kind
    approve(house, second, request)
    stored = Entry.get_by_id(entry)
    assert (stored.kind, stored.state, stored.unit_id) == (kind, "active", int(before["unit"]))
    facets = [one for one in desk.directory.facets(book, None, side_of(stored)) if one.by == "kind"]
    assert all(f"kind={kind}" in {one.facet for one in facet.values} for facet in facets)


@walks("G.2", person="leaver", day="last-day")
def test_nobody_comes_to_be_of_a_kind_that_the_book_does_not_have(house: World) -> None:
    desk = house.desk("xuhr")
    form = desk.lifecycle.move_form(house.entry("maoxiao", "wecom"))
    before = {one.name: one.value for one in form.fields}
    for kind in ("partner", "student", "x"):
        with pytest.raises(Invalid) as caught:
            desk.lifecycle.move(form.request_of({**before, "kind": kind}, "", ()))
        assert [one.field for one in caught.value.problems] == ["kind"]


# lists that leave


@pytest.mark.parametrize(
    ("given", "login", "book", "unit", "clause"),
    [
        row("former", "linxiao", "subsidiary", "产品部/设计组", "C.9.1", of="C.9.1", person="successor",
            day="office-changed"),
        row("deputy", "xuning", "subsidiary", "产品部/设计组", "C.9.1", of="C.9.1", person="deputy"),
        row("former", "wangfang", "staff", "研发中心/研发一部", "A.12", of="A.12", person="successor",
            day="office-changed"),
        row("deputy", "zhangwen", "staff", "研发中心/研发一部", "A.12", of="A.12", person="deputy"),
        row("former", "shibu", "secured", "市场部", "H.6.3", of="H.6.3", person="successor",
            day="office-changed"),
        row("deputy", "qinyu", "secured", "市场部", "H.6.3", of="H.6.3", person="deputy"),
        row("former", "dubei", "general", "华北区", "F.5.1", of="F.5.1", person="successor",
            day="office-changed"),
        row("deputy", "shilaoshi", "class", "高一（3）班", "", of="D.4", person="deputy"),
    ],
)  # fmt: skip
def test_a_list_is_taken_out_by_the_head_of_today_alone(
    house: World, clock: Clock, given: str, login: str, book: str, unit: str, clause: str
) -> None:
    """Neither by who headed it until yesterday nor by who stands in; a class's deputy keeps the book."""
    others = {"subsidiary": "xuning", "staff": "zhangwen", "secured": "xinan", "general": "lunan"}
    heads = {"subsidiary": "linxiao", "staff": "wangfang", "secured": "shibu", "general": "dubei"}
    if given == "former":
        succeed(house, others[book], "head", book, unit)
    elif clause:
        deputise(house, heads[book], login, "head", book)
    clock.forward(days=1)
    take = partial(house.desk(login).overview.directory, book, house.unit(book, unit))
    if clause:
        cites(clause, take)
    else:
        assert take().rows


# the edition after a holiday


@walks("I.4.2.1", person="acting", day="make-up")
def test_the_edition_after_the_festival_holds_what_changed_in_it(house: World, clock: Clock) -> None:
    """Issued on Monday 02-01; a joiner of 02-04 and a mover of Saturday 02-13, which is worked."""
    with_its_office(house)
    clock.set("2027-02-01T09:00+08:00")
    Editions(house.desk("zhuli")).issue("controlled", "internal")
    clock.set("2027-02-04T10:00+08:00")
    request = move(house, "zhuli", "controlled", "xiepi", "总裁办", "2027-02-04")
    approve(house, min(approvers(request)), request)
    act_for(house, "wenmi", "assistant", "controlled")
    clock.set("2027-02-13T10:00+08:00")
    changed = Editions(house.desk("wenmi")).preview("controlled", "internal").changed
    assert ("moved", "解平") in [(one.what, one.row.name) for one in changed]


@walks("E.5 C.7", person="successor", day="office-changed")
def test_an_inside_owner_who_moved_answers_for_the_contact_still(house: World, clock: Clock) -> None:
    moved(house, clock, "luoyan", "liuyang", "group", "huangbo", "法务部")
    assert {line.name for line in house.desk("huangbo").directory.list("group", side="external")} == {"韩梅"}
    assert house.desk("huangbo").directory.reveal(house.entry("hanmei", "group"), "mobile", "work")


@walks("D.5.1 D.9.2", person="successor", day="office-changed")
def test_a_pupil_who_changed_class_meets_the_new_classmates_only(house: World, clock: Clock) -> None:
    moved(house, clock, "yanlaoshi", "shilaoshi", "class", "jiangtao", "高一（4）班")
    assert {line.name for line in house.desk("jiangtao").directory.list("class")} == {"江涛", "孟飞"}
    assert {line.name for line in house.desk("luoxi").directory.list("class")} == {"罗茜"}


@walks("B.5.2 B.5.1", person="leaver", day="office-changed")
def test_a_check_is_done_when_the_last_who_was_undecided_moved_away(house: World, clock: Clock) -> None:
    """And open again in the department that was done already, where they came to."""
    campaign = open_all("safety")["self-check"]
    for login, names in (("dingyi", {"卫国", "丁一"}), ("niuer", {"牛二"})):
        for name, item in things(house.desk(login), campaign).items():
            if name in names:
                Reviews(house.desk(login)).decide(campaign, item.id, "right", item.version)

    def asked(login: str) -> bool:
        tasks = house.desk(login).tasks.mine().rows
        return any(one.kind == "review" and one.thing == campaign for one in tasks)

    assert (asked("dingyi"), asked("niuer")) == (True, False)
    moved(house, clock, "panan", "kangle", "safety", "renhe", "二车间")
    assert (asked("dingyi"), asked("niuer")) == (False, True)


@pytest.mark.threat(66)
def test_an_approved_move_that_was_altered_since_stops_nobody(house: World, clock: Clock) -> None:
    """What comes first on its day, whoever's that is, goes on; the move is rejected with the reason."""
    request = move(house, "liuyang", "staff", "zhangwei", "研发中心/研发二部", "2026-11-27")
    approve(house, "zengqing", request)
    with writing():
        Request.update(payload=b"x" * 80).where(Request.id == request).execute()
    clock.set("2026-11-27T09:00+08:00")
    assert house.desk("sunli").me.who()
    assert state(request) == "rejected"


@pytest.mark.threat(97)
def test_who_approved_a_move_ahead_hears_that_it_was_taken_back(house: World) -> None:
    request = move(house, "liuyang", "staff", "zhangwei", "研发中心/研发二部", "2026-11-27")
    approve(house, "zengqing", request)
    house.desk("liuyang").requests.withdraw(request)
    (said,) = [one for one in house.desk("zengqing").notices.unread() if one.kind == "request-taken-back"]
    assert (
        say(describe_notice(said), "en") == f"Request {request}, move, was taken back after you approved it"
    )
