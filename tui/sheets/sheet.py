"""Lists and what can be done with their rows, declared once for every face."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from db.desk.due_dates import Due
from db.desk.notation.page import ProgressCount
from db.language import Label, Message, Text, _
from tui.sheets.asks import Ask, At, Key, Row, Typed
from tui.sheets.cell import Cell, Fact, Tone

View = TypeVar("View")
Value = Text | int | Due | ProgressCount | Sequence[Text] | None
"""What a column holds of a row: a text, a number, what is due when, how far something is, several texts, or
nothing."""
Title = Text | Callable[[At[Any]], Text]
"""What a column is called: a text, or the word of the book that is read."""
NEVER: Final = 10_000
"""As ``from_width``: a column that is for commands and files alone."""
NARROWS: Final = NEVER - 1
"""The same, but rows can be narrowed to one of its values: another column draws what it says."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """``id`` is its name for programs. ``width`` in cells is its usual one, ``in_english`` where English
    needs more, 0 a share of what is left; in a list narrower than ``from_width`` it is left out.
    ``right``: set to its right edge, as numbers are. ``whole``: never cut, as when something is due.

    ``few``: it holds one of few values. Rows can be narrowed to one of them, and two rows are alike where
    they agree in all such columns. ``drawn`` is the cell on a screen where that is not the value in one tone,
    ``data`` what programs get where that is not the value.
    """

    id: str
    title: Title
    value: Callable[[Row], Value]
    width: int = 0
    in_english: int = 0
    from_width: int = 0
    tone: Tone | Callable[[Row], Tone] = ""
    right: bool = False
    few: bool = False
    drawn: Callable[[Row], Cell] | None = None
    data: Callable[[Row], object] | None = None
    whole: bool = False

    def heading(self, at: At[Any]) -> Text:
        return self.title if isinstance(self.title, str | Message | Label) else self.title(at)

    def toned_value(self, row: Row) -> Tone:
        return self.tone(row) if callable(self.tone) else self.tone


YES = _("Yes")
NO = _("No")
DONE = _("Done.")


@dataclass(frozen=True)
class Question:
    """What is asked before something that can't be taken back; ``yes`` and ``no`` name what each does."""

    title: Text
    text: Text = ""
    yes: Text = YES
    no: Text = NO


def always(_place: object) -> bool:
    return True


def plainly_done(_at: At[Any], _made: object) -> Text:
    return DONE


def nothing(_row: object) -> tuple[()]:
    return ()


On = Literal["one", "each", "all", "none"]
"""Whether a verb is done to one row alone, whatever is marked; to each of those that are marked, by itself;
to all of them in one act; or to none: it begins something new."""


@dataclass(frozen=True)
class Verb(Generic[Row]):
    """Something that can be done: ``id`` is its word in commands, ``operation`` the desk's that does it.

    ``do`` acts by keys and answers alone, so that a refusal is the desk's own and on record; it gives what
    ``done`` and ``shows`` tell of. ``offered`` says only whether it is worth showing; the operation refuses.
    ``key`` is a hint for a keyboard. ``sure`` is asked of people at a screen, ``meant`` once all else is
    answered; None asks nothing. ``data`` is
    what programs get of what it made; else they get what it ``shows``. ``went_well``: whether that is what
    was wanted. ``lengthy``: a screen has it done beside its session.
    """

    id: str
    operation: str
    label: Text
    help: Message
    do: Callable[[At[Row]], Any]
    key: str = ""
    on: On = "each"
    asks: tuple[Ask[Any], ...] = ()
    offered: Callable[[Row], bool] = always
    open_to: Callable[[At[Row]], bool] = always
    sure: Callable[[At[Row]], Question | None] | None = None
    meant: Callable[[At[Row]], Question] | None = None
    done: Callable[[At[Row], Any], Text] = plainly_done
    shows: Callable[[At[Row], Any], Sequence[Fact]] | None = None
    data: Callable[[Any], Mapping[str, object]] | None = None
    went_well: Callable[[Any], bool] = always
    example: str = ""
    lengthy: bool = False

    def facts_after(self, at: At[Row], made: Any) -> Sequence[Fact]:
        """Return facts of what the verb made; mostly none."""
        return self.shows(at, made) if self.shows is not None else ()

    @property
    def takes_marked(self) -> bool:
        return self.on in ("each", "all")


