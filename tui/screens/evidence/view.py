"""A piece of evidence in the terminal: text as it is, a picture in half-blocks, a PDF by its facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from weakref import WeakKeyDictionary

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from db.confined.answers import DOCUMENT, PICTURE, PdfFacts, Pixels
from db.confined.reading import reading
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk import Desk
from db.desk.notation.media import TABLES, TYPES
from db.desk.requests.evidence import EvidenceFile
from db.language import Text, _
from tui.kit import FactList, FramedScreen, Location, Pick, ScreenCommand, TextLine, choose
from tui.kit.keyed import Keyed
from tui.safe import draws_plain
from tui.screens.evidence.picture import Picture
from tui.screens.evidence.reading import READING, WAIT
from tui.screens.pickup import take_out
from tui.sheets.date_words import moment

FILE = ScreenCommand("file", "o", _("File"), _("Bring the file to your own machine."), looks=True)
SHOWN = 50_000
"""Characters of a text that are shown; more would take long to draw."""


def size_text(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


_OPENED: Final[WeakKeyDictionary[Desk, dict[int, set[str]]]] = WeakKeyDictionary()
"""The files of each request that were opened at a desk."""


def count_opened(desk: Desk, request: int) -> int:
    """Return how many files of ``request`` were opened in this session."""
    return len(_OPENED.get(desk, {}).get(request, ()))


async def open_evidence(screen: Keyed, files: Sequence[EvidenceFile], request: int = 0) -> None:
    """Open the only file, or the one chosen in a box, recorded; note that it was opened for ``request``."""
    chosen = files[0].id if len(files) == 1 else None
    if len(files) > 1:
        options = [Pick(file.id, file.name, note=size_text(file.size)) for file in files]
        chosen = await choose(screen, _("Open evidence"), options)
    for file in files:
        if file.id == chosen:
            desk = screen.app.desk
            screen.app.push_screen(EvidenceView(file, desk.evidence.open(file.id)))
            _OPENED.setdefault(desk, {}).setdefault(request, set()).add(file.id)


class EvidenceView(FramedScreen):
    """One file, to look at."""

    CSS_PATH = "view.tcss"
    NAME = _("Evidence")
    ABOUT = _(
        "Text is shown as it is and pictures in coloured half-blocks. A PDF can't be shown in a terminal: "
        "o brings it to your own machine. Opening is recorded."
    )
    KEYS = (FILE, ScreenCommand("back", "escape", _("Back"), _("Close the file.")))
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init__(self, file: EvidenceFile, content: bytes) -> None:
        super().__init__()
        self._file = file
        self._content = content

    def where(self) -> Location:
        file = self._file
        return Location(file.name, (TYPES[file.media_type], size_text(file.size), moment(file.added_at)))

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="form"):
            if self._file.media_type == "text/plain":
                yield from self._text()
            else:
                yield TextLine(WAIT, "dim")

    def on_mount(self) -> None:
        """Read the file in a confined process; closing the screen stops that."""
        if self._file.media_type != "text/plain":
            self.run_flow(self._read, name=READING)

    async def _read(self) -> None:
        try:
            if self._file.media_type in TABLES:
                shown: Iterable[Widget] = [
                    TextLine(_("A table is taken in where a list is asked for; it is not shown here.")),
                    TextLine(),
                    *self._fetching(),
                ]
            elif self._file.media_type == "application/pdf":
                shown = self._document(await reading(DOCUMENT, self._content))
            else:
                shown = self._picture(await reading(PICTURE, self._content))
        except Unreadable as unreadable:
            shown = self._unread(unreadable)
        room = self.query_one(VerticalScroll)
        await room.remove_children()
        await room.mount_all(shown)

    def _text(self) -> Iterable[Widget]:
        text = self._content.decode("utf-8")
        yield TextLine(text[:SHOWN].expandtabs(4))
        if len(text) > SHOWN:
            yield TextLine()
            yield TextLine(_("The text goes on: {count} characters more.", count=len(text) - SHOWN), "warn")
            yield from self._fetching()

    def _document(self, document: PdfFacts) -> Iterable[Widget]:
        return [
            TextLine(_("A PDF can't be shown in a terminal. This is what it says about itself:")),
            TextLine(),
            FactList([*document_facts(document), *self._facts()]),
            TextLine(),
            *self._fetching(),
        ]

    def _unread(self, unreadable: Unreadable) -> Iterable[Widget]:
        reason = TextLine(REASONS[unreadable.why], "warn")
        return [reason, TextLine(), FactList(self._facts()), TextLine(), *self._fetching()]

    def _picture(self, pixels: Pixels) -> Iterable[Widget]:
        without = _("A picture needs colours, which this terminal has turned off.")
        if draws_plain():
            without = _("This terminal draws the blocks that a picture is made of two columns wide.")
            return [TextLine(without, "warn"), TextLine(), *self._fetching()]
        coarse: list[Widget] = []
        if pixels.width > self.size.width - 2:
            said = _("Too coarse to read small writing. o brings it to your own machine.")
            coarse = [TextLine(said, "warn"), TextLine()]
        return [
            *coarse,
            Picture(pixels),
            Vertical(TextLine(without, "warn"), *self._fetching(), classes="without-colours"),
        ]

    def _facts(self) -> list[tuple[Text, Text]]:
        return [(_("Size"), size_text(self._file.size)), (_("SHA-256"), self._file.digest)]

    def _fetching(self) -> Iterable[Widget]:
        yield TextLine(_("o brings it to your own machine, to be opened there."), "dim")

    async def do_file(self) -> None:
        await take_out(self, ("evidence", "get", self._file.id), self._file.name, "")


def document_facts(document: PdfFacts) -> list[tuple[Text, Text]]:
    found: list[tuple[Text, Text]] = []
    if document.version:
        found.append((_("Version"), document.version))
    if document.pages is not None:
        found.append((_("Pages"), str(document.pages)))
    if document.title:
        found.append((_("Title"), document.title))
    if document.locked:
        found.append((_("Note"), _("It is protected with a password of its own.")))
    if document.active:
        found.append((_("Note"), _("It contains scripts or other files. Open it with care.")))
    return found
