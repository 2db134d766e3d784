"""Everything about one request: what it asks for, who decides, and what happened so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.refusal import Refused
from db.desk.requests.request_views import EventView, RequestView
from db.language import Message, _
from tui.kit import Command, Facts, Frame, Where, clause_text
from tui.kit.facts import Fact
from tui.screens.evidence.view import open_evidence
from tui.screens.requests import own_request
from tui.screens.requests.deciding import DECISIONS, approve, send_back, turn_down
from tui.screens.requests.request_words import day, facts, gone, left, standing, who


class RequestCard(Frame):
    """One request, to read: with the keys that the list has for whom it concerns, see below."""

    CSS_PATH = "card.tcss"
    NAME = _("Request")
    ABOUT = _("What was asked for and why, the decisions in their order with the clause, and the history.")
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("evidence", "v", _("Evidence"), _("Open what is attached to the request.")),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init__(self, view: RequestView) -> None:
        super().__init__()
        self._view = view

    def where(self) -> Where:
        """Number, kind and book."""
        row = self._view.row
        return Where(
            _("Request {number}: {kind}", number=row.id, kind=row.kind_label),
            (row.book_label, clause_text(self._view.clause)),
        )

    def body(self) -> ComposeResult:
        """All of it."""
        with VerticalScroll(classes="form"):
            yield Facts(self._facts())

    def _facts(self) -> list[Fact]:
        row = self._view.row
        head: list[Fact] = [
            (_("Who"), who(row)),
            (_("Asked by"), row.requester),
            (_("State"), standing(row)),
        ]
        if row.due is not None:
            head += [(_("Due"), day(row.due.day)), (_("Workdays"), left(row.due))]
            head.append((_("Clock"), clause_text(row.due.clause)))
        return [*head, ("", ""), *facts(self._view, history=True)]

    def can(self, command_id: str) -> bool:
        """Nothing to open without evidence."""
        return command_id != "evidence" or bool(self._view.evidence)

    async def do_evidence(self) -> None:
        """Open one of the attached files."""
        await open_evidence(self, self._view.evidence)

    def done(self, said: Message | None) -> None:
        """Back to the list, which tells what was done there; None: nothing was."""
        if said is not None:
            self.finish()
            self.app.call_later(self.app.tell, said)

    @contextmanager
    def fresh_only(self) -> Iterator[None]:
        """What is refused is told over the list: the request may be another than this card shows by now."""
        try:
            yield
        except Refused:
            self.dismiss(None)
            raise


class CardToDecide(RequestCard):
    """A request that waits for its reader's decision."""

    KEYS = (*DECISIONS, *RequestCard.KEYS)

    def __init__(self, view: RequestView) -> None:
        super().__init__(view)
        self._gone: EventView | None = None

    def catch_up(self) -> None:
        """Say once what became of it, where it waits for its reader no more."""
        before, self._gone = self._gone, self.app.desk.queue.gone(self._view.row.id)
        if self._gone is not None and self._gone != before:
            self.app.tell(gone(self._view.row, self._gone), "warn")

    def do_approve(self) -> None:
        """Agree to what is shown."""
        with self.fresh_only():
            self.done(approve(self, self._view.row, self._view.digest))

    async def do_return(self) -> None:
        """Send it back with a word."""
        with self.fresh_only():
            self.done(await send_back(self, self._view))

    async def do_reject(self) -> None:
        """Turn it down with a word."""
        with self.fresh_only():
            self.done(await turn_down(self, self._view))


class CardOfMine(RequestCard):
    """A request of its reader's own."""

    KEYS = (own_request.AMEND, own_request.WITHDRAW, *RequestCard.KEYS)

    def __init__(self, view: RequestView) -> None:
        super().__init__(view)
        self._lasts = view.row.id in own_request.lasting(self)

    def catch_up(self) -> None:
        """Show how far it is by now."""
        now = self.app.desk.requests.one(self._view.row.id)
        if now != self._view:
            self._view, self._lasts = now, now.row.id in own_request.lasting(self)
            self.query_one(Facts).show(self._facts())
            self.refresh_keys()

    def offered(self) -> tuple[Command, ...]:
        """What was granted is given back, where a request is withdrawn."""
        return tuple(
            own_request.GIVE_BACK if self._lasts and one is own_request.WITHDRAW else one
            for one in super().offered()
        )

    def can(self, command_id: str) -> bool:
        """What the state of the request allows."""
        if command_id == "amend":
            return own_request.may_amend(self._view.row)
        if command_id == "withdraw":
            return own_request.may_withdraw(self._view.row, self._lasts)
        return super().can(command_id)

    def do_amend(self) -> None:
        """The form of the returned request; from there back to the list."""
        with self.fresh_only():
            form = own_request.form_to_amend(self, self._view.row)
        self.dismiss(None)
        self.app.push_screen(form)

    async def do_withdraw(self) -> None:
        """Take it back, once it was asked whether that is meant."""
        with self.fresh_only():
            self.done(await own_request.take_back(self, self._view.row, self._lasts))
