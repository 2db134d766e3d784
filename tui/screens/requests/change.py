"""The change form: present and new values side by side, reason, evidence, and who will decide by when."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input

from db.desk.requests.change_form import Asks, ChangeForm
from db.desk.requests.change_form import FormField as Field
from db.desk.requests.evidence import EvidenceFile
from db.language import Message, Text, _, listed
from tui.kit import (
    Choice,
    Command,
    FormField,
    Frame,
    Line,
    Option,
    TextInput,
    Where,
    clause_text,
    confirm,
)
from tui.screens.evidence.pick import pick_evidence
from tui.screens.requests.words import day, names

REASON, CHANGED_ON, EVIDENCE = "reason", "changed_on", "evidence"


def propose_change(screen: Frame, entry: int) -> None:
    """Open the change form of an entry over ``screen``. A Refused says why that is not possible."""
    screen.app.push_screen(Change(screen.app.desk.changes.form(entry)))


class Change(Frame):
    """The form for one entry; dismisses itself with the request's number, or None."""

    CSS_PATH = "change.tcss"
    NAME = _("Change")
    ABOUT = _(
        "Type the new values beside the present ones; each is checked as you type. What another keeps is "
        "shown but can't be changed here. Nothing changes before all named below have agreed."
    )
    KEYS = (
        Command("submit", "ctrl+s", _("Submit"), _("Hand it in for decision."), second="f4"),
        Command("evidence", "ctrl+e", _("Evidence"), _("Choose files from your tray."), second="f6"),
        Command("back", "escape", _("Discard"), _("Leave the form; you are asked first."), second="ctrl+g"),
    )
    HOME = ""
    AUTO_FOCUS = "FormField TextInput"
    SHOWS_MODES = False

    def __init__(self, form: ChangeForm) -> None:
        super().__init__()
        self._form = form
        tray = {file.id: file for file in self.app.desk.evidence.tray()}
        amended = form.amends.evidence if form.amends is not None else ()
        self._chosen: dict[str, EvidenceFile] = {one: tray[one] for one in amended if one in tray}

    def where(self) -> Where:
        """Whose entry, and under which clause."""
        form = self._form
        who = _("Change: {name} · {unit}", name=form.name, unit=form.unit)
        return Where(who, (form.book_label, clause_text(form.clause)))

    def body(self) -> ComposeResult:
        """Fields in a list that scrolls; below it reason, evidence, and what happens next."""
        form = self._form
        with Horizontal(classes="titles"):
            yield Line(_("Field"), "head", classes="label")
            yield Line(_("Now"), "head", classes="now")
            yield Line(_("To become"), "head", classes="new")
        with VerticalScroll(id="fields", can_focus=False):
            for field in form.fields:
                yield FormField(field.name, field.label, self._editor(field), now=field.value or "–")
        with Vertical(id="why"):
            reason = form.amends.reason if form.amends is not None else ""
            yield FormField(REASON, _("Reason"), TextInput(reason, hint=_asked(form.reason_asked)))
            if form.report_asked.required:
                since = form.amends.changed_on if form.amends is not None else ""
                hint = _(
                    "2026-11-23; to be reported within {days} working days: {clause}",
                    days=form.report_days,
                    clause=clause_text(form.report_asked.clause),
                )
                yield FormField(CHANGED_ON, _("So since"), TextInput(since, hint=hint))
            yield FormField(EVIDENCE, _("Evidence"), "")
            yield from self._remarks()
            yield Line(self._next(), "dim", classes="next")

    def _editor(self, field: Field) -> Input | Choice | Text:
        if not field.editable:
            return _("(kept by {maintainer})", maintainer=field.maintained_by)
        asked = self._form.amends.asked if self._form.amends is not None else {}
        typed = asked.get(field.name, field.typed)
        if field.kind == "photo":
            tray = [file for file in self.app.desk.evidence.tray() if file.media_type.startswith("image/")]
            pictures = [Option(file.id, file.name) for file in tray]
            if field.typed and field.typed not in {file.id for file in tray}:
                pictures.insert(0, Option(field.typed, _("as it is")))
            return Choice(field.label, [Option("", "–"), *pictures], typed)
        if field.choices:
            options = [Option(choice.zh, choice) for choice in field.choices]
            return Choice(field.label, [*([] if field.required else [Option("", "–")]), *options], typed)
        return TextInput(typed, hint=_("blank: stays as it is") if field.covered else "")

    def _remarks(self) -> ComposeResult:
        form = self._form
        if form.amends is not None and form.amends.comment:
            yield Line(_("It came back with: {comment}", comment=form.amends.comment), "warn")
        if form.under_way:
            numbers = listed(map(str, form.under_way))
            yield Line(_("Another change of this entry is under way: {numbers}", numbers=numbers), "warn")

    def _next(self) -> Text:
        """Who decides in which order, and by when."""
        form = self._form
        way: Text = ""
        for number, step in enumerate(form.steps):
            people: Text = names(step.who) if step.who else _("nobody yet")
            one = Message("{role} {people}", {"role": step.role, "people": people})
            way = Message("{way} → {one}", {"way": way, "one": one}) if number else one
        if form.due is None:
            return _("Once submitted: {way}", way=way)
        return _(
            "Once submitted: {way}, by {day} ({days} working days, {clause})",
            way=way,
            day=day(form.due.day),
            days=form.due_days,
            clause=form.due.clause,
        )

    def on_mount(self) -> None:
        """Say what is chosen and how the values look now."""
        self._show_evidence()
        self._check()

    # Typing

    @on(Input.Changed)
    @on(Choice.Changed)
    def _check(self) -> None:
        """Every value checked, as far as the desk can tell without keeping it."""
        asked = self._asked()
        checked = self.app.desk.changes.check(self._form.entry, asked)
        problems = {problem.field: problem.message for problem in checked.problems}
        changed = {line.field for line in checked.lines}
        for field in self._form.fields:
            line = self._line(field.name)
            line.wrong(problems.get(field.name, ""))
            if field.name in problems:
                line.mark(_("✗ unfit"), "bad")
            elif field.name in changed:
                line.mark(_("✓ valid"))
            else:
                line.mark("")

    def _asked(self) -> dict[str, str]:
        return {field.name: self._line(field.name).value for field in self._form.fields if field.editable}

    def _line(self, name: str) -> FormField:
        return self.query_one(f"#field-{name}", FormField)

    def _show_evidence(self) -> None:
        chosen = listed(file.name for file in self._chosen.values())
        line = self._line(EVIDENCE).query_one(".new", Line)
        if self._chosen:
            line.show(_("{files}  (Ctrl+E changes it)", files=chosen))
        else:
            hint = _("none yet; Ctrl+E chooses.  {need}", need=_asked(self._form.evidence_asked))
            line.show(hint, "warn" if self._form.evidence_asked.required else "dim")

    # Doing

    async def do_evidence(self) -> None:
        """Choose from the tray."""
        chosen = await pick_evidence(self, tuple(self._chosen))
        if chosen is not None:
            self._chosen = {file.id: file for file in chosen}
            self._show_evidence()

    def do_submit(self) -> None:
        """Hand it in. What is missing or unfit is shown, and nothing typed is lost."""
        form, desk = self._form, self.app.desk
        asked, reason, evidence = self._asked(), self._line(REASON).value, tuple(self._chosen)
        since = self._line(CHANGED_ON).value if form.report_asked.required else ""
        if form.amends is not None:
            number = form.amends.request
            desk.changes.amend(number, form.version, asked, reason, evidence, changed_on=since)
        else:
            number = desk.changes.submit(form.entry, form.version, asked, reason, evidence, changed_on=since)
        self.dismiss(number)
        self.app.call_later(self.app.tell, _("Submitted: request {number}", number=number))

    def do_back(self) -> None:
        """Leave, after asking where something was typed."""
        values = {field.name: field.typed for field in self._form.fields if field.editable}
        if self._asked() == values and not self._line(REASON).value and self._form.amends is None:
            self.dismiss(None)
        else:
            self.run_worker(self._flow(self._ask_to_leave()))

    async def _ask_to_leave(self) -> None:
        if await confirm(self, _("Discard what you typed?"), yes=_("Discard"), no=_("Keep typing")):
            self.dismiss(None)


def _asked(need: Asks) -> Text:
    if need.required:
        return _("required: {clause}", clause=clause_text(need.clause))
    return _("optional")
