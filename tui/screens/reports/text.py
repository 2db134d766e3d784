"""A report as plain lines, for reading, for screen readers, and for copying with the terminal's own mouse."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.language import _
from reports.formats.text import render
from reports.report import Report
from tui.kit import BACK, FramedScreen, Location, ScreenCommand, TextLine


class ReportText(FramedScreen):
    """The text that the format ``text`` writes; entry by entry where the window is too narrow for a table."""

    CSS_PATH = "text.tcss"
    NAME = _("Report as text")
    ABOUT = _(
        "The report in plain lines. F7 gives the mouse to your terminal, so that you can select and copy "
        "what you see."
    )
    HOME = "VerticalScroll"
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False
    KEYS = (ScreenCommand("back", "escape", BACK.label, BACK.help),)

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def where(self) -> Location:
        return Location(self._report.title)

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield TextLine(id="lines")

    def on_resize(self) -> None:
        """Write the text again: a narrower window lists what was a table."""
        self._write_lines()

    def respeak(self) -> None:
        super().respeak()
        self._write_lines()

    def _write_lines(self) -> None:
        width = self.app.size.width - 3
        self.query_one("#lines", TextLine).show(render(self._report, self.app.language, width))
