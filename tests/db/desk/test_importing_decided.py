"""An import by whoever keeps a book in use: a second keeper looks at the same rows and decides."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from db.desk import Desk, Invalid, Pending, Refused
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import create_entry, load_entry
from db.desk.entry.units import path_of
from db.desk.importing.importing import AS_IT_IS, PART, ImportWishes, Source
from db.desk.importing.outcome import BadRows, ImportLine, UnfitRows
from db.desk.privacy.erasing import erase_person
from db.desk.requests import changes
from db.desk.requests.payload import open_payload
from db.desk.requests.power_lines import lines_of
from db.desk.today.waiting import Alike
from db.language import say
from db.store.engine import Store
from db.store.record_words import words_of
from db.store.tables import AuditRecord, Entry, EntryField, Grant, Request, RequestStep, Unit
from db.store.transactions import writing
from tests.matrix.book_acts import _rows
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.todo import is_alike

HEADINGS = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱"]
SOURCE = Source("花名册.xlsx", "ab" * 32)


def sheet(*rows: Sequence[str]) -> list[list[str]]:
    """``rows`` below the headings of the staff book."""
    return [HEADINGS, *map(list, rows)]


NEW = sheet(
    ("童童", "研发中心/研发一部", "工程师", "010-88888601", "13811110001", "tongtong@huaxing.example"),
    ("高洁", "人力资源部", "专员", "010-88888602", "13811110002", "gaojie@huaxing.example"),
)


def ask_for_import(world: World, by: str = "liuyang", rows: list[list[str]] = NEW) -> int:
    """Hand a file in; the request's number."""
    with pytest.raises(Pending) as pending:
        world.desk(by).importing.submit_file("staff", rows, SOURCE, AS_IT_IS)
    return pending.value.request


def approve(desk: Desk, request: int) -> None:
    desk.queue.approve(request, desk.queue.one(request).digest)


def is_there(name: str) -> bool:
    return Entry.select().where(Entry.name == name).exists()


SECTIONS = [["花名册"], *([cells[0], "", *cells[2:]] for cells in NEW), [""] * len(HEADINGS)]
SECTIONS[2:2] = [["研发一部（1人）"]]
SECTIONS[4:4] = [["人力资源部（1人）"]]


@pytest.mark.parametrize("rows", [[["花名册"], *NEW, [""] * 6, ["合计：2人"]], SECTIONS])
def test_whoever_decides_reads_how_many_people_the_file_brings(world: World, rows: list[list[str]]) -> None:
    """Neither headings nor departments on rows of their own nor a sum are people."""
    rows = [[*cells, *[""] * (len(HEADINGS) - len(cells))] for cells in rows]
    request = ask_for_import(world, rows=rows)
    said = [line.after for line in world.desk("zengqing").queue.one(request).row.summary]
    assert "花名册.xlsx, 2 people; v shows them" in [say(one, "en") for one in said]
    assert "花名册.xlsx，共 2 人；按 v 逐行查看" in [say(one, "zh_CN") for one in said]


@pytest.mark.threat(50)
def test_nobody_comes_in_before_another_keeper_has_agreed(world: World) -> None:
    request = ask_for_import(world)
    assert not is_there("童童")
    assert [row.role for row in RequestStep.select().where(RequestStep.request == request)] == ["hr"]
    approve(world.desk("zengqing"), request)
    assert is_there("童童")
    assert is_there("高洁")
    entry = Entry.get(Entry.name == "童童")
    assert entry.unit.name == "研发一部"
    assert {row.source for row in EntryField.select().where(EntryField.entry == entry)} == {
        "import: 花名册.xlsx"
    }


@pytest.mark.clause("B.2", "B.3.1")
def test_safety_officers_come_in_by_a_file_that_a_second_keeper_decides(world: World) -> None:
    """In a book in use, as by a joiner's form: the office comes with the entry. A head's does not."""
    wide = build_wider_world("safety", beside=world)
    heads = [rule.label.zh for rule in policy_of("safety").fields if rule.required]
    officer = ["冯岩", "安全员", "一车间", "13811110009", "fy@huaxing.example", "一车间", "消防"]
    rows = [heads, officer]
    asking = wide.desk("panan")
    assert [line.state for line in asking.importing.view("safety", rows).lines] == ["new"]
    with pytest.raises(Pending) as pending:
        asking.importing.submit_file("safety", rows, SOURCE)
    approve(wide.desk("kangle"), pending.value.request)
    entry = Entry.get(Entry.name == "冯岩")
    held = Grant.select().where((Grant.person == entry.person_id) & Grant.in_force())
    assert [(one.role, one.unit_id) for one in held] == [("officer", entry.unit_id)]
    with pytest.raises(UnfitRows):
        asking.importing.load("safety", [heads, ["童童", *officer[1:3], "13811110010", *officer[4:]]], SOURCE)


