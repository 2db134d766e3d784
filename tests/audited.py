"""What records of the audit say: it lies sealed in them."""

from __future__ import annotations

from db.store.audit import canonical
from db.store.record_words import words_of
from db.store.tables import AuditRecord


def detail_of(record: AuditRecord) -> str:
    """The particulars of ``record`` as JSON with one spelling only."""
    return canonical(words_of(record).detail).decode("utf-8")


def purpose_of(record: AuditRecord) -> str:
    """For which purpose it was done."""
    return words_of(record).purpose
