"""How much one person keeps on record a day (threat 58): a number of acts, of those that others have to deal
with, and of bytes.

An act counts where it leaves a row in one of the tables below, as the journal's triggers see it; so no
operation has to say so, and a table that nobody placed fails a test. Not counted is what somebody does with
what waits for them (`DECIDING`), and what an office does by the hundred (``mass`` at the operation). Who
holds a role besides that of an employee has `OFFICE` times as much. All accounts of a person are one. What
was withdrawn again counts: copies of it are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.desk.authority.permissions import Permissions
from db.desk.due_dates import today
from db.desk.refusal import SILENT, Refused
from db.language import Message, _
from db.store.engine import store
from db.store.journal.capture import count_added
from db.store.sql import for_update
from db.store.tables import Account, DayCount

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
    }
)
"""Of these those that others have to deal with."""
SPOKEN: Final = frozenset({"request_event"})
"""Rows that follow a request, and that others have to deal with where it is only talked about."""
FOLLOWS: Final[Mapping[str, str]] = {
    "account": "made by offices, and told",
    "known_source": "one a source and account",
    "past_password": "bounded by the history that is asked for",
    "recovery_code": "ten an account",
    "script_token": "thirty an account",
    "sign_in_session": "bounded by the delays at the door",
    "undertaking_accepted": "one a version",
    "collection_notice": "one a version",
    "consent_withdrawn": "one a field",
    "activation": "one an account and code",
    "confirmation": "one an account and enrolment",
    "grant": "follows a decision",
    "access_grant": "follows a decision",
    "copy_grant": "follows a decision",
    "request_step": "follows its request",
    "held_act": "one a matter, for a minute at the most",
    "request_event": "follows its request; counted where it is only talked about",
    "request_evidence": "follows its request",
    "case_event": "follows its case",
    "case_party": "follows its case",
    "case_named": "follows its case",
    "finding_event": "follows its finding",
    "review_item": "follows its campaign",
    "trained": "one a person and course",
    "paper_scan": "follows its sheet",
    "task": "opened by duties",
    "task_proof": "follows its task",
    "duty_mark": "written by the clock",
    "notice": "follows the act",
    "notice_recipient": "follows the act",
    "audit_record": "the record itself; its reads are watched by the usage watch",
    "audit_head": "one row",
    "journal_head": "one row",
    "proof_head": "one row",
    "kept_people": "two an account",
    "subject_key": "one a person",
    "thing_key": "follows what it seals",
    "let_go": "written by the clock",
    "erasure": "one a person",
    "archive": "one a leaver",
    "hand_back": "follows a leaver",
    "book": "made by offices",
    "unit": "follows a decision",
    "unit_above": "follows its unit",
    "person": "follows a decision",
    "entry": "follows a decision",
    "entry_field": "follows its entry",
    "entry_tag": "follows its entry",
    "search_line": "made anew",
    "search_entry": "made anew",
    "calendar_day": "follows its change",
    "edition_issue": "made by offices",
    "edition_copy": "follows its issue",
    "edition_file": "follows its issue",
    "outgoing_mail": "follows the act",
    "outside_change": "follows the entry",
    "outside_member": "one a person",
    "outside_unit": "one a unit",
    "outside_survey": "one a book",
    "outside_finding": "follows its survey",
    "failure_count": "bounded",
    "refusal_tally": "bounded",
    "pickup": "twenty an account, for a day; what its file comes to is counted as by password",
    "failed_sign_ins": "one an account",
    "day_count": "one a person and day",
    "last_day": "follows its request",
    "regulation_text": "follows a decision",
    "book_rules": "follows a decision",
    "rules_head": "one row",
}
"""All other tables, and why their rows count nothing of themselves."""
DECIDING: Final = ("queue.", "directory.", "audit.", "overview.", "notices.")
"""How the names begin of those that decide what waits for somebody, or only look."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person may keep in a day: ``acts``, of them ``on_others``, and ``size`` in bytes."""

    acts: int = 60
    on_others: int = 20
    size: int = 50 << 20


LIMITS: Final = Limits()


def charge_quota(operation: str, front: str, permissions: Permissions, after: int) -> None:
    """Lock and raise the person's counts of the day by what the running transaction wrote since ``after``, as
    its last step but the record. Raises Refused where it is more than the person may keep today; the
    transaction is undone then."""
    if front == "host" or operation.startswith(DECIDING):
        return
    rows, size = count_added(
        store().database, after, KEPT | SPOKEN if operation.startswith("story.") else KEPT
    )
    if not rows:
        return
    day, person = today().isoformat(), _person_of(permissions.account)
    DayCount.insert(person=person, day=day).on_conflict_ignore().execute()
    row = for_update(DayCount.select().where((DayCount.person == person) & (DayCount.day == day))).get()
    row.acts, row.size = row.acts + 1, row.size + size
    row.on_others += bool(rows & (ON_OTHERS | SPOKEN))
    times = OFFICE if _holds_office(permissions) else 1
    for used, most, said in (
        (row.acts, LIMITS.acts, _TOO_MANY),
        (row.on_others, LIMITS.on_others, _TOO_MUCH_WORK),
        (row.size, LIMITS.size, _TOO_LARGE),
    ):
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
_TOO_LARGE = _("You have added {count} MB today, the most for one person and day.")


def _person_of(account: int) -> str:
    """Make one text for all accounts of a person."""
    person = Account.get_by_id(account).person_id
    return f"account {account}" if person is None else f"person {person}"


def _holds_office(permissions: Permissions) -> bool:
    """Return whether the actor holds a role of their own besides an employee's."""
    return any(one.role != "employee" for one in permissions.holdings)
