"""Signing in: a name, a password and a code, in one question and one answer.

Whatever is wrong, the answer and its cost are the same: whether a name exists, is disabled, comes
from a source that is not welcome or had only one of its secrets right can't be told from outside.
"""

from __future__ import annotations

from dataclasses import dataclass

from auth import delays, sessions, totp
from auth.codes import digest_of
from auth.enrolment import digest_of_halves
from auth.failed_signins import RefusedSignIn, record_refusal, tell_of_failures
from auth.login_names import login_of, name_digest
from auth.password_age import age_of
from auth.passwords import matches
from auth.pickups import is_pickup_code, redeem_code
from auth.recovery import stored_code
from auth.tokens import find_token, is_token
from db.desk.accounts.account_notices import tell_owner
from db.desk.accounts.activations import may_be_used
from db.desk.accounts.calls import call_for_help
from db.desk.accounts.pickups import note_session
from db.desk.authority.actor import Strength
from db.desk.lifecycle.last_day import clause_of_last_day, end_due
from db.desk.refusal import SILENT, last_day_over
from db.desk.tasks.handback import owes_copies
from db.language import Message
from db.store import clock
from db.store.addresses import address_of, source_of
from db.store.connections import one_more
from db.store.tables import Account, RecoveryCode
from db.store.transactions import reading, writing
from db.store.write_queue import patient

LONGEST_SOURCE = 64
WAITS = 60.0
"""Seconds that a sign-in waits for its turn at writing: whoever answered rightly is not sent away because
others write long."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone is in. ``strength`` is ``enrolling`` after an activation code, ``expired`` where the password
    is older than the regulations allow (A.19), ``leaving`` after the last day, where copies are to be
    handed back (H.5.4), ``pickup`` after a pick-up code, and
    ``token`` after a script's token."""

    session: int
    account: int
    login: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class _Granted:
    strength: Strength
    factor: str
    pickup: str = ""
    token: str | None = None


