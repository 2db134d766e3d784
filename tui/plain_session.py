"""One plain command as a sign-in session of its own, or one after another where a terminal can do no more:
what the SSH front forks instead of a full screen."""

from __future__ import annotations

import signal
from codecs import EncodedFile, register_error
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, cast

from auth.pickups import for_its_command
from auth.session_limits import begin_errand, places_allowed
from auth.sessions import resume
from db.desk import SessionOver, Unavailable, open_desk
from db.language import Text, _, _n, as_language, say
from db.store.engine import close_store
from db.store.opening import reopen_store
from db.store.settings import Home
from tui.front.client_command import LONGEST_COMMAND, CommandMistake, read_command
from tui.front.process_title import name_session
from tui.front.ticket import UTF_8
from tui.plain.registry import NAMES
from tui.plain.work import work

PROMPT = b"mingce> "
LEAVES = ("exit", "quit", "logout")
PLAINLY: Final = "mingce-plainly"
SIGNS: Final = {"•": "*", "–": "-", "…": "..", "→": "->", "·": ".", "“": '"', "”": '"', "✓": "+", "✗": "x"}
"""What stands for signs that a character set lacks; ? for the rest."""


def _say_plainly(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeEncodeError):
        return "".join(SIGNS.get(one, "?") for one in error.object[error.start : error.end]), error.end
    raise error


register_error(PLAINLY, _say_plainly)


def run_shell(
    session: int,
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: BinaryIO,
    language: str,
    width: int,
    home: str,
    ssh: str = "",
    charset: str = "utf-8",
) -> int:
    """Ask for plain commands until there are no more, and run each as `run` does; the status of the last.
    What is typed and told is in ``charset``: in English where that is ASCII, with plain signs for what it
    lacks."""
    language = "en" if charset == "ascii" else language
    spoken, status = as_language(language), 0
    if charset not in UTF_8:
        stdout, stderr = (
            cast(BinaryIO, EncodedFile(one, "utf-8", charset, PLAINLY)) for one in (stdout, stderr)
        )
    signal.signal(signal.SIGINT, signal.default_int_handler)
    greeting = _(
        "Your terminal has no screen (TERM=dumb). `help` lists the plain commands, `exit` signs out."
    )
    stdout.write(say(greeting, spoken).encode() + b"\n")
    while True:
        try:
            stdout.write(PROMPT)
            stdout.flush()
            line = stdin.readline(LONGEST_COMMAND + 2)
            typed = line.decode(charset, "replace").strip()
            words = read_command(typed, NAMES) if typed else ()
            if words:
                status = run(list(words), session, BytesIO(), stdout, stderr, language, width, home, ssh)
        except CommandMistake as mistake:
            if typed in LEAVES:
                return status
            stderr.write(say(mistake.message, spoken).encode() + b"\n")
        except KeyboardInterrupt:
            line = b"\n"
            stdout.write(b"\n")
        if not line:
            return status
        stderr.flush()


def run(
    argv: list[str],
    session: int,
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: BinaryIO,
    language: str,
    width: int,
    home: str,
    ssh: str = "",
) -> int:
    """Run ``argv`` for a sign-in session in the store of the state folder ``home``; ``ssh`` is as in `Actor`.
    The exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    failure: Text
    try:
        reopen_store(Home(Path(home)))
        actor = for_its_command(resume(session, as_language(language), ssh), argv)
        name_session(actor.login, actor.session)
        desk = open_desk(actor)
        if begin_errand(session):
            return work(argv, desk, stdin, stdout, stderr, width)
        failure = _n(
            "{count} plain command of yours runs already; wait until it has ended.",
            "{count} plain commands of yours run already; wait until one has ended.",
            count=places_allowed(),
        )
    except (SessionOver, Unavailable) as over:
        failure = over.message
    finally:
        close_store()
    stderr.write(say(failure, as_language(language)).encode("utf-8") + b"\n")
    return 1
