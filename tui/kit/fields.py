"""What forms are made of: a field with its present and its new value, a choice, an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from db.language import Message, Text, _, say
from tui.kit.choosing import Choose, Pick
from tui.kit.painted import Painted, Spoken, TextLine
from tui.safe import cells, plain
from tui.sheets.cell import Cell, Tone

if TYPE_CHECKING:
    from tui.kit.base import KitApp
    from tui.kit.keyed import Keyed


class TextInput(Spoken, Input):
    """One line of text, a password (``secret``), or a search field (``classes="search"``); edited as a
    shell's line is.

    The cursor does not blink: an idle session sends nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+b", "cursor_left", show=False),
        Binding("ctrl+f", "cursor_right", show=False),
        Binding("alt+left", "cursor_left_word", show=False),
        Binding("alt+right", "cursor_right_word", show=False),
        Binding("alt+backspace,ctrl+backspace", "delete_left_word", show=False),
        Binding("alt+d,alt+delete,ctrl+delete", "delete_right_word", show=False),
    ]
    DEFAULT_CSS = """
    TextInput, TextInput:focus {
        height: 1; border: none; padding: 0 1;
        background: $field; color: $foreground; background-tint: transparent;
    }
    TextInput:focus { background: $panel; color: $strong; }
    TextInput:nocolor { outline-left: solid $rule; outline-right: solid $rule; }
    TextInput > .input--placeholder { color: $muted; }
    TextInput:nocolor > .input--placeholder { text-style: dim; }
    TextInput:nocolor > .input--cursor { text-style: reverse; }
    TextInput:nocolor > .input--selection { text-style: reverse; }
    """

    virtual_size = Reactive(Size(0, 0))
    """How wide what was typed is. For Textual it is a reason to lay out the whole screen at every key."""

    def __init__(
        self,
        value: str = "",
        *,
        hint: Text = "",
        secret: bool = False,
        max_length: int = 200,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        with self.prevent(Input.Changed):  # what stands in it at first is no change
            super().__init__(
                plain(value),
                password=secret,
                max_length=max_length,
                select_on_focus=False,
                id=id,
                classes=classes,
            )
        self.cursor_blink = False
        self._hint = hint

    def on_mount(self) -> None:
        self.respeak()

    def suggest(self, hint: Text) -> None:
        self._hint = hint
        self.respeak()

    @property
    def cut_hint(self) -> Text:
        """The hint, where it is shown and the field is too narrow for it; else nothing."""
        is_cut = not self.value and cells(str(self.placeholder)) > self.content_size.width
        return self._hint if is_cut else ""

    def respeak(self) -> None:
        self.placeholder = plain(say(self._hint, cast("KitApp", self.app).language))

    def on_key(self, event: events.Key) -> None:
        """Lead to the next field by arrows, at once, so that what is typed ahead goes into it."""
        lead_by_arrows(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        # Textual calls the base's handler after this one, which may say anew that it is too long.
        cast("Keyed", self.screen).clear_notice()
        event.text = plain(event.text.rstrip("\r\n"))

    def restricted(self) -> None:
        """Say that what was typed or pasted is too long, where Textual would ring the bell and drop it."""
        said = _("At most {count} characters fit here. Nothing of it was taken.", count=self.max_length)
        cast("KitApp", self.app).tell(said, "warn")


def lead_by_arrows(field: Widget, event: events.Key) -> None:
    """Focus the field before or after ``field`` in a form."""
    if event.key in ("up", "down") and any(isinstance(above, FormField) for above in field.ancestors):
        event.stop()
        event.prevent_default()
        if event.key == "down":
            field.screen.focus_next()
        else:
            field.screen.focus_previous()


class ChoiceField(Painted, can_focus=True):
    """One of several values on a line: Enter or Space lists them, left and right change it; outside a form
    down lists them, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "list", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
    ]
    DEFAULT_CSS = """
    ChoiceField { height: 1; width: auto; min-width: 8; padding: 0 1; background: $field; }
    ChoiceField:focus { background: $panel; color: $strong; text-style: bold; }
    ChoiceField:nocolor { outline-left: solid $rule; outline-right: solid $rule; }
    ChoiceField:focus:nocolor { text-style: reverse; }
    """

    class Changed(TextualMessage):
        """Another value was chosen; ``value`` is its id."""

        def __init__(self, choice: ChoiceField, value: str) -> None:
            super().__init__()
            self.choice = choice
            self.value = value

        @property
        def control(self) -> ChoiceField:
            return self.choice

    def __init__(
        self,
        title: Text,
        options: Sequence[Pick],
        value: str = "",
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title = title
        self.options = list(options)
        self.value = value or (self.options[0].id if self.options else "")

    def on_key(self, event: events.Key) -> None:
        """Lead on by arrows as a typed field does."""
        lead_by_arrows(self, event)

    def get_content_width(self, *_sizes: object) -> int:
        return cells(self._label()) + 2

    def _label(self) -> str:
        """Return the value's own words: how deep it stands among the others shows in their list only."""
        chosen = (self.words(option.label) for option in self.options if option.id == self.value)
        return next(chosen, "").strip()

    def render_line(self, y: int) -> Strip:
        return self.paint([(self._label(), ""), (" ▾", "accent")], self.size.width)

    def choose_value(self, value: str) -> None:
        if value != self.value and any(option.id == value for option in self.options):
            self.value = value
            self.refresh(layout=True)
            self.post_message(self.Changed(self, value))

    def action_step(self, by: int) -> None:
        ids = [option.id for option in self.options]
        if ids:
            self.choose_value(ids[(ids.index(self.value) + by) % len(ids)])

    def action_list(self) -> None:
        def chosen(value: str | None) -> None:
            if value is not None:
                self.choose_value(value)

        self.app.push_screen(Choose(self._title, self.options, selected=self.value), chosen)

    def on_click(self) -> None:
        self.action_list()


class FormField(Widget):
    """A line of a form: label, present value, new value, and what is wrong with it underneath.

    ``editor`` is a ``TextInput`` or ``ChoiceField``, or a text that says who keeps this field instead.
    """

    DEFAULT_CSS = """
    FormField { height: auto; }
    FormField > Horizontal { height: auto; }
    FormField .label { width: 14; height: auto; color: $muted; }
    FormField.-had .label { padding-right: 1; }
    FormField .now { width: 1fr; height: auto; }
    FormField .new { width: 1fr; height: 1; }
    FormField .mark { width: 10; height: 1; padding-left: 1; }
    FormField > .wrong { padding-left: 14; display: none; }
    FormField.-wrong > .wrong { display: block; }
    """

    def __init__(
        self, name: str, label: Text, editor: Input | ChoiceField | Text, *, now: Cell | None = None
    ) -> None:
        super().__init__(id=f"field-{name}", classes="-had" if now is not None else "")
        self.field = name
        self._label = label
        self._now = now
        self.editor = editor

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield TextLine(self._label, classes="label")
            if self._now is not None:
                yield TextLine(self._now, classes="now")
            if isinstance(self.editor, Widget):
                self.editor.add_class("new", update=False)  # it is styled as it is mounted
                yield self.editor
            else:
                yield TextLine(self.editor, "dim", classes="new")
            yield TextLine(classes="mark")

    def on_descendant_focus(self) -> None:
        """Bring the label into view with what is typed."""
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_input_changed(self) -> None:
        self.show_error("")

    @property
    def value(self) -> str:
        """The new value; empty where the field can't be edited."""
        return self.editor.value if isinstance(self.editor, Input | ChoiceField) else ""

    def set_value(self, value: str) -> None:
        """Make ``value`` the new one, where there is a field for it."""
        if isinstance(self.editor, Input):
            self.editor.value = value
        elif isinstance(self.editor, ChoiceField):
            self.editor.choose_value(value)

    def set_present(self, now: Cell) -> None:
        """Say another present value, where one is said."""
        self.query_one(".now", TextLine).show(now)

    def set_remark(self, text: Cell, tone: Tone = "good") -> None:
        """Show a short remark at the right end, such as ``✓ valid``."""
        self.query_one(".mark", TextLine).show(text, tone)

    def show_error(self, text: Text) -> None:
        """Say what is wrong with the value; an empty text takes it back."""
        self.set_class(bool(text), "-wrong")
        if text and not self.query(".wrong"):
            self.mount(TextLine(classes="wrong"))
        for line in self.query(".wrong").results(TextLine):
            line.show(Message("✗ {text}", {"text": text}) if text else "", "bad")


def show_problems(screen: Widget, problems: dict[str, Text]) -> bool:
    """Put each problem under its field and the cursor in the first; False if a field is not on this form."""
    fields = {field.field: field for field in screen.query(FormField)}
    for field in fields.values():
        field.show_error(problems.get(field.field, ""))
    for name in problems:
        if focus_field(screen, name):
            break
    return all(name in fields for name in problems)


def focus_field(screen: Widget, name: str) -> bool:
    """Put the cursor into a field; False if it is not on this form, or is not typed in."""
    for field in screen.query(FormField):
        if field.field == name and isinstance(field.editor, Widget):
            field.editor.focus()
            return True
    return False
