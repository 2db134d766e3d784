"""Reviews, with what they look at and what was found; signs of staleness; who was trained on what."""

from __future__ import annotations

from typing import ClassVar

from peewee import SQL, AutoField, IntegerField

from db.store.moves import Moves, Moving
from db.store.tables.accounts import Account, Grant
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION, WORD, Personal
from db.store.tables.people import Book, Entry, Person, Unit
from db.store.tables.requests import Request


class Campaign(Table):
    """One run of a review. ``occasion`` is unique, so that several hosts open it once."""

    moves = Moves.DUTY

    id = AutoField()
    occasion = CharField(MARK, unique=True, help_text="e.g. `staff:check:hr:2026-10-01`")
    book, book_id = foreign_key(Book, backref="campaigns")
    kind = CharField(WORD, max_length=32)
    of = CharField(WORD, max_length=16, help_text="what is looked at: entries, units, rights or points")
    by = CharField(WORD, max_length=64, help_text="role that decides; `person`: whom the entry is about")
    runs = CharField(WORD, max_length=64, help_text="role that closes it")
    clause = CharField(WORD)
    policy_version = CharField(WORD)
    reason = CharField(ORGANISATION, default="", help_text="why it was opened outside its cycle (E.12)")
    opened_at = MomentField()
    opened_by, opened_by_id = foreign_key(Account, null=True, backref="+", help_text="null: by its cycle")
    due = CharField(DAY, max_length=10)
    closed_at = MomentField(null=True)
    closed_by, closed_by_id = foreign_key(Account, null=True, backref="+")


class ReviewItem(Table):
    """One thing to decide: an entry, a whole unit, a granted role, or a point of an inspection."""

    moves = Moves.DUTY

    id = AutoField()
    campaign, campaign_id = foreign_key(Campaign, backref="items")
    ord = IntegerField(help_text="place in the list")
    unit, unit_id = foreign_key(Unit, backref="+")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True, backref="+")
    right, right_id = foreign_key(Grant, to_person=2, null=True, backref="+")
    point = CharField(WORD, default="", max_length=64, help_text="id of a safeguard that is inspected")
    signs = CharField(WORD, default="", help_text="why it is in the list, e.g. `unverified,bounced-mail`")
    verdict = CharField(
        WORD, null=True, constraints=[SQL("CHECK (verdict IN ('right', 'corrected', 'removed'))")]
    )
    request, request_id = foreign_key(
        Request, null=True, backref="+", help_text="the correction or the removal"
    )
    version = IntegerField(null=True, help_text="version of the entry that was decided on")
    comment = CharField(Personal(""), default="")
    decided_by, decided_by_id = foreign_key(Account, null=True, backref="+")
    on_behalf_of, on_behalf_of_id = foreign_key(Account, null=True, backref="+")
    decided_at = MomentField(null=True)

    class Meta:
        indexes = ((("campaign", "ord"), True), (("campaign", "unit", "verdict"), False))


class Finding(Table):
    """Something an inspection found, with who has to see to it. ``state``: open, answered, closed."""

    moves: ClassVar[Moving] = {
        "what": Moves.SANCTION,
        "state": Moves.SANCTION,
        "owner": Moves.DUTY,
        "due": Moves.DUTY,
    }

    id = AutoField()
    campaign, campaign_id = foreign_key(Campaign, backref="findings")
    item, item_id = foreign_key(ReviewItem, null=True, backref="findings")
    what = TextField(ORGANISATION, help_text="without personal data")
    owner, owner_id = foreign_key(Account, backref="findings")
    due = CharField(DAY, max_length=10)
    state = CharField(
        WORD, default="open", constraints=[SQL("CHECK (state IN ('open', 'answered', 'closed'))")], index=True
    )
    found_by, found_by_id = foreign_key(Account, backref="+")
    found_at = MomentField()
    closed_at = MomentField(null=True)


class FindingEvent(Table):
    """The history of a finding: found, answered, reopened, closed; each with a word."""

    moves = Moves.SANCTION

    id = AutoField()
    finding, finding_id = foreign_key(Finding, backref="events")
    at = MomentField()
    account, account_id = foreign_key(Account, backref="+")
    act = CharField(WORD, max_length=16)
    word = TextField(ORGANISATION, default="")


class StaleSign(Table):
    """A value that did not reach its person: mail came back, a number is dead (E.14)."""

    moves = Moves.ENTRY

    id = AutoField()
    entry, entry_id = foreign_key(Entry, backref="signs")
    field = CharField(WORD, max_length=64)
    sign = CharField(WORD, max_length=16, help_text="bounced-mail or dead-number")
    mark = CharField(
        MARK, max_length=32, help_text="keyed digest of the value; another value has no such sign"
    )
    at = MomentField()
    reported_by, reported_by_id = foreign_key(
        Account, null=True, backref="+", help_text="null: the mail system"
    )
    cleared_at = MomentField(null=True)


class Trained(Table):
    """That a person attended a training (F.6.2). Rows stay; one that was struck counts no more."""

    moves = Moves.DUTY

    id = AutoField()
    person, person_id = foreign_key(Person, backref="trainings")
    book, book_id = foreign_key(Book, backref="+")
    topic = CharField(WORD, max_length=64)
    version = CharField(WORD, help_text="versions of the regulations it was on, e.g. `general 1`")
    on_day = CharField(DAY, max_length=10)
    recorded_at = MomentField()
    recorded_by, recorded_by_id = foreign_key(Account, backref="+")
    source = CharField(
        ORGANISATION, default="", help_text="name and SHA-256 of the attendance list, or how it is known"
    )
    struck_at = MomentField(null=True)
    struck_by, struck_by_id = foreign_key(Account, null=True, backref="+")
    struck_why = CharField(ORGANISATION, default="")


STANDING = (Trained.book, Trained.topic, Trained.person, Trained.on_day)
Trained.add_index(Trained.index(*STANDING, unique=True, where=Trained.struck_at.is_null()))
