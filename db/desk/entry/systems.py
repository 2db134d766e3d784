"""Which systems there are, and which books are kept in step with them."""

from __future__ import annotations

from typing import Final

from db.desk.authority.standing import policy_of
from db.policy.schema.book import SyncRule
from db.store.engine import store
from db.store.tables import Book

WECOM: Final = "wecom"


def connected() -> bool:
    """Whether the settings say how to reach the system; else its import file is the way."""
    return store().settings.wecom is not None


def rule_of(book: str) -> SyncRule | None:
    """What of ``book`` is kept in step, if anything."""
    return next((rule for rule in policy_of(book).sync if rule.system == WECOM), None)


def synced_books() -> tuple[str, ...]:
    """The books that are kept in step."""
    rows = Book.select(Book.id).where(Book.active).order_by(Book.sort, Book.id)
    return tuple(row.id for row in rows if rule_of(row.id) is not None)
