"""What the rows of a spreadsheet would do to a book: new units, heads, owners, and who is there already."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.desk.authority.offices import heads_in
from db.desk.entry.alike import differ_in_script, looking_like, name_outline
from db.desk.entry.record import open_value, personal_fields
from db.desk.importing.columns import HEAD, LOGIN, UNIT_KIND, UNIT_REGION, UNIT_SEPARATORS
from db.desk.importing.departments import ImportDepartments
from db.desk.importing.outcome import RowError
from db.desk.importing.rows import Mark, Planned, UnitPath, fingerprints
from db.language import Label, Message, _
from db.policy.compose import EffectivePolicy
from db.store.engine import database, store
from db.store.sql import fetch, is_among
from db.store.tables import Unit

CHUNK = 500
OF_ONE_PERSON = ("mobile", "student_number")
"""Fields of which a value that two people have is told."""
_SEVERAL = re.compile("[;；\n]")
"""Parts departments from one another where a file names more than one."""
_NAME_AND_UNIT = re.compile(r"(.+?)\s*[(（](.+)[)）]")
"""A name with the department behind it, or that and the position, where several people bear the name."""
OWN_LABELS = {"head": HEAD, "unit_region": UNIT_REGION, "unit_kind": UNIT_KIND}


@dataclass(slots=True)
class Plan:
    """Rows that fit the book. ``units`` has every path the rows name; those without an id are new."""

    entries: list[Planned]
    units: dict[UnitPath, int | None]
    sides: dict[UnitPath, str]
    owners: dict[int, int | Planned]
    """row -> the inside owner: an entry that exists, or another row"""
    regions: dict[UnitPath, str] = field(default_factory=dict)
    unit_kinds: dict[UnitPath, str] = field(default_factory=dict)
    """Of units that are new, as far as a row says so."""
    known: list[tuple[Planned, int]] = field(default_factory=list)
    """Rows of people who are in the book already, each with the entry, which stays as it is."""
    errors: list[RowError] = field(default_factory=list)
    notes: list[RowError] = field(default_factory=list)
    """What is told of rows that come in all the same."""
    doubted: dict[int, str] = field(default_factory=dict)
    """row -> the path of a department that may be a new one"""
    persons: dict[int, int] = field(default_factory=dict)
    """row -> the person on record whom it brings"""

    @property
    def new_units(self) -> list[UnitPath]:
        """Return the paths of the units that are to be made, parents before children."""
        return sorted((path for path, unit in self.units.items() if unit is None), key=len)


class Planner:
    """Holds rows against what is on record, or where they are looked at ``alone`` against one another. Errors
    name the row that came later. ``alike``: it is known that people whose names look the same are two.
    ``own``: entries of the same file, against which the rows were held before. ``new_units``: paths that
    are known to be new units, whatever they look like. ``match``: by what people are known to be the same,
    besides their names (`columns.match_keys`)."""

    def __init__(
        self,
        book: str,
        policy: EffectivePolicy,
        root: int,
        alone: bool = False,
        alike: bool = False,
        own: Sequence[range] = (),
        new_units: Collection[str] = (),
        match: str = "",
    ) -> None:
        self.book = book
        self.alone = alone
        self.alike = alike
        self.own = own
        self.match = "" if match == "name" else match
        self.root = root
        self.personal = personal_fields(policy)
        self.labels: Mapping[str, Label] = {rule.name: rule.label for rule in policy.fields}
        self._read_units()
        self.departments = ImportDepartments(self._known.keys(), self._roots, new_units)

    def plan(self, entries: Sequence[Planned]) -> Plan:
        self.made = Plan(list(entries), {}, {}, {})
        self._find_units(entries)
        self._check_doubles()
        for entry in self.made.entries:
            self._place(entry)
        self._sort_units()
        self._check_heads()
        if not self.alike:
            self._check_alike()
        self._find_owners()
        self._note_shared_numbers()
        return self.made

    def _read_units(self) -> None:
        rows = list(Unit.select().where((Unit.book == self.book) & Unit.active))
        by_id = {row.id: row for row in rows}
        self._roots = (by_id[self.root].name, store().settings.organisation)
        self._known: dict[UnitPath, Unit] = {}
        for row in rows:
            path: list[str] = []
            at = row
            while at.parent_id is not None and at.parent_id in by_id:
                path.insert(0, at.name)
                at = by_id[at.parent_id]
            if at.id == self.root:
                self._known[tuple(path)] = row
        self._units_of = {row.id: path for path, row in self._known.items()}

    def _find_units(self, entries: Sequence[Planned]) -> None:
        """Put each entry into the unit that its row means. What is not clear is an error of all its rows."""
        meant: dict[tuple[UnitPath, bool], UnitPath | Message] = {}
        beside = {entry.unit for entry in entries if len(entry.unit) == 1}
        for entry in entries:
            named = entry.unit, entry.whole_path
            if named not in meant:
                meant[named] = self.departments.meant(entry.unit, whole=entry.whole_path, beside=beside)
            if isinstance(found := meant[named], Message):
                self._doubt(entry, found)
            else:
                entry.unit = found
        new = {entry.unit for entry in entries if entry.unit not in self._known}
        whole = {entry.unit for entry in entries if entry.whole_path}
        doubtful = self.departments.doubtful(new, whole)
        asked = {path for (path, _whole), found in meant.items() if isinstance(found, Message)}
        for entry in entries:
            if entry.unit in doubtful and entry.unit not in asked:
                self._doubt(entry, doubtful[entry.unit])
            entry.whole_path = True

    def _doubt(self, entry: Planned, reason: Message) -> None:
        self.made.doubted[entry.row] = "/".join(entry.unit)
        advice = _(
            "Write its whole path; where it is a new one, say so: e on the screen, `--new-unit {unit}` in a "
            "command.",
            unit="/".join(entry.unit),
        )
        self._wrong(entry, "unit", reason, advice)

    def _place(self, entry: Planned) -> None:
        """Store the row's unit and those above it in the plan; add an error where it would hold both
        colleagues and outside contacts (E.5), or names several departments."""
        side = self.made.sides.get(entry.unit)
        if side is None:
            for length in range(len(entry.unit) + 1):
                path = entry.unit[:length]
                known = self._known.get(path)
                self.made.units.setdefault(path, known.id if known else None)
                self.made.sides.setdefault(path, known.side if known and path else entry.side)
            side = self.made.sides[entry.unit]
        if side != entry.side and entry.unit:
            self._wrong(entry, "unit", _("Colleagues and outside contacts can't share a unit."))
        for name in entry.unit:
            if self.made.units[entry.unit] is None and _SEVERAL.search(name):
                self._wrong(entry, "unit", _("This names several departments, and an entry stands in one."),
                            _("Leave the one where the person mainly works."))  # fmt: skip

    def _sort_units(self) -> None:
        """Store regions and kinds of new units in the plan; add an error where rows of a unit disagree with
        each other or with the record."""
        said: dict[tuple[str, UnitPath], tuple[str, int]] = {}
        for entry in self.made.entries:
            unit = self._known.get(entry.unit)
            for column, value in (("unit_region", entry.unit_region), ("unit_kind", entry.unit_kind)):
                if not value:
                    continue
                first, row = said.setdefault((column, entry.unit), (value, entry.row))
                if first != value:
                    message = _("Row {row} says otherwise of the same department.", row=row)
                    self._wrong(entry, column, message)
                elif unit is not None and value != (unit.region if column == "unit_region" else unit.kind):
                    message = _("The department is on record already and says otherwise.")
                    self._wrong(
                        entry, column, message, _("Leave the cell empty; change it in the directory.")
                    )
                elif unit is None:
                    kept = self.made.regions if column == "unit_region" else self.made.unit_kinds
                    kept[entry.unit] = value

    def _check_heads(self) -> None:
        seen: dict[UnitPath, int] = {}
        led = {} if self.alone else heads_in(self.book)
        for entry in self.made.entries:
            if not entry.heads:
                continue
            known = self._known.get(entry.unit)
            if entry.unit in seen:
                row = seen[entry.unit]
                self._wrong(entry, "head", _("Row {row} heads this unit already.", row=row))
            elif known is not None and known.id in led:
                self._wrong(entry, "head", _("This unit has a head on record already."))
            seen.setdefault(entry.unit, entry.row)

    def _check_doubles(self) -> None:
        named = [entry for entry in self.made.entries if entry.name]
        recorded = {} if self.alone else self._recorded({entry.name for entry in named})
        known: dict[int, int] = {}
        taken: set[int] = set()
        seen: dict[Mark, int] = {}
        for entry in named:
            marks = fingerprints(entry)
            open_marks = fingerprints(entry, self.personal) if recorded else ()
            before = min((seen[mark] for mark in marks if mark in seen), default=None)
            by_key = [("", self.match, value) for value in self._keys(entry)]
            there = next(
                (recorded[mark] for mark in (*by_key, *sorted(open_marks)) if mark in recorded), None
            )
            if there in taken:  # one of two namesakes
                there = None
            if before is not None:
                self._wrong(entry, "name", _("This is the person of row {row} again.", row=before), _REMOVE)
            elif there is not None:
                known[entry.row] = there
                taken.add(there)
            for mark in marks:
                seen.setdefault(mark, entry.row)
        self._set_aside(known)

    def _set_aside(self, known: Mapping[int, int]) -> None:
        """Move the people who are in the book already from the plan's entries to its ``known``, and drop the
        errors of their rows."""
        made = self.made
        made.known = [(entry, known[entry.row]) for entry in made.entries if entry.row in known]
        made.entries = [entry for entry in made.entries if entry.row not in known]
        made.errors = [error for error in made.errors if error.row not in known]
        made.doubted = {row: path for row, path in made.doubted.items() if row not in known}

    def _check_alike(self) -> None:
        """Add errors for names that look like another one on record or in the file, unless the file says that
        these are two people."""
        named = [entry for entry in self.made.entries if entry.name]
        recorded = {} if self.alone else looking_like(self.book, {entry.name for entry in named})
        seen: dict[str, Planned] = {}
        for entry in named:
            first = seen.setdefault(name_outline(entry.name), entry)
            if entry.name in recorded:
                other = recorded[entry.name][0]
                message = _("It looks like {name} in {unit}, in other letters.",
                            name=other.name, unit=other.unit.name)  # fmt: skip
                self._wrong(entry, "name", message, TWO_PEOPLE)
            elif differ_in_script(first.name, entry.name):
                message = _("It looks like {name} in row {row}, in other letters.",
                            name=first.name, row=first.row)  # fmt: skip
                self._wrong(entry, "name", message, TWO_PEOPLE)

    def _note_shared_numbers(self) -> None:
        first: dict[tuple[str, str], Planned] = {}
        for entry in self.made.entries:
            for name, _ord, value in entry.values:
                other = first.setdefault((name, value), entry) if name in OF_ONE_PERSON else entry
                if other.name != entry.name:
                    reason = _("{name} in row {row} has the same number.", name=other.name, row=other.row)
                    advice = _("Look whose it is; it comes in as it is.")
                    self.made.notes.append(RowError(entry.row, self.labels[name], reason, advice))

    def _recorded(self, names: set[str]) -> dict[Mark, int]:
        """Return the fingerprints of the book's entries that bear one of ``names``, with the entry of each;
        only open values are compared, so that no protected one can be guessed."""
        others = self._others("state <> 'left'")
        named = [row for row in others if row[1] in names]
        personal = personal_values([row[0] for row in named], self.personal)
        marks: dict[Mark, int] = {}
        for entry, name, unit, kind in named:
            one = Planned(0, name, self._units_of.get(unit, ()), kind, "")
            for values in ((), personal[entry]):  # a file may not say what is open of them
                one.values = list(values)
                marks.update(dict.fromkeys(fingerprints(one, self.personal), entry))
        return marks | self._by_key([row[0] for row in others])

    def _keys(self, entry: Planned) -> Iterator[str]:
        """Yield the values by which a row's person is matched, besides the name."""
        if self.match == LOGIN and entry.login:
            yield entry.login
        yield from (value for name, _ord, value in entry.values if name == self.match)

    def _by_key(self, entries: Sequence[int]) -> dict[Mark, int]:
        """Return the entry of each match value; values that several entries have are left out."""
        if self.match == LOGIN:
            logins = "SELECT lower(a.login), e.id FROM account a JOIN entry e ON e.person_id = a.person_id"
            pairs = fetch(f"{logins} WHERE e.book_id = {database.param}", [self.book])
        else:
            stored = personal_values(entries, [self.match] if self.match else [])
            pairs = [(value, entry) for entry in stored for _name, _ord, value in stored[entry]]
        counted = Counter(value for value, _entry in pairs)
        here = set(entries)
        return {
            ("", self.match, value): entry for value, entry in pairs if counted[value] == 1 and entry in here
        }

    def _others(self, condition: str) -> list[Any]:
        """Return number, name, unit and kind of entries by ``condition``, but for those of the same file."""
        mark = database.param
        apart = "".join(f" AND NOT id BETWEEN {mark} AND {mark}" for _one in self.own)
        ends = [end for one in self.own for end in (one.start, one.stop - 1)]
        found = f"SELECT id, name, unit_id, kind FROM entry WHERE book_id = {mark}{apart} AND {condition}"
        return fetch(found, [self.book, *ends])

    def _find_owners(self) -> None:
        """Find each inside owner by name, or by e-mail where a name is not enough."""
        wanted = [entry for entry in self.made.entries if entry.owner]
        if not wanted:
            return
        by_word: dict[str, list[int | Planned]] = defaultdict(list)
        internal = [rule for rule in self.made.entries if rule.side == "internal"]
        for planned in internal:
            by_word[planned.name].append(planned)
            for name, _ord, value in planned.values:
                if name == "email":
                    by_word[value].append(planned)
        if not self.alone:
            mark, here = database.param, "state = 'active' AND organisation = ''"
            recorded = fetch(
                f"SELECT id, name, unit_id, position FROM entry WHERE book_id = {mark} AND {here}",
                [self.book],
            )
            self._placed = {row[0]: (self._units_of.get(row[2], ()), row[3]) for row in recorded}
            named_by = [name for name in self.personal if name == "email"]
            personal = personal_values([row[0] for row in recorded], named_by)
            for entry, called, _unit, _position in recorded:
                for word in (called, *(value for _name, _ord, value in personal[entry])):
                    by_word[word].append(entry)
        for entry in wanted:
            owner = entry.owner.strip()
            found = by_word.get(owner, []) or by_word.get(owner.lower(), [])
            if not found and (behind := _NAME_AND_UNIT.fullmatch(owner)):
                unit = tuple(UNIT_SEPARATORS.split(behind[2]))
                found = [one for one in by_word.get(behind[1], []) if self._stands_in(one, unit)]
            if len(found) == 1:
                self.made.owners[entry.row] = found[0]
            elif not found and not self.alone:
                self._wrong(entry, "inside_owner", _("Nobody of this name or e-mail is in the directory."))
            elif found:
                advice = _("Write their e-mail address, or behind the name 王伟（研发一部/工程师）.")
                self._wrong(entry, "inside_owner", _("Several people have this name."), advice)

    def _stands_in(self, one: int | Planned, place: UnitPath) -> bool:
        """Return whether ``place`` is somebody's unit, or that and the position behind it. The beginning of
        the path may be missing."""
        unit, position = (one.unit, one.position) if isinstance(one, Planned) else self._placed[one]
        whole = (*unit, *UNIT_SEPARATORS.split(position))
        return place in (unit[-len(place) :], whole[-len(place) :])

    def _wrong(self, entry: Planned, column: str, reason: Message, advice: Message | None = None) -> None:
        label = OWN_LABELS.get(column) or self.labels.get(column, Label(column, column))
        self.made.errors.append(RowError(entry.row, label, reason, advice or _REMEDY))


_REMEDY = _("Correct the cell, then import the file again.")
TWO_PEOPLE = _("Write it in those; where they are two people, import the file with `--alike`.")
_REMOVE = _("Take the row out.")


def personal_values(
    entries: Sequence[int], fields: Sequence[str]
) -> Mapping[int, list[tuple[str, int, str]]]:
    """Decrypt what ``entries`` have of ``fields``: name, place and value."""
    found: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    if not fields:
        return found
    named, names = is_among("name", fields)
    for start in range(0, len(entries), CHUNK):
        where, given = is_among("entry_id", entries[start : start + CHUNK])
        stored = f"SELECT entry_id, name, ord, value, sealed FROM entry_field WHERE {where} AND {named}"
        for entry, name, ord, value, sealed in fetch(stored, [*given, *names]):
            found[entry].append((name, ord, open_value(entry, name, ord, value, sealed)))
    return found
