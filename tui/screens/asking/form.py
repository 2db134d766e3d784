"""The form of a request: its own fields, since when it is so, why, with what evidence, and who decides."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from db.desk.asking.forms import AskField, Way
from db.desk.asking.forms import AskForm as Form
from db.desk.requests.evidence import EvidenceFile
from db.language import Message, Text, _, listed
from tui.kit import Choice, Command, FormField, Frame, Line, Option, TextInput, Where, clause_text, confirm
from tui.screens.evidence.pick import pick_evidence
from tui.screens.requests.words import day, names

REASON, CHANGED_ON, EVIDENCE = "reason", "changed_on", "evidence"


class AskForm(Frame):
    """The form; dismisses itself with the request's number, or None."""

    CSS_PATH = "form.tcss"
    NAME = _("New request")
    ABOUT = _(
        "Fill in what you ask for. Nothing changes before all named below have agreed; what is missing or "
        "unfit is said and nothing typed is lost."
    )
    KEYS = (
        Command("submit", "ctrl+s", _("Submit"), _("Hand it in for decision."), second="f4"),
        Command("evidence", "ctrl+e", _("Evidence"), _("Choose files from your tray."), second="f6"),
        Command("back", "escape", _("Discard"), _("Leave the form; you are asked first."), second="ctrl+g"),
    )
    HOME = ""
    AUTO_FOCUS = "FormField .new"
    SHOWS_MODES = False

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        self._chosen: dict[str, EvidenceFile] = {one: tray[one] for one in form.evidence if one in tray}

    def where(self) -> Where:
        """What is asked for, in which book and under which clause."""
        offer = self._form.offer
        return Where(
            _("New request: {what}", what=offer.label), (offer.book_label, clause_text(offer.clause))
        )

    def body(self) -> ComposeResult:
        """Fields in a list that scrolls; below it reason, evidence, and what happens next."""
        form = self._form
        with VerticalScroll(id="fields", can_focus=False):
            for field in form.fields:
                now = (field.now or "–") if any(one.now for one in form.fields) else None
                yield FormField(field.name, field.label, _editor(field), now=now)
        with Vertical(id="why"):
            if form.report.required:
                hint = _(
                    "2026-11-23; to be reported within {days} working days: {clause}",
                    days=form.report_days,
                    clause=clause_text(form.report.clause),
                )
                yield FormField(CHANGED_ON, _("So since"), TextInput(form.changed_on, hint=hint))
            need = form.way.reason
            yield FormField(
                REASON, _("Reason"), TextInput(form.reason, hint=_asked(need.required, need.clause))
            )
            yield FormField(EVIDENCE, _("Evidence"), "")
            if form.comment:
                yield Line(_("It came back with: {comment}", comment=form.comment), "warn")
            yield Line(_next(form.way), "dim", classes="next")

    def on_mount(self) -> None:
        """Say what is chosen."""
        self._show_evidence()

    def _values(self) -> dict[str, str]:
        return {field.field: field.value for field in self.query(FormField)}

    def _show_evidence(self) -> None:
        line = self.query_one(f"#field-{EVIDENCE} .new", Line)
        chosen = listed(file.name for file in self._chosen.values())
        need = self._form.way.evidence
        if chosen:
            line.show(_("{files}  (Ctrl+E changes it)", files=chosen))
        else:
            hint = _("none yet; Ctrl+E chooses.  {need}", need=_asked(need.required, need.clause))
            line.show(hint, "warn" if need.required else "dim")

    async def do_evidence(self) -> None:
        """Choose from the tray."""
        chosen = await pick_evidence(self, tuple(self._chosen))
        if chosen is not None:
            self._chosen = {file.id: file for file in chosen}
            self._show_evidence()

    def do_submit(self) -> None:
        """Hand it in. What is missing or unfit is shown, and nothing typed is lost."""
        form, values = self._form, self._values()
        asked = {field.name: values[field.name] for field in form.fields}
        reason, changed_on = values[REASON], values.get(CHANGED_ON, "")
        asking, evidence = self.app.desk.asking, tuple(self._chosen)
        if form.amends is not None:
            number = form.amends
            asking.amend(number, asked, reason, evidence, changed_on=changed_on)
        else:
            number = asking.ask(
                form.offer.id, form.offer.book, asked, reason, evidence, changed_on=changed_on
            )
        self.dismiss(number)
        self.app.call_later(self.app.tell, _("Submitted: request {number}", number=number))

    def do_back(self) -> None:
        """Leave, after asking where something was typed."""
        started = {field.name: field.value for field in self._form.fields}
        started |= {REASON: self._form.reason, CHANGED_ON: self._form.changed_on}
        values = self._values()
        if all(values[name] == value for name, value in started.items() if name in values):
            self.dismiss(None)
        else:
            self.run_worker(self._flow(self._ask_to_leave()))

    async def _ask_to_leave(self) -> None:
        if await confirm(self, _("Discard what you typed?"), yes=_("Discard"), no=_("Keep typing")):
            self.dismiss(None)


def _editor(field: AskField) -> Input | Choice:
    if field.choices:
        options = [Option(choice.id, choice.label) for choice in field.choices]
        return Choice(field.label, options, field.value)
    return TextInput(field.value, hint=field.hint)


def _asked(required: bool, clause: str) -> Text:
    return _("required: {clause}", clause=clause_text(clause)) if required else _("optional")


def _next(way: Way) -> Text:
    """Who decides in which order, and by when."""
    told: Text = ""
    for number, step in enumerate(way.steps):
        people: Text = names(step.who) if step.who else _("nobody yet")
        one = Message("{role} {people}", {"role": step.role, "people": people})
        told = Message("{way} → {one}", {"way": told, "one": one}) if number else one
    if way.due is None:
        return _("Once submitted: {way}", way=told)
    return _(
        "Once submitted: {way}, by {day} ({days} working days, {clause})",
        way=told,
        day=day(way.due.day),
        days=way.due_days,
        clause=way.due.clause,
    )
