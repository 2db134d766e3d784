"""Import of 100,000 rows from XLSX beside one ``executemany`` of the same rows into plain SQLite.

Run alone with ``python -m tests.bench.importing``; it also prints where the time goes.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

from db.desk.importing.importing import Source
from db.store.engine import close_store, database
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from tests.bench.rows import Outcome, Row, table
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book
from tui.host.spreadsheet import read_sheet

ROWS = 100_000
UNITS = 500
BAR = 6
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉玲志红"
RECORDED = (
    "person",
    "entry",
    "entry_field",
    "unit",
    "unit_above",
    "search_key",
    "search_line",
    "search_entry",
)


def people(count: int) -> list[list[str]]:
    """``count`` different people, headings first."""
    found = [HEADINGS]
    for number in range(count):
        surname = SURNAMES[number % len(SURNAMES)]
        given = GIVEN[number // 20 % len(GIVEN)] + GIVEN[number // 600 % len(GIVEN)]
        unit = f"事业群{number % UNITS // 50}/部门{number % UNITS}"
        phone, mobile = f"010-88{number:06d}", f"138{number:08d}"
        found.append([surname + given, unit, "工程师", phone, mobile, f"u{number}@example.com", ""])
    return found


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    """``rows`` as the first sheet of an XLSX."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that ``work`` took, and what it gave."""
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def plain_rows(folder: Path, rows: list[list[str]]) -> float:
    """Seconds of one executemany of the sheet's own rows into plain SQLite, durable."""
    plain = sqlite3.connect(folder / "plain.db")
    plain.execute("CREATE TABLE person (name, unit, position, office_phone, mobile, email, head)")

    def insert() -> None:
        plain.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)", rows[1:])
        plain.commit()

    seconds, _done = timed(insert)
    plain.close()
    return seconds


def plain_record(folder: Path) -> float:
    """Seconds of one executemany a table of everything the import put on record, into plain SQLite."""
    copies: dict[str, list[tuple[object, ...]]] = {
        name: database.execute_sql(f"SELECT * FROM {name}").fetchall() for name in RECORDED
    }
    plain = sqlite3.connect(folder / "plain-record.db")
    for name in RECORDED:
        [made] = database.execute_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        plain.execute(made)

    def insert() -> None:
        for name, rows in copies.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                plain.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        plain.commit()

    seconds, _done = timed(insert)
    plain.close()
    return seconds


def measure(count: int = ROWS) -> list[Outcome]:
    """The benchmark's lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = people(count)
        write_workbook(folder / "people.xlsx", rows)
        home = Home(folder / "state")
        home.folder.mkdir()
        make_keys(home.keys)
        open_store(home, Settings())
        migrate()
        desk = desk_of("hr", make_book(), "hr")
        reading, sheet = timed(lambda: read_sheet(folder / "people.xlsx"))
        loading, report = timed(
            lambda: desk.importing.load("staff", sheet.rows, Source(sheet.name, sheet.digest))
        )
        if report.entries != count:
            raise RuntimeError(f"{report.entries} of {count} rows were imported")
        recorded = plain_record(folder)
        close_store()
        ours = reading + loading
        return [
            Row(
                "import of 100,000 rows, XLSX", ours, "s", BAR, plain_rows(folder, sheet.rows), "their cells"
            ),
            Row("… all that goes on record", ours, "s", BAR, recorded, "the same, plain SQLite"),
        ]


if __name__ == "__main__":
    print(table(measure()))
