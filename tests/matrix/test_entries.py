"""Role × operation × relation, cell by cell, at the desk (threat 18), and that "no such person" is said in
the very same words of whoever is hidden (threat 23)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.matrix.cast import GIVEN, NEVER, ORDER, READERS, RELATIONS, Cast
from tests.matrix.conftest import trial
from tests.matrix.entry_acts import ACTS, NOBODY, Outcome, Trial, tried
from tests.matrix.table import RAW, Cell, cells, clause_of_nobody, grid
from tests.world import BOOKS

SECTIONS = ("sight", "propose", "lives", "charge")
EVERYWHERE = [
    (book, section) for book in ORDER for section in SECTIONS if book in BOOKS or section != "charge"
]


@pytest.mark.parametrize(("book", "section"), EVERYWHERE)
def test_the_table_has_a_word_for_every_reader_and_relation(
    casts: dict[str, Cast], book: str, section: str
) -> None:
    rows = grid(RAW[section].get(book) or RAW[section]["every"])
    readers = set(casts[book].readers) if section != "charge" else set(rows)
    if book == "staff":
        readers.discard("partner")
    relations = RELATIONS if book in BOOKS else tuple(one for one in RELATIONS if one not in GIVEN)
    assert set(rows) == readers
    assert all(tuple(row) == relations for row in rows.values())


@pytest.mark.threat(18, 23)
@pytest.mark.clause("A.5", "C.10.1", "C.10.2", "C.10.3")
@pytest.mark.parametrize(("book", "section"), EVERYWHERE)
def test_every_cell(casts: dict[str, Cast], book: str, section: str) -> None:
    bench = Bench(casts[book])
    wrong = [said for cell in cells(section, book) if (said := bench.mistake(cell))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(18)
@pytest.mark.parametrize("book", BOOKS)
def test_who_looks_after_no_accounts_does_nothing_to_any(casts: dict[str, Cast], book: str) -> None:
    cast, wrong = casts[book], []
    idle = RAW["charge"]["idle"]
    rows = grid(idle["every"])
    assert set(rows) == set(READERS) - set(grid(RAW["charge"]["every"]))
    for reader, row in rows.items():
        desk = cast.desk(reader)
        for operation in grid(RAW["charge"]["meaning"]):
            for relation, word in row.items():
                entry = cast.target(reader, relation)
                if entry is None:
                    continue
                with trial():
                    outcome = tried(operation, Trial(desk, cast, entry, relation))
                is_asked = operation in idle.get(word, "").split()
                if (outcome.name == "asked") is not is_asked or (outcome.refusal is None) is not is_asked:
                    wrong.append(f"{book}: {operation} by {reader} on {relation}: {outcome.name}")
    assert not wrong, "\n".join(wrong)


class Bench:
    """The desks of one cast, and what each operation says there of nobody."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.desks = {
            reader: cast.desk(reader) for reader in cast.readers if cast.login(reader) in cast.world.accounts
        }
        self.of_nobody = cache(self._of_nobody)

    def mistake(self, cell: Cell) -> str:
        """What is wrong with one cell, or nothing."""
        entry = self.cast.target(cell.reader, cell.relation)
        if entry is None:
            outside = cell.relation in ("outside", "answers") and cell.book == "staff"
            return "" if outside else f"{cell}: there is nobody to try it on"
        got = self._outcome(cell.reader, cell.operation, entry, cell.relation)
        if cell.expected != NOBODY:
            return (
                ""
                if got.name.replace(", ", ",") == cell.expected
                else f"{cell}: {got.name}, not {cell.expected}"
            )
        none = self.of_nobody(cell.reader, cell.operation)
        if got.refusal is None or got.refusal != none.refusal:
            return f"{cell}: {got}, but of nobody {none}"
        apart = cell.reader == "stranger" or f"{cell.book} {cell.reader}" in RAW["apart"]
        clause = "" if apart else clause_of_nobody(cell.operation, cell.book)
        return "" if clause in ("", got.name) else f"{cell}: cites {got.name}, not {clause}"

    def _of_nobody(self, reader: str, operation: str) -> Outcome:
        return self._outcome(reader, operation, NEVER, "never")

    def _outcome(self, reader: str, operation: str, entry: int, relation: str) -> Outcome:
        with trial():
            return tried(operation, Trial(self.desks[reader], self.cast, entry, relation))


def test_each_operation_has_an_act() -> None:
    assert {name for section in SECTIONS for name in grid(RAW[section]["meaning"])} == set(ACTS)
