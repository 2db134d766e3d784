"""What the forms for joining, moving and leaving have in common: reason, evidence, what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from db.desk.lifecycle.forms import UNIT, EventWay, Promise, UnitChoice
from db.desk.requests.ask_fields import AskField
from db.desk.requests.way import Amended
from db.language import Message, Text, _, _n
from tui.kit import Command, FormField, Line, Where, by_clause, clause_text
from tui.screens.lifecycle.unit import pick_unit
from tui.screens.requests.form import RequestForm, editor
from tui.sheets.cell import Fact

CHOOSE_UNIT = Command("unit", "f3", _("Department"), _("Choose the department."))
PROMISES: dict[str, Message] = {
    "announcement": _("Department and person are told."),
    "archive": _("The entry is sealed in the archive and leaves every list at once."),
    "hand-back": _("Every copy is handed back and signed off first."),
    "account-closed": _("The account is closed."),
    "receipt": _("The receipt is confirmed."),
}


class LifeForm(RequestForm):
    """A form about somebody who joins, moves or leaves."""

    CSS_PATH: ClassVar[str] = "form.tcss"
    CHOOSE: ClassVar[Text] = _("Choose the department")
    _way: EventWay

    def __init__(
        self, way: EventWay, units: Sequence[UnitChoice], unit: int | None, amends: Amended | None
    ) -> None:
        super().__init__(way, amends)
        self._units = units
        self._unit = unit

    def where_of(self, name: str, unit: str) -> Where:
        """What is entered of whom, in which book, under which clause."""
        who = _("{what}: {name} · {unit}", what=self.NAME, name=name, unit=unit)
        return Where(who, (self._way.book_label, clause_text(self._way.clause)))

    def lines(self, fields: Sequence[AskField]) -> ComposeResult:
        """A line for each field; the unit is chosen by a key, as there may be many."""
        for field in fields:
            what = "" if field.name == UNIT else editor(field)
            yield FormField(field.name, field.label, what, now=field.now)

    def facts(self) -> list[Fact]:
        """What comes of it, with clauses."""
        found: list[Fact] = []
        for what, days, clause in self._way.duties:
            clock = _n(
                "within {days} working day ({clause})",
                "within {days} working days ({clause})",
                days=days,
                clause=by_clause(clause),
            )
            found.append((what, clock))
        return found + [(promise.label, promised(promise)) for promise in self._way.promises]

    def show_unit(self) -> None:
        """Say which unit is chosen."""
        chosen = next((one for one in self._units if one.id == self._unit), None)
        shown = self.line(UNIT).query_one(".new", Line)
        if chosen is None:
            shown.show(_("none yet; F3 chooses"), "warn")
        else:
            shown.show(chosen.path)

    async def do_unit(self) -> None:
        """Choose the unit."""
        chosen = await pick_unit(self, self._units, self._unit, self.CHOOSE, self._way.unit_label)
        if chosen is not None:
            self._unit = chosen
            self.show_unit()
            self.line(UNIT).wrong("")
            self.unit_chosen()

    def unit_chosen(self) -> None:
        """Another unit was chosen."""

    def typed(self) -> dict[str, str]:
        """The unit too, which is chosen."""
        return super().typed() | {UNIT: str(self._unit)}


def promised(promise: Promise) -> Text:
    """What the event brings along, in a sentence with its clause."""
    if promise.what != "sync":
        return _("{what} ({clause})", what=PROMISES[promise.what], clause=by_clause(promise.clause))
    parts: Text = ""
    for part in promise.parts:
        parts = _("{first}, {rest}", first=parts, rest=part) if parts else part
    clause = by_clause(promise.clause)
    if not promise.parts:
        if promise.by_itself:
            return _("Deleted from WeCom by itself ({clause})", clause=clause)
        return _("Deleted outside too, ticked off on the task ({clause})", clause=clause)
    if promise.by_itself:
        return _("WeCom is told by itself: {fields} ({clause})", fields=parts, clause=clause)
    return _("Kept in step outside, ticked off on the task: {fields} ({clause})", fields=parts, clause=clause)