@dataclass(frozen=True)
class PagedRows(Generic[Row]):
    """The ``rows`` of a list that may be so long that a screen holds a window on it alone.

    ``page`` gives them from an offset, at most so many, or all. ``search``, one of the sheet's ``of``,
    narrows them, where the desk can; a key that is a word is found by it. ``from_end``: a negative offset
    counts from the end, in a `Page` that says how many there are.
    """

    page: Callable[[At[Any], int, int | None], Sequence[Row]]
    search: Typed | None = None
    from_end: bool = False

    def __call__(self, at: At[Any]) -> Sequence[Row]:
        return self.page(at, 0, None)

    def with_word(self, at: At[Any], word: str) -> Sequence[Row]:
        narrowed = {self.search.id: word} if self.search is not None else {}
        return self(At(at.desk, answers=at.answers | narrowed))


@dataclass(frozen=True)
class InnerList(Generic[Row]):
    """The list inside a row: ``sheet`` where its ``of`` is answered by the row."""

    sheet: Sheet[Any]
    answers: Callable[[Row], Mapping[str, Any]]


@dataclass(frozen=True)
class Whole(Generic[View]):
    """One row in full, as the desk gives it by its key, and may record that it did. ``facts`` tell of it what
    a person reads, ``data`` what programs get."""

    operation: str
    one: Callable[[At[Any]], View]
    facts: Callable[[At[Any], View], Sequence[Fact]]
    data: Callable[[View], Mapping[str, object]]


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """A list of what ``rows`` gives for the answers to ``of``, in its own order until somebody sorts it.

    ``id`` is its command, of one word or two. ``facts`` tell of one row what the columns don't; ``whole`` is
    what a command shows of one row, where that is more than the list holds. ``context`` is what of the row
    under the cursor belongs into the top line: its book, clause, classification. ``said`` stands above the
    list. ``named``: what JSON calls the key, and what a command calls its operand; a number where it is
    ``numbered``, else a word. ``book`` is that of a row: who may take such a list out of the book
    (`db.desk.extracts.report_rights.LISTS`) gets it as a file; a list without it never leaves. ``amiss``:
    each row is something to be put right; a command that lists any ends with 1.
    """

    id: str
    operation: str
    title: Text
    about: Text
    help: Message
    rows: Callable[[At[Any]], Sequence[Row]]
    key: Callable[[Row], Key]
    columns: tuple[Column[Row], ...]
    empty: Text
    named: str
    numbered: bool = True
    of: tuple[Ask[Any], ...] = ()
    facts: Callable[[Row], Sequence[Fact]] | None = None
    whole: Whole[Any] | None = None
    context: Callable[[Row], Sequence[Text]] = nothing
    said: Callable[[At[Any]], Cell] | None = None
    book: Callable[[At[Any], Row], str] | None = None
    inside: InnerList[Row] | None = None
    verbs: tuple[Verb[Row], ...] = ()
    example: str = ""
    amiss: bool = False

    def at(self, at: At[Any], keys: tuple[Key, ...]) -> At[Row]:
        """Return the place for verbs on the rows of ``keys``, which are looked up when first used."""
        return At(at.desk, keys, lambda: self._rows_of(at, keys), dict(at.answers), listed_by=self.id)

    def _rows_of(self, at: At[Any], keys: tuple[Key, ...]) -> Sequence[Row]:
        rows = self.rows
        if isinstance(rows, PagedRows) and not self.numbered:
            return [row for key in keys for row in rows.with_word(at, str(key)) if self.key(row) == key]
        wanted = set(keys)
        return [row for row in rows(at) if self.key(row) in wanted]
