"""What every form that is handed in for decision has in common: reason, evidence, and who will decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from db.desk.refusal import SILENT
from db.desk.requests.ask_fields import AskField
from db.desk.requests.evidence import EvidenceFile
from db.desk.requests.way import Amended, Asks, Way
from db.language import Message, Text, _, _n, listed, say
from tui.kit import Choice, Command, FormField, Frame, Line, Option, TextInput, by_clause, confirm
from tui.screens.evidence.pick import pick_evidence
from tui.sheets.cell import names
from tui.sheets.clauses import since_when
from tui.sheets.date_words import day
from tui.sheets.request_facts import handed_in

REASON, CHANGED_ON, EVIDENCE = "reason", "changed_on", "evidence"
REASON_TYPED = 2000
"""Characters that the field takes: more than the desk, which says what is too long; the field would just
take no more of it."""
SUBMIT = Command("submit", "ctrl+s", _("Submit"), _("Hand it in for decision."), second="f4")
ATTACH = Command("evidence", "f6", _("Evidence"), _("Choose files from your tray."))
DISCARD = Command("back", "escape", _("Discard"), _("Leave the form; you are asked first."), second="ctrl+g")


class RequestForm(Frame):
    """A form that dismisses itself with the request's number, or None.

    A subclass puts its own fields into ``body`` and yields ``end()`` after them, and calls ``begin`` once
    all of them are drawn.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (SUBMIT, ATTACH, DISCARD)
    HOME = ""
    AUTO_FOCUS = "FormField TextInput"
    SHOWS_MODES = False
    HOLDS_ON = True
    DEFAULT_CSS = """
    RequestForm #fields { height: 1fr; padding: 0 1; }
    RequestForm #why { height: auto; max-height: 9; border-top: solid $rule; padding: 0 1; }
    RequestForm #why .mark { width: 0; padding: 0; }
    RequestForm FormField .now { padding-right: 1; }
    RequestForm FormField Line.new { padding-left: 1; }
    """

    def __init__(self, way: Way, amends: Amended | None) -> None:
        super().__init__()
        self._way = way
        self._amends = amends
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        attached = amends.evidence if amends is not None else ()
        self._chosen: dict[str, EvidenceFile] = {one: tray[one] for one in attached if one in tray}
        self._begun: dict[str, str] = {}
        self._has_draft = False

    def end(self) -> ComposeResult:
        """Since when it is so, reason, evidence, remarks, who decides: the last lines of the form."""
        way, amends = self._way, self._amends
        with Vertical(id="why"):
            hint = since_when(way)
            if hint is not None:
                since = amends.changed_on if amends is not None else ""
                yield FormField(CHANGED_ON, _("So since"), TextInput(since, hint=hint))
            reason = amends.reason if amends is not None else ""
            why = TextInput(reason, hint=asked(way.reason), max_length=REASON_TYPED)
            yield FormField(REASON, _("Reason"), why)
            yield FormField(EVIDENCE, _("Evidence"), "")
            if amends is not None and amends.comment:
                yield Line(_("It came back with: {comment}", comment=amends.comment), "warn")
            yield from self.remarks()
            yield Line(self._next(), "dim", classes="next")

    def remarks(self) -> ComposeResult:
        """What else should be known before it is handed in."""
        yield from ()

    def begin(self) -> None:
        """Say what is attached, and bring back what was typed when a line was cut. What is typed or chosen
        from now on would be lost."""
        self._show_evidence()
        self._begun = self.typed()
        kept = self.app.desk.drafts.kept(self._draft)
        if kept is not None:
            self._has_draft = True
            self.put(kept.typed)
            words = _(
                "What you had typed on {moment} is here again. Leaving the form throws it away.",
                moment=kept.kept_at,
            )
            self.app.call_later(self.app.tell, words)

    @property
    def of(self) -> str:
        """What the form is about, for what is kept of it: one word for what it does, and of what."""
        raise NotImplementedError

    @property
    def _draft(self) -> str:
        return f"amend {self._amends.request}" if self._amends is not None else self.of

    def keep(self) -> None:
        """Keep what was typed until the form is opened again."""
        typed = self.typed()
        if self._begun and typed != self._begun:
            self.app.desk.drafts.keep(self._draft, say(self.where().place, self.app.language), typed)

    def put(self, typed: Mapping[str, str]) -> None:
        """Fill in what was ``typed`` before, as far as the form still asks for it."""
        for field in self.query(FormField):
            if field.field in typed and field.value != typed[field.field]:
                field.put(typed[field.field])
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        self._chosen = {one: tray[one] for one in typed.get(EVIDENCE, "").split() if one in tray}
        self._show_evidence()

    def typed(self) -> dict[str, str]:
        """Everything that stands on the form, by field."""
        return {field.field: field.value for field in self.query(FormField)} | {
            EVIDENCE: " ".join(self._chosen)
        }

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

    @property
    def changed_on(self) -> str:
        """Since when it is so, as typed; empty where that is not asked."""
        return self.line(CHANGED_ON).value if self._way.report.required else ""

    def handed_in(self, request: int) -> None:
        """Close the form and say so."""
        self._throw_away()
        self.dismiss(request)
        if not request:
            self.app.call_later(self.app.tell, handed_in(self.app.desk, request))
            return
        said = _("Submitted: request {number}", number=request)
        if not self._way.steps:
            said = _("In force now: request {number}", number=request)
        self.app.call_later(self.app.tell, said)

    async def do_evidence(self) -> None:
        """Choose from the tray."""
        chosen = await pick_evidence(self, tuple(self._chosen))
        if chosen is not None:
            self._chosen = {file.id: file for file in chosen}
            self._show_evidence()

    def do_back(self) -> None:
        """Leave, after asking where something was typed or chosen."""
        self._leave(self.dismiss)

    def do_sign_out(self) -> None:
        """Sign out, asking as before leaving: Ctrl+Q lies beside the keys that edit."""
        self._leave(super().do_sign_out)

    def _leave(self, by: Callable[[], object]) -> None:
        if self.typed() == self._begun:
            by()
        else:
            self.run_worker(self._flow(self._ask_to_leave(by)))

    async def _ask_to_leave(self, by: Callable[[], object]) -> None:
        if await confirm(self, _("Discard what you typed?"), yes=_("Discard"), no=_("Keep typing")):
            self._throw_away()
            by()

    def _throw_away(self) -> None:
        self._begun = {}
        if self._has_draft:
            self.app.desk.drafts.discard(self._draft)

    def show_way(self, way: Way) -> None:
        """Say anew who decides, as what is typed now may go another way."""
        self._way = way
        self.query_one(".next", Line).show(self._next(), "dim")

    def _show_evidence(self) -> None:
        line, need = self.line(EVIDENCE).query_one(".new", Line), self._way.evidence
        self.line(EVIDENCE).wrong("")
        if self._chosen:
            chosen = listed(file.name for file in self._chosen.values())
            line.show(_("{files}  (F6 changes it)", files=chosen))
        else:
            hint = _("none yet; F6 chooses ({need})", need=asked(need))
            line.show(hint, "warn" if need.required else "dim")

    def _next(self) -> Text:
        """Who decides in which order, and by when; nobody, where it is in force at once."""
        if not self._way.steps:
            return _("Once submitted it is in force: you manage this entry yourself.")
        way: Text = ""
        for number, step in enumerate(self._way.steps):
            people: Text = names(step.who) if step.who else _("nobody yet")
            one = Message("{role} {people}", {"role": step.role, "people": people})
            way = Message("{way} → {one}", {"way": way, "one": one}) if number else one
        if self._way.due is None:
            return _("Once submitted: {way}", way=way)
        return _n(
            "Once submitted: {way}, by {day} ({days} working day, {clause})",
            "Once submitted: {way}, by {day} ({days} working days, {clause})",
            way=way,
            day=day(self._way.due.day),
            days=self._way.due_days,
            clause=self._way.due.clause,
        )


def editor(field: AskField) -> Input | Choice:
    """What takes the value of a field."""
    if field.choices:
        return Choice(field.label, [Option(one.id, one.label) for one in field.choices], field.value)
    return TextInput(field.value, hint=field.hint)


def asked(need: Asks) -> Text:
    """Whether something has to be handed in, and by which clause, if one says so."""
    if not need.required:
        return _("optional")
    return _("required") if need.clause == SILENT else _("required {clause}", clause=by_clause(need.clause))
