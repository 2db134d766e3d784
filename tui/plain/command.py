"""One definition of a plain command: how it is written, what it does, and an example of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from db.desk import Invalid
from db.language import Message, Text, _
from tui.plain.room import Room
from tui.plain.words import Option, Words

Meant = TypeVar("Meant")


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is one word to three (``evidence add``). ``operands`` are named in capitals; one in square
    brackets may be left out, one that ends in ``…`` takes all words that are left.

    ``run`` does it and returns the exit status: 0 done, 1 not done.
    """

    name: str
    operands: tuple[str, ...]
    options: tuple[Option, ...]
    help: Message
    example: str
    run: Callable[[Room, Words], int]

    @property
    def usage(self) -> str:
        """How it is written: ``find TEXT… [--book BOOK] [--json]``."""
        options = (option.usage if option.required else f"[{option.usage}]" for option in self.options)
        return " ".join([self.name, *self.operands, *options])

    @property
    def least(self) -> int:
        """Operands that must be given."""
        return sum(not operand.startswith("[") for operand in self.operands)

    @property
    def most(self) -> int | None:
        """Operands that may be given; None for any number."""
        return None if any("…" in operand for operand in self.operands) else len(self.operands)


class WrongUsage(Exception):
    """The command was not written as it must be; ``message`` says what is wrong."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


JSON = Option("json", "", _("Write JSON, for programs."))
HELP = Option("help", "", _("Explain this command."))
"""What every command has."""
BOOK = Option("book", "BOOK", _("The book; needed where you are in several."))
ONLY_BOOK = Option("book", "BOOK", _("Only this book; else all of yours."))


def number(text: str, what: Text) -> int:
    """``text`` as a number. Raises WrongUsage."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise WrongUsage(_("{what} must be a number, not “{text}”.", what=what, text=text))


def understood(read: Callable[[], Meant]) -> Meant:
    """What a word of the command means; one that means nothing was written wrongly. Raises WrongUsage."""
    try:
        return read()
    except Invalid as invalid:
        raise WrongUsage(invalid.problems[0].message) from None
