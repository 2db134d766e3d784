"""The rows of a spreadsheet made into entries, column by column, with every error at its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from db.desk.due_dates import today, unlikely_day
from db.desk.entry.citing import with_clause
from db.desk.entry.record import PERSONAL
from db.desk.entry.units import LONGEST_REGION
from db.desk.importing.arranging import arrange_rows
from db.desk.importing.below import Row, called_gone, changes_of, gone_row, no_people, repeated_headings
from db.desk.importing.cells import lost_content, normalise_column
from db.desk.importing.columns import (
    DIVISION,
    JOINED,
    LOGIN,
    SAID_TO_BE,
    UNIT_SEPARATORS,
    Layout,
    column_finder,
    column_number,
    columns_of,
    heading_row,
    in_each_language,
    known_headings,
    lay_out,
    typed_fields,
)
from db.desk.importing.outcome import ImportLine, Passed, RowError
from db.desk.importing.sections import fill_sections
from db.desk.notation.cells import unguard
from db.desk.notation.values import clean, parts_of
from db.language import Label, Message, _, listed
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule
from db.store.name_spelling import find_misspelling, spell_name

YES = frozenset({"是", "y", "yes", "true", "1", "x", "√", "✓", "✔", "负责人", "head"})
NO = frozenset({"", "否", "n", "no", "false", "0"})
SEVERAL = "；;、\n"
_TABLE = str.maketrans(dict.fromkeys(SEVERAL, ";"))
UNIT_DEPTH = 8
REMEDY = _("Correct the cell, then import the file again.")
RECEIVES = _(
    "Whoever carries this tag receives an edition, which is decided for each. Leave it out here, and put it "
    "on afterwards (`tags put`)."
)
FEWEST = 2
"""Headings that must be known for there to be any use in reading on where another one is not."""

UnitPath = tuple[str, ...]
Mark = tuple[str, ...]
"""Identifies a person in a file: where two entries have one in common, the later is the same person again."""


@dataclass(slots=True)
class Planned:
    """One row that may become an entry. ``values``: (field, position, value), empty ones left out."""

    row: int
    name: str
    unit: UnitPath
    kind: str
    side: str
    position: str = ""
    organisation: str = ""
    owner: str = ""
    joined: str | None = None
    heads: bool = False
    tags: tuple[str, ...] = ()
    login: str = ""
    said_to_be: str = ""
    """Who of those on record the person is: the login or e-mail address that they have there."""
    unit_region: str = ""
    unit_kind: str = ""
    whole_path: bool = False
    """Nothing is left out of the unit's path."""
    values: list[tuple[str, int, str]] = field(default_factory=list)


