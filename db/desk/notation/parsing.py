"""Days and numbers as people write them: with full-width digits, as 2026/11/23 or 2026年11月23日."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from db.desk.refusal import Invalid, Problem
from db.language import Message, _

_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})日?")
UNFIT = 0
"""The count of a text that is none; nothing is ever asked for zero times."""


def read_day(text: str) -> date | Message:
    parts = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if parts is None:
        return _("Write the date as 2026-11-23.")
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return _("There is no such day.")


def day_of(field: str, text: str) -> date:
    """Read a day as people write it. Raises Invalid, naming ``field``."""
    day = read_day(text)
    if isinstance(day, Message):
        raise Invalid(Problem(field, day))
    return day


def read_count(text: str) -> int | None:
    """Read a whole number of at most five digits; `UNFIT` for another text, None for a blank one."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if not digits:
        return None
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else UNFIT
