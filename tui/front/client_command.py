"""What a client may ask for instead of the full screen: one plain command from a closed list."""

from __future__ import annotations

import shlex
from collections.abc import Set

from db.language import MessageError, _

LONGEST_COMMAND = 8192
"""Bytes of a command as the client sends it, in UTF-8."""


class CommandMistake(MessageError):
    """The client asked for what there is not; ``message`` says so to the person."""


def read_command(text: str | None, names: Set[str]) -> tuple[str, ...] | None:
    """Return the command's words, or None where no command was given and the full screen is meant.

    Nothing is ever given to a shell: words are split as POSIX quotes them and the first must be one of
    ``names``. Raises CommandMistake.
    """
    if text is None:
        return None
    if "\0" in text or not _is_unicode(text):
        raise CommandMistake(_("The command holds characters that are no text. Please type it again."))
    size = len(text.encode())
    if size > LONGEST_COMMAND:
        raise CommandMistake(
            _(
                "The command is too long: {size} bytes, and {most} are the most. Please shorten it.",
                size=size,
                most=LONGEST_COMMAND,
            )
        )
    try:
        words = shlex.split(text)
    except ValueError:
        raise CommandMistake(_("A quotation mark in the command is not closed.")) from None
    if not words or words[0] not in names:
        raise CommandMistake(
            _(
                "There is no such command here. `help WORDS`, such as `help change mobile`, finds what you "
                "want to do; `help` lists all commands."
            )
        )
    return tuple(words)


def check_strength(command: tuple[str, ...] | None, strength: str) -> None:
    """Raise CommandMistake if a pick-up code's sign-in asks for more than `get` or `put`, or a token's for a
    screen."""
    from auth.pickups import COMMANDS  # which brings the desk

    if strength == "token" and command is None:
        raise CommandMistake(
            _("A token is for the commands that it names. Type one of them behind `ssh HOST`.")
        )
    if strength == "pickup" and (command is None or command[0] not in COMMANDS):
        raise CommandMistake(
            _(
                "A pick-up code is for one file, by `get` or `put`. "
                "For anything else sign in with password and code."
            )
        )


def _is_unicode(text: str) -> bool:
    """Return whether ``text`` has no lone surrogates, which stand for bytes that were no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
