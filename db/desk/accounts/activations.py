"""Activation codes: whose hand is in them, from when and how long they are good, and what makes them void.

Of a reset the code comes in two halves of 65 bits, each shown once to one person. Only keyed digests are
stored: that of a half until the other half is shown as well, then that of both together. Nothing here knows
a code or a half in clear; `auth.enrolment` makes them.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Literal

from db.desk.authority.terms import is_powerful, terms_of
from db.store import clock
from db.store.engine import store
from db.store.tables import Account, Activation

VALID_FOR = timedelta(hours=72)
"""How long a code is good, and how long its halves wait to be shown."""


def join_halves(account: int, half: str, other: str) -> str:
    """Return the keyed digest of the code that both halves make; their order is of no matter."""
    first, second = sorted((half, other))
    content = f"halves:{account}:{first}:{second}".encode()
    return hmac.new(store().keys.digest, content, hashlib.sha256).hexdigest()


def note_code(account: int, by: int | None, how: Literal["invitation", "host"]) -> None:
    """Store that the account's present code was given out by one person alone (``invitation``), or by the
    host as a last resort (``host``). An earlier code's record ends."""
    _stop(account)
    moment = clock.now()
    Activation.create(account=account, how=how, by=by, made_at=moment, opens_at=moment)


def open_reset(account: int, request: int | None, by: int, voucher: int | None) -> Activation:
    """Void any code, and store the record of a reset: a code to be shown in two halves, to ``by`` and
    ``voucher``, usable once the account's waiting time is over. Makes no code, and notifies nobody."""
    void_code(account)
    Account.update(activation=None, activation_until=None).where(Account.id == account).execute()
    moment = clock.now()
    opens = clock.stamp(clock.moment(moment) + terms_of(account).wait)
    made: Activation = Activation.create(
        account=account,
        how="reset",
        request=request,
        by=by,
        voucher=voucher,
        made_at=moment,
        opens_at=opens,
    )
    return made


def outstanding_code(account: int) -> Activation | None:
    """Return the record of the account's code that can be used, or of which a half may still be shown; None
    where there is none."""
    row: Activation | None = (
        Activation.select().where(Activation.account == account).order_by(Activation.id.desc()).first()
    )
    if row is None or row.stopped_at is not None or row.used_at is not None:
        return None
    return row if is_out(row) else None


def is_out(row: Activation) -> bool:
    """Return whether the code of ``row``, neither stopped nor used, can still be used, or a half of it be
    shown."""
    until: str = row.account.activation_until or halves_shown_until(row)
    return until > clock.now()


def _stop(account: int, by: int | None = None) -> Activation | None:
    """Mark the record of the outstanding code as stopped, delete the digests of its halves, and return it;
    None without one. The account keeps a code that is complete."""
    row = outstanding_code(account)
    if row is not None:
        Activation.update(stopped_at=clock.now(), stopped_by=by, first=None, second=None).where(
            Activation.id == row.id
        ).execute()
    return row


def void_code(account: int, by: int | None = None) -> Activation | None:
    """Delete the outstanding code, and mark its record as stopped by ``by``; return the record, None without
    one. Notifies nobody."""
    row = _stop(account, by)
    if row is not None:
        Account.update(activation=None, activation_until=None).where(Account.id == account).execute()
    return row


def may_be_used(account: int) -> bool:
    """Return whether the account may use its code now, whatever the code is and until when it is valid. A
    code that the host gave out may always be used. One that a single person gave out, or nobody is known to
    have, may not where the holder is more than an employee. One of two halves may not before the waiting time
    of what the holder is by now."""
    row = outstanding_code(account)
    if row is None or row.how == "invitation":
        return not is_powerful(account)
    if row.how == "host":
        return True
    opens = clock.stamp(clock.moment(row.made_at) + terms_of(account).wait)
    return max(opens, row.opens_at) <= clock.now()


def note_use(account: int) -> Activation | None:
    """Mark the record of the outstanding code as used, and return it; None without one."""
    row = outstanding_code(account)
    if row is not None:
        Activation.update(used_at=clock.now()).where(Activation.id == row.id).execute()
    return row


def halves_shown_until(row: Activation) -> str:
    """Return until when the halves of a code may be shown (stored text)."""
    return clock.stamp(max(clock.moment(row.made_at), clock.moment(row.opens_at)) + VALID_FOR)


def store_half(row: Activation, which: str, digest: str) -> str | None:
    """Store the digest of a half, which is shown now, with the moment. The second half completes the code:
    the account gets its digest, the digests of the halves are deleted, and the moment until which the code is
    valid is returned. Raises LookupError for a half that was shown before."""
    shown = {which: digest, f"{which}_shown_at": clock.now()}
    unshown = getattr(Activation, f"{which}_shown_at").is_null()
    if Activation.update(**shown).where((Activation.id == row.id) & unshown).execute() != 1:
        raise LookupError(row.id)
    row = Activation.get_by_id(row.id)
    if row.first is None or row.second is None:
        return None
    until = clock.stamp(max(clock.utcnow(), clock.moment(row.opens_at)) + VALID_FOR)
    whole = Account.code_of(row.account_id, "activation", join_halves(row.account_id, row.first, row.second))
    Activation.update(first=None, second=None).where(Activation.id == row.id).execute()
    Account.update(activation=whole, activation_until=until).where(Account.id == row.account_id).execute()
    return until
