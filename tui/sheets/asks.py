"""What a verb asks before it acts, and the place where it acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from db.desk import Desk, Invalid, Problem, Refused
from db.desk.refusal import SILENT
from db.language import LANGUAGES, Message, Text, _, listed, say

Answer = TypeVar("Answer")
Row = TypeVar("Row")
Key = int | str
"""What tells one row of a list from the others: a number, or a word."""


def not_in_list(keys: Sequence[Key], command: str) -> Invalid:
    """Return what is wrong with keys that the reader's list does not have, with the ``command`` that shows
    it."""
    gone = _("{number} is not in your list.", number=listed(map(str, keys)))
    advice = [Problem("", _("→ `{command}` lists what you can name.", command=command))] if command else []
    return Invalid(Problem("", gone), *advice)


@dataclass(eq=False)
class At(Generic[Row]):
    """Where a verb acts, or a list is asked for: at whose desk, on which rows, with what was answered so far.

    ``find`` gives the rows of ``keys``; a command knows the keys alone until something asks for more.
    """

    desk: Desk
    keys: tuple[Key, ...] = ()
    find: Callable[[], Sequence[Row]] = tuple
    answers: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, Text] = field(default_factory=dict)
    """What the choices that were made are called; the act may change what there is to choose from."""
    listed_by: str = ""
    """The command that lists the rows."""

    def __getitem__(self, ask: Ask[Answer]) -> Answer:
        """Return what was answered to ``ask``. Raises KeyError where it was not asked."""
        return cast(Answer, self.answers[ask.id])

    @property
    def number(self) -> int:
        """The key of the one row, where keys are numbers."""
        (key,) = self.keys
        return int(key)

    @property
    def numbers(self) -> list[int]:
        """The keys of all rows, where keys are numbers."""
        return [int(key) for key in self.keys]

    @property
    def word(self) -> str:
        """The key of the one row, where keys are words."""
        (key,) = self.keys
        return str(key)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows acted on. Looked up once, when first used."""
        return tuple(self.find())

    @property
    def row(self) -> Row:
        """The one row acted on. Raises Invalid if the reader has no such row."""
        found = self.rows
        if not found:
            raise not_in_list(self.keys, self.listed_by)
        return found[0]

    def chosen_label(self, ask: OneOf[Any]) -> Text:
        return self.chosen[ask.id]


@dataclass(frozen=True, eq=False)
class Ask(Generic[Answer]):
    """Something a verb needs to know. ``id`` is its name among the answers, the option of a command, and the
    field that a fault names. ``title`` heads the question, or what ``heading`` makes of the row that it is
    about; ``label`` stands before what is typed and explains the option."""

    id: str
    label: Text
    title: Text = ""
    required: bool = True
    heading: Callable[[At[Any]], Text] | None = None

    def read(self, at: At[Any], word: str) -> Answer:
        """Return the answer that ``word`` stands for in a command. Raises Invalid. Subclasses override it."""
        raise NotImplementedError

    def as_word(self, answer: Answer) -> str:
        """Return ``answer`` as a command writes it."""
        return str(answer)

    def question_title(self, at: At[Any]) -> Text:
        """Return the title of the question on a screen; "" if the verb says enough."""
        return self.heading(at) if self.heading is not None else self.title

    def default_answer(self) -> Answer:
        """Return the answer if none is given and none is ``required``. Subclasses override it."""
        raise NotImplementedError


NOTHING = _("There is nothing to choose from.")


def as_written(_at: At[Any], word: str) -> str:
    return word


def blank(_at: At[Any]) -> str:
    return ""


def none(_at: At[Any]) -> tuple[()]:
    return ()


@dataclass(frozen=True, eq=False)
class Typed(Ask[str]):
    """A text of at most ``longest`` characters. ``check`` raises Invalid for one that can't be taken;
    ``proposed`` is what it begins with on the screen, ``over`` what stands over its field there, where that
    takes more than the label says."""

    check: Callable[[At[Any], str], object] = as_written
    proposed: Callable[[At[Any]], str] = blank
    over: Text = ""
    longest: int = 500

    def read(self, at: At[Any], word: str) -> str:
        """Return the stripped text. Raises Invalid if it is blank though required, or fails the check."""
        text = word.strip()
        if self.required and not text:
            raise Invalid(Problem(self.id, _("This can't be left blank.")))
        self.check(at, text)
        return text

    def default_answer(self) -> str:
        return ""


@dataclass(frozen=True, eq=False)
class TypedLate(Typed):
    """A text that few need to give: a screen asks for it once a fault names it."""

    required: bool = False


