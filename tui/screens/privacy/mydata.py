"""What is kept of the reader, part by part; taking it out, having it corrected, and when it is erased."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.privacy.own_data import OwnDataTable
from db.desk.privacy.privacy import LegalBasis
from db.desk.requests.opened import OpenedView
from db.language import Text, _, _n, clause_words
from reports.formats import FORMATS
from reports.own_data import part_report, whole_report
from tui.kit import (
    BACK,
    DataList,
    FramedScreen,
    ListColumn,
    Pane,
    ScreenCommand,
    Styled,
    tell_at_length,
    tell_facts,
)
from tui.screens.asking.change import propose_own
from tui.screens.asking.rules import choose_book
from tui.screens.pickup import take_out_as
from tui.screens.reports.out import NAMES
from tui.screens.reports.table import ReportTable, Row
from tui.screens.reports.text import ReportText
from tui.screens.sheets.ending import end_one
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact
from tui.sheets.granted import TAKE_BACK
from tui.sheets.own_data import NOTICE, OPTIONAL


class MyData(FramedScreen):
    """The parts above, what stands in the one under the cursor below."""

    CSS_PATH = "mydata.tcss"
    NAME = _("My data")
    ABOUT = _(
        "Everything that is kept of you: what the directories hold, from which unit you were looked up, "
        "when and what for, what was given to whom. A viewer's name is the audit's to tell; report an "
        "unusual look as a breach. Your look at this page is recorded too. If a value is wrong, ask with "
        "e to have it corrected."
    )
    KEYS = (
        ScreenCommand(
            "open", "enter", _("Row"), _("Show the row under the cursor in full."), footer=False, looks=True
        ),
        ScreenCommand("switch", "tab", _("Other list"), _("Move between the parts and what stands in them.")),
        ScreenCommand("correct", "e", _("Correct"), _("Propose a change to your own entry.")),
        ScreenCommand("optional", "v", _("Optional"), _("What rests on your consent alone, to withdraw it.")),
        ScreenCommand(
            "notice", "v", _("Notice"), _("What is collected of you, on which basis, and your rights.")
        ),
        ScreenCommand(
            "erasure", "x", _("Erasure"), _("When what is kept of you is erased, and by which clause.")
        ),
        ScreenCommand(
            "withdraw", "x", TAKE_BACK.label, _("End early what a look-up opened that shows you."), looks=True
        ),
        ScreenCommand("text", "v", _("As text"), _("Show all of it as plain lines, to read or to copy.")),
        ScreenCommand(
            "out", "o", _("Take out"), _("Get the command that brings a copy to your own machine.")
        ),
        ScreenCommand("back", "escape", BACK.label, BACK.help),
    )
    SHOWS_MODES = False

    def __init__(self) -> None:
        super().__init__()
        self._sections: tuple[OwnDataTable, ...] = ()
        self._opened: tuple[OpenedView, ...] = ()
        """What opened the reader's entry to somebody, and lasts still."""

    def body(self) -> ComposeResult:
        with Pane(_("Parts"), id="parts"):
            yield DataList[OwnDataTable](
                [
                    ListColumn(_("Part"), lambda one: Styled(one.title, "strong")),
                    ListColumn(_("Rows"), lambda one: str(len(one.rows)), width=6, right=True),
                ],
                key=lambda one: one.id,
                empty="–",
            )
        yield Vertical(id="rows")

    def on_mount(self) -> None:
        self._read()

    def _read(self) -> None:
        self._sections = self.app.desk.privacy.mine()
        self._opened = tuple(one for one in self.app.desk.access.opened() if one.about_me)
        self._parts.show_all(self._sections)
        self.refresh_keys()

    def come_back(self) -> None:
        """Read the data again, recorded, as something may have changed; not while a command is running."""
        if not self.is_busy:
            self._read_anew()

    def tell_renewed(self) -> None:
        self._read_anew()
        super().tell_renewed()

    def _read_anew(self) -> None:
        self._read()
        self.call_later(self._show_part)

    def can(self, command_id: str) -> bool:
        return command_id != "withdraw" or bool(self._opened)

    @property
    def _parts(self) -> DataList[OwnDataTable]:
        parts: DataList[OwnDataTable] = self.query_one("#parts DataList", DataList)
        return parts

    @on(DataList.Moved, "#parts DataList")
    async def _show_part(self) -> None:
        section = self._parts.current
        if section is not None:
            place, table = self.query_one("#rows", Vertical), ReportTable(part_report(section))
            in_rows = isinstance(self.focused, ReportTable)
            await place.remove_children()
            await place.mount(table)
            if in_rows:
                self.set_focus(table)

    def do_switch(self) -> None:
        self.focus_next(DataList)

    async def do_open(self) -> None:
        """Show all cells of the row under the cursor in a box; from the parts, move to the rows."""
        section, table = self._parts.current, self.query(ReportTable)
        row: Row | None = table.first().current if table else None
        if self._parts.has_focus or section is None or row is None:
            self.do_switch()
            return
        facts: list[Fact] = []
        for (_id, head), value in zip(section.columns, row[1], strict=True):
            if value:
                facts.append((head, str(value) if isinstance(value, int) else value))
        await tell_facts(self, section.title, facts)

    async def do_correct(self) -> None:
        await propose_own(self)

    def do_optional(self) -> None:
        self.app.push_screen(screen_of(OPTIONAL)())

    async def do_notice(self) -> None:
        """Open the notice at collection, after asking which book if there are several."""
        if (book := await choose_book(self)) is not None:
            self.app.push_screen(screen_of(NOTICE)({BOOK.id: book}))

    async def do_erasure(self) -> None:
        grounds = self.app.desk.privacy.grounds()
        facts: list[Fact] = [fact for ground in grounds for fact in _facts(ground)]
        if not facts:
            await tell_at_length(self, _("Erasure"), _("You are in no directory. Ask whoever keeps yours."))
            return
        await tell_facts(self, _("Not while you are in a directory"), facts)

    async def do_withdraw(self) -> None:
        """Ask which right to see the reader to end, end it, recorded, and show that."""
        said = await end_one(self, self._opened)
        if said is not None:
            self._read()
            await self._show_part()
            self.app.tell(said, "good")

    def do_text(self) -> None:
        self.app.push_screen(ReportText(whole_report(self.app.desk, self._sections)))

    async def do_out(self) -> None:
        locked = ".pdf" * self.app.desk.privacy.under_password()

        def order(format: str) -> tuple[list[str], str]:
            ending = f".{FORMATS[format].suffix}".removesuffix(locked) + locked
            return ["mydata", "--format", format], f"mydata{ending}"

        await take_out_as(self, order, (*NAMES,), "")


def _facts(ground: LegalBasis) -> list[Fact]:
    ends: Text = (
        _n(
            "all of it is erased {months} month after you left ({clause})",
            "all of it is erased {months} months after you left ({clause})",
            months=ground.months,
            clause=clause_words(ground.clause),
        )
        if ground.months is not None
        else _("it is kept ({clause})", clause=clause_words(ground.clause))
    )
    facts: list[Fact] = [
        (Styled(ground.book, "head"), ground.unit),
        (_("Kept now"), _("your entry is asked for by {clause}", clause=clause_words(ground.asked_by))),
        (_("What you may do"), _("have what is wrong corrected, and what is not asked for taken out: e")),
        (_("Afterwards"), ends),
    ]
    if ground.archive:
        facts.append((_("But"), _("a sealed archive is kept ({clause})", clause=ground.archive)))
    return [*facts, (_("Who decides"), ground.maintainer), ("", "")]
