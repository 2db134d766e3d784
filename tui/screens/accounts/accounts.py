"""Accounts of a book, for those who look after them: who can sign in, and who can't yet."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from auth import enrolment
from db.desk.accounts.account_views import AccountRow, BookOfAccounts, WithoutAccount
from db.desk.accounts.resets import KIND
from db.desk.notation.localtime import local
from db.language import Label, Message, Text, _, listed
from tui.kit import (
    Cell,
    Column,
    Command,
    DataList,
    Frame,
    Option,
    Styled,
    Where,
    ask_text,
    choose,
    confirm,
    tell_at_length,
)
from tui.kit.tones import Tone

STATES: dict[str, tuple[Text, Tone]] = {
    "invited": (_("invited"), "warn"),
    "active": (_("active"), "good"),
    "disabled": (_("disabled"), "bad"),
}
ROLES_SHOWN = 3
Row = AccountRow | WithoutAccount


class Accounts(Frame):
    """Accounts with their states, roles and sessions; people without one behind `w`."""

    NAME = _("Accounts")
    ABOUT = _(
        "Who can sign in. An activation code is shown once: hand it over in person. It is good once and for "
        "72 hours, and the owner alone chooses password and authenticator with it. Who is enrolled or more "
        "than an employee gets a code by a reset: a second office vouches, and each of the two is shown one "
        "half. Until it is used the account stays as it is. Whoever is disabled is out at once."
    )
    KEYS = (
        Command("code", "n", _("Activation code"), _("A new code to enrol with, or ask for a reset.")),
        Command("disable", "d", _("Disable"), _("Shut the account off; its sessions end.")),
        Command("enable", "r", _("Enable"), _("Open the account again, as it was.")),
        Command("sessions", "e", _("End sessions"), _("Sign the owner out everywhere.")),
        Command("make", "enter", _("Make an account"), _("Make an account for this person.")),
        Command("lacking", "w", _("Without account"), _("People without an account, and back.")),
        Command("narrow", "slash", _("Search"), _("Only those with this in their name or login."), "f3"),
        Command("book", "b", _("Other book"), _("Accounts of another directory."), footer=False),
        Command("back", "escape", _("Back"), _("Back to My account."), second="q"),
    )
    SHOWS_MODES = False

    def __init__(self) -> None:
        super().__init__()
        self._books = self.app.desk.accounts.books()
        self._book: BookOfAccounts = self._books[0]
        self._without = False
        self._text = ""

    def where(self) -> Where:
        """The book, and what the list is narrowed to."""
        shown = _("without account") if self._without else _("with account")
        return Where(self.NAME, (self._book.title, shown, *([self._text] if self._text else [])))

    def body(self) -> ComposeResult:
        """The list."""
        yield DataList[Row](
            self._columns(),
            key=lambda row: row.id if isinstance(row, AccountRow) else -row.entry,
            empty=_("Nobody."),
        )

    def _columns(self) -> Sequence[Column[Row]]:
        return (
            Column(_("Login"), lambda row: row.login if isinstance(row, AccountRow) else "–", width=14),
            Column(_("Name"), lambda row: row.name, width=10),
            Column(self.app.desk.me.unit_label(self._book.id), lambda row: row.unit, width=12),
            Column(_("State"), _state, width=12),
            Column(_("Code until"), _code_until, width=12, from_width=100),
            Column(_("Signed in"), _signed_in, width=9, right=True),
            Column(_("Roles"), _roles),
        )

    def on_mount(self) -> None:
        """The first book."""
        self._show()

    def can(self, command_id: str) -> bool:
        """What fits the row under the cursor."""
        row = self.query_one(DataList).current if self.is_mounted else None
        account = row if isinstance(row, AccountRow) else None
        if command_id in ("disable", "code"):
            return account is not None and account.state != "disabled"
        if command_id == "enable":
            return account is not None and account.state == "disabled"
        if command_id == "sessions":
            return account is not None and bool(account.sessions)
        if command_id == "make":
            return isinstance(row, WithoutAccount)
        return command_id != "book" or len(self._books) > 1

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    def _show(self, *, keep: bool = False) -> None:
        desk, book, text = self.app.desk.accounts, self._book.id, self._text

        def accounts(offset: int, limit: int) -> tuple[Row, ...]:
            return desk.page(book, offset, limit, text)

        def without(offset: int, limit: int) -> tuple[Row, ...]:
            return desk.lacking(book, offset, limit, text)

        self.query_one(DataList).show(without if self._without else accounts, keep=keep)
        self.refresh_top()
        self.refresh_keys()

    @property
    def _account(self) -> AccountRow:
        row = self.query_one(DataList).current
        assert isinstance(row, AccountRow)  # noqa: S101 - `can` offers what needs one only then
        return row

    async def do_code(self) -> None:
        """A code for who has not enrolled, or for who has to do it anew."""
        row = self._account
        if row.takes_two:
            await self._ask_reset(row)
            return
        code = enrolment.reissue(self.app.desk, row.id)
        self._show(keep=True)
        await self._tell_code(row.login, code)

    async def _ask_reset(self, row: AccountRow) -> None:
        """Ask why, and hand the reset in; a second office vouches."""
        made: list[int] = []

        def hand_in(reason: str) -> None:
            made.append(self.app.desk.asking.ask(KIND, self._book.id, {"whom": row.login}, reason))

        why = await ask_text(
            self,
            _("Reset of {name}'s sign-in", name=row.name),
            _("How do you know that they ask for it?"),
            text=_("A second office vouches; each of you is shown one half of the code."),
            required=True,
            check=hand_in,
        )
        if why is not None:
            view = self.app.desk.requests.one(made[0])
            who = listed(view.row.waits_for)
            self.app.tell(_("Request {request} waits for: {who}", request=made[0], who=who), "good")

    async def do_disable(self) -> None:
        """Shut the account off, once it was asked whether that is meant."""
        row = self._account
        if await confirm(self, _("Disable the account of {name}?", name=row.name)):
            self.app.desk.accounts.disable(row.id)
            self._show(keep=True)
            self.app.tell(_("{name} can't sign in any more.", name=row.name))

    async def do_enable(self) -> None:
        """Open it again."""
        row = self._account
        self.app.desk.accounts.enable(row.id)
        self._show(keep=True)
        self.app.tell(_("{name} can sign in again.", name=row.name))

    async def do_sessions(self) -> None:
        """Sign the owner out everywhere."""
        row = self._account
        places = "\n".join(f"{one.started_at}  {one.source}" for one in row.sessions)
        if await confirm(self, _("End the sessions of {name}?", name=row.name), text=places):
            self.app.desk.accounts.end_sessions(row.id)
            self._show(keep=True)
            self.app.tell(_("{name} is signed out everywhere.", name=row.name))

    async def do_make(self) -> None:
        """An account for who has none; its code is shown once. A login that can't be taken stays in the
        field to be mended."""
        row = self.query_one(DataList).current
        if not isinstance(row, WithoutAccount):
            return
        codes: dict[str, str] = {}

        def invite(login: str) -> None:
            codes[login] = enrolment.invite(self.app.desk, row.entry, login.lower())

        title, label = _("Account for {name}", name=row.name), _("Login, such as zhangwei")
        login = await ask_text(self, title, label, required=True, check=invite)
        if login is not None:
            self._show(keep=True)
            await self._tell_made(login.lower(), codes[login])

    async def _tell_made(self, login: str, code: str) -> None:
        """The code, or why there is none yet."""
        if code:
            await self._tell_code(login, code)
        else:
            self.app.tell(
                _("{login} is more than an employee: n asks for a code in two halves.", login=login)
            )

    async def _tell_code(self, login: str, code: str) -> None:
        await tell_at_length(
            self,
            _("Activation code of {login}", login=login),
            Message(
                "{code}\n\n{text}",
                {
                    "code": code,
                    "text": _("Shown only now; good once and for 72 hours. Hand it over in person."),
                },
            ),
        )

    def do_lacking(self) -> None:
        """People without an account, and back."""
        self._without, self._text = not self._without, ""
        self._show()

    async def do_narrow(self) -> None:
        """Narrow the list; an empty text shows everybody again."""
        text = await ask_text(self, _("Search"), _("Name or login"), value=self._text)
        if text is not None:
            self._text = text.strip()
            self._show()

    async def do_book(self) -> None:
        """Another book."""
        options = [Option(book.id, book.title) for book in self._books]
        chosen = await choose(self, _("Which directory?"), options)
        if chosen is not None:
            self._book = next(book for book in self._books if book.id == chosen)
            self._text = ""
            self.query_one(DataList).show_columns(self._columns())
            self._show()


def _state(row: Row) -> Cell:
    if isinstance(row, WithoutAccount):
        return Styled(_("no account"), "dim")
    return Styled(*STATES[row.state])


def _code_until(row: Row) -> Cell:
    until = row.activation_until if isinstance(row, AccountRow) else None
    return local(until)[5:16] if until else "–"


def _signed_in(row: Row) -> Cell:
    count = len(row.sessions) if isinstance(row, AccountRow) else 0
    return str(count) if count else "–"


def _roles(row: Row) -> Cell:
    if isinstance(row, WithoutAccount):
        return "–"
    cell: list[Text | Styled] = []
    for held in row.roles[:ROLES_SHOWN]:
        cell += [Label("；", "; ") if cell else "", held.label, f" {held.unit}" if held.unit else ""]
    return cell or "–"
