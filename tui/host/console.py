"""`mingce console`: the sign-in as a screen, for OpenSSH's ForceCommand and the host's own terminal.

This process signs a person in, runs the session in a child and stays behind it, so that a cut line or a
crash still ends on record (threat 16). Under ForceCommand the client's address is what sshd says, and
the command the client sent is read from the same closed list as at the built-in front.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from auth import sessions
from db.language import Language, _, say
from db.store.engine import store
from db.store.settings import Home
from tui.front import confine
from tui.front.errand import Mistake, read_command
from tui.front.incident import RESTORE, apology, describe
from tui.front.log import configure, event
from tui.front.session import CRASHED
from tui.front.ticket import ENVIRONMENT, Ticket, allowed, clamp_size, client_language
from tui.host.operator import opened, signed_in
from tui.host.shell import FAILED, Failure, is_interactive, state_folder

PATIENCE = 5
"""Seconds between telling a session that its line is gone and killing it."""


def console(folder: Path | None) -> int:
    """Sign one person in at this terminal and run their session; its exit status."""
    from tui.plain import NAMES

    home = Home(state_folder(folder))
    environment = {
        name: os.environ[name] for name in ENVIRONMENT if allowed(name, os.environ.get(name, "\0"))
    }
    try:
        command = read_command(os.environ.get("SSH_ORIGINAL_COMMAND") or None, NAMES)
    except Mistake as mistake:
        raise Failure(mistake.message) from None
    if command is None and not is_interactive():
        raise Failure(_("The screen needs a terminal."), _("With ssh, ask for one: `ssh -t`."))
    source = source_of(os.environ)
    with opened(home):
        language = client_language(environment, store().settings.language)
        session = sign_in(command is None, source, language, environment)
    if session is None:
        return FAILED
    size = clamp_size(*os.get_terminal_size(0)) if os.isatty(0) else (80, 24)
    ticket = Ticket(session, source, str(home.folder), language, command is None, size, command, environment)
    return stand_behind(home, ticket)


def sign_in(on_screen: bool, source: str, language: Language, environment: Mapping[str, str]) -> int | None:
    """The session of whoever signs in, on the screen or (for a command) by plain questions."""
    from tui.kit import look_for
    from tui.screens.door.sign_in import ask_who

    if not on_screen:
        login = input(say(_("Login: "), language)) if sys.stdin.isatty() else sys.stdin.readline().strip()
        return signed_in(login, source, "console")
    look = look_for(
        environment.get("TERM", ""), environment.get("COLORTERM", ""), "NO_COLOR" in environment, ""
    )
    organisation = store().settings.organisation
    signed = ask_who(language=language, look=look, organisation=organisation, source=source)
    return signed.session if signed is not None else None


def source_of(environment: Mapping[str, str]) -> str:
    """The client's address as sshd gives it, or ``console``."""
    first = environment.get("SSH_CONNECTION", "").partition(" ")[0]
    try:
        return str(ipaddress.ip_address(first.partition("%")[0]))
    except ValueError:
        return "console"


def stand_behind(home: Home, ticket: Ticket) -> int:
    """Run the session in a child; record how it ended, whatever happens to it or to the line."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _be_the_session(home, ticket)
    gone = False

    def line_gone(_number: int, _frame: FrameType | None) -> None:
        nonlocal gone
        if not gone:
            gone = True
            os.kill(child, signal.SIGHUP)
            signal.alarm(PATIENCE)

    def out_of_patience(_number: int, _frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL)

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, line_gone)
    signal.signal(signal.SIGALRM, out_of_patience)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _pid, status = os.waitpid(child, 0)
    signal.alarm(0)
    code = os.waitstatus_to_exitcode(status)
    how = "cut" if gone else "closed" if code >= 0 and code != CRASHED else "crashed"
    with opened(home):
        sessions.end(ticket.session, how)
    return code if code >= 0 else FAILED


def _be_the_session(home: Home, ticket: Ticket) -> None:
    """In the child: run the session and exit with its status."""
    status = CRASHED
    try:
        confine.no_core_files()
        confine.default_signals()
        confine.set_environment(ticket.environment)
        confine.set_limits()
        os.umask(0o077)
        status = _work(ticket)
    except BaseException as error:  # the process ends here; the log and the apology are all that is left
        number = secrets.token_hex(4)
        configure(home.log / "console.log")
        event("crashed", session=ticket.session, incident=number, **describe(error))
        os.write(1, RESTORE + apology(number, ticket.language))
    finally:
        os._exit(status)


def _work(ticket: Ticket) -> int:
    if ticket.command is None:
        from tui.app import run_session

        return run_session(ticket)
    from tui.errand import run

    streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    words = list(ticket.command)
    return run(words, ticket.session, *streams, ticket.language, ticket.size[0], ticket.home)
