"""Ways back for an owner without the authenticator: recovery codes, and a reset that someone else
starts and only the owner finishes (threat 10)."""

from __future__ import annotations

from collections.abc import Sequence

from auth import delays, totp
from auth.codes import digest_of, new_code
from auth.reauthentication import one_try
from db.desk import Actor, Invalid, Problem
from db.desk.accounts.account_notices import tell_owner
from db.desk.refusal import SILENT
from db.language import _
from db.store import audit
from db.store.addresses import source_of
from db.store.tables import Account, RecoveryCode
from db.store.transactions import writing

CODES = 10


def store_codes(account: int, codes: Sequence[str]) -> None:
    """Replace the account's recovery codes in the running transaction. Stores digests under the
    installation's keys alone."""
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    for code in codes:
        RecoveryCode.create(account=account, digest=stored_code(account, code))


def stored_code(account: int, code: str) -> str:
    """Return the digest stored for a recovery code, made or typed, under the installation's keys."""
    return Account.code_of(account, "recovery", digest_of("recovery", code))


def codes_left(account: int) -> int:
    """Count the account's unused recovery codes."""
    return int(
        RecoveryCode.select()
        .where((RecoveryCode.account == account) & RecoveryCode.used_at.is_null())
        .count()
    )


def regenerate_codes(actor: Actor, code: str) -> tuple[str, ...]:
    """Replace all recovery codes of an owner who types the authenticator's present ``code``, which is used
    up. Return the new ones.

    - Records success and failure; tells the owner of new codes.
    - A wrong code counts as a failure and delays the next try. Raises Invalid for it, and for a try that is
      too early.
    """
    codes = tuple(new_code() for _number in range(CODES))
    with one_try(actor, "code"):
        _renew(actor, code, codes)
    return codes


def _renew(actor: Actor, code: str, codes: Sequence[str]) -> None:
    with writing():
        account = Account.get_by_id(actor.account)
        source = source_of(actor.source)
        is_checked = delays.may_check_code(account.id, source)
        proven = is_checked and totp.use_code(account, code)
        if proven:
            store_codes(account.id, codes)
            tell_owner(account, "recovery-codes-new", SILENT, detail={"source": actor.source})
        elif is_checked:
            delays.count_wrong_code(account.id, source)
        audit.append(
            act="auth.recovery_codes",
            outcome="done" if proven else "failed",
            account=account.id,
            session=actor.session,
            source=actor.source,
            front=actor.front,
        )
    if not proven:
        raise Invalid(Problem("code", _("That is not a code that can be used now. Wait for the next one.")))
