"""Resets: how an owner who lost password or authenticator gets back, and nobody else gets in.

A reset is an act that takes two (`requests.putting_off`), about an account:

    asked ──agreed to────▶ two halves of a code ──both, and the time over──▶ the owner enrols anew
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

from db.desk.accounts.account_notices import account_owner, tell_accounts, tell_both
from db.desk.accounts.activations import halves_shown_until, open_reset, outstanding_code, void_code
from db.desk.accounts.charge import entry_of
from db.desk.act import Act, Second
from db.desk.authority.permissions import (
    Permissions,
    books_of,
    books_of_power,
    is_within,
    policy_of,
    root_of,
)
from db.desk.authority.terms import privileged_books, terms_of
from db.desk.notation.localtime import local
from db.desk.requests.flow import already_decided, record_event, withdraw_request
from db.desk.requests.payload import open_payload
from db.desk.requests.power_lines import MORE
from db.desk.requests.putting_off import KIND
from db.desk.requests.request_kinds import DiffLine, Payload
from db.language import Text, _
from db.store import clock
from db.store.tables import Account, Activation, Request

OPERATION: Final = "accounts.reset"
FORMERLY: Final = "reset"
"""The kind of request by which it was asked for before it was an act that takes two."""


def book_for_reset(permissions: Permissions, account: Account) -> str | None:
    """Return a book in which the actor may ask for a reset of the account, preferring one in which it has a
    privileged role; None where they don't reach every book in which it is more than an employee."""
    power = books_of_power(account.id)
    reached = [book for book in books_of(account.id) if _reaches(permissions, account, book)]
    if not reached or not power <= set(reached):
        return None
    return min(reached, key=lambda book: (book not in privileged_books(account.id), book not in power, book))


def place_of(account: Account, book: str) -> tuple[int | None, int]:
    """Return the owner's entry in ``book``, where there is one, and the unit: the entry's, or the root."""
    entry = entry_of(account, book)
    return (entry.id, entry.unit_id) if entry is not None else (None, root_of(book))


def stop_reset(act: Act, request: Request) -> None:
    """End a reset whose code was not used yet: withdraw its request or void its code, add that to its
    history, and notify the owner, the supervisors and the others who took part in it. Raises Overtaken where
    it is over."""
    owner = Account.get_by_id(request.about_id)
    if request.state in ("open", "returned"):
        withdraw_request(request)
    elif code_of(request) is None:
        raise already_decided(request)
    else:
        void_code(owner.id, act.permissions.account)
    record_event(request, act, "stopped")
    by = account_owner(act.permissions.account)
    tell_both(owner, "reset-stopped", request.clause, request=request.id, detail={"by": by})
    row = Activation.get_or_none(Activation.request == request)
    hands = {request.requester_id, *([row.voucher_id] if row is not None and row.voucher_id else [])}
    others = sorted(hands - {act.permissions.account})
    tell_accounts(owner, others, "reset-stopped", request.book_id, request.clause, request.id)


def code_of(request: Request) -> Activation | None:
    """Return the record of the code of a vouched reset, if it is not used, stopped, over or replaced."""
    row = outstanding_code(request.about_id) if request.about_id is not None else None
    return row if row is not None and row.request_id == request.id else None


def _reaches(permissions: Permissions, account: Account, book: str) -> bool:
    policy = policy_of(book)
    _entry, unit = place_of(account, book)
    return any(
        one.book == book and one.role in policy.reset.ask and is_within(unit, one.unit)
        for one in permissions.holdings
    )


def is_reset(request: Request) -> bool:
    """Return whether a request asks for a reset, also in the older form; decrypts it."""
    if request.kind != KIND:
        return bool(request.kind == FORMERLY)
    return bool(open_payload(request).get("operation") == OPERATION)


def waiting_reset(owner: Account, asker: int) -> int | None:
    """Return the request for a reset of ``owner`` by somebody else than ``asker``, if one waits."""
    kinds = Request.kind.in_((KIND, FORMERLY)) & Request.state.in_(("open", "returned"))
    rows = Request.select().where(kinds & (Request.about == owner) & (Request.requester != asker))
    return next((row.id for row in rows.order_by(Request.id) if is_reset(row)), None)


def open_halves(owner: Account, act: Act, second: Second, clause: str) -> None:
    """Void the owner's code and open a reset of which both people get a half (`open_reset`); notify them, the
    owner and the supervisors."""
    row = open_reset(owner.id, second.request, act.permissions.account, second.account)
    act.note_facts(opens_at=row.opens_at)
    hands = [one for one in (row.by_id, row.voucher_id) if one is not None]
    detail = {
        "by": account_owner(act.permissions.account),
        "voucher": account_owner(hands[-1]),
        "opens": row.opens_at if row.opens_at > row.made_at else "",
    }
    tell_both(owner, "reset-vouched", clause, request=second.request, detail=detail)
    tell_accounts(owner, hands, "reset-half", str(act.facts["book"]), clause, second.request)


def reset_lines(request: Request, _asks: Payload) -> tuple[DiffLine, ...]:
    """Return what the reader of the request sees of how far the reset has come."""
    how = _standing(request)
    return (DiffLine("how", _("how it stands"), "", how, ("", how)),) if how else ()


def _standing(request: Request) -> Text:
    row = Activation.get_or_none(Activation.request == request)
    if row is None:
        terms = terms_of(request.about_id) if request.about_id is not None else None
        if terms is None or not terms.wait:
            return ""
        hours = int(terms.wait.total_seconds() // 3600)
        return _("a privileged role: the code opens {hours} h after it is vouched for", hours=hours)
    if row.used_at is not None:
        return _("the owner enrolled again on {when}", when=local(row.used_at)[:16])
    if row.stopped_at is not None:
        return _("stopped on {when}", when=local(row.stopped_at)[:16])
    if row.opens_at > clock.now():
        return _("the code opens on {when}", when=local(row.opens_at)[:16])
    if row.first_shown_at is not None and row.second_shown_at is not None:
        return _("both halves are out; the owner puts them together at the door")
    return _("halves to be shown until {when}", when=local(halves_shown_until(row))[:16])


MORE[OPERATION] = reset_lines
