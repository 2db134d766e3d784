"""That an entry came, changed or went, noted for the system outside within the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from db.desk.entry.systems import WECOM, automatic_sync_rule
from db.desk.hooks import hooks
from db.store import clock
from db.store.tables import Entry, OutsideChange

Event = Literal["join", "change", "leave"]
ALWAYS = frozenset({"name", "unit", "position"})
"""Fields that the system places a person by, whatever else it is told."""


def note_entered(book: str, entries: Sequence[int]) -> None:
    """Run the hooks ``entered`` and ``joined`` for ``entries`` that were entered in ``book``."""
    note_joined(book, entries)
    for part in hooks().entered:
        part(book, entries)


def note_joined(book: str, entries: Sequence[int]) -> None:
    """Run every ``joined`` hook once, with all ``entries`` that newly appeared in ``book``, in the running
    transaction."""
    for part in hooks().joined:
        part(book, entries)


def note_change(entry: Entry, event: Event, fields: Iterable[str] = ()) -> None:
    """Run the hooks ``changed`` for ``entry``, and queue the change for the outside system where its book's
    regulations ask for that. ``fields`` are those that changed."""
    for part in hooks().changed:
        part(entry, event)
    rule = automatic_sync_rule(entry.book_id)
    if rule is None or event not in rule.on or entry.unit.side == "external":
        return
    if event != "change" or not ALWAYS.union(rule.fields).isdisjoint(fields):
        queue_change(entry, event)


def queue_change(entry: Entry, event: Event) -> None:
    """Queue a change of ``entry`` for the outside system, even where one waits already, as that one may be
    under way."""
    moment = clock.now()
    OutsideChange.create(
        system=WECOM, book=entry.book_id, entry=entry, event=event, next_at=moment, made_at=moment
    )