@dataclass(frozen=True, eq=False)
class Number(Ask[int | None]):
    """A number that a command gives; on a screen it is known from what was opened, and not asked."""

    def read(self, at: At[Any], word: str) -> int:
        """Return the number. Raises Invalid for anything else."""
        if word.isascii() and word.isdigit() and len(word) < 10:
            return int(word)
        wrong = _("{what} must be a number, not “{text}”.", what=f"--{self.id}", text=word)
        raise Invalid(Problem(self.id, wrong))

    def default_answer(self) -> None:
        return


@dataclass(frozen=True, eq=False)
class Flag(Ask[bool]):
    """Does what otherwise isn't done: a command's switch, which a screen asks for on a fault."""

    required: bool = False

    def read(self, at: At[Any], word: str) -> bool:
        return True

    def default_answer(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Quiz(Ask[tuple[int, ...]]):
    """Questions, each answered by the place of one of its answers, from 1: a screen puts one after the other,
    a command writes all places, as ``2,1,3``."""

    questions: Callable[[At[Any]], Sequence[tuple[Text, Sequence[Text]]]] = none

    def read(self, at: At[Any], word: str) -> tuple[int, ...]:
        """Return the places of the answers. Raises Invalid for anything but numbers."""
        places = word.replace(",", " ").split()
        if not all(place.isascii() and place.isdigit() and len(place) < 3 for place in places):
            wrong = _(
                "Write the number of an answer to each question, such as 2,1,3, not “{text}”.", text=word
            )
            raise Invalid(Problem(self.id, wrong))
        return tuple(map(int, places))

    def as_word(self, answer: tuple[int, ...]) -> str:
        return ",".join(map(str, answer))


@dataclass(frozen=True)
class OfferedAnswer(Generic[Answer]):
    """One possible answer; ``word`` is how a command writes it, where it is not as its `OneOf` says."""

    value: Answer
    label: Text
    note: Text = ""
    word: str = ""


@dataclass(frozen=True, eq=False)
class OneOf(Ask[Answer]):
    """One of several values. ``nothing`` says why there are none, and ``advice`` what to do instead where
    that is a want of a right, which the safe default refuses. ``obvious``: the only one there is need not be
    chosen. ``missing`` answers for who may leave it out. ``word`` is how a command writes a value."""

    choices: Callable[[At[Any]], Sequence[OfferedAnswer[Answer]]] = none
    nothing: Message = NOTHING
    advice: Message | None = None
    obvious: bool = False
    missing: Answer | None = None
    word: Callable[[Answer], str] = str

    def as_word(self, answer: Answer) -> str:
        return self.word(answer)

    def name(self, choice: OfferedAnswer[Answer]) -> str:
        """Return ``choice`` as a command writes it."""
        return choice.word or self.word(choice.value)

    def options(self, at: At[Any]) -> Sequence[OfferedAnswer[Answer]]:
        """Return the choices. Raises Invalid, or Refused for want of a right, if there are none."""
        found = self.choices(at)
        if not found and self.advice is not None:
            raise Refused(self.nothing, SILENT, self.advice)
        if not found:
            raise Invalid(Problem(self.id, self.nothing))
        return found

    def only(self, at: At[Any]) -> OfferedAnswer[Answer] | None:
        """Return the only choice, if it need not be asked for; else None. Raises Invalid or Refused if there
        is none."""
        found = self.options(at) if self.obvious else ()
        return found[0] if len(found) == 1 else None

    def read(self, at: At[Any], word: str) -> Answer:
        """Return the value whose word, or unique label, is ``word``. Raises Invalid for none or several,
        Refused for want of a right."""
        options = self.options(at)
        for one in options:
            if word == self.name(one):
                return self.choose_answer(at, one)
        found = [one for one in options if word in (say(one.label, language) for language in LANGUAGES)]
        if len(found) == 1:
            return self.choose_answer(at, found[0])
        if found:
            known: Text = listed(_("{word} ({label})", word=self.name(one), label=one.note) for one in found)
            several = _("Several are called “{word}”; say which: {known}.", word=word, known=known)
            raise Invalid(Problem(self.id, several))
        known = self.known_names(at)
        raise Invalid(Problem(self.id, _("“{word}” is none of these: {known}.", word=word, known=known)))

    def choose_answer(self, at: At[Any], choice: OfferedAnswer[Answer]) -> Answer:
        at.answers[self.id], at.chosen[self.id] = choice.value, choice.label
        return choice.value

    def known_names(self, at: At[Any]) -> Text:
        """Return all choices in words, as a command writes them. Raises Invalid or Refused if there is
        none."""
        return listed(_("{word} ({label})", word=self.name(one), label=one.label) for one in self.options(at))

    def default_answer(self) -> Answer:
        return cast(Answer, self.missing)