@pytest.mark.threat(50)
@pytest.mark.parametrize("by", ["liuyang", "helei", "guotao", "chenjing", "zhangwei"])
def test_neither_who_asks_nor_who_does_not_keep_the_book_agrees(world: World, by: str) -> None:
    request = ask_for_import(world)
    with pytest.raises(Refused):
        approve(world.desk(by), request)
    assert not is_there("童童")


@pytest.mark.parametrize("by", ["helei", "guotao", "chenjing", "zhangwei"])
def test_who_does_not_keep_the_book_hands_nothing_in(world: World, by: str) -> None:
    for act in ("view", "submit_file"):
        given = (SOURCE, AS_IT_IS) if act == "submit_file" else ()
        with pytest.raises(Refused):
            getattr(world.desk(by).importing, act)("staff", NEW, *given)


def test_both_see_the_same_rows(world: World) -> None:
    mine = world.desk("liuyang").importing.view("staff", NEW)
    request = ask_for_import(world)
    theirs = world.desk("zengqing").importing.asked(request)
    assert theirs == mine
    assert [(line.name, line.state) for line in theirs.lines] == [("童童", "new"), ("高洁", "new")]
    assert "138 1111 0001" in [value for _label, value in theirs.lines[0].values]
    read = AuditRecord.select().where(AuditRecord.act == "importing.asked").get()
    assert (read.request, read.book) == (request, "staff")


def test_whoever_is_told_of_an_import_reads_what_it_was(world: World) -> None:
    """Of its file and rows they are told nothing."""
    request = ask_for_import(world)
    approve(world.desk("zengqing"), request)
    told = [say(one.task, "en") for login in world.accounts for one in world.desk(login).notices.unread()]
    assert "import a file that a second keeper agreed to; directory: Staff" in told


@pytest.mark.threat(18)
@pytest.mark.parametrize("by", ["helei", "guotao", "chenjing", "zhangwei"])
def test_nobody_else_sees_the_rows(world: World, by: str) -> None:
    """And a request of another kind is refused as one that is not there."""
    request = ask_for_import(world)
    with pytest.raises(Refused) as one:
        world.desk(by).importing.asked(request)
    with pytest.raises(Refused) as none:
        world.desk(by).importing.asked(request + 1000)
    assert say(one.value.message, "en") == say(none.value.message, "en")


def test_one_bad_row_keeps_all_out(world: World) -> None:
    rows = [
        *NEW,
        ["李丹", "研发中心/研发一部", "工程师", "010-88888603", "1380000212", "lidan@huaxing.example"],
    ]
    view = world.desk("liuyang").importing.view("staff", rows)
    assert [line.state for line in view.lines] == ["wrong", "new", "new"]
    with pytest.raises(BadRows):
        world.desk("liuyang").importing.submit_file("staff", rows, SOURCE, AS_IT_IS)
    assert not Request.select().exists()


def test_what_has_changed_since_is_told_to_who_decides(world: World) -> None:
    with_note = [*NEW, ["制表：曾晴", *[""] * (len(NEW[0]) - 1)]]
    first, second = ask_for_import(world), ask_for_import(world, "zengqing", with_note)
    approve(world.desk("zengqing"), first)
    with pytest.raises(Refused) as refused:
        approve(world.desk("liuyang"), second)
    assert "Nobody in this file is new." in say(refused.value.message, "en")
    assert Entry.select().where(Entry.name == "童童").count() == 1


def test_wishes_stay_with_the_request(world: World) -> None:
    rows = [
        [*HEADINGS, "血型"],
        ["童童", "研发9部", "工程师", "010-88888601", "13811110001", "t@huaxing.example", "A"],
    ]
    wishes = ImportWishes(without_rest=True, new_units=("研发9部",))
    with pytest.raises(Pending) as pending:
        world.desk("liuyang").importing.submit_file("staff", rows, SOURCE, wishes)
    approve(world.desk("zengqing"), pending.value.request)
    assert Unit.select().where(Unit.name == "研发9部").exists()