class SignIn:
    """One person's attempt to sign in as ``login`` from the address ``source`` through ``front``
    (ssh, console or host). Every method blocks; `answer` takes about 0.25 s of a processor."""

    def __init__(self, login: str, source: str, front: str) -> None:
        self._login = login_of(login)
        self._name = name_digest(self._login)
        self._address = address_of(source)[:LONGEST_SOURCE]
        self._source = source_of(self._address)
        self._front = front
        self.ended: Message | None = None
        """What to say to somebody whose password and code are right, after the last day on record."""

    def delay(self) -> float:
        """Return the seconds to hold the answer, by the failures of this name and source. Counts nothing;
        cheap."""
        with reading():
            return delays.delay(self._name, self._source)

    def answer(self, password: str, code: str) -> SignedIn | None:
        """Check both answers as typed and, if right, start and record a session. Return None for a refusal,
        which is recorded or counted; nothing says why.

        - ``password`` may be an activation code, a pick-up code or a token, with ``code`` empty; ``code`` may
          be a recovery code.
        - The try counts as failed ahead of its check. Codes are used up. The owner is told of a new source,
          of failures, and of a used recovery code.
        - First ends sessions whose account's last day is over.
        - Raises TooEarly, with nothing checked, where others try this name from the same source: hold the
          answer again.
        - Raises Unavailable, with nothing counted, checked or used up, where the database has no connection
          left for the session.
        - Raises CodeUsed where the only fault is that the code was used a moment ago.
        """
        with patient(WAITS):
            end_due()
            with one_more():
                return self._answer(password, code)

    def _answer(self, password: str, code: str) -> SignedIn | None:
        turn = delays.take_turn(self._name, self._source)
        with reading():
            account = Account.get_or_none(Account.login == self._login)
        stored = account.password if account is not None else None
        right = matches(password, Account.hash_in(account.id, stored) if account is not None else None)
        with writing():
            account = Account.get_or_none(Account.login == self._login)
            if account is None:
                self._record_refusal(None, "unknown")
                return None
            verdict = self._judge(account, right and account.password == stored, password, code)
            if not isinstance(verdict, str):
                return self._admit(account, verdict, turn)
            self._record_refusal(account, verdict)
        if verdict == "used":
            raise totp.CodeUsed
        return None

    def call_for_help(self) -> None:
        """Store and record that somebody here says to be locked out, and tell the owner and those who know
        them (`db.desk.accounts.calls`); in a transaction of its own. Looks the same for a name that nobody
        has."""
        with writing():
            call_for_help(self._login, self._source, self._front)

    def _judge(self, account: Account, right: bool, password: str, code: str) -> _Granted | str:
        """Return what the answers grant, or the reason for the refusal as a word for the audit. ``right``:
        the password is. Uses a code up only where all else is right; sets `ended` after the last day."""
        if account.state == "disabled":
            clause = clause_of_last_day(account.id)
            if not (
                clause and right and totp.SIX_DIGITS.fullmatch(code) and not self._wrong_with(account, code)
            ):
                return "disabled"
            if owes_copies(account.person_id):
                return _Granted("leaving", "code")
            self.ended = last_day_over(clause)
            return "last-day"
        if _is_activation(account, password) and not code:
            return _Granted("enrolling", "activation")
        if account.state == "active" and not code and is_pickup_code(password):
            pickup = redeem_code(account.id, self._source, password)
            return _Granted("pickup", "pickup", pickup) if pickup else "password"
        if account.state == "active" and not code and is_token(password):
            token = None if age_of(account).expired else find_token(account.id, self._address, password)
            return _Granted("token", "token", token=token) if token else "password"
        if account.state != "active" or not right:
            return "password"
        is_guessable = totp.SIX_DIGITS.fullmatch(code) is not None
        wrong = self._wrong_with(account, code) if is_guessable else _wrong_recovery_code(account, code)
        if wrong:
            return wrong
        factor = "code" if is_guessable else "recovery"
        return _Granted("expired" if age_of(account).expired else "full", factor)

    def _wrong_with(self, account: Account, code: str) -> str:
        """Use up a one-time code and return "", or return a word for what is wrong. Counts a wrong code, but
        not one that was used already. Refuses, with nothing checked, unwelcome sources and those with too
        many wrong codes within an hour."""
        if not delays.is_welcome(self._name, account.id, self._source):
            return "source"
        if not delays.may_check_code(account.id, self._source):
            return "codes"
        if totp.use_code(account, code):
            return ""
        if totp.was_used(account, code):
            return "used"  # whoever types it knows it: that is no guess
        delays.count_wrong_code(account.id, self._source)
        return "code"

    def _admit(self, account: Account, granted: _Granted, turn: delays.Turn) -> SignedIn:
        detail: dict[str, object] = {"strength": granted.strength, "factor": granted.factor}
        if granted.token:
            detail["token"] = granted.token
        session = sessions.start_recorded(
            account.id, self._address, self._front, granted.strength, detail, granted.token
        )
        if granted.pickup:
            note_session(granted.pickup, session)
        if granted.strength in ("enrolling", "pickup", "token"):
            delays.uncount_try(turn)
        else:
            if delays.remember_success(self._name, account.id, self._source):
                tell_owner(account, "new-source", SILENT, detail={"source": self._address})
            tell_of_failures(account)
        if granted.factor == "recovery":
            tell_owner(account, "recovery-code-used", SILENT)
        return SignedIn(session, account.id, account.login, granted.strength)

    def _record_refusal(self, account: Account | None, why: str) -> None:
        number = account.id if account is not None else None
        record_refusal(RefusedSignIn(self._name, number, self._address, self._front, why))


def _is_activation(account: Account, typed: str) -> bool:
    """Return whether ``typed`` is the account's activation code, whole or of two halves, and valid now. Uses
    nothing up. At 128 bits it is beyond guessing, and so is good from any source."""
    return (
        account.activation is not None
        and account.activation_until is not None
        and account.activation_until > clock.now()
        and account.activation
        in (
            Account.code_of(account.id, "activation", digest_of("activation", typed)),
            Account.code_of(account.id, "activation", digest_of_halves(account.id, typed)),
        )
        and may_be_used(account.id)
    )


def _wrong_recovery_code(account: Account, code: str) -> str:
    """Use up a recovery code and return "", or return ``code`` if none fits. At 128 bits it is beyond
    guessing, and so is good from any source."""
    used = (
        RecoveryCode.update(used_at=clock.now())
        .where(RecoveryCode.account == account.id)
        .where(RecoveryCode.digest == stored_code(account.id, code))
        .where(RecoveryCode.used_at.is_null())
        .execute()
    )
    return "" if used == 1 else "code"
