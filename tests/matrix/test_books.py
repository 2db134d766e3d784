"""What each role may ask of a book as a whole, and that a foreign book looks like none (threats 18, 23)."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Refused
from db.language import say
from tests.matrix.book_acts import OF_BOOK, OWN
from tests.matrix.cast import ORDER, Cast
from tests.matrix.conftest import trial
from tests.matrix.table import RAW, names
from tests.world import BOOKS

Answer = tuple[str, ...]
"""``allowed``, ``empty``, ``invalid``, or a refusal: clause, message, advice."""


@pytest.mark.threat(18)
@pytest.mark.clause("A.6", "A.12", "C.4", "C.6", "C.9.1", "E.6.1", "E.8")
@pytest.mark.parametrize("book", BOOKS)
def test_who_may_ask_what_of_a_book(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    wrong = []
    for reader in _members(cast):
        desk = cast.desk(reader)
        for row in RAW["book"]:
            allowed = row["allowed"] if isinstance(row["allowed"], str) else row["allowed"].get(book, "")
            expected = "allowed" if reader in names(allowed) else row["refused"].get(book, "")
            if expected != "allowed" and reader in names(row.get("strangers", "")):
                expected = "default"
            for operation in row["operations"].split():
                got = asked(operation, desk, book)
                if got[0] != expected:
                    wrong.append(f"{book}: {operation} by {reader}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
@pytest.mark.parametrize("book", ORDER)
def test_a_foreign_book_answers_like_none(casts: dict[str, Cast], book: str) -> None:
    desk = casts[book].desk("stranger")
    wrong = []
    for operation in OF_BOOK:
        foreign, none = asked(operation, desk, book), asked(operation, desk, "no-such-book")
        if foreign != none or foreign[0] == "allowed":
            wrong.append(f"{operation}: {foreign}, but of no book {none}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(18)
@pytest.mark.parametrize("book", ORDER)
def test_everybody_acts_on_their_own_behalf(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    for reader in (*_members(cast), "stranger"):
        desk = cast.desk(reader)
        for operation, act in OWN.items():
            with trial():
                answer = act(desk)
            if operation == "audit.allowed":
                assert answer == (reader == "security"), reader


def asked(operation: str, desk: Desk, book: str) -> Answer:
    """What comes of asking; nothing stays of it."""
    with trial():
        try:
            answer = OF_BOOK[operation](desk, book)
        except Refused as refused:
            return refused.clause, say(refused.message, "en"), say(refused.advice, "en")
        except Invalid as invalid:
            return ("invalid", str(invalid))
    return ("empty",) if answer == () and operation.startswith("directory.") else ("allowed",)


def _members(cast: Cast) -> list[str]:
    absent = {"stranger", "partner"} if cast.book == "staff" else {"stranger"}
    return [one for one in cast.readers if one not in absent]
