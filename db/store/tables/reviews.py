"""Reviews, with what they look at and what was found; signs of staleness; who was trained on what."""

from __future__ import annotations

from peewee import SQL, AutoField, CharField, ForeignKeyField, IntegerField, TextField

from db.store.tables.accounts import Account, Grant
from db.store.tables.base import Table
from db.store.tables.people import Book, Entry, Person, Unit
from db.store.tables.requests import Request


class Campaign(Table):
    """One run of a review. ``occasion`` is unique, so that several hosts open it once."""

    book_id: str
    opened_by_id: int | None
    closed_by_id: int | None

    id = AutoField()
    occasion = CharField(unique=True, help_text="e.g. `staff:check:hr:2026-10-01`")
    book = ForeignKeyField(Book, backref="campaigns")
    kind = CharField(max_length=32)
    of = CharField(max_length=16, help_text="what is looked at: entries, units, rights or points")
    by = CharField(max_length=64, help_text="role that decides; `person`: whom the entry is about")
    runs = CharField(max_length=64, help_text="role that closes it")
    clause = CharField()
    policy_version = CharField()
    reason = CharField(default="", help_text="why it was opened outside its cycle (E.12)")
    opened_at = CharField(max_length=27)
    opened_by = ForeignKeyField(Account, null=True, backref="+", help_text="null: by its cycle")
    due = CharField(max_length=10)
    closed_at = CharField(null=True, max_length=27)
    closed_by = ForeignKeyField(Account, null=True, backref="+")


class ReviewItem(Table):
    """One thing to decide: an entry, a whole unit, a granted role, or a point of an inspection."""

    campaign_id: int
    unit_id: int
    entry_id: int | None
    right_id: int | None
    request_id: int | None
    decided_by_id: int | None
    on_behalf_of_id: int | None

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="items")
    ord = IntegerField(help_text="place in the list")
    unit = ForeignKeyField(Unit, backref="+")
    entry = ForeignKeyField(Entry, null=True, backref="+")
    right = ForeignKeyField(Grant, null=True, backref="+")
    point = CharField(default="", max_length=64, help_text="id of a safeguard that is inspected")
    signs = CharField(default="", help_text="why it is in the list, e.g. `unverified,bounced-mail`")
    verdict = CharField(null=True, constraints=[SQL("CHECK (verdict IN ('right', 'corrected', 'removed'))")])
    request = ForeignKeyField(Request, null=True, backref="+", help_text="the correction or the removal")
    version = IntegerField(null=True, help_text="version of the entry that was decided on")
    comment = CharField(default="")
    decided_by = ForeignKeyField(Account, null=True, backref="+")
    on_behalf_of = ForeignKeyField(Account, null=True, backref="+")
    decided_at = CharField(null=True, max_length=27)

    class Meta:
        indexes = ((("campaign", "ord"), True), (("campaign", "unit"), False))


class Finding(Table):
    """Something an inspection found, with who has to see to it. ``state``: open, answered, closed."""

    campaign_id: int
    item_id: int | None
    owner_id: int
    found_by_id: int

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="findings")
    item = ForeignKeyField(ReviewItem, null=True, backref="findings")
    what = TextField(help_text="without personal data")
    owner = ForeignKeyField(Account, backref="findings")
    due = CharField(max_length=10)
    state = CharField(
        default="open", constraints=[SQL("CHECK (state IN ('open', 'answered', 'closed'))")], index=True
    )
    found_by = ForeignKeyField(Account, backref="+")
    found_at = CharField(max_length=27)
    closed_at = CharField(null=True, max_length=27)


class FindingEvent(Table):
    """The history of a finding: found, answered, reopened, closed; each with a word."""

    finding_id: int
    account_id: int

    id = AutoField()
    finding = ForeignKeyField(Finding, backref="events")
    at = CharField(max_length=27)
    account = ForeignKeyField(Account, backref="+")
    act = CharField(max_length=16)
    word = TextField(default="")


class StaleSign(Table):
    """A value that did not reach its person: mail came back, a number is dead (E.14)."""

    entry_id: int
    reported_by_id: int | None

    id = AutoField()
    entry = ForeignKeyField(Entry, backref="signs")
    field = CharField(max_length=64)
    sign = CharField(max_length=16, help_text="bounced-mail or dead-number")
    mark = CharField(max_length=32, help_text="keyed digest of the value; another value has no such sign")
    at = CharField(max_length=27)
    reported_by = ForeignKeyField(Account, null=True, backref="+", help_text="null: the mail system")
    cleared_at = CharField(null=True, max_length=27)


class Trained(Table):
    """That a person attended a training (F.6.2)."""

    person_id: int
    book_id: str
    recorded_by_id: int

    id = AutoField()
    person = ForeignKeyField(Person, backref="trainings")
    book = ForeignKeyField(Book, backref="+")
    topic = CharField(max_length=64)
    version = CharField(help_text="versions of the regulations it was on, e.g. `general 1`")
    on_day = CharField(max_length=10)
    recorded_at = CharField(max_length=27)
    recorded_by = ForeignKeyField(Account, backref="+")
    source = CharField(default="", help_text="name and SHA-256 of the attendance list, or how it is known")

    class Meta:
        indexes = ((("book", "topic", "person", "on_day"), True),)
