"""`mingce serve`: the built-in SSH server over one installation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from db.desk.authority.permissions import policy_of
from db.language import _
from db.store.settings import Home
from db.store.tables import Book
from db.store.unavailable import system_reason
from reports.typeface.own_font import UnusableFont, check
from tui.host import doctor_checks
from tui.host.doctor_checks import CORRECT_FONT
from tui.host.operator import opened_store
from tui.host.owner import home_of, path_given
from tui.host.shell import CommandFailure, failures_in_words, tell, warn
from tui.plain.command import MOST_PORT, number
from tui.plain.words import CommandWords


def serve(words: CommandWords) -> int:
    port = number(words.option_value("port"), "--port", MOST_PORT) if words.has("port") else None
    home = home_of(words)
    with opened_store(home):  # an older database is brought up to date before anybody can come in
        for book in Book.select(Book.id):
            policy_of(book.id)  # regulations that don't hold are told in words here
    if "INVOCATION_ID" in os.environ:  # systemd began it: what it may write to is what its unit says
        try:
            doctor_checks.units(home)
        except doctor_checks.Ill as ill:
            warn(ill.found)
            warn(ill.advice)
    return serve_home_in_words(home, words.option_value("host") or None, port, path_given(words, "log"))


def serve_home_in_words(
    home: Home,
    host: str | None = None,
    port: int | None = None,
    log_file: Path | None = None,
    welcome: Callable[[int], None] | None = None,
) -> int:
    """Run `tui.front.serve.serve_home` until it ends; return its exit status. Calls ``welcome`` with the port
    once the door is open, then prints the port. Raises CommandFailure."""
    from tui.front.hostkey import HostKeyError
    from tui.front.serve import DoorShut, serve_home
    from tui.front.spawner import WarmFailure
    from tui.plain.registry import NAMES

    def ready(opened_port: int) -> None:
        if welcome is not None:
            welcome(opened_port)
        tell(_("Serving on port {port}. Ctrl+C ends it.", port=opened_port))

    with failures_in_words():
        try:
            check(home)
            return serve_home(home, NAMES, host, port, log_file, ready)
        except HostKeyError as error:
            raise CommandFailure(error.message, _("`mingce doctor` says more.")) from error
        except DoorShut as error:
            address, reason = error.address, system_reason(error)
            raise CommandFailure(
                _("The door at {address} can't be opened: {reason}", address=address, reason=reason),
                _("`host` and `port` of settings.toml, or --host and --port, say where it is."),
            ) from error
        except UnusableFont as error:
            raise CommandFailure(error.message, CORRECT_FONT) from error
        except WarmFailure as error:
            raise CommandFailure(_("The application did not load: {reason}", reason=str(error))) from error
