"""The regulations on record: their texts, and which of them stand over which book."""

from peewee import AutoField, IntegerField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, TextField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION
from db.store.tables.people import Book


class RegulationText(Table):
    """One version of a regulation, and the day from which it is in force. Rows stay."""

    moves = Moves.RULE

    id = AutoField()
    regulation = CharField(ORGANISATION, max_length=64)
    version = CharField(ORGANISATION)
    from_day = CharField(DAY, max_length=10, help_text="local ISO day")
    digest = CharField(MARK, max_length=64, index=True, help_text="SHA-256 of the text")
    at = MomentField()
    account, account_id = foreign_key(
        Account, null=True, backref="+", help_text="null: it came with the program, or before texts were kept"
    )
    request = IntegerField(null=True, help_text="the request by which it was decided")
    withdrawn_at = MomentField(null=True, help_text="before its day came")
    withdrawn_by, withdrawn_by_id = foreign_key(Account, null=True, backref="+")
    text = TextField(ORGANISATION)

    class Meta:
        indexes = ((("regulation", "version"), True),)


class BookRules(Table):
    """The regulations that a book is under from a day on, other than it was made under. Rows stay."""

    moves = Moves.RULE

    id = AutoField()
    book, book_id = foreign_key(Book)
    from_day = CharField(DAY, max_length=10, help_text="local ISO day")
    policies = TextField(ORGANISATION, help_text="JSON list of regulation ids, in order of precedence")
    decisions = TextField(ORGANISATION, help_text="JSON: what the organisation decided where they differ")
    at = MomentField()
    account, account_id = foreign_key(Account, backref="+")
    request = IntegerField(null=True, help_text="the request by which it was decided")
    withdrawn_at = MomentField(null=True, help_text="before its day came")
    withdrawn_by, withdrawn_by_id = foreign_key(Account, null=True, backref="+")


class RulesHead(Table):
    """One row, from the first text on: the digest of all that is on record and not withdrawn."""

    moves = None

    id = IntegerField(primary_key=True)
    digest = CharField(MARK, max_length=64)
