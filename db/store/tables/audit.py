"""The audit chain."""

from peewee import SQL, BlobField, IntegerField

from db.store.moves import Moves
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField
from db.store.tables.facts import AUDIT, MARK, UNKEPT


class AuditRecord(Table):
    """One act, allowed or refused. ``hash`` covers the content and the hash before it."""

    moves = None

    seq = IntegerField(primary_key=True)
    at = MomentField()
    account = IntegerField(null=True)
    on_behalf_of = IntegerField(null=True)
    session = IntegerField(null=True)
    source = CharField(AUDIT, default="")
    front = CharField(AUDIT, default="")
    act = CharField(AUDIT, max_length=64)
    outcome = CharField(
        AUDIT, max_length=16, constraints=[SQL("CHECK (outcome IN ('done', 'refused', 'failed'))")]
    )
    clause = CharField(AUDIT, default="")
    book = CharField(AUDIT, null=True)
    unit = IntegerField(null=True)
    entry = IntegerField(null=True)
    request = IntegerField(null=True)
    purpose = CharField(AUDIT, default="", help_text="in clear in records from before `why`")
    detail = TextField(
        AUDIT, default="{}", help_text="canonical JSON; in clear where it must last, or from before"
    )
    why = TextField(
        AUDIT, null=True, help_text="purpose and reason, under a key of the month; null: from before"
    )
    told = TextField(AUDIT, null=True, help_text="detail, under another one")
    subject = IntegerField(null=True, help_text="person whose key seals `journal` and makes its digest")
    journal = SealedField(AUDIT, "seq", null=True, help_text="before and after, sealed, bound to the record")
    journal_digest = CharField(
        AUDIT, default="", max_length=64, help_text="keyed digest of what `journal` seals"
    )
    prev = CharField(AUDIT, max_length=64)
    hash = CharField(AUDIT, max_length=64)


class SubjectKey(Table):
    """The key of one person, which seals what the audit keeps of them (`db.store.subjects`). It is in no
    backup and in no journal: once it is destroyed, nothing opens what it sealed."""

    # Any act about a person may make it; one that destroys it writes an `Erasure` too.
    moves = None

    person = IntegerField(primary_key=True)
    key = SealedField(UNKEPT, "person")
    made_at = MomentField()


class ThingKey(Table):
    """The key of one thing that is kept for a time, as that of a person: in no backup, in no journal."""

    # Any act may make it; one that destroys it writes a `LetGo` too.
    moves = None

    name = CharField(UNKEPT, primary_key=True, max_length=128)
    key = SealedField(UNKEPT, "name")
    made_at = MomentField()


class LetGo(Table):
    """A thing whose key was destroyed, as the regulation's retention asks for."""

    moves = Moves.RECORD

    name = CharField(MARK, primary_key=True, max_length=128)
    at = MomentField()


class Erasure(Table):
    """A person whose data was erased."""

    moves = Moves.RECORD

    person = IntegerField(primary_key=True)
    at = MomentField()


class AuditHead(Table):
    """The chain's last record; one row, locked by whoever appends."""

    moves = None

    id = IntegerField(primary_key=True)
    seq = IntegerField()
    hash = CharField(AUDIT, max_length=64)


class JournalHead(Table):
    """The last transaction that is in the journal; one row, counted on by each of them."""

    moves = None

    id = IntegerField(primary_key=True)
    position = IntegerField()
    hosts = TextField(
        UNKEPT, default="{}", help_text="JSON: each host that journals, with the last of its own and its day"
    )


class ProofHead(Table):
    """The sealed sums that prove the present (`db.store.proof.head`); one row, changed each time."""

    moves = None

    id = IntegerField(primary_key=True)
    content = BlobField()
