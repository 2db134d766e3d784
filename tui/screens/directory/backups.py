"""A directory's own backups, for whoever answers for it: make one, see what is lost, put it back (D.8)."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.backups.owners_backups import BookBackup, Loss
from db.desk.notation.localtime import local
from db.language import Label, Text, _, _n
from tui.kit import (
    BACK,
    Cell,
    Column,
    Command,
    DataList,
    Frame,
    Line,
    Styled,
    Where,
    by_clause,
    clause_text,
    confirm,
)


class Backups(Frame):
    """The backups there are, the newest first, and whether the next is due."""

    CSS_PATH = "backups.tcss"
    NAME = _("Backups")
    ABOUT = _(
        "Backups of this directory, encrypted, in every place that the host has for them. Enter on one says "
        "what is gone or different since, and from there it is put back; what stands now stays on record."
    )
    SHOWS_MODES = False
    KEYS = (
        Command("open", "enter", _("What is lost"), _("Which entries are gone or different since then.")),
        Command("make", "m", _("Back up now"), _("Make a backup now, in every place.")),
        Command("back", "escape", BACK.label, BACK.help, second="q"),
    )

    def __init__(self, book: str, title: Label) -> None:
        super().__init__()
        self._book, self._title = book, title
        self._clause = ""

    def where(self) -> Where:
        """Which directory, and the clause that leaves its backups to its owner."""
        return Where(self.NAME, (self._title, *([clause_text(self._clause)] if self._clause else [])))

    def body(self) -> ComposeResult:
        """Whether one is due, and the list."""
        with Vertical(classes="said"):
            yield Line(id="due")
        yield DataList[BookBackup](
            [
                Column(_("Made"), lambda one: Styled(local(one.at)[:16], "strong"), width=18),
                Column(_("Places"), lambda one: str(one.places), width=8),
                Column(_("Backup"), lambda one: one.name),
            ],
            key=lambda one: one.name,
            empty=_("There is no backup yet; m makes one."),
        )

    def on_mount(self) -> None:
        """What there is."""
        self._show()

    def can(self, command_id: str) -> bool:
        """Something is compared with a backup."""
        return command_id != "open" or (self.is_mounted and self._current is not None)

    @property
    def _current(self) -> BookBackup | None:
        row: BookBackup | None = self.query_one(DataList).current
        return row

    def _show(self) -> None:
        shelf = self.app.desk.backups.kept(self._book)
        self._clause = shelf.clause
        due = self.query_one("#due", Line)
        if shelf.due:
            due.show(_("The next backup is due ({clause}).", clause=by_clause(shelf.clause)), "warn")
        else:
            due.show(_("No backup is due yet."), "dim")
        rows = shelf.backups
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )
        self.refresh_top()
        self.refresh_keys()

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    def do_open(self) -> None:
        """What is lost since the backup under the cursor."""
        if self._current is not None:
            self.app.push_screen(Losses(self._book, self._title, self._current))

    def do_make(self) -> None:
        """One more backup."""
        made = self.app.desk.backups.make(self._book)
        self._show()
        self.app.tell(
            _n(
                "{name} is safe in {count} place.",
                "{name} is safe in {count} places.",
                name=made.name,
                count=made.places,
            )
        )


class Losses(Frame):
    """Entries that are gone since a backup, or have other values than in it."""

    CSS_PATH = "backups.tcss"
    NAME = _("Lost since then")
    ABOUT = _(
        "What is gone or different since the backup. Not everything here is a loss: a change that was "
        "decided differs too. Enter puts one entry back as it was; what stands now stays on record."
    )
    SHOWS_MODES = False
    KEYS = (
        Command("put_back", "enter", _("Put back"), _("Make the entry what it was in the backup.")),
        Command("all", "a", _("All that is gone"), _("Put every entry back that is gone altogether.")),
        Command("back", "escape", BACK.label, BACK.help, second="q"),
    )

    def __init__(self, book: str, title: Label, backup: BookBackup) -> None:
        super().__init__()
        self._book, self._title, self._backup = book, title, backup
        self._losses: tuple[Loss, ...] = ()

    def where(self) -> Where:
        """Which directory, since when."""
        return Where(self.NAME, (self._title, local(self._backup.at)[:16]))

    def body(self) -> ComposeResult:
        """One entry a line."""
        yield DataList[Loss](
            [
                Column(_("Name"), lambda one: Styled(one.name, "strong"), width=12),
                Column(self.app.desk.me.unit_label(self._book), lambda one: one.unit, width=18),
                Column(_("Lost"), _lost),
            ],
            key=lambda one: one.entry,
            empty=_("Nothing is lost since then."),
        )

    def on_mount(self) -> None:
        """Compare."""
        self._show()

    def can(self, command_id: str) -> bool:
        """There must be something to put back."""
        if command_id == "all":
            return any(one.gone for one in self._losses)
        if command_id == "put_back":
            return self.is_mounted and self.query_one(DataList).current is not None
        return True

    def _show(self) -> None:
        self._losses = rows = self.app.desk.backups.compare(self._book, self._backup.name)
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )
        self.refresh_keys()

    def do_put_back(self) -> None:
        """The entry under the cursor, after asking."""
        row: Loss | None = self.query_one(DataList).current
        if row is not None:
            question = _("Put {name} back as it was?", name=row.name)
            self.run_worker(self._flow(self._put_back(question, [row.entry])))

    async def do_all(self) -> None:
        """Everything that is gone."""
        gone = [one.entry for one in self._losses if one.gone]
        await self._put_back(
            _n("Put {count} entry back?", "Put {count} entries back?", count=len(gone)), gone
        )

    async def _put_back(self, question: Text, entries: list[int]) -> None:
        if await confirm(self, question, yes=_("Put back"), no=_("Leave it")):
            done = self.app.desk.backups.put_back(self._book, self._backup.name, entries)
            self._show()
            self.app.tell(
                _n("{count} entry was put back.", "{count} entries were put back.", count=len(done))
            )


def _lost(one: Loss) -> Cell:
    if one.gone:
        return Styled(_("all of it"), "bad")
    told: Text = ""
    for field in one.fields:
        told = _("{first}, {rest}", first=told, rest=field) if told else field
    return told
