"""Texts with tones: what a place in a list, a card or a line may hold, whichever face draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from db.language import Label, Language, Message, Text, listed, say

UNFILLED: Final = "┈"
"""Fills the empty part of a bar; it has a plain mark, so that it takes one cell on every terminal."""
Tone = Literal["", "dim", "strong", "accent", "good", "warn", "bad", "head"]


@dataclass(frozen=True, slots=True)
class Styled:
    """A text with a tone. The tone only helps the eye; the words must say it too."""

    text: Text
    tone: Tone = ""


Cell = Text | Styled | Sequence[Text | Styled]
"""What a place may hold: one text, or several in different tones."""
Fact = tuple[Cell, Cell]
"""A label and its value."""


def names(people: Sequence[Text]) -> Label:
    """Join names in both languages; of more than three, the first three and an ellipsis."""
    rest = " …" if len(people) > 3 else ""
    few = listed(people[:3])
    return Label(few.zh + rest, few.en + rest)


def with_capital(text: Text) -> Label:
    """Return ``text`` with a capital at its beginning in English."""
    words = say(text, "en")
    return Label(say(text, "zh_CN"), words[:1].upper() + words[1:])


def texts(cell: Cell) -> Iterator[Text]:
    if isinstance(cell, Styled):
        yield cell.text
    elif isinstance(cell, str | Message | Label):
        yield cell
    else:
        for part in cell:
            yield from texts(part)


def cell_words(cell: Cell, language: Language) -> str:
    return "".join(say(text, language) for text in texts(cell))
