"""Calls made in an emergency."""

from peewee import AutoField, IntegerField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, foreign_key
from db.store.tables.facts import WORD
from db.store.tables.people import Entry


class CallAttempt(Table):
    """A call in an emergency and its outcome (D.9.3); of the number only its place is kept."""

    moves = Moves.RECORD

    id = AutoField()
    entry, entry_id = foreign_key(Entry, backref="call_attempts")
    field = CharField(WORD, max_length=64)
    ord = IntegerField(help_text="position among several values of the field")
    outcome = CharField(WORD, max_length=16)
    account, account_id = foreign_key(Account, backref="+")
    at = MomentField()

    class Meta:
        indexes = ((("entry", "at"), False),)
