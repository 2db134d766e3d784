"""What every command of the host shares: how to say things, how to ask, how to fail.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 70 a defect of the program.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from db.language import Text, _
from tui.host.language import t

if TYPE_CHECKING:
    from db.policy.regulation import PolicyError

FAILED = 1
WRONG_USAGE = 2
DEFECT = 70
"""EX_SOFTWARE of sysexits.h."""


class CommandFailure(Exception):
    """The command can't go on: ``message`` says why, ``advice`` what to do. Ends with ``status``."""

    def __init__(self, message: Text, advice: Text = "", status: int = FAILED) -> None:
        super().__init__(t(message))
        self.message = message
        self.advice = advice
        self.status = status


def tell(text: Text = "") -> None:
    print(t(text), flush=True)


def warn(text: Text) -> None:
    print(t(text), file=sys.stderr, flush=True)


def tell_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)


def is_interactive() -> bool:
    """Return whether standard input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def next_line() -> str:
    """Read the next line of standard input, without its end, leaving the rest to be read as bytes. Raises
    CommandFailure at the end of input: somebody left, and did not answer nothing."""
    line = sys.stdin.buffer.readline().decode("utf-8", "surrogateescape")
    if not line:
        raise CommandFailure(
            _("The input ended before login, password and code were there."),
            _("Send each as a line of its own, or use a terminal to be asked for them."),
        )
    return line.rstrip("\r\n")


def is_agreed(question: Text) -> bool:
    """Ask ``question`` at the terminal; return whether the answer is yes (no by default)."""
    answer = input(f"{t(question)} [y/N] ")
    return answer.strip().lower() in ("y", "yes", "是")


def check_command(error: PolicyError) -> str:
    """Return the command line that shows the error's findings again."""
    files = error.together or list(dict.fromkeys(finding.path for finding in error.findings))
    words = ["mingce", "policy", "check", *(file or "FILE" for file in files)]
    for one in _decided(error.decided):
        words += ["--decide", one]
    return shlex.join(words)


def _decided(decisions: Mapping[str, object], above: str = "") -> list[str]:
    """Return ``decisions`` as ``KEY=VALUE``, as ``--decide`` takes them."""
    found: list[str] = []
    for key, value in decisions.items():
        if isinstance(value, Mapping):
            found += _decided(value, f"{above}{key}.")
        else:
            found.append(f"{above}{key}={str(value).lower() if isinstance(value, bool) else value}")
    return found


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn known errors of the body into CommandFailure with their reason and advice; let unknown ones
    pass."""
    try:
        yield
    except (CommandFailure, BrokenPipeError):
        raise
    except Exception as error:
        said = in_words(error)
        if said is None:
            raise
        raise said from error


def in_words(error: Exception) -> CommandFailure | None:
    """Return ``error`` as a CommandFailure; None for an error that is the program's own fault."""
    from peewee import DatabaseError, InterfaceError

    from db.desk.refusal import Invalid, Pending, Refused, SessionOver
    from db.language import clause_words
    from db.policy.regulation import PolicyError
    from db.store.keys import KeyRingError
    from db.store.settings import SettingsError
    from db.store.unavailable import Unavailable, system_reason, told_by_server
    from tui.front.hostkey import HostKeyError

    match error:
        case Refused():
            clause = clause_words(error.clause)
            return CommandFailure(
                _("Refused by {clause}: {reason}", clause=clause, reason=error.message), error.advice
            )
        case Pending():  # it is done as far as it goes now
            return CommandFailure(
                error.message, _("It is request {request}.", request=error.request), status=0
            )
        case Invalid():
            return CommandFailure("\n".join(t(problem.message) for problem in error.problems))
        case SessionOver():
            return CommandFailure(_("The session has ended or the account was disabled."))
        case SettingsError() | KeyRingError():
            return CommandFailure(error.message)
        case HostKeyError():
            return CommandFailure(error.message, _("`mingce doctor` says more."))
        case PolicyError():
            if not any(finding.path for finding in error.findings):
                return CommandFailure(
                    "\n".join(t(finding.message) for finding in error.findings),
                    _("`mingce doctor` says more."),
                )
            lines = "\n".join(f"{f.path}:{f.line}: {f.where}{t(f.message)}" for f in error.findings)
            return CommandFailure(lines, _("`{command}` shows it again.", command=check_command(error)))
        case Unavailable():
            words = told_by_server(error)
            said = _("PostgreSQL says: {words}", words=words) if words else ""
            return CommandFailure(f"{t(error.message)}\n{t(said)}".rstrip(), _("`mingce doctor` says more."))
        case DatabaseError() | InterfaceError():
            return CommandFailure(
                _("The database did not do it: {reason}", reason=type(error).__name__ + ": " + str(error)),
                _("Nothing was changed. `mingce doctor` says what is wrong."),
            )
        case FileNotFoundError(filename=None):
            return CommandFailure(
                _("The folder that this was called in is gone."), _("Change to another one.")
            )
        case FileNotFoundError():
            return CommandFailure(_("There is no file {name}.", name=str(error.filename)))
        case OSError(filename=None):
            return CommandFailure(_("The system refused: {reason}", reason=system_reason(error)))
        case OSError():
            return CommandFailure(
                _(
                    "The system refused {file}: {reason}",
                    file=str(error.filename),
                    reason=system_reason(error),
                )
            )
    return None
