"""`mingce audit verify`: whether the chain is whole."""

from __future__ import annotations

from pathlib import Path

from db.language import Message, _
from db.store import audit
from db.store.settings import Home
from tui.host.operator import opened
from tui.host.shell import FAILED, state_folder, tell, tell_json

REASONS: dict[str, Message] = {
    "missing": _("it is missing, or others were put in its place"),
    "altered": _("its content does not fit its hash"),
    "journal": _("what it sealed was altered or moved"),
    "tail": _("the chain ends here, but its head says otherwise"),
}


def verify(folder: Path | None, as_json: bool) -> int:
    """Check the whole chain; exit status 0 where it is sound, else 1."""
    with opened(Home(state_folder(folder))):
        verdict = audit.verify()
    if as_json:
        tell_json(
            {"sound": verdict.sound, "records": verdict.records, "bad": verdict.bad, "reason": verdict.reason}
        )
    elif verdict.sound:
        tell(_("The chain is sound: {count} records.", count=verdict.records))
    else:
        reason = REASONS.get(verdict.reason, _("unknown"))
        tell(_("The chain breaks at record {number}: {reason}.", number=verdict.bad, reason=reason))
        tell(_("Stop the server, keep a copy of the state folder as it is, and compare it with a backup."))
    return 0 if verdict.sound else FAILED
