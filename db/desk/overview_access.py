"""Who used the book how often, and what was refused them by which clause (C.6, C.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import fn

from db.desk.audit import day_begins
from db.desk.audit_scope import of_book
from db.desk.audit_words import act_label
from db.language import Text
from db.store.tables import Account, AuditRecord, Entry, Person, Unit


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One person's doing one act. ``last`` is the stored time of the last one."""

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
        of_book(book, unit)
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
    for account, act, outcome, clause, count, latest in grouped.tuples():
        tally = acts.setdefault((account, act), _Tally())
        tally.add(outcome, clause, int(count), latest)
    people = _people(book, {account for account, _act in acts if account is not None})
    rows = []
    for (account, act), tally in acts.items():
        login, who, unit_name = people.get(account, ("", "", ""))
        clauses = ", ".join(sorted(tally.clauses))
        rows.append(
            AccessRow(
                login, who, unit_name, act, act_label(act), tally.done, tally.refused, clauses, tally.last
            )
        )
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


def _people(book: str, accounts: Iterable[int]) -> dict[int | None, tuple[str, str, str]]:
    """Login, name, and unit in ``book`` of each account."""
    query = (
        Account.select(Account.id, Account.login, Person.name, Unit.name)
        .left_outer_join(Person)
        .left_outer_join(Entry, on=((Entry.person == Person.id) & (Entry.book == book) & (Entry.state == "active")))
        .left_outer_join(Unit, on=(Entry.unit == Unit.id))
        .where(Account.id.in_(list(accounts)))
    )
    return {row[0]: (row[1], row[2] or row[1], row[3] or "") for row in query.tuples()}
