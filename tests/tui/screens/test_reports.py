"""Reports on the screen: the table at once, and the exact command that takes a copy out."""

from __future__ import annotations

import io
import shlex

import pytest
from textual.pilot import Pilot

from db.language import Label, Language
from db.store.tables import AuditRecord
from reports.ranking import CHART as RANKED
from reports.ranking import columns as ranked
from reports.report import Chart, Report, ReportColumn, Tone
from tests.db.desk.asking import approve
from tests.tui.conftest import View
from tests.tui.screens.ask_stage import offices
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import office
from tests.world import World
from tui.kit import Look
from tui.plain.work import work
from tui.safe import cells
from tui.screens.reports import chart
from tui.screens.reports.chart import Bar, ReportChart, bars_of, shared_out
from tui.screens.reports.reports import Reports
from tui.screens.reports.table import ReportTable, columns_for
from tui.screens.reports.text import ReportText
from tui.screens.reports.view import ReportView

__all__ = ["office", "offices"]
SIZE = (80, 24)


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.05)


def test_the_number_of_a_copy_and_the_name_of_its_edition_are_told_on_a_small_screen() -> None:
    head = {"edition": "Edition", "issue": "Issue no.", "issued": "Issued", "number": "Copy"}
    more = {"name": "Recipient", "acknowledged": "Acknowledged", "waiting": "Outstanding"}
    minor = ("issue", "waiting")
    made = Report(
        name="receipts",
        title="Issues and receipts",
        book="estate",
        unit=None,
        parameters=(),
        columns=tuple(ReportColumn(id, text, minor=id in minor) for id, text in (head | more).items()),
        rows=(
            (
                "Internal directory",
                5,
                "2026-11-26 04:06",
                "C0017-003",
                "朱丽",
                "2026-11-26 04:07",
                0,
            ),
        ),
        footer=(),
    )
    widths = {str(column.title): column.width for column in columns_for(made, "en", 78)}
    assert widths["Copy"] >= len("C0017-003")
    assert widths["Edition"] >= len("Internal directory")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_names_have_room_in_the_ranking_on_a_small_screen(language: Language) -> None:
    row = (1, "安全生产部", "（部门）", 10, 10, 100, 2, 0, 100, 100)
    made = Report(
        name="ranking",
        title="",
        book="",
        unit=None,
        parameters=(),
        columns=ranked(Label("部门", "Department")),
        rows=(row,),
        footer=(),
    )
    shown = columns_for(made, language, 78)
    assert [column.width for column in shown if column.title == made.columns[1].head] == [10]
    assert sum(column.width for column in shown) + 2 * (len(shown) - 1) <= 78


async def draw(pilot: Pilot[int], name: str) -> None:
    """Open the report ``name`` from the list."""
    await pilot.pause(0.1)
    screen = pilot.app.screen
    assert isinstance(screen, Reports)
    place = [offer.kind.name for offer in screen._offers].index(name)
    await press(pilot, "home", *["down"] * place, "enter")
    await pilot.pause(0.1)


def report(app: Oversight) -> Report:
    screen = app.screen_stack[1]
    assert isinstance(screen, ReportView)
    assert screen._report is not None
    return screen._report


def screen_text(app: Oversight) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_the_place_opens_on_the_list_and_shows_nobody(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        text = screen_text(app)
        assert "员工通讯录、集团公司通讯录" in text
        assert "各部门时限执行情况：按时、迟延、未到期、逾期。" in text
        assert "张伟" not in text
        assert not AuditRecord.select().where(AuditRecord.act == "overview.directory").exists()
        await press(pilot, "enter")
        await pilot.pause(0.1)
        assert "张伟" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Reports)
        await press(pilot, "enter", "7")
        assert isinstance(app.screen, Reports)


async def test_a_head_draws_what_they_may_see(office: World) -> None:
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        text = screen_text(app)
        assert "张伟" in text
        assert "周围" not in text
        assert "138••••21" in text


