"""What an issue of an edition holds: exactly the columns of its rule, in the order of departments.

The content is canonical JSON, so that one digest stands for it (I.5); copies are drawn from it alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.desk.authority.sight import in_words, joined_texts
from db.desk.editions.choosing import Choosing
from db.desk.entry.record import COLUMNS, values_of_many
from db.desk.notation.cells import one_line
from db.language import LANGUAGES, Label, Text, say
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EditionRule
from db.store.audit import canonical
from db.store.engine import store
from db.store.tables import Entry

UNIT = "unit"
Cell = str | Label
"""A value; a word of the regulations, such as a choice, in each language."""


@dataclass(frozen=True, slots=True)
class EditionColumn:
    """A field of the book that the edition shows; ``number``: its values are dialled."""

    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One entry: ``cells`` are in the order of the columns."""

    entry: int
    unit: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class IssueContent:
    """Everything that every copy of an issue shows alike."""

    organisation: str
    title: Label
    classification: Label
    regulations: tuple[Label, ...]
    columns: tuple[EditionColumn, ...]
    rows: tuple[EditionRow, ...]

    def pack(self) -> bytes:
        return canonical(
            {
                "organisation": self.organisation,
                "title": _pair(self.title),
                "classification": _pair(self.classification),
                "regulations": [_pair(label) for label in self.regulations],
                "columns": [[column.name, *_pair(column.label)] for column in self.columns],
                "rows": [
                    [row.entry, row.unit, row.name, list(map(_pack_cell, row.cells))] for row in self.rows
                ],
            }
        )


def digest_of(packed: bytes, key: str) -> str:
    """Return an HMAC-SHA-256 under the issue's own ``key``: a part's reader can't try out the rest."""
    return hmac.digest(key.encode(), packed, "sha256").hex()


def is_sound(packed: bytes, key: str, digest: str) -> bool:
    """Return whether the stored content still has its digest; older issues have a digest without a key."""
    known = (digest_of(packed, key), hashlib.sha256(packed).hexdigest())
    return any(hmac.compare_digest(one, digest) for one in known)


def unpack_content(packed: bytes) -> IssueContent:
    held = json.loads(packed)
    return IssueContent(
        organisation=held["organisation"],
        title=Label(*held["title"]),
        classification=Label(*held["classification"]),
        regulations=tuple(Label(*pair) for pair in held["regulations"]),
        columns=tuple(EditionColumn(name, Label(zh, en)) for name, zh, en in held["columns"]),
        rows=tuple(
            EditionRow(entry, unit, name, tuple(map(_unpack_cell, cells)))
            for entry, unit, name, cells in held["rows"]
        ),
    )


def content_of(choosing: Choosing, edition: EditionRule) -> IssueContent:
    """Build what an issue made now would hold (I.4.1.1, I.4.1.2)."""
    policy = choosing.policy
    entries = choosing.included(edition)
    values = _values(entries)
    rows = [
        (_order(choosing, edition, entry, values[entry.id]), _row(choosing, edition, entry, values[entry.id]))
        for entry in entries
    ]
    rows.sort(key=lambda pair: pair[0])
    return IssueContent(
        organisation=store().settings.organisation,
        title=edition.label,
        classification=policy.classification,
        regulations=tuple(ref.title for ref in policy.policies),
        columns=tuple(map(EditionColumn, edition.columns, _headings(policy, edition))),
        rows=tuple(row for _key, row in rows),
    )


def _headings(policy: EffectivePolicy, edition: EditionRule) -> Sequence[Label]:
    return edition.headings or tuple(policy.field(name).label for name in edition.columns)


Values = Mapping[str, Sequence[str]]
Key = tuple[tuple[int, str], ...]


def _row(choosing: Choosing, edition: EditionRule, entry: Entry, values: Values) -> EditionRow:
    cells = tuple(_in_each(_value(choosing, name, entry, values)) for name in edition.columns)
    return EditionRow(entry.id, entry.unit_id, one_line(entry.name), cells)


def _in_each(text: Text) -> Cell:
    """Put ``text`` on one line; return a label where the two languages differ."""
    if isinstance(text, str):
        return one_line(text)
    said = [one_line(say(text, language)) for language in LANGUAGES]
    return said[0] if len(set(said)) == 1 else Label(*said)


def _value(choosing: Choosing, name: str, entry: Entry, values: Values) -> Text:
    rule = choosing.policy.field(name)
    if rule.kind == "unit":
        unit = _unit(choosing, name, entry, values)
        return str(choosing.units[unit].name) if unit is not None else ""
    own = values.get(name, ())
    if not own:
        own = choosing.contacts(entry.unit_id).get(name, ())
    return joined_texts([in_words(rule, value) for value in own])


def _unit(choosing: Choosing, name: str, entry: Entry, values: Values) -> int | None:
    """Return the unit that a field of that kind names: the entry's own, one on record, or its division."""
    if name == UNIT:
        return entry.unit_id
    stated = next((int(value) for value in values.get(name, ()) if value.isdigit()), None)
    return stated if stated in choosing.units else choosing.division(entry.unit_id)


def _order(choosing: Choosing, edition: EditionRule, entry: Entry, values: Values) -> Key:
    """Return the sort key by ``order_by``, departments as in the tree; heads first, then posts."""
    keys: list[tuple[int, str]] = []
    for name in edition.order_by:
        if choosing.policy.field(name).kind == "unit":
            unit = _unit(choosing, name, entry, values)
            keys.append((choosing.place.get(unit, -1) if unit is not None else -1, ""))
        else:
            keys.append((0, say(_value(choosing, name, entry, values), LANGUAGES[0])))
    head = choosing.heads.get(entry.unit_id) == entry.id
    order = [rule.id for rule in choosing.policy.posts]
    post = min((order.index(one) for one in choosing.posts(entry)), default=len(order))
    return (*keys, (0 if head else 1, ""), (post, ""), (entry.id, ""))


def _values(entries: Sequence[Entry]) -> dict[int, Values]:
    """Return every value on record, protected ones too: an edition holds its columns in full."""
    found = values_of_many([entry.id for entry in entries])
    for entry in entries:
        for name in COLUMNS:
            value = getattr(entry, name)
            if name not in (UNIT, "inside_owner") and value:
                found[entry.id][name] = [str(value)]
    return {entry: dict(values) for entry, values in found.items()}


def _pair(label: Label) -> list[str]:
    return [label.zh, label.en]


def _pack_cell(cell: Cell) -> str | list[str]:
    return cell if isinstance(cell, str) else _pair(cell)


def _unpack_cell(cell: str | list[str]) -> Cell:
    return cell if isinstance(cell, str) else Label(*cell)
