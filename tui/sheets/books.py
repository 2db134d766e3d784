"""Books and units, as lists are asked for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from db.desk import Invalid, Problem
from db.desk.directory.directory_views import UnitNode
from db.language import Text, _
from tui.sheets.asks import At, OfferedAnswer, OneOf

NOWHERE: Final = _("No directory is open to you here.")
ELSE: Final = _("Ask the maintainer of the directory.")


def book_among(choices: Callable[[At[Any]], list[OfferedAnswer[str]]], title: Text = "") -> OneOf[str]:
    """Return the question for a book among ``choices``; it is not asked if there is only one."""
    label = _("The directory; needed where you are in several.")
    return OneOf("book", label, title=title, choices=choices, obvious=True, nothing=NOWHERE, advice=ELSE)


BOOK: Final = book_among(lambda at: [OfferedAnswer(one.id, one.title) for one in at.desk.me.who().books])
WHICH: Final = _("Which directory?")


def unit_of(at: At[Any], book: str, text: str) -> int | None:
    """Return the unit at the path ``text`` below the root; None for "". Raises Invalid if the reader sees no
    such unit."""
    names = [part.strip() for part in text.split("/") if part.strip()]
    if not names:
        return None
    sides = next((one.sides for one in at.desk.directory.books() if one.id == book), ())

    def below(unit: int | None) -> list[UnitNode]:
        return [node for side in sides for node in at.desk.directory.units(book, unit, side)]

    found = below(None)
    for name in names:
        found = [node for node in below(found[0].id) if node.name == name] if found else []
    if not found:
        raise Invalid(Problem("unit", _("No unit within your reach is called “{unit}”.", unit=text)))
    return found[0].id
