"""Who used the book how often, and what was refused them by which clause (C.6, C.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import fn

from db.desk.audit.act_names import act_label
from db.desk.audit.scope import disjoint_conditions
from db.desk.authority.permissions import root_of
from db.desk.extracts.report_rights import Extent, Numbers
from db.desk.notation.localtime import day_begins, local
from db.language import Text
from db.policy.schema.base import cite_set
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.tables import AuditRecord

AT_ONCE = 500
PEOPLE = """
SELECT a.id, a.login, p.name, u.name FROM account a LEFT JOIN person p ON p.id = a.person_id
    LEFT JOIN entry e ON e.person_id = p.id AND e.book_id = {mark} AND e.state = 'active'
    LEFT JOIN unit u ON u.id = e.unit_id
WHERE """


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


def access(place: Extent, first: date, last: date) -> tuple[AccessRow, ...]:
    """Count acts from ``place`` down by person and act, the most refused first, failed ones as refused; but
    for what is about the reader."""
    alike = (AuditRecord.account, AuditRecord.act, AuditRecord.outcome, AuditRecord.clause)
    counted = fn.COUNT(AuditRecord.seq)
    acts: dict[tuple[int | None, str], _Tally] = {}
    for part in _parts(place, first, last):
        grouped = AuditRecord.select(*alike, counted, fn.MAX(AuditRecord.at)).where(part)
        rows = database.execute(grouped.group_by(*alike)).fetchall()
        for account, act, outcome, clause, count, latest in rows:
            acts.setdefault((account, act), _Tally()).add(outcome, clause, int(count), latest)
    people = people_of(place.book, {account for account, _act in acts if account is not None})
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


def refusal_numbers(place: Extent, first: date, last: date) -> Numbers:
    """Count what was refused or failed from ``place`` down, and to how many."""
    refused: dict[int | None, int] = {}
    for part in _parts(place, first, last):
        rows: Any = AuditRecord.select(AuditRecord.account, fn.COUNT(AuditRecord.seq))
        for account, count in (
            rows.where(part & (AuditRecord.outcome != "done")).group_by(AuditRecord.account).tuples()
        ):
            refused[account] = refused.get(account, 0) + count
    return sum(refused.values()), len(refused)


def _parts(place: Extent, first: date, last: date) -> Iterator[Any]:
    """Yield conditions that no record fits two of, on those of the place and the days."""
    days = (AuditRecord.at >= day_begins(first)) & (AuditRecord.at < day_begins(last + timedelta(days=1)))
    unit = None if place.unit == root_of(place.book) else place.unit
    for part in disjoint_conditions(place.permissions, [(place.book, unit)]):
        yield part & days


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
    """Return by account its login, its person's name and their unit in ``book``."""
    found: dict[int | None, tuple[str, str, str]] = {}
    wanted = sorted(accounts)
    for start in range(0, len(wanted), AT_ONCE):
        where, given = is_among("a.id", wanted[start : start + AT_ONCE])
        for number, login, name, unit in fetch(PEOPLE.format(mark=database.param) + where, (book, *given)):
            found[number] = (login, name or login, unit or "")
    return found
