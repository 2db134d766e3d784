"""What the forms at the door have in common: secret fields, Enter, and patience with bcrypt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from textual.widgets import Input

from auth.passwords import LONGEST
from db.desk import Invalid
from db.language import Text, _
from tui.kit import FormField, FramedScreen, NoticeArea, TextInput

LONGEST_TYPED = 4 * LONGEST
"""More than a password may have, so that one that is too long is not cut but refused."""


def secret_field(name: str, label: Text, label_width: int) -> FormField:
    return FormField(name, label, TextInput(secret=True, max_length=LONGEST_TYPED), label_width=label_width)


def typed_value(screen: FramedScreen, name: str) -> str:
    return screen.query_one(f"#field-{name}", FormField).value


def focus_input(screen: FramedScreen, name: str) -> None:
    screen.query_one(f"#field-{name} TextInput", TextInput).focus()


def clear(screen: FramedScreen, name: str) -> None:
    """Empty a field; the error under it stays."""
    field = screen.query_one(f"#field-{name} TextInput", TextInput)
    with field.prevent(Input.Changed):
        field.value = ""


@contextmanager
def wrong_ones_emptied(screen: FramedScreen) -> Iterator[None]:
    """Empty the fields that an Invalid from the body names, and raise it on."""
    try:
        yield
    except Invalid as invalid:
        wrong = {problem.field for problem in invalid.problems}
        for name in wrong | ({"repeated"} if "password" in wrong else set()):
            clear(screen, name)
        raise


def to_next_empty(screen: FramedScreen) -> bool:
    """Focus the next empty field after the focused one; return False if there is none."""
    editors = [field.editor for field in screen.query(FormField) if isinstance(field.editor, TextInput)]
    if screen.focused not in editors:
        return False
    for editor in editors[editors.index(screen.focused) + 1 :]:
        if editor.is_on_screen and not editor.value:
            editor.focus()
            return True
    return False


@asynccontextmanager
async def patience(screen: FramedScreen) -> AsyncIterator[None]:
    """Show that it takes a moment before the body, as bcrypt blocks the session for a second; empty the
    fields that it finds wrong."""
    notice = screen.query_one(NoticeArea)
    notice.tell(_("One moment…"), "")
    await asyncio.sleep(0.1)
    try:
        with wrong_ones_emptied(screen):
            yield
    finally:
        notice.hush()
