"""A list of `tui.sheets` that is too long to be held: the screen asks for a window on it."""

from __future__ import annotations

from typing import cast

from db.language import _
from tui.kit import Styled, ask_text
from tui.screens.sheets.list import SheetScreen
from tui.sheets.asks import Row, Typed
from tui.sheets.sheet import Pages


class PagedScreen(SheetScreen[Row]):
    """It stands in the desk's order, and the desk searches it."""

    def refill(self) -> None:
        """Ask for what is in sight again; cursor and marks stay."""
        self._fill(keep=True)

    def _fill(self, *, keep: bool) -> None:
        pages, place, typed = self._pages, self.place, self._sought
        self._allow(place)
        self._tell("said", "")
        self._tell("narrowed", [_("Search"), " ", Styled(typed, "accent")] if typed else "")
        self._list.show(lambda offset, limit: pages.page(place, offset, limit), keep=keep)
        self.refresh_keys()
        self.refresh_top()

    @property
    def _pages(self) -> Pages[Row]:
        return cast(Pages[Row], self.SHEET.rows)

    @property
    def _sought(self) -> str:
        search = self._pages.search
        return str(self._answers.get(search.id, "")) if search is not None else ""

    async def do_search(self) -> None:  # type: ignore[override]
        """Ask for what rows are to hold; nothing shows all of them again."""
        search = self._pages.search
        if search is None:
            return
        typed = await ask_text(self, _("Search"), search.label, value=self._sought)
        if typed is not None:
            self._seek(search, typed.strip())

    def do_back(self) -> None:
        """All rows again; then this screen."""
        search = self._pages.search
        if search is not None and self._sought:
            self._seek(search, "")
        else:
            super().do_back()

    def _seek(self, search: Typed, typed: str) -> None:
        self._answers[search.id] = typed
        self._fill(keep=False)
