"""Everything about one request: what it asks for, who decides, and what happened so far."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.requests.views import RequestView
from db.language import _
from tui.kit import Command, Facts, Frame, Where, clause_text
from tui.kit.facts import Fact
from tui.screens.evidence.view import open_evidence
from tui.screens.requests.words import day, facts, left, standing, who


class RequestCard(Frame):
    """One request, to read."""

    CSS_PATH = "card.tcss"
    NAME = _("Request")
    ABOUT = _("What was asked for and why, the decisions in their order with the clause, and the history.")
    KEYS = (
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
        row = self._view.row
        head: list[Fact] = [
            (_("Who"), who(row)),
            (_("Asked by"), row.requester),
            (_("State"), standing(row)),
        ]
        if row.due is not None:
            head += [(_("Due"), day(row.due.day)), (_("Workdays"), left(row.due))]
            head.append((_("Clock"), clause_text(row.due.clause)))
        with VerticalScroll(classes="form"):
            yield Facts([*head, ("", ""), *facts(self._view, history=True)])

    def can(self, command_id: str) -> bool:
        """Nothing to open without evidence."""
        return command_id != "evidence" or bool(self._view.evidence)

    async def do_evidence(self) -> None:
        """Open one of the attached files."""
        await open_evidence(self, self._view.evidence)
