"""The questions that bring people to the reports, and how a report answers its own in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from db.language import Message, Text, _
from reports.report import cell_text, share

LATE, NOT_RIGHT, COMING, SEEN, ALL = QUESTIONS = (
    _("Who is late?"), _("What is not right?"), _("Who comes, who goes?"), _("Who saw or got what?"),
    _("All of it"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` in one line; ``is_bad``: it is something to do."""

    text: Text
    is_bad: bool = False


Answering = Callable[[tuple[int, ...]], Answer]
"""Called with the report's `numbers`."""
NONE: Final = Answer(_("none"))


def answer_to_number(text: Callable[[int], Message], *, is_bad: bool = True) -> Answering:
    """Return a function that answers with ``text`` of a report's first number, or `NONE` where that is 0."""
    return lambda numbers: Answer(text(numbers[0]), is_bad) if numbers[0] else NONE


def answer_to_two(text: Callable[[int, int], Message], *, is_bad: Callable[[int, int], int]) -> Answering:
    """Return a function that answers with ``text`` of a report's two numbers, or `NONE` where both are 0."""
    return lambda numbers: Answer(text(*numbers), bool(is_bad(*numbers))) if any(numbers) else NONE


def share_of(part: int, whole: int) -> Text:
    return cell_text(share(part, whole), "percent")
