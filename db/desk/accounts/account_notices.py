"""Telling people what happens to their sign-in and their rights: on Today, and by mail where mail is set up.

Whoever sits in a stolen account reads its notices and can mark them as seen; so a mail goes to the address
on record, and of rights and resets those who supervise the person's directories hear too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from db.desk.accounts.charge import entry_of
from db.desk.authority.permissions import books_of, root_of
from db.desk.entry.naming import by_number
from db.desk.notifications.notices import store_notice
from db.desk.notifications.post import mail_to_person
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.watchers import watchers_of
from db.store.tables import Account

Kind = Literal[
    "account-reset",
    "account-enrolled",
    "glass-broken",
    "new-source",
    "password-changed",
    "recovery-code-used",
    "recovery-codes-new",
    "reset-called",
    "reset-half",
    "reset-stopped",
    "reset-vouched",
    "right-given",
    "right-taken",
    "right-withdrawn",
    "sign-ins-failed",
    "token-made",
    "token-used",
]
FAILED: Kind = "sign-ins-failed"
WITHDRAWN: Kind = "right-withdrawn"


def tell_owner(
    account: Account,
    kind: Kind,
    clause: str,
    *,
    request: int | None = None,
    detail: Mapping[str, object] | None = None,
    mail: bool = True,
) -> None:
    """Store a notice for the owner alone and, unless ``mail`` is false, queue a mail, within the running
    transaction. The notice is placed in the first of their books; the owner of an account without a book is
    not notified."""
    books = books_of(account.id)
    if books:
        _notify_accounts(kind, books[0], account, [account.id], clause, request, detail, mail=mail)


def mail_owner(account: Account, kind: Kind, detail: Mapping[str, object]) -> bool:
    """Queue a mail to the owner, in the running transaction; False without mail or an entry."""
    books = books_of(account.id)
    return bool(books) and mail_to_person(kind, books[0], account.person_id, detail=detail)


def tell_supervisors(
    account: Account,
    kind: Kind,
    clause: str,
    *,
    request: int | None = None,
    detail: Mapping[str, object] | None = None,
    acknowledge: bool = False,
    by: int | None = None,
) -> None:
    """Send notice and mail to the watchers of the owner's books (`requests.watchers`), each once, without
    those who count as one with the owner or with ``by``."""
    told: set[int] = set()
    for book in books_of(account.id):
        own = entry_of(account, book)
        unit = own.unit_id if own is not None else root_of(book)
        resolver = ApproverResolver()
        barred = resolver.linked_persons(account.id, *([by] if by is not None else []))
        fresh = [one for one in watchers_of(book, unit, barred, resolver) if one not in told]
        told.update(fresh)
        if fresh:
            _notify_accounts(kind, book, account, fresh, clause, request, detail, acknowledge=acknowledge)


def tell_both(
    account: Account,
    kind: Kind,
    clause: str,
    *,
    request: int | None = None,
    detail: Mapping[str, object] | None = None,
    by: int | None = None,
) -> None:
    """Send notice and mail to the owner, and to the watchers of their books who are independent of the owner
    and of ``by``."""
    tell_owner(account, kind, clause, request=request, detail=detail)
    tell_supervisors(account, kind, clause, request=request, detail=detail, by=by)


def tell_accounts(
    account: Account, accounts: Iterable[int], kind: Kind, book: str, clause: str, request: int | None = None
) -> None:
    """Send notice and mail about ``account`` to ``accounts``, within the running transaction."""
    _notify_accounts(kind, book, account, list(accounts), clause, request, None)


def _notify_accounts(
    kind: Kind,
    book: str,
    about: Account,
    accounts: list[int],
    clause: str,
    request: int | None,
    detail: Mapping[str, object] | None,
    *,
    acknowledge: bool = False,
    mail: bool = True,
) -> None:
    said = {"who": account_owner(about.id), **(detail or {})}
    own = entry_of(about, book)
    store_notice(
        kind,
        book,
        accounts,
        clause=clause,
        entry=own.id if own is not None else None,
        request=request,
        detail=said,
        acknowledge=acknowledge,
    )
    for account in accounts if mail else ():
        person = Account.get_by_id(account).person_id
        mail_to_person(kind, book, person, detail=said | {"own": account == about.id})


def account_owner(account: int) -> object:
    """Return the owner in the form that notices keep: a person by number, else the login."""
    row = Account.get_by_id(account)
    return by_number(row.person_id) if row.person_id is not None else row.login
