"""g and Ctrl+P: one box for people, units, requests, reports, places, what can be done, and what people want
to do, as they say it. A row says what it is, where it leads and by which key, so that it teaches the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final
from unicodedata import normalize

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input

from db.language import Text, _, say
from tui.jobs import Job, find_jobs, spoken_forms
from tui.kit.commands import ScreenCommand, keys_name
from tui.kit.common_keys import MORE
from tui.kit.datalist import DataList
from tui.kit.dialog import Dialog
from tui.kit.fields import TextInput
from tui.kit.footer import Footer
from tui.kit.go_target import Finder, GoTarget, NothingFound
from tui.kit.list_columns import ListColumn
from tui.kit.mode import Mode
from tui.sheets.cell import Cell, Styled

SETTLED: Final = 1.5
"""Seconds without a key after which people were looked up, and that is recorded."""


Found = ScreenCommand | Mode
Row = Found | Job | GoTarget
Taken = tuple[Found | GoTarget | Job, Text]
"""What is to be done or begun, and what to say then."""


class Palette(Dialog[Taken]):
    """Gives the command or mode chosen."""

    NAME = _("Where to, whom to find, what to do")
    ABOUT = _(
        "Type part of a name, pinyin or a number, move with the arrows, press Enter. # and a number: a "
        "request; @ people alone, > commands alone, ? what people want to do."
    )
    KEYS = (
        ScreenCommand("take", "enter", _("Do it"), _("Do what is under the cursor.")),
        ScreenCommand("number", "f6", _("Number"), _("Show the number of the person under the cursor.")),
        ScreenCommand("forget", "f4", _("Forget"), _("Forget whom you opened lately."), footer=False),
        ScreenCommand("back", "escape", _("Back"), _("Close without doing anything.")),
    )
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Palette > .box { width: 78; height: 20; }
    Palette DataList { height: 1fr; margin-top: 1; }
    """

    def __init__(
        self,
        commands: Sequence[ScreenCommand],
        modes: Sequence[Mode],
        jobs: Callable[[], Sequence[Job]] = tuple,
        finder: Finder | None = None,
        others: Sequence[GoTarget] = (),
    ) -> None:
        super().__init__(self.NAME)
        self._jobs = cache(jobs)
        self._finder = finder or NothingFound()
        everything: list[Found] = [*commands, *modes]
        self._everything = [found for found in everything if found.id != "palette"]
        self._others = others
        """What can't be done now, and what can in other places."""
        self._found: list[Row] = [*self._everything]
        self._waiting: Timer | None = None

    def body(self) -> ComposeResult:
        yield TextInput(hint=_("Name, #number, @people, >command, ?help"), max_length=40)
        yield DataList[Row](
            [
                ListColumn("", lambda row: Styled(_kind(row), "dim"), width=6),
                ListColumn("", self._label_of_row),
                ListColumn("", lambda row: Styled(self._destination(row), "dim"), width=8),
                ListColumn("", lambda row: Styled(_keys(row), "accent"), width=6),
            ],
            key=lambda row: (type(row).__name__, row.en if isinstance(row, Job) else row.id),
            empty=_("Nothing has that name."),
        )

    def on_mount(self) -> None:
        self._find_rows("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what fits the text typed, in either language; record the lookup once the reader pauses."""
        self._find_rows(event.value.strip())
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SETTLED, self._record_lookup)

    def _find_rows(self, text: str) -> None:
        text = normalize("NFKC", text[:1]) + text[1:]  # signs of an input method are wide
        sign, wanted = (text[:1], text[1:].strip()) if text[:1] in tuple("#@>?") else ("", text)
        wanted = wanted.casefold()
        self._found = [] if sign in (">", "?") else [*self._finder.find(text)]
        if sign in ("", ">"):
            self._found += [found for found in self._everything if wanted in self._names(found)]
        if sign in ("", "?"):
            some = find_jobs(wanted, self._jobs()) if wanted else self._jobs() if sign else ()
            self._found += [job for job in some if self._leads_on(job)]
        if sign == ">" or (wanted and not sign):
            self._found += [one for one in self._others if wanted in self._words(one)]
        self._list()

    def _record_lookup(self) -> None:
        self._finder.record_lookup(self.query_one(TextInput).value.strip())

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        for footer in self.query(Footer):
            footer.refresh_keys()

    @property
    def _current(self) -> Row | None:
        row: Row | None = self.query_one(DataList).current
        return row

    def can(self, command_id: str) -> bool:
        row = self._current
        return command_id != "number" or (isinstance(row, GoTarget) and row.number is not None)

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        row = self._current if self.is_mounted else None
        labels: dict[str, Text] = {"number": row.number_label if isinstance(row, GoTarget) else ""}
        if isinstance(row, GoTarget | Mode) and row not in self._others:
            labels["take"] = _("Open")
        found = super().offered_commands()
        return tuple(replace(one, label=labels[one.id]) if labels.get(one.id) else one for one in found)

    def _words(self, target: GoTarget) -> str:
        said = "".join(part for part, _tone in self.query_one(DataList).spans(target.said))
        label = target.said[0] if isinstance(target.said[0], Styled) else Styled(target.said[0])
        return f"{' '.join(said.split())} {spoken_forms(say(label.text, 'zh_CN'))}".casefold()

    def _label_of_row(self, row: Row) -> Cell:
        if isinstance(row, GoTarget):
            return [*row.said, "  ", Styled(row.why, "warn")] if row.why else [*row.said]
        if isinstance(row, Job):
            return row.title
        return [Styled(row.label, "strong"), "  ", Styled(_row_help(row), "dim")]

    def _destination(self, row: Row) -> Text:
        if isinstance(row, GoTarget):
            return row.leads
        target = self._target(row)
        return target.label if isinstance(row, Job) and isinstance(target, Mode) else ""

    def _leads_on(self, job: Job) -> bool:
        return any(_is_first(job, found) for found in self._everything)

    def _target(self, row: Row) -> Found | GoTarget:
        """Return what taking ``row`` does; for a job, the target of its first key."""
        if not isinstance(row, Job):
            return row
        return next(found for found in self._everything if _is_first(row, found))

    def _names(self, found: Found) -> str:
        chinese = say(found.label, "zh_CN")
        return f"{chinese} {say(found.label, 'en')} {found.id} {spoken_forms(chinese)}".casefold()

    def _list(self) -> None:
        found = self._found
        self.query_one(DataList).show_all(found)

    def on_key(self, event: events.Key) -> None:
        self.query_one(DataList).take_arrow(event)

    def do_take(self) -> None:
        row = self._current
        if row is None:
            self.dismiss(None)
            return
        if isinstance(row, GoTarget) and row.why:
            self.app.tell(row.why, "warn")
            return
        if isinstance(row, GoTarget):
            self._record_lookup()
        if isinstance(row, Job) and row.begins:
            self.dismiss((row, ""))
            return
        target = self._target(row)
        more = row.keys.removeprefix(_keys(target)).strip() if isinstance(row, Job) else ""
        hint = _("{job}: now press {keys}", job=_row_help(row), keys=more) if more else ""
        self.dismiss((target, hint))

    def do_forget(self) -> None:
        if self._finder.forget_opened():
            self.app.tell(_("Forgotten."))
            self._find_rows(self.query_one(TextInput).value.strip())

    def do_number(self) -> None:
        """Record the lookup, and close the box to reveal the number of the person under the cursor."""
        row = self._current
        if isinstance(row, GoTarget) and row.number is not None:
            self._record_lookup()
            self.dismiss((replace(row, go=row.number), ""))


def _is_first(job: Job, found: Found) -> bool:
    if isinstance(found, Mode):
        return job.is_at(found.digit)
    return job.keys.split()[:1] == keys_name(found).split()[:1] and found is not MORE


def _kind(row: Row) -> Text:
    if isinstance(row, GoTarget):
        return row.kind
    if isinstance(row, Job):
        return _("Job")
    return _("Go to") if isinstance(row, Mode) else _("Do")


def _keys(row: Row) -> str:
    if isinstance(row, GoTarget):
        return row.key
    if isinstance(row, Job):
        return row.keys
    return keys_name(row).partition(" ")[0] if isinstance(row, ScreenCommand) else row.digit


def _row_help(row: Row) -> Text:
    if isinstance(row, Job):
        return row.title
    return row.help if isinstance(row, ScreenCommand) else _("Go to this place.")
