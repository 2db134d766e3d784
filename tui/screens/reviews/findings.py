"""Findings with their history, followed to closure (C.6, H.3.1)."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.clockwork import today
from db.desk.reviews.inspecting import FindingRow, Owner
from db.desk.reviews.inspecting import due_day as read_due_day
from db.language import Text, _
from tui.kit import (
    Cell,
    Column,
    Command,
    DataList,
    Facts,
    Frame,
    Option,
    Styled,
    Where,
    ask_text,
    choose,
    clause_text,
)
from tui.kit.facts import Fact
from tui.screens.requests.request_words import due_day, left


class Findings(Frame):
    """What the reader sees to and what they follow, with the history of the one under the cursor."""

    CSS_PATH = "findings.tcss"
    NAME = _("Findings")
    ABOUT = _(
        "What inspections found. Whoever sees to a finding answers it; an inspector looks and closes it, or "
        "sends it back. Nobody closes what they see to themselves."
    )
    KEYS = (
        Command("answer", "a", _("Answer"), _("Say what was done about it.")),
        Command("close", "c", _("Close finding"), _("It is done; say what you saw.")),
        Command("reopen", "b", _("Not done"), _("Send it back, and say what is missing.")),
        Command("pass_on", "o", _("Another owner"), _("Let somebody else see to it, by a day.")),
    )
    SHOWS_MODES = False

    def __init__(self, campaign: int | None = None, at: int | None = None) -> None:
        super().__init__()
        self._campaign = campaign
        self._at = at
        """The finding on which the cursor begins."""

    def where(self) -> Where:
        """The book and clause of the finding under the cursor."""
        row = self._current
        return Where(self.NAME, (row.book_label, clause_text(row.clause)) if row is not None else ())

    def body(self) -> ComposeResult:
        """List and history."""
        yield DataList[FindingRow](
            [
                Column(_("Due"), lambda row: due_day(row.due), width=9),
                Column(_("Workdays"), lambda row: left(row.due), width=9),
                Column(_("What"), lambda row: Styled(row.what, "strong")),
                Column(_("Seen to by"), lambda row: row.owner, width=10),
                Column(_("Stands"), _state, width=12, in_english=14),
            ],
            key=lambda row: row.id,
            empty=_("There are no findings for you."),
        )
        with VerticalScroll(id="preview", can_focus=False):
            yield Facts()

    def on_mount(self) -> None:
        """Ask for them."""
        self._fill(self._at)

    @property
    def _current(self) -> FindingRow | None:
        row: FindingRow | None = self.query_one(DataList).current if self.is_mounted else None
        return row

    def can(self, command_id: str) -> bool:
        """What the reader may do with the finding under the cursor."""
        row = self._current
        if command_id == "answer":
            return row is not None and row.mine
        if command_id == "close":
            return row is not None and row.settles
        if command_id == "reopen":
            return row is not None and row.settles and row.state == "answered"
        if command_id == "pass_on":
            return row is not None and row.settles and row.state == "open"
        return True

    def _fill(self, at: int | None = None) -> None:
        rows = self.app.desk.inspections.findings(self._campaign)
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )
        place = next((number for number, row in enumerate(rows) if row.id == at), None)
        if place is not None:
            self.query_one(DataList).go(place)
        self.app.recount()

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        self.query_one(Facts).show(_facts(row) if row is not None else [])
        self.refresh_keys()
        self.refresh_top()

    async def do_answer(self) -> None:
        """What was done."""
        row = self._current
        if row is None:
            return
        answer = partial(self.app.desk.inspections.answer, row.id)
        said = await ask_text(self, _("Answer"), _("What was done"), required=True, check=answer)
        if said is not None:
            self._fill()
            self.app.tell(_("Answered; an inspector looks at it."))

    async def do_close(self) -> None:
        """It is done."""
        await self._settle("close", _("Close finding"), _("What you saw"))

    async def do_reopen(self) -> None:
        """It is not done."""
        await self._settle("reopen", _("Not done"), _("What is missing"))

    async def do_pass_on(self) -> None:
        """Somebody else sees to it."""
        row = self._current
        owner = await choose_owner(self, row.campaign, row.id) if row is not None else None
        if row is None or owner is None:
            return
        due = await ask_due(self, max(row.due.day if row.due else "", today().isoformat()))
        if due is not None:
            self.app.desk.inspections.pass_on(row.id, owner.account, due)
            self._fill()
            self.app.tell(_("Passed on to {name}.", name=owner.name))

    async def _settle(self, verdict: str, title: Text, label: Text) -> None:
        row = self._current
        if row is None:
            return
        settle = partial(self.app.desk.inspections.settle, row.id, verdict)
        if await ask_text(self, title, label, required=True, check=settle) is not None:
            self._fill()


async def choose_owner(screen: Frame, campaign: int, finding: int | None = None) -> Owner | None:
    """Who sees to a finding of the inspection ``campaign``: to a new one, or to ``finding`` from now on."""
    owners = {str(one.account): one for one in screen.app.desk.inspections.owners(campaign, finding)}
    options = [Option(key, one.name, note=one.role) for key, one in owners.items()]
    chosen = await choose(screen, _("Who sees to it?"), options)
    return owners[chosen] if chosen is not None else None


async def ask_due(screen: Frame, proposed: str) -> str | None:
    """By which day a finding is seen to."""
    return await ask_text(
        screen, _("By when?"), _("Day, as 2026-11-23"), value=proposed, required=True, check=read_due_day
    )


def _state(row: FindingRow) -> Cell:
    tone = {"open": "warn", "answered": "accent", "closed": "good"}[row.state]
    if tone == "warn":
        return Styled(row.state_label, "warn")
    return Styled(row.state_label, "good" if tone == "good" else "accent")


def _facts(row: FindingRow) -> list[Fact]:
    found: list[Fact] = [(_("Point"), row.point)] if row.point else []
    return found + [(one.at, [f"{one.who} ", one.act, f" “{one.word}”"]) for one in row.history]
