"""Somebody's last day, and what is left of a person who left: the sealed archive, and the copies they hand
back."""

from peewee import SQL, AutoField, BooleanField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION, OWN_KEY, WORD, Personal
from db.store.tables.people import Book, Entry, Person
from db.store.tables.requests import Request
from db.store.tables.work import Task


class Archive(Table):
    """An entry as it was when it was removed, sealed (A.10). Its values stand nowhere else any more."""

    moves = Moves.RECORD

    id = AutoField()
    book, book_id = foreign_key(Book, backref="archives")
    entry, entry_id = foreign_key(Entry, unique=True, backref="archives")
    person, person_id = foreign_key(Person, backref="archives")
    request, request_id = foreign_key(Request, backref="+")
    clause = CharField(WORD, help_text="clause that asks for the archive")
    content = SealedField(
        OWN_KEY, "entry_id", help_text="JSON of the entry with all its values and their origins"
    )
    digest = CharField(MARK, max_length=64, help_text="keyed digest of the content")
    at = MomentField()
    keep_until = CharField(
        DAY, null=True, max_length=10, help_text="last day it is kept; null: by its book's time"
    )


class LastDay(Table):
    """The last day that a request to leave has put on record. Access ends with it, whoever has decided by
    then (A.10). ``state``: ``coming``; ``ended``, once access did; ``lifted``, where the request came to
    nothing or another one took its place."""

    moves = Moves.ACCOUNT

    id = AutoField()
    request, request_id = foreign_key(Request, unique=True, backref="last_days")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="last_days")
    day = CharField(DAY, max_length=10)
    everywhere = BooleanField(help_text="whether it is the organisation that is left")
    clause = CharField(WORD)
    state = CharField(
        WORD,
        default="coming",
        max_length=16,
        constraints=[SQL("CHECK (state IN ('coming', 'ended', 'lifted'))")],
    )
    ended_at = MomentField(null=True)
    ended = TextField(MARK, default="{}", help_text="JSON: numbers of all that ended, by table")

    class Meta:
        indexes = ((("state", "day"), False),)


class HandBack(Table):
    """A copy that somebody who leaves or moves has to hand back (H.5.4)."""

    moves = Moves.DUTY

    id = AutoField()
    task, task_id = foreign_key(Task, backref="hand_backs", help_text="the duty that can't end before")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="hand_backs")
    copy = CharField(MARK, max_length=80, help_text="the copy's mark or number, or what it is")
    what = CharField(ORGANISATION, default="", help_text="report or edition that the copy is of")
    issued_at = MomentField(null=True)
    outcome = CharField(WORD, null=True, max_length=16, help_text="returned, destroyed, lost")
    word = CharField(Personal(""), default="")
    signed_by, signed_by_id = foreign_key(Account, null=True, backref="+")
    signed_at = MomentField(null=True)

    class Meta:
        indexes = ((("entry", "copy"), True),)
