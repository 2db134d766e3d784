"""Offices that come with an entry of a kind: who is entered as the safety officer of a department is its
officer (B.3.2). Not an operation.

Such an office is of the entry's own unit, never of the whole book, and goes as every other does: once the
person moves out of the unit, leaves, or is relieved of it.
"""

from __future__ import annotations

from collections.abc import Collection

from db.desk.accounts.granting import appoint
from db.desk.authority.offices import held_now
from db.desk.authority.permissions import policy_of
from db.desk.due_dates import today
from db.store.tables import Entry, Grant, Unit


def bring_offices(book: str, entries: Collection[int]) -> None:
    """Appoint the people of ``entries``, which have just come into ``book`` or into a unit of it, to the
    offices of their units that their kinds bring and they don't hold; notify each, and the watchers. At the
    root there are none."""
    policy = policy_of(book)
    brought = {kind.id: kind for kind in policy.kinds if kind.office is not None}
    if not brought:
        return
    below_the_root = Unit.parent.is_null(False)
    coming = (
        Entry.select().join(Unit).where((Entry.book == book) & (Entry.state == "active") & below_the_root)
    )
    for entry in coming.where(Entry.kind.in_(list(brought)) & Entry.id.in_(list(entries))).order_by(Entry.id):
        kind = brought[entry.kind]
        role = str(kind.office)
        if not held_now(book, role, entry.unit_id, person=entry.person_id):
            office = Grant(person=entry.person_id, role=role, book=book, unit=entry.unit_id)
            appoint(office, today(), by=None, clause=kind.clause)
