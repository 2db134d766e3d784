"""Days, and what is left until them, in the words of every face."""

from __future__ import annotations

from datetime import date

from db.desk.due_dates import Due, today
from db.desk.notation.localtime import local
from db.language import Label, Text, _, _n
from tui.sheets.cell import Styled

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(iso: str) -> Label:
    """Return a day as people write it, ``12-03（周四）`` and ``Thu 3 Dec``; of another year, with that."""
    at = date.fromisoformat(iso)
    is_near = at.year == today().year
    english = f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]}{'' if is_near else f' {at.year}'}"
    return Label(f"{iso[5:] if is_near else iso}（周{'一二三四五六日'[at.weekday()]}）", english)


def month_word(month: str) -> Label:
    """Return the month of ``2026-11`` in both languages, without the year."""
    number = int(month[5:])
    return Label(f"{number}月", MONTHS[number - 1])


def moment(stored: str) -> str:
    """Return a stored time in the organisation's zone, to the minute and without the year."""
    return local(stored)[5:16]


def due_day(due: Due | None) -> Text:
    return day(due.day) if due is not None else "–"


def days_left(due: Due | None) -> Text | Styled:
    """Return the working days left in words, with a tone for late and today; a dash without a due day."""
    if due is None:
        return "–"
    if due.left < 0:
        return Styled(_n("{days} day late", "{days} days late", days=-due.left), "bad")
    if due.left == 0:
        return Styled(_("today"), "warn")
    return _n("{days} day left", "{days} days left", days=due.left)


def due_text(due: Due | None) -> Text:
    if due is None:
        return ""
    if due.left < 0:
        return _n(
            "{day}, {days} working day overdue",
            "{day}, {days} working days overdue",
            day=day(due.day),
            days=-due.left,
        )
    if due.left == 0:
        return _("{day}, today", day=day(due.day))
    return _n(
        "{day}, {days} working day left", "{day}, {days} working days left", day=day(due.day), days=due.left
    )
