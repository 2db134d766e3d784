"""Columns of a report on the screen: which find room, and where a bar stands beside its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import pytest

from db.desk.overview.movements import STATES
from db.language import Label, Language, say
from reports import compliance, movements
from reports.kind import ReportKind, months_of
from reports.period import parse_period
from reports.ranking import columns as ranked
from reports.report import Cell, Report, ReportColumn, share, spoken_cell
from tests.tui.screens.requests_stage import office
from tests.world import World
from tui.safe import cells
from tui.screens.reports.table import columns_for
from tui.sheets.cell import cell_words

__all__ = ["office"]


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
        columns=tuple(column for column, _value in ranked(Label("部门", "Department"))),
        rows=(row,),
        footer=(),
    )
    shown = columns_for(made, language, 78)
    assert [column.width for column in shown if column.title == made.columns[1].head] == [10]
    assert sum(column.width for column in shown) + 2 * (len(shown) - 1) <= 78


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_of_who_joined_moved_and_left_is_cut_at_80(office: World, language: Language) -> None:
    """“Departme…” and “waits fo…” stood there."""
    made = movements.KIND.build(office.desk("liuyang"), "staff", None, NOVEMBER)
    days = {"day": "2026-11-25", "entered": "2026-12-01"}
    told = {"name": "范晨", "unit": "产品规划部", "to": "研发一部", **days}
    rows = []
    for what, state in product(movements.EVENTS.values(), STATES.values()):
        known: dict[str, Cell] = {**told, "event": what, "late": 3, "state": state}
        rows.append(tuple(known.get(one.id, "") for one in made.columns))
    full = replace(made, rows=tuple(rows))
    for shown in columns_for(full, language, 78):
        place = next(n for n, one in enumerate(full.columns) if one.head == shown.title)
        longest = max(cells(spoken_cell(row[place], language)) for row in full.rows)
        assert (shown.width or 0) >= max(longest, cells(say(shown.title, language))), shown.title


NOVEMBER = parse_period("2026-11", date(2026, 11, 30))


def numbered(report: Report) -> Report:
    """The same, with something in the column that has bars."""
    place = report.column(report.bar)
    return replace(report, rows=tuple((*row[:place], 80, *row[place + 1 :]) for row in report.rows))


@pytest.mark.clause("A.8", "A.9", "A.10")
@pytest.mark.parametrize(("width", "barred"), [(24, False), (40, True), (60, True), (80, True), (120, True)])
def test_bars_stand_beside_their_number_and_other_columns_make_room(
    office: World, width: int, barred: bool
) -> None:
    made = compliance.build(office.desk("liuyang"), "staff", None, NOVEMBER)
    heads = [say(column.title, "zh_CN") for column in columns_for(numbered(made), "zh_CN", width - 2)]
    assert "逾期" in heads
    assert ("" in heads) == barred
    if barred:
        assert heads.index("") == heads.index("逾期") + 1


def test_a_bar_is_as_long_as_its_number_and_what_is_something_is_seen() -> None:
    heads = (ReportColumn("who", "Who"), ReportColumn("late", "Late", "number", alarming=True))
    rows: tuple[tuple[Cell, ...], ...] = (("a", 40), ("b", 20), ("c", 1), ("d", 0), ("e", "0/1"), ("f", None))
    made = Report("x", "", "", None, (), heads, rows, (), bar="late")
    columns = columns_for(made, "en", 60)
    assert [column.title for column in columns] == ["Who", "Late", ""]
    bars = [cell_words(columns[2].cell((number, row)), "en") for number, row in enumerate(rows)]
    assert [len(bar) for bar in bars] == [30, 15, 1, 0, 0, 0]
    assert [column.title for column in columns_for(made, "en", 14)] == ["Who", "Late"]


def test_minor_columns_go_for_a_bar_and_stay_where_there_is_no_room_for_one() -> None:
    heads = (
        ReportColumn("who", "Who"),
        ReportColumn("late", "Late", "number", minor=True),
        ReportColumn("clause", "Clause", minor=True),
    )
    rows: tuple[tuple[Cell, ...], ...] = (("张伟", 40, "A.8"), ("王芳", 1, "A.9"))
    made = Report("x", "", "", None, (), heads, rows, (), bar="late")
    titles = {
        width: [column.title for column in columns_for(made, "en", width)] for width in (28, 20, 18, 16)
    }
    assert titles == {
        28: ["Who", "Late", "", "Clause"],
        20: ["Who", "Late", ""],
        18: ["Who", "Late", "Clause"],
        16: ["Who", "Late"],
    }
    made = replace(made, rows=(("张伟", 0, "A.8"), ("王芳", "1/2", "A.8")))
    assert [column.title for column in columns_for(made, "en", 28)] == ["Who", "Late", "Clause"]
    alone = replace(made, rows=rows[:1])
    assert [column.title for column in columns_for(alone, "en", 28)] == ["Who", "Late", "Clause"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [60, 40])
@pytest.mark.parametrize("kind", [compliance.KIND, movements.KIND])
def test_a_chart_by_month_is_one_on_a_narrow_screen_too(
    office: World, language: Language, width: int, kind: ReportKind
) -> None:
    made = kind.by_month(office.desk("liuyang"), "staff", None, NOVEMBER)
    heads = [say(column.title, language) for column in columns_for(numbered(made), language, width - 2)]
    assert "" in heads[1:]


def test_a_share_of_few_is_written_out() -> None:
    assert [share(*of) for of in ((0, 1), (1, 4), (3, 5), (0, 0), (52, 100))] == ["0/1", "1/4", 60, None, 52]


@pytest.mark.parametrize(
    ("period", "first", "last", "count"),
    [("2026-11", "2026-06", "2026-11", 6), ("2026-Q1", "2026-01", "2026-03", 3),
     ("2026-01", "2025-08", "2026-01", 6), ("2020-01-01..2026-12-31", "2025-01", "2026-12", 24)],
)  # fmt: skip
def test_which_months_are_told(period: str, first: str, last: str, count: int) -> None:
    months = months_of(parse_period(period, date(2026, 11, 30)))
    assert (f"{months[0].first:%Y-%m}", f"{months[-1].first:%Y-%m}", len(months)) == (first, last, count)
    assert all(before.last < after.first for before, after in pairwise(months))
