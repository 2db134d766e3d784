"""What the forms for joining, moving and leaving have in common: reason, evidence, what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult

from db.desk.lifecycle.event_route import EventRoute
from db.desk.lifecycle.forms import UNIT, UnitChoice
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.route_preview import ReturnedDraft
from db.language import Text, _, say
from tui.kit import FormField, Location, ScreenCommand, clause_text
from tui.safe import cells
from tui.screens.asking.request_form import RequestForm, editor
from tui.screens.lifecycle.unit import pick_unit

LONGEST_LABEL = 24
"""Cells that labels take at most: of a class they are longer than of staff."""
CHOOSE_UNIT = ScreenCommand("unit", "f3", _("Department"), _("Choose the department."))


class LifeForm(RequestForm):
    """A form about somebody who joins, moves or leaves."""

    CSS_PATH: ClassVar[str] = "form.tcss"
    CHOOSE: ClassVar[Text] = _("Choose the department")
    _route: EventRoute

    def __init__(
        self, route: EventRoute, units: Sequence[UnitChoice], unit: int | None, amends: ReturnedDraft | None
    ) -> None:
        super().__init__(route, amends)
        self._units = units
        self._unit = unit

    def where_of(self, name: str, unit: str) -> Location:
        who = _("{what}: {name} · {unit}", what=self.NAME, name=name, unit=unit)
        return Location(who, (self._route.book_label, clause_text(self._route.clause)))

    def lines(self, fields: Sequence[RequestField]) -> ComposeResult:
        """Yield a line for each field; the unit's has no editor, as a key opens the list of units."""
        widest = max((cells(say(field.label, self.app.language)) for field in fields), default=0)
        for field in fields:
            what = "" if field.name == UNIT else editor(field)
            yield FormField(
                field.name,
                field.label,
                what,
                now=field.now,
                label_width=max(self.LABELS, min(widest + 1, LONGEST_LABEL)),
                remark_width=10,
                stacks=True,
            )

    def show_unit(self) -> None:
        chosen = next((one for one in self._units if one.id == self._unit), None)
        shown = self.line(UNIT)
        if chosen is None:
            shown.show_value(_("none yet; F3 chooses"), "warn")
        else:
            shown.show_value(chosen.path)

    async def do_unit(self) -> None:
        chosen = await pick_unit(self, self._units, self._unit, self.CHOOSE, self._route.unit_label)
        if chosen is not None:
            self._unit = chosen
            self.show_unit()
            self.line(UNIT).show_error("")
            self.unit_chosen()

    def unit_chosen(self) -> None:
        """Adapt to another unit. Does nothing here."""

    def fill_typed(self, typed: Mapping[str, str]) -> None:
        """Fill in a draft, with its unit if that can still be chosen."""
        super().fill_typed(typed)
        unit = typed.get(UNIT, "")
        if any(str(one.id) == unit for one in self._units):
            self._unit = int(unit)
            self.show_unit()
            self.unit_chosen()

    def typed_values(self) -> dict[str, str]:
        return super().typed_values() | {UNIT: str(self._unit or "")}
