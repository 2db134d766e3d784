"""Editions that were issued, the numbered copies of them, and the mail they travel by."""

from __future__ import annotations

from peewee import SQL, AutoField, BooleanField, CharField, IntegerField, TextField

from db.store.tables.accounts import Account
from db.store.tables.base import SealedField, Table, foreign_key
from db.store.tables.people import Book, Entry


class EditionIssue(Table):
    """One issue of an edition, kept sealed as a record with the digest of its content (I.5)."""

    id = AutoField()
    key = CharField(unique=True, max_length=32, help_text="what the sealed content is bound to")
    book, book_id = foreign_key(Book, backref="issues")
    edition = CharField(max_length=64, help_text="id of an edition of the book's policy")
    number = IntegerField(help_text="counts the issues of this edition from 1")
    content = SealedField(help_text="JSON of everything a copy shows")
    digest = CharField(max_length=64, help_text="SHA-256 of the content")
    rows = IntegerField()
    policy_version = CharField()
    clause = CharField()
    issued_by, issued_by_id = foreign_key(Account, backref="+")
    issued_at = CharField(max_length=27)
    period = CharField(max_length=10, help_text="first day of the cycle that it is of")
    due_at = CharField(null=True, max_length=27, help_text="null: an issue besides the one that was due")
    late = BooleanField(default=False)
    recalled_at = CharField(null=True, max_length=27)
    recall_reason = CharField(default="")

    class Meta:
        indexes = ((("book", "edition", "number"), True),)

    @staticmethod
    def place(key: str) -> str:
        """What the sealed content is bound to."""
        return f"edition_issue:{key}:content"


class EditionCopy(Table):
    """A numbered copy for one recipient (I.4.3). The secret shapes its hidden mark."""

    id = AutoField()
    key = CharField(unique=True, max_length=32, help_text="what the sealed values are bound to")
    issue, issue_id = foreign_key(EditionIssue, backref="copies")
    ord = IntegerField(help_text="the copy's number within the issue")
    entry, entry_id = foreign_key(Entry, backref="+")
    account, account_id = foreign_key(Account, backref="edition_copies")
    name = CharField(help_text="the recipient as the copy names them")
    post = CharField(default="")
    unit = CharField(default="")
    code = CharField(unique=True, max_length=32, help_text="the hidden mark where it can be read whole")
    secret = SealedField()
    password = SealedField()
    clause = CharField()
    made_at = CharField(max_length=27)
    acknowledged_at = CharField(null=True, max_length=27)
    reminded_at = CharField(null=True, max_length=27)
    recalled_at = CharField(null=True, max_length=27)
    recall_reason = CharField(default="")

    class Meta:
        indexes = ((("issue", "ord"), True),)

    @staticmethod
    def place(key: str, column: str) -> str:
        """What the sealed ``secret`` or ``password`` is bound to."""
        return f"edition_copy:{key}:{column}"


class EditionFile(Table):
    """A file that was made of a copy and left, by mail or at the recipient's terminal."""

    id = AutoField()
    copy, copy_id = foreign_key(EditionCopy, backref="files")
    way = CharField(constraints=[SQL("CHECK (way IN ('mail', 'terminal'))")])
    sha256 = CharField(max_length=64, index=True)
    size = IntegerField()
    at = CharField(max_length=27)


class OutgoingMail(Table):
    """A message to the person of an entry. Its words and address are looked up when it is sent.

    ``state``: waiting, sent, or dead once it was given up.
    """

    id = AutoField()
    kind = CharField(max_length=32)
    book, book_id = foreign_key(Book, backref="+")
    entry, entry_id = foreign_key(Entry, backref="+")
    copy, copy_id = foreign_key(EditionCopy, null=True, backref="mails")
    detail = TextField(default="{}", help_text="JSON for its words, without protected values")
    state = CharField(
        default="waiting", constraints=[SQL("CHECK (state IN ('waiting', 'sent', 'dead'))")], index=True
    )
    attempts = IntegerField(default=0)
    next_at = CharField(max_length=27)
    problem = CharField(default="", max_length=200, help_text="what the last attempt failed of")
    made_at = CharField(max_length=27)
    done_at = CharField(null=True, max_length=27)
