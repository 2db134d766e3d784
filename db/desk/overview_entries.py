"""The entries of a scope as a table, those that lack something, and those that stand alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.desk.clockwork import today
from db.desk.overview_about import named
from db.desk.overview_rights import Place, units_below
from db.desk.record import COLUMNS, opened
from db.desk.standing import Reach, Standing, policy_of, root_of
from db.desk.values import display, masked
from db.language import Label
from db.policy.rules import FieldRule
from db.policy.vocabulary import PROTECTED
from db.store.tables import Account, Entry, EntryField, Person, Unit, UnitAbove

NO_TEXT = ("photo",)


@dataclass(frozen=True, slots=True)
class DirectoryColumn:
    """A field of the book that the table shows."""

    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One entry. ``masked`` says that at least one value is not shown in full."""

    entry: int
    kind: Label
    values: tuple[str, ...]
    masked: bool


@dataclass(frozen=True, slots=True)
class IncompleteRow:
    """An entry and the required fields that it lacks."""

    entry: int
    name: str
    unit: str
    missing: tuple[Label, ...]
    clauses: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """``problem``: ``no-entry`` (a person without one) or ``no-employee`` (an entry without one)."""

    problem: str
    name: str
    unit: str
    login: str


def columns_of(standing: Standing, place: Place) -> tuple[DirectoryColumn, ...]:
    """The fields that the reader's role may see in a table."""
    roles = standing.roles(place.book) | {place.role}
    return tuple(
        DirectoryColumn(rule.name, rule.label)
        for rule in policy_of(place.book).fields
        if rule.kind not in NO_TEXT and (not rule.visible_to or roles & set(rule.visible_to))
    )


def directory(
    standing: Standing, place: Place, columns: Sequence[DirectoryColumn]
) -> tuple[DirectoryRow, ...]:
    """Active entries from ``place`` down that the reader reaches, in the order of the units."""
    policy = policy_of(place.book)
    rules = {rule.name: rule for rule in policy.fields}
    kinds = {rule.id: rule.label for rule in policy.kinds}
    levels = _levels(standing, place)
    found = []
    entries = _entries(place, levels.units)
    values = _values([entry.id for entry in entries], rules)
    owners = _names_of({entry.inside_owner for entry in entries if entry.inside_owner})
    for entry in entries:
        level = levels.of(entry)
        hidden = False
        cells = []
        for column in columns:
            rule = rules[column.name]
            given = (
                _own(entry, column.name, owners) if column.name in COLUMNS else values[entry.id][column.name]
            )
            if rule.protected and level != "shown":
                hidden = hidden or any(given)
                given = [masked(rule.kind, value) for value in given] if level != "hidden" else []
            else:
                given = [_shown(rule, value) for value in given]
            cells.append(" / ".join(value for value in given if value))
        kind = kinds.get(entry.kind, Label(entry.kind, entry.kind))
        found.append(DirectoryRow(entry.id, kind, tuple(cells), hidden))
    return tuple(found)


def incomplete(place: Place) -> tuple[IncompleteRow, ...]:
    """Active entries from ``place`` down without a required field, in the order of the units."""
    required = [rule for rule in policy_of(place.book).fields if rule.required]
    entries = _entries(place, None)
    present = _present([entry.id for entry in entries])
    found = []
    for entry in entries:
        lacking = [
            rule
            for rule in required
            if (not rule.applies_to or entry.kind in rule.applies_to)
            and not (_has(entry, rule.name) if rule.name in COLUMNS else rule.name in present[entry.id])
        ]
        if lacking:
            clauses = dict.fromkeys(clause for rule in lacking for clause in rule.clauses)
            found.append(
                IncompleteRow(
                    entry.id,
                    entry.name,
                    entry.unit.name,
                    tuple(rule.label for rule in lacking),
                    ", ".join(clauses),
                )
            )
    return tuple(found)


def coverage(place: Place) -> tuple[CoverageRow, ...]:
    """Employees who are missing in the book, and entries of people who are no employees any more.

    An employee is a person with an account in use or an entry that waits to be completed; no longer one
    is a person whose last day has passed or whose accounts are all disabled.
    """
    return (*_missing(place), *_gone(place))


