"""The change form: present and new values side by side, reason, evidence, and who will decide by when."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from db.desk.me import BookOfMine
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.change_form import ChangeForm
from db.language import Text, _, listed
from tui.kit import ChoiceField, FormField, FramedScreen, Location, Pick, TextLine, choose, clause_text
from tui.screens.asking.request_form import CHANGED_ON, REASON, RequestForm, editor

MOBILE = "mobile"
"""The field that people change of their own entry."""


def propose_change(
    screen: FramedScreen, entry: int, at: str = "", *, then: Callable[[int | None], None] | None = None
) -> None:
    """Open the change form of an entry over ``screen``, the cursor in the field ``at``; ``then`` is called
    with the request's number, or None. Raises Refused if the reader may not ask for a change."""
    screen.app.push_screen(ChangeScreen(screen.app.desk.changes.form(entry), at), then)


def own_entries(screen: FramedScreen) -> list[BookOfMine]:
    """Return the books in which the reader has an entry; a class teacher has none."""
    return [book for book in screen.app.desk.me.who().books if book.entry is not None]


async def propose_own(screen: FramedScreen) -> None:
    """Open the change form of the reader's own entry, after asking for the book if there are several; show
    that there is none."""
    own = own_entries(screen)
    if not own:
        screen.app.tell(_("You have no entry of your own."), "warn")
        return
    options = [Pick(str(book.entry), book.title, note=book.unit) for book in own]
    chosen = options[0].id if len(own) == 1 else await choose(screen, _("In which directory?"), options)
    if chosen is not None:
        propose_change(screen, int(chosen), MOBILE)


class ChangeScreen(RequestForm):
    """The form for one entry."""

    CSS_PATH = "change.tcss"
    AUTO_FOCUS = ".begins TextInput, .begins ChoiceField"
    NAME = _("Change")
    ABOUT = _(
        "Type the new values beside the present ones; each is checked as you type. What another keeps is "
        "shown but can't be changed here. Nothing changes before all named below have agreed."
    )

    def __init__(self, form: ChangeForm, at: str = "") -> None:
        super().__init__(form.route, form.amends)
        self._form, self._at = form, at

    @property
    def of(self) -> str:
        return f"change {self._form.entry}"

    def where(self) -> Location:
        form = self._form
        who = _("Change: {name} · {unit}", name=form.name, unit=form.unit)
        return Location(who, (form.book_label, clause_text(form.route.clause)))

    def body(self) -> ComposeResult:
        with Horizontal(classes="titles"):
            yield TextLine(_("Field"), "head", classes="label")
            yield TextLine(_("Now"), "head", classes="now")
            yield TextLine(_("To become"), "head", classes="new")
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._form.fields:
                line = FormField(
                    field.name,
                    field.label,
                    self._editor(field),
                    now=field.now or "–",
                    label_width=self.LABELS,
                    remark_width=8,
                    stacks=True,
                )
                # From the first, and not moved there later: a key typed meanwhile would go to another field.
                yield line.add_class("begins") if field.name == self._begins_at else line
        yield from self.end()

    @property
    def _begins_at(self) -> str:
        """The field that has the cursor at first; "" if none can be typed in."""
        typed = (field.name for field in self._form.fields if field.editable and not field.photo)
        return self._at or self._form.begins_at or next(typed, "")

    def _editor(self, field: RequestField) -> Input | ChoiceField | Text:
        if not field.editable:
            return _("(set by {maintainer})", maintainer=field.maintained_by)
        if not field.photo:
            return editor(field)
        tray = [file for file in self.app.desk.evidence.tray() if file.media_type.startswith("image/")]
        pictures = [Pick(file.id, file.name) for file in tray]
        there = {file.id for file in tray}
        pictures[:0] = [Pick(one.id, one.label) for one in field.choices if one.id not in there]
        return ChoiceField(field.label, [Pick("", "–"), *pictures], field.value)

    def remarks(self) -> ComposeResult:
        under_way = self._form.under_way
        if under_way:
            numbers = listed(map(str, under_way))
            yield TextLine(_("Another change of this entry is under way: {numbers}", numbers=numbers), "warn")

    def on_mount(self) -> None:
        self.begin()
        self._check_values()
        for field in self.query(f"#field-{self._at} Input").results(Input) if self._at else ():
            field.select_all()
        if not self._begins_at:
            self.line(REASON).query_one(Input).focus()

    # Typing

    @on(Input.Submitted)
    def _on_to_reason(self, event: Input.Submitted) -> None:
        """Move to the first empty field about the change at Enter behind a changed value."""
        shown = {field.name: field.value for field in self._form.fields}
        line = next((one for one in event.input.ancestors if isinstance(one, FormField)), None)
        if line is None or shown.get(line.field, line.value) == line.value:
            return
        for name in (CHANGED_ON, REASON):
            for field in self.query(f"#field-{name} Input").results(Input):
                if not field.value:
                    event.prevent_default().stop()
                    field.focus()
                    return

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _check_values(self) -> None:
        """Check every value and mark each field as valid or wrong. Submits nothing."""
        asked = self._field_values()
        checked = self.app.desk.changes.check(self._form.entry, asked)
        problems = {problem.field: problem.message for problem in checked.problems}
        changed = {line.field for line in checked.lines}
        for field in self._form.fields:
            line = self.line(field.name)
            line.show_error(problems.get(field.name, ""))
            if field.name in problems:
                line.set_remark(_("✗ wrong"), "bad")
            elif field.name in changed:
                line.set_remark(_("✓ valid"))
            else:
                line.set_remark("")

    def _field_values(self) -> dict[str, str]:
        return {field.name: self.line(field.name).value for field in self._form.fields if field.editable}

    # Doing

    def do_submit(self) -> None:
        """Submit the change, or resubmit the returned request, and close the form with its number. Raises
        Invalid or Refused, with everything typed kept."""
        form, changes, since = self._form, self.app.desk.changes, self.changed_on
        asked, reason, evidence = self._field_values(), self.reason, self.evidence
        shown = {field.name: field.value for field in form.fields}
        if form.amends is not None:
            number = form.amends.request
            changes.amend(number, form.version, asked, reason, evidence, changed_on=since)
        else:
            number = changes.submit(
                form.entry, form.version, asked, reason, evidence, changed_on=since, shown=shown
            )
        self.handed_in(number)