async def test_a_report_that_is_not_of_the_book_says_so_and_the_next_is_of_it_again(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        assert report(app).book == "staff"
        assert "没有" not in screen_text(app)
        await press(pilot, "escape")
        await draw(pilot, "reviews")
        assert report(app).book == "group"
        assert "员工通讯录没有您可看的这种报表，现为集团公司通讯录" in screen_text(app)
        await press(pilot, "escape")
        await draw(pilot, "changes")
        assert report(app).book == "staff"
        assert "没有您可看" not in screen_text(app)


async def test_book_unit_and_period_stay_from_one_report_to_the_next(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "b", "2", "u", "3", "p", "2")
        asked = (report(app).book, report(app).unit, report(app).parameters)
        assert asked[:2] == ("group", office.unit("group", "财务中心"))
        await press(pilot, "escape")
        await draw(pilot, "changes")
        assert (report(app).book, report(app).unit, report(app).parameters) == asked
        await press(pilot, "r", "3")
        assert report(app).name == "compliance"
        assert (report(app).book, report(app).unit, report(app).parameters) == asked


async def test_report_scope_and_period_are_one_key_each(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        assert report(app).name == "compliance"
        await press(pilot, "p", "2")
        assert "2026-10-01 – 2026-10-31" in screen_text(app)
        assert report(app).rows == ()
        await press(pilot, "p", "9", *["backspace"] * 7, *"2026-Q4", "enter")
        assert "2026-10-01 – 2026-12-31" in screen_text(app)
        assert report(app).rows
        await press(pilot, "u", "3")
        assert report(app).unit == office.unit("staff", "研发中心")


async def test_what_each_report_shows_is_told_whole_where_there_is_room(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=(120, 36)) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "r")
        assert "向谁征询过、本人如何答复、提供到何时。" in screen_text(app)


@pytest.mark.clause("A.8", "A.9", "A.10")
async def test_deadlines_are_bars_of_one_row_each_with_label_and_number(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "c")
        lines = screen_text(app).splitlines()
        begins = set()
        for name, due, *_more in report(app).rows:
            (line,) = [line for line in lines if str(name) in line]
            label, number, bar = line.removeprefix("▸").split()
            assert (label, number) == (name, str(due))
            assert set(bar) <= set("█▒▓░")
            begins.add(cells(line[: line.index(bar)]))
        assert len(begins) == 1
        await press(pilot, "c")
        assert not app.screen.query(ReportChart)


async def test_more_bars_than_rows_are_reached_by_the_cursor(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = [Bar(number, f"U{number:02}", "", (number, 1, 0, 2)) for number in range(30, 0, -1)]
    monkeypatch.setattr(chart, "bars_of", lambda *_of: bars)
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "c")
        assert "U30 " in screen_text(app)
        assert "1/30" in screen_text(app)
        await press(pilot, "end")
        assert "U01 " in screen_text(app)
        assert "30/30" in screen_text(app)


async def test_the_legend_has_the_colours_of_the_bars(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "c", "down")
        colours: dict[str, set[object]] = {}
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                if (
                    (filling := segment.text[:1]) in set("█▒▓░")
                    and segment.style
                    and not segment.style.reverse
                ):
                    colours.setdefault(filling, set()).add(segment.style.color)
        good, bad = colours["█"], colours["▓"]
        assert len(good - bad) == 1
        assert not good & bad


def ranking() -> Report:
    """Two departments and three people, two of whom share a name."""
    rows = [
        (1, "研发部", "（部门）", 10, 10, 98, 2, 0, 100, 99),
        (2, "人事部", "（部门）", 10, 10, 90, 2, 0, 90, 90),
        (1, "张伟", "研发部", 1, 1, 100, 0, 0, None, 100),
        (2, "张伟", "人事部", 1, 1, 95, 0, 0, None, 95),
        (3, "李娜", "人事部", 1, 0, 0, 0, 0, None, 0),
    ]
    return Report("ranking", "", "", None, (), ranked(Label("部门", "Department")), tuple(rows), (), RANKED)


def test_departments_come_before_people_and_two_of_one_name_are_two_bars() -> None:
    bars = bars_of(ranking(), RANKED)
    assert [(bar.label, bar.beside, bar.whole) for bar in bars] == [
        ("研发部", "（部门）", 99), ("人事部", "（部门）", 90),
        ("张伟", "研发部", 100), ("张伟", "人事部", 95),
        ("李娜", "人事部", 0),
    ]  # fmt: skip


def test_rows_of_one_login_are_one_bar_and_of_another_with_that_name_another() -> None:
    heads = [
        ReportColumn("who", ""),
        ReportColumn("login", ""),
        ReportColumn("refused", "", "number"),
        ReportColumn("done", "", "number"),
    ]
    rows = (("张伟", "zhangwei", 1, 4), ("张伟", "zhangwei2", 0, 9), ("张伟", "zhangwei", 2, 1))
    parts: tuple[tuple[str, Tone], ...] = (("refused", "bad"), ("done", "quiet"))
    made = Report("access", "", "", None, (), tuple(heads), rows, ())
    bars = bars_of(made, Chart("who", parts, by="login", beside="login"))
    assert [(bar.beside, bar.parts) for bar in bars] == [("zhangwei2", (0, 9)), ("zhangwei", (3, 5))]


@pytest.mark.parametrize(
    ("parts", "full", "room", "shares"),
    [
        ((1, 0, 99), 100, 50, [1, 0, 49]),
        ((3, 3, 3, 3), 24, 12, [1, 1, 2, 2]),
        ((1, 1, 1, 1), 400, 20, [1, 1, 1, 1]),
        ((50,), 100, 30, [15]),
        ((0, 0), 100, 30, [0, 0]),
        ((0, 0), 0, 30, [0, 0]),
    ],
)
def test_every_part_that_is_something_has_a_cell_of_the_bar(
    parts: tuple[int, ...], full: int, room: int, shares: list[int]
) -> None:
    assert shared_out(parts, full, room) == shares


async def test_another_language_or_size_leaves_the_cursor_where_it_is(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "down", "down", "f9")
        await pilot.pause(0.1)
        table = app.screen.query_one(ReportTable)
        assert (table.cursor, table.has_focus) == (2, True)
        assert "Extension" in screen_text(app)
        assert "Office phone" not in screen_text(app)
        await pilot.resize_terminal(120, 36)
        await pilot.pause(0.1)
        assert "Office phone" in screen_text(app)
        table = app.screen.query_one(ReportTable)
        assert (table.cursor, table.has_focus) == (2, True)


async def test_the_text_is_written_anew_in_another_language(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "v", "f9")
        await pilot.pause(0.1)
        assert isinstance(app.screen, ReportText)
        assert "Mobile" in screen_text(app)
        assert "手机" not in screen_text(app)


async def test_a_dialog_over_the_first_screen_gives_it_no_way_back(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "f", "escape")
        await pilot.pause(0.1)
        assert "Esc" not in screen_text(app)


@pytest.mark.clause("C.9.1", "A.12")
async def test_the_command_shown_writes_the_same_report(office: World) -> None:
    """No file is made on the server: the reader runs the line in a terminal of their own."""
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "o", "2")
        text = screen_text(app)
    start = text.index("ssh wangfang@directory.example.com")
    lines = text[start : text.index("compliance.csv")].splitlines()
    command = " ".join(line.strip(" │") for line in lines)
    words = shlex.split(command)[2:]
    assert words[-1] == ">"
    out = io.BytesIO()
    assert work(words[:-1], office.desk("wangfang"), io.BytesIO(), out, io.BytesIO()) == 0
    assert "研发一部" in out.getvalue().decode("utf-8-sig")
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert last.act == "overview.export"


