"""How much one person keeps on record a day (threat 58): a number of acts, of those that others have to deal
with, and of bytes.

An act counts where it leaves a row in one of the tables below, as the journal's triggers see it; so no
operation has to say so, and a table that nobody placed fails a test. Not counted is what somebody does with
what waits for them (`DECIDING`), and what an office does by the hundred (``mass`` at the operation). Who
holds a role besides that of an employee has `OFFICE` times as much. All accounts of a person are one. What
was withdrawn again counts: copies of it are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from db.desk.authority.permissions import Permissions
from db.desk.due_dates import today
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Refused
from db.language import Message, _
from db.store.engine import store
from db.store.journal.capture import count_added
from db.store.sql import for_update
from db.store.tables import Account, CaseFile, DayCount

OFFICE: Final = 10
"""How many times as much somebody has who holds a role."""
KEPT: Final = frozenset(
    {
        "evidence",
        "form_draft",
        "request",
        "consent",
        "disclosure",
        "unit_contact",
        "case_file",
        "case_attachment",
        "case_appeal",
        "commendation",
        "delegation",
        "campaign",
        "finding",
        "stale_sign",
        "help_call",
        "calendar_change",
        "call_attempt",
        "paper",
        "edition_issue",
    }
)
"""Tables whose rows somebody asks for, says or sends in."""
ON_OTHERS: Final = frozenset(
    {
        "request",
        "consent",
        "case_file",
        "case_appeal",
        "commendation",
        "delegation",
        "finding",
        "stale_sign",
        "help_call",
        "edition_issue",
    }
)
"""Of these those that others have to deal with."""
BESIDES: Final = {
    "story.": frozenset({"request_event"}),
    "lifecycle.expect": frozenset({"task"}),
    "guidance.": frozenset({"notice"}),
    "training.record": frozenset({"trained"}),
    "training.load": frozenset({"trained"}),
    "sorting.": frozenset({"notice"}),
    "accounts.enable": frozenset({"notice"}),
    "inspections.pass_on": frozenset({"notice"}),
}
"""Rows that follow something else, and that others have to deal with where operations that begin so are all
there is: a request that is only talked about, a joiner who is only awaited, an instruction to confirm, an
attendance that its people and those who watch are told of, or what is done and undone over and over. Nothing
holds up the disabling of an account."""
DECIDING: Final = ("queue.", "directory.", "audit.", "overview.", "notices.")
"""How the names begin of those that decide what waits for somebody, or only look."""
REPORT: Final = "cases.report"
"""Reports of breaches are counted by themselves: no other act of the day bars one (A.18)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person may keep in a day: ``acts``, of them ``on_others``, and ``size`` in bytes."""

    acts: int = 60
    on_others: int = 20
    size: int = 50 << 20


LIMITS: Final = Limits()


def charge_quota(operation: str, front: str, permissions: Permissions, after: int) -> None:
    """Lock the person's counts of the day and add what the running transaction wrote since ``after``; call as
    its last step but the record. Counts nothing from the host, nor acts that only decide or look
    (`DECIDING`). Raises Refused where the person would store more than a day allows; the caller undoes the
    transaction."""
    if front == "host" or operation.startswith(DECIDING):
        return
    besides = next((rows for named, rows in BESIDES.items() if operation.startswith(named)), frozenset())
    rows, size = count_added(store().database, after, KEPT | besides)
    if not rows:
        return
    day, person = today().isoformat(), _person_of(permissions.account)
    DayCount.insert(person=person, day=day).on_conflict_ignore().execute()
    row = for_update(DayCount.select().where((DayCount.person == person) & (DayCount.day == day))).get()
    row.acts, row.size = row.acts + 1, row.size + size
    row.on_others += operation != REPORT and bool(rows & (ON_OTHERS | besides))
    times = OFFICE if _holds_office(permissions) else 1
    limits: tuple[tuple[int, int, Message], ...] = (
        (row.acts, LIMITS.acts, _TOO_MANY),
        (row.on_others, LIMITS.on_others, _TOO_MUCH_WORK),
        (row.size, LIMITS.size, _TOO_LARGE),
    )
    if operation == REPORT:  # which nothing else bars (A.18)
        limits = ((_reports_of(permissions.account, day), LIMITS.on_others, _TOO_MUCH_REPORTED),)
    for used, most, said in limits:
        if used > most * times:
            shown = most * times >> 20 if said is _TOO_LARGE else most * times
            raise Refused(
                Message(said.text, {"count": shown}),
                SILENT,
                _("You can go on tomorrow. If it can't wait, ask your head, or call whoever decides on it."),
            )
    fresh: Any = {DayCount.acts: row.acts, DayCount.on_others: row.on_others, DayCount.size: row.size}
    DayCount.update(fresh).where((DayCount.person == person) & (DayCount.day == day)).execute()
    if row.acts == 1:
        DayCount.delete().where(DayCount.day < day).execute()


_TOO_MANY = _("You have added {count} things today, the most for one person and day.")
_TOO_MUCH_WORK = _("You have asked others {count} times today, the most for one person and day.")
_TOO_MUCH_REPORTED = _("You have reported {count} breaches today, the most for one person and day.")
_TOO_LARGE = _("You have added {count} MB today, the most for one person and day.")


def _person_of(account: int) -> str:
    """Return a key that is the same for all accounts of a person."""
    person = Account.get_by_id(account).person_id
    return f"account {account}" if person is None else f"person {person}"


def _reports_of(account: int, day: str) -> int:
    """Count the breaches that the person reported on ``day``, by any account."""
    person = Account.get_by_id(account).person_id
    whose = CaseFile.reporter == account
    if person is not None:
        whose |= CaseFile.reporter.in_(Account.select(Account.id).where(Account.person == person))
    rows = CaseFile.select(CaseFile.reported_at).where(whose & (CaseFile.sort == "incident"))
    return sum(local(one.reported_at)[:10] == day for one in rows)


def _holds_office(permissions: Permissions) -> bool:
    """Return whether the actor holds a role of their own besides an employee's."""
    return any(one.role != "employee" for one in permissions.holdings)
