"""Reports on the screen: the table at once, and the exact command that takes a copy out."""

from __future__ import annotations

import io
import shlex

import pytest
from textual.pilot import Pilot

from db.language import Label, Language
from db.store.tables import AuditRecord
from reports.ranking import columns as ranked
from reports.report import Column, Report
from tests.db.desk.asking import approve
from tests.tui.conftest import View
from tests.tui.screens.ask_stage import offices
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import office
from tests.world import World
from tui.kit import Look
from tui.kit.safe import cells
from tui.plain import work
from tui.screens.reports.chart import ReportChart
from tui.screens.reports.reports import Reports
from tui.screens.reports.table import ReportTable, columns_for
from tui.screens.reports.text import ReportText

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
        columns=tuple(Column(id, text, minor=id in minor) for id, text in (head | more).items()),
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


def report(app: Oversight) -> Report:
    screen = app.screen_stack[0]
    assert isinstance(screen, Reports)
    assert screen._report is not None
    return screen._report


def screen_text(app: Oversight) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_the_first_report_is_there_at_once(office: World) -> None:
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        text = screen_text(app)
        assert "张伟" in text
        assert "周围" not in text
        assert "138••••21" in text


async def test_report_scope_and_period_are_one_key_each(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3")
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
        await pilot.pause(0.1)
        await press(pilot, "r")
        assert "向谁征询过、本人如何答复、提供到何时。" in screen_text(app)


@pytest.mark.clause("A.8", "A.9", "A.10")
async def test_deadlines_are_shown_as_bars_with_aligned_chinese_labels(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3", "c")
        assert app.screen.query_one(ReportChart)
        lines = screen_text(app).splitlines()
        for row in report(app).rows:
            assert any(f"{row[0]} {row[1]}" in line for line in lines)
        assert any("研发一部" in line for line in lines)
        assert any("▓" in line or "█" in line or "░" in line for line in lines)
        await press(pilot, "c")
        assert not app.screen.query(ReportChart)


async def test_a_dozen_bars_find_room_on_a_small_screen(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = [(f"U{number:02}", (number, 1, 0, 2)) for number in range(12, 0, -1)]
    monkeypatch.setattr(ReportChart, "bars", lambda chart: bars)
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3", "c")
        for label, lengths in bars:
            assert f"{label} {sum(lengths)} █" in screen_text(app)


async def test_bars_that_find_no_room_are_counted(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bars = [(f"U{number:02}", (number, 1, 0, 2)) for number in range(30, 0, -1)]
    monkeypatch.setattr(ReportChart, "bars", lambda chart: bars)
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3", "c")
        drawn = sum(f"{label} {sum(lengths)} " in screen_text(app) for label, lengths in bars)
        assert f"另有 {len(bars) - drawn} 项较短，未画出" in screen_text(app)
        await pilot.resize_terminal(120, 60)
        await pilot.pause(0.1)
        assert "未画出" not in screen_text(app)


async def test_another_language_or_size_leaves_the_cursor_where_it_is(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
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
        await pilot.pause(0.1)
        await press(pilot, "v", "f9")
        await pilot.pause(0.1)
        assert isinstance(app.screen, ReportText)
        assert "Mobile" in screen_text(app)
        assert "手机" not in screen_text(app)


async def test_a_dialog_over_the_first_screen_gives_it_no_way_back(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "o", "escape")
        await pilot.pause(0.1)
        assert "Esc" not in screen_text(app)


@pytest.mark.clause("C.9.1", "A.12")
async def test_the_command_shown_writes_the_same_report(office: World) -> None:
    """No file is made on the server: the reader runs the line in a terminal of their own."""
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3", "o", "2")
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
        await pilot.pause(0.1)
        await press(pilot, "enter")
        assert "chenjing@huaxing.example" in screen_text(app)
        await press(pilot, "escape", "v")
        assert isinstance(app.screen, ReportText)
        assert "陈静" in screen_text(app)


async def test_labels_and_values_of_a_row_in_full_stand_in_two_columns(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
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
        await pilot.pause(0.1)
        assert "chenjing@huaxing.example" not in screen_text(app)
        await pilot.resize_terminal(120, 36)
        await pilot.pause(0.1)
        assert "chenjing@huaxing.example" in screen_text(app)


async def test_the_bar_of_a_single_unit_does_not_fill_the_screen(office: World) -> None:
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "r", "3", "c")
        filled = [line for line in screen_text(app).splitlines()[4:] if any(c in line for c in "█▒▓░")]
        assert 1 <= len(filled) <= 6


async def test_the_language_changes_everything_on_the_screen(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
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
        await pilot.pause(0.1)
        for keys in (("v", "escape"), ("enter", "escape"), ("r", "4", "c")):
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
        await pilot.pause(0.1)
        await press(pilot, "o", "1", "escape", "c", "v", "escape", "ctrl+s", "p", "escape")
    assert there() == before


async def test_words_are_cut_and_numbers_are_not(office: World) -> None:
    app = Oversight(office, "liuyang", View("en", Look()), first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
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
        await pilot.pause(0.1)
        assert "陶军" in screen_text(app)
        await press(pilot, *covered_by)
        app.desk.overview.export(
            "directory", "controlled", None, format="xlsx", sha256="0" * 64, size=1, rows=8,
            mark="ABCD-EFGH", parameters={},
        )  # fmt: skip
        if covered_by == "o":
            await press(pilot, "enter")
        screen = app.screen_stack[0]
        assert isinstance(screen, Reports)
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
        await pilot.pause(0.1)
        screen = app.screen_stack[0]
        assert isinstance(screen, Reports)
        await screen.look_again()
        assert "张伟" in screen_text(app)