class RowReading:
    """Reads all rows under one policy; ``errors`` fills on the way. Rows without any text are skipped.
    ``match``: by what people are matched (`columns.match_keys`).
    ``roots`` are names that may stand first in the path of every unit; ``left_out`` headings whose columns
    are not wanted; ``without_rest``: nor those that are not known."""

    def __init__(
        self,
        policy: EffectivePolicy,
        region: str,
        roots: Collection[str],
        left_out: Collection[str] = (),
        *,
        without_rest: bool = False,
        match: str = "",
    ) -> None:
        self.policy = policy
        self.region = region
        self.roots = roots
        self.left_out = left_out
        self.without_rest = without_rest
        self.match = match
        self.errors: list[RowError] = []
        self.passed = Passed()
        self.layout: Layout | None = None
        self.known: Message | None = None
        """The headings that are known, where those of the file are not right."""
        self.told: list[ImportLine] = []
        """Rows that bring nobody, of which there is something to say."""
        self.notes: list[RowError] = []
        """What is told of people who come in all the same."""
        self.untaken: list[tuple[int, FieldRule, str]] = []
        """Cells that give no value of their field, as row, field and text: looked at for what the book must
        not hold, and said in no error (H.4.3)."""
        self.kinds = {kind.id: kind for kind in policy.kinds}
        self.labels = {column.name: column.label for column in columns_of(policy)}

    def read(self, rows: Sequence[Sequence[str]]) -> list[Planned]:
        """Read ``rows``, which begin with the headings, and note what is wrong in ``errors``; the entries are
        whole only where these stay empty."""
        layout = self._find_people(rows)
        return self._entries(layout) if layout is not None else []

    def count(self, rows: Sequence[Sequence[str]]) -> int:
        """Return how many of ``rows`` are people's."""
        return len(self._places) if self._find_people(rows) is not None else 0

    def _find_people(self, rows: Sequence[Sequence[str]]) -> Layout | None:
        """Keep the rows of people and return the layout of their columns; None, with errors noted, where
        nothing can be read."""
        if not rows:
            self.errors.append(
                RowError(1, "", _("The sheet is empty."), _("The first row holds the headings."))
            )
            return None
        known = column_finder(self.policy)
        rows = arrange_rows(rows, heading_row(rows, self.policy), known)
        rows, sections = fill_sections(rows, heading_row(rows, self.policy), known)
        layout, self.errors = lay_out(
            rows,
            self.policy,
            self.left_out,
            without_rest=self.without_rest,
            region=self.region,
            match=self.match,
        )
        self.layout = layout
        if self.errors:
            self.known = known_headings(self.policy)
        if len(layout.places) < FEWEST and self.errors:
            return None
        numbered = [
            (number, self._fill_row(row, layout))
            for number, row in enumerate(rows[layout.row :], start=layout.row + 1)
            if any(map(str.strip, row))
        ]
        names = layout.places.get("name", (None,))[0]
        self.told += changes_of(layout.headings, numbered, names)
        self.told += [ImportLine(number, "passed", unit=unit) for number, unit in sections.items()]
        nobody = self._nobody(numbered, layout) | {line.row for line in self.told}
        gone = frozenset(called_gone(layout.headings, numbered))
        self.passed = Passed(
            tuple(heading for _place, heading in layout.passed),
            tuple(sorted(nobody)),
            layout.lacking,
            layout.guessed,
            layout.row,
            frozenset(place for place, _heading in layout.passed),
            gone,
        )
        numbered = [(number, row) for number, row in numbered if number not in nobody]
        self.notes = [gone_row(number) for number in dict.fromkeys(row for row, _place in gone)]
        self._refuse_unread(layout, numbered)
        self._places = [number for number, _row in numbered]
        self._cells = [row for _number, row in numbered]
        return layout

    def _fill_row(self, row: Sequence[str], layout: Layout) -> Sequence[str]:
        """Fill ``row`` to a cell under every heading, and take off the apostrophes of our own exports."""
        lacking = len(layout.headings) - len(row)
        return _unguarded(row) if lacking <= 0 else [*_unguarded(row), *[""] * lacking]

    def _nobody(self, rows: Sequence[Row], layout: Layout) -> set[int]:
        required = [
            layout.places[column.name][0]
            for column in columns_of(self.policy)
            if column.required and column.name in layout.places
        ]
        name = layout.places.get("name", (None,))[0]
        return no_people(rows, name, required) | repeated_headings(rows, name, layout.headings)

    def _refuse_unread(self, layout: Layout, rows: Sequence[Row]) -> None:
        """Note errors for filled cells under no heading, and for a sheet without any row, which would else be
        left unread."""
        headed, width = layout.headed_columns, len(layout.headings)
        bare = [place for place in range(width) if place not in headed]
        for number, row in rows:
            for place in (*bare, *range(width, len(row))):
                if row[place].strip():
                    self.errors.append(
                        RowError(
                            number,
                            column_number(place),
                            _("This cell stands under no heading."),
                            _("Give the column a heading or clear it; in CSV, quote a cell with a comma."),
                        )
                    )
        if not rows:
            message = _("There is no row below the headings.")
            self.errors.append(RowError(layout.row, "", message, _("Write one person in each row.")))

    def _entries(self, layout: Layout) -> list[Planned]:
        rules = {rule.name: rule for rule in typed_fields(self.policy)}
        blank = [""] * len(self._places)
        kinds = self._kinds(layout)
        units, whole = self._units(layout)
        owned = {
            name: self._values(layout, rules[name], kinds)
            for name in ("name", "position", "organisation")
            if name in rules
        }
        heads, joined = self._heads(layout), self._joining_days(layout)
        owners = self._texts(layout, "inside_owner") or blank
        planned = [
            Planned(
                row,
                name,
                unit,
                kind,
                self.kinds[kind].side,
                position,
                organisation,
                owner,
                day,
                head,
                whole_path=unit in whole,
            )
            for row, name, unit, kind, position, organisation, owner, day, head in zip(
                self._places,
                owned["name"] or blank,
                units,
                kinds,
                owned.get("position") or blank,
                owned.get("organisation") or blank,
                owners,
                joined,
                heads,
                strict=True,
            )
        ]
        for name, rule in rules.items():
            if name not in ("name", "position", "unit", "organisation", "inside_owner"):
                self._fill(layout, rule, planned)
        for entry, login in zip(planned, self._texts(layout, LOGIN), strict=False):
            entry.login = login.strip().casefold()
        self._say_who(layout, planned)
        self._tag(layout, planned)
        self._sort_units(layout, planned)
        self._require_owners(planned)
        self._require_columns(layout, planned)
        return planned

    def _texts(self, layout: Layout, name: str) -> list[str]:
        """Return the column's cells, empty where it is missing."""
        places = layout.places.get(name)
        return [row[places[0]] for row in self._cells] if places else []

    def _values(self, layout: Layout, rule: FieldRule, kinds: Sequence[str] = ()) -> list[str]:
        """Return one value a row for a field that has one only; notes errors, which give an empty text."""
        texts = self._texts(layout, rule.name)
        if not texts:
            return []
        values = []
        for place, value in normalise_column(rule, texts, self.region):
            if rule.applies_to and kinds[place] not in rule.applies_to:
                if rule.name != "organisation" or not self._is_own(texts[place]):
                    self._check_absent(place, rule, texts[place])
                value = ""
            elif isinstance(value, Message):
                self._untaken(place, rule, texts[place], value)
                value = ""
            values.append(value)
        return values

    def _is_own(self, text: str) -> bool:
        """Return whether ``text`` names the book's own organisation, which directory servers and contact
        cards give for everybody."""
        named = clean(text)
        return len(named) > 1 and any(
            named.startswith(root) or root.startswith(named) for root in filter(None, self.roots)
        )

    def _check_absent(self, place: int, rule: FieldRule, text: str) -> None:
        if text.strip():
            self._untaken(place, rule, text, _("Entries of this kind don't have this field."))

    def _fill(self, layout: Layout, rule: FieldRule, planned: list[Planned]) -> None:
        """Store in each entry its values of ``rule``; note errors for unfit values, and for a field of other
        kinds of entry that is not empty."""
        for column in layout.places.get(rule.name, ()):
            texts = [row[column] for row in self._cells]
            applies = set(rule.applies_to)
            if rule.multiple:
                self._fill_several(rule, texts, planned)
                continue
            for place, value in normalise_column(rule, texts, self.region):
                entry = planned[place]
                if applies and entry.kind not in applies:
                    self._check_absent(place, rule, texts[place])
                elif isinstance(value, Message):
                    self._untaken(place, rule, texts[place], value)
                elif value:
                    entry.values.append((rule.name, 0, value))

    def _fill_several(self, rule: FieldRule, texts: Sequence[str], planned: list[Planned]) -> None:
        for place, text in enumerate(texts):
            entry = planned[place]
            parts = parts_of(rule, text.translate(_TABLE))
            taken = sum(1 for name, _ord, _value in entry.values if name == rule.name)
            for part, (_place, value) in enumerate(normalise_column(rule, parts, self.region)):
                if isinstance(value, Message):
                    self._untaken(place, rule, parts[part], value)
                elif value:
                    entry.values.append((rule.name, taken + part, value))

    def _kinds(self, layout: Layout) -> list[str]:
        """Return the kind of each row, the policy's first for an empty cell; notes errors."""
        first = next(iter(self.kinds))
        texts = self._texts(layout, "kind") or [""] * len(self._places)
        known = {"": first}
        for kind in self.kinds.values():
            known.update(dict.fromkeys((kind.id, kind.label.zh, kind.label.en.casefold()), kind.id))
        choices = listed(kind.label for kind in self.kinds.values())
        found = []
        for place, text in enumerate(texts):
            said = (text, text.strip().casefold(), *map(str.casefold, in_each_language(text)))
            kind_id = next(filter(None, map(known.get, said)), None)
            if kind_id is None:
                self._wrong(place, "kind", _("Choose one of: {choices}.", choices=choices))
            found.append(kind_id or first)
        return found

    def _tag(self, layout: Layout, planned: list[Planned]) -> None:
        """Give each entry its tags, by id or by name in either language."""
        known = {
            spelling.casefold(): rule.id
            for rule in self.policy.tags
            for spelling in (rule.id, rule.zh, rule.en)
        }
        choices = listed(Label(rule.zh, rule.en) for rule in self.policy.tags)
        for place, text in enumerate(self._texts(layout, "tags")):
            found = []
            for word in text.translate(_TABLE).split(";"):
                tag = known.get(word.strip().casefold())
                if tag in self.policy.naming_tags:
                    self._wrong(place, "tags", RECEIVES)
                elif tag is not None:
                    found.append(tag)
                elif word.strip():
                    self._wrong(place, "tags", _("Choose one of: {choices}.", choices=choices))
            planned[place].tags = tuple(dict.fromkeys(found))

    def _say_who(self, layout: Layout, planned: list[Planned]) -> None:
        """Store in each entry the login or address by which the file says who its person is on record; note
        errors for a name, and for one that two rows give."""
        seen: dict[str, int] = {}
        for place, text in enumerate(self._texts(layout, SAID_TO_BE)):
            said = clean(text).casefold()
            if not said.isascii() or " " in said:
                self._wrong(place, SAID_TO_BE, _("Write a login or an e-mail address, and no name."))
            elif said and seen.setdefault(said, self._places[place]) != self._places[place]:
                self._wrong(place, SAID_TO_BE, _("Row {row} names this account already.", row=seen[said]))
            planned[place].said_to_be = said

    def _sort_units(self, layout: Layout, planned: list[Planned]) -> None:
        """Store in each entry the region and the kind that its row gives its unit."""
        for place, text in enumerate(self._texts(layout, "unit_region")):
            region = clean(text)
            if len(region) > LONGEST_REGION:
                message = _("This is longer than {count} characters.", count=LONGEST_REGION)
                self._wrong(place, "unit_region", message)
            planned[place].unit_region = region
        kinds = {
            spelling.casefold(): rule.id
            for rule in self.policy.unit_kinds
            for spelling in (rule.id, rule.zh, rule.en)
        }
        choices = listed(Label(rule.zh, rule.en) for rule in self.policy.unit_kinds)
        for place, text in enumerate(self._texts(layout, "unit_kind")):
            kind = kinds.get(text.strip().casefold(), "")
            if text.strip() and not kind:
                self._wrong(place, "unit_kind", _("Choose one of: {choices}.", choices=choices))
            planned[place].unit_kind = kind

    def _units(self, layout: Layout) -> tuple[list[UnitPath], Collection[UnitPath]]:
        """Return the path of each row's unit below the book's root, whose own name may stand first, and which
        of them are whole. Those above it may stand in a column of their own, or its division. Notes
        errors."""
        texts = self._texts(layout, "unit")
        if not texts:
            return [()] * len(self._places), ()
        in_column = "unit_above" in layout.places
        above = self._texts(layout, "unit_above") or self._texts(layout, DIVISION) or [""] * len(texts)
        known: dict[tuple[str, str], UnitPath | None] = {}
        found, whole = [], set()
        for place, pair in enumerate(zip(above, texts, strict=True)):
            if pair not in known:
                named = [text for text in map(str.strip, pair) if text]
                if not in_column and len(set(named)) == 1:
                    named = named[:1]  # a division's own people
                known[pair] = None if any(map(lost_content, named)) else self._unit("/".join(named))
                # Read as: if anything is named, and it stands in a column or begins with a root.
                if in_column or UNIT_SEPARATORS.split(named[0])[0] in self.roots if named else False:
                    whole.add(known[pair] or ())
            path = known[pair]
            if not pair[1].strip():
                self._wrong(place, "unit", _("{field} is required.", field=self.labels["unit"]))
            elif path is None:
                nothing = _("This is no unit: write names with / between them.")
                self._wrong(place, "unit", next(filter(None, map(lost_content, pair)), nothing))
            elif wrong := next(filter(None, map(find_misspelling, path)), None):
                self._wrong(place, "unit", with_clause(self.policy, wrong))
            found.append(path or ())
        return found, whole

    def _unit(self, text: str) -> UnitPath | None:
        parts = tuple(spell_name(clean(part)) for part in UNIT_SEPARATORS.split(text.replace("\n", ";")))
        if not all(parts) or len(parts) > UNIT_DEPTH or max(map(len, parts)) > 64:
            return None
        return parts[1:] if parts[0] in self.roots else parts

    def _heads(self, layout: Layout) -> list[bool]:
        found = []
        for place, text in enumerate(self._texts(layout, "head") or [""] * len(self._places)):
            answer = text.strip().casefold()
            if answer not in YES and answer not in NO:
                self._wrong(place, "head", _("Write 是 or leave the cell empty."))
            found.append(answer in YES)
        return found

    def _joining_days(self, layout: Layout) -> list[str | None]:
        rule = FieldRule("joined", JOINED, "date", False, False, False, False, "maintainer", (), (), (), ())
        days = self._values(layout, rule) or [""] * len(self._places)
        now = today()
        for place, day in enumerate(days):
            if day and (unlikely := unlikely_day(date.fromisoformat(day), now)) is not None:
                self._wrong(place, "joined", unlikely)
        return [day or None for day in days]

    def _require_owners(self, planned: list[Planned]) -> None:
        if "inside_owner" not in self.labels:
            return
        for place, entry in enumerate(planned):
            if self.kinds[entry.kind].inside_owner and not entry.owner.strip():
                kind = self.kinds[entry.kind].label
                self._wrong(
                    place, "inside_owner", _("A contact of kind {kind} needs an inside owner.", kind=kind)
                )

    def _require_columns(self, layout: Layout, planned: list[Planned]) -> None:
        """Note errors for a missing column that some kinds of entry need, if a row is of such a kind."""
        for rule in typed_fields(self.policy):
            if rule.required and rule.applies_to and rule.name not in (*layout.places, "inside_owner"):
                for place, entry in enumerate(planned):
                    if entry.kind in rule.applies_to:
                        self._wrong(place, rule.name, _("{field} is required.", field=rule.label))

    def _untaken(self, place: int, rule: FieldRule, text: str, message: Message) -> None:
        self.untaken.append((self._places[place], rule, text))
        self._wrong(place, rule.name, with_clause(self.policy, message))

    def _wrong(self, place: int, column: str, message: Message) -> None:
        self.errors.append(RowError(self._places[place], self.labels[column], message, REMEDY))


def fingerprints(entry: Planned, fields: Collection[str] = PERSONAL) -> set[Mark]:
    """Return marks of which two entries have one in common that are the same person twice: the name with a
    value of one of ``fields``, or with the unit where there is none."""
    personal: set[Mark] = {(entry.name, value) for name, _ord, value in entry.values if name in fields}
    return personal or {(entry.name, "", *entry.unit)}


def _unguarded(row: Sequence[str]) -> Sequence[str]:
    """Take off the apostrophes that keep our own exports neutral in spreadsheets."""
    if not any(cell[:1] == "'" for cell in row):
        return row  # rather than a copy of every row there is
    return [unguard(cell) if cell[:1] == "'" else cell for cell in row]
