"""Giving and taking roles, and who may ask for it; holder and supervisor hear of each. Not an operation."""

from __future__ import annotations

from datetime import date

from db.approval.capacity import capacity_of
from db.desk.accounts.account_notices import account_owner, tell_both, tell_owner
from db.desk.accounts.activations import outstanding_code, void_code
from db.desk.accounts.charge import covers_unit, entry_of, granting_holdings, not_on_oneself, require_giver
from db.desk.authority.office_names import office_name, title_of
from db.desk.authority.offices import end_offices
from db.desk.authority.permissions import Permissions, books_of, is_within, policy_of
from db.desk.notation.localtime import day_begins
from db.desk.refusal import SILENT, Refused
from db.desk.requests.independence import same_person
from db.language import Label, _, say
from db.store import clock
from db.store.tables import Account, Grant


def may_ask_for(permissions: Permissions, account: Account, book: str, unit: int | None) -> bool:
    """Return whether the actor may ask that ``account`` gets or loses a role over ``unit`` (None: all) of
    ``book``: the owner, the head of their department or one above, and whoever gives roles there. Nobody may
    for an account that is not of ``book``."""
    if book not in books_of(account.id):
        return False
    if account.id == permissions.account or covers_unit(granting_holdings(permissions, book), book, unit):
        return True
    own, headed = entry_of(account, book), permissions.own_holdings("head", book)
    return own is not None and any(is_within(own.unit_id, one.unit) for one in headed)


def account_asked_for(permissions: Permissions, number: int, book: str, unit: int | None) -> Account:
    """Return the account ``number``, if the actor may ask for a role for it. Raises Refused for any other, in
    the same words where there is none, and for another account of the actor's own."""
    found = Account.get_or_none((Account.id == number) & (Account.state != "disabled"))
    if found is not None and may_ask_for(permissions, found, book, unit):
        if found.id != permissions.account and same_person(found.id, permissions.account):
            raise not_on_oneself(policy_of(book).rights.clause)
        account: Account = found
        return account
    require_giver(permissions, book)
    raise Refused(
        _("There is no such account or unit in this directory."),
        SILENT,
        _("Look the person up in the directory."),
    )


def grant_role(
    account: Account,
    role: str,
    book: str,
    unit: int | None,
    until: str | None,
    *,
    by: int,
    clause: str,
    alone: bool,
    second: int | None = None,
) -> int:
    """Store a grant of ``role`` and return its number; ``alone``: nobody agreed, ``second``: who did. Voids a
    code by which somebody could still enrol as the holder, unless the host gave it out, and notifies the
    holder and the watchers. Checks nothing."""
    made = Grant.create(
        account=account,
        role=role,
        book=book,
        unit=unit,
        granted_by=by,
        granted_at=clock.now(),
        until=until,
        alone=alone,
    )
    _void_code(account, by)
    tell_both(account, "right-given", clause, detail=role_of(made) | _named_givers(by, second), by=by)
    return int(made.id)


def appoint(office: Grant, day: date, *, by: int | None, clause: str, second: int | None = None) -> int:
    """Store ``office``, not saved yet, as a person's from ``day`` on, and return its number. For each of the
    person's accounts, void the outstanding code, unless the host gave it out, and notify them and the
    watchers, of a later day with that day; without an account nobody is notified."""
    now = clock.now()
    office.granted_by_id, office.granted_at = by, now
    office.from_at = max(now, day_begins(day))
    office.save(force_insert=True)
    detail = role_of(office) | _named_givers(by, second)
    if office.from_at > now:
        detail["day"] = day.isoformat()
    theirs = (Account.person == office.person_id) & (Account.state != "disabled")
    for account in Account.select().where(theirs):
        _void_code(account, by)
        tell_both(account, "right-given", clause, detail=detail, by=by)
    return int(office.id)


def _named_givers(by: int | None, second: int | None) -> dict[str, object]:
    """Name who gave a role, and the ``second`` who agreed, as a notice keeps people."""
    found = {"by": by, "second": second}
    return {name: account_owner(one) for name, one in found.items() if one is not None}


def _void_code(account: Account, by: int | None) -> None:
    """Void the outstanding code, unless the host made it: it was given out for less than is held now."""
    code = outstanding_code(account.id)
    if code is not None and code.how != "host":
        void_code(account.id, by)


def revoke_grant(grant: Grant, *, by: int | None, clause: str) -> None:
    """Withdraw a granted role as of now, and notify the holder and the watchers; nobody of a role that is of
    no book."""
    Grant.update(revoked_at=clock.now()).where((Grant.id == grant.id) & Grant.revoked_at.is_null()).execute()
    if grant.book_id is not None:
        detail = role_of(grant) | ({"by": account_owner(by)} if by is not None else {})
        tell_both(grant.holder, "right-taken", clause, detail=detail, by=by)


def end_offices_left(unit: int, person: int) -> None:
    """End all offices of ``unit`` that ``person`` holds or is to hold, as they leave it for another, and tell
    them of each."""
    theirs = list(Account.select().where((Account.person == person) & (Account.state != "disabled")))
    ended = end_offices(unit, person)
    for account in theirs:
        for grant in ended:
            tell_owner(account, "right-taken", SILENT, detail=role_of(grant))


def role_of(grant: Grant) -> dict[str, object]:
    """Return the role and its book in both languages, for a notice that watchers of other books read too."""
    office = office_name(grant.book_id or "", grant.role, grant.unit_id, capacity_of(grant.capacity))
    book = title_of(grant.book_id) if grant.book_id is not None else Label("", "")
    return {
        "role_zh": say(office, "zh_CN"), "role_en": say(office, "en"), "in_zh": book.zh, "in_en": book.en
    }  # fmt: skip
