"""Whom the running transaction concerns: the people whose standing its rows move."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from db.store.engine import store
from db.store.journal.capture import Change, changed_rows
from db.store.tables import Account, Entry, Person

PERSONAL = (
    "grant", "account", "activation", "delegation", "access_grant", "copy_grant", "sign_in_session",
    "recovery_code", "consent", "trained", "entry_tag", "notice_recipient", "notice", "paper_scan",
)  # fmt: skip
"""Tables whose rows give, take or show something to one person, and who was told of something."""
TOLD = "notice_recipient"


@dataclass(frozen=True, slots=True)
class Concerned:
    """``accounts`` and ``persons`` whose standing is moved; ``roles`` that are given or taken, each with its
    book; ``losing``: whose role ends, each as account or as person; ``told``: accounts that the act itself
    told something, not what was announced before."""

    accounts: frozenset[int]
    persons: frozenset[int]
    roles: frozenset[tuple[str, str]]
    told: frozenset[int]
    losing: frozenset[tuple[int, int]]

    def on_record(self) -> Concerned:
        """Return it without accounts and persons that are not on record, which an undone act had made: their
        numbers may be others' later."""
        accounts = {row.id for row in Account.select(Account.id).where(Account.id.in_(self.accounts))}
        persons = {row.id for row in Person.select(Person.id).where(Person.id.in_(self.persons))}
        losing = {one for one in self.losing if one[0] in accounts or one[1] in persons}
        return replace(
            self, accounts=frozenset(accounts), persons=frozenset(persons), losing=frozenset(losing)
        )


class OfPerson(Protocol):
    """A row that concerns one person, or somebody who is gone."""

    @property
    def person_id(self) -> int | None: ...


R = TypeVar("R", bound=OfPerson)


def own_part(objector: int | None, rows: Sequence[R]) -> list[R]:
    """Return those of ``rows`` that an objection takes back: the objector's own where there are any, else
    all."""
    person = Account.get_by_id(objector).person_id if objector is not None else None
    mine = [row for row in rows if row.person_id is not None and row.person_id == person]
    return mine or list(rows)


def find_concerned(after: int) -> Concerned:
    """Return the accounts, persons and roles whom the changes since ``after`` concern
    (`rows.last_change`)."""
    accounts, persons, roles = set[int](), set[int](), set[tuple[str, str]]()
    entries, notices, read_by = set[int](), set[int](), set[tuple[int, int]]()
    losing = set[tuple[int, int]]()
    for name, row, ended in _rows(changed_rows(store().database, after, PERSONAL)):
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
            if ended:
                losing.add((row["account_id"] or 0, row["person_id"] or 0))
    if entries:
        persons.update(row.person_id for row in Entry.select(Entry.person).where(Entry.id.in_(entries)))
    told = frozenset(account for notice, account in read_by if notice in notices)
    return Concerned(frozenset(accounts), frozenset(persons), frozenset(roles), told, frozenset(losing))


def _rows(changes: Iterable[Change]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield table and row before and after each change, and whether the change ends the row earlier than it
    would have."""
    for name, before, after in changes:
        if name == "account" and after is None:
            continue  # an account that is gone is nobody's
        was, now = (None if text is None else json.loads(text) for text in (before, after))
        for row in filter(None, (was, now)):
            yield name, row, was is not None and (now is None or _ends_sooner(was, now))


def _ends_sooner(was: dict[str, Any], now: dict[str, Any]) -> bool:
    ends = [[row[name] for name in ("revoked_at", "until") if row.get(name)] for row in (was, now)]
    return bool(ends[1]) and (not ends[0] or min(ends[1]) < min(ends[0]))


def _numbers(row: dict[str, Any], names: Sequence[str]) -> Iterator[int]:
    for name in names:
        if row.get(name) is not None:
            yield row[name]
