"""Asking for access to somebody beyond the own scope, for a time (A.13)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.requests.views import RequestView
from db.language import _
from tui.kit import Choice, Command, FormField, Frame, Line, Option, TextInput, Where


class AskAccess(Frame):
    """The form; with a returned request it amends that one."""

    CSS_PATH = "access.tcss"
    NAME = _("Ask for access")
    ABOUT = _(
        "Your directory shows you your own department. Where work needs more, ask for the person by name and "
        "say why; your superior, or whom the rules name, decides, and the access ends by itself. Whether the "
        "name is on record shows only once it is granted."
    )
    KEYS = (
        Command("submit", "ctrl+s", _("Submit"), _("Hand it in for decision."), second="f4"),
        Command("back", "escape", _("Discard"), _("Leave the form."), second="ctrl+g"),
    )
    HOME = ""
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False

    def __init__(self, returned: RequestView | None = None, book: str = "", name: str = "") -> None:
        super().__init__()
        self._searched = name
        self._returned = returned
        self._books = tuple(one for one in self.app.desk.me.who().books if book in ("", one.id))

    def where(self) -> Where:
        """The form."""
        return Where(self.NAME, tuple(book.title for book in self._books if len(self._books) == 1))

    def body(self) -> ComposeResult:
        """Whom, why, for how long."""
        returned = self._returned
        asked = {line.field: str(line.after) for line in returned.lines} if returned is not None else {}
        name, _blank, unit = asked.get("name", self._searched).partition(" ")
        reason = returned.reason if returned is not None else ""
        with Vertical(classes="form"):
            if returned is None and len(self._books) > 1:
                options = [Option(book.id, book.title) for book in self._books]
                yield FormField("book", _("Book"), Choice(_("Book"), options))
            yield FormField("name", _("Name"), TextInput(name, hint=_("whom you need to reach")))
            yield FormField("unit", _("Department"), TextInput(unit, hint=_("where several have that name")))
            yield FormField("days", _("Days"), TextInput("", hint=_("blank: as long as the rules allow")))
            yield FormField("reason", _("Reason"), TextInput(reason, hint=_("what you need it for")))
            yield Line()
            yield Line(_("Your head decides, unless the rules name others. Look-ups are recorded."), "dim")

    def do_submit(self) -> None:
        """Hand it in. What is missing is shown, and nothing typed is lost."""
        values = {field.field: field.value for field in self.query(FormField)}
        days = int(values["days"]) if values["days"].isdecimal() else (0 if values["days"] else None)
        access = self.app.desk.access
        if self._returned is not None:
            number = self._returned.row.id
            access.amend(number, values["reason"], name=values["name"], unit=values["unit"], days=days)
        else:
            book = values.get("book") or self._books[0].id
            number = access.ask(book, values["reason"], name=values["name"], unit=values["unit"], days=days)
        self.dismiss(number)
        self.app.call_later(self.app.tell, _("Submitted: request {number}", number=number))

    def do_back(self) -> None:
        """Leave."""
        self.dismiss(None)
