"""What the forms for joining, moving and leaving have in common: reason, evidence, what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.lifecycle.forms import Promise, Returned, UnitChoice, Way
from db.desk.requests.change_form import Asks
from db.desk.requests.evidence import EvidenceFile
from db.language import Message, Text, _, listed
from tui.kit import Command, FormField, Frame, Line, TextInput, clause_text, confirm
from tui.kit.facts import Fact
from tui.screens.evidence.pick import pick_evidence
from tui.screens.lifecycle.unit import pick_unit
from tui.screens.requests.words import names

REASON, EVIDENCE, UNIT = "reason", "evidence", "unit"
SUBMIT = Command("submit", "ctrl+s", _("Submit"), _("Hand it in for decision."), second="f4")
ATTACH = Command("evidence", "ctrl+e", _("Evidence"), _("Choose files from your tray."), second="f6")
DISCARD = Command("back", "escape", _("Discard"), _("Leave the form; you are asked first."), second="ctrl+g")
CHOOSE_UNIT = Command("unit", "ctrl+u", _("Department"), _("Choose the department."), second="f8")
PROMISES: dict[str, Message] = {
    "announcement": _("Department and person are told."),
    "archive": _("The entry is sealed in the archive and leaves every list at once."),
    "hand-back": _("Every copy is handed back and signed off first."),
    "account-closed": _("The account is closed."),
    "receipt": _("The receipt is confirmed."),
}


class LifeForm(Frame):
    """A form that is handed in for decision; dismisses itself with the request's number, or None."""

    HOME = ""
    AUTO_FOCUS = "FormField TextInput"
    SHOWS_MODES = False
    CSS_PATH: ClassVar[str] = "form.tcss"

    def __init__(self, way: Way, units: Sequence[UnitChoice], unit: int | None, amends: Returned | None):
        super().__init__()
        self._way = way
        self._units = units
        self._unit = unit
        self._amends = amends
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        attached = amends.evidence if amends is not None else ()
        self._chosen: dict[str, EvidenceFile] = {one: tray[one] for one in attached if one in tray}
        self._started: dict[str, str] = {}

    def end(self) -> ComposeResult:
        """Reason, evidence, remarks, who decides; the last lines of the form."""
        way = self._way
        with Vertical(id="why"):
            reason = self._amends.reason if self._amends is not None else ""
            yield FormField(REASON, _("Reason"), TextInput(reason, hint=asked(way.reason_asked)))
            yield FormField(EVIDENCE, _("Evidence"), "")
            if self._amends is not None and self._amends.comment:
                yield Line(_("It came back with: {comment}", comment=self._amends.comment), "warn")
            yield Line(self._next(), "dim", classes="next")

    def started(self) -> None:
        """Call it when the form is drawn: what is typed from now on would be lost."""
        self._show_evidence()
        self._started = self._typed()

    def facts(self) -> list[Fact]:
        """What comes of it, with clauses."""
        found: list[Fact] = []
        for what, days, clause in self._way.duties:
            clock = _("within {days} working days ({clause})", days=days, clause=clause_text(clause))
            found.append((what, clock))
        return found + [(promise.label, promised(promise)) for promise in self._way.promises]

    def line(self, name: str) -> FormField:
        """A field of the form."""
        return self.query_one(f"#field-{name}", FormField)

    @property
    def reason(self) -> str:
        """Why, as typed."""
        return self.line(REASON).value

    @property
    def evidence(self) -> tuple[str, ...]:
        """What is attached."""
        return tuple(self._chosen)

    def show_unit(self) -> None:
        """Say which unit is chosen."""
        chosen = next((one for one in self._units if one.id == self._unit), None)
        shown = self.line(UNIT).query_one(".new", Line)
        if chosen is None:
            shown.show(_("none yet; Ctrl+U chooses"), "warn")
        else:
            shown.show(chosen.path)

    async def do_unit(self) -> None:
        """Choose the unit."""
        chosen = await pick_unit(self, self._units)
        if chosen is not None:
            self._unit = chosen
            self.show_unit()
            self.unit_chosen()

    def unit_chosen(self) -> None:
        """Another unit was chosen."""

    async def do_evidence(self) -> None:
        """Choose from the tray."""
        chosen = await pick_evidence(self, tuple(self._chosen))
        if chosen is not None:
            self._chosen = {file.id: file for file in chosen}
            self._show_evidence()

    def handed_in(self, request: int) -> None:
        """Close the form and say so."""
        self.dismiss(request)
        self.app.call_later(self.app.tell, _("Submitted: request {number}", number=request))

    def do_back(self) -> None:
        """Leave, after asking where something was typed."""
        if self._typed() == self._started and self._amends is None:
            self.dismiss(None)
        else:
            self.run_worker(self._flow(self._ask_to_leave()))

    async def _ask_to_leave(self) -> None:
        if await confirm(self, _("Discard what you typed?"), yes=_("Discard"), no=_("Keep typing")):
            self.dismiss(None)

    def _typed(self) -> dict[str, str]:
        return {field.field: field.value for field in self.query(FormField)} | {UNIT: str(self._unit)}

    def _show_evidence(self) -> None:
        chosen = listed(file.name for file in self._chosen.values())
        shown = self.line(EVIDENCE).query_one(".new", Line)
        if chosen:
            shown.show(_("{files}  (Ctrl+E changes it)", files=chosen))
        else:
            need = self._way.evidence_asked
            hint = _("none yet; Ctrl+E chooses.  {need}", need=asked(need))
            shown.show(hint, "warn" if need.required else "dim")

    def _next(self) -> Text:
        way: Text = ""
        for number, step in enumerate(self._way.steps):
            people: Text = names(step.who) if step.who else _("nobody yet")
            one = Message("{role} {people}", {"role": step.role, "people": people})
            way = Message("{way} → {one}", {"way": way, "one": one}) if number else one
        return _("Once submitted: {way}", way=way)


def asked(need: Asks) -> Text:
    """Whether something has to be handed in."""
    if need.required:
        return _("required: {clause}", clause=clause_text(need.clause))
    return _("optional")


def promised(promise: Promise) -> Text:
    """What the event brings along, in a sentence with its clause."""
    if promise.what != "sync":
        return _("{what} ({clause})", what=PROMISES[promise.what], clause=clause_text(promise.clause))
    parts: Text = ""
    for part in promise.parts:
        parts = _("{first}, {rest}", first=parts, rest=part) if parts else part
    clause = clause_text(promise.clause)
    if promise.by_itself:
        return _("WeCom is told by itself: {fields} ({clause})", fields=parts, clause=clause)
    return _("Kept in step outside, ticked off on the task: {fields} ({clause})", fields=parts, clause=clause)
