"""How far a book and the system outside differ, as plain values; never the values that differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from db.desk.authority.permissions import policy_of
from db.desk.entry.alike import looking_like
from db.desk.entry.systems import WECOM, is_connected
from db.desk.notation.localtime import local
from db.desk.outside.survey import UNPLACED, What
from db.language import Label, Message, Text, _
from db.store.name_spelling import find_misspelling, spell_name
from db.store.tables import Book, Entry, OutsideChange, OutsideFinding, OutsideSurvey, Unit

WHAT: dict[What, Message] = {
    "missing-there": _("missing in WeCom"),
    "missing-here": _("only in WeCom"),
    "differs": _("differs"),
}
STATES: dict[str, Message] = {"waiting": _("waits to be told"), "dead": _("given up")}


@dataclass(frozen=True, slots=True)
class DriftRow:
    """Somebody in whom the two sides differ. ``stands``: what is under way about it; of somebody whom only
    the outside system knows, what is strange about their name."""

    id: int
    what: What
    what_label: Message
    entry: int | None
    name: str
    unit: str
    account: str
    fields: tuple[Text, ...]
    stands: Text
    problem: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the book and the system differ, as of the comparison ``at``.

    ``waiting`` and ``dead`` count changes that are still to be told, and those that were given up.
    ``by_digest``: what is there can't be read; the last thing told stands for it. ``connected``: the settings
    say how to reach the system.
    """

    book: str
    book_label: Label
    clause: str
    connected: bool
    at: str | None
    asked: bool
    here: int
    there: int
    by_digest: bool
    problem: str
    waiting: int
    dead: int
    rows: tuple[DriftRow, ...]


def drift_of(book: str, clause: str) -> Drift:
    """Return how far ``book`` differs from the system outside, as the last comparison found it, with the
    changes not done yet; ``clause`` is what it cites."""
    row, title = survey_of(book), Book.get_by_id(book)
    changes = {
        change.entry_id: change
        for change in OutsideChange.select()
        .where((OutsideChange.book == book) & (OutsideChange.state != "done"))
        .order_by(OutsideChange.id)
    }
    states = [change.state for change in changes.values()]
    return Drift(
        book=book,
        book_label=title.title,
        clause=clause,
        connected=is_connected(),
        at=local(row.at)[:16] if row is not None and row.at else None,
        asked=row is not None and (row.asked_at or "") > (row.at or ""),
        here=row.here if row is not None else 0,
        there=row.there if row is not None else 0,
        by_digest=row is not None and row.by_digest,
        problem=row.problem if row is not None else "",
        waiting=states.count("waiting"),
        dead=states.count("dead"),
        rows=tuple(_row(book, one, changes.get(one.entry_id or 0)) for one in findings_of(row)),
    )


def survey_of(book: str) -> OutsideSurvey | None:
    """Return the last comparison of ``book``, which may be only asked for."""
    found: OutsideSurvey | None = OutsideSurvey.get_or_none(
        (OutsideSurvey.system == WECOM) & (OutsideSurvey.book == book)
    )
    return found


def findings_of(survey: OutsideSurvey | None) -> list[OutsideFinding]:
    if survey is None:
        return []
    rows = OutsideFinding.select().where(OutsideFinding.survey == survey)
    return list(rows.order_by(OutsideFinding.problem.desc(), OutsideFinding.id))


def _row(book: str, one: OutsideFinding, change: OutsideChange | None) -> DriftRow:
    entry = Entry.get_or_none(Entry.id == one.entry_id)
    what = cast("What", one.problem)
    labels: dict[str, Text] = {rule.name: rule.label for rule in policy_of(book).fields}
    labels[UNPLACED] = _("department missing")
    return DriftRow(
        id=one.id,
        what=what,
        what_label=WHAT[what],
        entry=one.entry_id,
        name=entry.name if entry is not None else one.name,
        unit=str(Unit.get_by_id(entry.unit_id).name) if entry is not None else "",
        account=one.account,
        fields=tuple(labels.get(name, name) for name in json.loads(one.fields)),
        stands=STATES[change.state] if change is not None else _strange(book, one),
        problem=change.problem if change is not None else "",
    )


def _strange(book: str, one: OutsideFinding) -> Text:
    """Return what is wrong with the name of somebody whom only the outside system knows: it is misspelt, or
    looks like another's."""
    if one.entry_id is not None or not one.name:
        return ""
    if wrong := find_misspelling(spell_name(one.name)):
        return wrong
    others = [row for rows in looking_like(book, [one.name]).values() for row in rows]
    if not others:
        return ""
    return _(
        "It looks like {name} in {unit}, in other letters.", name=others[0].name, unit=others[0].unit.name
    )
