"""What the record says of imports before: how far a file came in that comes in part by part, which kinds
of file came in without some of their columns, and by what their people were matched. Not an operation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from db.desk.importing.columns import head_key
from db.store.record_words import words_of
from db.store.tables import AuditRecord

LOAD: Final = "importing.load"
SUBMIT: Final = "importing.submit"
VIEW: Final = "importing.view"
LOOKED_BACK = 100
"""Parts of imports among which a file is sought."""


@dataclass(frozen=True, slots=True)
class Begun:
    """So many ``people`` came in; ``first_load``: into a new book; ``account``: by whom, if before."""

    people: int = 0
    first_load: bool = False
    account: int | None = None


NOT_BEGUN: Final = Begun()


def begun_import(book: str, digest: str) -> Begun:
    """Return how far this file came when last imported, by the audit; `NOT_BEGUN` if whole or never."""
    for row in _imports(book, LOAD):
        detail = words_of(row).detail
        if detail.get("digest") == digest:
            people, of = int(detail.get("taken", 0)), int(detail.get("of", 0))
            return Begun(people, bool(detail["first_load"]), row.account) if people < of else NOT_BEGUN
    return NOT_BEGUN


def kind_of(headings: Sequence[str]) -> str:
    """Return what a file is known by whose headings are these, in whatever order."""
    keys = sorted(filter(None, map(head_key, headings)))
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def was_cut(book: str, kind: str) -> bool:
    """Return whether a file of this kind came into ``book`` without the columns that it has no place for."""
    return any(words_of(row).detail.get("without") == kind for row in _imports(book, LOAD, SUBMIT))


def matched_by(book: str, kind: str) -> str:
    """Return what people were last matched by in a file of this kind; empty where nothing was chosen."""
    for row in _imports(book, LOAD, SUBMIT, VIEW):
        name, _blank, of = str(words_of(row).detail.get("matched", "")).partition(" ")
        if of == kind:
            return name
    return ""


def people_imported(book: str, since: str = "", before: str = "9") -> Iterator[tuple[str, range]]:
    """Yield when people came into ``book``, and their entries, by the audit; none of its first load."""
    moments = (AuditRecord.at >= since) & (AuditRecord.at < before)
    here = (AuditRecord.book == book) & AuditRecord.act.in_((LOAD, SUBMIT)) & (AuditRecord.outcome == "done")
    for row in AuditRecord.select().where(here & moments).order_by(AuditRecord.seq):
        detail = words_of(row).detail
        if "first_entry" in detail and not detail["first_load"]:
            first = int(detail["first_entry"])
            yield row.at, range(first, first + int(detail["entries"]))


def _imports(book: str, *acts: str) -> Iterator[AuditRecord]:
    here = (AuditRecord.book == book) & AuditRecord.act.in_(acts) & (AuditRecord.outcome == "done")
    yield from AuditRecord.select().where(here).order_by(AuditRecord.seq.desc()).limit(LOOKED_BACK)
