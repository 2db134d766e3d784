"""Everything about one request: what it asks for, who decides, and what happened so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from db.desk.importing.begun import SUBMIT
from db.desk.refusal import Overtaken, Refused
from db.desk.requests.request_views import RequestEventView, RequestRow, RequestView
from db.language import Text, _
from tui.kit import Location, ScreenCommand, clause_text
from tui.kit.base import KitApp
from tui.kit.keyed import Keyed
from tui.screens.evidence.view import open_evidence
from tui.screens.requests.deciding import DECIDED, DECISION_KEYS, SAYING, STEPPING, decide, say_of
from tui.screens.requests.own_request import AMEND, form_to_amend, may_amend, named_by
from tui.screens.sheets.asking import do_and_describe
from tui.screens.sheets.card import FactCard
from tui.screens.sheets.list import command_of, screen_of
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.deciding import APPROVE, REJECT, RETURN
from tui.sheets.granted import opened_by
from tui.sheets.importing import ASKED, REQUEST
from tui.sheets.request_facts import facts, head_facts, taken_words
from tui.sheets.requests import COMMENT, REMIND, UNDER_WAY, WITHDRAW
from tui.sheets.sheet import Verb


class RequestCard(FactCard):
    """One request, to read: with the keys that the list has for whom it concerns, see below."""

    CSS_PATH = "card.tcss"
    NAME = _("Request")
    ABOUT = _("What was asked for and why, the decisions in their order with the clause, and the history.")
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (
        ScreenCommand("evidence", "v", _("Evidence"), _("Open what is attached to the request."), looks=True),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
        *STEPPING,
    )

    def __init__(self, view: RequestView, step: Callable[[int], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self._view = view
        self._step = step
        """Opens another of the list that this was opened from, where it was opened from one."""

    def where(self) -> Location:
        row = self._view.row
        return Location(
            _("Request {number}: {kind}", number=row.id, kind=row.kind_label),
            (row.book_label, clause_text(self._view.clause)),
        )

    def facts(self) -> list[Fact]:
        return [*head_facts(self._view.row), ("", ""), *facts(self._view, history=True)]

    def place(self) -> At[RequestRow]:
        row = self._view.row
        return At(self.app.desk, (row.id,), lambda: (row,))

    def can(self, command_id: str) -> bool:
        if command_id in ("previous", "next"):
            return self._step is not None
        return command_id != "evidence" or has_to_open(self._view.row)

    def do_next(self) -> None:
        self._go_by(1)

    def do_previous(self) -> None:
        self._go_by(-1)

    def _go_by(self, by: int) -> None:
        if self._step is not None:
            self.dismiss(None)
            self.app.call_later(self._step, by)

    async def do_evidence(self) -> None:
        await open_what_proves(self, self._view)

    def show_result(self, said: Text | None) -> None:
        """Close the card and show ``said`` over the list; None: nothing was done."""
        if said is not None:
            self.finish()
            self.app.call_later(self.app.tell, said)

    def come_back(self) -> None:
        """Check what was done meanwhile, by `catch_up`."""
        self.catch_up()

    @contextmanager
    def fresh_only(self) -> Iterator[None]:
        """Close the card if the body is refused, and raise on: the request may have changed."""
        try:
            yield
        except (Refused, Overtaken):
            self.dismiss(None)
            raise


class CardToDecide(RequestCard):
    """A request that waits for its reader's decision."""

    KEYS = (*DECISION_KEYS, SAYING, *RequestCard.KEYS)

    def __init__(self, view: RequestView, step: Callable[[int], Awaitable[None]] | None = None) -> None:
        super().__init__(view, step)
        self._gone: RequestEventView | None = None

    def catch_up(self) -> None:
        """Show once what somebody else did with the request, if it no longer waits for the reader."""
        before, self._gone = self._gone, self.app.desk.queue.gone(self._view.row.id)
        if self._gone is not None and self._gone != before:
            self.app.tell(taken_words(self._view.row, self._gone), "warn")

    def can(self, command_id: str) -> bool:
        if command_id in (APPROVE.id, RETURN.id, REJECT.id):
            return not self.app.desk.holding.holds(is_task=False, number=self._view.row.id)
        return super().can(command_id)

    def why_not(self, command: ScreenCommand) -> Text:
        is_held = command.id in (APPROVE.id, RETURN.id, REJECT.id) and not self.can(command.id)
        return DECIDED if is_held else super().why_not(command)

    async def do_comment(self) -> None:
        """Ask for a comment for the requester, add it, recorded, and show it on the card."""
        said = await say_of(self, self._view.row)
        if said is not None:
            self._view = self.app.desk.queue.one(self._view.row.id)
            self.redraw_facts()
            self.app.tell(said)

    async def do_approve(self) -> None:
        await self._decide_request(APPROVE)

    async def do_return(self) -> None:
        await self._decide_request(RETURN)

    async def do_reject(self) -> None:
        await self._decide_request(REJECT)

    async def _decide_request(self, verb: Verb[RequestRow]) -> None:
        with self.fresh_only():
            self.show_result(await decide(self, verb, self._view.row, self._view.digest))


