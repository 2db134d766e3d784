"""Tokens: a script's way in, in place of password and one-time code, for the commands that it names.

A token is made by its owner, good from one network until a day, and dies with the owner's account and
password. What is kept of it is a digest, and the commands, sealed. The door (`auth.tokens`) lets it in;
`Tokens.use` admits each command word for word, and the operations of `frame.BY_TOKEN` alone are done by it,
as far as its owner may do them then.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from db.desk.accounts.account_notices import tell_owner
from db.desk.accounts.charge import overseeing_holdings, reached_from, require_holdings
from db.desk.accounts.new_accounts import end_of
from db.desk.due_dates import today
from db.desk.frame import TOKEN, OperationGroup, operation
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _
from db.store import clock
from db.store.addresses import is_within, network_of, source_of
from db.store.binding import binding_digest, place_of
from db.store.engine import store
from db.store.moves import Moves
from db.store.sealing import seal, unseal
from db.store.sql import for_update
from db.store.tables import Account, ScriptToken, SignInSession

USUAL_DAYS: Final = 30
MOST: Final = 10
"""Tokens of one account that are good at one time."""
KEPT_MOST: Final = 30
"""So many are kept of an account, with those that ended."""
COMMANDS_MOST: Final = 20
FRESH: Final = timedelta(minutes=5)
"""A token is made within so long of a sign-in by password and code: who takes over a screen has neither."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token, without it. ``commands``: its own words for the owner, only their names for others."""

    number: str
    login: str
    commands: tuple[str, ...]
    source: str
    made_at: str
    until: str
    used_at: str | None
    used_from: str | None
    is_open: bool


def find_open_token(account: int, address: str, digest: str) -> str | None:
    """Return the number of the account's token with ``digest`` that is valid now and from ``address``; None
    without one."""
    for row in _rows(Account.id == account).where(_is_open()):
        if is_within(address, row.source) and hmac.compare_digest(row.code, _code_of(row, digest)):
            return str(row.id)
    return None


def end_tokens(account: int) -> None:
    """Mark all tokens of ``account`` as ended, within the running transaction."""
    _end(ScriptToken.account == account)


