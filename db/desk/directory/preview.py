"""What a screen tells of the person under its cursor besides their line: whom they report to as far as the
reader sees those people, and what to say to them. Not an operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from db.approval.capacity import HOLDER
from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.reach import search_scope_of
from db.desk.authority.sight import Shown, sights_of, visible_fields
from db.desk.directory.contact_copy import clause_against_copies
from db.desk.directory.contacting import Contact, contact_card
from db.desk.directory.directory_views import reader_of, values_of
from db.desk.directory.revealed import Revealed, StatedPurpose
from db.desk.entry.colleagues import side_of
from db.desk.entry.lines import EntryLine
from db.desk.entry.record import values_of_many
from db.desk.entry.units import path_of
from db.desk.requests.entitled import may_see
from db.language import Text, _
from db.policy.private_roles import EMPLOYEE
from db.policy.vocabulary import HEAD, Side
from db.store import clock
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.tables import Entry
from db.store.tables.accounts import in_force

Marks = tuple[Text, ...]
_CALLED = ("extension", "phone")
"""Kinds of number that stand behind a superior's name, where they are open."""


class Superior(NamedTuple):
    """Whoever heads a unit above somebody, ``acting`` for the time being; ``number`` is an open one."""

    entry: int
    name: str
    number: str
    acting: bool


@dataclass(frozen=True, slots=True)
class EntryPreview:
    """Of one entry: the ``path`` of its unit and its ``superiors``, the nearest first, as far as the reader
    sees them; both are empty for somebody seen by a granted access or a disclosure alone. ``stated`` is what
    something of it was revealed for in this session, ``words`` what to say for that, and ``masks`` what
    stands in its place again after so many seconds (``lasts``)."""

    path: tuple[str, ...]
    superiors: tuple[Superior, ...]
    verified_at: str | None
    stated: StatedPurpose | None
    words: Contact | None = None
    copy_clause: str = ""
    """By which nobody copies a contact of this book."""
    masks: tuple[Shown, ...] = ()
    lasts: float = 0.0


def preview_of(permissions: Permissions, row: Entry, revealed: Revealed) -> EntryPreview:
    path: tuple[str, ...] = ()
    superiors: tuple[Superior, ...] = ()
    if may_see(permissions, row):
        path = path_of(row.unit_id)
        superiors = () if side_of(row) == "external" else _superiors(permissions, row)
    stated = revealed.last_purpose(row.id)
    against = clause_against_copies(permissions, policy_of(row.book_id))
    if stated is None:
        return EntryPreview(path, superiors, row.verified_at, None, copy_clause=against)
    reader = reader_of(permissions, row)
    names, lasts = revealed.open_fields(row.id)
    rules = [rule for rule in policy_of(row.book_id).fields if rule.name in names]
    masks = visible_fields(rules, values_of(row), reader)
    words = contact_card(permissions, row, reader, stated.purpose)
    return EntryPreview(path, superiors, row.verified_at, stated, words, against, masks, lasts)


def marks_of(permissions: Permissions, book: str, side: Side, lines: Sequence[EntryLine]) -> dict[int, Marks]:
    """Return the marks behind names: who heads a unit or deputises, and whose last day was approved. The
    latter is shown to the person and to those who ask for or decide on leaves there."""
    if side == "external" or not lines:
        return {}
    known = [line for line in lines if line.own or _may_know_of_leave(permissions, book, line.unit)]
    heads, leaving = _heads_and_last_days([line.entry for line in lines], [line.entry for line in known])
    found: dict[int, Marks] = {}
    for entry, capacity in heads.items():
        found[entry] = (_("[head]") if capacity == HOLDER else _("[deputy]"),)
    for entry, day in leaving.items():
        found[entry] = (*found.get(entry, ()), _("[leaves {day}]", day=day[5:]))
    return found


def _superiors(permissions: Permissions, row: Entry) -> tuple[Superior, ...]:
    """Return the heads of the units above ``row``, as far as the reader sees them. A head out of sight is
    left out as if there were none, which is what a vacant office looks like."""
    ground = search_scope_of(permissions, row.book_id, "internal")
    ground.read_ancestors([row.unit_id])
    heads = heads_in(row.book_id, above := ground.above[row.unit_id])
    kinds = [rule for kind in _CALLED for rule in policy_of(row.book_id).fields if rule.kind == kind]
    found: dict[int, tuple[Entry, bool]] = {}
    for head in filter(None, map(heads.get, above)):
        one = Entry.get_by_id(head.entry)
        if one.id != row.id and one.id not in found and may_see(permissions, one):
            found[one.id] = one, head.capacity != HOLDER
    values = values_of_many(list(found), fields=[rule.name for rule in kinds])
    superiors = list[Superior]()
    for one, acting in found.values():
        shown = visible_fields(kinds, values[one.id], reader_of(permissions, one))
        number = next((str(field.texts[0]) for field in shown if field.look == "open"), "")
        superiors.append(Superior(one.id, one.name, number, acting))
    return tuple(superiors)


def _heads_and_last_days(
    entries: Sequence[int], known: Sequence[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return in which capacity those of ``entries`` who head a unit of their book do, as holder first; and
    the last days that were approved for those who are ``known``. One statement, since every page of hits asks
    it; by a cross join SQLite begins with the few, not with every head or every request that was applied."""
    heads, given = is_among("e.id", entries)
    leaving, asked = is_among("d.entry_id", known)
    held = in_force("g").format(now=database.param)
    now = clock.now()
    rows = fetch(
        f'SELECT e.id, 0, g.capacity FROM entry e CROSS JOIN "grant" g WHERE {heads}'
        f" AND g.person_id = e.person_id AND g.book_id = e.book_id AND g.role = {database.param} AND {held}"
        f" UNION ALL SELECT d.entry_id, d.id, d.day FROM last_day d CROSS JOIN request r WHERE {leaving}"
        " AND r.id = d.request_id AND d.state <> 'lifted' AND r.state = 'applied'",
        (*given, HEAD, now, now, *asked),
    )
    rows = sorted(rows, key=lambda row: (row[1], row[2] == HOLDER))
    return {row[0]: row[2] for row in rows if not row[1]}, {row[0]: row[2] for row in rows if row[1]}


def _may_know_of_leave(permissions: Permissions, book: str, unit: int) -> bool:
    """Return whether the reader holds a role over ``unit`` that asks for a leave there or decides on it."""
    flow = permissions.policy(book).flow("leave")
    roles = {*flow.submit, *(step.role for step in flow.steps)} - {EMPLOYEE}
    sights = sights_of(permissions, book, "internal")
    return any(reach.role in roles for reach in sights.covering_reaches(0, unit))
