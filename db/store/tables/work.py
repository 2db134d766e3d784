"""What needs doing by a due time, what was granted for a time, and who was told of what."""

from peewee import SQL, AutoField, BooleanField, CompositeKey, IntegerField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, WORD, Personal
from db.store.tables.people import Book, Entry, Unit
from db.store.tables.requests import Request


class AccessGrant(Table):
    """A time-limited right to see one entry with its protected fields, from an access request (A.13)."""

    moves = Moves.REACH

    id = AutoField()
    account, account_id = foreign_key(Account, backref="access_grants")
    entry, entry_id = foreign_key(Entry, backref="access_grants")
    request, request_id = foreign_key(Request, backref="+")
    from_at = MomentField()
    until = MomentField()
    withdrawn_at = MomentField(null=True)


class Task(Table):
    """A duty with a due day. ``duty`` is unique, so that several hosts open it once."""

    moves = Moves.DUTY

    id = AutoField()
    duty = CharField(MARK, unique=True, help_text="what opened it, e.g. `joiner:enterprise:412`")
    kind = CharField(WORD, max_length=32)
    book, book_id = foreign_key(Book, backref="tasks")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True, backref="tasks")
    unit, unit_id = foreign_key(Unit, null=True)
    role = CharField(
        WORD, null=True, max_length=64, help_text="who has to do it, where it is not one account"
    )
    account, account_id = foreign_key(Account, to_person=2, null=True, backref="tasks")
    clause = CharField(WORD)
    detail = TextField(WORD, default="{}", help_text="JSON, without personal data")
    state = CharField(
        WORD, default="open", constraints=[SQL("CHECK (state IN ('open', 'done', 'cancelled'))")], index=True
    )
    opened_at = MomentField()
    started_on = CharField(DAY, max_length=10, help_text="from which day the clock runs")
    due = CharField(DAY, max_length=10)
    request, request_id = foreign_key(
        Request, null=True, backref="tasks", help_text="that fulfils it once applied"
    )
    handed_at = MomentField(null=True, help_text="done by the doer; the receipt is to come")
    handed_by, handed_by_id = foreign_key(Account, null=True, backref="+")
    done_at = MomentField(null=True)
    done_by, done_by_id = foreign_key(Account, null=True, backref="+")
    late = IntegerField(null=True, help_text="working days after the due day on which it was done")


class TaskProof(Table):
    """Something that must be there before a task is done, and when it was."""

    moves = Moves.DUTY

    task, task_id = foreign_key(Task, to_person=1, backref="proofs")
    what = CharField(WORD, max_length=32)
    clause = CharField(WORD)
    met_at = MomentField(null=True)
    met_by, met_by_id = foreign_key(Account, null=True, backref="+")
    word = CharField(Personal(""), default="")

    class Meta:
        primary_key = CompositeKey("task", "what")


class DutyMark(Table):
    """That the duty runner did something, such as `remind:task:12:2026-11-26`: once, on whatever host."""

    moves = Moves.DUTY

    key = CharField(MARK, primary_key=True, max_length=120)
    at = MomentField()


class Notice(Table):
    """An announcement: an applied change (A.9), a new entry (A.8), an update notice …"""

    moves = None

    id = AutoField()
    kind = CharField(WORD, max_length=32)
    book, book_id = foreign_key(Book, backref="notices")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True)
    unit, unit_id = foreign_key(Unit, null=True, help_text="addressed to everyone of this unit")
    request, request_id = foreign_key(Request, null=True)
    clause = CharField(WORD)
    detail = TextField(Personal("{}"), default="{}", help_text="JSON, without protected values")
    acknowledge = BooleanField(default=False, help_text="read only once it was acknowledged (G.9)")
    at = MomentField()


class NoticeRecipient(Table):
    """One person a notice is addressed to, and when they saw it."""

    moves = None

    notice, notice_id = foreign_key(Notice, backref="recipients")
    account, account_id = foreign_key(Account, backref="notices")
    seen_at = MomentField(null=True)
    acknowledged_at = MomentField(null=True, help_text="where the notice asks for it")
    opens = TextField(
        MARK, default="", help_text="JSON: units that it opened to them, each with all below it or not"
    )

    class Meta:
        primary_key = CompositeKey("notice", "account")
