"""Whom the running transaction concerns: the people whose standing its rows move."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db.store.engine import store
from db.store.journal.capture import Change, changed_rows
from db.store.tables import Entry

PERSONAL = (
    "grant", "account", "activation", "delegation", "access_grant", "copy_grant", "sign_in_session",
    "recovery_code", "consent", "trained", "entry_tag", "notice_recipient", "paper_scan",
)  # fmt: skip
"""Tables whose rows give, take or show something to one person, and who was told of something."""
TOLD = "notice_recipient"


@dataclass(frozen=True, slots=True)
class Concerned:
    """``accounts`` and ``persons`` whose standing is moved; ``roles`` that are given or taken, each with its
    book; ``told``: accounts that the act itself told something."""

    accounts: frozenset[int]
    persons: frozenset[int]
    roles: frozenset[tuple[str, str]]
    told: frozenset[int]


def concerned(after: int) -> Concerned:
    """Whom what was changed since ``after`` concerns (`rows.last_change`)."""
    accounts, persons, roles, told = set[int](), set[int](), set[tuple[str, str]](), set[int]()
    entries = set[int]()
    changes = changed_rows(store().database, after, PERSONAL)
    for name, before, now in changes:
        if name == TOLD and before is None and now is not None:  # to acknowledge for somebody tells nobody
            told.add(json.loads(now)["account_id"])
    for name, row in _rows(one for one in changes if one[0] != TOLD):
        accounts.update(_numbers(row, ("account_id", "to_id")))
        persons.update(_numbers(row, ("person_id",)))
        if name == "entry_tag":
            entries.add(row["entry_id"])
        if name == "account":
            accounts.add(row["id"])
        if name == "grant":
            roles.add((row["role"], row["book_id"] or ""))
    if entries:
        persons.update(row.person_id for row in Entry.select(Entry.person).where(Entry.id.in_(entries)))
    return Concerned(frozenset(accounts), frozenset(persons), frozenset(roles), frozenset(told))


def _rows(changes: Iterable[Change]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, before, after in changes:
        if name == "account" and after is None:
            continue  # an account that is gone is nobody's
        for text in (before, after):
            if text is not None:
                yield name, json.loads(text)


def _numbers(row: dict[str, Any], names: Sequence[str]) -> Iterator[int]:
    for name in names:
        if row.get(name) is not None:
            yield row[name]
