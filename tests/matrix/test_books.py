"""What each role may ask of a book as a whole, and that a foreign book looks like none (threats 18, 23)."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Pending, Refused
from db.language import say
from tests.matrix.book_acts import OF_BOOK
from tests.matrix.cast import ORDER, Cast
from tests.matrix.conftest import trial
from tests.matrix.own_acts import OWN
from tests.matrix.table import RAW, WHO, idle, questions

Answer = tuple[str, ...]
"""``allowed``, ``empty``, ``invalid``, or a refusal: clause, message, advice."""


@pytest.mark.threat(18)
@pytest.mark.clause(
    "A.6", "A.12", "B.3.1", "C.4", "C.6", "C.9.1", "D.3", "D.4", "E.6.1", "E.8", "F.5.1", "G.3.2", "G.5.2",
    "H.3.1", "H.6.3", "I.3.2", "I.4.2.4",
)  # fmt: skip
@pytest.mark.parametrize("book", ORDER)
def test_who_may_ask_what_of_a_book(casts: dict[str, Cast], book: str) -> None:
    cast, wrong = casts[book], []
    desks = {reader: cast.desk(reader) for reader in _members(cast) if reader not in idle(book)}
    for operation, reader, expected in questions(book, desks):
        got = asked(operation, desks[reader], book)
        if got[0] != expected:
            wrong.append(f"{book}: {operation} by {reader}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
@pytest.mark.parametrize("book", ORDER)
def test_a_foreign_book_answers_like_none(casts: dict[str, Cast], book: str) -> None:
    wrong = []
    for reader in _outsiders(casts[book]):
        desk = casts[book].desk(reader)
        for operation in OF_BOOK:
            foreign, none = asked(operation, desk, book), asked(operation, desk, "no-such-book")
            if foreign != none or foreign[0] == "allowed":
                wrong.append(f"{operation} by {reader}: {foreign}, but of no book {none}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(18)
@pytest.mark.parametrize("book", ORDER)
def test_everybody_acts_on_their_own_behalf(casts: dict[str, Cast], book: str) -> None:
    cast = casts[book]
    for reader in _present(cast):
        desk = cast.desk(reader)
        for operation, act in OWN.items():
            with trial():
                answer = act(desk)
            if operation == "audit.allowed":
                assert answer == (reader == WHO["supervisor"][book]), reader


def asked(operation: str, desk: Desk, book: str) -> Answer:
    """What comes of asking; nothing stays of it."""
    assert operation in OF_BOOK, f"say in OF_BOOK of tests/matrix/book_acts.py how {operation} is called"
    with trial():
        try:
            answer = OF_BOOK[operation](desk, book)
        except Refused as refused:
            return refused.clause, say(refused.message, "en"), say(refused.advice, "en")
        except Invalid as invalid:
            return ("invalid", str(invalid))
        except Pending:
            return ("allowed",)
    return ("empty",) if answer == () and operation.startswith(("directory.", "training.")) else ("allowed",)


def _members(cast: Cast) -> list[str]:
    outsiders = _outsiders(cast)
    return [one for one in _present(cast) if one not in outsiders]


def _outsiders(cast: Cast) -> list[str]:
    """To whom the book is none of theirs: outside contacts too, where nobody gave them access to it."""
    return ["stranger", *(["partner"] if f"{cast.book} partner" in RAW["apart"] else [])]


def _present(cast: Cast) -> list[str]:
    """All readers but the outside contact of a book that keeps none."""
    return [
        one for one in cast.readers if one != "partner" or (cast.book, cast.login(one)) in cast.world.entries
    ]