def _missing(place: Place) -> Iterable[CoverageRow]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    inside = Entry.select(Entry.person).where((Entry.book == place.book) & (Entry.state == "active"))
    pending = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where(
            (Entry.book == place.book)
            & (Entry.state == "pending")
            & Entry.unit.in_(below)
            & Entry.person.not_in(inside)
        )
        .order_by(Entry.id)
    )
    for entry in pending:
        yield CoverageRow("no-entry", entry.name, entry.unit.name, "")
    if place.unit != root_of(place.book):
        return
    anywhere = Entry.select(Entry.person).where(Entry.state != "left")
    accounts = (
        Account.select(Account, Person)
        .join(Person)
        .where((Account.state == "active") & Person.id.not_in(anywhere))
        .order_by(Account.login)
    )
    for account in accounts:
        yield CoverageRow("no-entry", named(account.id)[1], "", account.login)


def _gone(place: Place) -> Iterable[CoverageRow]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    usable = Account.select(Account.person).where(
        (Account.state != "disabled") & Account.person.is_null(False)
    )
    closed = Account.select(Account.person).where(
        (Account.state == "disabled") & Account.person.not_in(usable)
    )
    entries = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where(
            (Entry.book == place.book)
            & (Entry.state == "active")
            & Entry.unit.in_(below)
            & ((Entry.left < today().isoformat()) | Entry.person.in_(closed))
        )
        .order_by(Entry.id)
    )
    for entry in entries:
        yield CoverageRow("no-employee", entry.name, entry.unit.name, "")


@dataclass(frozen=True, slots=True)
class _Levels:
    """How protected fields look from each unit within reach, and from single entries."""

    units: Mapping[int, str]
    entries: Mapping[int, str]

    def of(self, entry: Entry) -> str:
        found = (self.units.get(entry.unit_id, "hidden"), self.entries.get(entry.id, "hidden"))
        return max(found, key=PROTECTED.index)


def _levels(standing: Standing, place: Place) -> _Levels:
    units: dict[int, str] = {}
    entries: dict[int, str] = {}
    for reach in standing.reaches(place.book):
        if reach.entry is not None:
            _widen(entries, reach.entry, reach)
        elif reach.unit is not None:
            below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == reach.unit)
            for row in below if reach.below else below.where(UnitAbove.distance == 0):
                _widen(units, row.unit_id, reach)
    return _Levels(units, entries)


def _widen(levels: dict[int, str], key: int, reach: Reach) -> None:
    levels[key] = max(levels.get(key, "hidden"), reach.protected, key=PROTECTED.index)


def _entries(place: Place, reached: Mapping[int, str] | None) -> list[Entry]:
    """Active entries from ``place`` down, in units of ``reached`` only where it is given."""
    order = {option.id: at for at, option in enumerate(units_below(place.book, {place.unit}))}
    units = [unit for unit in order if reached is None or unit in reached]
    rows = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where((Entry.book == place.book) & (Entry.state == "active") & Entry.unit.in_(units))
    )
    return sorted(rows, key=lambda entry: (order[entry.unit_id], entry.id))


def _values(entries: Sequence[int], rules: Mapping[str, FieldRule]) -> Mapping[int, Mapping[str, list[str]]]:
    """Every value of ``entries``, in their one spelling."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(entries):
        if row.name in rules:
            value = opened(row.entry_id, row.name, row.ord, row.value, row.sealed)
            found[row.entry_id][row.name].append(value)
    return found


def _present(entries: Sequence[int]) -> Mapping[int, set[str]]:
    """Names of the fields that each entry has a value of."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in _rows(entries):
        if row.sealed is not None or row.value:
            found[row.entry_id].add(row.name)
    return found


def _rows(entries: Sequence[int], batch: int = 500) -> Iterable[EntryField]:
    for start in range(0, len(entries), batch):
        some = entries[start : start + batch]
        yield from (
            EntryField.select().where(EntryField.entry.in_(some)).order_by(EntryField.entry, EntryField.ord)
        )


def _own(entry: Entry, column: str, owners: Mapping[int | None, str]) -> list[str]:
    if column == "unit":
        return [entry.unit.name]
    if column == "inside_owner":
        return [owners.get(entry.inside_owner, "")]
    return [str(getattr(entry, column))]


def _has(entry: Entry, column: str) -> bool:
    return bool(entry.unit_id if column == "unit" else getattr(entry, column))


def _names_of(entries: Iterable[int]) -> Mapping[int | None, str]:
    rows = Entry.select(Entry.id, Entry.name).where(Entry.id.in_(list(entries)))
    return {row.id: row.name for row in rows}


def _shown(rule: FieldRule, value: str) -> str:
    """Numbers stay in their international spelling, which programs and telephones both take."""
    return display(rule.kind, value) if not value.startswith("+") else value.replace(";ext=", " ext. ")
