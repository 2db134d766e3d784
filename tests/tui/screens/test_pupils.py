"""Pupils enrol, change class and leave, in words of their own (D.5.1)."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from db.desk.authority.permissions import permissions_of
from db.desk.lifecycle.forms import UnitChoice
from db.language import say
from db.store.tables import Request
from tests.tui.conftest import Snap, View
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import Classroom, school
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen
from tui.screens.lifecycle.move import MoveScreen
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.offices import DAY, OFFICES

__all__ = ["school"]


@pytest.mark.clause("D.5.1")
@pytest.mark.parametrize(
    ("key", "form", "called"),
    [
        ("join", JoinScreen, ("入学登记", "Enrolment")),
        ("move", MoveScreen, ("转班登记：", "Change of class: ")),
        ("leave", LeaveScreen, ("离校登记：", "Leaving the class: ")),
    ],
)
async def test_each_form_is_called_as_of_pupils(
    school: World, key: str, form: type[JoinScreen | MoveScreen | LeaveScreen], called: tuple[str, str]
) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=(80, 24)) as pilot:
        labels = {command.id: say(command.label, "zh_CN") for command in app.screen.offered_commands()}  # type: ignore[attr-defined]
        assert labels[key] == called[0].rstrip("：")
        await press_for(pilot, "n", key)
        assert isinstance(app.screen, form)
        place = app.screen.where().place
        assert say(place, "zh_CN").startswith(called[0])
        assert say(place, "en").startswith(called[1])


async def hand_in(pilot: Pilot[int], form: str) -> None:
    """Open a form on the pupil under the cursor by its key, and hand it in as it is."""
    await press_for(pilot, "n", form)
    await pilot.press("ctrl+s")
    await pilot.pause()


async def test_enter_without_looking_enrols_nobody_at_the_root(school: World) -> None:
    """The cursor begins on a unit that none stand below."""
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "1", "f3")
        await pilot.pause()
        picked = app.screen.query_one(DataList).current
        assert isinstance(picked, UnitChoice)
        assert not picked.divided


@pytest.mark.clause("D.5.1")
async def test_a_change_to_the_same_class_speaks_of_classes(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=(80, 24)) as pilot:
        await hand_in(pilot, "move")
        assert isinstance(app.screen, MoveScreen)
        assert "请选择其他班级" in text_of(app)


@pytest.mark.clause("D.5.1")
async def test_a_pupil_leaves_by_keys_and_the_decider_reads_of_a_pupil(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=(80, 24)) as pilot:
        await hand_in(pilot, "leave")
        assert not isinstance(app.screen, LeaveScreen)
    request = Request.get(Request.kind == "leave")
    lines = school.desk("shilaoshi").queue.one(request.id).lines
    assert say(lines[0].label, "zh_CN") == "离校日"


@pytest.mark.clause("D.2.1")
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize(
    "keys",
    [(), ("enter",), ("v", "1"), ("v", "3"), ("n", "2", "f3")],
    ids=["list", "card", "roll", "backups", "move"],
)
async def test_screens_of_a_class_speak_of_classes(
    school: World, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert "部门" not in text_of(app)
        if keys != ("v", "3"):
            assert "班级" in text_of(app)


@pytest.mark.clause("D.2.1")
async def test_keys_of_a_class_speak_of_classes(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=(80, 24)):
        said = [say(text, "zh_CN") for one in app.screen.offered_commands() for text in (one.label, one.help)]  # type: ignore[attr-defined]
        assert not [text for text in said if "部门" in text]


def test_enrol(snap_matrix: Snap, school: World) -> None:
    """A pupil half typed: the class is asked for and not a department, and the day of enrolling."""
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=("n", "1", "江"),
    )


def test_transfer(snap_matrix: Snap, school: World) -> None:
    """Which class a pupil is in, and the other one that is asked for."""
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=(
            "n",
            "2",
        ),
    )


def test_withdraw(snap_matrix: Snap, school: World) -> None:
    """The last day of a pupil, and what ends with the entry."""
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=(
            "n",
            "3",
        ),
    )


async def open_offices(app: Classroom, pilot: Pilot[int], role: str) -> None:
    """Open the list of offices with the cursor on ``role``."""
    await app.push_screen(screen_of(OFFICES)({BOOK.id: "class", DAY.id: ""}))
    await pilot.pause()
    rows = app.screen.query_one(DataList)
    while getattr(rows.current, "role", None) != role:
        await pilot.press("down")


@pytest.mark.clause("D.3")
async def test_relieving_the_only_deputy_asks_for_the_next_one(school: World) -> None:
    """On the list of offices, after what is asked always; an answer is enough."""
    app = Classroom(school, "jiaowuchu")
    async with app.run_test(size=(80, 24)) as pilot:
        await open_offices(app, pilot, "deputy-teacher")
        for key in ("n", "escape"):
            await press(pilot, key)
            assert ("备份责任人：以何身份？" in text_of(app)) == (key == "n"), "which office is said"
        await press(pilot, "x", "enter", "调", "enter")
        assert "免去施老师" in text_of(app), "what was answered is read back before it is submitted"
        assert permissions_of(school.actor("shilaoshi")).roles("class")
        await press(pilot, "y")
        assert "谁是下一任备份责任人？" in text_of(app)
        assert "将没有备份责任人" in text_of(app)
        await press(pilot, "无", "enter")
    assert permissions_of(school.actor("shilaoshi")).roles("class") == frozenset()


@pytest.mark.clause("D.3")
@pytest.mark.parametrize(
    ("whom", "why"), [("jiangtao", "本班学生不能担任"), ("yanlaoshi", "已担任该职务"), ("nobody", "没有")]
)
async def test_who_can_t_hold_an_office_is_refused_at_the_question_for_the_name(
    school: World, whom: str, why: str
) -> None:
    app = Classroom(school, "jiaowuchu")
    async with app.run_test(size=(80, 24)) as pilot:
        await open_offices(app, pilot, "teacher")
        await press(pilot, "n", "1", *whom, "enter")
        assert why in text_of(app)
        assert "从哪天起？" not in text_of(app)


@pytest.mark.clause("D.3")
async def test_who_appoints_a_teacher_reads_whom_that_replaces_also_who_was_to_come(school: World) -> None:
    asked = {"what": "holder", "role": "teacher", "whom": "shilaoshi", "deputy": "none", "from": "2026-12-20"}
    school.desk("jiaowuchu").asking.ask("office", "class", asked, "学期末移交")
    for view, words in (
        (View("zh_CN"), "由谁接替严老师、施老师（2026-12-20 起）？"),
        (View("en"), "who is it to be instead of 严老师, 施老师 (from 2026-12-20)?"),
    ):
        app = Classroom(school, "jiaowuchu", view)
        async with app.run_test(size=(80, 24)) as pilot:
            await open_offices(app, pilot, "teacher")
            await press(pilot, "n", "1")
            assert words in " ".join(text_of(app).replace("│", " ").split()), text_of(app)
            await press(pilot, "escape", "n", "2")
            assert "严老师" not in text_of(app).partition("╭")[2].partition("╰")[0], "nobody is replaced"
