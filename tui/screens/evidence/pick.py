"""Choosing files of the own tray for a request."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult

from db.desk.notation.media import TYPES
from db.desk.requests.evidence import EvidenceFile
from db.language import _
from tui.kit import DataList, Dialog, ListColumn, ScreenCommand, TextLine
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
    KEYS = (
        ScreenCommand("take", "enter", _("Take"), _("Attach the selected files.")),
        ScreenCommand("mark", "space", _("Select"), _("Select or deselect the file."), looks=True),
        SEND,
        ScreenCommand("back", "escape", _("Back"), _("Leave it as it was.")),
    )
    AUTO_FOCUS = "DataList"

    def __init__(self, chosen: tuple[str, ...]) -> None:
        super().__init__(_("Evidence in your tray"))
        self._chosen = chosen
        self._known: set[str] = set()

    def body(self) -> ComposeResult:
        yield DataList[EvidenceFile](
            [
                ListColumn(_("File"), lambda file: file.name),
                ListColumn(_("Type"), lambda file: TYPES[file.media_type], width=12),
                ListColumn(_("Size"), lambda file: size_text(file.size), width=7, right=True),
                ListColumn(_("Came in"), lambda file: moment(file.added_at), width=11),
            ],
            key=lambda file: file.id,
            empty=_("Your tray is empty."),
            multi=True,
        )
        yield TextLine()
        yield TextLine(_("i sends a file in from your own machine."), "dim")

    def on_mount(self) -> None:
        tray = self._show()
        self.query_one(DataList).marked = {file.id: file for file in tray if file.id in self._chosen}

    def _show(self) -> tuple[EvidenceFile, ...]:
        tray = self.app.desk.evidence.tray()
        self._known = {file.id for file in tray}
        files = self.query_one(DataList)
        files.show(lambda offset, limit: tray[offset : offset + limit], total=len(tray), keep=True)
        return tray

    def catch_up(self) -> None:
        """Take up what came in, and select it: it was sent to be attached."""
        before, files = self._known, self.query_one(DataList)
        new = [(place, file) for place, file in enumerate(self._show()) if file.id not in before]
        if new:
            files.lead_to(new[0][0])
            files.mark_rows(file for _place, file in new)

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether the file under the cursor was there when Enter was typed: one may have come in."""
        files = self.query_one(DataList)
        return command.id != "take" or files.current is None or files.was_seen(self.app.typed_at)

    async def do_send(self) -> None:
        await bring_in(self)
        self.catch_up()

    def do_mark(self) -> None:
        self.query_one(DataList).action_mark()

    def do_take(self) -> None:
        """Answer with the marked files, else with the one under the cursor unless marks were taken off."""
        files = self.query_one(DataList)
        current: EvidenceFile | None = files.current
        marked = tuple(files.marked.values())
        self.dismiss(marked or ((current,) if current is not None and not self._chosen else ()))


async def pick_evidence(screen: Keyed, chosen: tuple[str, ...]) -> tuple[EvidenceFile, ...] | None:
    """Return the files chosen, or None where the choice stays as it was."""
    return await screen.app.push_screen_wait(PickEvidence(chosen))
