"""What every command of the host shares: where the state folder is, how to say things, how to fail.

Exit status: 0 done, 1 refused or failed, 2 wrong usage.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from db.language import Text, _
from tui.host.tongue import t

if TYPE_CHECKING:
    from db.policy.regulation import PolicyError

DEFAULT_FOLDER = Path("/var/lib/mingce")
FAILED = 1
WRONG_USAGE = 2


class Failure(Exception):
    """The command can't go on: ``message`` says why, ``advice`` what to do. Ends with ``status``."""

    def __init__(self, message: Text, advice: Text = "", status: int = FAILED) -> None:
        super().__init__(t(message))
        self.message = message
        self.advice = advice
        self.status = status


def state_folder(given: Path | None) -> Path:
    """The state folder: ``--dir``, else ``MINGCE_HOME``, else ``/var/lib/mingce``."""
    if given is not None:
        return given.absolute()
    named = os.environ.get("MINGCE_HOME")
    return Path(named).absolute() if named else DEFAULT_FOLDER


def tell(text: Text = "") -> None:
    """One line (or several) on standard output."""
    print(t(text), flush=True)


def warn(text: Text) -> None:
    """One line on standard error."""
    print(t(text), file=sys.stderr, flush=True)


def tell_json(value: object) -> None:
    """``value`` as JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)


def is_interactive() -> bool:
    """Whether somebody sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def next_line() -> str:
    """The next line of what is piped in, without its end. Raises Failure where nothing more comes: an input
    that ends is somebody who left, not an empty answer."""
    line = sys.stdin.readline()
    if not line:
        raise Failure(
            _("The input ended before login, password and code were there."),
            _("Send each as a line of its own, or use a terminal to be asked for them."),
        )
    return line.rstrip("\r\n")


def agreed(question: Text) -> bool:
    """Ask a yes/no question at the terminal; no is the default."""
    answer = input(f"{t(question)} [y/N] ")
    return answer.strip().lower() in ("y", "yes", "是")


def checking(error: PolicyError) -> str:
    """The command that shows the findings again: the check of the file, or of all that disagree at once."""
    files = error.together or list(dict.fromkeys(finding.path for finding in error.findings))
    words = ["mingce", "policy", "check", *(file or "FILE" for file in files)]
    for one in _decided(error.decided):
        words += ["--decide", one]
    return shlex.join(words)


def _decided(decisions: Mapping[str, object], above: str = "") -> list[str]:
    """Decisions as ``KEY=VALUE``, as ``--decide`` takes them."""
    found: list[str] = []
    for key, value in decisions.items():
        if isinstance(value, Mapping):
            found += _decided(value, f"{above}{key}.")
        else:
            found.append(f"{above}{key}={str(value).lower() if isinstance(value, bool) else value}")
    return found


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn what the rooms below raise into a Failure with the reason and the advice they carry."""
    from peewee import DatabaseError, InterfaceError

    from db.desk.audit.words import clause_words
    from db.desk.refusal import Invalid, Refused, SessionOver
    from db.policy.regulation import PolicyError
    from db.store.keys import KeyRingError
    from db.store.settings import SettingsError
    from db.store.unavailable import Unavailable, why

    try:
        yield
    except Refused as refusal:
        said = _("Refused by {clause}: {reason}", clause=clause_words(refusal.clause), reason=refusal.message)
        raise Failure(said, refusal.advice) from refusal
    except Invalid as invalid:
        lines = "\n".join(t(problem.message) for problem in invalid.problems)
        raise Failure(lines) from invalid
    except SessionOver as over:
        raise Failure(_("The session has ended or the account was disabled.")) from over
    except (SettingsError, KeyRingError) as error:
        raise Failure(error.message) from error
    except PolicyError as error:
        lines = "\n".join(f"{f.path}:{f.line}: {f.where}{t(f.message)}" for f in error.findings)
        raise Failure(lines, _("`{command}` shows it again.", command=checking(error))) from error
    except Unavailable as failure:
        raise Failure(failure.message, _("`mingce doctor` says more.")) from failure
    except (DatabaseError, InterfaceError) as error:
        raise Failure(
            _("The database did not do it: {reason}", reason=type(error).__name__ + ": " + str(error)),
            _("Nothing was changed. `mingce doctor` says what is wrong."),
        ) from error
    except FileNotFoundError as error:
        raise Failure(_("There is no file {name}.", name=str(error.filename or ""))) from error
    except OSError as error:
        if error.filename is None:
            raise Failure(_("The system refused: {reason}", reason=why(error))) from error
        raise Failure(
            _("The system refused {file}: {reason}", file=str(error.filename), reason=why(error))
        ) from error
