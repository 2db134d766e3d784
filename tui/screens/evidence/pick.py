"""Choosing files of the own tray: for a request, and to take a list in."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult

from db.desk.notation.media import LISTS, TYPES
from db.desk.requests.evidence import EvidenceFile
from db.language import Text, _
from tui.kit import DataList, Dialog, ListColumn, ScreenCommand, TextLine
from tui.kit.footer import Footer
from tui.kit.keyed import Keyed
from tui.screens.evidence.view import size_text
from tui.screens.pickup import bring_in
from tui.sheets.date_words import moment

SEND = ScreenCommand(
    "send", "i", _("Send in"), _("Send a file in from your own machine, with a pick-up code.")
)


class PickEvidence(Dialog[tuple[EvidenceFile, ...]]):
    """The tray, with what is chosen marked."""

    CSS_PATH = "pick.tcss"
    NAME = _("Choose evidence")
    ABOUT = _(
        "Space selects a file, Enter takes the selected ones. i sends one in from your own machine; what "
        "comes while this is open shows by itself, and is selected."
    )
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (
        ScreenCommand("take", "enter", _("Take"), _("Attach the selected files.")),
        ScreenCommand("mark", "space", _("Select"), _("Select or deselect the file."), looks=True),
        SEND,
        ScreenCommand("back", "escape", _("Back"), _("Leave it as it was.")),
    )
    AUTO_FOCUS = "DataList"
    HEADING: ClassVar[Text] = _("Evidence in your tray")
    EMPTY: ClassVar[Text] = _("Your tray is empty.")
    HINT: ClassVar[Text] = _("i sends a file in from your own machine.")
    SEVERAL: ClassVar[bool] = True
    OFFERED: ClassVar[frozenset[str]] = frozenset(TYPES)

    def __init__(self, chosen: tuple[str, ...] = ()) -> None:
        super().__init__(self.HEADING)
        self._chosen = chosen
        self._known: set[str] = set()
        self._offered: list[EvidenceFile] = []

    def body(self) -> ComposeResult:
        yield DataList[EvidenceFile](
            [
                ListColumn(_("File"), lambda file: file.name),
                ListColumn(_("Type"), lambda file: TYPES[file.media_type], width=12),
                ListColumn(_("Size"), lambda file: size_text(file.size), width=7, right=True),
                ListColumn(_("Came in"), lambda file: moment(file.added_at), width=11),
            ],
            key=lambda file: file.id,
            empty=self.EMPTY,
            multi=self.SEVERAL,
        )
        yield TextLine()
        yield TextLine(self.HINT, "dim")

    def on_mount(self) -> None:
        self._show_offered()
        self.query_one(DataList).marked = {file.id: file for file in self._offered if file.id in self._chosen}

    def _show_offered(self) -> list[EvidenceFile]:
        """List the files of the tray that can be chosen; return all files that are new there."""
        tray = self.app.desk.evidence.tray()
        new = [file for file in tray if file.id not in self._known]
        self._known = {file.id for file in tray}
        self._offered = [file for file in tray if file.media_type in self.OFFERED]
        self.query_one(DataList).show_all(self._offered, keep=True)
        return new

    def catch_up(self) -> None:
        """Show and mark a file that has come in; warn of one that can't be chosen here."""
        files, new = self.query_one(DataList), self._show_offered()
        taken = [file for file in new if file in self._offered]
        if taken:
            files.lead_to(self._offered.index(taken[0]))
            if self.SEVERAL:
                files.mark_rows(taken)
        elif new:
            said = _("“{name}” can't be imported: it is no list.", name=new[0].name)
            if new[0].media_type == "application/pdf":  # what a directory under D.4 leaves as
                said = _(
                    "“{name}” is a PDF. One that was taken out here holds the list as an attached file: open "
                    "it with its password, and send that in.",
                    name=new[0].name,
                )
            self.app.tell(said, "warn")

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether the file under the cursor was there when Enter was typed."""
        files = self.query_one(DataList)
        return command.id != "take" or files.current is None or files.was_seen(self.app.typed_at)

    async def do_send(self) -> None:
        await bring_in(self)
        self.catch_up()

    def do_mark(self) -> None:
        self.query_one(DataList).action_mark()

    def do_take(self) -> None:
        """Close with the marked files, else with the one under the cursor, unless marks were removed."""
        files = self.query_one(DataList)
        current: EvidenceFile | None = files.current
        marked = tuple(files.marked.values())
        self.dismiss(marked or ((current,) if current is not None and not self._chosen else ()))


class PickTable(PickEvidence):
    """What in the tray may be a list, to take one in."""

    NAME = _("Choose a file to import")
    ABOUT = _(
        "Enter takes the file under the cursor. i sends one in from your own machine; what comes while "
        "this is open shows by itself."
    )
    KEYS = (
        ScreenCommand("take", "enter", _("Take"), _("Take this file in.")),
        SEND,
        ScreenCommand("back", "escape", _("Back"), _("Leave it as it was.")),
    )
    HEADING = NAME
    EMPTY = _("Your tray holds no list.")
    HINT = _("i sends a list in from your own machine: XLSX, ODS, CSV, vCard, LDIF or JSON.")
    SEVERAL = False
    OFFERED = LISTS

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: choosing only with a file under the cursor."""
        return command_id != "take" or (self.is_mounted and self.query_one(DataList).current is not None)

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        self.query_one(Footer).refresh_keys()


async def pick_evidence(screen: Keyed, chosen: tuple[str, ...]) -> tuple[EvidenceFile, ...] | None:
    """Ask in a box for files of the tray; return them, None if the choice stays as it was."""
    return await screen.app.push_screen_wait(PickEvidence(chosen))
