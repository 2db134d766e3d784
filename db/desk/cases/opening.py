"""Opening a case, bringing in whom it is about, and writing its history (not an operation)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import FOUND, INVOLVED, tell_handlers, tell_of_party
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.duties import FIRST, open_clock
from db.desk.cases.naming_handlers import keep_named
from db.desk.cases.parties import name_when_reported, party_person
from db.desk.refusal import Refused
from db.desk.requests.approvers import NamedApprover
from db.language import _
from db.policy.schema.base import cite
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal
from db.store.tables import CaseEvent, CaseFile, CaseNamed, CaseParty

WORD_LENGTH = 2000


def open_case(
    act: Act,
    sort: str,
    book: str,
    unit: int,
    words: str,
    *,
    kind: str = "",
    entry: int | None = None,
    field: str = "",
    concerned: int | None = None,
    about_handlers: bool = False,
) -> CaseFile:
    """Store the actor's report, encrypted, with its history and its task, and notify those who handle it.
    ``concerned`` is an entry; ``about_handlers`` bars everybody who would usually get the report."""
    policy = policy_of(book)
    rule = policy.case(kind)
    channel = policy.reporting_of(sort)
    key, reporter = secrets.token_hex(16), act.actor.account
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
    write_event(row, reporter, "reported", "")
    if sort == "incident":
        keep_named(row)
    if about_handlers:
        set_aside_handlers(row)
    if concerned is not None:
        bring_in(act, row, CaseParty(case=row, entry=concerned), "named", FOUND)
    open_clock(row, FIRST)
    tell_handlers(row)
    return row


def set_aside_handlers(row: CaseFile) -> None:
    """Bar from the case, for good, every account that would triage or investigate it now. Notifies nobody."""
    case_roles = CaseRoles()  # which finds nobody whom the report names, as they are on record by now
    for account in {one.account for one in (*case_roles.handlers(row), *case_roles.investigators(row))}:
        CaseNamed.create(case=row, account=account)


def bring_in(act: Act, row: CaseFile, party: CaseParty, how: str = "involved", kind: str = INVOLVED) -> None:
    """Save ``party`` as concerned by the case, add the event ``how`` to the history, and send a notice of
    ``kind`` to those who decided before and now decide, and who watch. Raises Refused for an office or
    department of all who judge or decide, and where the actor would be barred too and nobody else could go
    on."""
    before = CaseRoles().first_deciders(row)
    party.named_in = write_event(row, act.actor.account, how, cleaned_words(name_when_reported(party)))
    party.save()
    now = CaseRoles()
    if now.is_concerned(row, act.actor.account) and how == "involved" and not now.waiting_approvers(row):
        raise Refused(
            _("You belong to it, so the case would leave your hands, and nobody is left to go on."),
            policy_of(row.book_id).discipline.clause or row.clause,
            _("Have somebody else appointed, or acting, in the office that goes on with it."),
        )
    after = now.first_deciders(row)
    left = [accounts_in(was) & accounts_in(now) for was, now in zip(before, after, strict=True) if was]
    # The school is the only office beside a class's teachers, and may be whom it is about (D.7).
    if policy_of(row.book_id).deputy is None and not all(left) and party_person(party) is None:
        raise Refused(
            _("Then whoever decides on this case would be barred from it together."),
            policy_of(row.book_id).discipline.clause or row.clause,
            _("Name the persons whom it is about, each by name."),
        )
    tell_of_party(act, row, kind, party, accounts_in(*before, *after))


def accounts_in(*deciders: Sequence[NamedApprover]) -> set[int]:
    """Return the accounts of all these."""
    return {one.account for some in deciders for one in some}


def write_event(
    row: CaseFile, account: int, act: str, word: str, decider: NamedApprover | None = None
) -> int:
    """Add ``act`` with the text ``word``, encrypted, to the history of a case; with a ``decider`` also the
    office in which it was done. Return the event's number."""
    key = secrets.token_hex(16)
    event = CaseEvent.create(
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
    return int(event.id)


def cleaned_words(words: str) -> str:
    """Return what was written on one line, cut to the stored length."""
    return " ".join(words.split())[:WORD_LENGTH]
