"""The country and time zone in which days are counted, and the working days and holidays of the organisation,
or of one book, that differ from that country's."""

from peewee import SQL, AutoField, CompositeKey

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, foreign_key
from db.store.tables.facts import DAY, MARK, ORGANISATION, WORD
from db.store.tables.people import Book


class DayBasis(Table):
    """The country whose holidays count and the time zone of days, from ``at`` on. The last row holds; rows
    stay."""

    moves = Moves.RULE

    id = AutoField()
    at = MomentField()
    country = CharField(ORGANISATION)
    time_zone = CharField(ORGANISATION)
    source = CharField(ORGANISATION, help_text="who of the host's users took it from the settings")


class CalendarChange(Table):
    """One act on the calendar: a file that was taken in, or days that were taken out. Rows stay."""

    moves = Moves.RULE

    id = AutoField()
    book, book_id = foreign_key(Book, null=True, help_text="null: the organisation's own calendar")
    at = MomentField()
    account, account_id = foreign_key(Account, backref="+")
    source = CharField(ORGANISATION, default="", help_text="name and SHA-256 of the file")
    digest = CharField(MARK, max_length=64, help_text="SHA-256 of all days in force after it, of every book")


class CalendarDay(Table):
    """What a change said of one day. The last that was said of it holds."""

    moves = Moves.RULE

    change, change_id = foreign_key(CalendarChange, backref="days")
    day = CharField(DAY, max_length=10)
    kind = CharField(WORD, constraints=[SQL("CHECK (kind IN ('holiday', 'workday', 'usual'))")])
    name = CharField(ORGANISATION, default="")

    class Meta:
        primary_key = CompositeKey("change", "day")