def test_the_same_file_is_not_asked_for_by_a_second(world: World) -> None:
    first = ask_for_import(world)
    with pytest.raises(Refused) as refused:
        world.desk("zengqing").importing.submit_file("staff", NEW, SOURCE, AS_IT_IS)
    assert say(refused.value.message, "en").endswith(f"asked for the same already: request {first}.")
    assert say(refused.value.advice, "en").startswith("刘洋 asked on ")


@pytest.mark.threat(58)
def test_what_is_left_out_is_not_kept_with_the_request(world: World) -> None:
    """Nor what stands beside somebody who is there already; titles above and notes below stay as they are."""
    rows = [
        ["花名册", *[""] * 8],
        [*HEADINGS, "血型", "备注", "民族"],
        [*NEW[1], "AB型", "孕期", ""],
        ["张伟", "研发中心/研发一部", "工程师", "010-88888012", "13800002121", "z@h.cn", "O型", "", "汉"],
        ["", *[""] * 8],
        ["制表：刘洋", *[""] * 8],
    ]  # fmt: skip
    wishes = ImportWishes(without_rest=True)
    mine = world.desk("liuyang").importing.view("staff", rows, wishes)
    with pytest.raises(Pending) as pending:
        world.desk("liuyang").importing.submit_file("staff", rows, SOURCE, wishes)
    request = pending.value.request
    kept = json.dumps(open_payload(Request.get_by_id(request)), ensure_ascii=False)
    assert [one for one in ("AB型", "O型", "孕期", "汉") if one in kept] == []
    assert "13811110001" in kept
    assert "制表：刘洋" in kept
    assert world.desk("zengqing").importing.asked(request) == mine
    approve(world.desk("zengqing"), request)
    assert is_there("童童")


def test_the_record_says_who_asked_and_who_agreed(world: World) -> None:
    request = ask_for_import(world)
    approve(world.desk("zengqing"), request)
    row = AuditRecord.select().where(AuditRecord.act == "importing.submit").get()
    assert row.account == world.accounts["liuyang"]
    detail = words_of(row).detail
    assert (detail["file"], detail["entries"], detail["agreed_by"]) == (
        "花名册.xlsx", 2, world.accounts["zengqing"],
    )  # fmt: skip


def roster(world: World) -> list[list[str]]:
    """Everybody of the staff book, as a list of names, departments and positions with their mobiles."""
    rows = Entry.select().where((Entry.book == "staff") & (Entry.state == "active")).order_by(Entry.id)
    return [[row.name, "/".join(path_of(row.unit_id)[1:]), row.position] for row in rows]


def test_of_a_whole_roster_new_people_come_in_and_nobody_else_changes(world: World) -> None:
    """Who is there is told, who differs is told with what differs, who is missing is asked about."""
    headings = [*HEADINGS[:3], *HEADINGS[3:]]
    rows = [[*row, "", "", ""] for row in roster(world)]
    changed, missing = rows[3], rows.pop(5)
    changed[2] = "总工程师"
    lines = world.desk("liuyang").importing.view("staff", [headings, *rows, *NEW[1:]]).lines
    found = {line.name: line.state for line in lines if line.state != "same"}
    assert found == {changed[0]: "changed", missing[0]: "gone", "童童": "new", "高洁": "new"}
    assert len(lines) == len(rows) + 3
    request = ask_for_import(world, rows=[headings, *rows, *NEW[1:]])
    before = Entry.select().where(Entry.name == changed[0]).get().position
    approve(world.desk("zengqing"), request)
    assert Entry.select().where(Entry.name == changed[0]).get().position == before != "总工程师"
    assert Entry.select().where(Entry.name == missing[0]).get().state == "active"
    assert is_there("童童")


@pytest.mark.threat(52)
def test_what_is_covered_is_not_compared(world: World) -> None:
    """A list of guessed mobiles tells of none whether it is somebody's; each look is on record."""
    entry = Entry.get_by_id(world.entry("zhangwei"))
    row = [entry.name, "/".join(path_of(entry.unit_id)[1:]), entry.position, "", "13800000000", ""]
    (line,) = [one for one in world.desk("liuyang").importing.view("staff", sheet(row)).lines if one.row == 2]
    assert line.state == "same"
    read = AuditRecord.select().where(AuditRecord.act == "importing.view").get()
    assert (read.book, words_of(read).detail["entries"]) == ("staff", 1)


