"""`mingce accept`: the host's operator is bound to confidentiality like everyone else (A.17)."""

from __future__ import annotations

from db.language import _
from tui.host.operator import desk_for
from tui.host.owner import home_of
from tui.host.shell import tell
from tui.plain.words import CommandWords


def accept(words: CommandWords) -> None:
    with desk_for(home_of(words), accept=words.has("yes")):
        tell(_("Nothing is left to accept."))
