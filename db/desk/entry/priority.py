"""Tagged people, whose matters come first among those of the same day (F.3.2). Not an operation."""

from __future__ import annotations

from typing import NamedTuple

from db.desk.authority.permissions import Permissions
from db.language import Text
from db.policy.schema.book import USUAL_RANK
from db.store.tables import Entry, EntryTag


class Tagged(NamedTuple):
    """The tag that puts an entry first; a smaller ``rank`` comes before a larger one."""

    rank: int
    label: Text


NO_TAG = Tagged(USUAL_RANK, "")


class Priority:
    """The tags by which matters about entries of the reader's books come first."""

    def __init__(self, permissions: Permissions) -> None:
        self._tagged: dict[int, Tagged] = {}
        for book in permissions.books:
            tags = {rule.id: rule for rule in permissions.policy(book).tags if rule.rank < USUAL_RANK}
            if not tags:
                continue
            rows = (
                EntryTag.select(EntryTag.entry, EntryTag.tag)
                .join(Entry)
                .where((Entry.book == book) & EntryTag.tag.in_(list(tags)))
            )
            for row in rows:
                rule, before = tags[row.tag], self.tag_of(row.entry_id)
                if rule.rank < before.rank:
                    self._tagged[row.entry_id] = Tagged(rule.rank, rule.label)

    def tag_of(self, entry: int | None) -> Tagged:
        """Return the tag by which matters about ``entry`` come first; of none, `NO_TAG`."""
        return self._tagged.get(entry or 0, NO_TAG)


def priority_of(permissions: Permissions) -> Priority:
    """Return the priority for ``permissions``, read once for as long as nothing changes on record."""
    kept: Priority | None = permissions.derived.get((Priority, permissions.books))
    if kept is None:
        kept = permissions.derived[Priority, permissions.books] = Priority(permissions)
    return kept
