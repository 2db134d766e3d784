"""Ways into an account that has no owner inside: activation codes, and calls for help at the door."""

from peewee import SQL, AutoField

from db.store.moves import Moves
from db.store.tables.accounts import Account
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, foreign_key
from db.store.tables.facts import MARK, ROW, WORD, Personal
from db.store.tables.requests import Request


class Activation(Table):
    """An activation code of an account, and who had a hand in it (`db.desk.accounts.resets`).

    The code itself is nowhere: `Account.activation` has its keyed digest, and while only one half of it
    was shown ``first`` or ``second`` has that half's. ``how``: invitation (one person gave it out), reset
    (two did), or host (the glass was broken).
    """

    moves = Moves.CODE

    id = AutoField()
    account, account_id = foreign_key(Account, backref="activations")
    how = CharField(WORD, constraints=[SQL("CHECK (how IN ('invitation', 'reset', 'host'))")])
    request, request_id = foreign_key(Request, null=True, backref="activations")
    by, by_id = foreign_key(
        Account, null=True, backref="+", help_text="who invited, asked, or was at the host"
    )
    voucher, voucher_id = foreign_key(Account, null=True, backref="+")
    first = CharField(MARK, null=True, max_length=64)
    second = CharField(MARK, null=True, max_length=64)
    first_shown_at = MomentField(null=True)
    second_shown_at = MomentField(null=True)
    made_at = MomentField()
    opens_at = MomentField(help_text="from when the code can be used")
    stopped_at = MomentField(null=True)
    stopped_by, stopped_by_id = foreign_key(Account, null=True, backref="+")
    used_at = MomentField(null=True)


class Confirmation(Table):
    """That somebody of another office said they know the person who uses an account: from then on it is
    independent of whoever had a hand in its enrolment (`db.desk.requests.independence`). Nobody's word: of
    before such confirmations were kept."""

    moves = Moves.ROLE

    id = AutoField()
    account, account_id = foreign_key(Account, to_person=1, backref="confirmations")
    by, by_id = foreign_key(Account, null=True, backref="+")
    office = CharField(WORD, default="", max_length=64, help_text="role in which it was said")
    at = MomentField()


class HelpCall(Table):
    """That somebody at the door, who may be anybody, asked for a reset of an account."""

    moves = None

    id = AutoField()
    account, account_id = foreign_key(Account, to_person=1, backref="help_calls")
    source = CharField(Personal(ROW), max_length=64)
    at = MomentField(index=True)
