"""A list of `tui.sheets` that may be too long to be held: the screen asks for a window on it then."""

from __future__ import annotations

from typing import Any, Final, cast

from db.language import Text, _
from tui.kit import SEARCH, ScreenCommand, Styled, ask_text, datalist
from tui.kit.sorting import SORT, too_long
from tui.screens.sheets.list import FILTER, SheetScreen
from tui.screens.sheets.marking import ALIKE, ALL, RANGE
from tui.sheets.asks import Row, Typed
from tui.sheets.sheet import PagedRows

OF_ALL: Final = frozenset(command.id for command in (SEARCH, SORT, FILTER, RANGE, ALIKE, ALL))
"""What needs every row."""


class PagedScreen(SheetScreen[Row]):
    """Where it is longer than `HELD` it stands in the desk's order. The desk searches it where it can, and
    what is found may be few enough to be held."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_held = True
        self._total: int | None = None
        """How many rows there are, where the screen learns it without having them."""

    def refill(self, *, keep: bool = True) -> None:
        """Fetch all rows, or if they are many those in view; with ``keep`` cursor and marks stay."""
        place = self.place
        self._is_held = self._total is None or self._total <= datalist.HELD
        first = self._pages.page(place, 0, datalist.HELD + 1) if self._is_held else ()
        self._is_held = self._is_held and len(first) <= datalist.HELD
        if self._is_held:
            self._take_rows(first, place, keep=keep)
            return
        self._allow(place)
        self._show_rows(keep=keep)

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: what needs every row, only if all are fetched."""
        if command_id == SEARCH.id and self._pages.search is not None:
            return True
        return (self._is_held or command_id not in OF_ALL) and super().can(command_id)

    def why_not(self, command: ScreenCommand) -> Text:
        if not self._is_held and command.id in OF_ALL:
            return too_long(command)
        return super().why_not(command)

    def _show_rows(self, *, keep: bool = True, narrowed: bool = False) -> None:
        if self._is_held:
            super()._show_rows(keep=keep, narrowed=narrowed)
            return
        pages, place, self._shown = self._pages, self.place, []
        self._show_line("narrowed", self._narrowing(0))
        self._list.show(
            lambda offset, limit: pages.page(place, offset, limit),
            total=self._total,
            keep=keep,
            from_end=pages.from_end,
        )
        self.refresh_keys()
        self.refresh_top()

    def _answers_narrow(self) -> bool:
        return bool(self._search_words)

    def _narrowing(self, seen: int) -> list[Text | Styled]:
        found = [_("Search"), " ", Styled(self._search_words, "accent"), "  "] if self._search_words else []
        return [*found, *(super()._narrowing(seen) if self._is_held else ())]

    @property
    def _pages(self) -> PagedRows[Row]:
        return cast(PagedRows[Row], self.SHEET.rows)

    @property
    def _search_words(self) -> str:
        search = self._pages.search
        return str(self._answers.get(search.id, "")) if search is not None else ""

    async def do_search(self) -> None:  # type: ignore[override]
        """Ask for words and have the desk search for them, if it can; "" shows all rows again."""
        search = self._pages.search
        if search is None:
            super().do_search()
            return
        typed = await ask_text(self, _("Search"), search.label, value=self._search_words, yes=_("Search"))
        if typed is not None:
            self._search_rows(search, typed.strip())

    def do_back(self) -> None:
        search = self._pages.search
        if search is not None and self._search_words and not self._view.values:
            self._search_rows(search, "")
        else:
            super().do_back()

    def _search_rows(self, search: Typed, typed: str) -> None:
        self._answers[search.id] = typed
        self.refill(keep=False)
