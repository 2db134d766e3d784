"""Favourites: those whom a reader calls often. Nobody else knows of them."""

from __future__ import annotations

from db.language import _
from tui.kit import FramedScreen, ScreenCommand

FAVOURITE = ScreenCommand(
    "favourite",
    "plus",
    _("Favourite"),
    _("Keep the person among your favourites, which g lists first; or no longer."),
    footer=False,
)


def turn_favourite(screen: FramedScreen, entry: int, name: str) -> None:
    if screen.app.desk.directory.toggle_favourite(entry):
        screen.app.tell(_("{name} is among your favourites; g lists them.", name=name))
    else:
        screen.app.tell(_("{name} is no longer a favourite.", name=name))
