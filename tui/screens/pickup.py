"""Files over the same ssh: the command for another window, and the code that it is asked for.

await take_out(self, ("papers", "get", number), f"{number}.pdf")
if await bring_in(self): ...
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual import events
from textual.app import ComposeResult

from auth.pickups import make_pickup
from db.desk.accounts.pickups import PickupView
from db.desk.notation.localtime import local, seconds_until
from db.language import Message, Text, _
from tui.kit import Pick, ScreenCommand, TextLine, choose
from tui.kit.dialog import BORDER
from tui.kit.footer import Footer
from tui.kit.keyed import Keyed
from tui.kit.own_machine import Aside, ToType
from tui.safe import cells
from tui.sheets.cell import Tone
from tui.sheets.out import to_type

Order = Callable[[str], tuple[Sequence[str], str]]
"""Gives the words of the plain command, and the file's name, in one of the formats."""
LOOKS_AGAIN = 5.0
"""Seconds until it is asked again whether the code is still good."""
MARKED = _("The copy is marked for you; it is recorded when it is fetched.")
TAKE_OUT = _("Take out")
COPIED = _("Sent to your terminal's clipboard. If it is not there: y again, and copy it by hand.")
UNSAFE = re.compile(r"[^\w.-]+")
"""What a name may not hold that goes through two shells of Windows."""


class PickupDialog(ToType):
    """The command, its code while that is good, and what became of it."""

    NAME = _("In another window")
    ABOUT = _(
        "Run the command in a window of your own machine; where it asks for the password, type the pick-up "
        "code. It is good for one file, for five minutes, from your address, while you stay signed in; a "
        "file that is refused is one of three tries. Enter and Esc close this, and the code stays good: "
        "Files lists it."
    )
    KEYS = (
        *ToType.KEYS[:1],
        ScreenCommand("copy", "y", _("Copy it"), _("Copy the command; again shows it alone.")),
        ScreenCommand("switch", "tab", _("Windows"), _("Write the command for Windows, or for others.")),
        ScreenCommand("end", "x", _("End the code"), _("End the pick-up code: it fetches nothing more.")),
        *ToType.KEYS[2:],
    )

    def __init__(
        self, title: Text, order: Order, formats: Sequence[str], about: Text, *, coming: bool = False
    ) -> None:
        super().__init__("", about)
        self._title_text = title
        self._order, self._formats, self._coming = order, formats, coming
        self._format = formats[0] if formats else ""
        self._code = ""
        self._made: PickupView | None = None
        self._is_windows = self._was_copied = False

    def body(self) -> ComposeResult:
        yield TextLine(id="formats")
        yield TextLine(self._about, id="about")
        yield TextLine()
        yield TextLine(_("In another window, on your own machine:"), "dim")
        yield TextLine(id="command")
        yield TextLine(id="how")
        yield TextLine(id="code")
        yield TextLine(id="state")

    def on_mount(self) -> None:
        """Make a pick-up code, recorded, and start the countdown."""
        self.query_one("#formats").display = bool(self._formats)
        self.query_one("#about").display = bool(self._about)
        self._make_code()
        self.set_interval(1.0, self._show_code)
        self.set_interval(LOOKS_AGAIN, self.catch_up)  # wrong tries at the door wake nobody

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: ending only a valid code; no line for Windows, whose shells
        put no typed lines before a file, where a file comes in by OpenSSH."""
        if command_id == "end":
            return self._made is not None and self._made.is_open
        return command_id != "switch" or not (self._coming and self._is_by_openssh)

    @property
    def _is_by_openssh(self) -> bool:
        return self.app.desk.actor.front == "console"

    def _make_code(self) -> None:
        words, file = self._order(self._format)
        instead = self._made.number if self._made is not None else ""
        make = partial(make_pickup, self.app.desk, words, file, coming=self._coming, instead=instead)
        self._code, self._made = make()
        self._was_copied = False
        self._show_code()

    def _line(self) -> str:
        ssh, file = self.app.desk.actor.ssh, self._order(self._format)[1]
        if self._coming:
            line = f"cat - FILE | {ssh} put NAME" if self._is_by_openssh else f"{ssh} put NAME < FILE"
        elif self._is_windows:
            line = f"{ssh} get > {UNSAFE.sub('_', file)}"
        else:
            line = f"{ssh} get > {shlex.quote(file)}"
        return f'cmd /c "{line}"' if self._is_windows else line

    def _show_code(self) -> None:
        made = self._made
        if made is None:
            return
        numbered = (
            f"[{place} {name}]" if name == self._format else f" {place} {name} "
            for place, name in enumerate(self._formats, start=1)
        )
        self.query_one("#formats", TextLine).show(_("Format {formats}", formats=" ".join(numbered)))
        self.query_one("#command", TextLine).show(self._line(), "accent")
        self.query_one(".box").styles.min_width = cells(self._line()) + BORDER
        left = max(int(seconds_until(made.until)), 0)
        is_open = made.is_open and left > 0
        how: Text = _("Where it asks for the password, type the pick-up code:")
        if self._is_by_openssh and self._coming:
            how = _("Then type your login and the pick-up code, a line each, and Ctrl+D:")
        elif self._is_by_openssh:
            how = _("Then type your login and the pick-up code, a line each:")
        self.query_one("#how", TextLine).show(how if is_open else "", "dim")
        said: Text = ""
        if is_open:
            time = f"{left // 60}:{left % 60:02}"
            said = _(
                "{code}   {time} left, once, only from {source}",
                code=self._code,
                time=time,
                source=made.source,
            )
        self.query_one("#code", TextLine).show(said, "strong")
        state = told_of(replace(made, is_open=is_open))
        if self._was_copied and is_open and not made.refused:
            state = COPIED, "good"
        self.query_one("#state", TextLine).show(*state)

    def catch_up(self) -> None:
        """Show that the file was fetched, or why one was refused; close once one came in."""
        mine = self.app.desk.pickups.mine()
        self._made = next((one for one in mine if self._made and one.number == self._made.number), self._made)
        if self._made is not None and self._made.taken_at and self._coming:
            self.dismiss(True)
        else:
            self._show_code()
            self.query_one(Footer).refresh_keys()

    def on_key(self, event: events.Key) -> None:
        """Choose a format by its digit and make a code for it."""
        typed = event.character or ""
        if typed.isdecimal() and 0 < int(typed) <= len(self._formats):
            event.stop()
            self._format = self._formats[int(typed) - 1]
            self._make_code()

    def do_copy(self) -> None:
        """Send the command to the terminal's clipboard; the second time, show it alone."""
        if self._was_copied:
            self.app.push_screen(Aside(self._line()))
            return
        self._was_copied = True
        self.app.send_to_clipboard(self._line())
        self._show_code()

    def do_switch(self) -> None:
        self._is_windows, self._was_copied = not self._is_windows, False
        self._show_code()

    def do_end(self) -> None:
        if self._made is not None:
            self.app.desk.pickups.end(self._made.number)
            self.dismiss(None)


