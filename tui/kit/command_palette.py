"""Ctrl+P: everything that can be done here and every place, found by typing part of its name; and what people
want to do, as they say it, which leads to its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from db.language import Text, _, say
from tui.jobs import Job, find_jobs
from tui.kit.commands import ScreenCommand, keys_name
from tui.kit.datalist import DataList, ListColumn
from tui.kit.dialog import Dialog
from tui.kit.fields import TextInput
from tui.kit.mode import Mode
from tui.sheets.cell import Styled

Found = ScreenCommand | Mode
Row = Found | Job
Taken = tuple[Found, Text]
"""What is to be done, and what to say then."""


class Palette(Dialog[Taken]):
    """Gives the command or mode chosen."""

    NAME = _("Find a command")
    ABOUT = _("Type part of a name, move with the arrows, press Enter.")
    KEYS = (
        ScreenCommand("take", "enter", _("Do it"), _("Do what is under the cursor.")),
        ScreenCommand("back", "escape", _("Back"), _("Close without doing anything.")),
    )
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Palette > .box { width: 70; height: 18; }
    Palette DataList { height: 1fr; margin-top: 1; }
    """

    def __init__(
        self,
        commands: Sequence[ScreenCommand],
        modes: Sequence[Mode],
        jobs: Callable[[], Sequence[Job]] = tuple,
    ) -> None:
        super().__init__(self.NAME)
        self._jobs = cache(jobs)
        everything: list[Found] = [*commands, *modes]
        self._everything = [found for found in everything if found.id != "palette"]
        self._found: list[Row] = [*self._everything]

    def body(self) -> ComposeResult:
        """The field and what it finds."""
        yield TextInput(hint=_("Part of a name"), max_length=40)
        yield DataList[Row](
            [
                ListColumn("", lambda row: Styled(_keys(row), "accent"), width=12),
                ListColumn("", lambda row: self._target(row).label, width=16),
                ListColumn("", lambda row: Styled(_about(row), "" if isinstance(row, Job) else "dim")),
            ],
            key=lambda row: (type(row).__name__, row.en if isinstance(row, Job) else row.id),
            empty=_("Nothing is called so."),
        )

    def on_mount(self) -> None:
        """All of it at first."""
        self._list()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow it by what was typed, in either language."""
        wanted = event.value.strip().casefold()
        self._found = [found for found in self._everything if wanted in self._names(found)]
        if wanted:
            self._found += [job for job in find_jobs(wanted, self._jobs()) if self._leads_on(job)]
        self._list()

    def _leads_on(self, job: Job) -> bool:
        return any(_is_first(job, found) for found in self._everything)

    def _target(self, row: Row) -> Found:
        """Return what is done when ``row`` is taken: of a job, what its first key does."""
        if not isinstance(row, Job):
            return row
        return next(found for found in self._everything if _is_first(row, found))

    def _names(self, found: Found) -> str:
        return f"{say(found.label, 'zh_CN')} {say(found.label, 'en')} {found.id}".casefold()

    def _list(self) -> None:
        found = self._found
        self.query_one(DataList).show(lambda offset, limit: found[offset : offset + limit], total=len(found))

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while one types."""
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
        if event.key in steps:
            event.stop()
            self.query_one(DataList).action_move(steps[event.key])

    def do_take(self) -> None:
        """Do what is under the cursor."""
        row: Row | None = self.query_one(DataList).current
        if row is None:
            self.dismiss(None)
            return
        more = row.keys.split()[1:] if isinstance(row, Job) else []
        hint = _("{job}: now press {keys}", job=_about(row), keys=" ".join(more)) if more else ""
        self.dismiss((self._target(row), hint))


def _is_first(job: Job, found: Found) -> bool:
    first = job.keys.split()[:1]
    return first == ([found.digit] if isinstance(found, Mode) else keys_name(found).split()[:1])


def _keys(row: Row) -> str:
    if isinstance(row, Job):
        return row.keys
    return keys_name(row) if isinstance(row, ScreenCommand) else row.digit


def _about(row: Row) -> Text:
    if isinstance(row, Job):
        return row.title
    return row.help if isinstance(row, ScreenCommand) else _("Go to this place.")
