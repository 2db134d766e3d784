"""What requests of the rarer kinds leave behind: consents, disclosures, copies allowed, units' contacts."""

from __future__ import annotations

from typing import ClassVar

from peewee import SQL, AutoField, BooleanField, CompositeKey

from db.store.moves import Moves, Moving
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION, ROW, WORD, Personal
from db.store.tables.people import Book, Entry, Unit
from db.store.tables.requests import Request


class Consent(Table):
    """Whether a person agrees that their entry is given to another department (B.6.2).

    ``state``: asked; given, refused or silent; withdrawn after it was given; waived where no consent is
    asked for; void where the request that asked is over or was written anew.
    """

    moves: ClassVar[Moving] = {"state": Moves.GIVEN, "fields": Moves.GIVEN, "due": Moves.DUTY}

    id = AutoField()
    request, request_id = foreign_key(Request, backref="consents")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="consents")
    account, account_id = foreign_key(Account, null=True, backref="consents")
    state = CharField(
        WORD,
        constraints=[
            SQL("CHECK (state IN ('asked', 'given', 'refused', 'silent', 'withdrawn', 'waived', 'void'))")
        ],
        index=True,
    )
    fields = TextField(
        Personal("[]"), help_text="JSON: names of the fields asked for, and once given those agreed to"
    )
    due = CharField(DAY, max_length=10, help_text="the last day to answer; silence is a no")
    clause = CharField(WORD)
    asked_at = MomentField()
    answered_at = MomentField(null=True)
    withdrawn_at = MomentField(null=True)


class ConsentWithdrawn(Table):
    """A field of an entry that its person took out and that nobody else puts in again (PIPL 15)."""

    # Others may not write there any more.
    moves = Moves.ENTRY

    entry, entry_id = foreign_key(Entry, to_person=1, backref="+")
    field = CharField(Personal(ROW), max_length=64)
    at = MomentField()

    class Meta:
        primary_key = CompositeKey("entry", "field")


class CollectionNotice(Table):
    """A notice at collection as its readers accepted it (PIPL 17), by the digest of what it comes to."""

    moves = None

    version = CharField(MARK, primary_key=True, max_length=64)
    book, book_id = foreign_key(Book)
    comes_to = TextField(ORGANISATION, help_text="JSON: what each reader is told, by name, as a number")
    zh = TextField(ORGANISATION)
    en = TextField(ORGANISATION)
    at = MomentField()


class Disclosure(Table):
    """An entry that everyone of ``unit`` and below may see for a time, as its ``consent`` goes (B.6.2)."""

    moves = Moves.GIVEN

    id = AutoField()
    consent, consent_id = foreign_key(Consent, backref="+")
    entry, entry_id = foreign_key(Entry, backref="disclosures")
    unit, unit_id = foreign_key(Unit, backref="disclosures")
    from_at = MomentField()
    until = MomentField()
    ended_at = MomentField(null=True, help_text="where it ended early")

    @property
    def end(self) -> str:
        """When it ends or ended: the earliest of its own end, its term, and its person's last day."""
        return str(min(filter(None, (self.ended_at, self.entry.ended_at, self.until))))


class CopyGrant(Table):
    """The right to take one copy of a book from ``unit`` down, once (I.4.4.2, I.4.4.3)."""

    moves = Moves.GIVEN

    id = AutoField()
    account, account_id = foreign_key(Account, backref="copies")
    book, book_id = foreign_key(Book)
    unit, unit_id = foreign_key(Unit)
    request, request_id = foreign_key(Request, backref="+")
    for_work = BooleanField()
    within_reach = BooleanField(default=False, help_text="of what its taker sees alone (A.8)")
    until = MomentField()
    taken_at = MomentField(null=True)
    mark = CharField(MARK, default="", max_length=16, help_text="the mark of the copy that was taken")


class UnitContact(Table):
    """One contact of a unit itself, of a field that the policy gives to units (I.4.2.3, I.4.2.4)."""

    moves = Moves.ENTRY

    unit, unit_id = foreign_key(Unit, backref="contacts")
    name = CharField(ORGANISATION, max_length=64)
    value = TextField(ORGANISATION, null=True)
    sealed = SealedField(ORGANISATION, "unit_id", "name", null=True)
    source = CharField(ORGANISATION, default="")
    verifier, verifier_id = foreign_key(Account, null=True, backref="+")
    verified_at = MomentField(null=True)

    class Meta:
        primary_key = CompositeKey("unit", "name")
