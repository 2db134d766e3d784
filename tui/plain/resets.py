"""``resets``: resets of sign-ins under way, one's half of a code, and stopping one.

Asking for one is ``ask reset``, vouching for it ``approve``.
"""

from __future__ import annotations

from auth import enrolment
from db.desk.accounts.reset_desk import ResetView
from db.language import Text, _
from tui.plain.command import JSON, Command, number
from tui.plain.room import Room
from tui.plain.words import Words


def resets(room: Room, words: Words) -> int:
    """Those that concern the reader."""
    rows = room.desk.resets.open()
    if words.has("json"):
        room.data([_data(row) for row in rows])
        return 0
    if not rows:
        room.warn(_("No reset is under way that concerns you."))
        return 0
    heads = (_("No."), _("Sign-in of"), _("Asked by"), _("Vouched for by"), _("Good from"), _("You can"))
    room.table(
        heads,
        [
            (
                str(row.request),
                _("{name} ({login})", name=row.name, login=row.login),
                row.asked_by,
                row.vouched_by or "–",
                row.opens or "–",
                _can(row),
            )
            for row in rows
        ],
    )
    return 0


def half(room: Room, words: Words) -> int:
    """The reader's half of a code, once."""
    made = enrolment.take_half(room.desk, number(words.operand(0), _("The request")))
    shown = made.shown
    if words.has("json"):
        room.data({"login": shown.login, "place": shown.place, "half": made.code, "other": shown.other,
                   "opens": shown.opens, "until": shown.until})  # fmt: skip
        return 0
    room.tell(
        _("Half {place} of the code of {login}: {code}", place=shown.place, login=shown.login, code=made.code)
    )
    if shown.opens:
        room.tell(_("The code is good from {opens}.", opens=shown.opens))
    room.tell(
        _(
            "It is shown only now. The other half has {other}. Give yours to the owner yourself, never to "
            "{other}.",
            other=shown.other,
        )
    )
    return 0


def stop(room: Room, words: Words) -> int:
    """End one; nothing of the sign-in has changed."""
    request = number(words.operand(0), _("The request"))
    room.desk.resets.stop(request)
    room.tell(_("The reset is stopped: request {request}.", request=request))
    return 0


def _can(row: ResetView) -> Text:
    if row.half:
        return f"resets half {row.request}"
    return f"resets stop {row.request}"


def _data(row: ResetView) -> dict[str, object]:
    return {
        "request": row.request,
        "login": row.login,
        "name": row.name,
        "asked_by": row.asked_by,
        "vouched_by": row.vouched_by,
        "opens": row.opens,
        "half": row.half,
        "own": row.own,
        "may_stop": row.may_stop,
    }


COMMANDS = (
    Command(
        "resets",
        (),
        (JSON,),
        _("List resets of sign-ins under way: your own, those you have a hand in, those you supervise."),
        "resets",
        resets,
    ),
    Command(
        "resets half",
        ("ID",),
        (JSON,),
        _("Show your half of the code of a reset; it is shown once."),
        "resets half 17",
        half,
    ),
    Command(
        "resets stop",
        ("ID",),
        (),
        _("Stop a reset of a sign-in before its code is used."),
        "resets stop 17",
        stop,
    ),
)