def test_where_one_person_keeps_a_book_alone_whoever_stands_in_for_them_decides(store: Store) -> None:
    """And is shown the file, not who in the directory it is held against."""
    world = build_wider_world("partners")
    rows = [list(row) for row in _rows("partners")]
    with pytest.raises(Pending) as pending:
        world.desk("fuhr").importing.submit_file("partners", rows, SOURCE, AS_IT_IS)
    request = pending.value.request
    (line,) = world.desk("xinan").importing.asked(request).lines
    assert (line.name, line.state) == ("新来的", "new")
    approve(world.desk("xinan"), request)
    assert is_there("新来的")


def test_a_regulation_that_wants_a_second_office_gets_one_behind_the_keeper(store: Store) -> None:
    world = build_wider_world("wecom")
    rows = [list(row) for row in _rows("wecom")]
    with pytest.raises(Pending) as pending:
        world.desk("huanghr").importing.submit_file("wecom", rows, SOURCE, AS_IT_IS)
    steps = RequestStep.select().where(RequestStep.request == pending.value.request).order_by(RequestStep.ord)
    assert [row.role for row in steps] == ["hr", "second"]
    approve(world.desk("xuhr"), pending.value.request)
    assert not is_there("新来的")


@pytest.mark.parametrize("decided", [True, False])
def test_a_row_goes_with_the_person_whom_it_brought(world: World, *, decided: bool) -> None:
    """Also from a request that was decided; one that waits is withdrawn, as its file is whole no more."""
    request = ask_for_import(world)
    if decided:
        approve(world.desk("zengqing"), request)
        person = Entry.get(Entry.name == "童童").person_id
    else:
        with writing():
            unit, values = world.unit("staff", "研发中心"), {"name": ("童童",)}
            person = Entry.get_by_id(create_entry("staff", unit, "full-time", values)).person_id
    later = ask_for_import(world, "zengqing", rows=[HEADINGS, ["新人", *NEW[1][1:]]])
    for _again in range(2):
        with writing():
            erase_person(person)
    assert "新人" in json.dumps(open_payload(Request.get_by_id(later)), ensure_ascii=False)
    row = Request.get_by_id(request)
    assert "童童" not in json.dumps(open_payload(row), ensure_ascii=False)
    assert row.state == ("applied" if decided else "withdrawn")
    with pytest.raises(Refused):
        world.desk("zengqing").importing.asked(request)


def propose(world: World, of: dict[str, dict[str, str]], by: str = "liuyang") -> tuple[int, ...]:
    """Propose changes of people by their logins, in one batch."""
    desk = world.desk(by)
    file = desk.evidence.add("任命.txt", "任命若干人".encode()).id
    asked = {world.entry(login): values for login, values in of.items()}
    return desk.changes.submit_many(asked, "花名册核对", [file], SOURCE.digest[:16])


BATCH = {"zhangwei": {"position": "总工程师"}, "zhangwen": {"extension": "8077"}}


@pytest.mark.clause("A.15")
def test_what_a_file_says_of_others_is_one_batch_that_is_decided_as_one(world: World) -> None:
    """Also where it is another field of each; all have the evidence, and nothing changes before."""
    numbers = propose(world, BATCH)
    rows = [world.desk("liuyang").requests.one(number).row for number in numbers]
    assert {row.evidence for row in rows} == {1}
    assert {row.state for row in rows} == {"open"}
    decider = next(login for login in world.accounts if _waiting(world, login) >= set(numbers))
    desk = world.desk(decider)
    waiting = [row for row in desk.queue.window().rows if row.id in numbers]
    assert is_alike(*waiting)
    (folded,) = [row for row in desk.waiting.page("mine").rows if isinstance(row, Alike)]
    assert set(folded.requests) == set(numbers)
    assert folded.first.batch == SOURCE.digest[:16]
    assert desk.queue.approve_many([(row.id, row.digest) for row in waiting]) == ()


def _waiting(world: World, login: str) -> set[int]:
    return {row.id for row in world.desk(login).queue.window().rows}


def test_what_was_proposed_is_not_offered_again(world: World) -> None:
    """But what the file says of another field is."""
    entry = Entry.get_by_id(world.entry("zhangwei"))
    row = [entry.name, "研发中心/研发一部", "总工程师", "", "", ""]

    def line(extension: str = "") -> ImportLine:
        rows = [[*HEADINGS, "分机"], [*row, extension]]
        return next(
            one for one in world.desk("liuyang").importing.view("staff", rows).lines if one.entry == entry.id
        )

    assert dict(line().differs) == {"position": "总工程师"}
    (number,) = propose(world, {"zhangwei": dict(line().differs)})
    assert (line().state, line().differs) == ("changed", ())
    assert f"#{number}" in say(line().problems[0].advice, "en")
    assert dict(line("8099").differs) == {"extension": "8099"}


