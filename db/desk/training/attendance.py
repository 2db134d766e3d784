"""An attendance list: rows of a spreadsheet made into people who were trained, all of them or none.

Headings, in Chinese or English: login, name, department, day. A row names its person by login, or by
name and, where several bear it, department (`standing_in`). Without a day the list's own day counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.due_dates import today
from db.desk.entry.namesakes import standing_in
from db.desk.importing.outcome import BadRows, RowError
from db.desk.notation.cells import one_line, unguard
from db.desk.notation.parsing import read_day
from db.language import Message, _, listed
from db.store.searchkeys import fold_text
from db.store.tables import Account, Entry, Unit

HEADINGS: dict[str, tuple[str, ...]] = {
    "login": ("登录名", "账号", "login", "account"),
    "name": ("姓名", "name"),
    "unit": ("部门", "department", "unit"),
    "day": ("培训日期", "培训日", "日期", "day", "date", "trained"),
}
LABELS: dict[str, Message] = {
    "login": _("Login"),
    "name": _("Name"),
    "unit": _("Department"),
    "day": _("Day"),
}
REMEDY = _("Correct the cell, then import the list again.")
MIDNIGHT = " 00:00:00"
"""A spreadsheet's day may bring the time of its beginning."""


@dataclass(frozen=True, slots=True)
class Attended:
    """One row: a person of the book and the ISO day of the training."""

    person: int
    day: str


def read_attendance(
    book: str, rows: Sequence[Sequence[str]], kinds: Sequence[str], day: str
) -> tuple[Attended, ...]:
    """Return the people named in ``rows``, which begin with the headings, each with the day. Stores nothing.
    Raises BadRows with every error."""
    errors: list[RowError] = []
    places = _places(rows[0] if rows else (), errors)
    people = _People(book, kinds)
    found: dict[int, Attended] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: one_line(unguard(row[at])) if at < len(row) else "" for name, at in places.items()}
        if not any(cells.values()) or (errors and not places):
            continue
        person = people.find(cells, number, errors)
        when = _day(cells.get("day", "") or day, number, errors)
        if person is not None and when is not None:
            found[person] = Attended(person, when)
    if not errors and not found:
        errors.append(RowError(1, "", _("The list names nobody."), _("The first row holds the headings.")))
    if errors:
        raise BadRows(errors)
    return tuple(found.values())


class _People:
    """The active people of a book, by login and by name."""

    def __init__(self, book: str, kinds: Sequence[str]) -> None:
        entries = (
            Entry.select(Entry, Unit)
            .join(Unit)
            .where((Entry.book == book) & (Entry.state == "active") & Entry.kind.in_(list(kinds)))
        )
        self._named: dict[str, list[Entry]] = {}
        for entry in entries:
            self._named.setdefault(fold_text(entry.name), []).append(entry)
        persons = {entry.person_id for named in self._named.values() for entry in named}
        self._logins = {
            row.login: row.person_id
            for row in Account.select().where(Account.person.is_null(False))
            if row.person_id in persons
        }

    def find(self, cells: dict[str, str], row: int, errors: list[RowError]) -> int | None:
        """Return the person that a row names; None, and an error added, where it names nobody, or several."""
        login, name, unit = (cells.get(key, "") for key in ("login", "name", "unit"))
        if login:
            person = self._logins.get(login.lower())
            if person is None:
                errors.append(_error(row, "login", _("Nobody of this login is in the directory.")))
            return person
        found = standing_in(self._named.get(fold_text(name), []), unit)
        if len(found) == 1:
            return int(found[0].person_id)
        if found:
            advice = _("Add department/position, or the login.")
            errors.append(_error(row, "name", _("Several people have this name."), advice))
        else:
            errors.append(_error(row, "name", _("Nobody of this name is in the directory.")))
        return None


def _places(headings: Sequence[str], errors: list[RowError]) -> dict[str, int]:
    spelled = {spelling.lower(): name for name, known in HEADINGS.items() for spelling in known}
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        key = unicodedata.normalize("NFKC", heading.strip("\ufeff *")).strip().lower()
        if key in spelled:
            found.setdefault(spelled[key], at)
    if "login" not in found and "name" not in found:
        errors.append(
            RowError(
                1,
                "",
                _("There is no column with logins or names."),
                _("Known headings are: {names}.", names=listed(LABELS.values())),
            )
        )
        return {}
    return found


def _day(text: str, row: int, errors: list[RowError]) -> str | None:
    found = read_day(text.removesuffix(MIDNIGHT))
    if isinstance(found, Message):
        errors.append(_error(row, "day", found))
    elif found > today():
        errors.append(_error(row, "day", _("This day is still to come.")))
    else:
        return found.isoformat()
    return None


def _error(row: int, column: str, reason: Message, advice: Message = REMEDY) -> RowError:
    return RowError(row, LABELS[column], reason, advice)
