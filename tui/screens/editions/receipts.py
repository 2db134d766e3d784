"""My copies: the password that opens one, which acknowledges it, and the command that brings its file."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.audit.act_names import clause_words
from db.desk.editions.edition_views import MyCopy
from db.language import Text, _
from tui.kit import Cell, Column, Command, DataList, Frame, Line, Styled, Where, tell_at_length, tell_command


class Receipts(Frame):
    """The reader's copies, the newest first."""

    CSS_PATH = "receipts.tcss"
    NAME = _("My copies")
    ABOUT = _(
        "Numbered copies that were issued to you. Enter shows the password that opens one: it is shown here "
        "and nowhere else, and at that moment the receipt is acknowledged. A copy carries your name and a "
        "hidden mark; it is for you alone."
    )
    LIVE = True
    KEYS = (
        Command("open", "enter", _("Password, acknowledges"), _("Show the password; that is the receipt.")),
        Command("file", "o", _("File"), _("Get the command that brings the file to your own machine.")),
        Command("again", "r", _("Look again"), _("Look for copies that came in meanwhile."), footer=False),
    )

    def body(self) -> ComposeResult:
        """List and hint."""
        yield DataList[MyCopy](
            [
                Column(_("Copy"), lambda row: Styled(row.number, "strong"), width=9),
                Column(_("Edition"), lambda row: row.label),
                Column(_("Book"), lambda row: row.book_title, width=16, in_english=24, from_width=100),
                Column(_("Issue no."), lambda row: str(row.issue), width=9, from_width=100, right=True),
                Column(_("Issued"), lambda row: row.made_at, width=16),
                Column(_("Acknowledged"), _state, width=16),
            ],
            key=lambda row: row.id,
            empty=_("No copy was issued to you yet."),
        )
        yield Line(id="hint")

    def on_mount(self) -> None:
        """Ask for them."""
        self.do_again()

    def come_back(self) -> None:
        """One may have come or gone meanwhile."""
        self.do_again()

    def where(self) -> Where:
        """The copy's book and classification."""
        row = self._current if self.is_mounted else None
        details: tuple[Text, ...] = (row.book_title, row.classification) if row is not None else ()
        return Where(self.NAME, details)

    def can(self, command_id: str) -> bool:
        """A copy that was called back opens no more."""
        row = self._current if self.is_mounted else None
        if command_id in ("open", "file"):
            return row is not None and not row.recalled_at
        return True

    @property
    def _current(self) -> MyCopy | None:
        row: MyCopy | None = self.query_one(DataList).current
        return row

    def do_again(self) -> None:
        """Ask for the copies again."""
        rows = self.app.desk.copies.mine()
        copies = self.query_one(DataList)
        copies.show(lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True)

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        if row is not None and row.recall_reason:
            told = _("Called back {at}: {reason}", at=row.recalled_at, reason=row.recall_reason)
            next_step = _("Destroy what you have of it; a later issue comes to you by itself.")
            self.query_one("#hint", Line).show([Styled(told, "warn"), "  ", Styled(next_step, "warn")])
        elif row is not None:
            hint = _(
                "{classification} ({clause}). It is for you alone; you answer for what becomes of it.",
                classification=row.classification,
                clause=clause_words(row.clause),
            )
            self.query_one("#hint", Line).show(hint, "dim")
        self.refresh_top()
        self.refresh_keys()

    async def do_open(self) -> None:
        """The password; the receipt is acknowledged now."""
        row = self._current
        if row is None:
            return
        opened = self.app.desk.copies.open(row.number)
        self.do_again()
        await tell_at_length(
            self,
            _("Copy {number}", number=opened.number),
            _(
                "Password: {password}\n\nReceipt acknowledged {at}. Type the password into your PDF "
                "reader; the spreadsheet is attached to the pages. All letters are capitals; I, O, 0 and 1 "
                "do not occur.",
                password=opened.password,
                at=opened.acknowledged_at,
            ),
        )

    async def do_file(self) -> None:
        """The command that brings the file."""
        row = self._current
        if row is not None:
            command = f"{self.app.desk.actor.ssh} editions get {row.number} > {row.number}.pdf"
            await tell_command(self, command, _("The file is encrypted; Enter shows the password."))


def _state(row: MyCopy) -> Cell:
    if row.recalled_at:
        return Styled(_("called back"), "warn")
    if row.acknowledged_at:
        return Styled(f"✓ {row.acknowledged_at[5:]}", "good")
    return Styled(_("! not yet"), "bad")
