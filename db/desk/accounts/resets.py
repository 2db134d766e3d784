"""Resets: how an owner who lost password or authenticator gets back, and nobody else gets in.

A reset is a request like others (`requests.flow`), of kind ``reset``, about an account:

    asked ──vouched for──▶ two halves of a code ──both, and the time over──▶ the owner enrols anew
      └──────────────────────── stopped, at any time until then ─────────────────────▶ nothing changed

- *Asked* by the owner's head or by who looks after the account (`reset.ask` of the regulations), who must
  reach every book in which the owner is more than an employee. A call for help at the door
  (`accounts.calls`) is no request: it only tells those who may ask.
- *Vouched for* by another person of another office (`reset.vouch`), whose role reaches the owner's unit. Who
  holds a privileged role is vouched for by who holds one too. Who counts as another person: `independence`.
- The code comes in *two halves* (`accounts.activations`), shown once each, to the asker and to the voucher.
  The owner puts them together at the door. Until then everything stays as it is.
- For who holds a privileged role the code opens only after `reset.wait_hours`.
- *Stopped* with one act by the owner, by who supervises one of the owner's books, or by either of the two.
- The owner hears of each step on Today and by mail, and so does who supervises.

An account without an owner inside goes the same way where it is more than an employee's: its first code is
as good as its rights. `accounts.break_glass` on the host is the way around all of this, and is told to
everybody who supervises until one of them acknowledges it.
"""

from __future__ import annotations

from typing import Final

from db.desk.accounts.account_notices import tell_both, tell_some, who
from db.desk.accounts.activations import is_shown_until, open_reset, outstanding, void
from db.desk.accounts.charge import entry_of
from db.desk.accounts.terms import office_of, privileged_books, terms_of, vouching
from db.desk.authority.standing import (
    Standing,
    books_of,
    books_of_power,
    holdings_of,
    is_within,
    policy_of,
    root_of,
)
from db.desk.frame import Act
from db.desk.notation.localtime import local
from db.desk.refusal import Refused
from db.desk.requests.flow import over, record_event, take
from db.desk.requests.request_kinds import DiffLine, Payload
from db.desk.requests.request_views import name_of
from db.language import Text, _
from db.store import clock
from db.store.tables import Account, Activation, Request, RequestStep

KIND: Final = "reset"
LABEL: Final = _("reset of a sign-in")


def asks_in(standing: Standing, account: Account) -> str | None:
    """The book in which the actor may ask for a reset of ``account``: one where the owner holds a
    privileged role, if there is one. None where they may not."""
    power = books_of_power(account.id)
    reached = [book for book in books_of(account.id) if _reaches(standing, account, book)]
    if not reached or not power <= set(reached):
        return None
    return min(reached, key=lambda book: (book not in privileged_books(account.id), book not in power, book))


def place_of(account: Account, book: str) -> tuple[int | None, int]:
    """The owner's entry in ``book``, where there is one, and the unit: the entry's, or the whole."""
    entry = entry_of(account, book)
    return (entry.id, entry.unit_id) if entry is not None else (None, root_of(book))


def offices_of(account: int, book: str, unit: int) -> frozenset[str]:
    """The offices that an account has over ``unit``, or stands in for."""
    policy = policy_of(book)
    return frozenset(
        office_of(policy, one.role)
        for one in holdings_of(account)
        if one.book == book and one.role != "employee" and is_within(unit, one.unit)
    )


def stop(act: Act, request: Request) -> None:
    """End a reset whose code was not used yet, wherever it stands. Raises Overtaken where it is over."""
    owner = Account.get_by_id(request.about_id)
    if request.state in ("open", "returned"):
        take(request, request.state, "withdrawn")
        waiting = (RequestStep.request == request) & (RequestStep.state == "open")
        RequestStep.update(state="waiting").where(waiting).execute()
    elif code_of(request) is None:
        raise over(request)
    else:
        void(owner.id, act.standing.account)
    record_event(request, act, "stopped")
    by = who(act.standing.account)
    tell_both(owner, "reset-stopped", request.clause, request=request.id, detail={"by": by})
    row = Activation.get_or_none(Activation.request == request)
    hands = {request.requester_id, *([row.voucher_id] if row is not None and row.voucher_id else [])}
    others = sorted(hands - {act.standing.account})
    tell_some(owner, others, "reset-stopped", request.book_id, request.clause, request.id)


