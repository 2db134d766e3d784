"""Calls for help at the door: somebody says that an account is theirs and that they are locked out.

Whoever calls may be anybody, so a call is no request. It is a note to those who may ask for a reset of the
account and know the person, who find out by other ways than this whether it is true; and to the owner, whom
it warns where it is not. What a stranger can cause by it is bounded: one call a day for an account, three a
day from a source, and fifty a day in all.
"""

from __future__ import annotations

from datetime import timedelta

from db.approval.facts import ApprovalContext
from db.desk.accounts.account_notices import tell_accounts, tell_owner
from db.desk.accounts.resets import place_of
from db.desk.authority.permissions import books_of, policy_of
from db.desk.requests.approvers import ApproverResolver
from db.policy.vocabulary import HEAD
from db.store import audit, clock
from db.store.tables import Account, HelpCall

DAY = timedelta(hours=24)
FROM_A_SOURCE, IN_ALL = 3, 50


def call_for_help(login: str, source: str, front: str) -> bool:
    """Store and record a call in the name of ``login``, notify the owner and those who may ask for a reset,
    and delete calls older than a day, within the running transaction. Return whether the call was kept: not
    for an unknown or disabled login, nor beyond the bounds. The caller must not learn which."""
    since = clock.stamp(clock.utcnow() - DAY)
    HelpCall.delete().where(HelpCall.at <= since).execute()
    account = Account.get_or_none((Account.login == login) & (Account.state != "disabled"))
    if account is None or not _is_within_bounds(account.id, source):
        return False
    HelpCall.create(account=account, source=source, at=clock.now())
    for book in books_of(account.id)[:1]:
        clause = policy_of(book).reset.clause
        tell_accounts(account, _those_who_ask(account, book), "reset-called", book, clause)
        tell_owner(account, "reset-called", clause, detail={"source": source})
    audit.append(act="auth.help", outcome="done", account=account.id, source=source, front=front)
    return True


def _is_within_bounds(account: int, source: str) -> bool:
    calls = HelpCall.select()
    return (
        not calls.where(HelpCall.account == account).exists()
        and calls.where(HelpCall.source == source).count() < FROM_A_SOURCE
        and calls.count() < IN_ALL
    )


def _those_who_ask(account: Account, book: str) -> list[int]:
    """Return the nearest head who may ask, or else those who run the machines or keep the book."""
    policy, resolver = policy_of(book), ApproverResolver()
    entry, unit = place_of(account, book)
    case = ApprovalContext(book, unit, entry, resolver.linked_persons(account.id))
    offices = [role for role in policy.reset.ask if role != HEAD]
    for role in ([HEAD] if HEAD in policy.reset.ask else []) + offices:
        found = resolver.approvers(case, role)
        if found and found[0].role == role:
            return [one.account for one in found if one.on_behalf_of is None]
    return []
