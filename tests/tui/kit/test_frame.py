"""What stands around every screen: refusals, crashes, languages, looks, modes; and what never happens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.geometry import Region
from textual.widgets import Input

from db.desk import Refused, Unavailable
from db.language import Label, Message, _, say
from tests.tui.conftest import View
from tests.tui.kit.stage import Directory, Stage, directory, shown
from tui.jobs import read_jobs
from tui.kit import DataList, FactList, FramedScreen, ListColumn, Look, Mode, Preview, TextInput, typeahead
from tui.kit.application import SESSION_OVER
from tui.kit.choosing import Choose, Options
from tui.kit.dialogs import AskText
from tui.kit.help import Help
from tui.kit.notice import NoticeArea
from tui.kit.refusal import Failure, Refusal
from tui.kit.topline import Location, ModeBar, TopLine
from tui.safe import cells
from tui.sheets.clauses import clause_text, ground_text


async def test_a_refusal_is_shown_and_the_screen_goes_on() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("c")
        assert isinstance(app.screen, Refusal)
        await pilot.press("escape", "down")
        assert isinstance(app.screen, Directory)
        assert app.screen.query_one(DataList).cursor == 1


@pytest.mark.threat(25)
async def test_a_record_that_can_t_do_it_now_says_so_and_the_session_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(_screen: Directory) -> None:
        raise Unavailable(_("Nothing was changed: the disk is full. Please tell your administrator."))

    monkeypatch.setattr(Directory, "do_open", busy)
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, Failure)
        assert "磁盘已满" in "".join(strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("escape", "down")
        assert isinstance(app.screen, Directory)
        assert app.screen.query_one(DataList).cursor == 1


async def test_an_ended_session_ends_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    from db.desk import SessionOver

    def over(_screen: Directory) -> None:
        raise SessionOver

    monkeypatch.setattr(Directory, "do_open", over)
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("enter")
    assert app.return_value == SESSION_OVER


@pytest.mark.threat(13)
async def test_a_crash_draws_nothing_of_itself(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "PATIENCE", 0.1)  # the key that ends all never has its effect
    app = Stage()
    with pytest.raises(ValueError, match="13800002121"):
        async with app.run_test() as pilot:
            await pilot.press("x")
    assert isinstance(app.crash, ValueError)
    assert app._exit_renderables == []
    out, err = capfd.readouterr()
    assert "13800002121" not in out + err
    assert "Traceback" not in out + err


async def test_what_a_screen_misses_at_the_end_is_no_crash() -> None:
    app = Stage()
    async with app.run_test():
        app.exit(0)
        app._handle_exception(LookupError())
    assert app.crash is None
    assert app.return_code == 0


async def test_what_a_screen_misses_while_it_is_taken_down_is_no_crash() -> None:
    """A timer draws the keys of a screen whose list is gone already."""
    app = Stage()
    async with app.run_test():
        pass
    app._handle_exception(LookupError())
    assert app.crash is None


async def test_what_is_refused_to_a_timer_is_shown_and_no_crash() -> None:
    """A list opens what the cursor rests on, and somebody else may have decided it in that moment."""

    def refused() -> None:
        raise Refused(Message("There is no such request."), "E.13.1", "")

    app = Stage()
    async with app.run_test() as pilot:
        app.screen.set_timer(0.01, refused)
        while not isinstance(app.screen, Refusal) and app.crash is None:
            await pilot.pause()
        assert app.crash is None
        await pilot.press("enter")
        assert directory(app).is_current


async def test_a_notice_stays_until_the_next_key() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        app.tell("已保存")
        await pilot.pause()
        notice = app.screen.query_one(NoticeArea)
        async with asyncio.timeout(60):
            while notice.render_line(0).text.strip() != "✓ 已保存":
                await pilot.pause()
        await pilot.press("down")
        assert not notice.render_line(0).text.strip()


@pytest.mark.parametrize("height", [24, 12])
async def test_a_notice_covers_no_row_and_moves_nothing_where_there_is_room(height: int) -> None:
    app = Stage()
    async with app.run_test(size=(80, height)) as pilot:
        await pilot.press("end")
        listing = app.screen.query_one(DataList)
        before = listing.region
        app.tell("已保存")
        await pilot.pause()
        assert "✓ 已保存" in shown(app)
        last = listing.draw(listing.last(), listing.size.width, cursor=True).text.strip()
        assert last in shown(app)
        assert (listing.region == before) is (height == 24)
        await pilot.press("r")
        assert listing.region == before


async def test_the_other_language_is_said_everywhere_and_remembered() -> None:
    app = Stage()
    remembered: list[str] = []
    app.memory = type(app.memory)(remembered.append, remembered.append)
    async with app.run_test() as pilot:
        await pilot.press("2", "1")
        await pilot.press("f9")
        assert remembered == ["en"]
        assert app.screen.query_one(TextInput).placeholder == "Name, pinyin, extension"
        assert "Directory" in app.screen.query_one(TopLine).render_line(0).text
        await pilot.press("2")
        assert app.screen.query_one(TextInput).placeholder == "Name, pinyin, extension"
        await pilot.press("f9")
        assert "名录" in app.screen.query_one(TopLine).render_line(0).text


async def test_a_dialog_and_what_shows_around_it_are_said_in_the_other_language_too() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("w", *"typed")
        await pilot.press("f9")
        await pilot.pause()
        assert isinstance(app.screen, AskText)
        assert " Why " in shown(app)
        assert "typed" in shown(app)
        assert "Ext." in shown(app), "the screen around it"
        await pilot.press("escape", "f1", "f9")
        await pilot.pause()
        assert isinstance(app.screen, Help)
        assert "按单位浏览" in shown(app)


async def test_what_is_typed_in_the_help_finds_keys_and_jobs_and_says_where_there_is_none() -> None:
    app = Stage(View("zh_CN"))
    app.jobs = read_jobs
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1")
        await pilot.pause()
        assert "我想改手机号" not in shown(app), "g lists jobs: here they are found"
        await pilot.press(*"gsjh")
        await pilot.pause()
        assert "4 n 我想改手机号" in " ".join(shown(app).split())
        assert not app.screen.query_one("#about").display
        await pilot.press("ctrl+u", *"zzzz")
        await pilot.pause()
        assert "没有这样的名称。" in shown(app)


async def test_looks_go_round_and_are_remembered() -> None:
    app = Stage()
    remembered: list[str] = []
    app.memory = type(app.memory)(remembered.append, remembered.append)
    async with app.run_test() as pilot:
        await pilot.press("f8", "f8", "f8", "f8")
        assert remembered == ["light", "contrast", "mono", "dark"]
    mono = Stage(View("zh_CN", Look(depth=None)))
    async with mono.run_test() as pilot:
        await pilot.press("f8")
        assert mono.look.name == "mono", "a terminal without colours stays without"


async def test_a_look_that_comes_back_is_drawn_as_before() -> None:
    """Also by what was drawn in another look of the same theme, and in modes that were not on the screen."""
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("2", "down")
        await pilot.pause()
        second = app.export_screenshot()
        await pilot.press("f8", "f8", "f8", "f8")
        await pilot.pause()
        assert app.export_screenshot() == second
        await pilot.press("f8", "f8", "f8")
        await pilot.pause()
        await pilot.press("1", "f8", "2")
        await pilot.pause()
        assert app.export_screenshot() == second


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 300])
async def test_the_top_line_fits_and_never_loses_what_waits(width: int) -> None:
    app = Stage()
    async with app.run_test(size=(width, 24)):
        line = app.screen.query_one(TopLine).render_line(0)
        assert line.cell_length == width
        if width >= 40:
            assert "待办 3" in line.text
            assert "名录" in line.text


async def test_the_top_line_says_what_waits_since_another_screen_was_on_top() -> None:
    def drawn() -> str:
        line = app.screen.query_one(TopLine)
        return line.render_lines(Region(0, 0, *line.size))[0].text

    app = Stage()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "待办 3" in drawn()
        await pilot.press("2")
        app.set_waiting(5)
        await pilot.press("1")
        await pilot.pause()
        assert "待办 5" in drawn()


async def test_a_screen_asks_again_when_it_comes_back_and_not_when_it_is_first_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Directory, "come_back", lambda screen: asked.append(screen.app.language))
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert asked == []
        await pilot.press("r", "escape")
        assert len(asked) == 1


async def test_modes_that_do_not_exist_for_the_reader_are_not_there() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        assert [mode.digit for mode in app.modes] == ["1", "2", "3"]
        hidden = Mode("hidden", "8", Label("隐", "Hidden"), Directory, visible_to=lambda _desk: False)
        seen = Mode("seen", "9", Label("显", "Seen"), Directory)
        app.offer_modes([seen, hidden])
        await pilot.press("8")
        assert app.current_mode == "seen"
        assert [mode.digit for mode in app.modes] == ["9"]


@pytest.mark.parametrize(
    ("length", "width", "shown"),
    [
        (5, 80, "12345678"),
        (6, 80, "1234567"),
        (8, 80, "12347"),
        (12, 80, "1237"),
        (20, 80, "17"),
        (8, 40, "17"),
    ],
)
async def test_modes_stand_in_one_line_whole_and_the_rest_in_more(
    length: int, width: int, shown: str
) -> None:
    app = Stage()
    async with app.run_test(size=(width, 24)) as pilot:
        names = [f"n {digit}".ljust(length, "x") for digit in range(1, 9)]
        app.offer_modes(
            [
                Mode(f"m{digit}", str(digit), Label(name, name), Directory)
                for digit, name in enumerate(names, 1)
            ]
        )
        await pilot.press("7")
        await pilot.pause()
        bar = app.screen.query_one(ModeBar)
        assert bar.size.height == 1
        drawn = bar.render_line(0).text
        assert cells(drawn) == width
        for digit, name in enumerate(names, 1):
            assert (f"{digit} {name}" in drawn) == (str(digit) in shown)
        assert drawn.count("[") == drawn.count("]") == 1
        assert ("0 更多" in drawn) == (len(shown) < 8)
        await pilot.press("6")
        assert app.current_mode == "m6", "what finds no room keeps its digit"
        await pilot.click(ModeBar, offset=(bar.tabs(width)[0].start, 0))
        assert app.current_mode == "m1"
        more = next((tab for tab in app.screen.query_one(ModeBar).tabs(width) if tab.mode is None), None)
        if more is not None:
            await pilot.click(ModeBar, offset=(more.start, 0))
            assert isinstance(app.screen, Choose)
            await pilot.press("8")
            assert app.current_mode == "m8"


@pytest.mark.parametrize("here", ["1", "2", "3"])
async def test_without_colours_the_place_is_reversed_from_bracket_to_bracket(here: str) -> None:
    app = Stage(View("zh_CN", Look(depth=None)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(here)
        await pilot.pause()
        line = app.screen.query_one(ModeBar).render_line(0)
        reversed_ = "".join(part.text for part in line if part.style is not None and part.style.reverse)
        assert (reversed_[:3], reversed_[-1]) == (f"[{here} ", "]")


async def test_places_without_a_digit_stand_behind_0_with_how_much_there_is() -> None:
    """Each has a letter there, keeps its screen, and stands in the line while one is in it."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        people = Label("人", "People")
        app.offer_modes(
            [
                Mode("people", "1", people, Directory),
                Mode("cases", "0 c", Label("案", "Cases"), Directory, count=lambda _desk: 12),
                Mode("none", "0 d", Label("无", "None"), Directory, visible_to=lambda _desk: False),
            ]
        )
        await pilot.pause()
        assert "案" not in app.screen.query_one(ModeBar).render_line(0).text
        await pilot.press("0")
        assert isinstance(app.screen, Choose)
        lines = [app.screen.query_one(Options).render_line(row).text for row in range(2)]
        assert [line.split() for line in lines] == [["▸", "c", "案", "12"], []]
        await pilot.press("c")
        assert app.current_mode == "cases"
        assert "[0 c 案]" in app.screen.query_one(ModeBar).render_line(0).text
        place = app.screen
        await pilot.press("1", "0", "enter")
        assert app.screen is place


