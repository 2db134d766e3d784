"""Reports on the screen: the table at once, and the exact command that takes a copy out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from functools import partial

import pytest
from textual.pilot import Pilot

from db.desk import Refused
from db.language import say
from db.store.tables import AuditRecord
from reports import answer
from reports.answer import QUESTIONS, Answer
from reports.catalogue import KINDS, catalogue, word_for
from reports.period import name_of_period, parse_period
from reports.report import Report
from tests.db.desk.asking import approve
from tests.tui.conftest import View
from tests.tui.screens.ask_stage import offices
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import office
from tests.tui.screens.stage import press as press_at_once
from tests.world import World
from tui.kit import Look
from tui.plain.work import work
from tui.safe import cells
from tui.screens.reports.answers import Answers, arrange_offers
from tui.screens.reports.reports import Reports
from tui.screens.reports.table import ReportTable, Row
from tui.screens.reports.text import ReportText
from tui.screens.reports.view import ReportView

__all__ = ["office", "offices"]
SIZE = (80, 24)
press = partial(press_at_once, pause=0.05)


async def draw(pilot: Pilot[int], name: str) -> None:
    """Open the report ``name`` from the list."""
    await pilot.pause(0.1)
    screen = pilot.app.screen
    assert isinstance(screen, Reports)
    place = [offer.kind.name for _question, offer in screen._rows].index(name)
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
        await draw(pilot, "directory")
        assert "张伟" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Reports)
        await press(pilot, "enter", "7")
        assert isinstance(app.screen, Reports)


@pytest.mark.parametrize("width", [60, 80])
async def test_the_longest_answer_on_deadlines_is_read_whole(
    office: World, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """In its row where there is room; in a narrow window below the list."""
    said = KINDS["compliance"].answer((14, 4, 12, 16))
    monkeypatch.setattr(Answers, "known_answer", lambda *_asked: said)
    app = Oversight(office, "liuyang", View("en", Look()), first="reports")
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause(0.1)
        assert screen_text(app).count("14 overdue, kept 33%; 16 older") >= (2 if width == 80 else 1)


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
        await press(pilot, "u", "2", "2", "u", "1", "3", "p", "2")
        asked = (report(app).book, report(app).unit, report(app).parameters)
        assert asked[:2] == ("group", office.unit("group", "财务中心"))
        await press(pilot, "escape")
        await draw(pilot, "changes")
        assert (report(app).book, report(app).unit, report(app).parameters) == asked
        await press(pilot, "right_square_bracket", "3")
        assert report(app).name == "compliance"
        assert (report(app).book, report(app).unit, report(app).parameters) == asked


def listed(table: ReportTable) -> Sequence[Row]:
    """All its rows, as they are sorted."""
    return table._window(0, len(table._report.rows))


async def test_a_report_is_sorted_by_any_column_and_the_same_again_turns_it_round(office: World) -> None:
    """A share of few counts as one, what is empty stays last, and the cursor stays on its row."""
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        table = app.screen.query_one(ReportTable)
        place = next(n for n, column in enumerate(report(app).columns) if column.kind == "percent")
        table.go(1)
        held = table.current
        rows = [number for number, _cells in listed(table)]
        key = "123456789"[place]
        await press(pilot, "s", key)
        assert table.current == held
        first = [in_percent(cells[place]) for _number, cells in listed(table) if cells[place]]
        assert first == sorted(first)
        assert not any(cells[place] for _number, cells in listed(table)[len(first) :])
        await press(pilot, "s", key)
        assert [in_percent(cells[place]) for _number, cells in listed(table) if cells[place]] == first[::-1]
        await press(pilot, "s", "1")
        assert {number for number, _cells in listed(table)} == set(rows)
        assert table.current == held


def in_percent(cell: object) -> int:
    part, slash, whole = str(cell).partition("/")
    return 100 * int(part) // int(whole) if slash else int(part)


async def test_a_report_is_narrowed_by_what_its_rows_say(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "directory")
        table, everybody = app.screen.query_one(ReportTable), len(report(app).rows)
        await press(pilot, "slash", *"张", "space", *"伟")
        assert [cells[0] for _number, cells in listed(table)] == ["张伟"]
        await press(pilot, "ctrl+u", *"nobody")
        assert (listed(table), table.current) == ([], None)
        await press(pilot, "escape", "escape")
        assert len(listed(table)) == everybody
        assert isinstance(app.screen, ReportView)
        await press(pilot, "escape")
        assert not isinstance(app.screen, ReportView)


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
        await press(pilot, "u", "1", "3")
        assert report(app).unit == office.unit("staff", "研发中心")


async def test_what_each_report_shows_is_told_whole_where_there_is_room(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=(120, 36)) as pilot:
        await draw(pilot, "directory")
        await press(pilot, "right_square_bracket")
        assert "向谁征询过、本人如何答复、提供到何时。" in screen_text(app)


async def test_worst_units_come_first_and_months_are_rows(office: World) -> None:
    app = Oversight(office, "liuyang", first="reports")
    async with app.run_test(size=(120, 36)) as pilot:
        await draw(pilot, "compliance")
        overdue = [row[1] for row in report(app).rows]
        assert overdue == sorted(overdue, key=lambda value: -int(str(value)))
        await press(pilot, "p", "m")
        assert [row[0] for row in report(app).rows] == [f"2026-{month:02}" for month in range(6, 12)]
        assert sum(int(str(row[1])) for row in report(app).rows) >= sum(int(str(one)) for one in overdue)
        await press(pilot, "p", "1")
        assert report(app).columns[0].id == "unit"


async def test_each_report_stands_at_its_question_with_todays_answer_and_leaves_no_record(
    office: World,
) -> None:
    app = Oversight(office, "liuyang", first="reports")
    before = AuditRecord.select().count()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        text = screen_text(app)
        assert "谁晚了？" in text
        assert "逾期" in next(line for line in text.splitlines() if "时限" in line or "期限" in line)
        assert "…" not in "".join(line for line in text.splitlines() if "谁晚了" in line)
    assert not AuditRecord.select().where(AuditRecord.act.startswith("overview.")).count()
    assert AuditRecord.select().count() >= before


async def test_who_may_draw_less_is_answered_less(office: World) -> None:
    """A head's numbers are of their unit; nobody is told of a report that is not theirs."""
    desk = office.desk("wangfang")
    with pytest.raises(Refused):
        desk.overview.answer("coverage", "staff", None, date(2026, 11, 1), date(2026, 11, 30))
    own = desk.overview.answer("compliance", "staff", None, date(2026, 11, 1), date(2026, 11, 30))
    whole = office.desk("liuyang").overview.answer(
        "compliance", "staff", None, date(2026, 11, 1), date(2026, 11, 30)
    )
    assert all(mine <= all_ for mine, all_ in zip(own, whole, strict=True))
    sales = office.unit("staff", "销售中心")
    with pytest.raises(Refused):
        desk.overview.answer("compliance", "staff", sales, date(2026, 11, 1), date(2026, 11, 30))


