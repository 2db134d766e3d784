"""Editions that were issued, the numbered copies of them, and the mail they travel by."""

from __future__ import annotations

from typing import ClassVar

from peewee import SQL, AutoField, BooleanField, IntegerField

from db.store.moves import Moves, Moving
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField, foreign_key
from db.store.tables.facts import DAY, LASTS, MARK, NUMBER, ORGANISATION, WORD, Personal
from db.store.tables.people import Book, Entry


class EditionIssue(Table):
    """One issue of an edition, kept sealed as a record with the digest of its content (I.5)."""

    moves: ClassVar[Moving] = {
        "edition": Moves.GIVEN,
        "content": Moves.GIVEN,
        "recalled_at": Moves.GIVEN,
        "due_at": Moves.DUTY,
        "late": Moves.DUTY,
    }

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32, help_text="what the sealed content is bound to")
    book, book_id = foreign_key(Book, backref="issues")
    edition = CharField(WORD, max_length=64, help_text="id of an edition of the book's policy")
    number = IntegerField(help_text="counts the issues of this edition from 1")
    content = SealedField(LASTS, "key", batch=20, help_text="JSON of everything a copy shows")
    digest = CharField(MARK, max_length=64, help_text="SHA-256 of the content")
    rows = IntegerField()
    policy_version = CharField(WORD)
    clause = CharField(WORD)
    issued_by, issued_by_id = foreign_key(Account, backref="+")
    issued_at = MomentField()
    period = CharField(DAY, max_length=10, help_text="first day of the cycle that it is of")
    due_at = MomentField(null=True, help_text="null: an issue besides the one that was due")
    late = BooleanField(default=False)
    recalled_at = MomentField(null=True)
    recall_reason = CharField(ORGANISATION, default="")

    class Meta:
        indexes = ((("book", "edition", "number"), True),)


class EditionCopy(Table):
    """A numbered copy for one recipient (I.4.3). The secret shapes its hidden mark.

    Of whoever had no account to open it with the number is kept, without an ``account`` until it is issued.
    One that nobody can acknowledge is closed with a reason.
    """

    moves: ClassVar[Moving] = {
        "account": Moves.GIVEN,
        "secret": Moves.GIVEN,
        "password": Moves.GIVEN,
        "recalled_at": Moves.GIVEN,
        "acknowledged_at": Moves.DUTY,
        "closed_at": Moves.DUTY,
    }

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32, help_text="what the sealed values are bound to")
    issue, issue_id = foreign_key(EditionIssue, backref="copies")
    ord = IntegerField(help_text="the copy's number within the issue")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="+")
    account, account_id = foreign_key(Account, null=True, backref="edition_copies")
    name = CharField(Personal(NUMBER), help_text="the recipient as the copy names them")
    post = CharField(Personal(""), default="")
    unit = CharField(Personal(""), default="")
    code = CharField(MARK, unique=True, max_length=32, help_text="the hidden mark where it can be read whole")
    secret = SealedField(MARK, "key")
    password = SealedField(MARK, "key")
    clause = CharField(WORD)
    made_at = MomentField(help_text="when it was issued, or its number kept")
    acknowledged_at = MomentField(null=True)
    reminded_at = MomentField(null=True)
    recalled_at = MomentField(null=True)
    recall_reason = CharField(ORGANISATION, default="")
    closed_at = MomentField(null=True)
    close_reason = CharField(Personal(""), default="")

    class Meta:
        indexes = ((("issue", "ord"), True),)


class EditionFile(Table):
    """A file that was made of a copy and left, by mail or at the recipient's terminal."""

    moves = Moves.RECORD

    id = AutoField()
    copy, copy_id = foreign_key(EditionCopy, backref="files")
    way = CharField(WORD, constraints=[SQL("CHECK (way IN ('mail', 'terminal'))")])
    sha256 = CharField(MARK, max_length=64, index=True)
    size = IntegerField()
    at = MomentField()


class OutgoingMail(Table):
    """Mail to an entry's person, worded when sent. ``state``: waiting, sent, or dead (given up)."""

    moves: ClassVar[Moving] = {"copy": Moves.GIVEN}

    id = AutoField()
    kind = CharField(WORD, max_length=32)
    book, book_id = foreign_key(Book, backref="+")
    entry, entry_id = foreign_key(Entry, to_person=1, backref="+")
    copy, copy_id = foreign_key(EditionCopy, null=True, backref="mails")
    detail = TextField(Personal("{}"), default="{}", help_text="JSON for its words, without protected values")
    state = CharField(
        WORD, default="waiting", constraints=[SQL("CHECK (state IN ('waiting', 'sent', 'dead'))")], index=True
    )
    attempts = IntegerField(default=0)
    next_at = MomentField()
    problem = CharField(Personal(""), default="", max_length=200, help_text="what the last attempt failed of")
    made_at = MomentField()
    done_at = MomentField(null=True)
