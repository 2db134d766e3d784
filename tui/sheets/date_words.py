"""Days, and what is left until them, in the words of every face."""

from __future__ import annotations

from datetime import date

from db.desk.due_dates import Due
from db.desk.notation.localtime import local
from db.language import Message, Text, _, _n
from tui.sheets.cell import Styled

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def day(iso: str) -> Message:
    """A day as ``11-23 Mon``."""
    return Message(
        "{day} {weekday}", {"day": iso[5:], "weekday": WEEKDAYS[date.fromisoformat(iso).weekday()]}
    )


def moment(stored: str) -> str:
    """A stored time in the organisation's zone, to the minute and without the year."""
    return local(stored)[5:16]


def due_day(due: Due | None) -> Text:
    """The due day, or a dash."""
    return day(due.day) if due is not None else "–"


def left(due: Due | None) -> Text | Styled:
    """Working days left; overdue and today in words, since colour alone says nothing."""
    if due is None:
        return "–"
    if due.left < 0:
        return Styled(_("{days} late", days=-due.left), "bad")
    if due.left == 0:
        return Styled(_("today"), "warn")
    return _("{days} left", days=due.left)


def due_text(due: Due | None) -> Text:
    """A due day with what is left of it."""
    if due is None:
        return ""
    if due.left < 0:
        return _n(
            "{day}, {days} working day overdue",
            "{day}, {days} working days overdue",
            day=due.day,
            days=-due.left,
        )
    if due.left == 0:
        return _("{day}, today", day=due.day)
    return _n("{day}, {days} working day left", "{day}, {days} working days left", day=due.day, days=due.left)
