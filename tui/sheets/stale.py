"""Stale entries: what the next clean-up looks at, and reporting what does not reach (E.14)."""

from __future__ import annotations

from typing import Any

from db.desk import Invalid, Problem
from db.desk.entry.stale import SIGNS, StaleEntry
from db.desk.notation.localtime import local
from db.desk.reviews.signs import Stale
from db.language import _
from tui.sheets.asks import At, OfferedAnswer, OneOf
from tui.sheets.sheet import Column, Sheet, Verb
from tui.sheets.units import unit_in

BOOK: OneOf[str] = OneOf(
    "book",
    _("The directory; needed where you are in several."),
    required=False,
    choices=lambda at: [OfferedAnswer(book.id, book.title) for book in at.desk.me.who().books],
)
FIELD: OneOf[str] = OneOf(
    "field",
    _("The number or address that does not reach the person."),
    title=_("Which one is dead?"),
    choices=lambda at: [
        OfferedAnswer(field.name, field.label, note=field.text)
        for field in at.desk.directory.card(at.number).fields
    ],
)
REPORT: Verb[StaleEntry] = Verb(
    id="report",
    operation="stale.report",
    label=_("Report dead"),
    help=_("Report that a number is dead or mail comes back; the next clean-up looks at it."),
    asks=(FIELD,),
    do=lambda at: Stale(at.desk).report(at.number, at[FIELD]),
    done=lambda _at, _made: _("Reported; the next clean-up looks at it."),
    example="stale report 412 --field mobile",
)


def _book(at: At[Any]) -> str:
    """Return the book of the answers, or the reader's only one. Raises Invalid for none or several."""
    chosen = at.answers.get(BOOK.id)
    mine = [chosen] if chosen else [book.id for book in at.desk.me.who().books]
    if not mine:
        raise Invalid(Problem(BOOK.id, _("You are in no directory. Ask whoever keeps yours.")))
    if len(mine) > 1:
        several = _("You are in several directories; say which: --book {books}", books="|".join(mine))
        raise Invalid(Problem(BOOK.id, several))
    return mine[0]


STALE: Sheet[StaleEntry] = Sheet(
    id="stale",
    operation="stale.entries",
    title=_("Stale entries"),
    about=_("Entries unverified for long, with mail that came back or a dead number."),
    help=_("List entries that may be out of date, for those who maintain or supervise the directory."),
    of=(BOOK,),
    rows=lambda at: Stale(at.desk).entries(_book(at)),
    key=lambda row: row.entry,
    named="entry",
    book=lambda at, _row: _book(at),
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit_name, 16, few=True),
        Column("verified", _("Verified"), lambda row: local(row.since)[:10], 10),
        Column(
            "signs", _("Signs"), lambda row: [SIGNS[sign] for sign in row.signs], data=lambda row: row.signs
        ),
    ),
    verbs=(REPORT,),
    empty=_("No entry is stale."),
    example="stale --book staff",
)
