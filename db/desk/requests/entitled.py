"""Who may decide on a look-up: only who is entitled to see the person asked for (A.13, C.10.1).

Where nobody who would decide for the asker is, the step goes to the department of the person asked for. What
was granted on a request of one's own entitles to nothing here: it is not handed on.
"""

from __future__ import annotations

from db.desk.authority.permissions import GRANTED, Permissions
from db.desk.authority.reach import covering_reaches
from db.desk.entry.colleagues import side_of
from db.store.tables import Entry


def may_see(permissions: Permissions, entry: Entry) -> bool:
    """Return whether ``permissions`` covers ``entry`` by a role; an access right to it does not count."""
    found = covering_reaches(permissions, entry.book_id, side_of(entry), entry.id, entry.unit_id)
    return any(reach.role != GRANTED for reach in found)


def department_of(entry: Entry) -> int:
    """Return the unit whose head answers for ``entry``: an outside contact's is its owner's (E.5)."""
    owner = Entry.get_or_none((Entry.id == entry.inside_owner) & (Entry.state == "active"))
    return int(entry.unit_id if owner is None else owner.unit_id)
