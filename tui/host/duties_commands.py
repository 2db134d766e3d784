"""The commands of `mingce duties` with their options and help."""

from __future__ import annotations

from db.language import _
from tui.host.options import Dir, Json, group
from tui.host.tongue import t

duties = group(t(_("What has to be done by a due day.")))


@duties.command(
    "run",
    short_help=t(_("Open tasks, remind and escalate.")),
    help=t(
        _("Open the tasks that are due to be opened, remind before a due day and escalate after it, once.")
    ),
)
def duties_run(dir: Dir = None, json: Json = False) -> int:
    """Open the tasks that are due to be opened, remind before a due day and escalate after it, once."""
    from tui.host.duties import run

    return run(dir, json)
