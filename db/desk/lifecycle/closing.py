"""What ends with an entry: its person's accounts, rights, stand-ins and whatever waits on the entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import ModelSelect

from db.desk.authority.offices import HEAD, headed_by
from db.desk.frame import Act
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.submitting import take_back
from db.store import clock
from db.store.tables import (
    AccessGrant,
    Account,
    Delegation,
    Entry,
    Grant,
    Request,
    SignInSession,
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What there is to end. ``closes``: the accounts are shut off, since the person is in no other book."""

    accounts: tuple[str, ...]
    closes: bool
    rights: int
    stand_ins: int
    requests: tuple[int, ...]
    headed: tuple[str, ...]
    answers_for: int


def ending(entry: Entry) -> Ending:
    """What would end if ``entry`` were removed."""
    accounts = _accounts(entry)
    return Ending(
        accounts=tuple(account.login for account in accounts),
        closes=bool(accounts) and not _elsewhere(entry),
        rights=_rights(entry, accounts).count(),
        stand_ins=_stand_ins(entry, accounts).count(),
        requests=tuple(row.id for row in _undecided(entry, accounts)),
        headed=tuple(unit.name for unit in headed_by(entry.person_id, entry.book_id)),
        answers_for=Entry.select()
        .where((Entry.inside_owner == entry.id) & (Entry.state == "active"))
        .count(),
    )


def close(entry: Entry, act: Act, but: int) -> None:
    """End all of it, within the transaction that removes ``entry``; request ``but`` is the one that does."""
    accounts, moment = _accounts(entry), clock.now()
    numbers = [account.id for account in accounts]
    rights = [row.id for row in _rights(entry, accounts)]
    stand_ins = [row.id for row in _stand_ins(entry, accounts)]
    Grant.update(revoked_at=moment).where(Grant.id.in_(rights)).execute()
    Delegation.update(revoked_at=moment).where(Delegation.id.in_(stand_ins)).execute()
    own = Entry.select(Entry.id).where(Entry.book == entry.book_id)
    AccessGrant.update(withdrawn_at=moment).where(
        (AccessGrant.account.in_(numbers) & AccessGrant.entry.in_(own)) | (AccessGrant.entry == entry.id)
    ).where(AccessGrant.withdrawn_at.is_null()).execute()
    closed = _closed_with(entry, accounts)
    for request in _undecided(entry, accounts):
        if request.id != but:
            take_back(act, request)
    Account.update(state="disabled", activation=None, activation_until=None).where(
        Account.id.in_(closed)
    ).execute()
    SignInSession.update(ended_at=moment, ended_how="disabled").where(
        SignInSession.account.in_(closed) & SignInSession.ended_at.is_null()
    ).execute()
    act.note(accounts_closed=closed, rights_revoked=rights, stand_ins_ended=stand_ins)


def _accounts(entry: Entry) -> Sequence[Account]:
    rows = Account.select().where((Account.person == entry.person_id) & (Account.state != "disabled"))
    return list(rows.order_by(Account.id))


def _elsewhere(entry: Entry) -> bool:
    """Whether the person has an entry in another book; the account then stays open for that one."""
    others = Entry.select().where(
        (Entry.person == entry.person_id) & (Entry.state == "active") & (Entry.id != entry.id)
    )
    return bool(others.exists())


def _rights(entry: Entry, accounts: Sequence[Account]) -> ModelSelect[Grant]:
    """Granted roles in the book; all of them where the person is in no other one."""
    held = Grant.revoked_at.is_null() & (
        Grant.account.in_([account.id for account in accounts])
        | ((Grant.person == entry.person_id) & (Grant.role != HEAD))
    )
    if _elsewhere(entry):
        held &= Grant.book == entry.book_id
    return Grant.select().where(held)


def _stand_ins(entry: Entry, accounts: Sequence[Account]) -> ModelSelect[Delegation]:
    """Delegations in the book that the person gave or took."""
    numbers = [account.id for account in accounts]
    return Delegation.select().where(
        (Delegation.account.in_(numbers) | Delegation.to.in_(numbers))
        & (Delegation.book == entry.book_id)
        & Delegation.revoked_at.is_null()
    )


def _closed_with(entry: Entry, accounts: Sequence[Account]) -> list[int]:
    return [] if _elsewhere(entry) else [account.id for account in accounts]


def _undecided(entry: Entry, accounts: Sequence[Account]) -> Sequence[Request]:
    """Requests about ``entry``; what its person asked for their own use in the book; and what was returned to
    accounts that are closed, as nobody is left to write it anew. What else they asked for is decided."""
    undecided = Request.state.in_(("open", "returned"))
    own = (
        Request.requester.in_([account.id for account in accounts])
        & (Request.book == entry.book_id)
        & Request.kind.in_([kind.id for kind in KINDS.values() if kind.own_use])
    )
    returned = Request.requester.in_(_closed_with(entry, accounts)) & (Request.state == "returned")
    wanted = (((Request.entry == entry.id) | own) & undecided) | returned
    return list(Request.select().where(wanted).order_by(Request.id))
