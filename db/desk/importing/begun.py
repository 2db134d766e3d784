"""How far a file came in that comes in part by part, as the record says. Not an operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from db.store.record_words import words_of
from db.store.tables import AuditRecord

LOAD: Final = "importing.load"
LOOKED_BACK = 100
"""Parts of imports among which a file is sought."""


@dataclass(frozen=True, slots=True)
class Begun:
    """So many ``people`` came in; ``first_load``: into a book that was new then; ``account``: by whom, where
    that was before."""

    people: int = 0
    first_load: bool = False
    account: int | None = None


NOT_BEGUN: Final = Begun()


def begun(book: str, digest: str) -> Begun:
    """Return how far the file with this SHA-256 came when it was imported last, by the audit; `NOT_BEGUN`
    where it came in to its end or was not imported."""
    rows = (
        AuditRecord.select()
        .where((AuditRecord.book == book) & (AuditRecord.act == LOAD) & (AuditRecord.outcome == "done"))
        .order_by(AuditRecord.seq.desc())
        .limit(LOOKED_BACK)
    )
    for row in rows:
        detail = words_of(row).detail
        if detail.get("digest") == digest:
            people, of = int(detail.get("taken", 0)), int(detail.get("of", 0))
            return Begun(people, bool(detail["first_load"]), row.account) if people < of else NOT_BEGUN
    return NOT_BEGUN
