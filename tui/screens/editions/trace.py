"""Tracing: whose copy was found, from its number or from a file with or without one."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from db.desk.cases.cases import Cases
from db.desk.editions.tracing import Trace, Traced, Traces
from db.language import Text, _
from reports.editions.found_copy import UNREAD, reading
from tui.kit import (
    BACK,
    Cell,
    FactList,
    FramedScreen,
    Location,
    Pick,
    ScreenCommand,
    TextInput,
    TextLine,
    ask_text,
    choose,
    clause_text,
    tell_command,
)
from tui.screens.evidence.reading import read_of
from tui.sheets.case_reports import reported_text
from tui.sheets.cell import Tone
from tui.sheets.trace_facts import facts_of, verdict

FORWARDING = "forwarding"
"""The kind of case that comes to hand first, where the book's policy knows it."""


class TraceScreen(FramedScreen):
    """A number to type, or a file; under it whom it was issued to."""

    CSS_PATH = "trace.tcss"
    NAME = _("Trace a copy")
    ABOUT = _(
        "Type the number of a found copy, or give the file itself: a hidden mark names its recipient "
        "even where the number was cut out. Every trace is recorded, whatever comes of it."
    )
    HOME = "TextInput"
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False
    KEYS = (
        ScreenCommand("trace", "enter", _("Trace"), _("Say whom the copy with this number was issued to.")),
        ScreenCommand("case", "f5", _("Open a case"), _("Report that the copy was passed on.")),
        ScreenCommand("evidence", "f6", _("File in the tray"), _("Trace a file of your evidence tray.")),
        ScreenCommand("command", "ctrl+o", _("File elsewhere"), _("Get the command that traces any file.")),
        ScreenCommand("back", "escape", BACK.label, BACK.help),
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: Sequence[Traced] = ()

    def where(self) -> Location:
        return Location(self.NAME)

    def body(self) -> ComposeResult:
        with Horizontal(classes="ask"):
            yield TextInput(hint=_("number on the copy, such as {example}", example="C0012-003"))
        with VerticalScroll(id="answer", can_focus=False):
            yield TextLine(id="verdict")
            yield TextLine(id="unread")
            yield FactList()

    def do_trace(self) -> None:
        self._show_answer(Traces(self.app.desk).number(self.query_one(TextInput).value.strip()))

    async def do_evidence(self) -> None:
        tray = self.app.desk.evidence.tray()
        if not tray:
            self.app.tell(_("Your tray is empty."), "warn")
            return
        chosen = await choose(self, _("Trace a file"), [Pick(file.id, file.name) for file in tray])
        if chosen is not None:
            content = self.app.desk.evidence.open(chosen)
            name = next(file.name for file in tray if file.id == chosen)
            finding = await read_of(self, name, lambda: reading(content))
            if finding is not None:
                self._show_answer(Traces(self.app.desk).file(finding), "" if finding.is_read else UNREAD)

    async def do_command(self) -> None:
        about = _("FILE may be a PDF, a workbook (XLSX), or text copied out of one.")
        await tell_command(self, f"{self.app.desk.actor.ssh} trace < FILE", about)

    def can(self, command_id: str) -> bool:
        return command_id != "case" or bool(self._found)

    async def do_case(self) -> None:
        """Ask what was found where, and of which kind, and report a breach, recorded, about the copy's
        recipient; show its number."""
        copy = self._found[0]
        said = await ask_text(self, _("Open a case"), _("Where and how the copy was found"), required=True)
        if said is None:
            return
        kinds = next(one.kinds for one in Cases(self.app.desk).channels() if one.book == copy.book)
        options = [Pick(one.id, one.label, note=clause_text(one.clause)) for one in kinds]
        selected = FORWARDING if any(one.id == FORWARDING for one in kinds) else ""
        kind = await choose(self, _("What kind of breach?"), options, selected=selected)
        if kind is not None:
            number = Cases(self.app.desk).report(copy.book, said, kind, copy.number)
            self.app.tell(reported_text(number))

    def do_back(self) -> None:
        self.dismiss(None)

    def _show_answer(self, answer: Trace, unread: Text = "") -> None:
        self._found = answer.found
        self.refresh_keys()
        self.query_one("#verdict", TextLine).show(verdict(answer), _tone(answer))
        line = self.query_one("#unread", TextLine)
        line.display = bool(unread)
        line.show(unread, "warn")
        facts: list[tuple[Cell, Cell]] = []
        for one in answer.found:
            facts += [*facts_of(one), ("", "")]
        self.query_one(FactList).show(facts)


def _tone(answer: Trace) -> Tone:
    if not answer.found:
        return "warn"
    if answer.conflict:
        return "bad"
    return "strong" if answer.found[0].hidden else "accent"
