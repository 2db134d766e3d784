"""A list of `tui.sheets` as a full screen, sorted, narrowed and marked as its reader likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partialmethod
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from db.desk import Invalid, Pending, Refused
from db.language import Message, Text, _, listed
from tui.kit import (
    SEARCH,
    Cell,
    DataList,
    FactList,
    Location,
    Pick,
    Preview,
    ScreenCommand,
    Styled,
    TextInput,
    TextLine,
    choose,
    confirm,
    tell_facts,
)
from tui.kit.commands import key_name
from tui.kit.sorting import SORT
from tui.screens.pickup import take_out_as
from tui.screens.sheets.asking import Made, carry_out, is_sure, perform_verb, put_all
from tui.screens.sheets.columns import list_columns, screen_columns
from tui.screens.sheets.marking import MARKING, MarkingScreen
from tui.sheets.asks import At, Row
from tui.sheets.cell import Fact
from tui.sheets.out import OUT, order_for
from tui.sheets.reading import facts_of
from tui.sheets.sheet import Column, Sheet, Verb, nothing
from tui.sheets.view import View, narrowing_line, values_in

FILTER = ScreenCommand("filter", "f", _("Filter"), _("Show only rows with one value in a column."))
OPEN = ScreenCommand(
    "open", "enter", _("Details"), _("Everything about the row under the cursor."), footer=False, looks=True
)
INSIDE = ScreenCommand(
    "open", "enter", _("Open"), _("Open the list inside the row under the cursor."), looks=True
)
TAKE_OUT = ScreenCommand(
    "out", "o", _("List as a file"), _("Take what is shown out as a file."), footer=False, looks=True
)
EVERYTHING = ""
LIST_CSS = Path(__file__).with_name("list.tcss")
NOTHING_FITS = _("Nothing fits what you look for. Esc shows everything again.")


class SheetScreen(MarkingScreen[Row]):
    """One list. A subclass names its ``SHEET``, and ``KEYS`` besides or instead of the list's own;
    `screen_of` makes one that needs nothing else."""

    CSS_PATH: ClassVar[Any] = LIST_CSS
    SHOWS_MODES = False

    def __init_subclass__(cls, **options: Any) -> None:
        sheet = cls.__dict__.get("SHEET")
        if sheet is not None:
            cls.NAME, cls.ABOUT = sheet.title, sheet.about
            given = {command.id for command in cls.KEYS}
            cls.KEYS = (*cls.KEYS, *(one for one in _commands(sheet) if one.id not in given))
            for verb in sheet.verbs:
                method = command_of(verb).method
                if method not in cls.__dict__:
                    setattr(cls, method, partialmethod(cls._do_verb, verb))
        super().__init_subclass__(**options)

    def __init__(self, answers: Mapping[str, Any] | None = None, *, at: object = None) -> None:
        super().__init__()
        self._answers = dict(answers or {})
        self._begin_at = at
        """The key of the row on which the cursor begins."""
        self._all: Sequence[Row] = ()
        self._view = View()
        self._is_open = False
        self._allowed: frozenset[str] = frozenset()
        """The verbs that are open to the reader at all, asked with the rows and not at every key."""

    # What it shows

    def where(self) -> Location:
        row = self.current
        return Location(self.NAME, tuple(self.SHEET.context(row)) if row is not None else ())

    def body(self) -> ComposeResult:
        sheet = self.SHEET
        yield TextLine(id="said")
        yield TextInput(hint=_("Part of any column"), classes="search")
        yield TextLine(id="narrowed")
        yield DataList[Row](
            list_columns(sheet, self.place),
            key=sheet.key,
            empty=sheet.empty,
            multi=any(verb.takes_marked for verb in sheet.verbs),
        )
        if sheet.facts is not None:
            with Preview(id="preview"):
                yield FactList()

    def on_mount(self) -> None:
        self.query_one(".search").display = False
        self.refill()
        place = next((n for n, row in enumerate(self._shown) if self.SHEET.key(row) == self._begin_at), None)
        if place is not None:
            self._list.go(place)

    def come_back(self) -> None:
        self.refill()

    def respeak(self) -> None:
        """Draw every text again, and sort again: another language has another order."""
        super().respeak()
        self._show_rows()

    @property
    def place(self) -> At[Any]:
        return At(self.app.desk, answers=dict(self._answers))

    def refill(self, *, keep: bool = True) -> None:
        """Fetch the rows again, and count what waits unless the list only opens. Order and filters stay, and
        with ``keep`` cursor and marks."""
        place = self.place
        self._take_rows(self.SHEET.rows(place), place, keep=keep)
        if self._is_open or not self.app.is_counted:
            self.app.recount()
        self._is_open = True

    def _take_rows(self, rows: Sequence[Row], place: At[Any], *, keep: bool) -> None:
        sheet, self._all = self.SHEET, rows
        self._allow(place)
        alive = {sheet.key(row): row for row in self._alive(rows)} if self._list.marked else {}
        self._list.marked = {key: alive[key] for key in self._list.marked if key in alive}
        self._show_line("said", sheet.said(place) if sheet.said is not None else "")
        self._show_rows(keep=keep)

    def _alive(self, rows: Sequence[Row]) -> Sequence[Row]:
        return rows

    def _allow(self, place: At[Any]) -> None:
        self._allowed = frozenset(verb.id for verb in self.SHEET.verbs if verb.open_to(place))

    def _show_rows(self, *, keep: bool = True, narrowed: bool = False) -> None:
        self._view.words = self.query_one(TextInput).value.strip()
        rows = self._view.rows(self.SHEET, self._all, self.app.language)
        self._shown = rows
        self._list.empty = self._empty_words()
        self._list.show_all(rows, keep=keep, narrowed=narrowed)
        self._say_narrowing()
        self.refresh_keys()

    @on(DataList.Marked)
    def _say_narrowing(self) -> None:
        """Show the filters, and how many marked rows they hide."""
        line, hidden = self._narrowing(len(self._shown)), len(self._beyond())
        if hidden:
            said = {"count": len(self._list.marked), "hidden": hidden}
            told = _("{count} marked, {hidden} outside this (- unmarks)", **said)
            line = [*line, *(["  "] if line else []), Styled(told, "warn")]
        self._show_line("narrowed", line)

    def _beyond(self) -> list[Row]:
        """Return the marked rows that are hidden."""
        shown = {self.SHEET.key(row) for row in self._shown}
        return [row for key, row in self._list.marked.items() if key not in shown]

    def _empty_words(self) -> Text:
        """Return the text of an empty list: that nothing fits its filters, or that there is nothing."""
        return NOTHING_FITS if self._all or self._answers_narrow() else self.SHEET.empty

    def _answers_narrow(self) -> bool:
        return False

    def _narrowing(self, seen: int) -> list[Text | Styled]:
        return narrowing_line(self._view, self.SHEET, self.place, seen, len(self._all))

    def _show_line(self, place: str, words: Cell) -> None:
        line = self.query_one(f"#{place}", TextLine)
        line.display = bool(words)
        if isinstance(words, Styled):
            line.show(words.text, words.tone)  # a text, which wraps; spans are cut
        else:
            line.show(words)

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self.current
        if self.SHEET.facts is not None:
            self.query_one(FactList).show(self.SHEET.facts(row) if row is not None else ())
        self.refresh_keys()
        self.refresh_top()

    # What can be done

    def can(self, command_id: str) -> bool:
        verb = next((one for one in self.SHEET.verbs if one.id == command_id), None)
        if verb is not None:
            is_open = verb.id in self._allowed
            return is_open and (verb.on == "none" or any(map(verb.offered, self._rows_meant(verb))))
        if command_id in ("open", "mark", "range", "alike"):
            return self.current is not None
        if command_id == "unmark":
            return bool(self._list.marked)
        return command_id not in ("sort", "filter", "out", "mark-all") or bool(self._all)

    def why_not(self, command: ScreenCommand) -> Text:
        """Return whether the reader's rights, or the row under the cursor, are why a command is not
        possible."""
        verb = next((one for one in self.SHEET.verbs if one.id == command.id), None)
        if verb is None:
            return super().why_not(command)
        said = {"key": key_name(command.key), "label": command.label, "help": command.help}
        if verb.id not in self._allowed:
            return _("{key} ({label}) is not among what you may do here.", **said)
        if verb.on != "none" and self.current is not None:
            return _("{key} ({label}) is not for this row. {help}", **said)
        return super().why_not(command)

    def _rows_meant(self, verb: Verb[Row]) -> list[Row]:
        """Return the rows that ``verb`` acts on: the marked ones, else the one under the cursor."""
        marked = list(self._list.marked.values()) if self.is_mounted and verb.takes_marked else []
        return marked or ([self.current] if self.current is not None else [])

    async def _do_verb(self, verb: Verb[Row]) -> None:
        meant = [row for row in self._rows_meant(verb) if verb.offered(row)] if verb.on != "none" else []
        beyond = [row for row in self._beyond() if row in meant]
        asks = beyond or (len(meant) > 1 and verb.sure is None)
        if asks and not await self._means(verb, meant, beyond):
            return
        if verb.on == "each" and len(meant) > 1:
            await self._do_each(verb, meant)
            return
        at = self._place_of(meant, self.place)
        try:
            made = await carry_out(self, verb, at)
        except Pending as pending:
            await self._show_result(pending.message, ())
            return
        if made is not None:
            result = made.result
            await self._show_result(
                verb.done(at, result), verb.facts_after(at, result), everything=verb.went_well(result)
            )

    async def _means(self, verb: Verb[Row], rows: Sequence[Row], beyond: Sequence[Row]) -> bool:
        """Ask with the names of all marked rows, hidden ones apart; return whether they are meant."""
        names: Text = listed(map(self._list.row_name, rows))
        if beyond:
            hidden = listed(map(self._list.row_name, beyond))
            names = _("{names}\n\nOutside this filter: {hidden}", names=names, hidden=hidden)
        title = _("{label}: {count} selected", label=verb.label, count=len(rows))
        return await confirm(self, title, text=names, yes=verb.label)

    def _place_of(self, rows: Sequence[Row], answered: At[Any]) -> At[Row]:
        """Return the place of an act on ``rows``, as they are shown, with copies of the answers."""
        keys = tuple(self.SHEET.key(row) for row in rows)
        return At(self.app.desk, keys, lambda: rows, dict(answered.answers), dict(answered.chosen))

    async def _do_each(self, verb: Verb[Row], rows: Sequence[Row]) -> None:
        """Do ``verb`` to each row by itself, asked once for all, and show the counts; a refusal leaves the
        others done."""
        first, written = self._place_of(rows[:1], self.place), dict[str, str]()
        sure = await is_sure(self, verb, self._place_of(rows, self.place))
        if not (sure and await put_all(self, verb, first, written)):
            return
        done, shown, wrong, waiting = 0, list[Fact](), list[Message](), list[Message]()
        for row in rows:
            is_first = row is rows[0]
            at = first if is_first else self._place_of((row,), first)
            try:
                made = await perform_verb(self, verb, at, written) if is_first else Made(verb.do(at))
                if made is None:
                    return
                shown += [fact for fact in verb.facts_after(at, made.result) if fact not in shown]
                done += 1
            except Pending as pending:
                waiting.append(pending.message)
            except Refused as refused:
                wrong.append(refused.with_clause())
            except Invalid as invalid:
                wrong.append(invalid.problems[0].message)
        said: Text = _("{label}: {count}", label=verb.label, count=done)
        if waiting:
            said = (
                waiting[0]
                if len(waiting) == len(rows) == 1
                else _("{said}; waiting: {count}. {why}", said=said, count=len(waiting), why=waiting[0])
            )
        if wrong:
            said = _("{said}; not done: {count}. {why}", said=said, count=len(wrong), why=wrong[0])
        await self._show_result(said, shown, everything=not wrong)

    async def _show_result(self, said: Text, shown: Sequence[Fact], *, everything: bool = True) -> None:
        self._list.clear_marks()
        self.refill()
        if shown:
            await tell_facts(self, said, shown)
        else:
            self.app.tell(said, "good" if everything else "warn")

    async def do_open(self) -> None:
        row, inside = self.current, self.SHEET.inside
        if row is not None and inside is not None:
            self.app.push_screen(screen_of(inside.sheet)(inside.answers(row)))
        elif row is not None:
            facts = [(label, value) for label, value in facts_of(self.SHEET, self.place, row) if value]
            await tell_facts(self, self.SHEET.title, facts)

    async def do_out(self) -> None:
        """Show the command that fetches the marked rows, or all shown, as a file."""
        keys = [self.SHEET.key(row) for row in self._list.marked.values()]

        def order(format: str) -> tuple[list[str], str]:
            return order_for(self.SHEET, self.place, keys, self._view, format, self.app.language)

        await take_out_as(self, order, (*OUT,))

    # How it is shown

    @on(Input.Changed)
    def _search_typed(self) -> None:
        self._narrow_rows()

    def do_search(self) -> None:
        self.query_one(".search").display = True
        super().do_search()

    def do_back(self) -> None:
        """Leave the field; then clear the filters; then leave the screen."""
        field = self.query_one(TextInput)
        if self.is_typing():
            field.display = bool(field.value)
            super().do_back()
        elif field.value or self._view.values:
            self._view.values.clear()
            field.value = ""
            field.display = False
            self._narrow_rows()
        else:
            super().do_back()

    async def do_sort(self) -> None:
        """Ask for a column and sort by it; asked for again, in the other direction."""
        chosen = await self._choose_column(_("Sort by what?"), _holding(self.SHEET))
        if chosen is not None:
            self._view.sort_by(chosen.id)
            self._show_rows()

    async def do_filter(self) -> None:
        """Ask for a column, then one of its values, and narrow the list to it."""
        columns = _holding(self.SHEET)
        few = [column for column in columns if column.few] or columns
        column = await self._choose_column(_("Narrow by what?"), few, everything=bool(self._view.values))
        if column is None:
            return
        if column is not ALL_COLUMNS:
            values = values_in(column, self._all)
            options = [
                Pick(str(place), word or _("nothing"), note=str(count))
                for place, (word, count) in enumerate(values)
            ]
            chosen = await choose(self, column.heading(self.place), options)
            if chosen is None:
                return
            self._view.values[column.id] = values[int(chosen)][0]
        else:
            self._view.values.clear()
        self._narrow_rows()

    def _narrow_rows(self) -> None:
        self._show_rows(keep=False, narrowed=True)

    async def _choose_column(
        self, title: Text, columns: Sequence[Column[Row]], *, everything: bool = False
    ) -> Column[Row] | None:
        by_id, place = {column.id: column for column in columns}, self.place
        options = [Pick(column.id, column.heading(place)) for column in columns]
        if everything:
            options.append(Pick(EVERYTHING, _("Everything again"), key="0"))
        chosen = await choose(self, title, options, selected=self._view.by)
        return ALL_COLUMNS if chosen == EVERYTHING else by_id.get(chosen or "")


ALL_COLUMNS: Column[Any] = Column(EVERYTHING, "", lambda _row: "")
"""Stands for no column in particular."""


def _holding(sheet: Sheet[Row]) -> list[Column[Row]]:
    """Return the columns shown that have values of their own."""
    return [column for column in screen_columns(sheet) if column.value is not nothing]


def command_of(verb: Verb[Any], key: str = "", *, footer: bool = True) -> ScreenCommand:
    """Return the command that does ``verb``, by its own key or another one."""
    return ScreenCommand(verb.id, key or verb.key, verb.label, verb.help, footer=footer)


def _commands(sheet: Sheet[Any]) -> tuple[ScreenCommand, ...]:
    own = tuple(map(command_of, sheet.verbs))
    marks = any(verb.takes_marked for verb in sheet.verbs)
    opening = () if any(verb.id == OPEN.id for verb in sheet.verbs) else (INSIDE if sheet.inside else OPEN,)
    leaving = (TAKE_OUT,) if sheet.book is not None else ()
    return (*own, *opening, SEARCH, SORT, FILTER, *leaving, *(MARKING if marks else ()))


@cache
def screen_of(sheet: Sheet[Any]) -> type[SheetScreen[Any]]:
    name = sheet.id.title().replace(" ", "")
    return type(name, (SheetScreen,), {"SHEET": sheet, "__module__": __name__})
