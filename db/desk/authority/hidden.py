"""Tasks, and records of the audit, that are not there for a reader whom they concern (A.18)."""

from __future__ import annotations

from typing import Literal

from db.desk.authority.permissions import Permissions
from db.desk.hooks import hooks


def hidden_tasks(permissions: Permissions) -> frozenset[int]:
    return _hidden(permissions, "hidden_tasks")


def hidden_records(permissions: Permissions) -> frozenset[int]:
    return _hidden(permissions, "hidden_records")


def _hidden(permissions: Permissions, what: Literal["hidden_tasks", "hidden_records"]) -> frozenset[int]:
    """Return the numbers, cached in ``permissions`` for as long as nothing changes on record."""
    known: frozenset[int] | None = permissions.derived.get(what)
    if known is None:
        found = (number for tell in getattr(hooks(), what) for number in tell(permissions))
        known = permissions.derived[what] = frozenset(found)
    return known
