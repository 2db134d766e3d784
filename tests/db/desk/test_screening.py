"""Content that a book must not hold, refused wherever it could come in (H.4.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from db.desk import Refused
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.entry import record
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows, UnfitRows
from db.desk.lifecycle.forms import LeaveAsked, MoveAsked
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.language import say
from db.store.engine import Store, store
from db.store.tables import (
    AuditRecord,
    Commendation,
    EditionCopy,
    Entry,
    Finding,
    Notice,
    Request,
    ReviewItem,
    Task,
    Unit,
)
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, change, refusal
from tests.db.desk.importing_world import desk_of, make_book, person, sheet
from tests.db.desk.lives import VALUES, joiner
from tests.db.desk.reviewing import all_right, open_all
from tests.editions_world import build_editions_world
from tests.rules import put_under
from tests.wider_world import build_wider_world
from tests.world import World

IDENTITY = "11010119900307447 7"
CARD = "6222 0212 3456 7890 12"
SOURCE = Source("staff.xlsx", "0" * 64)
BOOKS_OF = {"secured": ("secured", "partners")}


@pytest.fixture
def secured(begun: World) -> World:
    """The books under H."""
    return begun


def last_refusal() -> tuple[str, str, str]:
    """Act, outcome and clause of the last record."""
    row = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    return row.act, row.outcome, row.clause


@pytest.mark.clause("H.4.3")
@pytest.mark.parametrize(
    ("field", "text", "what"),
    [
        ("position", f"策划 {IDENTITY}", "身份证号码"),
        ("position", f"收款 {CARD}", "银行卡号"),
        ("position", "策划（机 密）", "密级标志"),
        ("position", "策划，全场打折", "广告"),
        ("email", "110101199003074477@qq.com", "身份证号码"),
        ("position", "Planner, Confidential", "密级标志"),
        ("position", "策劃，優惠活動", "广告"),
        ("position", "限 時 搶 購專員", "广告"),
        ("position", "鬥地主群主", "娱乐"),
        ("position", "策劃（婚姻狀況：未婚）", "个人隐私"),
        ("position", "內部資料", "密级标志"),
        ("name", f"秦玉{CARD}", "银行卡号"),
        ("mobile", IDENTITY, "身份证号码"),
        ("office_phone", f"电话 {CARD}", "银行卡号"),
    ],
)
def test_a_change_that_brings_it_in_is_refused(secured: World, field: str, text: str, what: str) -> None:
    desk = secured.desk("fuhr")
    form = desk.changes.form(secured.entry("qinyu", "secured"))
    [problem] = desk.changes.check(form.entry, {field: text}).problems
    assert problem.field == field
    with pytest.raises(Refused) as caught:
        desk.changes.submit(form.entry, form.version, {field: text}, "改")
    assert caught.value.clause == "H.4.3"
    assert what in say(caught.value.message, "zh_CN")
    assert "4477" not in say(caught.value.message, "zh_CN")
    assert Request.select().count() == 0
    assert last_refusal() == ("changes.submit", "refused", "H.4.3")


@pytest.mark.clause("H.4.1", "H.4.3")
@pytest.mark.parametrize("name", ["段子昂", "惠优惠", "李秘密", "段子", "Buynow Secret"])
def test_a_persons_name_is_read_for_no_words(secured: World, name: str) -> None:
    """`段子昂` is a name, and no 段子 about a 昂."""
    change(secured, "fuhr", "secured", of="qinyu", asked={"name": name})
    assert Request.select().count() == 1


@pytest.mark.clause("H.4.1", "H.4.3")
@pytest.mark.parametrize(
    "post",
    [
        "福利彩票中心主任",
        "机密档案管理员",
        "手游事业部策划",
        "棋牌产品经理",
        "直播带货主管",
        "機密檔案管理員",
        "優質客戶經理",
        "機要秘書",
        "戲劇編導",
        "網絡管理員",
    ],
)
def test_a_post_of_a_trade_is_work(secured: World, post: str) -> None:
    change(secured, "fuhr", "secured", of="qinyu", asked={"position": post})
    assert Request.select().count() == 1


@pytest.mark.clause("H.4.3")
def test_a_joiner_and_a_mover_are_held_against_it_too(secured: World) -> None:
    desk = secured.desk("fuhr")
    values = {name: VALUES[name] for name in ("name", "office_phone", "email")}
    asked = joiner(secured, "市场部", "secured", values={**values, "position": f"工程师 {IDENTITY}"})
    assert "position" in {one.field for one in desk.lifecycle.check_join(asked).problems}
    with pytest.raises(Refused) as caught:
        desk.lifecycle.join(asked)
    assert caught.value.clause == "H.4.3"
    asked = joiner(secured, "市场部", "secured", values={**values, "mobile": IDENTITY})
    [said] = [one.message for one in desk.lifecycle.check_join(asked).problems if one.field == "mobile"]
    assert "H.4.3" in say(said, "zh_CN")
    with pytest.raises(Refused) as caught:
        desk.lifecycle.join(asked)
    assert caught.value.clause == "H.4.3"
    form = desk.lifecycle.move_form(secured.entry("qinyu", "secured"))
    with pytest.raises(Refused) as caught:
        desk.lifecycle.move(MoveAsked(form.entry, form.version, form.to_unit, "特价专员", "2026-11-23"))
    assert caught.value.clause == "H.4.3"
    assert Entry.select().where(Entry.state == "pending").count() == 0


@pytest.mark.clause("H.4.3")
def test_the_organisations_own_words_are_found_in_either_characters(secured: World) -> None:
    (store().home.policies / "screening.txt").write_text("內定\n直销会员\n", "utf-8")
    for position in ("内定人选", "內定人選", "直銷會員"):
        with pytest.raises(Refused) as caught:
            change(secured, "fuhr", "secured", of="qinyu", asked={"position": position})
        assert caught.value.clause == "H.4.3"


@pytest.mark.clause("H.4.3")
@pytest.mark.parametrize("number", [IDENTITY, "11010519491231002X", CARD])
def test_no_reason_and_no_file_name_holds_the_number_of_a_card(secured: World, number: str) -> None:
    """Who decides would read it, and it would stay with the request; it is not even in the audit."""
    desk = secured.desk("fuhr")
    qinyu = secured.entry("qinyu", "secured")
    leave, move = desk.lifecycle.leave_form(qinyu), desk.lifecycle.move_form(qinyu)
    to = secured.unit("secured", "市场部")
    text = f"证件 {number}"
    ways: tuple[Callable[[], object], ...] = (
        lambda: change(secured, "fuhr", "secured", of="qinyu", asked={"position": "策划二"}, reason=text),
        lambda: desk.lifecycle.leave(LeaveAsked(leave.entry, "2026-11-24", text)),
        lambda: desk.lifecycle.move(MoveAsked(move.entry, move.version, to, "策划三", "2026-11-23", text)),
        lambda: desk.asking.ask("delete", "secured", {"entry": "秦玉"}, text),
    )
    for tried in ways:
        with pytest.raises(Refused) as caught:
            tried()
        assert (caught.value.clause, caught.value.field) == ("H.4.3", "reason")
    with pytest.raises(Refused) as caught:
        desk.evidence.add(f"{number}.txt", "材料".encode())
    assert caught.value.clause == "H.4.3"
    assert Request.select().count() == 0
    kept = " ".join(str(row.__data__) for row in AuditRecord.select())
    assert number not in kept
    change(
        secured, "fuhr", "secured", of="qinyu", asked={"position": "策划二"}, reason="全场打折活动由他负责"
    )


@pytest.mark.clause("H.4.3")
@pytest.mark.parametrize("number", [IDENTITY, "１１０１０５-１９４９１２３１-００２ｘ", CARD])
def test_no_word_on_record_holds_the_number_of_a_card(secured: World, number: str) -> None:
    """What is said of a request, a finding, a task, an error, to a stand-in, or of whom one asks for."""
    request = change(secured, "fuhr", "secured", of="qinyu", asked={"position": "策划二"})
    queue = secured.desk("shibu").queue
    shown, text = queue.one(request), f"证件 {number}"
    given = {"people": f"石布; {text}", "to": str(secured.unit("secured", "市场部"))}
    ways: tuple[tuple[str, Callable[[], object]], ...] = (
        ("comment", lambda: queue.return_(request, shown.digest, text)),
        ("comment", lambda: queue.reject(request, shown.digest, text)),
        ("comment", lambda: queue.approve(request, shown.digest, text)),
        ("comment", lambda: secured.desk("fuhr").story.comment(request, text)),
        ("name", lambda: ask_access(secured.desk("qinyu"), "secured", "有事", name=text)),
        ("unit", lambda: ask_access(secured.desk("qinyu"), "secured", "有事", name="石布", unit=text)),
        ("people", lambda: secured.desk("qinyu").asking.ask("disclosure", "secured", given, "联调")),
        ("words", lambda: Cases(secured.desk("shibu")).error(secured.entry("qinyu", "secured"), text)),
    )
    for field, tried in ways:
        with pytest.raises(Refused) as caught:
            tried()
        assert (caught.value.clause, caught.value.field) == ("H.4.3", field)
    assert queue.one(request).row.state == "open"
    assert number not in " ".join(str(row.__data__) for row in AuditRecord.select())
    queue.return_(request, shown.digest, "请附 13800002121 的开通证明，订单 110105194912310021")


@pytest.mark.clause("H.4.3", "H.5.4")
def test_no_word_on_a_task_holds_the_number_of_a_card(secured: World) -> None:
    """Nor a copy that is put on the list of what is handed back."""
    desk = secured.desk("fuhr")
    form = desk.lifecycle.leave_form(secured.entry("qinyu", "secured"))
    desk.lifecycle.leave(LeaveAsked(form.entry, "2026-11-24", "离职"))
    [task] = [row.id for row in desk.tasks.mine().rows if row.kind == "leaver"]
    ways: tuple[tuple[str, Callable[[], object]], ...] = (
        ("copy", lambda: desk.tasks.add_copy(task, f"纸质 {CARD}")),
        ("word", lambda: desk.tasks.done(task, f"已办 {CARD}")),
    )
    for field, tried in ways:
        with pytest.raises(Refused) as caught:
            tried()
        assert (caught.value.clause, caught.value.field) == ("H.4.3", field)
    desk.tasks.add_copy(task, "纸质打印件 13800002121")


@pytest.mark.clause("H.4.3")
def test_no_reason_on_record_holds_the_number_of_a_card(secured: World) -> None:
    """Why somebody stands in, and what a look-up is for."""
    head, text = secured.desk("shibu"), f"出差，证件 {IDENTITY}"
    to = head.delegation.candidates("secured", "head")[0].account
    purpose = next(one.id for one in head.directory.purposes("secured") if one.allowed)
    entry = secured.entry("qinyu", "secured")
    ways: tuple[Callable[[], object], ...] = (
        lambda: head.delegation.delegate("head", "secured", to, "2026-11-24", "2026-11-25", text),
        lambda: head.directory.reveal(entry, "mobile", purpose, text),
    )
    for tried in ways:
        with pytest.raises(Refused) as caught:
            tried()
        assert (caught.value.clause, caught.value.field) == ("H.4.3", "reason")
    assert head.delegation.mine() == ()
    head.delegation.delegate("head", "secured", to, "2026-11-24", "2026-11-25", "出差，13800002121")


@pytest.mark.clause("H.4.3")
@pytest.mark.parametrize("number", [IDENTITY, CARD])
def test_no_recall_no_praise_and_no_finding_holds_the_number_of_a_card(
    secured: World, clock: Clock, number: str
) -> None:
    """Its recipients, the whole book, and who sees to it would read it."""
    issue = Editions(build_editions_world(beside=secured).desk("zhuli")).issue("controlled", "internal").id
    campaign = open_all("secured")["inspection"]
    point, owner = Reviews(secured.desk("xinan")).items(campaign)[0].id, secured.accounts["ganhr"]
    build_wider_world("safety", beside=secured)
    all_right(secured.desk("dingyi"), open_all("safety")["collection"])
    clock.set("2027-01-04T09:00+08:00")
    for book, others in (("controlled", "controlled-document"), ("safety", "safety-officers")):
        put_under(book, others, "information-security")
    unit, period = secured.unit("safety", "一车间"), (date(2026, 10, 1), date(2026, 12, 31))
    recall, commend = Editions(secured.desk("zhuli")).recall, Praise(secured.desk("panan")).commend
    find, text = Inspections(secured.desk("xinan")).find, f"证件 {number}"
    ways: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("editions.recall", "reason", lambda: recall(issue, text)),
        ("praise.commend", "word", lambda: commend("safety", *period, unit, word=text)),
        ("inspections.find", "what", lambda: find(campaign, text, owner, "2027-01-11", point)),
    )
    before = Notice.select().count(), Task.select().count()
    for act, field, tried in ways:
        with pytest.raises(Refused) as caught:
            tried()
        assert (caught.value.clause, caught.value.field) == ("H.4.3", field)
        assert last_refusal() == (act, "refused", "H.4.3")
    assert number not in " ".join(str(row.__data__) for row in AuditRecord.select())
    assert (Notice.select().count(), Task.select().count()) == before
    assert not EditionCopy.select().where(EditionCopy.recalled_at.is_null(False)).exists()
    assert (Commendation.select().count(), Finding.select().count()) == (0, 0)
    assert ReviewItem.get_by_id(point).verdict is None
    recall(issue, "列错了 13800002121")
    commend("safety", *period, unit, word="订单 110105194912310021 核得及时")
    find(campaign, "工号 20260301 未收回", owner, "2027-01-11", point)


@pytest.mark.clause("H.4.3")
def test_what_became_forbidden_meanwhile_is_refused_when_it_is_approved(secured: World) -> None:
    """The organisation extends its list while a request waits; nobody restarts anything."""
    request = change(secured, "fuhr", "secured", of="qinyu", asked={"position": "海豚计划负责人"})
    approve(secured, "shibu", request)
    own = store().home.policies / "screening.txt"
    own.write_text("# 项目代号\n海豚计划  # 未公开\n\n", "utf-8")
    decider = "ganhr"
    shown = secured.desk(decider).queue.one(request)
    refused = refusal(secured.desk(decider), request, shown.digest)
    assert refused.clause == "H.4.3"
    assert "海豚计划" in say(refused.message, "zh_CN")
    assert record.load_entry(secured.entry("qinyu", "secured")).first("position") == "策划"
    with pytest.raises(Refused) as caught:
        change(secured, "fuhr", "secured", of="qinyu", asked={"position": "海-豚计划助理"})
    assert caught.value.clause == "H.4.3"
    own.unlink()
    change(secured, "fuhr", "secured", of="qinyu", asked={"position": "海豚计划助理"})


@pytest.mark.threat(21)
@pytest.mark.clause("H.4.3")
def test_nothing_of_a_spreadsheet_with_such_content_is_imported(store: Store) -> None:
    desk = desk_of("hr", make_book("staff", ("information-security",)), "hr")
    good, bad = person(1, "张伟"), list(person(2, "李雷"))
    bad[2] = f"工程师 {IDENTITY}"
    rows = sheet(good, tuple(bad), person(3, "韩梅", "研发中心/（秘密）项目组"))
    with pytest.raises(UnfitRows):
        desk.importing.check("staff", rows)
    with pytest.raises(UnfitRows) as caught:
        desk.importing.load("staff", rows, SOURCE)
    assert isinstance(caught.value, BadRows)
    assert [(error.row, say(error.column, "zh_CN"), error.clause) for error in caught.value.errors] == [
        (3, "职务", "H.4.3"), (4, "部门", "H.4.3"),
    ]  # fmt: skip
    assert "H.4.3" in say(caught.value.errors[0].reason, "zh_CN")
    assert Entry.select().count() == 0
    assert Unit.select().count() == 1
    assert last_refusal() == ("importing.load", "refused", "H.4.3")


@pytest.mark.clause("H.4.3")
@pytest.mark.parametrize("place", [3, 4, 5, 6])
def test_a_cell_that_is_no_value_of_its_column_is_told_as_what_it_is(store: Store, place: int) -> None:
    """Once: who reads “no telephone number” would look for a slip in the digits. Never with the number."""
    desk = desk_of("hr", make_book("staff", ("information-security",)), "hr")
    bad = list(person(2, "李雷"))
    bad[place] = f"号码 {IDENTITY}"
    with pytest.raises(BadRows) as caught:
        desk.importing.load("staff", sheet(person(1, "张伟"), tuple(bad)), SOURCE)
    errors = caught.value.errors
    if place == 6:  # A mark that is no field of an entry: nothing would be kept of it.
        assert [error.clause for error in errors] == [""]
        return
    assert [(error.row, error.clause) for error in errors] == [(3, "H.4.3")]
    assert "身份证号码" in say(errors[0].reason, "zh_CN")
    assert last_refusal() == ("importing.load", "refused", "H.4.3")
    shown = "".join(say(error.reason, "zh_CN") + say(error.advice, "zh_CN") for error in errors)
    kept = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert "4477" not in shown
    assert "4477" not in detail_of(kept)


@pytest.mark.clause("H.4.3")
def test_a_region_is_written_freely_too(secured: World, store: Store) -> None:
    desk = secured.desk("fuhr")
    with pytest.raises(Refused) as caught:
        Sorting(desk).set_region(secured.unit("secured", "市场部"), "华东（机密）")
    assert caught.value.clause == "H.4.3"
    assert last_refusal() == ("sorting.set_region", "refused", "H.4.3")
    desk = desk_of("hr", make_book("mixed", ("general", "information-security")), "hr")
    headings = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱", "部门地区"]
    with pytest.raises(UnfitRows) as caught_rows:
        desk.importing.load("mixed", sheet((*person(1)[:6], "全场打折"), headings=headings), SOURCE)
    assert "部门地区" in [say(error.column, "zh_CN") for error in caught_rows.value.errors]


@pytest.mark.threat(18)
@pytest.mark.clause("H.4.3")
def test_nothing_gets_past_the_record_itself(secured: World) -> None:
    entry = secured.entry("qinyu", "secured")
    with writing(), pytest.raises(Refused) as caught:
        record.apply_values(entry, {"position": (IDENTITY,)}, source="test", verifier=None)
    assert caught.value.clause == "H.4.3"
    with writing(), pytest.raises(Refused):
        record.create_entry("secured", secured.unit("secured", "市场部"), "full-time", {"name": (CARD,)})


@pytest.mark.clause("H.4.3")
def test_numbers_of_work_are_taken(secured: World) -> None:
    desk = secured.desk("fuhr")
    form = desk.changes.form(secured.entry("qinyu", "secured"))
    given = {"office_phone": "021-62220212-8012", "mobile": "138 0000 2121", "position": "内部审计秘书"}
    assert desk.changes.check(form.entry, given).problems == ()


@pytest.mark.clause("H.5.1")
def test_nobody_changes_an_entry_at_will(secured: World) -> None:
    """Employees propose for themselves alone, and what they propose waits for a decision."""
    own = secured.desk("qinyu")
    with pytest.raises(Refused):
        own.changes.form(secured.entry("shibu", "secured"))
    with pytest.raises(Refused):
        own.lifecycle.leave_form(secured.entry("qinyu", "secured"))
    before = record.load_entry(secured.entry("qinyu", "secured")).first("mobile")
    request = change(secured, "qinyu", "secured")
    assert record.load_entry(secured.entry("qinyu", "secured")).first("mobile") == before
    assert refusal(own, request).clause == "H.5.1"
    assert last_refusal() == ("queue.approve", "refused", "H.5.1")
    assert refusal(secured.desk("fuhr"), request).clause == "H.5.1"
    assert Request.get_by_id(request).state == "open"
    for decider in ("shibu", "fuhr"):
        approve(secured, decider, request)
    assert record.load_entry(secured.entry("qinyu", "secured")).first("mobile") == "+8613900002121"