def test_every_report_stands_at_a_question() -> None:
    elsewhere = [kind.name for kind in KINDS.values() if kind.question not in QUESTIONS]
    assert elsewhere == [], f"the `question` of its KIND is none of QUESTIONS in {answer.__file__}"


def test_what_needs_doing_comes_first_among_questions_and_reports(office: World) -> None:
    offers = catalogue(office.desk("liuyang"))
    bad = {"coverage"}
    rows = arrange_offers(offers, lambda offer: Answer("", offer.kind.name in bad))
    assert rows[0][1].kind.name == "coverage"
    assert say(rows[0][0], "en") == "What is not right?"
    assert rows[1][0] == ""
    assert sorted(offer.kind.name for _question, offer in rows) == sorted(one.kind.name for one in offers)


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
        await press(pilot, "f", "5", "escape")
        await pilot.pause(0.1)
        assert "Esc" not in screen_text(app)


@pytest.mark.clause("C.9.1", "A.12")
async def test_the_command_shown_writes_the_same_report(office: World) -> None:
    """No file is made on the server: the reader runs the command in a terminal of their own."""
    app = Oversight(office, "wangfang", first="reports")
    async with app.run_test(size=SIZE) as pilot:
        await draw(pilot, "compliance")
        await press(pilot, "o", "2")
        text = screen_text(app)
    assert "ssh wangfang@directory.example.com get > deadlines-2026-11.csv" in text
    out = io.BytesIO()
    assert work(["get"], office.desk("wangfang"), io.BytesIO(), out, io.BytesIO()) == 0
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
        for keys in (("v", "escape"), ("enter", "escape"), ("v", "1")):
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
        await press(pilot, "o", "1", "escape", "v", "v", "escape", "ctrl+s", "p", "escape")
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


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("2026-11", "2026-11"),
        ("2026-Q4", "2026-Q4"),
        ("2026", "2026"),
        ("2026-11-02..2026-11-08", "2026-11-02_2026-11-08"),
    ],
)
def test_a_file_is_called_by_its_report_and_period(asked: str, name: str) -> None:
    """“compliance.xlsx” stood under the report of deadlines, the same for every month."""
    assert name_of_period(parse_period(asked, date(2026, 11, 23))) == name
    assert (word_for("compliance"), word_for("movements"), word_for("changes")) == (
        "deadlines",
        "moves",
        "changes",
    )
