"""Choosing a unit by typing part of its path."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from db.desk.lifecycle.forms import UnitChoice, units_called
from db.language import Text, _
from tui.kit import DataList, Dialog, ListColumn, ScreenCommand, TextInput
from tui.kit.keyed import Keyed


class PickUnit(Dialog[int]):
    """All units that may be chosen, narrowed by what one types."""

    NAME = _("Choose the department")
    ABOUT = _("Type part of its name, or of its pinyin, move with the arrows, press Enter.")
    KEYS = (
        ScreenCommand("take", "enter", _("Choose"), _("Take the department under the cursor."), looks=True),
        ScreenCommand("back", "escape", _("Back"), _("Leave it as it was.")),
    )
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    PickUnit > .box { width: 64; height: 18; }
    PickUnit DataList { height: 1fr; margin-top: 1; }
    """

    def __init__(self, units: Sequence[UnitChoice], chosen: int | None, title: Text, label: Text) -> None:
        super().__init__(title)
        self._units = units
        self._chosen = chosen
        self._label = label

    def body(self) -> ComposeResult:
        yield TextInput(hint=_("Part of its name"), max_length=40)
        yield DataList[UnitChoice](
            [ListColumn(self._label, lambda unit: unit.path)],
            key=lambda unit: unit.id,
            empty=_("Nothing has that name."),
        )

    def on_mount(self) -> None:
        """List all units, the cursor on the chosen one, else on the first where people mostly are: Enter puts
        nobody at the root by mistake."""
        self._list("")
        places = [
            place
            for place, unit in enumerate(self._units)
            if (unit.id == self._chosen if self._chosen is not None else not unit.divided)
        ]
        self.query_one(DataList).go(places[0] if places else 0)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, wanted: str) -> None:
        self.query_one(DataList).show_all(units_called(self._units, wanted))

    def on_key(self, event: events.Key) -> None:
        self.query_one(DataList).take_arrow(event)

    def do_take(self) -> None:
        current: UnitChoice | None = self.query_one(DataList).current
        if current is not None:
            self.dismiss(current.id)


async def pick_unit(
    screen: Keyed, units: Sequence[UnitChoice], chosen: int | None, title: Text, label: Text
) -> int | None:
    """Ask in a box for a unit; return it, None if it stays. ``label``: what a unit is called here."""
    return await screen.app.push_screen_wait(PickUnit(units, chosen, title, label))
