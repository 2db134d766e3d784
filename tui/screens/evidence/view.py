"""A piece of evidence in the terminal: text as it is, a picture in half-blocks, a PDF by its facts."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from db.desk.requests.evidence import EvidenceFile
from db.desk.requests.media import TYPES
from db.language import Text, _
from tui.kit import Command, Facts, Frame, Line, Option, Where, choose
from tui.kit.keyed import Keyed
from tui.screens.evidence.pdf_facts import pdf_facts
from tui.screens.evidence.picture import Picture, UnfitPicture
from tui.screens.requests.words import moment


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


async def open_evidence(screen: Keyed, files: Sequence[EvidenceFile]) -> None:
    """Show the only file, or the one that is chosen."""
    chosen = files[0].id if len(files) == 1 else None
    if len(files) > 1:
        options = [Option(file.id, file.name, note=size_text(file.size)) for file in files]
        chosen = await choose(screen, _("Open evidence"), options)
    for file in files:
        if file.id == chosen:
            screen.app.push_screen(EvidenceView(file, screen.app.desk.evidence.open(file.id)))


class EvidenceView(Frame):
    """One file, to look at."""

    CSS_PATH = "view.tcss"
    NAME = _("Evidence")
    ABOUT = _(
        "Text is shown as it is and pictures in coloured half-blocks. A PDF can't be shown in a terminal: "
        "fetch it with the command that is shown and open it on your own machine. Opening is recorded."
    )
    KEYS = (Command("back", "escape", _("Back"), _("Close the file."), second="q"),)
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init__(self, file: EvidenceFile, content: bytes) -> None:
        super().__init__()
        self._file = file
        self._content = content

    def where(self) -> Where:
        """Name, type and size."""
        file = self._file
        return Where(file.name, (TYPES[file.media_type], size_text(file.size), moment(file.added_at)))

    def body(self) -> ComposeResult:
        """What can be shown of it."""
        with VerticalScroll(classes="form"):
            yield from self._shown()

    def _shown(self) -> ComposeResult:
        file = self._file
        if file.media_type == "text/plain":
            yield Line(self._content.decode("utf-8").expandtabs(4))
            return
        if file.media_type == "application/pdf":
            yield Line(_("A PDF can't be shown in a terminal. This is what it says about itself:"))
            yield Line()
            yield Facts([*pdf_facts(self._content), *self._facts()])
            yield Line()
            yield from self._fetching()
            return
        yield from self._picture()

    def _picture(self) -> ComposeResult:
        try:
            picture: Widget = Picture(self._content)
        except UnfitPicture as unfit:
            yield Line(unfit.message, "warn")
            yield from self._fetching()
            return
        yield picture
        with Vertical(classes="without-colours"):
            yield Line(_("A picture needs colours, which this terminal has turned off."), "warn")
            yield from self._fetching()

    def _facts(self) -> list[tuple[Text, Text]]:
        return [(_("Size"), size_text(self._file.size)), (_("SHA-256"), self._file.digest)]

    def _fetching(self) -> ComposeResult:
        yield Line(_("To open it on your own machine:"), "dim")
        yield Line(f"ssh HOST evidence get {self._file.id} > {self._file.name}", "accent")
