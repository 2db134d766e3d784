"""Cases of breaches and errors, from the report to the closure, and commendations."""

from peewee import SQL, AutoField, BooleanField, IntegerField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, foreign_key
from db.store.tables.facts import DAY, LASTS, MARK, WORD, Personal
from db.store.tables.people import Book, Entry, Person, Unit

CASE_STATES = (
    "'reported', 'triaged', 'investigating', 'investigated', 'judged', 'proposed', 'decided', 'closed'"
)


class CaseFile(Table):
    """A reported breach (``sort`` incident) or a reported error, with where it stands."""

    moves = Moves.SANCTION

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32, help_text="what the sealed words are bound to")
    book, book_id = foreign_key(Book, backref="cases")
    sort = CharField(WORD, max_length=16, constraints=[SQL("CHECK (sort IN ('incident', 'error'))")])
    kind = CharField(WORD, default="", max_length=64, help_text="id of a kind of case, or not known yet")
    unit, unit_id = foreign_key(Unit, backref="+")
    entry, entry_id = foreign_key(
        Entry, null=True, backref="+", help_text="the entry that is said to be wrong"
    )
    field = CharField(WORD, default="", max_length=64)
    words = SealedField(LASTS, "key", help_text="what the reporter wrote")
    reporter, reporter_id = foreign_key(Account, backref="+")
    reported_at = MomentField()
    named_at = MomentField(null=True, help_text="since when it is on record whom the report names")
    state = CharField(
        WORD,
        default="reported",
        constraints=[SQL(f"CHECK (state IN ({CASE_STATES}))")],
        index=True,
    )
    concluded = IntegerField(default=0, help_text="how many of those who investigate are done")
    clause = CharField(WORD)
    policy_version = CharField(WORD)
    outcome = CharField(WORD, default="", max_length=16, help_text="breach or unfounded; corrected or right")
    decided_by, decided_by_id = foreign_key(Account, null=True, backref="+")
    decided_at = MomentField(null=True)
    closed_at = MomentField(null=True)


class CaseParty(Table):
    """Whom a case is about: an entry of its book, else a person who holds an office there, a department, or
    the office ``role`` itself. With what they say, and what was decided; ``amount`` is the whole fine."""

    moves = Moves.SANCTION

    id = AutoField()
    case, case_id = foreign_key(CaseFile, backref="parties")
    entry, entry_id = foreign_key(Entry, to_person=1, null=True, backref="+")
    person, person_id = foreign_key(Person, to_person=2, null=True, backref="+")
    unit, unit_id = foreign_key(Unit, null=True, backref="+")
    role = CharField(WORD, default="", max_length=64)
    named_in = IntegerField(null=True, help_text="event by which the case came to be about them")
    reached = BooleanField(default=False, help_text="had an account when last told of the case")
    asked_at = MomentField(null=True, help_text="since when they may speak before the sanction")
    stated_at = MomentField(null=True)
    spoken_for = BooleanField(default=False, help_text="what was said is written down by another")
    statement = SealedField(LASTS, "id", null=True, help_text="what they say before the sanction")
    circulated_at = MomentField(null=True, help_text="when a criticism was made known to others")
    sanctions = CharField(WORD, default="", help_text="ids of rungs, with commas")
    occurrences = IntegerField(default=1)
    amount = IntegerField(default=0)
    currency = CharField(WORD, default="", max_length=3)
    clause = CharField(WORD, default="")
    further = SealedField(
        LASTS, "case_id", "entry_id", null=True, help_text="a sanction that no rung of the ladder names"
    )

    class Meta:
        indexes = ((("case", "entry"), True),)


class CaseNamed(Table):
    """Somebody with an office whom a report names: they neither see nor decide the case."""

    moves = Moves.SANCTION

    id = AutoField()
    case, case_id = foreign_key(CaseFile, backref="named")
    account, account_id = foreign_key(Account, backref="+")

    class Meta:
        indexes = ((("case", "account"), True),)


class CaseAppeal(Table):
    """An appeal by a person concerned, who may make one, or by the management that opens a decision again.
    ``before``: JSON of what was decided until then."""

    moves = Moves.SANCTION

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32)
    party, party_id = foreign_key(CaseParty, backref="appeals")
    account, account_id = foreign_key(Account, backref="+")
    reopened = BooleanField(default=False, help_text="by the management that opens a decision again")
    lodged = BooleanField(default=False, help_text="written down for the person by who handles the case")
    at = MomentField()
    words = SealedField(LASTS, "key")
    before = SealedField(LASTS, "key")
    outcome = CharField(WORD, default="", max_length=16, help_text="upheld, changed or lifted; open: none")
    reason = SealedField(LASTS, "key", null=True)
    heard_at = MomentField(null=True)


class CaseEvent(Table):
    """The history of a case, each line with its word, and of a decision with the office it was taken in."""

    moves = Moves.SANCTION

    id = AutoField()
    key = CharField(MARK, unique=True, max_length=32)
    case, case_id = foreign_key(CaseFile, backref="events")
    at = MomentField()
    account, account_id = foreign_key(Account, backref="+")
    on_behalf_of, on_behalf_of_id = foreign_key(Account, null=True, backref="+")
    office = CharField(WORD, null=True, max_length=64, help_text="role in which it was done")
    office_unit = IntegerField(null=True, help_text="unit of that office; null: the whole book")
    capacity = CharField(WORD, null=True, max_length=16, help_text="as `Grant.capacity`")
    act = CharField(WORD, max_length=16)
    word = SealedField(LASTS, "key")


class CaseAttachment(Table):
    """What the investigation rests on: a record of the audit, a traced copy, a file of evidence."""

    moves = Moves.SANCTION

    id = AutoField()
    case, case_id = foreign_key(CaseFile, backref="attachments")
    what = CharField(WORD, max_length=16, constraints=[SQL("CHECK (what IN ('audit', 'copy', 'file'))")])
    number = CharField(
        MARK, max_length=32, index=True, help_text="of the record or the copy, or the file's id"
    )
    added_by, added_by_id = foreign_key(Account, backref="+")
    at = MomentField()

    class Meta:
        indexes = ((("case", "what", "number"), True),)


class Commendation(Table):
    """Praise of a department or a person for a period, as the ranking of that period had them (B.7.1)."""

    moves = Moves.SANCTION

    id = AutoField()
    book, book_id = foreign_key(Book, backref="+")
    kind = CharField(WORD, max_length=64, help_text="id of a commendation of the book's policy")
    unit, unit_id = foreign_key(Unit, backref="+")
    entry, entry_id = foreign_key(
        Entry, to_person=1, null=True, backref="+", help_text="null: the whole department"
    )
    first = CharField(DAY, max_length=10)
    last = CharField(DAY, max_length=10)
    place = IntegerField(help_text="in the ranking of the period")
    word = CharField(Personal(""), default="")
    clause = CharField(WORD)
    by, by_id = foreign_key(Account, backref="+")
    at = MomentField()