def code_of(request: Request) -> Activation | None:
    """The code of a vouched reset that is not used, stopped or replaced."""
    row = outstanding(request.about_id) if request.about_id is not None else None
    return row if row is not None and row.request_id == request.id else None


def _reaches(standing: Standing, account: Account, book: str) -> bool:
    policy = policy_of(book)
    _entry, unit = place_of(account, book)
    return any(
        one.book == book
        and one.for_account is None
        and one.role in policy.reset.ask
        and is_within(unit, one.unit)
        for one in standing.holdings
    )


def vouching_roles(book: str, unit: int, requester: int, about: int | None = None) -> tuple[str, ...]:
    """The roles whose holders may vouch for the owner, whom ``requester`` asks for."""
    privileged = about is not None and terms_of(about).privileged
    return vouching(policy_of(book), offices_of(requester, book, unit), privileged)


def current(request: Request, _asks: Payload) -> None:
    """Refuse where the owner is not in the book any more."""
    owner = Account.get_or_none(Account.id == request.about_id)
    if owner is None or request.book_id not in books_of(owner.id):
        raise Refused(
            _("The person is not in this directory any more."), request.clause, _("Reject the request.")
        )


def handed_in(request: Request, _asks: Payload, act: Act) -> None:
    """The owner and who supervises hear of it before anybody can vouch."""
    by = who(act.standing.account)
    owner = Account.get_by_id(request.about_id)
    act.note(account=owner.id)
    tell_both(owner, "account-reset", request.clause, request=request.id, detail={"by": by})


def apply(request: Request, _asks: Payload, act: Act) -> None:
    """A code to come for the two; nothing of the account changes."""
    owner = Account.get_by_id(request.about_id)
    row = open_reset(owner.id, request.id, request.requester_id, act.standing.account)
    act.note(account=owner.id, opens_at=row.opens_at)
    detail = {
        "by": who(request.requester_id),
        "voucher": who(act.standing.account),
        "opens": row.opens_at if row.opens_at > row.made_at else "",
    }
    tell_both(owner, "reset-vouched", request.clause, request=request.id, detail=detail)
    hands = [request.requester_id, act.standing.account]
    tell_some(owner, hands, "reset-half", request.book_id, request.clause, request.id)


def lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    """Whose, and how it stands."""
    owner = name_of(asks["account"])
    whom: Text = _("{name} ({login})", name=owner, login=Account.get_by_id(asks["account"]).login)
    lines = [DiffLine("whom", _("sign-in of"), "", whom, ("", whom))]
    how = _standing(request)
    if how:
        lines.append(DiffLine("how", _("how it stands"), "", how, ("", how)))
    return tuple(lines)


def _standing(request: Request) -> Text:
    row = Activation.get_or_none(Activation.request == request)
    if row is None:
        terms = terms_of(request.about_id) if request.about_id is not None else None
        if terms is None or not terms.wait:
            return ""
        hours = int(terms.wait.total_seconds() // 3600)
        return _("a privileged role: the code opens {hours} h after it is vouched for", hours=hours)
    if row.used_at is not None:
        return _("the owner enrolled anew on {when}", when=local(row.used_at)[:16])
    if row.stopped_at is not None:
        return _("stopped on {when}", when=local(row.stopped_at)[:16])
    if row.opens_at > clock.now():
        return _("the code opens on {when}", when=local(row.opens_at)[:16])
    if row.first_shown_at is not None and row.second_shown_at is not None:
        return _("both halves are out; the owner puts them together at the door")
    return _("halves to be shown until {when}", when=local(is_shown_until(row))[:16])
