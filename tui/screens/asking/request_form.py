"""What every form that is handed in for decision has in common: reason, evidence, and who will decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from db.desk.refusal import SILENT
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.evidence import EvidenceFile
from db.desk.requests.route_preview import FormRequirement, ReturnedDraft, RoutePreview
from db.language import Message, Text, _, _n, listed
from tui.kit import ChoiceField, FormField, Pick, ScreenCommand, TextInput, TextLine, by_clause
from tui.screens.evidence.pick import pick_evidence
from tui.screens.kept_form import KeptForm
from tui.sheets.cell import names
from tui.sheets.clauses import since_when
from tui.sheets.date_words import day
from tui.sheets.request_facts import handed_in, step_words

REASON, CHANGED_ON, EVIDENCE = "reason", "changed_on", "evidence"
REASON_TYPED = 2000
"""Characters that the field takes: more than the desk, which says what is too long; the field would just
take no more of it."""
SUBMIT = ScreenCommand("submit", "ctrl+s", _("Submit"), _("Submit it for decision."), second="f4")
ATTACH = ScreenCommand("evidence", "f6", _("Evidence"), _("Choose files from your tray."))
DISCARD = ScreenCommand("back", "escape", _("Discard"), _("Leave the form; you are asked first."))


class RequestForm(KeptForm):
    """A form that dismisses itself with the request's number, or None.

    A subclass puts its own fields into ``body`` and yields ``end()`` after them, and calls ``begin`` once
    all of them are drawn.
    """

    LABELS: ClassVar[int] = 14
    """Cells that the labels take."""
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (SUBMIT, ATTACH, DISCARD)
    AUTO_FOCUS = "FormField TextInput"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]  # noqa: RUF012 - as Textual declares it
    DEFAULT_CSS = """
    RequestForm #fields { height: 1fr; padding: 0 1; }
    RequestForm #why { height: auto; max-height: 9; border-top: solid $rule; padding: 0 1; }
    RequestForm.-narrow .titles { display: none; }
    RequestForm.-narrow.-short .next { display: none; }
    """

    def __init__(self, route: RoutePreview, amends: ReturnedDraft | None) -> None:
        super().__init__()
        self._route = route
        self._amends = amends
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        attached = amends.evidence if amends is not None else ()
        self._chosen: dict[str, EvidenceFile] = {one: tray[one] for one in attached if one in tray}

    def end(self) -> ComposeResult:
        """Yield the last lines of the form: day of the change, reason, evidence, remarks, approvers."""
        route, amends = self._route, self._amends
        with Vertical(id="why"):
            hint = since_when(route)
            if hint is not None:
                since = amends.changed_on if amends is not None else ""
                since_line = TextInput(since, hint=hint)
                yield FormField(CHANGED_ON, _("So since"), since_line, label_width=self.LABELS)
            reason = amends.reason if amends is not None else ""
            why = TextInput(reason, hint=requirement_words(route.reason), max_length=REASON_TYPED)
            yield FormField(REASON, _("Reason"), why, label_width=self.LABELS)
            yield FormField(EVIDENCE, _("Evidence"), "", label_width=self.LABELS)
            if amends is not None and amends.comment:
                yield TextLine(_("It came back with: {comment}", comment=amends.comment), "warn")
            yield from self.remarks()
            yield TextLine(self._next(), "dim", classes="next")

    def remarks(self) -> ComposeResult:
        """Yield further lines to read before submitting. None here; forms override it."""
        yield from ()

    def begin(self) -> None:
        """Show what is attached, then bring back a kept draft, as every form does."""
        self._show_evidence()
        super().begin()

    @property
    def of(self) -> str:
        """The name of the form's draft: what it asks for, and of whom. Subclasses override it."""
        raise NotImplementedError

    @property
    def draft(self) -> str:
        """The name under which the text typed is kept: `of`, or one for each amended request."""
        return f"amend {self._amends.request}" if self._amends is not None else self.of

    def fill_typed(self, typed: Mapping[str, str]) -> None:
        """Fill in a kept draft, and attach its files that are in the tray still."""
        super().fill_typed(typed)
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        self._chosen = {one: tray[one] for one in typed.get(EVIDENCE, "").split() if one in tray}
        self._show_evidence()

    def typed_values(self) -> dict[str, str]:
        return super().typed_values() | {EVIDENCE: " ".join(self._chosen)}

    def line(self, name: str) -> FormField:
        return self.query_one(f"#field-{name}", FormField)

    @property
    def reason(self) -> str:
        return self.line(REASON).value

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(self._chosen)

    @property
    def changed_on(self) -> str:
        """The day of the change, as typed; "" if it is not asked for."""
        return self.line(CHANGED_ON).value if self._route.report.required else ""

    def handed_in(self, request: int) -> None:
        """Delete the form's draft, close it with ``request`` as its result, and show what the request waits
        for; 0 is one that nobody had to decide."""
        self.throw_away()
        self.dismiss(request)
        if not request:
            self.app.call_later(self.app.tell, handed_in(self.app.desk, request))
            return
        said = _("Submitted: request {number}", number=request)
        if not self._route.steps:
            said = _("In force now: request {number}", number=request)
        self.app.call_later(self.app.tell, said)

    async def do_evidence(self) -> None:
        chosen = await pick_evidence(self, tuple(self._chosen))
        if chosen is not None:
            self._chosen = {file.id: file for file in chosen}
            self._show_evidence()

    def show_route(self, route: RoutePreview) -> None:
        """Keep ``route`` and show who decides by it."""
        self._route = route
        self.query_one(".next", TextLine).show(self._next(), "dim")

    def _show_evidence(self) -> None:
        line, need = self.line(EVIDENCE), self._route.evidence
        line.show_error("")
        if self._chosen:
            chosen = listed(file.name for file in self._chosen.values())
            line.show_value(_("{files}  (F6 changes it)", files=chosen))
        else:
            hint = _("none yet; F6 chooses ({need})", need=requirement_words(need))
            line.show_value(hint, "warn" if need.required else "dim")

    def _next(self) -> Text:
        """Return words for who decides in which order and by when, or that it takes effect at once."""
        if not self._route.steps:
            return _("Once submitted it is in force: you manage this entry yourself.")
        way: Text = ""
        for number, step in enumerate(self._route.steps):
            one = step_words(step, names(step.who) if step.who else _("nobody yet"))
            way = Message("{way} → {one}", {"way": way, "one": one}) if number else one
        if self._route.due is None:
            return _("Once submitted: {way}", way=way)
        return _n(
            "Once submitted: {way}, by {day} ({days} working day, {clause})",
            "Once submitted: {way}, by {day} ({days} working days, {clause})",
            way=way,
            day=day(self._route.due.day),
            days=self._route.due_days,
            clause=self._route.due.clause,
        )


def editor(field: RequestField) -> Input | ChoiceField:
    if field.choices:
        return ChoiceField(field.label, [Pick(one.id, one.label) for one in field.choices], field.value)
    return TextInput(field.value, hint=field.hint)


def requirement_words(need: FormRequirement) -> Text:
    if not need.required:
        return _("optional")
    return _("required") if need.clause == SILENT else _("required {clause}", clause=by_clause(need.clause))
