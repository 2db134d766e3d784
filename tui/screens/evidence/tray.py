"""Files in and out: what waits to be fetched or sent, and the reader's own tray of evidence."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.accounts.pickups import PickupView
from db.desk.notation.media import TYPES
from db.desk.requests.evidence import EvidenceFile
from db.language import Message, Text, _, listed
from tui.kit import (
    Cell,
    DataList,
    ListColumn,
    ScreenCommand,
    Styled,
    confirm,
)
from tui.kit.sorting import SORT, SortedScreen
from tui.screens.evidence.pick import SEND
from tui.screens.evidence.view import open_evidence, size_text
from tui.screens.pickup import bring_in, state_of, told_of
from tui.sheets.date_words import moment

Row = EvidenceFile | PickupView


class EvidenceScreen(SortedScreen):
    """Codes of the last day, and the files that came in."""

    NAME = _("Files")
    ABOUT = _(
        "What waits to be fetched or sent by a pick-up code, and the files that you sent in: PDF, PNG, JPEG "
        "and plain text to support your requests, and lists to import, up to 5 MB each. They are kept "
        "encrypted; who decides on a request sees what you attached to it. A file that a request rests on "
        "stays."
    )
    KEYS = (
        ScreenCommand(
            "open",
            "enter",
            _("Open"),
            _("Look at the file, or read what became of a code."),
            second="v",
            looks=True,
        ),
        SEND,
        ScreenCommand("remove", "x", _("Remove"), _("Take the file out of the tray, or end the code.")),
        SORT,
    )

    LIVE = True

    def body(self) -> ComposeResult:
        yield DataList[Row](
            [
                ListColumn(_("File"), _name),
                ListColumn(_("State"), _state, width=20, in_english=23, order=_added_or_until),
                ListColumn(
                    _("Size"),
                    lambda row: "" if isinstance(row, PickupView) else size_text(row.size),
                    width=7,
                    right=True,
                    order=lambda row: 0 if isinstance(row, PickupView) else row.size,
                ),
                ListColumn(_("Attached to"), _attached, width=11),
                ListColumn(_("Stays"), _kept_until, width=16),
                ListColumn(_("No."), lambda row: _key(row), width=10, from_width=100),
            ],
            key=_key,
            empty=_("Nothing waits, and your tray is empty. i brings a file in."),
        )

    def on_mount(self) -> None:
        self.come_back()

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: opening a file, removing one that nothing needs, or a valid
        code."""
        row = self._current if self.is_mounted else None
        if command_id == "open":
            return row is not None
        if command_id == "remove":
            return row is not None and (row.is_open if isinstance(row, PickupView) else not row.attached)
        return True

    @property
    def _current(self) -> Row | None:
        row: Row | None = self.query_one(DataList).current
        return row

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        self.refresh_keys()

    def come_back(self) -> None:
        codes = (
            one for one in self.app.desk.pickups.mine() if one.is_open or (one.taken_at and not one.coming)
        )
        rows: tuple[Row, ...] = (*codes, *self.app.desk.evidence.tray())
        files = self.query_one(DataList)
        files.show(lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True)

    async def do_open(self) -> None:
        row = self._current
        if isinstance(row, EvidenceFile):
            await open_evidence(self, (row,))
        elif row is not None:
            said, _tone = told_of(row)
            if row.is_open:
                said = _("{said} The code itself is shown once; x ends it.", said=said)
            self.app.tell(said, "good" if row.taken_at else "warn")

    async def do_send(self) -> None:
        await bring_in(self)
        self.come_back()

    async def do_remove(self) -> None:
        row = self._current
        if row is None:
            return
        name = _plain_name(row)
        if isinstance(row, PickupView):
            if await confirm(self, _("End the pick-up code?"), yes=_("End it"), no=_("Keep it")):
                self.app.desk.pickups.end(row.number)
                self.come_back()
        elif await confirm(self, _("Remove {name}?", name=name), yes=_("Remove"), no=_("Keep it")):
            self.app.desk.evidence.remove(row.id)
            self.come_back()
            self.app.tell(_("Removed: {name}", name=name))


def _key(row: Row) -> str:
    return row.number if isinstance(row, PickupView) else row.id


def _plain_name(row: Row) -> Text:
    if isinstance(row, PickupView):
        return row.file or _("a file from you")
    return row.name


def _name(row: Row) -> Cell:
    return Styled(_plain_name(row), "strong")


def _state(row: Row) -> Cell:
    if isinstance(row, PickupView):
        return Styled(*state_of(row))
    return Message("{at} {type}", {"at": moment(row.added_at), "type": TYPES[row.media_type]})


def _added_or_until(row: Row) -> str:
    """Return when a file came in, or until when a code is valid."""
    return row.until if isinstance(row, PickupView) else row.added_at


def _attached(row: Row) -> Cell:
    if isinstance(row, PickupView) or not row.attached:
        return Styled("–", "dim")
    return Message("{numbers}", {"numbers": listed(f"#{number}" for number in row.attached)})


def _kept_until(row: Row) -> Cell:
    if isinstance(row, PickupView):
        return moment(row.until) if row.is_open else ""
    return _("with its request") if row.attached else _("until removed")
