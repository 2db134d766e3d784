"""Reporting a breach, or an error in an entry (A.18, H.5.3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from db.desk.cases.cases import ABOUT, About, Cases
from db.language import Text, _
from tui.sheets.asks import At, Number, OfferedAnswer, OneOf, Typed
from tui.sheets.books import WHICH, book_among
from tui.sheets.case_facts import MyCase
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import Verb


def kinds_of(at: At[Any], books: Collection[str]) -> list[OfferedAnswer[str]]:
    """Return the kinds of breach of ``books`` (of all, if none) as choices, each with its clause."""
    return [
        OfferedAnswer(kind.id, kind.label, note=clause_text(kind.clause))
        for channel in Cases(at.desk).channels()
        if not books or channel.book in books
        for kind in channel.kinds
    ]


BOOK = book_among(
    lambda at: [OfferedAnswer(one.book, one.book_label) for one in Cases(at.desk).channels()], WHICH
)
REPORTED: OneOf[str] = OneOf(
    "kind",
    _("Its kind, such as leak; left out, whoever handles it says."),
    required=False,
    choices=lambda at: kinds_of(at, (at[BOOK],)),
    missing="",
)
HAPPENED = Typed("words", _("What happened"))
ABOUT_WHOM: OneOf[About] = OneOf(
    "about",
    _("Whom it is about: nobody you know of, somebody, or whoever gets such reports."),
    title=_("Whom is it about?"),
    required=False,
    choices=lambda _at: [OfferedAnswer(about, label) for about, label in ABOUT.items()],
    missing="nobody",
)
WHOM = Typed(
    "whom",
    _("Whom it is about: a name or a login, or a surname with a title; none of those gets it."),
    required=False,
)
COPY = Typed("copy", _("The number on a copy that was found."), required=False)
ENTRY = Number("entry", _("The entry"))
FIELD = Typed("field", _("Which field is wrong."), required=False)
WRONG = Typed("words", _("What is wrong, and what would be right"))


def reported_text(number: int) -> Text:
    return _("Reported: case {number}. F11 or `case` shows what comes of it.", number=number)


def _report(at: At[MyCase]) -> int:
    """Report a breach, recorded; return the case's number. ``about`` follows from a name."""
    about: About = "somebody" if at[WHOM] and at[ABOUT_WHOM] == "nobody" else at[ABOUT_WHOM]
    return Cases(at.desk).report(at[BOOK], at[HAPPENED], at[REPORTED], at[COPY], about=about, whom=at[WHOM])


REPORT: Verb[MyCase] = Verb(
    id="report",
    operation="cases.report",
    key="n",
    label=_("Report a breach"),
    help=_("Report a leak, a misuse or any other breach."),
    on="none",
    asks=(HAPPENED, BOOK, REPORTED, ABOUT_WHOM, WHOM, COPY),
    do=_report,
    done=lambda _at, number: reported_text(number),
    example="case report --words 'the list was posted in a group' --book staff --kind leak --whom 孙工",
)
ERROR: Verb[MyCase] = Verb(
    id="error",
    operation="cases.error",
    label=_("Report error"),
    help=_("Report that an entry is wrong; you hear what came of it."),
    on="none",
    asks=(ENTRY, WRONG, FIELD),
    do=lambda at: Cases(at.desk).error(at.answers[ENTRY.id], at[WRONG], at[FIELD]),
    done=lambda _at, number: reported_text(number),
    example="case error --entry 4 --words 'the extension is 8013' --field extension",
)
