"""Resets of sign-ins under way: one's half of a code, which is shown once, and stopping one.

Asking for one is ``ask reset``, vouching for it ``approve``; on the screen Today has both verbs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auth import enrolment
from auth.enrolment import Half
from db.desk.accounts.reset_desk import ResetView
from db.language import Text, _
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.sheet import NEVER, Column, Sheet, Verb, nothing

TYPED: Final = _(
    "The owner types both in one line where the password is asked for, a blank between, and leaves the code "
    "empty."
)


def reset_person(row: ResetView) -> Text:
    return _("{name} ({login})", name=row.name, login=row.login)


def half_note(half: Half) -> Text:
    """Return words for who has the other half of a code, and from when it is valid."""
    shown = half.shown
    if shown.opens:
        return _(
            "The other half has {other}. The code is good from {opens}. Give yours to the owner yourself, "
            "never to {other}.",
            other=shown.other,
            opens=shown.opens,
        )
    return _(
        "The other half has {other}. Give yours to the owner yourself, never to {other}.", other=shown.other
    )


def _half(_at: At[ResetView], half: Half) -> Sequence[Fact]:
    label = _("Half {place} of the code of {login}", place=half.shown.place, login=half.shown.login)
    return [(label, half.code), ("", half_note(half)), ("", TYPED)]


HALF: Verb[ResetView] = Verb(
    id="half",
    operation="resets.take_half",
    label=_("Half of the code"),
    help=_("Show your half of the code of a reset; it is shown once."),
    offered=lambda row: row.half,
    do=lambda at: enrolment.take_half(at.desk, at.number),
    done=lambda _at, _made: _("It is not shown again."),
    shows=_half,
    example="resets half 17",
)
STOP: Verb[ResetView] = Verb(
    id="stop",
    operation="resets.stop",
    label=_("Stop"),
    help=_("Stop a reset of a sign-in before its code is used."),
    do=lambda at: at.desk.resets.stop(at.number),
    done=lambda at, _made: _("The reset is stopped: request {request}.", request=at.number),
    example="resets stop 17",
)
RESETS: Sheet[ResetView] = Sheet(
    id="resets",
    operation="resets.open",
    title=_("Resets"),
    about=_("Resets of sign-ins under way: your own, those you take part in, those you supervise."),
    help=_("List resets of sign-ins under way: your own, those you take part in, those you "
           "supervise."),
    rows=lambda at: at.desk.resets.open(),
    key=lambda row: row.request,
    named="request",
    columns=(
        Column("login", _("Sign-in of"), reset_person, data=lambda row: row.login),
        Column("name", _("Name"), nothing, from_width=NEVER, data=lambda row: row.name),
        Column("asked_by", _("Asked by"), lambda row: row.asked_by),
        Column("vouched_by", _("Vouched for by"), lambda row: row.vouched_by),
        Column("opens", _("Good from"), lambda row: row.opens),
        Column("half", _("You can"), lambda row: f"resets {'half' if row.half else 'stop'} {row.request}",
               from_width=NEVER, data=lambda row: row.half),
        Column("own", _("Name"), nothing, from_width=NEVER, data=lambda row: row.own),
        Column("may_stop", _("Stop"), nothing, from_width=NEVER, data=lambda row: row.may_stop),
    ),
    verbs=(HALF, STOP),
    empty=_("No reset is under way that concerns you."),
    example="resets",
)  # fmt: skip
