"""A first sign-in, or one anew: password, authenticator and recovery codes, chosen by their owner.

An activation code opens it, whole or put together of the two halves of a reset (`db.desk.accounts.resets`),
from its first use until the enrolment is finished or the code's time is over. Nothing of it is stored before
`finish`, which stores all of it and uses the code up in one transaction: whoever's line is cut on the way
begins again with the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from auth import delays, sessions, totp
from auth.codes import digest_of, halves_of, new_code, new_half
from auth.failed_signins import tell_of_failures
from auth.login_names import name_digest
from auth.password_history import remember_password, require_unused
from auth.passwords import hash_of, require_good
from auth.reauthentication import one_try
from auth.recovery import CODES, store_codes
from db.desk import Actor, Desk, Invalid, Problem, SessionOver
from db.desk.accounts.account_notices import account_owner, mail_owner, tell_owner, tell_supervisors
from db.desk.accounts.activations import VALID_FOR, join_halves, may_be_used, note_use
from db.desk.accounts.confirming import ask_to_confirm
from db.desk.accounts.reset_desk import HalfShown
from db.desk.refusal import SILENT
from db.language import _
from db.store import audit, clock
from db.store.addresses import source_of
from db.store.engine import store
from db.store.tables import Account
from db.store.transactions import writing


def new_activation() -> tuple[str, str, str]:
    """Make an activation code; store nothing. Return it, its digest under a key, and the time until which it
    is valid."""
    code = new_code()
    return code, digest_of("activation", code), clock.stamp(clock.utcnow() + VALID_FOR)


def invite(desk: Desk, entry: int, login: str) -> str:
    """Create an account for the person of ``entry``, recorded. Return its activation code, to be shown once;
    "" where the person is more than an employee: their code takes two people, as a reset does."""
    code, digest, until = new_activation()
    made = desk.accounts.create(entry, login, digest, until)
    stored = Account.get_by_id(made).activation
    return code if stored == Account.code_of(made, "activation", digest) else ""


def reissue_activation(desk: Desk, account: int) -> str:
    """Replace an activation code that was lost or expired, recorded with the actor as its giver. Return the
    new one, to be shown once. Raises Invalid for an enrolled account, Refused for one that takes two
    people."""
    code, digest, until = new_activation()
    desk.accounts.issue_activation(account, digest, until)
    return code


def break_glass(desk: Desk, account: int) -> str:
    """Give an account a new activation code on the word of the host's operator alone, recorded; tell the
    owner and all supervisors (threat 32). Return the code, to be handed over."""
    code, digest, until = new_activation()
    desk.accounts.break_glass(account, digest, until)
    return code


@dataclass(frozen=True, slots=True)
class Half:
    """One's half of a code in clear, and what is to be known of it."""

    code: str
    shown: HalfShown


def take_half(desk: Desk, request: int) -> Half:
    """Make the actor's half of a reset's code, store its digest, and record that. Return the half, to be
    shown once. Raises Refused."""
    code = new_half()
    return Half(code, desk.resets.take_half(request, digest_of("half", code)))


def digest_of_halves(account: int, typed: str) -> str:
    """Return the digest of ``typed`` as two halves joined in either order. Uses the installation's keys;
    stores nothing."""
    first, second = halves_of(typed)
    return join_halves(account, digest_of("half", first), digest_of("half", second))


class Enrolment:
    """One enrolment on its way, in the order of its methods. For an actor who is ``enrolling``."""

    def __init__(self, actor: Actor) -> None:
        account = Account.get_by_id(actor.account)
        if actor.strength != "enrolling" or account.activation is None:
            raise SessionOver
        self._actor = actor
        self._activation = account.activation
        self._password = ""
        self._step: int | None = None
        self.secret = totp.new_secret()
        self.uri = totp.uri_of(self.secret, actor.login, store().settings.organisation)
        self.codes = tuple(new_code() for _number in range(CODES))

    def choose_password(self, password: str, repeated: str) -> None:
        """Keep the owner's new password in memory until `finish`. Takes up to a second or two. Raises
        Invalid; a password of the past counts as a failed try."""
        account = Account.get_by_id(self._actor.account)
        require_good(account, password, repeated)
        with one_try(self._actor, "password"):
            require_unused(account, password)
        self._password = hash_of(password)

    def confirm(self, code: str) -> None:
        """Keep in memory, until `finish`, the time step of ``code``: it proves that the authenticator has the
        secret. Counts no failure, as the owner reads the secret on the screen. Raises Invalid."""
        step = totp.step_of(self.secret, code)
        if step is None:
            raise Invalid(
                Problem(
                    "code",
                    _("This is not the present code. Try the next one, and check the phone's clock."),
                )
            )
        self._step = step

    def finish(self) -> None:
        """Store password, secret and recovery codes, use the activation code up and make the session full; in
        one transaction, recorded.

        - Ends the owner's other sessions, deletes the failures counted, and stores the source as known.
        - Tells the owner; by mail alone where the account had no password, as somebody else may have
          enrolled.
        - Asks those who may to confirm the person; tells supervisors where nobody was asked.
        - Raises SessionOver where the code was replaced, has expired, was used in another session or may not
          be used now (`may_be_used`), or the account was disabled.
        - Raises RuntimeError before `choose_password` and `confirm`.
        """
        if not self._password or self._step is None:
            raise RuntimeError("the password and the code come first")
        actor = self._actor
        with writing():
            account = Account.get_by_id(actor.account)
            if not may_be_used(account.id):
                raise SessionOver
            used = note_use(account.id)
            remember_password(account)
            enrolled = (
                Account.update(
                    state="active",
                    password=Account.password_of(account.id, self._password),
                    password_set_at=clock.now(),
                    totp=totp.seal_secret(account.id, self.secret),
                    totp_step=self._step,
                    activation=None,
                    activation_until=None,
                )
                .where((Account.id == account.id) & (Account.activation == self._activation))
                .where((Account.state != "disabled") & (Account.activation_until > clock.now()))
                .execute()
            )
            if enrolled != 1:
                raise SessionOver
            store_codes(account.id, self.codes)
            sessions.strengthen(actor.session)
            audit.append(
                act="auth.enrol",
                outcome="done",
                account=account.id,
                session=actor.session,
                source=actor.source,
                front=actor.front,
            )
            sessions.end_others(account.id, actor.session, "replaced")
            delays.remember_success(name_digest(account.login), account.id, source_of(actor.source))
            tell_of_failures(account)
            if account.password is not None:
                tell_owner(account, "account-enrolled", SILENT, detail={"source": actor.source})
            else:  # whoever enrolled may not be the owner
                mail_owner(
                    account,
                    "account-enrolled",
                    {"who": account_owner(account.id), "source": actor.source, "own": True},
                )
            asked = ask_to_confirm(account.id)
            if not asked and used is not None:
                told = {"source": actor.source}
                tell_supervisors(account, "account-enrolled", SILENT, detail=told, by=used.by_id)
