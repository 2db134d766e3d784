"""The form of anything that can be asked for: its own fields, then what every request is handed in with."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from db.desk.asking.forms import AskFormView
from db.language import _
from tui.kit import ChoiceField, FormField, FramedScreen, Location, clause_text
from tui.screens.asking.request_form import RequestForm, editor

ACCESS: Final = "access"


class AskForm(RequestForm):
    """The form of one offer."""

    LABELS = 18
    NAME = _("New request")
    ABOUT = _(
        "Fill in what you ask for. Nothing changes before all named below have agreed; what is missing or "
        "unfit is said and nothing typed is lost."
    )
    AUTO_FOCUS = "FormField TextInput, FormField ChoiceField"

    def __init__(self, form: AskFormView) -> None:
        super().__init__(form.route, form.amends)
        self._form = form

    @property
    def of(self) -> str:
        return f"{self._form.offer.id} {self._form.offer.book}"

    def where(self) -> Location:
        offer = self._form.offer
        return Location(
            _("New request: {what}", what=offer.label), (offer.book_label, clause_text(offer.clause))
        )

    def body(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._form.fields:
                now = (field.now or "–") if field.now is not None else None
                yield FormField(
                    field.name, field.label, editor(field), now=now, label_width=self.LABELS, stacks=True
                )
        yield from self.end()

    def on_mount(self) -> None:
        self.begin()

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _renew_route(self) -> None:
        """Show the approvers and present values again, as another unit or person may have others."""
        if self._begun:
            offer, asking, asked = self._form.offer, self.app.desk.asking, self._field_values()
            self.show_route(asking.way(offer.id, offer.book, asked))
            for name, value in asking.present(offer.id, offer.book, asked).items():
                self.line(name).set_present(value or "–")

    def do_submit(self) -> None:
        form, asking, since = self._form, self.app.desk.asking, self.changed_on
        asked = self._field_values()
        if form.amends is not None:
            number = form.amends.request
            asking.amend(number, asked, self.reason, self.evidence, changed_on=since)
        else:
            offer = form.offer
            number = asking.ask(offer.id, offer.book, asked, self.reason, self.evidence, changed_on=since)
        self.handed_in(number)

    def _field_values(self) -> dict[str, str]:
        return {field.name: self.line(field.name).value for field in self._form.fields}


def ask_access(screen: FramedScreen, book: str, name: str = "") -> None:
    """Open the request form for access to somebody's entry (A.13), with ``name`` filled in. Raises
    Refused."""
    form = screen.app.desk.asking.form(ACCESS, book)
    fields = tuple(replace(field, value=name) if field.name == "name" else field for field in form.fields)
    screen.app.push_screen(AskForm(replace(form, fields=fields)))
