"""The form by which somebody's sign-in is reset, as `accounts.reset` does."""

from __future__ import annotations

from typing import Any, Final

from db.desk.accounts.resets import OPERATION, book_for_reset, place_of
from db.desk.act import Act
from db.desk.authority.permissions import Permissions, own_place, policy_of
from db.desk.entry.colleagues import account_named
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.independence import same_person
from db.desk.requests.putting_off import KIND, call_of, steps_before
from db.desk.requests.request_kinds import KINDS, Asked, Offer, RequestContent, offer_forms
from db.language import _
from db.store.tables import Account

ID: Final = "reset"


def _open_to(permissions: Permissions, book: str) -> bool:
    roles = policy_of(book).reset.ask
    own = (one for one in permissions.holdings if one.book == book)
    return any(one.role in roles for one in own)


def _fields(_standing: Permissions, _book: str) -> tuple[RequestField, ...]:
    return (RequestField("whom", _("Whose sign-in"), hint=_("login, name, or name/department")),)


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    account, asker = _account(act.permissions, book, asked.get("whom", "")), act.permissions.account
    if not same_person(account.id, asker):
        in_book = book_for_reset(act.permissions, account)
        if in_book != book:
            raise _elsewhere(in_book)
    entry, unit = place_of(account, book)
    steps = steps_before(OPERATION, book, unit, asker, owner=account.id)
    return RequestContent(
        unit=unit, payload=call_of(OPERATION, account=account.id), entry=entry, about=account.id, steps=steps
    )


def _account(permissions: Permissions, book: str, text: str) -> Account:
    """Return the one account that ``text`` names among those for which the actor may ask. Raises Invalid
    alike for all others."""
    wanted = text.strip()

    def able(which: Any) -> list[Account]:
        rows = list(Account.select().where(which))
        own = [row for row in rows if same_person(row.id, permissions.account)]
        return own or [row for row in rows if book_for_reset(permissions, row) is not None]

    return account_named(book, wanted, able)


def _elsewhere(book: str | None) -> Invalid:
    if book is None:
        return Invalid(Problem("whom", _("There is nobody of that name for whom you may ask.")))
    elsewhere = _("Ask for it in the directory {book}: rights are held there.", book=book)
    return Invalid(Problem("whom", elsewhere))


offer_forms(
    KINDS[KIND],
    Offer(
        ID,
        _("reset of a sign-in"),
        _("Bring somebody back who lost password or phone; a second office vouches."),
        _open_to,
        _fields,
        _read,
        lambda asks: {"whom": Account.get_by_id(asks["arguments"]["account"]).login},
        own_place,
        operations=(OPERATION,),
    ),
)
