"""Tasks: what the reader has to do, the oldest due day first. Today shows the same beside requests."""

from __future__ import annotations

from collections.abc import Callable

from db.desk.outside.outside import Outside
from db.desk.tasks.task_views import TaskRow
from db.language import Text, _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.outside.drift import open_drift
from tui.screens.sheets.list import SheetScreen
from tui.screens.tasks.card import TaskCard
from tui.sheets.tasks import TASKS

Opens = Callable[[FramedScreen, TaskRow], None]
OPENS: dict[str, Opens] = {}
"""Kinds of task that are done on a screen of their own, which Enter opens instead of the card."""


def open_task(screen: FramedScreen, row: TaskRow) -> None:
    """Open the task's card, recorded, or the screen on which it is done."""
    opens = OPENS.get(row.kind)
    if opens is not None:
        opens(screen, row)
    else:
        screen.app.push_screen(TaskCard(screen.app.desk.tasks.one(row.id)))


def is_done_by_key(row: TaskRow) -> bool:
    """Return whether a key on its row ends the task, not a screen or a form."""
    return row.kind not in OPENS and not row.pending


def end_task(screen: FramedScreen, row: TaskRow) -> Text | None:
    """Record that a task is done, without asking; return the words to show. If something is lacking, open its
    card, which asks what is done, and return None. Raises Refused."""
    if row.lacks:
        card = TaskCard(screen.app.desk.tasks.one(row.id))
        screen.app.push_screen(card)
        card.call_after_refresh(card.ask_what)
        return None
    screen.app.desk.tasks.done(row.id)
    return _("Task {task} is done, or waits for its receipt.", task=row.id)


class TasksScreen(SheetScreen[TaskRow]):
    """One task a line."""

    SHEET = TASKS
    LIVE = True
    KEYS = (
        ScreenCommand("open", "enter", _("Open"), _("Open the task under the cursor."), looks=True),
        ScreenCommand("wecom", "v", _("WeCom"), _("How far the directory and WeCom differ."), looks=True),
    )

    def can(self, command_id: str) -> bool:
        if command_id == "wecom":
            return bool(Outside(self.app.desk).books())
        return super().can(command_id)

    async def do_open(self) -> None:
        row = self.current
        if row is not None:
            open_task(self, row)

    async def do_wecom(self) -> None:
        await open_drift(self)
