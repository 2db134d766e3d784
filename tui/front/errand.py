"""What a client may ask for instead of the full screen: one plain command from a closed list."""

from __future__ import annotations

import shlex
from collections.abc import Set

from db.language import Message, _


class Mistake(Exception):
    """The client asked for what there is not; ``message`` says so to the person."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def read_command(text: str | None, names: Set[str]) -> tuple[str, ...] | None:
    """The command's words, or None where no command was given and the full screen is meant.

    Nothing is ever given to a shell: words are split as POSIX quotes them and the first must be one
    of ``names``. Raises Mistake.
    """
    if text is None:
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        raise Mistake(_("A quotation mark in the command is not closed.")) from None
    if not words or words[0] not in names:
        raise Mistake(_("There is no such command here. Try `help`."))
    return tuple(words)
