"""An import where HR sits: columns, rows, submitting; and the second keeper, who sees the same rows."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest
from textual.pilot import Pilot

from db.confined.answers import SHEET
from db.confined.reading import read
from db.desk import Pending
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import ImportLine, RowError
from db.language import Message
from db.store.tables import Entry, FormDraft, Request
from tests.conftest import Clock
from tests.db.desk.asking import PDF
from tests.tui.conftest import Snap
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.world import World, build_world
from tui.kit import DataList, KitApp
from tui.kit.choosing import Choose
from tui.screens.directory.importing import ImportScreen
from tui.screens.evidence.pick import PickTable
from tui.screens.requests.card import CardToDecide
from tui.sheets.files import FileTable
from tui.sheets.importing import IMPORT
from tui.sheets.reading import facts_of

ROSTER = """花名册,,,,,,
序号,姓名,部门,职务,手机,办公电话,邮箱,血型
1,童童,研发一部,工程师,13811110001,010-88886601,tongtong@huaxing.example,A
2,高洁,人力资源部,专员,1381111000,010-88886602,gaojie@huaxing.example,B
3,马骏,研发1部,专员,13811110003,010-88886603,majun@huaxing.example,O
合计,3,,,,,,
"""
PICTURE = (Path(__file__).parent / "badge.png").read_bytes()
MENDED = ROSTER.replace("1381111000,", "13811110002,")
WISHES = ImportWishes(without_rest=True, new_units=("研发1部",))


class Hall(Stage):
    """The directory, the queue, one's requests."""

    SHOWN = ("directory", "queue", "requests")


