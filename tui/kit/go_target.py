"""What the box of g finds besides commands and places, and who finds it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

from db.language import Text, _
from tui.kit.commands import ScreenCommand, key_name
from tui.kit.mode import Mode
from tui.sheets.cell import Styled

Doing = Callable[[], Coroutine[object, object, None] | None]


@dataclass(frozen=True, slots=True)
class GoTarget:
    """Something to go to: of which ``kind`` it is, where it ``leads`` and by which ``key`` one gets there
    without the box. ``number`` shows somebody's number at once; ``why`` says why it can't be done now."""

    id: str
    kind: Text
    said: Sequence[Text | Styled]
    leads: Text
    key: str
    go: Doing
    number: Doing | None = None
    number_label: Text = ""
    why: Text = ""


def target_of(command: ScreenCommand, mode: Mode | None, go: Doing, why: Text = "") -> GoTarget:
    """Build the row of the box for ``command`` of the place ``mode``; dimmed if ``why`` says that it is not
    possible."""
    key = key_name(command.key)
    return GoTarget(
        f"{mode.id if mode is not None else ''} {command.id}",
        _("Do"),
        [command.label, "  ", Styled(command.help, "dim")] if not why else [Styled(command.label, "dim")],
        mode.label if mode is not None else "",
        f"{mode.digit} {key}" if mode is not None else key,
        go,
        why=why,
    )


class Finder(Protocol):
    """Finds what the record holds, for one opening of the box."""

    def find(self, text: str) -> Sequence[GoTarget]:
        """Return the people and things on record that ``text``, with its prefix, finds."""
        ...

    def record_lookup(self, text: str) -> None: ...

    def forget_opened(self) -> bool:
        """Clear the list of people opened lately; return whether there were any."""
        ...


class NothingFound:
    """A finder where there is no record."""

    def find(self, text: str) -> Sequence[GoTarget]:
        return ()

    def record_lookup(self, text: str) -> None:
        """Do nothing."""

    def forget_opened(self) -> bool:
        return False
