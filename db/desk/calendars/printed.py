"""The State Council's yearly notice of holidays as it is printed: paragraphs with ranges of days, weekends
among them, and the weekend days that are worked instead. Not an operation.

Its lines come as rows of one cell, as a text or a document gives them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from db.desk.notation.parsing import read_day
from db.language import Message, _

TITLE = re.compile(r"关于\s*([0-9]{4})\s*年")
"""The year that the notice is about; a page's head above it has that of the day on which it was issued."""
YEAR = re.compile(r"([0-9]{4})\s*年")
PARAGRAPH = re.compile(r"(?:^|\n)\s*(?:[一二三四五六七八九十]+、|[0-9]+[.、])\s*([^:\n]{1,20}):")
"""The number and the occasion that a paragraph begins with."""
DAY = r"(?:([0-9]{4})年)?(?:([0-9]{1,2})月)?([0-9]{1,2})日(?:\(([^()]*)\))?"
SPAN = re.compile(rf"{DAY}(?:\s*(?:至|到|~|-|—|–)\s*{DAY})?")
WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
BESIDE = re.compile(r"\([^()]*\)")
"""A weekday or a day of the lunar calendar, beside a date."""
UNTIL = re.compile(r"\s*(?:至|到|~|—|–)\s*|\s+-\s+")
REST = re.compile(r"(?:([0-9]{1,2})月)?([0-9]{1,2})日?")
LONGEST = 31
"""Days that one range may have; a longer one is a misprint."""
TOO_LONG = _("From {first} to {last}: write a range of up to {count} days, the first one before the last.")


class Printed(NamedTuple):
    """A day of the notice: whether it is worked, and the occasion."""

    day: date
    worked: bool
    name: str


def is_notice(rows: Sequence[Sequence[str]]) -> bool:
    return PARAGRAPH.search(_text(rows)) is not None


def read_notice(rows: Sequence[Sequence[str]]) -> list[Printed] | Message:
    """Return every day that the notice in ``rows`` speaks of, or what is wrong with it."""
    text = _text(rows)
    year = TITLE.search(text) or YEAR.search(text)
    if year is None:
        return _("The notice does not say of which year it is. Put its title line before it.")
    begins = list(PARAGRAPH.finditer(text))
    found: list[Printed] = []
    for number, paragraph in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        for sentence in re.split(r"[。;]", text[paragraph.end() : end]):
            said = _sentence(sentence, int(year[1]), paragraph[1].strip())
            if isinstance(said, Message):
                return said
            found += said
    return found


def read_days(text: str) -> list[date] | Message:
    """Return the days that a cell names, one or a range, or what is wrong with it."""
    plain = BESIDE.sub("", unicodedata.normalize("NFKC", text)).strip()
    begin, *end = UNTIL.split(plain, maxsplit=1)
    first = read_day(begin)
    if isinstance(first, Message) or not end:
        return first if isinstance(first, Message) else [first]
    last = read_day(end[0])
    if isinstance(last, Message) and (rest := REST.fullmatch(end[0].strip())) is not None:
        last = _day(first.year, int(rest[1] or first.month), int(rest[2]))
    return last if isinstance(last, Message) else _range(first, last)


def _text(rows: Sequence[Sequence[str]]) -> str:
    lines = (",".join(cell for cell in row if cell) for row in rows)
    return unicodedata.normalize("NFKC", "\n".join(lines).removeprefix("\ufeff"))


def _sentence(sentence: str, year: int, name: str) -> list[Printed] | Message:
    """Return the days that a sentence says are off or worked; none for any other sentence; or what is wrong
    with it."""
    worked = "上班" in sentence
    if not worked and "放假" not in sentence:
        return []
    found: list[Printed] = []
    for days in _spans(BESIDE.sub(_weekday_alone, sentence), year):
        if isinstance(days, Message):
            return days
        found += [Printed(day, worked, name) for day in days]
    return found


def _spans(sentence: str, year: int) -> Iterator[list[date] | Message]:
    month = 0
    for span in SPAN.finditer(sentence):
        month = int(span[2] or month)
        first = _day(int(span[1] or year), month, int(span[3]))
        if isinstance(first, Message):
            yield first
        elif span[7] is None:
            yield _on_its_weekday(first, span[4]) or [first]
        else:
            month = int(span[6] or month)
            last = _day(int(span[5] or first.year), month, int(span[7]))
            if not isinstance(last, Message) and last < first and span[5] is None:
                last = _day(first.year + 1, month, int(span[7]))  # over the end of the year
            if isinstance(last, Message):
                yield last
            else:
                wrong = _on_its_weekday(first, span[4]) or _on_its_weekday(last, span[8])
                yield wrong or _range(first, last)


def _weekday_alone(beside: re.Match[str]) -> str:
    found = WEEKDAY.search(beside[0])
    return f"({found[0]})" if found is not None else ""


def _on_its_weekday(day: date, beside: str | None) -> Message | None:
    """Return what is wrong where the weekday beside a day is another."""
    found = WEEKDAY.search(beside or "")
    if found is None or "一二三四五六日".index(found[1].replace("天", "日")) == day.weekday():
        return None
    return _("{day} is not {weekday}: mend the day or the weekday.", day=day.isoformat(), weekday=found[0])


def _day(year: int, month: int, day: int) -> date | Message:
    return read_day(f"{year}-{month}-{day}")


def _range(first: date, last: date) -> list[date] | Message:
    count = (last - first).days + 1
    if not 0 < count <= LONGEST:
        slots = {"first": first.isoformat(), "last": last.isoformat(), "count": LONGEST}
        return Message(TOO_LONG.text, slots)
    return [first + timedelta(days=number) for number in range(count)]
