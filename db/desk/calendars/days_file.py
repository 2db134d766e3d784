"""A file of days: rows of a spreadsheet made into days that are off or worked, all of them or none.

Headings, in Chinese or English: day, kind, name. A day may be a range. Or it is the State Council's notice as
it is printed (`db.desk.calendars.printed`). A line that says of a day what the week says of it already is an
error, as it shows that another day was meant; weekend days within a holiday are none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from db.desk.calendars.printed import is_notice, read_days, read_notice
from db.desk.due_dates import DayKind
from db.desk.importing.outcome import BadRows, RowError
from db.desk.notation.cells import one_line, unguard
from db.language import Message, _, listed
from db.policy.clock import WorkingCalendar

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("日期", "日", "date", "day"),
    "kind": ("类别", "类型", "性质", "安排", "type", "kind"),
    "name": ("名称", "节日", "假日", "说明", "备注", "occasion", "note", "name"),
}
LABELS: Final[Mapping[str, Message]] = {"day": _("Day"), "kind": _("Kind"), "name": _("Occasion")}
WORDS: Final[Mapping[DayKind, tuple[str, ...]]] = {
    "holiday": ("节假日", "假日", "假期", "放假", "休息", "休息日", "休", "holiday", "day off", "off"),
    "workday": ("工作日", "上班", "补班", "调休上班", "班", "workday", "working day", "work"),
}
LONGEST: Final = 60
"""Characters of a day's name."""
REMEDY = _("Correct the line, then send the file again.")
MIDNIGHT = " 00:00:00"
ONE_DAY = timedelta(days=1)
"""A spreadsheet's day may bring the time of its beginning."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """What is said of one day."""

    kind: DayKind
    name: str


def read_days_file(rows: Sequence[Sequence[str]], usual: WorkingCalendar) -> dict[date, DayLine]:
    """Parse rows with a heading, or a holiday notice, into days; ``usual``, the calendar without the file,
    tells which lines say nothing new. Raises BadRows with every error."""
    if is_notice(rows):
        return _of_notice(rows, usual)
    places = _places(rows[0] if rows else ())
    errors: list[RowError] = []
    found: dict[date, DayLine] = {}
    first: dict[date, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: one_line(unguard(row[at])) if at < len(row) else "" for name, at in places.items()}
        if not any(cells.values()):
            continue
        days, line = _days(cells["day"], number, errors), _line(cells, number, errors)
        if line is None:
            continue
        for day in days:
            before = found.setdefault(day, line)
            at = first.setdefault(day, number)
            if before != line:
                said = _("Row {row} says something else of this day.", row=at)
                errors.append(_error(number, "day", said))
    off = _holidays(found, usual)
    for day, line in found.items():
        if (reason := _says_nothing(day, line, usual)) is not None and day not in off:
            advice = _("Take the line out, or correct its day.")
            errors.append(_error(first[day], "kind", reason, advice))
    errors.sort(key=lambda error: error.row)
    if not errors and not found:
        errors.append(RowError(1, "", _("The file names no day."), _("The first row holds the headings.")))
    if errors:
        raise BadRows(errors)
    return found


def _of_notice(rows: Sequence[Sequence[str]], usual: WorkingCalendar) -> dict[date, DayLine]:
    """Read the days of a printed notice. Raises BadRows if it can't be read, or has a working day worked."""
    printed = read_notice(rows)
    if isinstance(printed, Message):
        raise BadRows([RowError(1, "", printed, _("Or send a table with the columns day, kind and name."))])
    found = {one.day: DayLine("workday" if one.worked else "holiday", one.name) for one in printed}
    wrong = [one.day for one in printed if one.worked and not usual.is_weekend(one.day)]
    errors = [RowError(1, "", _("{day} is worked anyway.", day=day.isoformat()), REMEDY) for day in wrong]
    if not found:
        errors.append(RowError(1, "", _("The file names no day."), REMEDY))
    if errors:
        raise BadRows(errors)
    return found


def _holidays(found: Mapping[date, DayLine], usual: WorkingCalendar) -> set[date]:
    """Return those days off in ``found`` that belong to a holiday: a run of days off that holds one outside
    the weekend."""
    off = {day for day, line in found.items() if line.kind == "holiday"}
    part = {day for day in off if not usual.is_weekend(day)}
    before: set[date] = set()
    while part != before:
        before = part
        part = part | {day for day in off if {day - ONE_DAY, day + ONE_DAY} & part}
    return part


def _says_nothing(day: date, line: DayLine, usual: WorkingCalendar) -> Message | None:
    if line.kind == "workday" and usual.is_working_day(day) and not usual.is_weekend(day):
        return _("{day} is worked anyway.", day=day.isoformat())
    if line.kind == "holiday" and usual.is_weekend(day) and not usual.is_working_day(day):
        return _("{day} is a weekend and off anyway.", day=day.isoformat())
    return None


def _places(headings: Sequence[str]) -> dict[str, int]:
    spelled = {spelling: name for name, known in HEADINGS.items() for spelling in known}
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        name = spelled.get(_folded(heading))
        if name is not None:
            found.setdefault(name, at)
    missing = [LABELS[name] for name in ("day", "kind") if name not in found]
    if missing:
        known = listed(f"{HEADINGS[name][0]} ({HEADINGS[name][-1]})" for name in HEADINGS)
        raise BadRows(
            [
                RowError(
                    1,
                    "",
                    _("There is no column {names}.", names=listed(missing)),
                    _("Known headings are: {names}.", names=known),
                )
            ]
        )
    return found


def _days(text: str, row: int, errors: list[RowError]) -> list[date]:
    found = read_days(text.removesuffix(MIDNIGHT))
    if isinstance(found, Message):
        errors.append(_error(row, "day", found))
        return []
    return found


def _line(cells: Mapping[str, str], row: int, errors: list[RowError]) -> DayLine | None:
    said, name = _folded(cells["kind"]), cells.get("name", "")
    kind = next((kind for kind, words in WORDS.items() if said in words), None)
    if kind is None:
        known = listed(f"{words[0]} ({kind})" for kind, words in WORDS.items())
        errors.append(
            _error(row, "kind", _("“{word}” is none of these: {known}.", word=cells["kind"], known=known))
        )
    if len(name) > LONGEST:
        errors.append(_error(row, "name", _("At most {count} characters.", count=LONGEST)))
        return None
    return DayLine(kind, name) if kind is not None else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip("\ufeff *")).strip().lower()


def _error(row: int, column: str, reason: Message, advice: Message = REMEDY) -> RowError:
    return RowError(row, LABELS[column], reason, advice)
