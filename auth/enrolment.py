"""A first sign-in: password, authenticator and recovery codes, chosen by their owner.

An activation code opens it, from its first use until the enrolment is finished or 72 hours are over.
Nothing of it is stored before `finish`, which stores all of it and uses the code up in one
transaction: whoever's line is cut on the way begins again with the same code.
"""

from __future__ import annotations

from datetime import timedelta

from auth import delays, sessions, totp
from auth.codes import digest_of, new_code
from auth.history import keep, require_unused
from auth.inside import one_try
from auth.names import name_digest
from auth.passwords import hash_of, require_good
from auth.recovery import CODES, store_codes
from auth.refusals import tell_of_failures
from db.desk import Actor, Desk, Invalid, Problem, SessionOver
from db.language import _
from db.store import audit, clock
from db.store.addresses import source_of
from db.store.engine import store, writing
from db.store.tables import Account

VALID_FOR = timedelta(hours=72)


def activation() -> tuple[str, str, str]:
    """A new activation code, its digest, and until when it is valid (stored text)."""
    code = new_code()
    return code, digest_of("activation", code), clock.stamp(clock.utcnow() + VALID_FOR)


def invite(desk: Desk, entry: int, login: str) -> str:
    """Make an account for the person of ``entry``; the activation code to hand over, shown once."""
    code, digest, until = activation()
    desk.accounts.create(entry, login, digest, until)
    return code


def reissue(desk: Desk, account: int) -> str:
    """A new activation code in place of one that was lost or ran out."""
    code, digest, until = activation()
    desk.accounts.issue_activation(account, digest, until)
    return code


def reset(desk: Desk, account: int) -> str:
    """Let an owner without password or authenticator enrol anew; the activation code to hand over.
    Until it is used the account stays as it is, and the owner is told (threat 10)."""
    code, digest, until = activation()
    desk.accounts.start_reset(account, digest, until)
    return code


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
        """Take the owner's password. Takes up to a second or two. Raises Invalid."""
        account = Account.get_by_id(self._actor.account)
        require_good(account, password, repeated)
        with one_try(self._actor, "password"):
            require_unused(account, password)
        self._password = hash_of(password)

    def confirm(self, code: str) -> None:
        """Take a code as proof that the authenticator has the secret, which its owner reads on the screen:
        there is nothing to guess and nothing to hold. Raises Invalid."""
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
        """Store everything and use the activation code up. Raises SessionOver where the code was
        replaced or used in another session in the meantime."""
        if not self._password or self._step is None:
            raise RuntimeError("the password and the code come first")
        actor = self._actor
        with writing():
            account = Account.get_by_id(actor.account)
            keep(account)
            enrolled = (
                Account.update(
                    state="active",
                    password=Account.password_of(account.id, self._password),
                    password_set_at=clock.now(),
                    totp=totp.sealed(account.id, self.secret),
                    totp_step=self._step,
                    activation=None,
                    activation_until=None,
                )
                .where((Account.id == account.id) & (Account.activation == self._activation))
                .where(Account.state != "disabled")
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
            delays.succeeded(name_digest(account.login), account.id, source_of(actor.source))
            tell_of_failures(account)
