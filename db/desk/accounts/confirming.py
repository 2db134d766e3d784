"""Confirming that one knows the person who uses an account. Until somebody of another office has, the account
stands for whoever had a hand in its enrolment (`requests.independence`): it is no second person for them.

It is asked at the first enrolment, and after a reset, of the next head above and of whoever supervises, as
far as they are independent of those hands; one of them is enough. Not an operation.
"""

from __future__ import annotations

from db.desk.accounts.account_notices import account_owner
from db.desk.accounts.charge import entry_of
from db.desk.authority.permissions import books_of, policy_of, root_of
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT, Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.independence import enrolment_helpers
from db.desk.requests.seconds import offices_over
from db.desk.requests.watchers import watchers_of
from db.language import _
from db.store import clock
from db.store.tables import Account, Confirmation

KIND = "account-confirm"
CONFIRMED = "account-confirmed"


def ask_to_confirm(account: int) -> bool:
    """Send a notice to those who may confirm that they know the person, within the running transaction;
    return whether there is anybody. Asks nobody about an account without enrolment helpers."""
    hands = enrolment_helpers(account).get(account, [])
    if not hands:
        return False
    asked = False
    row, resolver = Account.get_by_id(account), ApproverResolver()
    barred = resolver.linked_persons(account, *hands)
    for book in books_of(account):
        own = entry_of(row, book)
        unit = own.unit_id if own is not None else root_of(book)
        able = [
            one
            for one in watchers_of(book, unit, barred, resolver)
            if not any(_is_of_the_same_office(one, hand, book, unit) for hand in hands)
        ]
        if able:
            asked = True
            store_notice(
                KIND, book, able, clause=policy_of(book).rights.clause, entry=own.id if own else None,
                detail={"who": account_owner(account), "account": account,
                        "by": account_owner(hands[0]), "login": row.login},
                acknowledge=True,
            )  # fmt: skip
    return asked


def confirm_owner(account: int, by: int) -> None:
    """Store that ``by`` knows who uses ``account``, with the office of ``by``; notify the person and the
    watchers. Raises Refused where ``by`` holds no office over it any more that the helpers lack, or counts as
    one with the person or a helper."""
    row, resolver = Account.get_by_id(account), ApproverResolver()
    if not _is_second(row, by, resolver):
        raise Refused(
            _("You hold no office any more by which you could confirm it, or had a hand in the account."),
            policy_of(books_of(account)[0]).rights.clause if books_of(account) else SILENT,
            _("Another who was asked confirms it, or whoever supervises the directory."),
        )
    for book in books_of(account):
        own = entry_of(row, book)
        unit = own.unit_id if own is not None else root_of(book)
        told = (account, *watchers_of(book, unit, resolver.linked_persons(by, account), resolver))
        store_notice(
            CONFIRMED, book, told, clause=policy_of(book).rights.clause, entry=own.id if own else None,
            detail={"who": account_owner(account), "by": account_owner(by)},
        )  # fmt: skip
    offices = [office for book in books_of(account) for office in offices_over(by, book, root_of(book))]
    Confirmation.create(account=account, by=by, office=offices[0] if offices else "head", at=clock.now())


def _is_second(row: Account, by: int, resolver: ApproverResolver) -> bool:
    """Return whether ``by`` is now another person than the account and each of its enrolment helpers, and
    holds an office over it that none of those holds."""
    hands = enrolment_helpers(row.id).get(row.id, [])
    if resolver.linked_persons(by) & resolver.linked_persons(row.id, *hands):
        return False
    for book in books_of(row.id):
        own = entry_of(row, book)
        unit = own.unit_id if own is not None else root_of(book)
        if offices_over(by, book, unit) and not any(
            _is_of_the_same_office(by, hand, book, unit) for hand in hands
        ):
            return True
    return False


def _is_of_the_same_office(one: int, hand: int, book: str, unit: int) -> bool:
    """Return whether two hold an office over ``unit`` in common."""
    return bool(offices_over(one, book, unit) & offices_over(hand, book, unit))
