"""Reader × field: how each field of an entry looks to whom, on the card, when it is revealed, in what plain
commands print and in a copy (threat 18)."""

from __future__ import annotations

import csv
import io

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.language import Text
from tests.matrix.cast import ORDER, Cast
from tests.matrix.conftest import trial
from tests.matrix.table import RAW, grid
from tests.matrix.test_ways import run

SELF = "self"
"""The column of `employee`'s own entry; all others look at their colleague's."""
ABOVE = ("name", "position", "unit", "division")
"""Stand above the fields of a card, for everybody who sees it at all."""
EMPTY = ("photo", "organisation", "inside_owner")
"""What a colleague's entry has none of: a picture, and what outside contacts alone have."""


@pytest.mark.parametrize("book", ORDER)
def test_the_table_has_a_word_for_every_field(casts: dict[str, Cast], book: str) -> None:
    fields = {rule.name for rule in policy_of(book).fields}
    assert set(grid(RAW["fields"][book])) == fields - {*ABOVE, *EMPTY}


@pytest.mark.threat(18)
@pytest.mark.clause("A.13", "B.4.1", "C.10.1", "D.2.1", "D.9.1", "D.9.2", "E.4", "F.5.2", "G.5.1", "H.4.1")
@pytest.mark.parametrize("book", ORDER)
def test_every_field(casts: dict[str, Cast], book: str) -> None:
    cast, rows, wrong = casts[book], grid(RAW["fields"][book]), []
    columns = next(iter(rows.values()))
    for column in columns:
        reader, relation = ("employee", SELF) if column == SELF else (column, "unit")
        entry = cast.target(reader, relation)
        assert entry is not None
        desk = cast.desk(reader)
        card = {field.name: field for field in desk.directory.card(entry, book).fields}
        for name, row in rows.items():
            word = row[column]
            shown = card.get(name)
            look = "absent" if shown is None else shown.look
            if look != word:
                wrong.append(f"{book}: {name} is {look} to {column}, not {word}")
            opened = _revealed(desk, cast, entry, name)
            if bool(opened) != (word != "absent"):
                wrong.append(f"{book}: {name} revealed to {column}: {opened}")
            if shown is not None and opened and (shown.texts == opened) != (word != "masked"):
                wrong.append(f"{book}: {name} looks {shown.texts} to {column}, revealed {opened}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(18)
@pytest.mark.parametrize("book", ORDER)
def test_what_leaves_holds_no_covered_field(casts: dict[str, Cast], book: str) -> None:
    """A card printed by a plain command, and a copy of the directory as CSV."""
    cast, rows = casts[book], grid(RAW["fields"][book])
    protected = [name for name in rows if policy_of(book).field(name).protected]
    keeper = _keeper(cast)
    if not protected:
        return
    for column in next(iter(rows.values())):
        reader, relation = ("employee", SELF) if column == SELF else (column, "unit")
        entry = cast.target(reader, relation)
        assert entry is not None
        clear = {name: _revealed(keeper, cast, entry, name) for name in protected}
        printed = run(cast, reader, f"card {entry}").out
        copied = run(cast, reader, f"report directory --book {book} --format csv").out
        cells = {cell.lstrip("'") for row in csv.reader(io.StringIO(copied)) for cell in row}
        for name in protected:
            assert clear[name], name
            is_open = rows[name][column] == "shown"
            assert all((str(text) in printed) == is_open for text in clear[name]), (
                f"{book}: {name} for {column}"
            )
            if not is_open:
                assert not cells.intersection(clear[name]), f"{book}: {name} copied by {column}"


def _keeper(cast: Cast) -> Desk:
    """Whoever sees everything."""
    return cast.desk(policy_of(cast.book).maintainer.role)


def _revealed(desk: Desk, cast: Cast, entry: int, name: str) -> tuple[Text, ...]:
    """The field in clear; nothing where it is not for the reader, or needs no revealing."""
    with trial():
        try:
            return desk.directory.reveal(entry, name, cast.purpose, "对接", cast.book).texts
        except (Refused, Invalid):
            return ()