class CardOfMine(RequestCard):
    """A request of its reader's own."""

    KEYS = (AMEND, *map(command_of, (WITHDRAW, COMMENT, REMIND)), *RequestCard.KEYS)

    def __init__(self, view: RequestView, step: Callable[[int], Awaitable[None]] | None = None) -> None:
        super().__init__(view, step)
        self._lasts = view.row.id in opened_by(self.app.desk)

    def catch_up(self) -> None:
        now = self.app.desk.requests.one(self._view.row.id)
        if now != self._view:
            self._view, self._lasts = now, now.row.id in opened_by(self.app.desk)
            self.redraw_facts()

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        return named_by(super().offered_commands(), self._lasts)

    def can(self, command_id: str) -> bool:
        if command_id == AMEND.id:
            return may_amend(self._view.row)
        if command_id in (COMMENT.id, REMIND.id):
            return self._view.row.state in UNDER_WAY
        if command_id == WITHDRAW.id:
            return self._lasts or self._view.row.state in UNDER_WAY
        return super().can(command_id)

    def do_amend(self) -> None:
        """Close the card and open the form of the returned request."""
        with self.fresh_only():
            form = form_to_amend(self, self._view.row)
        self.dismiss(None)
        self.app.push_screen(form)

    async def do_comment(self) -> None:
        """Ask for a comment for the approvers and add it, recorded."""
        await self._add_word(COMMENT)

    async def do_remind(self) -> None:
        await self._add_word(REMIND)

    async def _add_word(self, verb: Verb[RequestRow]) -> None:
        said = await do_and_describe(self, verb, self.place())
        if said is not None:
            self.catch_up()
            self.app.tell(said)

    async def do_withdraw(self) -> None:
        with self.fresh_only():
            self.show_result(await do_and_describe(self, WITHDRAW, self.place()))


def open_request(app: KitApp, number: int) -> None:
    """Open one's own request, or, recorded, one that waits for or was decided by the reader. Raises
    Refused."""
    if any(row.id == number for row in app.desk.requests.mine()):
        app.push_screen(CardOfMine(app.desk.requests.one(number)))
    else:
        view = app.desk.queue.one(number)
        app.push_screen((CardToDecide if view.row.state == "open" else RequestCard)(view))


def has_to_open(row: RequestRow) -> bool:
    """Return whether the request has evidence, or rows of an import, to open."""
    return row.evidence > 0 or any(line.field == SUBMIT for line in row.summary)


async def open_what_proves(screen: Keyed, view: RequestView) -> None:
    """Open the request's evidence, recorded; of an import, its rows."""
    if any(line.field == SUBMIT for line in view.lines):
        screen.app.push_screen(screen_of(ASKED)({REQUEST.id: view.row.id}))
    else:
        await open_evidence(screen, view.evidence, view.row.id)
