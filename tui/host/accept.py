"""`mingce accept`: the host's operator is bound to confidentiality like everyone else (A.17)."""

from __future__ import annotations

from pathlib import Path

from db.language import _
from db.store.settings import Home
from tui.host.operator import desk_for
from tui.host.shell import state_folder, tell


def accept(folder: Path | None, yes: bool) -> None:
    """Accept what is due; each text is shown before."""
    with desk_for(Home(state_folder(folder)), accept=yes):
        tell(_("Nothing is left to accept."))