async def test_0_says_so_where_nothing_stands_behind_it() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0")
        assert not isinstance(app.screen, Choose)
        assert app.screen.query_one(NoticeArea).has_class("-told")


async def test_arrows_in_the_search_field_move_the_list() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("slash", "z", "down", "down", "up")
        assert app.screen.query_one(DataList).cursor == 1
        await pilot.press("enter")
        assert directory(app).done == ["open"]


@pytest.mark.threat(14)
async def test_no_file_appears_whatever_keys_are_pressed(no_files: Path) -> None:
    letters = "abcdefghijklmnoprstuvwyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"
    controls = [f"ctrl+{letter}" for letter in "abcdefghijklmnoprstuvwxyz"]
    others = ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f11", "f12", "escape", "tab", "enter"]
    app = Stage()
    async with app.run_test() as pilot:
        for key in [*letters, *controls, *others]:
            await pilot.press(key)
            if not isinstance(app.screen, Choose) and isinstance(app.focused, Input):
                await pilot.press("escape")
        app.save_screenshot()
        app.deliver_screenshot()
        app.open_url("https://evil.example")
        app.action_suspend_process()
        assert app.is_running
    assert list(no_files.iterdir()) == []


def test_the_safe_default_is_two_words_where_there_is_no_room_for_a_sentence() -> None:
    assert (say(clause_text("default"), "zh_CN"), say(clause_text("default"), "en")) == (
        "制度未作规定",
        "By default",
    )
    assert say(ground_text("default"), "zh_CN").endswith("规则处理。")
    assert clause_text("E.13") == ground_text("E.13")


