"""A system outside that is kept in step with a book: what waits to be told it, and how far the two differ."""

from peewee import SQL, AutoField, BooleanField, IntegerField

from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, TextField, foreign_key
from db.store.tables.facts import ORGANISATION, ROW, WORD, Personal
from db.store.tables.people import Book, Entry, Person, Unit


class OutsideChange(Table):
    """A change of an entry that the outside system is still to be told; what to tell is looked up then.
    ``state``: waiting, done, or dead once it was given up."""

    moves = None

    id = AutoField()
    system = CharField(WORD, max_length=16)
    book, book_id = foreign_key(Book, backref="+")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="+")
    event = CharField(WORD, max_length=8, help_text="join, change, leave")
    state = CharField(
        WORD, default="waiting", constraints=[SQL("CHECK (state IN ('waiting', 'done', 'dead'))")], index=True
    )
    attempts = IntegerField(default=0)
    next_at = MomentField()
    held_until = MomentField(null=True, help_text="a host is telling it until then")
    problem = CharField(Personal(""), default="", max_length=200, help_text="what the last attempt failed of")
    made_at = MomentField()
    done_at = MomentField(null=True)


class OutsideMember(Table):
    """As whom a person is known there."""

    moves = None

    id = AutoField()
    system = CharField(Personal(ROW), max_length=16)
    person, person_id = foreign_key(Person, to_person=1, backref="+")
    account = CharField(Personal(ROW), max_length=64, help_text="the person's account there")
    sent = CharField(Personal(ROW), max_length=64, help_text="keyed digest of what was last told of them")
    at = MomentField()

    class Meta:
        indexes = ((("system", "person"), True), (("system", "account"), True))


class OutsideUnit(Table):
    """As what number a unit is known there."""

    moves = None

    id = AutoField()
    system = CharField(WORD, max_length=16)
    unit, unit_id = foreign_key(Unit, backref="+")
    number = IntegerField()

    class Meta:
        indexes = ((("system", "unit"), True),)


class OutsideSurvey(Table):
    """The last comparison of a book with the outside system, and whether another one is wanted."""

    moves = None

    id = AutoField()
    system = CharField(WORD, max_length=16)
    book, book_id = foreign_key(Book, backref="+")
    asked_at = MomentField(null=True)
    at = MomentField(null=True, help_text="null: it was never compared")
    here = IntegerField(default=0)
    there = IntegerField(default=0)
    by_digest = BooleanField(default=False, help_text="what is there could not be read, only who is")
    problem = CharField(ORGANISATION, default="", max_length=200, help_text="what the last attempt failed of")

    class Meta:
        indexes = ((("system", "book"), True),)


class OutsideFinding(Table):
    """A difference that the last comparison found; never the values."""

    moves = None

    id = AutoField()
    survey, survey_id = foreign_key(OutsideSurvey, backref="findings", on_delete="CASCADE")
    problem = CharField(WORD, max_length=16, help_text="missing-there, missing-here, differs")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True, backref="+")
    account = CharField(Personal(""), default="", max_length=64)
    name = CharField(
        Personal(""), default="", help_text="as the one there is called, where the book has no entry"
    )
    fields = TextField(WORD, default="[]", help_text="JSON of the names of the fields that differ")
