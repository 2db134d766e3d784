"""Requests, which need decisions, and the evidence they rest on."""

from peewee import SQL, AutoField, CompositeKey, IntegerField

from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION, OWN_KEY, ROW, WORD, Personal
from db.store.tables.people import Book, Entry, Unit


class Evidence(Table):
    """A file in its owner's tray, sealed."""

    moves = None

    id = CharField(MARK, primary_key=True, max_length=32)
    account, account_id = foreign_key(Account, to_person=1, backref="evidence")
    name = CharField(Personal(""))
    media_type = CharField(WORD)
    size = IntegerField(help_text="bytes, before sealing")
    digest = CharField(MARK, max_length=64, help_text="SHA-256 of the content")
    content = SealedField(OWN_KEY, "id", batch=20)
    added_at = MomentField()


class Request(Table):
    """Something that is done once all its steps approve it."""

    moves = None

    id = AutoField()
    book, book_id = foreign_key(Book, backref="requests")
    kind = CharField(WORD, max_length=32, help_text="change, join, leave, access …")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True, backref="requests")
    unit, unit_id = foreign_key(Unit, help_text="whose head decides the head's step")
    requester, requester_id = foreign_key(Account, to_person=3, backref="requests")
    about, about_id = foreign_key(
        Account, to_person=2, null=True, backref="+", help_text="account whose rights it is about"
    )
    payload = SealedField(OWN_KEY, "digest", help_text="JSON of what is asked for, bound to the row")
    digest = CharField(MARK, max_length=64, help_text="what an approval approves")
    entry_version = IntegerField(null=True, help_text="version of the entry the request was written against")
    reason = CharField(Personal(""))
    state = CharField(
        WORD,
        default="open",
        constraints=[SQL("CHECK (state IN ('open', 'returned', 'applied', 'rejected', 'withdrawn'))")],
        index=True,
    )
    policy_version = CharField(WORD, help_text="effective policy under which the steps were frozen")
    rules = TextField(
        ORGANISATION, default="{}", help_text="JSON: what else of that policy holds for this request"
    )
    clause = CharField(WORD, help_text="clause that asks for this flow")
    due_clause = CharField(WORD, null=True)
    started_at = MomentField(help_text="from when the clock runs")
    due = CharField(DAY, null=True, max_length=10)
    changed_on = CharField(DAY, null=True, max_length=10, help_text="the day since which it is so")
    report_due = CharField(DAY, null=True, max_length=10, help_text="by when it had to be reported")
    report_clause = CharField(WORD, null=True)
    submitted_at = MomentField()
    closed_at = MomentField(null=True)

    class Meta:
        indexes = ((("kind", "state"), False),)


class RequestStep(Table):
    """One decision of a request, in order ``ord`` from 1."""

    moves = None

    id = AutoField()
    request, request_id = foreign_key(Request, to_person=1, backref="steps")
    ord = IntegerField()
    role = CharField(WORD, max_length=64)
    unit = IntegerField(null=True, help_text="where its role is looked for; null: in the request's unit")
    clause = CharField(WORD)
    state = CharField(
        WORD,
        default="waiting",
        constraints=[SQL("CHECK (state IN ('waiting', 'open', 'approved', 'returned', 'rejected'))")],
    )
    decided_by, decided_by_id = foreign_key(Account, null=True, backref="+")
    on_behalf_of, on_behalf_of_id = foreign_key(Account, null=True, backref="+")
    office = CharField(WORD, null=True, max_length=64, help_text="role that decided; null: not kept then")
    office_unit = IntegerField(null=True, help_text="unit of that office; null: the whole book")
    capacity = CharField(WORD, null=True, max_length=16, help_text="as `Grant.capacity`")
    decided_at = MomentField(null=True)
    comment = TextField(Personal(""), default="")
    digest = CharField(MARK, null=True, max_length=64, help_text="digest of what was decided on")

    class Meta:
        indexes = ((("request", "ord"), True), (("state", "role"), False))


class RequestEvidence(Table):
    """Evidence attached to a request."""

    moves = None

    request, request_id = foreign_key(Request, backref="evidence")
    evidence, evidence_id = foreign_key(Evidence, backref="requests")

    class Meta:
        primary_key = CompositeKey("request", "evidence")


class RequestEvent(Table):
    """The history of a request: submitted, approved, returned, amended, withdrawn, applied …"""

    moves = None

    id = AutoField()
    request, request_id = foreign_key(Request, to_person=1, backref="events")
    at = MomentField()
    account, account_id = foreign_key(Account, null=True, backref="+")
    on_behalf_of, on_behalf_of_id = foreign_key(Account, null=True, backref="+")
    office = CharField(WORD, null=True, max_length=64, help_text="role in which it was done")
    office_unit = IntegerField(null=True, help_text="unit of that office; null: the whole book")
    capacity = CharField(WORD, null=True, max_length=16, help_text="as `Grant.capacity`")
    act = CharField(WORD, max_length=32)
    step = IntegerField(null=True)
    comment = TextField(Personal(""), default="")


class FormDraft(Table):
    """What somebody had typed into a form when their line was cut, sealed; nobody else reads it."""

    moves = None

    account, account_id = foreign_key(Account, to_person=1, backref="drafts")
    place = CharField(Personal(ROW), max_length=80, help_text="the form: what it is for, and of what")
    content = SealedField(Personal(ROW), "account_id", "place", help_text="JSON: the form's title and fields")
    kept_at = MomentField()

    class Meta:
        primary_key = CompositeKey("account", "place")


class HeldAct(Table):
    """A decision that its decider may still take back; it takes effect at ``due``. Sealed, as it says why."""

    moves = None

    account, account_id = foreign_key(Account, to_person=1, backref="+")
    matter = CharField(Personal(ROW), max_length=64, help_text="r and a request's number, t and a task's")
    content = SealedField(
        Personal(ROW), "account_id", "matter", help_text="JSON: the operation, its arguments"
    )
    at = MomentField(help_text="when it was decided; what was decided together has the same")
    due = MomentField(help_text="from when on it may take effect")

    class Meta:
        primary_key = CompositeKey("account", "matter")


class KeptPeople(Table):
    """Entries kept at hand, favourites or lately opened; sealed, as it tells who looks at whom."""

    moves = None

    account, account_id = foreign_key(Account, to_person=1, backref="+")
    kind = CharField(Personal(ROW), max_length=80, help_text="favourite, recent")
    content = SealedField(Personal(ROW), "account_id", "kind", help_text="JSON: entries and moments")
    kept_at = MomentField()

    class Meta:
        primary_key = CompositeKey("account", "kind")
