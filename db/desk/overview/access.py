"""Who used the book how often, and what was refused them by which clause (C.6, C.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import fn

from db.desk.audit.act_names import act_label
from db.desk.audit.scope import of_book
from db.desk.notation.localtime import day_begins, local
from db.language import Text
from db.policy.schema.base import cite_set
from db.store.tables import Account, AuditRecord, Entry, Person, Unit


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One person's doing one act. ``last`` is the local time of the last one."""

    login: str
    who: str
    unit: str
    act: str
    label: Text
    done: int
    refused: int
    clauses: str
    last: str


def access(book: str, unit: int | None, first: date, last: date) -> tuple[AccessRow, ...]:
    """Acts in ``book`` from ``unit`` down (None: all of it), people with refusals first."""
    condition = (
        of_book(book, unit, one_by_one=True)
        & (AuditRecord.at >= day_begins(first))
        & (AuditRecord.at < day_begins(last + timedelta(days=1)))
    )
    counted = fn.COUNT(AuditRecord.seq)
    grouped = (
        AuditRecord.select(
            AuditRecord.account,
            AuditRecord.act,
            AuditRecord.outcome,
            AuditRecord.clause,
            counted,
            fn.MAX(AuditRecord.at),
        )
        .where(condition)
        .group_by(AuditRecord.account, AuditRecord.act, AuditRecord.outcome, AuditRecord.clause)
    )
    acts: dict[tuple[int | None, str], _Tally] = {}
    rows_of_acts: Any = grouped.tuples()
    for account, act, outcome, clause, count, latest in rows_of_acts:
        tally = acts.setdefault((account, act), _Tally())
        tally.add(outcome, clause, int(count), latest)
    people = people_of(book, {account for account, _act in acts if account is not None})
    rows = [
        AccessRow(
            *people.get(account, ("", "", "")),
            act=act,
            label=act_label(act),
            done=tally.done,
            refused=tally.refused,
            clauses=cite_set(tally.clauses),
            last=local(tally.last),
        )
        for (account, act), tally in acts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.refused, -row.done, row.login, row.act)))


class _Tally:
    def __init__(self) -> None:
        self.done = 0
        self.refused = 0
        self.clauses: set[str] = set()
        self.last = ""

    def add(self, outcome: str, clause: str, count: int, latest: str) -> None:
        if outcome == "done":
            self.done += count
        else:
            self.refused += count
            self.clauses.update([clause] if clause else ())
        self.last = max(self.last, latest)


def people_of(book: str, accounts: Iterable[int]) -> dict[int | None, tuple[str, str, str]]:
    """Login, name, and unit in ``book`` of each account."""
    placed = (Entry.person == Person.id) & (Entry.book == book) & (Entry.state == "active")
    rows: Any = (
        Account.select(Account.id, Account.login, Person.name, Unit.name)
        .left_outer_join(Person)
        .left_outer_join(Entry, on=placed)
        .left_outer_join(Unit, on=(Entry.unit == Unit.id))
        .where(Account.id.in_(list(accounts)))
        .tuples()
    )
    return {number: (login, name or login, unit or "") for number, login, name, unit in rows}
