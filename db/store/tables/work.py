"""What needs doing by a due time, what was granted for a time, and who was told of what."""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.people import Book, Entry, Unit
from db.store.tables.requests import Request


class AccessGrant(Table):
    """A time-limited right to see one entry with its protected fields, from an access request (A.13)."""

    account_id: int
    entry_id: int
    request_id: int

    id = AutoField()
    account = ForeignKeyField(Account, backref="access_grants")
    entry = ForeignKeyField(Entry, backref="access_grants")
    request = ForeignKeyField(Request, backref="+")
    from_at = CharField(max_length=27)
    until = CharField(max_length=27)
    withdrawn_at = CharField(null=True, max_length=27)


class Task(Table):
    """A duty with a due day. ``duty`` is unique, so that several hosts open it once."""

    book_id: str
    entry_id: int | None
    unit_id: int | None
    account_id: int | None
    request_id: int | None
    handed_by_id: int | None
    done_by_id: int | None

    id = AutoField()
    duty = CharField(unique=True, help_text="what opened it, e.g. `joiner:enterprise:412`")
    kind = CharField(max_length=32)
    book = ForeignKeyField(Book, backref="tasks")
    entry = ForeignKeyField(Entry, null=True, backref="tasks")
    unit = ForeignKeyField(Unit, null=True)
    role = CharField(null=True, max_length=64, help_text="who has to do it, where it is not one account")
    account = ForeignKeyField(Account, null=True, backref="tasks")
    clause = CharField()
    detail = TextField(default="{}", help_text="JSON, without personal data")
    state = CharField(
        default="open", constraints=[SQL("CHECK (state IN ('open', 'done', 'cancelled'))")], index=True
    )
    opened_at = CharField(max_length=27)
    started_on = CharField(max_length=10, help_text="from which day the clock runs")
    due = CharField(max_length=10)
    request = ForeignKeyField(Request, null=True, backref="tasks", help_text="that fulfils it once applied")
    handed_at = CharField(null=True, max_length=27, help_text="done by the doer; the receipt is to come")
    handed_by = ForeignKeyField(Account, null=True, backref="+")
    done_at = CharField(null=True, max_length=27)
    done_by = ForeignKeyField(Account, null=True, backref="+")
    late = IntegerField(null=True, help_text="working days after the due day on which it was done")


class TaskProof(Table):
    """Something that must be there before a task is done, and when it was."""

    task_id: int
    met_by_id: int | None

    task = ForeignKeyField(Task, backref="proofs")
    what = CharField(max_length=32)
    clause = CharField()
    met_at = CharField(null=True, max_length=27)
    met_by = ForeignKeyField(Account, null=True, backref="+")
    word = CharField(default="")

    class Meta:
        primary_key = CompositeKey("task", "what")


class DutyMark(Table):
    """That the duty runner did something, such as `remind:task:12:2026-11-26`: once, on whatever host."""

    key = CharField(primary_key=True, max_length=120)
    at = CharField(max_length=27)


class Notice(Table):
    """An announcement: an applied change (A.9), a new entry (A.8), an update notice …"""

    book_id: str
    entry_id: int | None
    unit_id: int | None
    request_id: int | None

    id = AutoField()
    kind = CharField(max_length=32)
    book = ForeignKeyField(Book, backref="notices")
    entry = ForeignKeyField(Entry, null=True)
    unit = ForeignKeyField(Unit, null=True, help_text="addressed to everyone of this unit")
    request = ForeignKeyField(Request, null=True)
    clause = CharField()
    detail = TextField(default="{}", help_text="JSON, without protected values")
    acknowledge = BooleanField(default=False, help_text="read only once it was acknowledged (G.9)")
    at = CharField(max_length=27)


class NoticeRecipient(Table):
    """One person a notice is addressed to, and when they saw it."""

    notice_id: int
    account_id: int

    notice = ForeignKeyField(Notice, backref="recipients")
    account = ForeignKeyField(Account, backref="notices")
    seen_at = CharField(null=True, max_length=27)
    acknowledged_at = CharField(null=True, max_length=27, help_text="where the notice asks for it")

    class Meta:
        primary_key = CompositeKey("notice", "account")
