"""Opening a case, and writing its history (not an operation)."""

from __future__ import annotations

import secrets

from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import tell_handlers
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.duties import FIRST, open_clock
from db.desk.cases.naming_handlers import keep_named
from db.desk.requests.approvers import NamedApprover
from db.policy.schema.base import cite
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal
from db.store.tables import CaseEvent, CaseFile, CaseNamed, CaseParty

WORD_LENGTH = 2000


def open_case(
    sort: str,
    book: str,
    unit: int,
    reporter: int,
    words: str,
    *,
    kind: str = "",
    entry: int | None = None,
    field: str = "",
    concerned: int | None = None,
    about_handlers: bool = False,
) -> CaseFile:
    """Store a report, encrypted, with its history and its task, and tell those who handle it. ``concerned``
    is an entry; ``about_handlers`` keeps it from everybody who would usually get it."""
    policy = policy_of(book)
    rule = policy.case(kind)
    channel = policy.reporting_of(sort)
    key = secrets.token_hex(16)
    row: CaseFile = CaseFile.create(
        key=key,
        sort=sort,
        kind=kind,
        book=book,
        unit=unit,
        entry=entry,
        field=field,
        words=seal(store().keys, CaseFile.words.place(key), words.encode("utf-8")),
        reporter=reporter,
        reported_at=clock.now(),
        clause=cite(*([rule.clause] if rule is not None else []), channel.clause),
        policy_version=policy.version,
    )
    if concerned is not None:
        CaseParty.create(case=row, entry=concerned)
    write_event(row, reporter, "reported", "")
    if sort == "incident":
        keep_named(row)
    if about_handlers:
        set_aside_handlers(row)
    open_clock(row, FIRST)
    tell_handlers(row)
    return row


def set_aside_handlers(row: CaseFile) -> None:
    """Keep the case from everybody who would sort it out or investigate it."""
    case_roles = CaseRoles()  # which finds nobody whom the report names, as they are on record by now
    for account in {one.account for one in (*case_roles.handlers(row), *case_roles.investigators(row))}:
        CaseNamed.create(case=row, account=account)


def write_event(
    row: CaseFile, account: int, act: str, word: str, decider: NamedApprover | None = None
) -> None:
    """Add a line to the history of a case; with a ``decider`` the office in which it was done."""
    key = secrets.token_hex(16)
    CaseEvent.create(
        key=key,
        case=row,
        at=clock.now(),
        account=account,
        on_behalf_of=decider.on_behalf_of if decider else None,
        office=decider.role if decider else None,
        office_unit=decider.unit if decider else None,
        capacity=decider.capacity if decider else None,
        act=act,
        word=seal(store().keys, CaseEvent.word.place(key), word.encode("utf-8")),
    )


def cleaned(words: str) -> str:
    """Put what was written in one line no longer than is kept."""
    return " ".join(words.split())[:WORD_LENGTH]
