"""Accounts of a book on the screen, and the people without one behind `w`."""

from __future__ import annotations

from dataclasses import replace

from db.desk.accounts.account_views import AccountRow, WithoutAccount
from db.desk.asking.rights import ID as RIGHT
from db.language import _
from tui.kit import Location, Pick, ScreenCommand, choose
from tui.screens.asking.form import AskForm
from tui.screens.sheets.columns import list_columns
from tui.screens.sheets.paged import PagedScreen
from tui.sheets.accounts import ACCOUNTS, BOOK, CODE, GRANT, LACKING, RESET
from tui.sheets.asks import Row


class OfBook(PagedScreen[Row]):
    """A list of one of the books whose accounts the reader looks after, the first unless one is named."""

    def __init__(self, book: str = "") -> None:
        self._books = {one.id: one.title for one in self.app.desk.accounts.books()}
        super().__init__({BOOK.id: book or next(iter(self._books))})

    def where(self) -> Location:
        return Location(self.NAME, (self._books[self.place[BOOK]],))


class WithoutAccountScreen(OfBook[WithoutAccount]):
    """Who can't sign in yet."""

    SHEET = LACKING


class AccountsScreen(OfBook[AccountRow]):
    """Who can sign in. A code for who needs two people for it is asked for by the same key."""

    SHEET = ACCOUNTS
    KEYS = (
        ScreenCommand("lacking", "n", _("Account for somebody without one"), _("People without an account.")),
        ScreenCommand(
            "ask",
            "n",
            _("Ask for a role"),
            _("Open the request for a role; others decide on it."),
            footer=False,
        ),
        ScreenCommand("book", "u", _("Other directory"), _("Accounts of another directory."), footer=False),
    )

    def can(self, command_id: str) -> bool:
        if command_id == "code":
            return super().can("code") or super().can("reset")
        if command_id == "ask":
            return not super().can(GRANT.id) and self.current is not None and self._may_ask
        return len(self._books) > 1 if command_id == "book" else super().can(command_id)

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Return the possible commands; the key for a code is labelled by what the account under the cursor
        takes, a code or a reset."""
        row = self.current
        if row is None:
            return super().offered_commands()
        verb = CODE if super().can("code") else RESET
        label = _("{what}: {value}", what=verb.label, value=row.name)
        return tuple(
            replace(one, label=label) if one.id == CODE.id else one for one in super().offered_commands()
        )

    async def do_code(self) -> None:
        await self._do_verb(CODE if super().can("code") else RESET)

    def do_lacking(self) -> None:
        self.app.push_screen(WithoutAccountScreen(self.place[BOOK]))

    @property
    def _may_ask(self) -> bool:
        """Return whether the reader may ask for a role in this directory."""
        return any(one.id == RIGHT and one.book == self.place[BOOK] for one in self.app.desk.asking.offers())

    def do_ask(self) -> None:
        """Open the request for a role, filled in for the account under the cursor."""
        row = self.current
        if row is None:
            return
        form = self.app.desk.asking.form(RIGHT, self.place[BOOK])
        fields = tuple(replace(one, value=row.login) if one.name == "whom" else one for one in form.fields)
        self.app.push_screen(AskForm(replace(form, fields=fields)))

    async def do_book(self) -> None:
        options = [Pick(book, title) for book, title in self._books.items()]
        chosen = await choose(self, _("Which directory?"), options)
        if chosen is not None:
            self._answers = {BOOK.id: chosen}
            self._list.show_columns(list_columns(self.SHEET, self.place))
            self.refill(keep=False)
