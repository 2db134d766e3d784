"""The words of a command line, told apart: operands, and options with or without a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from db.language import MessageError, Text, _, listed


@dataclass(frozen=True, slots=True)
class Option:
    """``--name VALUE``; a ``value`` of ``""`` makes it a switch, and of ``a|b`` takes one of these words.
    ``required``: the command can't do without; ``several``: it may be given again."""

    name: str
    value: str
    help: Text
    required: bool = False
    several: bool = False

    @property
    def usage(self) -> str:
        """The option as written: ``--book BOOK``."""
        return f"--{self.name} {self.value}{'…' if self.several else ''}".rstrip()


@dataclass(frozen=True, slots=True)
class CommandWords:
    """What was given to a command; ``repeated`` are the values of the options that may be given again."""

    operands: tuple[str, ...]
    options: Mapping[str, str]
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.options

    def option_value(self, name: str, default: str = "") -> str:
        return self.options.get(name, default)

    def option_values(self, name: str) -> tuple[str, ...]:
        return self.repeated.get(name, ())

    def allow_only(self, *names: str) -> None:
        """Raise Misread if an option besides ``names`` was given: none is ignored in silence."""
        dropped = [f"--{name}" for name in self.options if name not in names]
        if dropped:
            raise Misread(_("Here {options} would change nothing; leave it out.", options=listed(dropped)))

    def operand(self, place: int, default: str = "") -> str:
        return self.operands[place] if place < len(self.operands) else default


class Misread(MessageError):
    """An unknown word, or an option that means nothing here; ``message`` says which."""


def read_words(words: Sequence[str], options: Sequence[Option], *, passing_on: bool = False) -> CommandWords:
    """Parse ``words`` into operands and options. ``--name=value`` is ``--name value``; after ``--`` all words
    are operands, and so is an unknown option where the words are to be passed on.

    Raises Misread for an unknown option, one that is given twice, or one without its value or with another
    than it takes.
    """
    known = {option.name: option for option in options}
    operands: list[str] = []
    given: dict[str, str] = {}
    repeated: dict[str, tuple[str, ...]] = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            operands += rest
        elif not word.startswith("--"):
            operands.append(word)
        else:
            name, equals, value = word[2:].partition("=")
            option = known.get(name)
            if option is None and passing_on:
                operands.append(word)
                continue
            if option is None:
                raise Misread(_("There is no option {option} here.", option=f"--{name}"))
            if name in given and not option.several:
                raise Misread(_("The option {option} is given twice.", option=f"--{name}"))
            if option.value and not equals:
                value = next(rest, "")
            is_known = "|" not in option.value or value in option.value.split("|")
            if bool(value) != bool(option.value) or not is_known:
                raise Misread(_("Write it like this: {usage}", usage=option.usage))
            given[name] = value
            if option.several:
                repeated[name] = (*repeated.get(name, ()), value)
    return CommandWords(tuple(operands), given, repeated)
