"""Sheets that are printed to be signed by hand, and the scans of them that came back."""

from __future__ import annotations

from typing import ClassVar

from peewee import AutoField, BooleanField, IntegerField

from db.store.moves import Moves, Moving
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, foreign_key
from db.store.tables.facts import DAY, MARK, OWN_KEY, WORD
from db.store.tables.people import Book, Person
from db.store.tables.requests import Evidence


class Paper(Table):
    """A sheet as it was drawn up. Its number is what a scan is matched to it by."""

    moves: ClassVar[Moving] = None

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32, help_text="what the sealed content is bound to")
    book, book_id = foreign_key(Book, backref="papers")
    kind = CharField(WORD, max_length=16, help_text="id of a kind of sheet")
    about = CharField(MARK, max_length=160, index=True, help_text="what it is of, as its kind names it")
    clause = CharField(WORD)
    person, person_id = foreign_key(
        Person, to_person=1, null=True, backref="+", help_text="whom all of it is about; null: it is a list"
    )
    content = SealedField(OWN_KEY, "key", help_text="JSON: its pages, and who signs on which line for what")
    account, account_id = foreign_key(Account, backref="+", help_text="who drew it up")
    at = MomentField()


class PaperScan(Table):
    """That a file shows a signature on a line of a sheet. Rows stay; one that was struck counts no more."""

    moves: ClassVar[Moving] = Moves.DUTY

    id = AutoField()
    paper, paper_id = foreign_key(Paper, backref="scans")
    line = IntegerField(help_text="counts the sheet's lines from 1")
    person, person_id = foreign_key(Person, to_person=1, null=True, backref="+", help_text="who signed")
    evidence, evidence_id = foreign_key(Evidence, backref="scans")
    signed_on = CharField(DAY, max_length=10)
    account, account_id = foreign_key(Account, to_person=2, backref="+", help_text="who entered it")
    at = MomentField()
    counted = BooleanField(help_text="whether what was signed for was not on record before")
    struck_at = MomentField(null=True)
    struck_by, struck_by_id = foreign_key(Account, null=True, backref="+")

    class Meta:
        indexes = ((("paper", "line", "evidence"), False),)
