"""Letting somebody leave: the last day, and everything that ends with the entry."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.lifecycle.forms import LeaveForm
from db.language import _
from tui.kit import FactList, Location, TextLine
from tui.screens.lifecycle.form import LifeForm
from tui.sheets.lives import consequence_facts


class LeaveScreen(LifeForm):
    """The form of a leaver."""

    NAME = _("Leaver")
    ABOUT = _(
        "The last day, and what ends with the entry. Once it is confirmed, the entry is sealed in the "
        "archive and gone from every list, search and copy at once; accounts, rights and delegations end "
        "with it. Where copies have to be handed back, that comes first, on the task."
    )

    def __init__(self, form: LeaveForm) -> None:
        super().__init__(form.route, (), None, form.amends)
        self._form = form

    @property
    def of(self) -> str:
        return f"leave {self._form.entry}"

    def where(self) -> Location:
        return self.where_of(self._form.name, self._form.unit_name)

    def body(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.lines(self._form.fields)
            yield TextLine()
            yield FactList(consequence_facts(self._form))
        yield from self.end()

    def on_mount(self) -> None:
        self.begin()

    def do_submit(self) -> None:
        asked = self._form.request_of(self.typed_values(), self.reason, self.evidence)
        amends = self._amends.request if self._amends is not None else None
        self.handed_in(self.app.desk.lifecycle.leave(asked, amends))
