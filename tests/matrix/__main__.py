"""How many cells the access matrix has: ``python -m tests.matrix``. All of them are tried by `make test`."""

from __future__ import annotations

from collections.abc import Iterable

from tests.matrix import test_requests
from tests.matrix.cast import ORDER, READERS
from tests.matrix.own_acts import OWN
from tests.matrix.table import RAW, cells, grid, idle, questions
from tests.matrix.test_entries import SECTIONS
from tests.matrix.test_states import ACTS, SOME
from tests.world import BOOKS


def main() -> None:
    """Print the figures."""
    entries = {book: sum(_sizes(book)) for book in ORDER}
    for book, count in entries.items():
        print(f"{book:<12} {count:>6,} cells of reader, operation and entry")
    asked = sum(len(list(questions(book, ["one"]))) * (_readers(book) - len(idle(book))) for book in ORDER)
    own = len(OWN) * sum(map(_readers, ORDER))
    requests = sum(
        _readers(book) * len(grid(RAW["requests"][state]))
        for book in ORDER
        for state in test_requests.states_of(book)
    )
    fields = sum(len(row) for book in ORDER for row in grid(RAW["fields"][book]).values())
    states = len(ACTS) * len(SOME)
    print(f"{asked:>19,} of reader and question about a book as a whole, {own:,} on their own behalf")
    print(f"{requests:>19,} of reader, act and state of a request")
    print(f"{fields:>19,} of reader and field")
    print(f"{states:>19,} of reader and operation for each state of a sign-in")
    print(f"{sum(entries.values()) + asked + own + requests + fields:>19,} cells, on the embedded database")


def _readers(book: str) -> int:
    return len(READERS) if book in BOOKS else len(grid(RAW["sight"][book]))


def _sizes(book: str) -> Iterable[int]:
    for section in SECTIONS:
        if book in BOOKS or section != "charge":
            yield sum(1 for _cell in cells(section, book))


if __name__ == "__main__":
    main()
