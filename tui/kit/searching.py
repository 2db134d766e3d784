"""A list that / narrows within the screen, by a field that shows for as long as it holds anything."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from db.language import Text
from tui.kit.fields import TextInput
from tui.kit.framed_screen import FramedScreen


def search_field(hint: Text) -> TextInput:
    """Build a search field, hidden until / shows it."""
    field = TextInput(hint=hint, classes="search")
    field.display = False
    return field


class SearchedScreen(FramedScreen):
    """A screen with a `search_field`, and ``SEARCH`` among its keys."""

    @property
    def sought(self) -> str:
        return self.query_one(".search", TextInput).value.strip()

    def narrow(self) -> None:
        """Show the rows that contain the text ``sought``. Subclasses override it."""
        raise NotImplementedError

    @on(Input.Changed, ".search")
    def _sought_anew(self) -> None:
        self.narrow()

    def do_search(self) -> None:
        self.query_one(".search").display = True
        super().do_search()

    def do_back(self) -> None:
        """Leave the field; at the next call clear and hide it; then leave the screen."""
        field = self.query_one(".search", TextInput)
        if self.is_typing() or not field.value:
            field.display = bool(field.value)
            super().do_back()
        else:
            field.value, field.display = "", False
