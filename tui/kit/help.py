"""The help screen: what this is, and every key, drawn from the same commands as the footer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from db.language import Text, _, say
from tui.jobs import Job, find_jobs
from tui.kit.commands import ScreenCommand, keys_name
from tui.kit.dialog import Dialog
from tui.kit.facts import FactList
from tui.kit.fields import TextInput
from tui.kit.letters import GROUPS, LETTERS
from tui.kit.mode import Mode
from tui.kit.painted import TextLine
from tui.sheets.cell import Fact, Styled

MOVES = (
    ("↑ ↓ k j", _("Move the cursor by a line, or to the next field.")),
    ("PgUp PgDn", _("Move by a page.")),
    ("Home End", _("To the first or the last line.")),
    ("Tab", _("To the next field or list.")),
)
OTHERS: Final = _("Function keys")


class Help(Dialog[bool]):
    """Explains the screen below it."""

    NAME = _("Help")
    ABOUT = _("All keys of the screen you came from. Type to narrow them; Esc goes back.")
    KEYS = (ScreenCommand("back", "escape", _("Back"), _("Back to the screen.")),)
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Help > .box { width: 78; height: 90%; }
    Help VerticalScroll { height: 1fr; margin-top: 1; }
    """

    def __init__(
        self,
        name: Text,
        about: Text,
        commands: Sequence[ScreenCommand],
        modes: Sequence[Mode],
        jobs: Callable[[], Sequence[Job]] = tuple,
    ) -> None:
        super().__init__(name)
        self._about = about
        self._commands = [command for command in commands if command.keys]
        self._modes = modes
        self._jobs = cache(jobs)

    def body(self) -> ComposeResult:
        yield TextInput(hint=_("Part of a key or of what it does"), max_length=40)
        with VerticalScroll(can_focus=False):
            if self.app.told is not None:
                yield TextLine(self.app.told.text, self.app.told.tone)
            yield TextLine(self._about, id="about")
            yield FactList(self._rows(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """List the keys and jobs that contain the text typed, in either language."""
        wanted = event.value.strip().casefold()
        rows = self._rows(wanted)
        self.query_one("#about", TextLine).display = not wanted
        self.query_one(FactList).show(rows or [("", _("Nothing has that name."))])

    def _rows(self, wanted: str) -> list[Fact]:
        """Return the keys that contain ``wanted``, grouped by `tui.kit.letters`, and matching jobs."""
        groups = [
            (heading, [(keys, text) for keys, text, word in rows if wanted in _names(keys, text, word)])
            for heading, rows in self._groups()
        ]
        if wanted:
            jobs = find_jobs(wanted, self._jobs())
            groups.append((_("Job"), [(job.keys, job.title) for job in jobs if job.keys]))
        found: list[Fact] = []
        for heading, held in groups:
            if held:
                found += [("", "")] if found else []
                found.append((Styled(heading, "head"), ""))
                found += [(Styled(keys, "accent"), text) for keys, text in held]
        return found

    def _groups(self) -> Iterator[tuple[Text, list[tuple[str, Text, Text]]]]:
        """Yield headings with their keys: name, sentence, and footer word of each."""
        for heading, letters in GROUPS:
            keys = [letter.key for letter in letters]
            own = [one for key in keys for one in self._commands if one.key == key]
            yield heading, [(keys_name(one), one.help, one.label) for one in own]
        others = [one for one in self._commands if one.key not in LETTERS]
        yield OTHERS, [(keys_name(one), one.help, one.label) for one in others]
        yield _("Places"), [(mode.digit, mode.label, "") for mode in self._modes]
        yield _("Moving"), [(keys, text, "") for keys, text in MOVES]


def _names(keys: str, *texts: Text) -> str:
    return " ".join([keys, *(say(text, one) for text in texts for one in ("zh_CN", "en"))]).casefold()
