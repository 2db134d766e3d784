"""Cases of breaches and errors, from the report to the closure, and commendations."""

from __future__ import annotations

from peewee import SQL, AutoField, CharField, IntegerField

from db.store.tables.accounts import Account
from db.store.tables.base import SealedField, Table, foreign_key
from db.store.tables.people import Book, Entry, Unit


class CaseFile(Table):
    """A reported breach (``sort`` incident) or a reported error, with where it stands."""

    id = AutoField()
    key = CharField(unique=True, max_length=32, help_text="what the sealed words are bound to")
    book, book_id = foreign_key(Book, backref="cases")
    sort = CharField(max_length=16, constraints=[SQL("CHECK (sort IN ('incident', 'error'))")])
    kind = CharField(default="", max_length=64, help_text="id of a kind of case, or not known yet")
    unit, unit_id = foreign_key(Unit, backref="+")
    entry, entry_id = foreign_key(
        Entry, null=True, backref="+", help_text="the entry that is said to be wrong"
    )
    field = CharField(default="", max_length=64)
    words = SealedField(help_text="what the reporter wrote")
    reporter, reporter_id = foreign_key(Account, backref="+")
    reported_at = CharField(max_length=27)
    state = CharField(
        default="reported",
        constraints=[SQL("CHECK (state IN ('reported', 'triaged', 'investigating', 'decided', 'closed'))")],
        index=True,
    )
    clause = CharField()
    policy_version = CharField()
    outcome = CharField(default="", max_length=16, help_text="breach or unfounded; corrected or right")
    decided_by, decided_by_id = foreign_key(Account, null=True, backref="+")
    decided_at = CharField(null=True, max_length=27)
    closed_at = CharField(null=True, max_length=27)

    @staticmethod
    def place(key: str) -> str:
        """What the sealed words are bound to."""
        return f"case_file:{key}:words"


class CaseParty(Table):
    """A person concerned, with what was decided about them. ``amount`` is the whole fine."""

    id = AutoField()
    case, case_id = foreign_key(CaseFile, backref="parties")
    entry, entry_id = foreign_key(Entry, backref="+")
    sanctions = CharField(default="", help_text="ids of rungs, with commas")
    occurrences = IntegerField(default=1)
    amount = IntegerField(default=0)
    currency = CharField(default="", max_length=3)
    clause = CharField(default="")

    class Meta:
        indexes = ((("case", "entry"), True),)


class CaseEvent(Table):
    """The history of a case, each line with its word."""

    id = AutoField()
    key = CharField(unique=True, max_length=32)
    case, case_id = foreign_key(CaseFile, backref="events")
    at = CharField(max_length=27)
    account, account_id = foreign_key(Account, backref="+")
    act = CharField(max_length=16)
    word = SealedField()

    @staticmethod
    def place(key: str) -> str:
        """What the sealed word is bound to."""
        return f"case_event:{key}:word"


class CaseAttachment(Table):
    """What the investigation rests on: a record of the audit, a traced copy, a file of evidence."""

    id = AutoField()
    case, case_id = foreign_key(CaseFile, backref="attachments")
    what = CharField(max_length=16, constraints=[SQL("CHECK (what IN ('audit', 'copy', 'file'))")])
    number = CharField(max_length=32, index=True, help_text="of the record or the copy, or the file's id")
    added_by, added_by_id = foreign_key(Account, backref="+")
    at = CharField(max_length=27)

    class Meta:
        indexes = ((("case", "what", "number"), True),)


class Commendation(Table):
    """Praise of a department or a person for a period, as the ranking of that period had them (B.7.1)."""

    id = AutoField()
    book, book_id = foreign_key(Book, backref="+")
    kind = CharField(max_length=64, help_text="id of a commendation of the book's policy")
    unit, unit_id = foreign_key(Unit, backref="+")
    entry, entry_id = foreign_key(Entry, null=True, backref="+", help_text="null: the whole department")
    first = CharField(max_length=10)
    last = CharField(max_length=10)
    place = IntegerField(help_text="in the ranking of the period")
    word = CharField(default="")
    clause = CharField()
    by, by_id = foreign_key(Account, backref="+")
    at = CharField(max_length=27)
