"""Editions: which are due, what was issued, who has acknowledged; from here the next one is issued."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from db.desk.editions.edition_views import EditionView, Issued, IssueRow
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting, UnitSorted
from db.desk.editions.tracing import Traces
from db.desk.tasks.task_views import TaskRow
from db.language import Text, _, clause_words
from tui.kit import DataList, FramedScreen, Pane, Pick, ScreenCommand, TextLine, choose
from tui.screens.editions.copies import EditionCopies
from tui.screens.editions.preview import open_preview
from tui.screens.editions.trace import TraceScreen
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.columns import list_columns
from tui.screens.sheets.list import SheetScreen, command_of
from tui.screens.tasks.tasks import OPENS
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.editions import EDITIONS, ISSUE_NOW, ISSUES
from tui.sheets.sheet import Sheet
from tui.sheets.tags import SET_KIND


class EditionsScreen(SheetScreen[EditionView]):
    """The editions above, the issues of the one under the cursor below."""

    DEFAULT_CSS = """
    EditionsScreen #editions { height: 2fr; min-height: 5; }
    EditionsScreen #issues { height: 3fr; min-height: 5; }
    EditionsScreen #note { padding: 0 1; border-top: solid $rule; }
    """
    SHEET: ClassVar[Sheet[EditionView]] = EDITIONS
    SHOWS_MODES = True
    KEYS = (
        ScreenCommand(
            "open", "enter", _("Open"), _("An edition: its preview. An issue: its copies."), looks=True
        ),
        ScreenCommand(
            "preview",
            "v",
            _("Preview"),
            _("What an issue made now would hold, and what changed."),
            looks=True,
        ),
        command_of(ISSUE_NOW),
        ScreenCommand(
            "copies", "v", _("Copies"), _("The copies of an issue: who has acknowledged."), looks=True
        ),
        ScreenCommand("mine", "v", _("My copies"), _("The copies that were issued to yourself."), looks=True),
        ScreenCommand("trace", "v", _("Trace"), _("Say whose a found copy is."), looks=True),
        ScreenCommand(
            "kinds",
            "u",
            _("Kinds of unit"),
            _("Say which units are of which kind."),
            footer=False,
            looks=True,
        ),
        ScreenCommand("switch", "tab", _("Other list"), _("Move between editions and issues."), footer=False),
    )

    def body(self) -> ComposeResult:
        """Yield both lists, and the note about the edition under the cursor."""
        with Pane(_("Editions"), id="editions"):
            yield from super().body()
        with Pane(_("Issues"), id="issues"):
            columns = list_columns(ISSUES, At(self.app.desk))
            yield DataList[IssueRow](columns, key=ISSUES.key, empty=ISSUES.empty)
        yield TextLine(id="note")

    def can(self, command_id: str) -> bool:
        """Return whether the reader may do the command with what is under the cursor."""
        if command_id in ("preview", "kinds"):
            return self.current is not None and self.current.mine_to_issue
        if command_id == "copies":
            return self.is_mounted and self._issues.current is not None
        if command_id == "trace":
            return Traces(self.app.desk).allowed()
        return super().can(command_id)

    def why_not(self, command: ScreenCommand) -> Text:
        if command.id == ISSUE_NOW.id and self.current is not None:
            return _("Others issue this edition; you oversee it.")
        return super().why_not(command)

    @property
    def _issues(self) -> DataList[IssueRow]:
        issues: DataList[IssueRow] = self.query_one("#issues DataList", DataList)
        return issues

    @on(DataList.Moved, "#editions DataList")
    def _show_issues(self) -> None:
        edition, desk = self.current, self.app.desk
        self._issues.empty = ISSUES.empty if edition is not None else self._empty_words()
        if edition is None:
            self._issues.show(lambda _offset, _limit: ())
        else:
            book, name = edition.book, edition.id
            self._issues.show(lambda offset, limit: Editions(desk).issues(book, name, offset, limit))
            self.query_one("#note", TextLine).show(_clauses_text(edition), "dim")

    def do_switch(self) -> None:
        self.focus_next(DataList)

    async def do_open(self) -> None:
        """Open the copies of the issue under the cursor, or the edition's preview; if that is not the
        reader's, move to the issues."""
        if self.focused is self._issues:
            self.do_copies()
        elif self.can("preview"):
            await self.do_preview()
        else:
            self.do_switch()

    async def do_preview(self) -> None:
        if self.current is not None:
            await open_preview(self, self.current)

    def do_copies(self) -> None:
        edition, issue = self.current, self._issues.current
        if edition is not None and issue is not None:
            self.app.push_screen(EditionCopies(Issued(edition, issue)))

    async def do_kinds(self) -> None:
        """Ask for a unit, then its kind, save that, recorded, and show it."""
        if self.current is None:
            return
        book = self.current.book
        units = Sorting(self.app.desk).units(book)
        options = [Pick(str(one.id), "  " * one.depth + one.name, note=one.label) for one in units]
        unit = await choose(self, _("Which unit?"), options)
        at = At[UnitSorted](self.app.desk, (int(unit or 0),), answers={BOOK.id: book})
        if unit is not None and await carry_out(self, SET_KIND, at) is not None:
            self.app.tell(_("Noted; the next preview shows it."), "good")

    def do_mine(self) -> None:
        from tui.screens.editions.receipts import Receipts

        self.app.push_screen(Receipts())

    def do_trace(self) -> None:
        self.app.push_screen(TraceScreen())


def _clauses_text(edition: EditionView) -> Text:
    return _(
        "Content: {clause} · recipients: {recipients} · due: {due}",
        clause=clause_words(edition.clause),
        recipients=clause_words(edition.recipients_clause),
        due=clause_words(edition.due.clause) if edition.due is not None else "–",
    )


def _open_from_task(screen: FramedScreen, row: TaskRow) -> None:
    """Open the preview from which the task's edition is issued; else the list of editions."""
    found = [
        one for one in Editions(screen.app.desk).list() if (one.book, one.label) == (row.book, row.about)
    ]
    if found:
        screen.begin_steps("open", open_preview(screen, found[0]))
    else:
        screen.app.push_screen(EditionsScreen())


def _open_copies(screen: FramedScreen, row: TaskRow) -> None:
    if row.thing is not None:
        screen.app.push_screen(EditionCopies(Editions(screen.app.desk).one(row.thing)))


OPENS["edition"] = _open_from_task
OPENS["edition-receipts"] = _open_copies