async def test_a_report_as_plain_lines_and_a_row_in_full(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "enter")
        assert "chenjing@huaxing.example" in screen_text(app)
        await press(pilot, "escape", "v")
        assert isinstance(app.screen, ReportText)
        assert "陈静" in screen_text(app)


async def test_labels_and_values_of_a_row_in_full_stand_in_two_columns(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "enter")
        drawn = screen_text(app).splitlines()
    labels = ("姓名 ", "职务 ", "办公电话 ")
    lines = [line.split("│")[1] for line in drawn if any(f"│ {label}" in line for label in labels)]
    assert len(lines) == len(labels)
    places = set()
    for line in lines:
        label, value = line.split(maxsplit=1)
        places.add(cells(line[: line.index(value, len(label) + 1)]))
    assert len(places) == 1


async def test_a_wider_terminal_shows_more_columns_at_once(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        assert "chenjing@huaxing.example" not in screen_text(app)
        await pilot.resize_terminal(120, 36)
        await pilot.pause(0.1)
        assert "chenjing@huaxing.example" in screen_text(app)


async def test_the_language_changes_everything_on_the_screen(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "f9")
        await pilot.pause(0.1)
        assert "Department" in screen_text(app)
        assert "部门 " not in screen_text(app)


@pytest.mark.threat(11)
@pytest.mark.threat(12)
async def test_hostile_names_are_drawn_as_text_and_do_nothing(office: World) -> None:
    from db.store.tables import Entry

    Entry.update(name="[@click=app.quit()]x[/]\x1b]0;t\x07", position="[/]").where(
        Entry.id == office.entry("zhangwei")
    ).execute()
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        for keys in (("v", "escape"), ("enter", "escape"), ("c",)):
            await press(pilot, *keys)
        assert app.crash is None
        assert "\x1b" not in screen_text(app)


async def test_no_file_appears_whatever_keys_are_pressed(office: World, no_files: object) -> None:
    from pathlib import Path

    assert isinstance(no_files, Path)

    def there() -> set[Path]:
        """Every file but the record's own journal, to which each look adds."""
        return {file for file in no_files.rglob("*") if "journal" not in file.parts}

    before = there()
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "o", "1", "escape", "c", "v", "escape", "ctrl+s", "p", "escape")
    assert there() == before


