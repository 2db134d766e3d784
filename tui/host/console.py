"""`mingce console`: the sign-in as a screen, for OpenSSH's ForceCommand and the host's own terminal.

This process signs a person in, runs the session in a child and stays behind it, so that a cut line, an
idle hour or a crash still ends on record (threat 16). Under ForceCommand the client's address is what sshd
says, and the command the client sent is read from the same closed list as at the built-in front.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from db.language import Language, Text, _, say
from db.store.addresses import address_of
from db.store.settings import Home
from tui.front import confine, ssh_command
from tui.front.client_command import CommandMistake, check_strength, read_command
from tui.front.connection_limits import ConnectionStage
from tui.front.incident import TOO_MANY
from tui.front.ticket import Ticket, allowed_of, clamp_size, client_language, is_dumb
from tui.host.console_limits import WaitingPlace, take_place
from tui.host.owner import home_of
from tui.host.shell import FAILED, CommandFailure, is_interactive, next_line
from tui.plain.words import CommandWords


def console(words: CommandWords) -> int:
    """Sign one person in at this terminal and run their session in a child process; return its exit status.
    Raises CommandFailure.

    What is large is imported only once there is a place at the door: a crowd costs little.
    """
    confine.no_core_files()
    home = home_of(words)
    settings = home.settings()
    environment = allowed_of(os.environ)
    language = client_language(environment, settings.language)
    source = client_address(os.environ)
    try:
        with take_place(home.door, source) as mine:
            ticket = _come_in(home, source, language, environment, mine)
    except CommandFailure as failure:  # said in the language of who came, which may not be the host's
        said, advice = say(failure.message, language), say(failure.advice, language)
        raise CommandFailure(said, advice, failure.status) from failure
    if ticket is None:
        return FAILED
    from tui.host.console_session import stand_behind

    return stand_behind(home, ticket, settings.idle_minutes * 60.0)


def _come_in(
    home: Home, source: str, language: Language, environment: Mapping[str, str], mine: WaitingPlace
) -> Ticket | None:
    """Sign somebody in, recorded, and return the ticket of their session; None if they left. Ends it again
    where there are too many, or it may not run its command. Raises CommandFailure."""
    from auth import delays, sessions
    from tui.host.operator import opened_store
    from tui.plain.registry import NAMES

    command = requested_command(os.environ.get("SSH_ORIGINAL_COMMAND") or None, NAMES)
    if command is None and not is_interactive():
        raise CommandFailure(_("The screen needs a terminal."), _("With ssh, ask for one: `ssh -t`."))
    settings, ssh = home.settings(), ""
    with opened_store(home, looking=True):
        if sessions.count_here("console") >= settings.sessions:
            raise CommandFailure(TOO_MANY)
        mine.advance(ConnectionStage.ASKED)
        session, why = sign_in(
            command is None and not is_dumb(environment),
            source,
            language,
            environment,
            lambda: mine.advance(ConnectionStage.ANSWERED),
        )
        if session is not None and sessions.count_here("console") > settings.sessions:
            sessions.end_session(session, "closed")
            session, why = None, TOO_MANY
        if session is not None:
            mine.signed_in(delays.known_sources())
            actor = sessions.resume(session)
            try:
                check_strength(command, actor.strength)
            except CommandMistake as mistake:
                sessions.end_session(session, "closed")
                raise CommandFailure(mistake.message) from None
            login = actor.login
            ssh = ssh_command.by_openssh(settings, os.environ) or ssh_command.from_here(settings, login)
    if why:
        raise CommandFailure(say(why, language))
    if session is None:
        return None
    size = clamp_size(*os.get_terminal_size(0)) if os.isatty(0) else (80, 24)
    on_screen = command is None
    return Ticket(session, source, str(home.folder), language, on_screen, size, command, environment, ssh)


def requested_command(text: str | None, names: frozenset[str]) -> tuple[str, ...] | None:
    """Return the words of the plain command that the client sent; None for the screen. Raises CommandFailure
    for unknown ones."""
    try:
        return read_command(text, names)
    except CommandMistake as mistake:
        raise CommandFailure(mistake.message) from None


def sign_in(
    on_screen: bool,
    source: str,
    language: Language,
    environment: Mapping[str, str],
    answered: Callable[[], None],
) -> tuple[int | None, Text]:
    """Show the sign-in screen, or ask plain questions, and return the new session; None and the reason where
    there is none. Calls ``answered`` once the answers are in. Raises what crashed the screen."""
    from db.store.engine import store
    from tui.kit import look_for
    from tui.screens.door.sign_in import SignInApp

    if not on_screen:
        return _by_questions(source, language, answered), ""
    door = SignInApp(
        language=language,
        look=look_for(environment),
        organisation=store().settings.organisation,
        source=source,
        answered=answered,
    )
    door.run()
    if door.crash is not None:
        raise door.crash
    return door.signed.session if door.signed is not None else None, door.why


def _by_questions(source: str, language: Language, answered: Callable[[], None]) -> int:
    """Ask for login, password and code at the terminal, or read them as lines, with a hint on standard error;
    return the session. Raises CommandFailure."""
    from tui.host.operator import signed_in

    if sys.stdin.isatty():
        login = input(say(_("Login: "), language))
    else:
        hint = _(
            "Reading login, password and code as three lines, or login and pick-up code as two. "
            "To be asked for them: `ssh -t`."
        )
        print(say(hint, language), file=sys.stderr, flush=True)
        login = next_line().strip()
    answered()
    return signed_in(login, source, "console")


def client_address(environment: Mapping[str, str]) -> str:
    """Return the client's address as sshd gives it, or ``console``."""
    return address_of(environment.get("SSH_CONNECTION", "").partition(" ")[0], otherwise="console")
