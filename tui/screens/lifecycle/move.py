"""Moving somebody: to which department and position, as of which day."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.lifecycle.forms import MoveForm
from db.language import _
from tui.kit import FactList, Location, TextLine
from tui.screens.asking.request_form import ATTACH, DISCARD, SUBMIT
from tui.screens.lifecycle.form import CHOOSE_UNIT, LifeForm
from tui.sheets.lives import copies_to_come, deadline_facts


class MoveScreen(LifeForm):
    """The form of a move."""

    NAME = _("Move")
    ABOUT = _(
        "Choose the new department with F3, type the new position, and the day on which it takes effect. "
        "Approved before, it takes effect by itself on that day; until then nothing changes."
    )
    KEYS = (SUBMIT, CHOOSE_UNIT, ATTACH, DISCARD)

    def __init__(self, form: MoveForm) -> None:
        super().__init__(form.route, form.units, form.to_unit, form.amends)
        self._form = form

    @property
    def of(self) -> str:
        return f"move {self._form.entry}"

    def where(self) -> Location:
        return self.where_of(self._form.name, self._form.unit_name)

    def body(self) -> ComposeResult:
        form = self._form
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.lines(form.fields)
            yield TextLine()
            yield FactList(deadline_facts(form.route))
            if form.copies:
                yield TextLine(copies_to_come(form), "warn")
        yield from self.end()

    def on_mount(self) -> None:
        self.show_unit()
        self.begin()

    def do_submit(self) -> None:
        asked = self._form.request_of(self.typed_values(), self.reason, self.evidence)
        amends = self._amends.request if self._amends is not None else None
        self.handed_in(self.app.desk.lifecycle.move(asked, amends))
