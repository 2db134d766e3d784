"""The commands of `mingce mail` with their options and help."""

from __future__ import annotations

from db.language import _
from tui.host.options import Dir, Json, group
from tui.host.tongue import t

mail = group(t(_("Mail that waits to be sent.")))


@mail.command(
    "send",
    short_help=t(_("Send the mail that waits.")),
    help=t(_("Send the mail that waits and is due; exit status 1 where some of it could not be sent.")),
)
def mail_send(dir: Dir = None, json: Json = False) -> int:
    """Send the mail that waits and is due; exit status 1 where some of it could not be sent."""
    from tui.host.mail import send

    return send(dir, json)