@pytest.mark.clause("A.15")
def test_a_batch_is_submitted_as_a_whole_or_not_at_all(world: World) -> None:
    """Whose value is wrong is named; without evidence nothing is submitted (A.15)."""
    with pytest.raises(Invalid) as wrong:
        propose(world, BATCH | {"wangfang": {"email": "wangfang@"}})
    assert "王芳" in say(wrong.value.problems[0].message, "zh_CN")
    with pytest.raises(Refused) as denied:
        world.desk("liuyang").changes.submit_many({world.entry("zhangwei"): {"position": "总工"}}, "核对")
    assert denied.value.clause == "A.15"
    assert not Request.select().exists()


@pytest.mark.threat(58)
def test_a_batch_is_no_larger_than_others_can_wait_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_AT_ONCE", 1)
    with pytest.raises(Invalid) as wrong:
        propose(world, BATCH)
    assert "At most 1 " in say(wrong.value.problems[0].message, "en")
    assert not Request.select().exists()


@pytest.mark.threat(52)
def test_a_batch_shows_and_compares_no_covered_value(world: World) -> None:
    """Each is on record by itself; of a covered number nothing tells that it is the one that was guessed."""
    number = load_entry(world.entry("zhangwei")).first("mobile")
    propose(world, BATCH | {"zhengwei": {"mobile": "13700001030"}, "zhangwei": {"mobile": number}})
    acts = [row.act for row in AuditRecord.select()]
    assert acts.count("changes.submit_many") == 3


def test_people_are_matched_by_the_key_that_was_chosen_for_such_files(world: World) -> None:
    """Somebody who is called otherwise in the file is the same person by their login, and so in the next file
    of its kind; who shares nothing is new."""
    headings = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱", "账号"]
    row = ["张玮", "研发中心/研发一部", "", "", "", "", "zhangwei"]
    desk = world.desk("liuyang")

    def state(match: str = "") -> tuple[str, int, dict[str, str]]:
        view = desk.importing.view("staff", [headings, row], ImportWishes(match=match))
        (line,) = [one for one in view.lines if one.row == 2]
        return line.state, line.entry, dict(line.differs)

    assert state()[1] == 0
    same = ("changed", world.entry("zhangwei"), {"name": "张玮"})
    assert state(match="login") == same
    assert state() == same
    assert state(match="name")[1] == 0
    with pytest.raises(Invalid) as wrong:
        state(match="mobile")
    assert "login" in say(wrong.value.problems[0].message, "en")


def test_more_than_one_part_comes_in_once_a_second_keeper_agreed(world: World) -> None:
    many = [
        [f"员{chr(0x4E00 + n // 60)}{chr(0x5000 + n % 60)}", "研发中心/研发一部", "工程师", "010-88888601",
         f"138{n:08d}", f"p{n}@huaxing.example"]
        for n in range(PART + 40)
    ]  # fmt: skip
    request = ask_for_import(world, rows=[HEADINGS, *many])
    approve(world.desk("zengqing"), request)
    assert Entry.select().where(Entry.name.startswith("员")).count() == len(many)


@pytest.mark.threat(19)
def test_a_look_at_another_file_does_not_change_what_is_agreed_to(world: World) -> None:
    """By what people are matched is part of what was submitted, also where nothing was chosen."""
    headings = [*HEADINGS, "账号"]
    rows = [
        headings,
        ["童童", "研发中心/研发一部", "工程师", "010-88888601", "13811110001", "t@huaxing.example", ""],
        ["张玮", "研发中心/研发一部", "工程师", "010-88888603", "13811110003", "z@h.example", "zhangwei"],
    ]
    desk = world.desk("liuyang")
    desk.importing.view("staff", rows, ImportWishes(match="login"))
    request = ask_for_import(world, rows=rows)
    desk.importing.view("staff", rows, ImportWishes(match="name"))
    seen = world.desk("zengqing").importing.asked(request)
    approve(world.desk("zengqing"), request)
    assert seen.count("new") == 1
    assert is_there("童童")
    assert not is_there("张玮")


def test_a_notice_of_an_import_names_its_directory_alone(world: World) -> None:
    """What is told of an act carries no files and no rows."""
    _act, line = lines_of("importing.submit", {"book": "staff"})
    assert say(line.after, "en") == "Staff"
