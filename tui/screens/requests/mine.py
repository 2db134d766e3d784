"""The reader's own requests: on whom each rests, taking one back, answering a return."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.requests.request_views import RequestRow
from db.language import _
from tui.kit import Column, Command, DataList, Facts, Frame, Option, Styled, choose
from tui.screens.asking.change import own_entries, propose_own
from tui.screens.asking.form import ask_access
from tui.screens.evidence.view import open_evidence
from tui.screens.privacy.consents import Consents
from tui.screens.requests import own_request
from tui.screens.requests.card import CardOfMine
from tui.screens.requests.request_words import differences, facts, sent, standing, who
from tui.sheets.clocks import due_day, left


class Requests(Frame):
    """List, and under it the request that the cursor is on."""

    CSS_PATH = "mine.tcss"
    NAME = _("My requests")
    ABOUT = _(
        "Everything you asked for: for whom it waits by name, how many working days are left, and what "
        "happened so far. Until it is decided you can withdraw it; one that was returned to you can be "
        "amended and goes through its steps again. Access that you need no longer can be given back."
    )
    LIVE = True
    KEYS = (
        Command("open", "enter", _("Details"), _("Everything about it, with its history.")),
        Command("new", "n", _("New change"), _("Propose a change to your own entry.")),
        Command("choose", "a", _("Ask …"), _("Choose among everything that can be asked for.")),
        Command(
            "ask", "o", _("Ask for access"), _("Ask to see somebody you can't see, for a time."), footer=False
        ),
        own_request.AMEND,
        own_request.WITHDRAW,
        Command("evidence", "v", _("Evidence"), _("Open what is attached to the request.")),
        Command("consents", "c", _("Consents"), _("Answer who asks to be given your entry.")),
        Command(
            "rules", "r", _("Rules"), _("The rules of the directory, and who interprets them."), footer=False
        ),
        Command(
            "delegate", "t", _("Stand-in"), _("Let somebody decide for you while you are away."), footer=False
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._lasting: frozenset[int] = frozenset()
        """Requests whose granted access lasts still."""
        self._has_entry = True

    def body(self) -> ComposeResult:
        """List and preview."""
        yield DataList[RequestRow](
            [
                Column(_("No."), lambda row: str(row.id), width=5, right=True),
                Column(_("Sent"), lambda row: sent(row), width=9, from_width=100),
                Column(_("Kind"), lambda row: row.kind_label, width=12, in_english=14, from_width=100),
                Column(_("Who"), lambda row: Styled(who(row), "strong"), width=15),
                Column(_("What"), lambda row: differences(row.summary)),
                Column(_("Where it stands"), standing),
                Column(_("Due"), lambda row: due_day(row.due), width=9, from_width=100),
                Column(_("Workdays"), lambda row: left(row.due), width=8),
            ],
            key=lambda row: row.id,
            empty=_("You have asked for nothing yet. n proposes a change to your own entry."),
        )
        with VerticalScroll(id="preview", can_focus=False):
            yield Facts()

    def on_mount(self) -> None:
        """Ask for the list."""
        self._look_what_lasts()
        self._has_entry = bool(own_entries(self))
        self.query_one(DataList).show(self.app.desk.requests.mine)
        self.refresh_keys()

    def come_back(self) -> None:
        """Something may have been decided meanwhile."""
        self._look_what_lasts()
        self.query_one(DataList).reload()

    def _look_what_lasts(self) -> None:
        self._lasting = own_request.lasting(self)

    def offered(self) -> tuple[Command, ...]:
        """What was granted is given back, where a request is withdrawn."""
        row = self._current if self.is_mounted else None
        gives_back = row is not None and row.id in self._lasting
        return tuple(
            own_request.GIVE_BACK if gives_back and one is own_request.WITHDRAW else one
            for one in super().offered()
        )

    @property
    def _current(self) -> RequestRow | None:
        row: RequestRow | None = self.query_one(DataList).current
        return row

    def can(self, command_id: str) -> bool:
        """What the state of the request under the cursor allows."""
        row = self._current if self.is_mounted else None
        if command_id == "new":
            return self._has_entry
        if command_id == "open":
            return row is not None
        if command_id == "withdraw":
            return row is not None and own_request.may_withdraw(row, row.id in self._lasting)
        if command_id == "amend":
            return row is not None and own_request.may_amend(row)
        if command_id == "evidence":
            return row is not None and row.evidence > 0
        return True

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        shown = facts(self.app.desk.requests.one(row.id)) if row is not None else []
        self.query_one(Facts).show(shown)
        self.refresh_keys()

    def do_open(self) -> None:
        """Everything about it."""
        row = self._current
        if row is not None:
            self.app.push_screen(CardOfMine(self.app.desk.requests.one(row.id)))

    async def do_evidence(self) -> None:
        """Open one of the attached files."""
        row = self._current
        if row is not None:
            await open_evidence(self, self.app.desk.requests.one(row.id).evidence)

    async def do_new(self) -> None:
        """The form of the own entry; of which book, where there are several."""
        await propose_own(self)

    def do_choose(self) -> None:
        """Everything that can be asked for."""
        from tui.screens.asking.ask import Ask

        self.app.push_screen(Ask())

    def do_consents(self) -> None:
        """What others want to be given of the reader's entry."""
        self.app.push_screen(Consents())

    async def do_rules(self) -> None:
        """The rules of a book."""
        from tui.screens.asking.rules import show_rules

        await show_rules(self)

    async def do_ask(self) -> None:
        """The form that asks for access."""
        options = [Option(book.id, book.title) for book in self.app.desk.me.who().books]
        chosen = options[0].id if len(options) == 1 else await choose(self, _("In which book?"), options)
        if chosen is not None:
            ask_access(self, chosen)

    def do_amend(self) -> None:
        """The form of the returned request."""
        row = self._current
        if row is not None:
            self.app.push_screen(own_request.form_to_amend(self, row))

    async def do_withdraw(self) -> None:
        """Take it back, once it was asked whether that is meant."""
        row = self._current
        said = await own_request.take_back(self, row, row.id in self._lasting) if row is not None else None
        if said is not None:
            self.come_back()
            self.app.tell(said)

    def do_delegate(self) -> None:
        """Who stands in for whom."""
        from tui.screens.sheets.list import screen_of
        from tui.sheets.delegation import DELEGATION

        self.app.push_screen(screen_of(DELEGATION)())
