"""Editions and copies (I) with another assistant, director or chief executive, and around their holidays."""

from __future__ import annotations

import pytest

from db.desk import Refused, SessionOver
from db.desk.authority.permissions import policy_of
from db.desk.editions.choosing import Choosing
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.lifecycle.forms import MoveAsked
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store import clock as store_clock
from db.store.tables import Book, Entry, EntryTag, Task, Unit
from tests.conftest import Clock
from tests.db.desk.asking import refusal
from tests.db.desk.test_policies import revision
from tests.editions_world import with_its_office
from tests.rules import issue
from tests.variants import setting
from tests.variants.acting import approve, change, leave, move, stored
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, state, succeed
from tests.variants.test_changes_by_others import approvers, goes
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"office": tuple(PLANS)}
BOOK = "controlled"
HERE = RunnerPlace("host", "test")
COLUMNS = ["大部名称", "部门名称", "姓名", "岗位", "分机", "手机", "固定电话", "传真", "邮箱"]


@pytest.fixture
def office(world: World, clock: Clock) -> World:
    """All books; the controlled one has an office, and was made on the Friday before."""
    from tests.variants.setting import declare

    declare(world)
    return with_its_office(world)


def gone(world: World, clock: Clock, login: str) -> None:
    """``login`` leaves on Friday, which nobody has decided by the Monday after."""
    leave(world, "zhuli" if login != "zhuli" else "fengdir", BOOK, login, "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    world.desk("fengdir" if login != "fengdir" else "zhuli").me.who()


@pytest.mark.parametrize(
    ("login", "at", "due", "late"),
    [
        row("zhuli", "2027-02-12T17:59+08:00", "2027-02-12 18:00", False,
            of="I.4.2.1", day="spring-festival"),
        row("wenmi", "2027-02-12T18:01+08:00", "2027-02-12 18:00", True, of="I.4.2.1 I.3.2", person="acting",
            day="spring-festival"),
        row("wenmi", "2026-12-01T09:00+08:00", "2026-11-30 18:00", True, of="I.4.2.1 I.3.2",
            person="successor", day="after-deadline"),
    ],
)  # fmt: skip
def test_the_weeks_edition_is_due_on_its_working_day_whoever_issues_it(
    office: World, clock: Clock, login: str, at: str, due: str, late: bool
) -> None:
    """New Year is on a Saturday: the Monday of that week is off until the Friday."""
    clock.set("2026-11-27T09:00+08:00" if at < "2027" else "2027-02-04T09:00+08:00")
    Book.update(made_at=store_clock.now()).execute()
    if login == "wenmi":
        act_for(office, login, "assistant", BOOK)
    clock.set(at)
    run(HERE)
    assert {task.due for task in Task.select().where(Task.kind == "edition") if task.book_id == BOOK} == {
        due[:10]
    }
    issued = Editions(office.desk(login)).issue(BOOK, "internal")
    assert (issued.due, issued.late) == (due, late)
    if login == "wenmi":
        cites("I.3.2", lambda: Editions(office.desk("zhuli")).issue(BOOK, "external"))


@walks("I.4.2.1", person="acting", day="spring-festival")
def test_an_issue_after_a_week_that_was_wholly_off_ends_the_task_of_that_week(
    office: World, clock: Clock
) -> None:
    """Both weeks are due on 2026-02-24, the first working day since the 14th."""
    clock.set("2026-02-13T09:00+08:00")
    Book.update(made_at=store_clock.now()).execute()
    act_for(office, "wenmi", "assistant", BOOK)
    clock.set("2026-02-16T09:00+08:00")
    run(HERE)
    clock.set("2026-02-24T09:00+08:00")
    run(HERE)
    assert not Editions(office.desk("wenmi")).issue(BOOK, "internal").late
    rows = Task.select().where((Task.kind == "edition") & Task.duty.contains(f"{BOOK}:internal:"))
    assert [(task.due, task.state, task.late) for task in rows] == [("2026-02-24", "done", 0)] * 2


@walks("I.4.1.1", person="acting", day="office-changed")
def test_who_acts_for_a_head_is_in_the_external_edition(office: World, clock: Clock) -> None:
    act_for(office, "xiepi", "head", BOOK, "技术部")
    clock.forward(days=1)
    rows = Editions(office.desk("zhuli")).preview(BOOK, "external").content.rows
    assert "解平" in {one.name for one in rows}
    assert "陶军" not in {one.name for one in rows}, "they head nothing since yesterday"


@pytest.mark.parametrize(
    ("given", "login", "name", "position"),
    [
        row("held", "baizl", "白芷", "行政专员", of="I.4.1.1", person="oneself"),
        row("acting", "xiepi", "解平", "工程师", of="I.4.1.1", person="acting", day="make-up"),
        row("new", "xiepi", "解平", "工程师", of="I.4.1.1", person="successor", day="office-changed"),
    ],
)
def test_a_department_assistant_is_in_the_external_edition_whatever_the_title(
    office: World, clock: Clock, given: str, login: str, name: str, position: str
) -> None:
    """Whoever reports the department's contacts as its assistant (I.4.2.3) is its assistant."""
    if given == "acting":
        act_for(office, login, "unit-assistant", BOOK, "技术部")
    elif given == "new":
        succeed(office, login, "unit-assistant", BOOK, "技术部")
    Entry.update(position=position).where(Entry.id == office.entry(login, BOOK)).execute()
    clock.set("2026-11-28T10:00+08:00")
    rows = Editions(office.desk("zhuli")).preview(BOOK, "external").content.rows
    assert name in {one.name for one in rows}


@pytest.mark.parametrize(
    ("login", "name", "position"),
    [
        row("tangceo", "唐总", "总裁", of="I.4.3.1", person="oneself"),
        row("xiepi", "解平", "高级顾问", of="I.4.3.1", person="acting", day="make-up"),
    ],
)
def test_the_chief_executive_receives_the_internal_edition_whatever_the_title(
    office: World, clock: Clock, login: str, name: str, position: str
) -> None:
    if login == "xiepi":
        act_for(office, login, "chief-executive", BOOK)
    Entry.update(position=position).where(Entry.id == office.entry(login, BOOK)).execute()
    clock.set("2026-11-28T10:00+08:00")
    receivers = Editions(office.desk("zhuli")).preview(BOOK, "internal").receivers
    assert name in {one.name for one in receivers}
    assert name not in {
        one.name for one in Editions(office.desk("zhuli")).preview(BOOK, "external").receivers
    }


@walks("I.4.1.1 I.4.2.1", person="leaver", day="last-day")
def test_who_leaves_is_in_the_edition_to_the_day_of_the_removal_and_no_longer(
    office: World, clock: Clock
) -> None:
    request = leave(office, "zhuli", BOOK, "xiepi", "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    approve(office, min(approvers(request)), request)
    for edition in ("internal", "external"):
        rows = Editions(office.desk("zhuli")).preview(BOOK, edition).content.rows
        assert "解平" not in {one.name for one in rows}


@walks("I.4.1.2", person="composed")
def test_a_book_under_three_regulations_has_the_stated_columns(office: World) -> None:
    content = Editions(office.desk("tianhr")).preview("combined", "internal").content
    assert [column.label.zh for column in content.columns] == COLUMNS
    assert [one.cells[1] for one in content.rows][:2] == ["总裁办", "行政人事部"]


@walks("I.4.1.2", person="successor", day="office-changed")
def test_who_moved_stands_under_the_new_department(office: World, clock: Clock) -> None:
    request = move(office, "zhuli", BOOK, "xiepi", "总裁办", "2026-11-23")
    approve(office, min(approvers(request)), request)
    clock.forward(days=1)
    content = Editions(office.desk("zhuli")).preview(BOOK, "internal").content
    assert [column.label.zh for column in content.columns] == COLUMNS
    (line,) = [one for one in content.rows if one.name == "解平"]
    assert line.cells[:2] == ("总裁办", "总裁办")


@walks("I.4.3.1", person="leaver", day="last-day")
def test_who_leaves_receives_the_internal_edition_no_more(office: World, clock: Clock) -> None:
    """Of an issue before the last day, the copy opens no more; the issue after it names somebody else."""
    clock.set("2026-11-26T09:00+08:00")
    before = Editions(office.desk("zhuli")).issue(BOOK, "internal")
    (copy,) = Copies(office.desk("taojs")).mine()
    desk = office.desk("taojs")
    gone(office, clock, "taojs")
    with pytest.raises(SessionOver):
        Copies(desk).open(copy.number)
    after = Editions(office.desk("zhuli")).issue(BOOK, "internal")
    waiting = {one.name: one for one in Editions(office.desk("zhuli")).copies(after.id)}
    assert not waiting.get("陶军") or not waiting["陶军"].acknowledged_at
    assert any(one.name == "陶军" for one in Editions(office.desk("zhuli")).copies(before.id))


@walks("I.4.3.1", person="two-books")
def test_a_recipient_in_two_books_gets_the_copies_of_this_one_only(office: World) -> None:
    also_in(office, "zhangwei", "taojs", BOOK)
    Editions(office.desk("zhuli")).issue(BOOK, "internal")
    assert len(Copies(office.desk("zhangwei")).mine()) == 1
    assert Copies(office.desk("wangfang")).mine() == ()
    cites("default", lambda: Copies(office.desk("wangfang")).open("C0001-004"))


@pytest.mark.parametrize(
    ("unit", "position", "receives"),
    [
        row("技术部/平台组", "工程师", False, of="I.4.3.1", person="successor", day="office-changed"),
        row("技术部", "工程师", False, of="I.4.3.1", person="successor", day="office-changed"),
        row("技术部", "部门助理", True, of="I.4.3.1", person="oneself"),
    ],
)
def test_whoever_was_named_for_a_post_receives_nothing_in_another(
    office: World, clock: Clock, unit: str, position: str, receives: bool
) -> None:
    """An assistant, often in touch with outside, is named so as that, and is an engineer from then on."""
    desk, entry = office.desk("zhuli"), office.entry("baizl", BOOK)
    (internal,) = [one for one in policy_of(BOOK).editions if one.id == "internal"]
    assert entry in [one.id for one in Choosing(BOOK).recipients(internal)]
    if not receives:
        form = desk.lifecycle.move_form(entry)
        asked = MoveAsked(entry, form.version, office.unit(BOOK, unit), position, "2026-11-24")
        request = desk.lifecycle.move(asked)
        decide = approvers(request).pop()
        assert "tags" in [one.field for one in office.desk(decide).queue.one(request).lines]
        clock.forward(days=1)
        approve(office, decide, request)
    assert (entry in [one.id for one in Choosing(BOOK).recipients(internal)]) is receives


@pytest.mark.parametrize(
    ("login", "values", "receives"),
    [
        row("baizl", {"position": "工程师"}, False, of="I.4.3.1", person="oneself", day="make-up"),
        row("zhuli", {"position": "工程师"}, False, of="I.4.3.1", person="successor", day="make-up"),
        row("zhuli", {"mobile": "139 0000 2121"}, True, of="I.4.3.1", person="successor", day="make-up"),
    ],
)
def test_another_post_by_a_change_ends_the_naming_as_by_a_move(
    office: World, clock: Clock, login: str, values: dict[str, str], receives: bool
) -> None:
    """Whoever hands it in; who decides on it is told beforehand."""
    clock.set("2026-11-28T10:00+08:00")
    entry = office.entry("baizl", BOOK)
    (internal,) = [one for one in policy_of(BOOK).editions if one.id == "internal"]
    request = change(office, login, BOOK, "baizl", **values)
    decide = min(approvers(request))
    lines = {one.field for one in office.desk(decide).queue.one(request).lines}
    assert ("tags" in lines) is not receives
    approve(office, decide, request)
    assert (entry in [one.id for one in Choosing(BOOK).recipients(internal)]) is receives
    assert EntryTag.select().where(EntryTag.entry == entry).exists() is receives


@walks("I.4.3.2", person="leaver", day="last-day")
def test_an_office_manager_who_left_opens_no_copy(office: World, clock: Clock) -> None:
    clock.set("2026-11-26T09:00+08:00")
    Editions(office.desk("zhuli")).issue(BOOK, "external")
    (copy,) = Copies(office.desk("shenjl")).mine()
    desk = office.desk("shenjl")
    gone(office, clock, "shenjl")
    with pytest.raises(SessionOver):
        Copies(desk).open(copy.number)


@walks("I.4.3.2", person="successor", day="office-changed")
def test_a_new_secretary_receives_the_next_issue_and_none_of_before(office: World, clock: Clock) -> None:
    Editions(office.desk("zhuli")).issue(BOOK, "external")
    Entry.update(position="工程师").where(Entry.id == office.entry("wenmi", BOOK)).execute()
    Entry.update(position="办事处文秘").where(Entry.id == office.entry("xiepi", BOOK)).execute()
    Unit.update(kind="office").where(Unit.name == "平台组").execute()
    clock.forward(days=1)
    assert Copies(office.desk("xiepi")).mine() == ()
    issued = Editions(office.desk("zhuli")).issue(BOOK, "external")
    assert {one.name for one in Editions(office.desk("zhuli")).copies(issued.id)} == {"沈杰", "解平"}
    assert len(Copies(office.desk("xiepi")).mine()) == 1


@pytest.mark.parametrize(
    ("given", "waiting"),
    [
        row("acting", {"fengdir"}, of="I.4.2.4", person="acting", day="office-changed"),
        row("deputy", {"tangceo", "taojs"}, of="I.4.2.4", person="deputy"),
        row("successor", {"taojs"}, of="I.4.2.4", person="successor", day="office-changed"),
    ],
)
def test_a_new_unit_waits_for_the_chief_executive_of_today(
    office: World, clock: Clock, given: str, waiting: set[str]
) -> None:
    if given == "acting":
        act_for(office, "fengdir", "chief-executive", BOOK)
    elif given == "deputy":
        deputise(office, "tangceo", "taojs", "chief-executive", BOOK)
    else:
        succeed(office, "taojs", "chief-executive", BOOK)
    clock.forward(days=1)
    asked = {"what": "create", "to": "技术部", "name": "数据组"}
    request = office.desk("zhuli").asking.ask("structure", BOOK, asked, "机构调整")
    assert Unit.get_or_none(Unit.name == "数据组") is None
    if given != "deputy":
        refusal(office.desk("tangceo"), request, stored(request).digest)
    goes(office, request, (waiting, max(waiting)))
    assert Unit.get(Unit.name == "数据组")


@pytest.mark.parametrize(
    ("login", "to", "name"),
    [
        row("tangceo", "", "数据部", of="I.4.2.4", person="head-and-keeper"),
        row("fengdir", "总裁办", "秘书组", of="I.4.2.4", person="acting", day="make-up"),
    ],
)  # fmt: skip
def test_who_submits_for_other_units_alone_is_told_of_whose_it_takes(
    office: World, clock: Clock, login: str, to: str, name: str
) -> None:
    """To a head it is no answer that only heads may."""
    if login != "tangceo":
        act_for(office, login, "head", BOOK, "技术部")
    clock.set("2026-11-28T10:00+08:00")
    asked = {"what": "create", "to": str(office.unit(BOOK, to)), "name": name}
    refused = setting.refusal(lambda: office.desk(login).asking.ask("structure", BOOK, asked, "机构调整"))
    assert refused.clause == "I.4.2.4"
    assert "of the unit concerned, or of one above it" in say(refused.message, "en")
    assert "有关部门" in say(refused.message, "zh_CN")


@walks("I.4.2.4", person="leaver", day="last-day")
def test_no_unit_is_made_while_nobody_is_chief_executive(office: World, clock: Clock) -> None:
    """It is refused with the clause instead of waiting for nobody."""
    gone(office, clock, "tangceo")
    asked = {"what": "create", "to": "技术部", "name": "数据组"}
    cites("I.4.2.4", lambda: office.desk("zhuli").asking.ask("structure", BOOK, asked, "机构调整"))
    assert Unit.get_or_none(Unit.name == "数据组") is None


def ask(office: World, kind: str, login: str) -> int:
    """Ask for a copy of the whole book."""
    return office.desk(login).asking.ask(kind, BOOK, {"unit": ""}, "接待来访")


@pytest.mark.parametrize(
    ("kind", "given", "steps"),
    [
        row("copy", "acting", ({"wenmi"},), of="I.4.4.2", person="acting", day="make-up"),
        row("copy", "deputy", ({"fengdir", "taojs"},), of="I.4.4.2", person="deputy"),
        row("copy-private", "acting", ({"wenmi"}, {"tangceo"}), of="I.4.4.3", person="acting", day="make-up"),
        row("copy-private", "deputy", ({"fengdir", "taojs"}, {"tangceo"}), of="I.4.4.3", person="deputy"),
        row("copy-private", "executive", ({"fengdir"}, {"taojs"}), of="I.4.4.3", person="successor",
            day="office-changed"),
    ],
)  # fmt: skip
def test_a_copy_is_approved_by_the_offices_of_today(
    office: World, clock: Clock, kind: str, given: str, steps: tuple[set[str], ...]
) -> None:
    if given == "acting":
        act_for(office, "wenmi", "director", BOOK)
    elif given == "deputy":
        deputise(office, "fengdir", "taojs", "director", BOOK)
    else:
        succeed(office, "taojs", "chief-executive", BOOK)
    clock.set("2026-11-28T10:00+08:00" if given == "acting" else "2026-11-24T10:00+08:00")
    request = ask(office, kind, "xiepi")
    goes(office, request, *[(who, max(who)) for who in steps])
    (granted,) = office.desk("xiepi").asking.copies()
    assert granted.for_work == (kind == "copy")


@walks("I.4.4.3", person="head-and-keeper")
def test_who_holds_both_offices_does_not_take_both_steps(office: World) -> None:
    """The director who is named chief executive too reviews it, and then nobody else could approve it."""
    office.grant("fengdir", "chief-executive", BOOK)
    request = ask(office, "copy-private", "xiepi")
    goes(office, request, ({"fengdir"}, "fengdir"), ({"tangceo"}, "tangceo"))


@pytest.mark.parametrize(
    "kind",
    [
        row("copy", of="I.4.4.2", person="leaver", day="last-day"),
        row("copy-private", of="I.4.4.3", person="leaver", day="last-day"),
    ],
)
def test_who_left_meanwhile_takes_no_copy(office: World, clock: Clock, kind: str) -> None:
    """Asked for on Thursday; the last day is Friday: the request ends with it."""
    request = ask(office, kind, "xiepi")
    desk = office.desk("xiepi")
    gone(office, clock, "xiepi")
    assert state(request) == "withdrawn"
    with pytest.raises(SessionOver):
        desk.overview.directory(BOOK)


@pytest.mark.parametrize(
    ("login", "book"),
    [
        row("zhuli", BOOK, of="I.4.4.2", person="oneself"),
        row("tangceo", BOOK, of="I.4.4.2", person="head-and-keeper"),
        row("xiepi", BOOK, of="I.4.4.2", person="acting", day="office-changed"),
        row("tianhr", "combined", of="I.4.4.2", person="composed"),
    ],
)
def test_who_takes_no_copy_is_told_that_the_director_decides_on_one(
    office: World, login: str, book: str
) -> None:
    """Not to ask whoever keeps the book, and least of all themselves."""
    if login == "xiepi":
        act_for(office, login, "head", BOOK, "技术部")
    refused = setting.refusal(lambda: office.desk(login).overview.directory(book))
    assert refused.clause == "I.4.4.2"
    assert "由行政人事总监审批" in say(refused.advice, "zh_CN")
    assert "on which Admin-HR director decides" in say(refused.advice, "en")
    assert office.desk(login).asking.ask("copy", book, {"unit": ""}, "接待")


@walks("I.4.4.2", person="composed")
def test_no_report_takes_the_book_of_three_regulations_out(office: World) -> None:
    for login in ("tianhr", "nidir", "linan", "leijun"):
        with pytest.raises(Refused) as caught:
            office.desk(login).overview.directory("combined")
        assert "I.4.4.2" in caught.value.clause


@walks("I.5 I.3.1", person="successor", day="office-changed")
def test_a_new_director_reads_every_kept_issue_and_the_former_none(office: World, clock: Clock) -> None:
    for edition in ("internal", "external"):
        Editions(office.desk("zhuli")).issue(BOOK, edition)
    succeed(office, "taojs", "director", BOOK)
    clock.forward(days=1)
    for edition in ("internal", "external"):
        (kept,) = Editions(office.desk("taojs")).issues(BOOK, edition)
        assert Editions(office.desk("taojs")).record(kept.id).sound
        with pytest.raises(Refused):
            Editions(office.desk("fengdir")).record(kept.id)


@walks("I.5", person="leaver", day="last-day")
def test_issues_stay_when_who_issued_them_left(office: World, clock: Clock) -> None:
    clock.set("2026-11-26T09:00+08:00")
    issued = Editions(office.desk("zhuli")).issue(BOOK, "internal")
    gone(office, clock, "zhuli")
    kept = Editions(office.desk("fengdir")).record(issued.id)
    assert kept.sound
    assert "朱丽" in {line.name for line in kept.content.rows}


@walks("I.3.1", person="acting", day="office-changed")
def test_who_acts_as_the_director_revises_the_procedure_and_the_former_does_not(
    office: World, clock: Clock
) -> None:
    for book in (BOOK, "combined"):
        act_for(office, "taojs", "director", book)
    clock.forward(days=1)
    text = revision("controlled-document", "2", "2026-12-07")
    cites("I.3.1", lambda: office.desk("fengdir").policies.add(text))
    books, _told = issue(office, "taojs", text)
    assert set(books) == {BOOK, "combined"}
