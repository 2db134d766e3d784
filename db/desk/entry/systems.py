"""Which systems there are, and which books are kept in step with them."""

from __future__ import annotations

from typing import Final

from db.desk.authority.permissions import policy_of
from db.policy.schema.book import SyncRule
from db.store.engine import store
from db.store.tables import Book

WECOM: Final = "wecom"


def is_connected() -> bool:
    """Return whether the settings name an outside system to sync with; else people import its file by
    hand."""
    return store().settings.wecom is not None


def rule_of(book: str) -> SyncRule | None:
    return next((rule for rule in policy_of(book).sync if rule.system == WECOM), None)


def automatic_sync_rule(book: str) -> SyncRule | None:
    """Return the rule by which ``book`` is synced to the outside system automatically; None without a
    connection, and where nobody may take a copy out (I.4.4.2)."""
    policy = policy_of(book)
    return rule_of(book) if is_connected() and policy.kept_in(policy.maintainer.role) is None else None


def synced_books() -> tuple[str, ...]:
    rows = Book.select(Book.id).where(Book.active).order_by(Book.sort, Book.id)
    return tuple(row.id for row in rows if rule_of(row.id) is not None)
