"""What is kept of a crash: the kind of error and where, never a message, a value or a local variable.

An exception's message may hold a name or a number, so it goes nowhere.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from db.desk.refusal import LAST_DAY, session_over
from db.language import Language, _, say
from tui.safe import fold

DEEPEST = 30
LONGEST = 16_384
LINE = 79
"""Cells of a line of a farewell: the narrowest terminal breaks none of its words."""

# Out of the alternate screen, mouse and paste modes and Kitty keys; cursor shown, colours reset.
RESTORE = (
    b"\x1b[<u\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    b"\x1b[?2004l\x1b[?2026l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h\r"
)
FAREWELLS = {
    "idle": _("Nothing was typed for a long time, so this session ended. What you had confirmed is saved."),
    "ended": _("An administrator ended this session. What you had confirmed is saved."),
    "disabled": _(
        "Your account was disabled, so this session ended. What you had confirmed is saved. If you still "
        "need it, please ask your administrator."
    ),
    "owner": _("You ended this session from another one of yours. What you had confirmed is saved."),
    "replaced": _(
        "Your password or authenticator was changed in another session, so this one ended. What you had "
        "confirmed is saved. If it was not you, tell your administrator now."
    ),
    "stopped": _("The service is being stopped. What you had confirmed is saved. Please come back later."),
}
TOO_MANY = _("Too many people are inside. Please try again later.")


def describe(error: BaseException) -> dict[str, object]:
    """Return an error's type and frames (``file:line function``), and its cause's; no message, which may hold
    personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    described: dict[str, object] = {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{_short_path(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    if cause is not None:
        described["cause"] = {key: value for key, value in describe(cause).items() if key != "cause"}
    return described


def apology(number: str, language: Language) -> bytes:
    """Return the terminal lines shown in place of a crashed screen, with the incident ``number``."""
    text = _(
        "Sorry, something went wrong and this session has ended. What you had confirmed is saved.\n"
        "Please give this incident number to your administrator: {number}",
        number=number,
    )
    return terminal_lines(say(text, language))


def recorded_end(how: str) -> str:
    """Return the recorded reason ``how``, or ``ended`` if there is no farewell for it."""
    return how if is_told(how) else "ended"


def is_told(how: str) -> bool:
    """Return whether there is a farewell for the end of a session by ``how``."""
    return how in FAREWELLS or how.startswith(LAST_DAY)


def farewell(how: str, language: Language) -> bytes:
    """Return the terminal lines that say why the session ended; ``how`` is one of `is_told`."""
    text = say(FAREWELLS.get(how) or session_over(how), language)
    return terminal_lines("\n".join(fold(text, LINE)))


def terminal_lines(text: str) -> bytes:
    """Return ``text`` for a terminal in raw mode: each line ends with carriage return and line feed."""
    return ("\r\n".join(text.splitlines()) + "\r\n").encode()


def _short_path(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])
