"""One definition of a command, over SSH and on the host: how it is written, what it does, and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from db.language import Language, Message, MessageError, Text, _, say
from tui.plain.words import CommandWords, Option, read_words

if TYPE_CHECKING:
    from tui.plain.room import Room

Meant = TypeVar("Meant")
SENTENCE = re.compile(r".*?(?:。|\.(?=\s|$))")


@dataclass(frozen=True, slots=True)
class Described:
    """``name`` is one word to three (``evidence add``). ``operands`` are named in capitals; one in square
    brackets may be left out, one with ``…`` takes all words that are left. The first sentence of ``help``
    stands alone in a list of commands."""

    name: str
    operands: tuple[str, ...]
    options: tuple[Option, ...]
    help: Message
    example: str

    @property
    def usage(self) -> str:
        """The usage line: ``find TEXT… [--book BOOK] [--json]``."""
        options = (option.usage if option.required else f"[{option.usage}]" for option in self.options)
        return " ".join([self.name, *self.operands, *options])

    @property
    def least(self) -> int:
        return sum(not operand.startswith("[") for operand in self.operands)

    @property
    def most(self) -> int | None:
        """The most operands; None for any number."""
        return None if any("…" in operand for operand in self.operands) else len(self.operands)

    def in_short(self, language: Language) -> str:
        text = say(self.help, language)
        first = SENTENCE.match(text)
        return first.group() if first else text

    def read(self, given: Sequence[str], *, passing_on: bool = False) -> CommandWords:
        """Parse the words after the name. Raises Misread, and WrongUsage for a wrong number of operands,
        unless help is asked for."""
        words = read_words(given, (*self.options, HELP), passing_on=passing_on)
        count = len(words.operands)
        if words.has(HELP.name):
            return words
        if count < self.least:
            raise WrongUsage(_("{operand} is missing.", operand=self.operands[count].strip("[]…")))
        if self.most is not None and count > self.most:
            raise WrongUsage(_("These are too many words."))
        return words


@dataclass(frozen=True, slots=True)
class Command(Described):
    """A command over SSH; ``run`` returns the exit status. ``classified``: it may show a book's."""

    run: Callable[[Room, CommandWords], int]
    classified: bool = True


Known = TypeVar("Known", bound=Described)


def find_among(commands: Sequence[Known], argv: Sequence[str]) -> tuple[Known | None, list[str]]:
    """Return the command with the longest name that ``argv`` begins with, and the words after it; None and
    all words for none."""
    for length in (3, 2, 1):
        name = " ".join(argv[:length])
        for command in commands:
            if command.name == name and len(argv) >= length:
                return command, list(argv[length:])
    return None, list(argv)


def beginning_with(commands: Sequence[Known], word: str) -> list[Known]:
    return [command for command in commands if command.name.split()[0] == word]


class WrongUsage(MessageError):
    """The command was not written as it must be; ``message`` says what is wrong."""


JSON = Option("json", "", _("Write JSON, for programs."))
HELP = Option("help", "", _("Explain this command."))
"""What every command has."""
BOOK = Option("book", "BOOK", _("The directory; needed where you are in several."))
ONLY_BOOK = Option("book", "BOOK", _("Only this directory; else all of yours."))


MOST_PORT = 65535


def number(text: str, what: Text, most: int = 10**9 - 1) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        if int(text) <= most:
            return int(text)
        raise WrongUsage(_("{what} is {most} at the most, not {text}.", what=what, most=most, text=text))
    raise WrongUsage(_("{what} must be a number, not “{text}”.", what=what, text=text))


def read_as_usage(read: Callable[[], Meant]) -> Meant:
    """Return what ``read`` returns, turning its Invalid into WrongUsage."""
    from db.desk import Invalid

    try:
        return read()
    except Invalid as invalid:
        raise WrongUsage(invalid.problems[0].message) from None