@pytest.fixture
def hall(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """HR has a roster in the tray."""
    with templates.copy(HALL, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world, numbers = build_world(), itertools.count(1)
    with patch.object(secrets, "token_hex", lambda size=16: f"{next(numbers):0{2 * size}x}"):
        world.desk("liuyang").evidence.add("花名册.csv", ROSTER.encode())
    return world


HALL = Template(begin=MONDAY, seen=MONDAY, fill=_fill)


def table(world: World, text: str = ROSTER) -> FileTable:
    """The roster, read."""
    (file,) = [one for one in world.desk("liuyang").evidence.tray() if one.name == "花名册.csv"]
    rows = read(SHEET, text.encode())
    return FileTable(Source(file.name, file.digest), rows, file.id)


def opened(world: World, _app: KitApp, **typed: str) -> ImportScreen:
    return ImportScreen("staff", "员工通讯录", table(world), typed)


def submitted(world: World) -> int:
    """The mended roster, submitted."""
    with pytest.raises(Pending) as pending:
        world.desk("liuyang").importing.submit_file(
            "staff", table(world, MENDED).rows, Source("花名册.csv", "ab" * 32), WISHES
        )
    return pending.value.request


def test_choosing_a_file(snap_matrix: Snap, hall: World) -> None:
    snap_matrix(lambda view: Hall(hall, "liuyang", view, over=lambda _app: PickTable()))


def test_rows_with_problems(snap_matrix: Snap, hall: World) -> None:
    snap_matrix(lambda view: Hall(hall, "liuyang", view, over=lambda app: opened(hall, app)))


def test_rows_that_a_second_keeper_is_asked_about(snap_matrix: Snap, hall: World) -> None:
    request = submitted(hall)

    def card(app: KitApp) -> CardToDecide:
        return CardToDecide(app.desk.queue.one(request))

    snap_matrix(lambda view: Hall(hall, "zengqing", view, over=card, first="queue"), press=["v"])


async def test_a_roster_from_the_tray_to_the_second_keeper(hall: World, clock: Clock) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press_for(pilot, "n", "import")
        assert isinstance(app.screen, PickTable)
        await pilot.press("enter")
        await until(pilot, ImportScreen)
        assert states(app) == ["wrong", "wrong", "wrong", "new", "passed"]
        assert not app.screen.can("submit")
        await choose(pilot, "leave-rest")
        await pilot.press("home", "down")
        await pilot.pause()
        await choose(pilot, "new-unit")
        assert states(app) == ["wrong", "new", "new", "passed"]
        clock.forward(minutes=1)
        hall.desk("liuyang").evidence.add("改好.csv", MENDED.encode())
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("home", "enter")
        await until(pilot, ImportScreen)
        await settled(pilot)
        assert "改好.csv" in text_of(app)
        assert text_of(app).splitlines()[-1].startswith(" n 提交"), "what comes next stands first"
        assert states(app) == ["new", "new", "new", "passed"]
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("y")
        await settled(pilot)
        assert "曾晴" in text_of(app)
    assert not FormDraft.select().exists()
    assert not Entry.select().where(Entry.name == "童童").exists()
    desk = hall.desk("zengqing")
    request = Request.select().where(Request.kind == "power").get().id
    desk.queue.approve(request, desk.queue.one(request).digest)
    assert Entry.select().where(Entry.name.in_(["童童", "高洁", "马骏"])).count() == 3


@pytest.mark.parametrize(("login", "first"), [("zengqing", "queue"), ("liuyang", "requests")])
async def test_v_shows_the_rows_from_the_list_too(hall: World, login: str, first: str) -> None:
    submitted(hall)
    app = Hall(hall, login, first=first)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press_for(pilot, "v", "evidence")
        await settled(pilot)
        assert "童童" in text_of(app)


async def test_problems_and_template_go_out_by_a_pickup_code(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    async def taken(_screen: object, words: Sequence[str], file: str, *_rest: object) -> None:
        asked.append((*words, file))

    monkeypatch.setattr("tui.screens.directory.importing.take_out", taken)
    app = Hall(hall, "liuyang", over=lambda app: opened(hall, app, **{"leave-rest": "yes"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ImportScreen)
        await settled(pilot)
        for option in ("out", "template"):
            await choose(pilot, option, "o")
    number = table(hall).evidence
    assert asked == [
        ("import", "problems", "--book", "staff", "--file", number, "--leave-rest", "problems.xlsx"),
        ("import", "template", "--book", "staff", "template.xlsx"),
    ]


def test_each_problem_of_a_row_stands_once_in_full() -> None:
    """The column's problem and the value's own stood there one after the other."""
    problem = RowError(17, "手机", Message("too short"), Message("Write eleven digits."))
    line = ImportLine(row=17, name="李丹", state="wrong", problems=(problem,))
    labels = [label for label, _value in facts_of(IMPORT, cast(Any, None), line)]
    assert [labels.count(Message(one)) for one in ("Problem", "Remedy")] == [1, 1]
    assert "手机" not in labels


async def test_only_what_can_be_imported_is_offered(hall: World) -> None:
    """A picture of the tray is not; what comes in meanwhile and can't be either is named."""
    evidence = hall.desk("liuyang").evidence
    evidence.add("工牌.png", PICTURE)
    app = Hall(hall, "liuyang")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press_for(pilot, "n", "import")
        assert isinstance(app.screen, PickTable)
        files = app.screen.query_one(DataList)
        assert [file.name for file in files.in_sight] == ["花名册.csv"]
        assert "选择要导入的文件" in text_of(app)
        evidence.add("近照.png", PICTURE)
        app.screen.catch_up()
        await settled(pilot)
        assert "“近照.png”不能导入" in text_of(app)
        evidence.add("班级.pdf", PDF)
        app.screen.catch_up()
        await settled(pilot)
        assert "附有列表文件" in text_of(app), "what is taken out of a class is one (D.4)"
        evidence.add("更正.vcf", "BEGIN:VCARD\nFN:童童\nEND:VCARD\n".encode())
        app.screen.catch_up()
        await settled(pilot)
        assert [file.name for file in files.in_sight].index("更正.vcf") == files.cursor


async def test_enter_takes_nothing_where_nothing_can_be_imported(hall: World) -> None:
    app = Hall(hall, "wangfang", over=lambda _app: PickTable())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Enter" not in text_of(app).splitlines()[-1]
        await pilot.press("enter")
        assert isinstance(app.screen, PickTable)
        assert "您的附件中没有可导入的文件" in text_of(app)
        hall.desk("wangfang").evidence.add("名单.csv", ROSTER.encode())
        app.screen.catch_up()
        await settled(pilot)
        await pilot.press("enter")
        assert not isinstance(app.screen, PickTable)


async def test_what_was_begun_goes_on_where_it_was(hall: World) -> None:
    """The file lies in the tray, what was said besides in a draft, both sealed."""
    app = Hall(hall, "liuyang", over=lambda app: opened(hall, app))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await choose(pilot, "leave-rest")
    app = Hall(hall, "liuyang")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press_for(pilot, "n", "import")
        await pilot.press("y")
        await until(pilot, ImportScreen)
        await settled(pilot)
        assert states(app) == ["wrong", "wrong", "new", "passed"]


@pytest.mark.parametrize("login", ["zhangwei", "wangfang", "helei"])
async def test_who_does_not_keep_the_book_is_not_offered_it(hall: World, login: str) -> None:
    app = Hall(hall, login)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert not app.screen.can("import")  # type: ignore[attr-defined]


def states(app: Hall) -> list[str]:
    """Of each row that is shown."""
    rows = app.screen.query_one(DataList)
    return [line.state for line in rows.app.screen._shown]  # type: ignore[attr-defined]


async def choose(pilot: Pilot[int], id: str, key: str = "e") -> None:
    """Settle something by its place in the question."""
    await press_for(pilot, key, id)
    if isinstance(pilot.app.screen, Choose):
        picks = pilot.app.screen.query_one("Options").options  # type: ignore[attr-defined]
        await pilot.press(next(digit for digit, pick in picks if pick.id == id))
    await settled(pilot)


async def settled(pilot: Pilot[int]) -> None:
    """Let what was pressed be done."""
    for _turn in range(3):
        await pilot.pause()


async def until(pilot: Pilot[int], kind: type) -> None:
    """Wait for a screen: the file is read by a process."""
    for _turn in range(200):
        await pilot.pause(0.05)
        if isinstance(pilot.app.screen, kind):
            return
    raise AssertionError(pilot.app.screen)


async def test_what_differs_is_proposed_as_one_batch(hall: World) -> None:
    """All that are marked, with one reason and one piece of evidence; the file is no evidence itself."""
    people = "1,张伟,研发一部,总工程师,,,,\n2,张文,研发一部,架构师,,,,\n"
    text = ROSTER.splitlines()[1] + "\n" + people
    typed = {"leave-rest": "yes"}
    hall.desk("liuyang").evidence.add("任命.txt", "任命张伟、张文".encode())
    app = Hall(hall, "liuyang", over=lambda _app: ImportScreen("staff", "册", table(hall, text), typed))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        found = states(app).count("changed")
        await pilot.press("asterisk")
        await press_for(pilot, "e", "propose")
        await pilot.press("y")
        await pilot.pause()
        await pilot.press(*"moved", "enter")
        await settled(pilot)
        assert [pick.label for _digit, pick in app.screen.query_one("Options").options] == ["任命.txt"]  # type: ignore[attr-defined]
        await pilot.press("1")
        await settled(pilot)
        assert isinstance(app.screen, ImportScreen)
    assert Request.select().where(Request.kind == "change").count() == found > 0


async def test_people_may_be_matched_by_another_key(hall: World) -> None:
    """Said once, and so of the next file of its kind."""
    app = Hall(hall, "liuyang", over=lambda app: opened(hall, app))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press_for(pilot, "e", "match")
        assert isinstance(app.screen, Choose)
        await pilot.press("2")
        await settled(pilot)
        assert "按邮箱" in text_of(app).replace(" ", "")
