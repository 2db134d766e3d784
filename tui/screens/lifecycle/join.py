"""Letting somebody join: who, where, since when, the fields that the book holds, and who confirms it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from db.desk import Invalid, Refused
from db.desk.lifecycle.forms import JOINED, KIND, UNIT, JoinAsked, JoinForm, Namesake
from db.desk.lifecycle.joining import CheckedJoin
from db.desk.requests.ask_fields import RequestField
from db.language import Label, Message, Text, _, clause_words
from tui.kit import (
    Cell,
    ChoiceField,
    FormField,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    choose,
    clause_text,
    confirm,
)
from tui.screens.asking.request_form import ATTACH, DISCARD, EVIDENCE, REASON, SUBMIT
from tui.screens.lifecycle.form import CHOOSE_UNIT, LifeForm
from tui.sheets.date_words import day, days_left
from tui.sheets.lives import WAITING, promise_text

KEPT = {"name", UNIT, KIND, JOINED}
"""What is kept of a joiner who waits."""


class JoinScreen(LifeForm):
    """The form of a joiner, or of an outside contact."""

    NAME = _("Joiner")
    ABOUT = _(
        "Who joins, in which department and since when, and every field that the directory holds. What is "
        "required must be there before it can be submitted; where something lacks, Ctrl+S offers to keep "
        "the joiner waiting until then, with the clock running. Ctrl+O looks whether the person is on "
        "record: in another directory, or in the archive after leaving this one. An outside contact "
        "names the colleague who answers for it."
    )
    KEYS = (
        SUBMIT,
        CHOOSE_UNIT,
        ScreenCommand(
            "who", "ctrl+o", _("On record?"), _("Look whether the person is on record."), second="f5"
        ),
        ATTACH,
        DISCARD,
    )

    def __init__(self, form: JoinForm) -> None:
        super().__init__(form.route, form.units, form.unit, form.amends)
        self._form = form
        self._person = form.person
        self._lacking: set[str] = set()

    @property
    def of(self) -> str:
        waiting = f" {self._form.expected}" if self._form.expected is not None else ""
        return f"join {self._route.book} {self._form.side}{waiting}"

    def where(self) -> Location:
        outside = self._form.side == "external"
        return Location(
            _("New outside contact") if outside else self.NAME,
            (self._route.book_label, clause_text(self._route.clause)),
        )

    def body(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.lines(self._form.fields)
        with VerticalScroll(id="brings", can_focus=False):
            yield TextLine(id="clock")
            for promise in self._route.promises:
                yield TextLine(promise_text(promise), "dim")
        yield from self.end()

    def on_mount(self) -> None:
        self.show_unit()
        self._check_values()
        self.begin()

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _check_values(self) -> None:
        kind = self._kind
        for field in self._form.values:
            self.line(field.name).display = not field.kinds or kind in field.kinds
        self._mark_fields(self.app.desk.lifecycle.check_join(self._build_request()))

    @on(Input.Submitted)
    def _on_to_lacking(self, event: Input.Submitted) -> None:
        """Move to the next required value that is missing at Enter."""
        lines = [*self.query(FormField)]
        here = next((place for place, one in enumerate(lines) if one in event.input.ancestors), len(lines))
        for line in lines[here + 1 :]:
            if line.field in self._lacking and line.display:
                event.prevent_default().stop()
                line.query_one(Input).focus()
                return

    def unit_chosen(self) -> None:
        self._check_values()

    def _mark_fields(self, checked: CheckedJoin) -> None:
        problems = {problem.field: problem.message for problem in checked.problems}
        typed = [line.field for line in self.query(FormField) if line.query(Input) and not line.value]
        self._lacking = set(problems) & set(typed)
        for field in self._form.values:
            line = self.line(field.name)
            if field.name not in problems:
                line.set_remark(_("✓ valid") if line.value else "")
                line.show_error("")
            elif line.value:
                line.set_remark(_("✗ wrong"), "bad")
                line.show_error(problems[field.name])
            else:
                line.set_remark(_("required"), "warn")
                line.show_error("")
        joined = self.line(JOINED)
        joined.show_error(problems.get(JOINED, ""))
        self.query_one("#brings").display = bool(self._route.promises) or checked.due is not None
        shown = self.query_one("#clock", TextLine)
        if checked.due is None:
            shown.show("")
        else:
            shown.show(
                [
                    _("In the directory by {day}", day=day(checked.due.day)),
                    "  ",
                    *_parts(days_left(checked.due)),
                    "  ",
                    clause_words(checked.due.clause),
                ]
            )

    @property
    def _kind(self) -> str:
        return self.typed_values().get(KIND, self._form.kind)

    def _build_request(self) -> JoinAsked:
        return self._form.request_of(self.typed_values(), self.reason, self.evidence, self._person)

    async def do_submit(self) -> None:
        """Submit the request and close the form; where only what is missing can come later, ask, and store
        the joiner as expected. Raises Invalid or Refused, with everything typed kept."""
        amends = self._amends.request if self._amends is not None else None
        try:
            request = self.app.desk.lifecycle.join(self._build_request(), amends)
        except (Invalid, Refused) as refusal:
            if not self._may_wait(refusal) or not await self._wants_to_wait():
                raise
            self.app.desk.lifecycle.expect(self._build_request())
            self.throw_away()
            self.dismiss(None)
            self.app.call_later(self.app.tell, _("Expected; Today shows the task with its clock."))
        else:
            self.handed_in(request)

    def _may_wait(self, refusal: Invalid | Refused) -> bool:
        """Return whether a joiner may be stored as expected: a deadline runs, person, day and unit are known,
        and nothing typed is wrong."""
        form = self._form
        if not form.may_wait or form.expected is not None or form.amends is not None:
            return False
        if isinstance(refusal, Refused):
            return refusal.field in (REASON, EVIDENCE)
        typed = self.typed_values()
        return not any(one.field in KEPT or typed.get(one.field, "?") for one in refusal.problems)

    async def _wants_to_wait(self) -> bool:
        return await confirm(
            self,
            _("Something is missing yet. Keep {name} waiting?", name=self.line("name").value.strip()),
            text=WAITING,
            yes=_("Keep waiting"),
            no=_("Keep typing"),
        )

    async def do_who(self) -> None:
        """Ask which person on record with the typed name joins, and note it; open their archive, recorded,
        and fill in what it holds."""
        name = self.line("name").value
        found = self.app.desk.lifecycle.namesakes(self._route.book, name)
        if not found:
            self.app.tell(_("Nobody else of that name is on record within your reach."), "")
            return
        options = [Pick(str(number), _whence(one)) for number, one in enumerate(found)]
        chosen = await choose(
            self, _("Who is {name}?", name=name), [*options, Pick("new", _("Somebody else"))]
        )
        if chosen is None:
            return
        if chosen == "new":
            self._person = None
            return
        one = found[int(chosen)]
        self._person = one.person
        if one.archive is not None:
            kept = self.app.desk.lifecycle.open_archive(one.archive)
            for field in self._form.values:
                self._fill_field(field, kept.values.get(field.name, ""))
            self.app.tell(_("Filled in from the archive; check what has changed since."))
        else:
            self.app.tell(_("The entry will belong to the same person."))

    def _fill_field(self, field: RequestField, value: str) -> None:
        editor = self.line(field.name).editor
        if isinstance(editor, Input) and value:
            editor.value = value
        elif isinstance(editor, ChoiceField) and value:
            editor.choose_value(value)


def _whence(one: Namesake) -> Text:
    if one.left is not None:
        return _("left {unit} on {day}, archived", unit=one.unit, day=day(one.left))
    return _("in {book}, {unit}", book=one.book_label, unit=one.unit)


def _parts(cell: Cell) -> list[Text | Styled]:
    return [cell] if isinstance(cell, str | Message | Label | Styled) else [*cell]
