"""What forms are made of: a field with its present and its new value, a choice, an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message as TextualMessage
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from db.language import Message, Text, _, say
from tui.kit.choosing import Choose, Pick
from tui.kit.painted import Painted, Spoken
from tui.safe import cells, plain
from tui.sheets.cell import Cell, Tone

if TYPE_CHECKING:
    from tui.kit.base import KitApp
    from tui.kit.keyed import Keyed

ERROR_WIDTH = 24
"""Cells that a problem has at least; where fewer are left beside the labels, it begins below them."""


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
        """The hint, if it is shown and cut; else ""."""
        is_cut = not self.value and cells(str(self.placeholder)) > self.content_size.width
        return self._hint if is_cut else ""

    def respeak(self) -> None:
        self.placeholder = plain(say(self._hint, cast("KitApp", self.app).language))

    def on_key(self, event: events.Key) -> None:
        """Move to the next or previous field at up and down."""
        lead_by_arrows(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        # Textual calls the base's handler after this one, which may say anew that it is too long.
        cast("Keyed", self.screen).clear_notice()
        event.text = plain(event.text.rstrip("\r\n"))

    def restricted(self) -> None:
        """Show that the text typed or pasted is too long, where Textual would ring the bell; nothing of it is
        taken."""
        said = _("At most {count} characters fit here. Nothing of it was taken.", count=self.max_length)
        cast("KitApp", self.app).tell(said, "warn")


def lead_by_arrows(field: Widget, event: events.Key) -> None:
    """Focus the next or previous field at up and down, inside a form; leave other keys alone."""
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
        """Move to the next or previous field at up and down, in a form."""
        lead_by_arrows(self, event)

    def get_content_width(self, *_sizes: object) -> int:
        return cells(self._label()) + 2

    def _label(self) -> str:
        """Return the words of the value, without its indent among the others."""
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


class EditorPlace(Layout):
    """The layout of a line of a form: its editor stands where the line has left room for it."""

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        region = cast("FormField", parent).editor_region(size.width)
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child) for child in children]


EDITOR_PLACE = EditorPlace()


class FormField(Painted):
    """A line of a form: label, present value, new value, a remark, and what is wrong with it underneath. It
    draws all but the editor itself: a widget for each of them made long forms slow to open.

    ``editor`` is a ``TextInput`` or ``ChoiceField``, or a text that says who keeps this field instead.
    ``label_width`` and ``remark_width`` are cells. With ``stacks`` they stand below one another, without the
    remark, on a screen that is narrow.
    """

    DEFAULT_CSS = "FormField { height: auto; }"

    def __init__(
        self,
        name: str,
        label: Text,
        editor: Input | ChoiceField | Text,
        *,
        now: Cell | None = None,
        label_width: int = 14,
        remark_width: int = 0,
        stacks: bool = False,
    ) -> None:
        super().__init__(id=f"field-{name}")
        self.field = name
        self.editor = editor
        self._label = label
        self._now = now
        self._new: tuple[Cell, Tone] = ("", "") if isinstance(editor, Widget) else (editor, "dim")
        self._remark: tuple[Cell, Tone] = ("", "")
        self._wrong: Text = ""
        self._label_width, self._remark_width, self._stacks = label_width, remark_width, stacks
        self._drawn: tuple[object, _Drawn] | None = None

    @property
    def layout(self) -> Layout:
        return EDITOR_PLACE

    def compose(self) -> ComposeResult:
        if isinstance(self.editor, Widget):
            yield self.editor

    def on_descendant_focus(self) -> None:
        """Scroll so that the label is in view with the editor."""
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_input_changed(self) -> None:
        self.show_error("")

    @property
    def value(self) -> str:
        """The new value; empty where the field can't be edited."""
        return self.editor.value if isinstance(self.editor, Input | ChoiceField) else ""

    def set_value(self, value: str) -> None:
        """Put ``value`` into the editor, if there is one."""
        if isinstance(self.editor, Input):
            self.editor.value = value
        elif isinstance(self.editor, ChoiceField):
            self.editor.choose_value(value)

    def show_value(self, text: Cell, tone: Tone = "") -> None:
        """Show ``text`` in the place of the new value; for a field without an editor."""
        self._new = text, tone
        self._redraw()

    def set_present(self, now: Cell) -> None:
        """Replace the present value, if the field shows one."""
        if self._now not in (None, now):
            self._now = now
            self._redraw()

    def set_remark(self, text: Cell, tone: Tone = "good") -> None:
        """Show a short remark at the right end, such as ``✓ valid``; "" removes it."""
        if self._remark != (text, tone):
            self._remark = text, tone
            self._redraw()

    def show_error(self, text: Text) -> None:
        """Show what is wrong with the value under the field; "" removes it."""
        if self._wrong != text:
            self._wrong = text
            self.set_class(bool(text), "-wrong")
            self._redraw()

    # Drawing

    def _redraw(self) -> None:
        self._drawn = None
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._parts(width).height

    def editor_region(self, width: int) -> Region:
        """Return the place of the editor in a line of ``width`` cells."""
        return self._parts(width).editor

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        strips, at = list[Strip](), 0
        for x, top, room, lines in self._parts(width).parts:
            if top <= y < top + len(lines):
                strips += [self.paint((), x - at), self.paint(lines[y - top], room)]
                at = x + room
        return Strip.join([*strips, self.paint((), width - at)])

    def _parts(self, width: int) -> _Drawn:
        stacked = self._stacks and self.screen.has_class("-narrow")
        wanted = (width, self.app.wording, stacked)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = wanted, self._stacked(width) if stacked else self._lay_beside(width)
        return self._drawn[1]

    def _lay_beside(self, width: int) -> _Drawn:
        """Lay the parts out beside one another: the present value gets half of what label and remark
        leave."""
        start, end = self._label_width, max(width - self._remark_width, self._label_width)
        new = start if self._now is None else start + (end - start) // 2
        gap = self._now is not None
        parts = [self._part(0, 0, start - gap, (self._label, "dim"))]
        if self._now is not None:
            parts.append(self._part(start, 0, new - start - 1, (self._now, "")))
        if not isinstance(self.editor, Widget):
            parts.append(self._part(new + 1, 0, end - new - 1, self._new, most=1))
        if self._remark_width and not (self._wrong and self._remark[1] == "good"):
            parts.append(self._part(end + 1, 0, width - end - 1, self._remark, most=1))
        return self._with_error(parts, Region(new, 0, end - new, 1), width)

    def _stacked(self, width: int) -> _Drawn:
        parts = [self._part(0, 0, width, (self._label, "dim"))]
        if self._now is not None:
            parts.append(self._part(1, len(parts[0].lines), width - 2, (self._now, "")))
        y = sum(len(one.lines) for one in parts)
        if not isinstance(self.editor, Widget):
            parts.append(self._part(1, y, width - 1, self._new, most=1))
        return self._with_error(parts, Region(0, y, width, 1), width)

    def _with_error(self, parts: list[_Part], editor: Region, width: int) -> _Drawn:
        height = max(editor.bottom, *(one.y + len(one.lines) for one in parts))
        if self._wrong:
            x = self._label_width if width - self._label_width >= ERROR_WIDTH else 0
            wrong = Message("✗ {text}", {"text": self._wrong})
            parts.append(self._part(x, height, width - x, (wrong, "bad")))
            height += len(parts[-1].lines)
        return _Drawn(parts, editor, height)

    def _part(self, x: int, y: int, width: int, said: tuple[Cell, Tone], most: int | None = None) -> _Part:
        return _Part(x, y, width, self.fold_cell(*said, width)[:most])


class _Part(NamedTuple):
    """Lines of spans, where they stand in a line of a form and how wide they may be."""

    x: int
    y: int
    width: int
    lines: Sequence[Sequence[tuple[str, Tone]]]


class _Drawn(NamedTuple):
    """A line of a form as laid out for one width."""

    parts: Sequence[_Part]
    editor: Region
    height: int


def show_problems(screen: Widget, problems: dict[str, Text]) -> bool:
    """Show each problem under its field and focus the first one; return False if a field is not on this
    form."""
    fields = {field.field: field for field in screen.query(FormField)}
    for field in fields.values():
        field.show_error(problems.get(field.field, ""))
    for name in problems:
        if focus_field(screen, name):
            break
    return all(name in fields for name in problems)


def focus_field(screen: Widget, name: str) -> bool:
    """Focus the editor of field ``name``; return False if it is not on this form or has none."""
    for field in screen.query(FormField):
        if field.field == name and isinstance(field.editor, Widget):
            field.editor.focus()
            return True
    return False
