"""The reader's own requests: on whom each rests, taking one back, answering a return."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from db.desk.requests.opened import OpenedView
from db.desk.requests.request_views import RequestRow
from db.language import _
from tui.kit import DataList, FactList, Preview, ScreenCommand
from tui.screens.asking.change import own_entries, propose_own
from tui.screens.asking.form import ask_access
from tui.screens.asking.rules import choose_book, show_rules
from tui.screens.privacy.consents import ConsentsScreen
from tui.screens.requests.card import CardOfMine, has_to_open, open_what_proves
from tui.screens.requests.deciding import STEPPING
from tui.screens.requests.kept_forms import KeptForms
from tui.screens.requests.own_request import AMEND, form_to_amend, may_amend, named_by
from tui.screens.sheets.list import command_of, screen_of
from tui.screens.sheets.paged import PagedScreen
from tui.sheets.delegation import DELEGATION
from tui.sheets.drafts import DRAFTS
from tui.sheets.granted import OPENED, opened_by
from tui.sheets.request_facts import facts
from tui.sheets.requests import REQUESTS, WITHDRAW
from tui.sheets.sheet import Sheet


class MyRequestsScreen(PagedScreen[RequestRow]):
    """List, and under it the request that the cursor is on."""

    DEFAULT_CSS = "MyRequestsScreen #request { height: 9; border-top: solid $rule; padding: 0 1; }"
    SHEET: ClassVar[Sheet[RequestRow]] = REQUESTS
    SHOWS_MODES = True
    LIVE = True
    KEYS = (
        ScreenCommand("open", "enter", _("Details"), _("Everything about it, with its history."), looks=True),
        ScreenCommand("new", "n", _("New change"), _("Propose a change to your own entry.")),
        ScreenCommand("choose", "n", _("Ask …"), _("Choose among everything that can be asked for.")),
        ScreenCommand(
            "ask", "n", _("Ask for access"), _("Ask to see somebody you can't see, for a time."), footer=False
        ),
        AMEND,
        command_of(WITHDRAW),
        ScreenCommand("evidence", "v", _("Evidence"), _("Open what is attached to the request."), looks=True),
        ScreenCommand("consents", "v", _("Consents"), _("Answer those who ask to be given your entry.")),
        ScreenCommand("opened", "v", OPENED.title, OPENED.help, footer=False),
        ScreenCommand("drafts", "v", DRAFTS.title, DRAFTS.help, footer=False),
        ScreenCommand(
            "rules", "w", _("Rules"), _("The rules of the directory, and who interprets them."), footer=False
        ),
        ScreenCommand(
            "delegate", "n", _("Delegate"), _("Let somebody decide for you while you are away."), footer=False
        ),
        *STEPPING,
    )

    def __init__(self) -> None:
        super().__init__()
        self._lasting: dict[int, OpenedView] = {}
        """What the requests opened that lasts still."""
        self._has_entry = True
        self._keeps_forms = False

    def body(self) -> ComposeResult:
        yield from super().body()
        with Preview(id="request"):
            yield FactList()

    def on_mount(self) -> None:
        self._has_entry = bool(own_entries(self))
        self._keeps_forms = bool(self.app.desk.drafts.mine())

    def refill(self, *, keep: bool = True) -> None:
        self._lasting = opened_by(self.app.desk)
        super().refill(keep=keep)

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        return named_by(
            super().offered_commands(), self.current is not None and self.current.id in self._lasting
        )

    def can(self, command_id: str) -> bool:
        row = self.current
        if command_id == "new":
            return self._has_entry
        if command_id == "drafts":
            return self._keeps_forms
        if command_id == AMEND.id:
            return row is not None and may_amend(row)
        if command_id == "evidence":
            return row is not None and has_to_open(row)
        if command_id in ("previous", "next"):
            return row is not None
        if command_id == WITHDRAW.id and row is not None and row.state == "applied":
            return row.id in self._lasting
        return super().can(command_id)

    @on(DataList.Moved)
    def _preview(self) -> None:
        row = self.current
        self.query_one(FactList).show(facts(self.app.desk.requests.one(row.id)) if row is not None else [])

    async def do_open(self) -> None:
        if self.current is not None:
            self.app.push_screen(CardOfMine(self.app.desk.requests.one(self.current.id), self.step))

    async def step(self, by: int) -> None:
        """Move the cursor by ``by`` and open the request there."""
        self._list.action_move(by)
        await self.do_open()

    def do_next(self) -> None:
        self._list.action_move(1)

    def do_previous(self) -> None:
        self._list.action_move(-1)

    async def do_evidence(self) -> None:
        if self.current is not None:
            await open_what_proves(self, self.app.desk.requests.one(self.current.id))

    async def do_new(self) -> None:
        await propose_own(self)

    def do_choose(self) -> None:
        from tui.screens.asking.ask import AskScreen

        self.app.push_screen(AskScreen())

    def do_consents(self) -> None:
        self.app.push_screen(ConsentsScreen())

    def do_opened(self) -> None:
        self.app.push_screen(screen_of(OPENED)())

    def do_drafts(self) -> None:
        self.app.push_screen(KeptForms())

    async def do_rules(self) -> None:
        await show_rules(self)

    async def do_ask(self) -> None:
        if (chosen := await choose_book(self)) is not None:
            ask_access(self, chosen)

    def do_amend(self) -> None:
        if self.current is not None:
            self.app.push_screen(form_to_amend(self, self.current))

    def do_delegate(self) -> None:
        self.app.push_screen(screen_of(DELEGATION)())
