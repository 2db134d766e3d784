"""Accounts: who may sign in, what they are, and what the door remembers of them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from peewee import SQL, AutoField, BooleanField, CompositeKey, IntegerField

from db.store import clock
from db.store.binding import binding_digest, open_signed, place_of, sign_text
from db.store.engine import store
from db.store.moves import Moves, Moving
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, foreign_key
from db.store.tables.facts import DAY, LOGIN, MARK, ORGANISATION, ROW, UNKEPT, WORD, Personal
from db.store.tables.people import Book, Person, Unit

Code = Literal["activation", "recovery"]
Password = Literal["password", "past-password"]
"""What is bound to an account, each for what it is."""


class Account(Table):
    """A way to sign in. ``state``: invited (activation code out), active, or disabled."""

    moves: ClassVar[Moving] = {
        "login": Moves.ACCOUNT,
        "person": Moves.ACCOUNT,
        "state": Moves.ACCOUNT,
        "password": Moves.CODE,
        "password_set_at": Moves.CODE,
        "totp": Moves.CODE,
        "totp_step": Moves.CODE,
        "activation": Moves.CODE,
        "activation_until": Moves.CODE,
    }

    id = AutoField()
    login = CharField(Personal(LOGIN), unique=True, max_length=64)
    person, person_id = foreign_key(Person, to_person=1, null=True, backref="accounts", index=False)
    state = CharField(
        WORD, default="invited", constraints=[SQL("CHECK (state IN ('invited', 'active', 'disabled'))")]
    )
    language = CharField(WORD, null=True, max_length=8, help_text="chosen inside; null: the client's")
    theme = CharField(WORD, null=True, max_length=16)
    drawing = CharField(WORD, null=True, max_length=8, help_text="chosen inside; null: by the terminal")
    filters = CharField(WORD, null=True, max_length=2000, help_text="JSON: chips of To do that were kept")
    password = CharField(
        Personal(None), null=True, help_text="bcrypt of the keyed pre-hash, bound to the account"
    )
    password_set_at = MomentField(null=True)
    totp = SealedField(Personal(None), "id", null=True)
    totp_step = IntegerField(default=0, help_text="last time step that was used")
    activation = CharField(
        Personal(None), null=True, help_text="digest of the activation code, bound to the account"
    )
    activation_until = MomentField(null=True)
    created_at = MomentField()

    class Meta:
        indexes = ((("person", "state"), False),)

    @classmethod
    def in_use(cls) -> Any:
        """Return the SQL condition for accounts that are active, or invited with a valid activation code."""
        invited = (cls.state == "invited") & (cls.activation_until > clock.now())
        return (cls.state == "active") | invited

    @staticmethod
    def code_of(account: int, purpose: Code, digest: str) -> str:
        return binding_digest(store().keys, place_of("account", account, purpose), digest)

    @staticmethod
    def password_of(account: int, hashed: str, when: Password = "password") -> str:
        """Return the bcrypt text ``hashed`` signed for ``account`` under a key, as it is stored; `hash_in`
        opens it."""
        return sign_text(store().keys, place_of("account", account, when), hashed)

    @staticmethod
    def hash_in(account: int, stored: str | None, when: Password = "password") -> str | None:
        """Return the bcrypt text in ``stored``; None unless it was signed for this account."""
        return open_signed(store().keys, place_of("account", account, when), stored)


class PastPassword(Table):
    """A password that may not be used again yet (A.19), bound to its account as one of the past."""

    moves = Moves.CODE

    account, account_id = foreign_key(Account, to_person=1, backref="past_passwords")
    password = CharField(Personal(ROW))
    set_at = MomentField()


class RecoveryCode(Table):
    """The digest of a code that replaces one TOTP code, once, bound to its account."""

    moves = Moves.CODE

    account, account_id = foreign_key(Account, to_person=1, backref="recovery_codes")
    digest = CharField(Personal(ROW), unique=True)
    used_at = MomentField(null=True)


class Grant(Table):
    """A role that somebody holds from a moment to a moment, in one book or everywhere, from one unit down or
    throughout. A right is an ``account``'s; an office is a ``person``'s, who may have no account, and is held
    in a ``capacity``: for good, acting for the time being, or as a deputy of whoever holds it. What was held
    stays on record."""

    moves = Moves.ROLE

    id = AutoField()
    account, account_id = foreign_key(Account, to_person=1, null=True, backref="grants")
    person, person_id = foreign_key(Person, to_person=2, null=True, backref="grants")
    role = CharField(WORD, max_length=64, index=True)
    book, book_id = foreign_key(Book, null=True)
    unit, unit_id = foreign_key(Unit, null=True)
    capacity = CharField(
        WORD,
        default="holder",
        max_length=16,
        constraints=[SQL("CHECK (capacity IN ('holder', 'acting', 'deputy'))")],
    )
    granted_by, granted_by_id = foreign_key(Account, null=True, backref="+")
    granted_at = MomentField(help_text="empty: before offices were kept")
    from_at = MomentField(default="", help_text="empty: from when it was granted")
    until = MomentField(null=True)
    revoked_at = MomentField(null=True)
    alone = BooleanField(default=False, help_text="one person gave it: its holder is no second for them")

    @property
    def holder(self) -> Account:
        """Return the account of a right, or the first account not disabled of an office's person. Raises
        LookupError if there is none."""
        if self.account is not None:
            return self.account
        found = Account.get_or_none((Account.person == self.person_id) & (Account.state != "disabled"))
        if found is None:
            raise LookupError(self.id)
        return found

    @property
    def holder_name(self) -> str:
        """The name of the holder, or the login of an account without a person."""
        person = self.person if self.account is None else self.account.person
        return str(person.name if person is not None else self.holder.login)

    @classmethod
    def in_force(cls) -> Any:
        """Return the SQL condition for grants in force at this moment."""
        now = clock.now()
        return cls.revoked_at.is_null() & (cls.from_at <= now) & (cls.until.is_null() | (cls.until > now))

    @classmethod
    def is_of(cls) -> Any:
        return (cls.account == Account.id) | (cls.person == Account.person)


def in_force(grant: str) -> str:
    """Return `Grant.in_force` as SQL text for a table called ``grant``, with {now} for the moment."""
    until = f'({grant}."until" IS NULL OR {grant}."until" > {{now}})'
    return f"{grant}.revoked_at IS NULL AND {grant}.from_at <= {{now}} AND {until}"


def office_when_named(grant: str, delegation: str, account: str) -> str:
    """Return the SQL condition that ``account`` held ``grant`` already when naming the delegate: a delegate
    does not stand in for later offices."""
    since = f"{grant}.granted_at <= {delegation}.created_at AND {grant}.from_at <= {delegation}.created_at"
    return (
        f"({grant}.account_id = {account}.id OR {grant}.person_id = {account}.person_id)"
        f" AND {grant}.role = {delegation}.role"
        f" AND ({grant}.book_id IS NULL OR {grant}.book_id = {delegation}.book_id)"
        f" AND {since}"
    )


class SignInSession(Table):
    """One signed-in session. ``strength``: full, enrolling, expired (password to be changed), or leaving
    (copies to be handed back after the last day).
    ``bound`` is the digest that binds account, source, front, strength and beginning to the row."""

    moves = Moves.ACCOUNT

    id = AutoField()
    account, account_id = foreign_key(Account, to_person=1, backref="sessions")
    source = CharField(Personal(""), help_text="client address, or `console`")
    front = CharField(WORD, help_text="ssh, console or host")
    server = CharField(ORGANISATION, default="", help_text="host and state folder it runs on")
    strength = CharField(WORD)
    started_at = MomentField()
    errand = BooleanField(default=False, help_text="whether it runs a plain command, not a screen")
    token = CharField(MARK, null=True, max_length=10, help_text="number of the token that began it")
    bound = CharField(MARK, default="", max_length=80)
    ended_at = MomentField(null=True)
    ended_how = CharField(WORD, null=True)

    def binds(self) -> tuple[str, str]:
        """Return the place and text whose digest ``bound`` is."""
        said = (self.account_id, self.source, self.front, self.strength, self.started_at)
        by = (self.token,) if self.token else ()
        return place_of("session", self.id, "sign-in"), "\n".join(map(str, (*said, *by)))


class Pickup(Table):
    """One plain command that a pick-up code runs once, from the source that it was made for. In no backup and
    in no journal: it lasts minutes. ``code`` is a digest bound to account, source and end."""

    moves = None

    id = CharField(UNKEPT, primary_key=True, max_length=10)
    session, session_id = foreign_key(SignInSession, backref="+", help_text="its code was made in")
    account, account_id = foreign_key(Account, backref="+")
    source = CharField(UNKEPT)
    code = CharField(UNKEPT, max_length=80)
    words = SealedField(UNKEPT, "id", help_text="JSON: language, file, the command's words or a refusal")
    coming = BooleanField(help_text="whether the file is sent here")
    made_at = MomentField(index=True)
    until = MomentField()
    tries = IntegerField(default=0, help_text="wrong codes from its source, and files refused")
    used, used_id = foreign_key(SignInSession, null=True, backref="+", help_text="that its code began")
    used_at = MomentField(null=True)
    taken_at = MomentField(null=True)
    ended_at = MomentField(null=True)


class ScriptToken(Table):
    """What lets a script in for its commands, from its network, until its end. ``code`` is a digest bound to
    the account and to all that the row says; the token itself is kept nowhere."""

    moves: ClassVar[Moving] = {"ended_at": Moves.ACCOUNT}

    id = CharField(Personal(ROW), primary_key=True, max_length=10)
    account, account_id = foreign_key(Account, to_person=1, backref="+")
    source = CharField(Personal(ROW), help_text="network that it is good from")
    code = CharField(Personal(ROW), max_length=80)
    words = SealedField(Personal(ROW), "id", help_text="JSON: the words of each command")
    made_at = MomentField()
    until = MomentField()
    used_at = MomentField(null=True)
    used_from = CharField(Personal(ROW), null=True)
    ended_at = MomentField(null=True)


class FailureCount(Table):
    """Failed tries of what `auth.delays` counts. It is in no backup and in no journal: strangers write it."""

    moves = None

    subject = CharField(UNKEPT, primary_key=True, max_length=200)
    failures = IntegerField(default=0)
    last_at = MomentField(index=True)


class RefusalTally(Table):
    """How many refusals at the door one source had in one hour (``2026-11-23T01``, UTC): those that were
    recorded one by one, and those beyond. In no backup and in no journal."""

    moves = None

    hour = CharField(UNKEPT, max_length=13)
    source = CharField(UNKEPT, max_length=64)
    recorded = IntegerField(default=0)
    beyond = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("hour", "source")


class FailedSignIns(Table):
    """What failed in an owner's name: ``since`` the last sign-in, of these ``knowing`` the password, and in
    the ``burst`` that goes on, of which a mail may have been sent. Account 0 stands for names that nobody
    has. In no backup and in no journal."""

    moves = None

    account = IntegerField(primary_key=True)
    since = IntegerField(default=0)
    knowing = IntegerField(default=0)
    burst = IntegerField(default=0)
    last_at = MomentField()
    mailed = BooleanField(default=False)


class DayCount(Table):
    """What a person kept on a day (`db.desk.quota`); not in backups, and forgotten the next day."""

    moves = None

    person = CharField(UNKEPT, max_length=32)
    day = CharField(UNKEPT, max_length=10)
    acts = IntegerField(default=0)
    on_others = IntegerField(default=0)
    size = IntegerField(default=0, help_text="bytes")

    class Meta:
        primary_key = CompositeKey("person", "day")


class KnownSource(Table):
    """A source from which an account signed in; ``bound`` binds it and the time to the account."""

    # A source that is known waits less after failures.
    moves = Moves.ACCOUNT

    account, account_id = foreign_key(Account, to_person=1, backref="known_sources")
    source = CharField(Personal(ROW), max_length=64)
    last_at = MomentField()
    bound = CharField(Personal(ROW), default="", max_length=80)

    @staticmethod
    def binds(account: int, source: str, last_at: str) -> tuple[str, str]:
        """Return the place and text whose digest ``bound`` is."""
        return place_of("account", account, "source"), f"{source}\n{last_at}"

    class Meta:
        primary_key = CompositeKey("account", "source")


class UndertakingAccepted(Table):
    """That an account accepted one version of a policy's undertaking (A.17)."""

    moves = Moves.DUTY

    account, account_id = foreign_key(Account, backref="undertakings")
    policy = CharField(ORGANISATION, max_length=64)
    version = CharField(ORGANISATION, max_length=64)
    at = MomentField()

    class Meta:
        primary_key = CompositeKey("account", "policy", "version")


class Delegation(Table):
    """While ``from_day``..``until_day`` lasts, ``to`` may decide what waits for ``account`` in ``role``."""

    moves = Moves.ROLE

    id = AutoField()
    account, account_id = foreign_key(Account, to_person=1, backref="delegations")
    to, to_id = foreign_key(Account, backref="stands_in")
    book, book_id = foreign_key(Book)
    role = CharField(WORD, max_length=64)
    from_day = CharField(DAY, max_length=10)
    until_day = CharField(DAY, max_length=10)
    reason = CharField(Personal(""), default="")
    created_at = MomentField()
    revoked_at = MomentField(null=True)
