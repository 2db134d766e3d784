"""Due days as iCalendar (RFC 5545): whole days, which name nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from db.desk.notation.cells import one_line
from db.desk.today.waiting import DueDay
from db.language import Language, _, clause_words, say
from db.store import clock

MEDIA_TYPE = "text/calendar; charset=utf-8"
FOLDED = 75
"""Bytes of a line."""
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\;,"})


def due_calendar(days: Sequence[DueDay], language: Language) -> bytes:
    """Return an iCalendar file with an all-day, private event for each of ``days``. Identifiers stay the
    same, so that an event read again replaces the former."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//mingce//due days//EN", "CALSCALE:GREGORIAN"]
    for one in days:
        lines += _event(one, language)
    folded = (part for line in (*lines, "END:VCALENDAR") for part in _fold_line(line))
    return "".join(f"{line}\r\n" for line in folded).encode("utf-8")


def _event(one: DueDay, language: Language) -> Iterator[str]:
    day = date.fromisoformat(one.due.day)
    told = _("{what} #{number} is due", what=one.label, number=one.number) if one.number else one.label
    clause = _("{book}, {clause}", book=one.book_label, clause=clause_words(one.due.clause))
    yield "BEGIN:VEVENT"
    yield f"UID:{one.id}@mingce"
    yield f"DTSTAMP:{clock.utcnow():%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escape_text(say(told, language))}"
    yield f"DESCRIPTION:{_escape_text(say(clause, language))}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escape_text(text: str) -> str:
    return one_line(text).translate(_ESCAPED)


def _fold_line(line: str) -> Iterator[str]:
    """Yield ``line`` in pieces of at most `FOLDED` bytes; each but the first begins with a blank (RFC 5545,
    3.1)."""
    piece = ""
    for char in line:
        if len((piece + char).encode()) > FOLDED:
            yield piece
            piece = " "
        piece += char
    yield piece