class Tokens(OperationGroup):
    """Operations on tokens: the actor's own, and those of accounts that the actor watches over."""

    @operation("tokens.make", label=_("make a token"), recorded=True, power=LOOKS)
    def make(
        self, digest: str, commands: Sequence[Sequence[str]], source: str = "", until: date | None = None
    ) -> TokenView:
        """Store the token with ``digest`` for ``commands``, from ``source`` (the actor's own, unless given)
        and up to and with the day ``until``, with the account locked; notify its owner. Ended ones beyond
        `KEPT_MOST` are deleted. Raises Refused where a regulation forbids tokens, or long after the sign-in;
        Invalid."""
        days = self._check()
        began = SignInSession.get_by_id(self.act.actor.session).started_at
        if clock.utcnow() - clock.moment(began) > FRESH:
            raise Refused(
                _("A token is made within five minutes of a sign-in by password and code."),
                SILENT,
                _("Sign in for this command alone: `ssh HOST tokens make …`."),
            )
        last = until or today() + timedelta(days=min(USUAL_DAYS, days))
        network = network_of(source or source_of(self.act.actor.source))
        problems = _problems(commands, network, last, days)
        account = Account.get_by_id(self.permissions.account)
        number, over = secrets.token_hex(5), end_of(last)
        if problems or network is None or over is None:
            raise Invalid(*problems)
        list(for_update(Account.select().where(Account.id == account.id), no_key=True))
        self._make_room(account.id)
        row = ScriptToken(id=number, account=account, source=network, made_at=clock.now(), until=over)
        packed = json.dumps([list(words) for words in commands], ensure_ascii=False).encode()
        row.words = seal(store().keys, ScriptToken.words.place(number), packed)
        row.code = _code_of(row, digest)
        row.save(force_insert=True)
        tell_owner(account, "token-made", SILENT, detail={"source": network, "until": str(last)})
        self.act.note_facts(token=number, until_day=str(last), source=network)
        return _view(row, is_open=True)

    @operation("tokens.use", label=_("use a token"), recorded=True, power=LOOKS, strengths=TOKEN)
    def use(self, words: Sequence[str]) -> None:
        """Admit the command ``words`` of a session that a token began; notify the owner of its first use, and
        of another address than the last. Raises Refused for any other command, where the token has ended,
        where regulations forbid it by now, and where a notice waits to be accepted."""
        self._check()
        mine = SignInSession.get_by_id(self.act.actor.session)
        row = _rows(ScriptToken.id == mine.token).where(_is_open()).get_or_none()
        if row is None or row.account_id != mine.account_id:
            raise Refused(_("This token has ended."), SILENT, _("Make another: `ssh HOST tokens make …`."))
        self.act.note_facts(token=row.id)
        if list(words) not in _commands(row):
            raise Refused(
                _("This token is for other commands."),
                SILENT,
                _("Type one of its own, word for word; `tokens` lists them."),
            )
        if self.desk.is_notice_due(self.permissions):
            raise Refused(
                _("A notice at collection waits for you; until then no token is good."),
                SILENT,
                _("Sign in with password and code, and accept it: `notice accept`."),
            )
        if row.used_from != mine.source:
            tell_owner(row.account, "token-used", SILENT, detail={"source": mine.source})
        used = {"used_at": clock.now(), "used_from": mine.source}
        ScriptToken.update(**used).where(ScriptToken.id == row.id).execute()

    @operation("tokens.mine", label=_("list own tokens"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[TokenView, ...]:
        """List the actor's tokens with their commands, those that ended too, the newest first."""
        return _views(ScriptToken.account == self.permissions.account, whole=True)

    @operation("tokens.end", label=_("withdraw an own token"), recorded=True, power=power_over(Moves.ACCOUNT))
    def end(self, number: str) -> None:
        """End a token of the actor's own. Raises Refused where none of that number is valid."""
        if not _end((ScriptToken.account == self.permissions.account) & (ScriptToken.id == number)):
            raise _no_such_token()
        self.act.note_facts(token=number)

    @operation("tokens.others", label=_("list tokens"), recorded=True, power=LOOKS)
    def others(self, book: str) -> tuple[TokenView, ...]:
        """List the valid tokens of accounts of ``book`` that the actor looks after or supervises."""
        self.act.note_facts(book=book)
        return tuple(one for one in _views(self._reached(book), whole=False) if one.is_open)

    @operation(
        "tokens.withdraw",
        label=_("withdraw somebody's token"),
        recorded=True,
        power=power_over(Moves.ACCOUNT, way=Way.TOLD),
    )
    def withdraw(self, book: str, token: str) -> None:
        """End a token of an account that the actor looks after or supervises in ``book``, and notify its
        owner and the watchers. Raises Refused."""
        self.act.note_facts(book=book)
        row = _rows(self._reached(book)).where(ScriptToken.id == token).get_or_none()
        if row is None or not _end(ScriptToken.id == row.id):
            raise _no_such_token()
        self.act.note_facts(account=row.account_id, token=row.id)

    def _reached(self, book: str) -> Any:
        holdings = overseeing_holdings(self.permissions, book)
        require_holdings(self.permissions, holdings, book)
        return reached_from(holdings, book)

    def _check(self) -> int:
        """Return for how many days the actor's regulations allow a token. Raises Refused where one forbids
        it, or the actor sits at the host."""
        rules = [self.permissions.policy(book).copies for book in self.permissions.books]
        days, clause = min(
            ((rule.token_days, rule.clause_of("token_days")) for rule in rules), default=(90, "")
        )
        if days == 0 or network_of(source_of(self.act.actor.source)) is None:
            raise Refused(
                _("Scripts have no tokens here."),
                (days == 0 and clause) or SILENT,
                _("Sign in with password and code; `batch` runs several commands by one sign-in."),
            )
        return days

    @staticmethod
    def _make_room(account: int) -> None:
        """Delete tokens that ended long ago. Raises Invalid where too many are valid."""
        theirs = ScriptToken.account == account
        if _rows(theirs).where(_is_open()).count() >= MOST:
            problem = _("You have {most} tokens. Withdraw one first: `tokens withdraw`.", most=MOST)
            raise Invalid(Problem("token", problem))
        kept = ScriptToken.select(ScriptToken.id).where(theirs).order_by(ScriptToken.made_at.desc())
        old = [row.id for row in kept][KEPT_MOST - 1 :]
        ScriptToken.delete().where(ScriptToken.id.in_(old)).execute()


def _problems(commands: Sequence[Sequence[str]], network: str | None, last: date, days: int) -> list[Problem]:
    found = []
    if not 0 < len(commands) <= COMMANDS_MOST or not all(commands):
        found.append(Problem("command", _("Name 1 to {most} commands.", most=COMMANDS_MOST)))
    if network is None:
        text = _("Write an address or a network of at most 65,536, such as 10.1.4.22 or 10.1.4.0/24.")
        found.append(Problem("from", text))
    if not today() <= last <= today() + timedelta(days=days):
        text = _("A token ends on one of the next {days} days; {last} is the last.", days=days,
                 last=str(today() + timedelta(days=days)))  # fmt: skip
        found.append(Problem("until", text))
    return found


def _rows(where: Any) -> Any:
    return ScriptToken.select(ScriptToken, Account).join(Account).where(where)


def _is_open() -> Any:
    """Return the condition for a token that is good: its time, its account and its password run."""
    since = Account.password_set_at.is_null() | (ScriptToken.made_at >= Account.password_set_at)
    in_time = (ScriptToken.made_at <= clock.now()) & (ScriptToken.until > clock.now())
    return ScriptToken.ended_at.is_null() & in_time & since & (Account.state == "active")


def _end(which: Any) -> bool:
    running = which & ScriptToken.ended_at.is_null()
    return bool(ScriptToken.update(ended_at=clock.now()).where(running).execute())


def _code_of(row: ScriptToken, digest: str) -> str:
    said = (row.id, row.source, row.made_at, row.until, bytes(row.words).hex(), digest)
    return binding_digest(store().keys, place_of("account", row.account_id, "token"), "\n".join(said))


def _commands(row: ScriptToken) -> list[list[str]]:
    packed = unseal(store().keys, ScriptToken.words.place(row.id), bytes(row.words))
    return [[str(word) for word in words] for words in json.loads(packed)]


def _views(where: Any, *, whole: bool) -> tuple[TokenView, ...]:
    is_open = {row.id for row in _rows(where).where(_is_open())}
    rows = _rows(where).order_by(ScriptToken.made_at.desc(), ScriptToken.id)
    return tuple(_view(row, is_open=row.id in is_open, whole=whole) for row in rows)


def _view(row: ScriptToken, *, is_open: bool, whole: bool = True) -> TokenView:
    commands = tuple(" ".join(words if whole else words[:1]) for words in _commands(row))
    return TokenView(
        row.id,
        row.account.login,
        commands if whole else tuple(dict.fromkeys(commands)),
        row.source,
        row.made_at,
        row.until,
        row.used_at,
        row.used_from,
        is_open,
    )


def _no_such_token() -> Refused:
    return Refused(_("There is no such token."), SILENT, _("`tokens` and `accounts tokens` list them."))
