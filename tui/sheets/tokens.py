"""Tokens of scripts: the reader's own, and those of a directory for who looks after its accounts."""

from __future__ import annotations

from db.desk.accounts.tokens import TokenView
from db.desk.notation.localtime import last_day, local
from db.language import Text, _
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.sheet import Column, Question, Sheet, Verb


def _ask_to_withdraw(_at: At[TokenView]) -> Question:
    return Question(_("Withdraw the token? Its script is out at once."))


def _result_text(at: At[TokenView], _made: object) -> Text:
    return _("Token {number} has ended.", number=at.row.number)


def _columns(*first: Column[TokenView]) -> tuple[Column[TokenView], ...]:
    return (
        Column("token", _("Token"), lambda row: row.number, 12, tone="strong"),
        *first,
        Column(
            "commands", _("Commands"), lambda row: list(row.commands), data=lambda row: list(row.commands)
        ),
        Column("source", _("Network"), lambda row: row.source, 18),
        Column(
            "until",
            _("Good until"),
            lambda row: last_day(row.until) if row.is_open else _("ended"),
            17,
            tone=lambda row: "" if row.is_open else "dim",
            data=lambda row: row.until if row.is_open else None,
        ),
        Column(
            "used",
            _("Last used"),
            lambda row: local(row.used_at)[5:16] if row.used_at else None,
            12,
            data=lambda row: row.used_at,
        ),
        Column("used_from", _("Used from"), lambda row: row.used_from, 16, from_width=110),
    )


END: Verb[TokenView] = Verb(
    id="withdraw",
    operation="tokens.end",
    key="x",
    label=_("Withdraw"),
    help=_("End a token of yours: its script is out at once."),
    offered=lambda row: row.is_open,
    sure=_ask_to_withdraw,
    do=lambda at: at.desk.tokens.end(at.row.number),
    done=_result_text,
    example="tokens withdraw 3f2a9c01d4",
)
WITHDRAW: Verb[TokenView] = Verb(
    id="withdraw",
    operation="tokens.withdraw",
    key="x",
    label=_("Withdraw"),
    help=_("End somebody's token; the owner and those who watch are told."),
    sure=_ask_to_withdraw,
    do=lambda at: at.desk.tokens.withdraw(at[BOOK], at.row.number),
    done=_result_text,
    example="accounts tokens withdraw 3f2a9c01d4",
)
TOKENS: Sheet[TokenView] = Sheet(
    id="tokens",
    operation="tokens.mine",
    title=_("Tokens"),
    about=_(
        "What lets your scripts in, each for the commands that it names and from one place, until its day. "
        "`tokens make` makes one, by plain ssh. A new password ends them all."
    ),
    help=_("List your tokens for scripts."),
    of=(),
    rows=lambda at: at.desk.tokens.mine(),
    key=lambda row: row.number,
    named="token",
    numbered=False,
    columns=_columns(),
    verbs=(END,),
    empty=_("You have no tokens. `tokens make` makes one."),
    example="tokens",
)
OF_BOOK: Sheet[TokenView] = Sheet(
    id="accounts tokens",
    operation="tokens.others",
    title=_("Tokens of scripts"),
    about=_("What lets scripts in, of accounts that you look after or supervise; of commands their names."),
    help=_("List tokens that are good, of accounts that you look after or supervise."),
    of=(BOOK,),
    rows=lambda at: at.desk.tokens.others(at[BOOK]),
    key=lambda row: row.number,
    named="token",
    numbered=False,
    columns=_columns(Column("login", _("Login"), lambda row: row.login, 14)),
    verbs=(WITHDRAW,),
    empty=_("Nobody of this directory has a token: owners make their own."),
    example="accounts tokens",
)
