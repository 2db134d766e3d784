"""Editions: which are due, what was issued, who has acknowledged; from here the next one is issued."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.audit.act_names import clause_words
from db.desk.editions.edition_views import EditionView, Issued, IssueRow
from db.language import Message, Text, _
from tui.kit import Cell, Column, Command, DataList, Frame, Line, Option, Pane, Styled, Where, choose
from tui.screens.editions.copies import EditionCopies
from tui.screens.editions.preview import EditionPreview, issue_now, tell_issued
from tui.screens.editions.trace import Trace
from tui.screens.sheets.list import list_columns
from tui.sheets.asks import At
from tui.sheets.copies import ISSUES


class Editions(Frame):
    """The editions above, the issues of the one under the cursor below."""

    CSS_PATH = "editions.tcss"
    NAME = _("Editions")
    ABOUT = _(
        "An edition is made by rule from the record: who is in it and who receives it follows from units and "
        "posts. Look at what would go out and what changed, then issue it: each recipient gets a numbered, "
        "encrypted copy with a mark of their own, and every issue is kept sealed."
    )
    KEYS = (
        Command("open", "enter", _("Open"), _("An edition: its preview. An issue: its copies.")),
        Command("preview", "p", _("Preview"), _("What an issue made now would hold, and what changed.")),
        Command("issue", "i", _("Issue"), _("Issue the edition now, to all its recipients.")),
        Command("copies", "c", _("Copies"), _("The copies of an issue: who has acknowledged.")),
        Command("mine", "m", _("My copies"), _("The copies that were issued to yourself.")),
        Command("trace", "t", _("Trace"), _("Say whose a found copy is.")),
        Command("kinds", "u", _("Kinds of unit"), _("Say which units are of which kind."), footer=False),
        Command("switch", "tab", _("Other list"), _("Move between editions and issues."), footer=False),
    )

    def body(self) -> ComposeResult:
        """Both lists, and what is to be said about the edition under the cursor."""
        with Pane(_("Editions"), id="editions"):
            yield DataList[EditionView](
                [
                    Column(_("Edition"), lambda row: Styled(row.label, "strong")),
                    Column(_("Book"), lambda row: row.book_title, width=16, in_english=24, from_width=100),
                    Column(_("Last issue"), _last, width=17),
                    Column(_("Acknowledged"), lambda row: _acknowledged(row.last), width=12, right=True),
                    Column(_("Due"), _due, width=20),
                ],
                key=lambda row: (row.book, row.id),
                empty=_("No edition is issued from your books."),
            )
        with Pane(_("Issues"), id="issues"):
            columns = list_columns(ISSUES, At(self.app.desk))
            yield DataList[IssueRow](columns, key=ISSUES.key, empty=ISSUES.empty)
        yield Line(id="note")

    def on_mount(self) -> None:
        """Ask for the editions."""
        self._fill()

    def come_back(self) -> None:
        """Something may have been issued or acknowledged meanwhile."""
        self._fill()

    def where(self) -> Where:
        """The edition's book and its classification."""
        edition = self._edition if self.is_mounted else None
        details: tuple[Text, ...] = (edition.book_title, edition.classification) if edition else ()
        return Where(self.NAME, details)

    def can(self, command_id: str) -> bool:
        """What the actor may do with what is under the cursor."""
        edition = self._edition if self.is_mounted else None
        issue = self._issue if self.is_mounted else None
        offers = {
            "open": edition is not None,
            "preview": edition is not None and edition.mine_to_issue,
            "issue": edition is not None and edition.mine_to_issue,
            "kinds": edition is not None and edition.mine_to_issue,
            "copies": issue is not None,
            "trace": self.app.desk.traces.allowed(),
        }
        return offers.get(command_id, True)

    @property
    def _edition(self) -> EditionView | None:
        row: EditionView | None = self.query_one("#editions DataList", DataList).current
        return row

    @property
    def _issue(self) -> IssueRow | None:
        row: IssueRow | None = self.query_one("#issues DataList", DataList).current
        return row

    def _fill(self) -> None:
        editions = self.app.desk.editions.list()
        self.query_one("#editions DataList", DataList).show(
            lambda offset, limit: editions[offset : offset + limit], total=len(editions), keep=True
        )

    @on(DataList.Moved, "#editions DataList")
    def _another(self) -> None:
        edition, desk = self._edition, self.app.desk
        issues = self.query_one("#issues DataList", DataList)
        if edition is None:
            issues.show(lambda _offset, _limit: ())
        else:
            book, name = edition.book, edition.id
            issues.show(lambda offset, limit: desk.editions.issues(book, name, offset, limit))
            self.query_one("#note", Line).show(_note(edition), "dim")
        self.refresh_top()
        self.refresh_keys()

    @on(DataList.Moved, "#issues DataList")
    def _moved(self) -> None:
        self.refresh_keys()

    def do_switch(self) -> None:
        """To the other list."""
        self.focus_next(DataList)

    def do_open(self) -> None:
        """An issue's copies where the cursor is among issues, else the edition's preview."""
        if self.focused is self.query_one("#issues DataList"):
            self.do_copies()
        elif self.can("preview"):
            self.do_preview()
        else:
            self.do_switch()

    def do_preview(self) -> None:
        """What would go out."""
        edition = self._edition
        if edition is not None:
            self.app.push_screen(EditionPreview(edition))

    async def do_issue(self) -> None:
        """Issue it, once it was asked whether that is meant."""
        edition = self._edition
        issued = await issue_now(self, edition) if edition is not None else None
        if issued is not None:
            self._fill()
            tell_issued(self.app, issued)

    def do_copies(self) -> None:
        """Who has acknowledged."""
        edition, issue = self._edition, self._issue
        if edition is not None and issue is not None:
            self.app.push_screen(EditionCopies(Issued(edition, issue)))

    async def do_kinds(self) -> None:
        """Choose a unit, then the kind it is of."""
        edition, sorting = self._edition, self.app.desk.sorting
        if edition is None:
            return
        units = sorting.units(edition.book)
        options = [Option(str(one.id), "  " * one.depth + one.name, note=one.label) for one in units]
        unit = await choose(self, _("Which unit?"), options)
        if unit is None:
            return
        kinds = [Option(kind.id, kind.label) for kind in sorting.kinds(edition.book)]
        kind = await choose(self, _("Of which kind?"), [*kinds, Option("", _("as the unit above"))])
        if kind is not None:
            sorting.set_kind(int(unit), kind)
            self.app.tell(_("Noted; the next preview shows it."), "good")

    def do_mine(self) -> None:
        """The reader's own copies."""
        from tui.screens.editions.receipts import Receipts

        self.app.push_screen(Receipts())

    def do_trace(self) -> None:
        """Whose copy it is."""
        self.app.push_screen(Trace())


def _last(row: EditionView) -> Cell:
    if row.last is None:
        return Styled(_("never"), "dim")
    return Message("{number} · {day}", {"number": row.last.number, "day": row.last.issued_at[:10]})


def _acknowledged(row: IssueRow | None) -> Cell:
    if row is None or not row.copies:
        return Styled("–", "dim")
    return Styled(f"{row.copies - row.open}/{row.copies}", "warn" if row.open else "good")


def _due(row: EditionView) -> Cell:
    if row.due is None:
        return Styled("–", "dim")
    if row.due.made:
        return Styled(_("✓ issued"), "good")
    if row.due.overdue:
        return Styled(_("! since {moment}", moment=row.due.local[5:]), "bad")
    return Styled(_("by {moment}", moment=row.due.local[5:]), "warn")


def _note(edition: EditionView) -> Text:
    return _(
        "Content: {clause} · recipients: {recipients} · due: {due}",
        clause=clause_words(edition.clause),
        recipients=clause_words(edition.recipients_clause),
        due=clause_words(edition.due.clause) if edition.due is not None else "–",
    )