def state_of(made: PickupView) -> tuple[Text, Tone]:
    """Return words for the state of a code, with their tone."""
    if made.taken_at is not None:
        at = local(made.taken_at)[11:16]
        return (_("Arrived at {at}", at=at) if made.coming else _("Fetched at {at}", at=at)), "good"
    if made.is_open and made.refused:
        return _("Not here yet; send it again"), "warn"
    if made.is_open:
        return (_("Waiting for the file …") if made.coming else _("Waiting to be fetched …")), "dim"
    return _("The code is over."), "warn"


def told_of(made: PickupView) -> tuple[Text, Tone]:
    """Return `state_of` at length: with the reason if a try was refused."""
    said, tone = state_of(made)
    if not made.refused or made.taken_at is not None:
        return said, tone
    if made.is_open:
        return made.refused, "warn"
    return Message("{said}\n{why}", {"said": said, "why": made.refused}), "warn"


async def take_out(
    screen: Keyed, words: Sequence[str], file: str, about: Text = MARKED, title: Text = TAKE_OUT
) -> None:
    """Show a pick-up code and the command that fetches the output of the plain command ``words`` as ``file``;
    without codes, the command alone."""
    await take_out_as(screen, lambda _format: (words, file), (), about, title)


async def take_out_as(
    screen: Keyed,
    order: Order,
    formats: Sequence[str],
    about: Text = MARKED,
    title: Text = TAKE_OUT,
) -> None:
    """Do as `take_out` in one of ``formats``, the first unless another is chosen."""
    if screen.app.desk.pickups.offered():
        await screen.app.push_screen_wait(PickupDialog(title, order, formats, about))
        return
    format = await choose(screen, title, [Pick(one, one) for one in formats]) if formats else ""
    if format is not None:
        words, file = order(format)
        line = to_type(screen.app.desk.actor.ssh, words, shlex.quote(file))
        await screen.app.push_screen_wait(ToType(line, about))


async def bring_in(screen: Keyed) -> bool:
    """Show a pick-up code and the command that sends a file to the reader's tray, and wait; return whether
    one came. Without codes, show the command and return False."""
    about = _(
        "PDF, PNG, JPEG, text or a list (XLSX, ODS, CSV, vCard, LDIF, JSON), up to 5 MB. It shows here when "
        "it has arrived."
    )
    if screen.app.desk.pickups.offered():
        dialog = PickupDialog(_("Bring in"), lambda _format: ((), ""), (), about, coming=True)
        return bool(await screen.app.push_screen_wait(dialog))
    line = f"{screen.app.desk.actor.ssh} evidence add NAME < FILE"
    await screen.app.push_screen_wait(ToType(line, about))
    return False
