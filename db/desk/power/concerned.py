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
    "recovery_code", "consent", "trained", "entry_tag", "notice_recipient", "notice", "paper_scan",
)  # fmt: skip
"""Tables whose rows give, take or show something to one person, and who was told of something."""
TOLD = "notice_recipient"


@dataclass(frozen=True, slots=True)
class Concerned:
    """``accounts`` and ``persons`` whose standing is moved; ``roles`` that are given or taken, each with its
    book; ``told``: accounts that the act itself told something, not what was announced before."""

    accounts: frozenset[int]
    persons: frozenset[int]
    roles: frozenset[tuple[str, str]]
    told: frozenset[int]


def concerned(after: int) -> Concerned:
    """Find whom what was changed since ``after`` concerns (`rows.last_change`)."""
    accounts, persons, roles = set[int](), set[int](), set[tuple[str, str]]()
    entries, notices, read_by = set[int](), set[int](), set[tuple[int, int]]()
    for name, row in _rows(changed_rows(store().database, after, PERSONAL)):
        if name == TOLD:
            read_by.add((row["notice_id"], row["account_id"]))
            continue
        if name == "notice":
            notices.add(row["id"])
            continue
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
    told = frozenset(account for notice, account in read_by if notice in notices)
    return Concerned(frozenset(accounts), frozenset(persons), frozenset(roles), told)


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