async def test_words_are_cut_and_numbers_are_not(office: World) -> None:
    app = Oversight(office, "liuyang", View("en", Look()), first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        text = screen_text(app)
        assert "138 0000 2121" in text
        assert "@" not in text or "…" in text


@pytest.mark.clause("I.4.4.2")
@pytest.mark.parametrize("covered_by", ["", "v", "o"])
async def test_a_copy_that_was_granted_is_offered_no_more_once_it_was_taken(
    offices: World, covered_by: str
) -> None:
    """It is taken in another terminal while its rows, their text or the formats are on the screen."""
    asked = offices.desk("xiepi").asking.ask("copy", "controlled", {"unit": ""}, "供应商大会接待")
    approve(offices, "fengdir", asked)
    app = Oversight(offices, "xiepi", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        assert "陶军" in screen_text(app)
        await press(pilot, *covered_by)
        app.desk.overview.export(
            "directory", "controlled", None, format="xlsx", sha256="0" * 64, size=1, rows=8,
            mark="ABCD-EFGH", parameters={},
        )  # fmt: skip
        if covered_by == "o":
            await press(pilot, "enter")
        screen = app.screen_stack[1]
        assert isinstance(screen, ReportView)
        await screen.look_again()
        await pilot.pause(0.1)
        text = screen_text(app)
        assert app.screen is screen
        assert "陶军" not in text
        assert "获准的副本已经领取" in text
        assert "I.4.4.2" in text
        assert not screen.can("out")
        assert not screen.can("text")


async def test_what_one_may_draw_anyway_stays_once_a_copy_was_taken(office: World) -> None:
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        screen = app.screen_stack[1]
        assert isinstance(screen, ReportView)
        await screen.look_again()
        assert "张伟" in screen_text(app)
