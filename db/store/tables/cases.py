"""Cases of breaches and errors, from the report to the closure, and commendations."""

from __future__ import annotations

from peewee import SQL, AutoField, CharField, ForeignKeyField, IntegerField

from db.store.tables.accounts import Account
from db.store.tables.base import SealedField, Table
from db.store.tables.people import Book, Entry, Unit


class CaseFile(Table):
    """A reported breach (``sort`` incident) or a reported error, with where it stands."""

    book_id: str
    unit_id: int
    entry_id: int | None
    reporter_id: int
    decided_by_id: int | None

    id = AutoField()
    key = CharField(unique=True, max_length=32, help_text="what the sealed words are bound to")
    book = ForeignKeyField(Book, backref="cases")
    sort = CharField(max_length=16, constraints=[SQL("CHECK (sort IN ('incident', 'error'))")])
    kind = CharField(default="", max_length=64, help_text="id of a kind of case, or not known yet")
    unit = ForeignKeyField(Unit, backref="+")
    entry = ForeignKeyField(Entry, null=True, backref="+", help_text="the entry that is said to be wrong")
    field = CharField(default="", max_length=64)
    words = SealedField(help_text="what the reporter wrote")
    reporter = ForeignKeyField(Account, backref="+")
    reported_at = CharField(max_length=27)
    state = CharField(
        default="reported",
        constraints=[SQL("CHECK (state IN ('reported', 'triaged', 'investigating', 'decided', 'closed'))")],
        index=True,
    )
    clause = CharField()
    policy_version = CharField()
    outcome = CharField(default="", max_length=16, help_text="breach or unfounded; corrected or right")
    decided_by = ForeignKeyField(Account, null=True, backref="+")
    decided_at = CharField(null=True, max_length=27)
    closed_at = CharField(null=True, max_length=27)

    @staticmethod
    def place(key: str) -> str:
        """What the sealed words are bound to."""
        return f"case_file:{key}:words"


class CaseParty(Table):
    """A person concerned, with what was decided about them. ``amount`` is the whole fine."""

    case_id: int
    entry_id: int

    id = AutoField()
    case = ForeignKeyField(CaseFile, backref="parties")
    entry = ForeignKeyField(Entry, backref="+")
    sanctions = CharField(default="", help_text="ids of rungs, with commas")
    occurrences = IntegerField(default=1)
    amount = IntegerField(default=0)
    currency = CharField(default="", max_length=3)
    clause = CharField(default="")

    class Meta:
        indexes = ((("case", "entry"), True),)


class CaseEvent(Table):
    """The history of a case, each line with its word."""

    case_id: int
    account_id: int

    id = AutoField()
    key = CharField(unique=True, max_length=32)
    case = ForeignKeyField(CaseFile, backref="events")
    at = CharField(max_length=27)
    account = ForeignKeyField(Account, backref="+")
    act = CharField(max_length=16)
    word = SealedField()

    @staticmethod
    def place(key: str) -> str:
        """What the sealed word is bound to."""
        return f"case_event:{key}:word"


class CaseAttachment(Table):
    """What the investigation rests on: a record of the audit, a traced copy, a file of evidence."""

    case_id: int

    id = AutoField()
    case = ForeignKeyField(CaseFile, backref="attachments")
    what = CharField(max_length=16, constraints=[SQL("CHECK (what IN ('audit', 'copy', 'file'))")])
    number = CharField(max_length=32, index=True, help_text="of the record or the copy, or the file's id")
    added_by = ForeignKeyField(Account, backref="+")
    at = CharField(max_length=27)

    class Meta:
        indexes = ((("case", "what", "number"), True),)


class Commendation(Table):
    """Praise of a department or a person for a period, as the ranking of that period had them (B.7.1)."""

    book_id: str
    unit_id: int
    entry_id: int | None
    by_id: int

    id = AutoField()
    book = ForeignKeyField(Book, backref="+")
    kind = CharField(max_length=64, help_text="id of a commendation of the book's policy")
    unit = ForeignKeyField(Unit, backref="+")
    entry = ForeignKeyField(Entry, null=True, backref="+", help_text="null: the whole department")
    first = CharField(max_length=10)
    last = CharField(max_length=10)
    place = IntegerField(help_text="in the ranking of the period")
    word = CharField(default="")
    clause = CharField()
    by = ForeignKeyField(Account, backref="+")
    at = CharField(max_length=27)
