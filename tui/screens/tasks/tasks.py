"""Tasks: what the reader has to do, the oldest due day first. Today shows the same beside requests."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult

from db.desk.tasks.task_views import TaskRow
from db.language import Message, Text, _
from tui.kit import Cell, Column, Command, DataList, Frame, Line, Styled
from tui.screens.outside.drift import open_drift
from tui.screens.tasks.card import TaskCard
from tui.sheets.cell import names
from tui.sheets.clocks import due_day, left

Opens = Callable[[Frame, TaskRow], None]
OPENS: dict[str, Opens] = {}
"""Kinds of task that are done on a screen of their own, which Enter opens instead of the card."""


def open_task(screen: Frame, row: TaskRow) -> None:
    """Open a task over ``screen``: its card, or the screen on which it is done."""
    opens = OPENS.get(row.kind)
    if opens is not None:
        opens(screen, row)
    else:
        screen.app.push_screen(TaskCard(screen.app.desk.tasks.one(row.id)))


def lacks(row: TaskRow) -> Cell:
    """What a task waits for, in a word."""
    if row.handed:
        return Styled(_("confirm receipt"), "accent")
    if row.returned:
        return Styled(_("returned: {number}", number=row.request), "warn")
    if row.waits_for:
        return _("waits for {names}", names=names(row.waits_for))
    if row.pending:
        return _("request {number} open", number=row.request) if row.request else _("not entered yet")
    if row.request and row.by_request:
        return _("request {number} open", number=row.request)
    if not row.lacks:
        return row.about or _("nothing lacking")
    parts: Text = ""
    for lacking in row.lacks:
        parts = Message("{first} · {rest}", {"first": parts, "rest": lacking}) if parts else lacking
    return _("lacks {what}", what=parts)


class Tasks(Frame):
    """One list."""

    CSS_PATH = "tasks.tcss"
    NAME = _("Tasks")
    ABOUT = _(
        "What you have to do by a due day, the oldest first, with the working days that are left and the "
        "clause that sets the clock. You are reminded before, and those above you are told after. Enter "
        "opens a task with all that it lacks."
    )
    LIVE = True
    KEYS = (
        Command("open", "enter", _("Open"), _("Open the task under the cursor.")),
        Command("wecom", "w", _("WeCom"), _("How far the directory and WeCom differ.")),
        Command("refresh", "r", _("Refresh"), _("Ask again what is to be done."), second="f5"),
        Command("back", "escape", _("Back"), _("Back to Today."), second="q"),
    )
    SHOWS_MODES = False

    def body(self) -> ComposeResult:
        """Counts and list."""
        yield Line(id="counts")
        yield DataList[TaskRow](
            [
                Column(_("Due"), lambda row: due_day(row.due), width=9),
                Column(_("Workdays"), lambda row: left(row.due), width=9),
                Column(_("What"), lambda row: row.kind_label, width=14, in_english=18),
                Column(
                    _("Who"),
                    lambda row: Styled(f"{row.name} {row.unit}".strip(), "strong"),
                    width=18,
                    in_english=16,
                ),
                Column(_("State"), lacks),
                Column(_("Book"), lambda row: row.book_label, width=18, from_width=110),
                Column(_("Clause"), lambda row: row.due.clause, width=10, from_width=100),
            ],
            key=lambda row: row.id,
            empty=_("There is nothing to do."),
        )

    def on_mount(self) -> None:
        """Ask for the list."""
        self.do_refresh()

    def come_back(self) -> None:
        """Something may have been done meanwhile."""
        self.do_refresh()

    def can(self, command_id: str) -> bool:
        """Opening needs a task under the cursor, WeCom a directory that is kept in step with it."""
        if command_id == "wecom":
            return bool(self.app.desk.outside.books())
        return command_id != "open" or (self.is_mounted and self.query_one(DataList).current is not None)

    def do_refresh(self) -> None:
        """Ask again."""
        desk = self.app.desk
        window = desk.tasks.mine(limit=1)
        self.query_one("#counts", Line).show(
            [
                Styled(_("Overdue {count}", count=window.overdue), "bad" if window.overdue else "dim"),
                " │ ",
                _("All {count}", count=window.total),
            ]
        )
        self.query_one(DataList).show(
            lambda offset, limit: desk.tasks.mine(offset, limit).rows, total=window.total, keep=True
        )
        self.refresh_keys()

    def do_open(self) -> None:
        """The task."""
        row: TaskRow | None = self.query_one(DataList).current
        if row is not None:
            open_task(self, row)

    async def do_wecom(self) -> None:
        """The differences from WeCom."""
        await open_drift(self)

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()