class Listed(FramedScreen):
    """A list whose row says more than its place beside it holds."""

    NAME = "listed"
    DEFAULT_CSS = "Listed #preview { height: 8; }"

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines

    def body(self) -> ComposeResult:
        yield DataList([ListColumn("", lambda row: row)], key=str)
        with Preview(id="preview"):
            yield FactList([(str(n), f"line {n}") for n in range(self._lines)])

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(["one", "two"])


@pytest.mark.parametrize(("width", "least"), [(30, 14), (38, 24), (60, 28)])
async def test_long_labels_leave_room_for_values_also_beside_a_list(width: int, least: int) -> None:
    app = Stage()
    async with app.run_test():
        facts = FactList([("2 Human resources and payroll of the group", "x" * 200), ("11-27 09:16", "y")])
        await app.screen.mount(facts)
        first = facts._lines(width)[0]
        assert len(first[1][0]) >= least
        assert any(line[0][0].startswith("11-27 09:16") for line in facts._lines(width)), "times stay whole"


async def test_what_a_row_says_at_length_is_read_after_tab() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        screen = Listed(60)
        await app.push_screen(screen)
        await pilot.pause()
        await pilot.press("tab", "end")
        await pilot.pause()
        assert "line 59" in shown(app)
        await pilot.press("tab", "down")
        assert screen.query_one(DataList).cursor == 1
        short = Listed(2)
        await app.push_screen(short)
        await pilot.pause()
        await pilot.press("tab", "down")
        assert short.query_one(DataList).cursor == 1, "nothing to read there"


class Narrow(FramedScreen):
    """More to say of where one is, and in a field, than there is room for."""

    NAME = "narrow"
    ABOUT = "What it is for."
    AUTO_FOCUS = "TextInput"

    def where(self) -> Location:
        return Location("narrow", ("a directory with a long name", "under " + "H.5.1, " * 12 + "H.6.9"))

    def body(self) -> ComposeResult:
        yield TextInput(hint="blank: today; " + "under E.10, " * 8 + "set by this organisation")


async def test_what_finds_no_room_is_read_in_the_help() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Narrow())
        await pilot.pause()
        assert "H.6.9" not in shown(app)
        await pilot.press("f1")
        await pilot.pause()
        assert "H.6.9" in shown(app)
        assert "set by this organisation" in " ".join(shown(app).replace("│", "").split())
