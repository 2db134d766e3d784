"""The reader's own tray of evidence."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.notation.media import TYPES
from db.desk.requests.evidence import EvidenceFile
from db.language import Message, _, listed
from tui.kit import (
    Cell,
    DataList,
    FramedScreen,
    ListColumn,
    ScreenCommand,
    Styled,
    TextLine,
    confirm,
    tell_command,
)
from tui.screens.evidence.pick import HINT, SEND, sending
from tui.screens.evidence.view import open_evidence, size_text
from tui.sheets.date_words import moment


class EvidenceScreen(FramedScreen):
    """The files, and how more come in."""

    CSS_PATH = "tray.tcss"
    NAME = _("Evidence")
    ABOUT = _(
        "Files that you sent in to support your requests: PDF, PNG, JPEG and plain text, up to 5 MB each. "
        "They are kept encrypted; who decides on a request sees what you attached to it. A file that a "
        "request rests on stays."
    )
    KEYS = (
        ScreenCommand("open", "enter", _("Open"), _("Look at the file."), second="v", looks=True),
        SEND,
        ScreenCommand("remove", "x", _("Remove"), _("Take the file out of the tray.")),
    )

    LIVE = True

    def body(self) -> ComposeResult:
        """List and hint."""
        yield DataList[EvidenceFile](
            [
                ListColumn(_("File"), lambda file: Styled(file.name, "strong")),
                ListColumn(_("Type"), lambda file: TYPES[file.media_type], width=12),
                ListColumn(_("Size"), lambda file: size_text(file.size), width=7, right=True),
                ListColumn(_("Came in"), lambda file: moment(file.added_at), width=11),
                ListColumn(_("Attached to"), lambda file: _attached(file), width=14),
                ListColumn(_("No."), lambda file: file.id, width=10, from_width=100),
            ],
            key=lambda file: file.id,
            empty=_("Your tray is empty."),
        )
        yield TextLine(HINT, "dim", classes="hint")
        yield TextLine(sending(self.app.desk.actor), "accent", classes="hint")

    def on_mount(self) -> None:
        """Ask for the tray."""
        self.come_back()

    def can(self, command_id: str) -> bool:
        """Opening needs a file, removing one that nothing rests on."""
        file = self._current if self.is_mounted else None
        if command_id == "open":
            return file is not None
        if command_id == "remove":
            return file is not None and not file.attached
        return True

    @property
    def _current(self) -> EvidenceFile | None:
        file: EvidenceFile | None = self.query_one(DataList).current
        return file

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    def come_back(self) -> None:
        """Show what came in meanwhile."""
        tray = self.app.desk.evidence.tray()
        files = self.query_one(DataList)
        files.show(lambda offset, limit: tray[offset : offset + limit], total=len(tray), keep=True)

    async def do_open(self) -> None:
        """Look at the file."""
        file = self._current
        if file is not None:
            await open_evidence(self, (file,))

    async def do_send(self) -> None:
        """The command that sends a file in."""
        await tell_command(self, sending(self.app.desk.actor))

    async def do_remove(self) -> None:
        """Take it out, once it was asked whether that is meant."""
        file = self._current
        if file is not None and await confirm(
            self, _("Remove {name}?", name=file.name), yes=_("Remove"), no=_("Keep it")
        ):
            self.app.desk.evidence.remove(file.id)
            self.come_back()
            self.app.tell(_("Removed: {name}", name=file.name))


def _attached(file: EvidenceFile) -> Cell:
    if not file.attached:
        return Styled("–", "dim")
    return Message("{numbers}", {"numbers": listed(f"#{number}" for number in file.attached)})
