"""Accounts: who may sign in, what they are, and what the door remembers of them."""

from __future__ import annotations

from peewee import SQL, AutoField, CharField, CompositeKey, ForeignKeyField, IntegerField

from db.store.tables.base import SealedField, Table
from db.store.tables.people import Book, Person, Unit


class Account(Table):
    """A way to sign in. ``state``: invited (activation code out), active, or disabled."""

    person_id: int | None

    id = AutoField()
    login = CharField(unique=True, max_length=64)
    person = ForeignKeyField(Person, null=True, backref="accounts")
    state = CharField(
        default="invited", constraints=[SQL("CHECK (state IN ('invited', 'active', 'disabled'))")]
    )
    language = CharField(null=True, max_length=8, help_text="chosen inside; null: the client's")
    theme = CharField(null=True, max_length=16)
    password = CharField(null=True, help_text="bcrypt of the keyed pre-hash")
    password_set_at = CharField(null=True, max_length=27)
    totp = SealedField(null=True)
    totp_step = IntegerField(default=0, help_text="last time step that was used")
    activation = CharField(null=True, help_text="digest of the activation code")
    activation_until = CharField(null=True, max_length=27)
    created_at = CharField(max_length=27)

    @staticmethod
    def totp_place(account: int) -> str:
        """What the sealed TOTP secret is bound to."""
        return f"account:{account}:totp"


class PastPassword(Table):
    """A password that may not be used again yet (A.19)."""

    account_id: int

    account = ForeignKeyField(Account, backref="past_passwords")
    password = CharField()
    set_at = CharField(max_length=27)


class RecoveryCode(Table):
    """The digest of a code that replaces one TOTP code, once."""

    account_id: int

    account = ForeignKeyField(Account, backref="recovery_codes")
    digest = CharField(unique=True)
    used_at = CharField(null=True, max_length=27)


class Grant(Table):
    """A role that an account holds, in one book or everywhere, from one unit down or throughout."""

    account_id: int
    book_id: str | None
    unit_id: int | None
    granted_by_id: int | None

    id = AutoField()
    account = ForeignKeyField(Account, backref="grants")
    role = CharField(max_length=64)
    book = ForeignKeyField(Book, null=True)
    unit = ForeignKeyField(Unit, null=True)
    granted_by = ForeignKeyField(Account, null=True, backref="+")
    granted_at = CharField(max_length=27)
    until = CharField(null=True, max_length=27)
    revoked_at = CharField(null=True, max_length=27)


class SignInSession(Table):
    """One signed-in session. ``strength``: full, enrolling, or expired (password to be changed)."""

    account_id: int

    id = AutoField()
    account = ForeignKeyField(Account, backref="sessions")
    source = CharField(help_text="client address, or `console`")
    front = CharField(help_text="ssh, console or host")
    server = CharField(default="", help_text="host and state folder it runs on")
    strength = CharField()
    started_at = CharField(max_length=27)
    ended_at = CharField(null=True, max_length=27)
    ended_how = CharField(null=True)


class FailureCount(Table):
    """Failed sign-ins since the last success, by the digest of a login, or that and a source."""

    subject = CharField(primary_key=True, max_length=200)
    failures = IntegerField(default=0)
    last_at = CharField(max_length=27, index=True)


class KnownSource(Table):
    """An address from which an account has signed in."""

    account_id: int

    account = ForeignKeyField(Account, backref="known_sources")
    source = CharField(max_length=64)
    last_at = CharField(max_length=27)

    class Meta:
        primary_key = CompositeKey("account", "source")


class UndertakingAccepted(Table):
    """That an account accepted one version of a policy's undertaking (A.17)."""

    account_id: int

    account = ForeignKeyField(Account, backref="undertakings")
    policy = CharField(max_length=64)
    version = CharField(max_length=64)
    at = CharField(max_length=27)

    class Meta:
        primary_key = CompositeKey("account", "policy", "version")


class Delegation(Table):
    """While ``from_day``..``until_day`` lasts, ``to`` may decide what waits for ``account`` in ``role``."""

    account_id: int
    to_id: int
    book_id: str

    id = AutoField()
    account = ForeignKeyField(Account, backref="delegations")
    to = ForeignKeyField(Account, backref="stands_in")
    book = ForeignKeyField(Book)
    role = CharField(max_length=64)
    from_day = CharField(max_length=10)
    until_day = CharField(max_length=10)
    reason = CharField(default="")
    created_at = CharField(max_length=27)
    revoked_at = CharField(null=True, max_length=27)
