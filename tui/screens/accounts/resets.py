"""Resets under way, as Today shows them: one's half of a code, shown once, and the end of a reset."""

from __future__ import annotations

from collections.abc import Sequence

from auth import enrolment
from db.desk import Invalid, Problem
from db.desk.accounts.reset_desk import ResetView
from db.language import _, listed
from tui.kit import FramedScreen, Pick, Styled, ask_text, choose, confirm
from tui.sheets.resets import half_note, reset_person

LAST = 3
"""So many letters of a half have to be typed, as a proof that it was noted."""


def reset_line(resets: Sequence[ResetView]) -> Styled | None:
    """Return a line about resets under way, the reader's own first; None for none."""
    own = [one for one in resets if one.own]
    if own:
        one = own[0]
        text = _(
            "{asker} asked for a reset of your sign-in. If you did not want that: x stops it",
            asker=one.asked_by,
        )
        return Styled(text, "bad")
    halves = [one for one in resets if one.half]
    if halves:
        names = listed(one.name for one in halves)
        return Styled(_("r shows your half of the code: {names}", names=names), "warn")
    watched = [one for one in resets if one.may_stop]
    if watched:
        names = listed(one.name for one in watched)
        return Styled(_("Reset under way, x stops it: {names}", names=names), "warn")
    return None


async def one_of(screen: FramedScreen, resets: Sequence[ResetView]) -> ResetView | None:
    """Return the only reset, or ask in a box which one, own ones first; None for none, or if the reader went
    back."""
    if len(resets) < 2:
        return resets[0] if resets else None
    ordered = sorted(resets, key=lambda one: not one.own)
    options = [Pick(str(one.request), reset_person(one)) for one in ordered]
    chosen = await choose(screen, _("Which reset?"), options)
    return next((one for one in resets if str(one.request) == chosen), None)


async def show_half(screen: FramedScreen, reset: ResetView) -> None:
    """Ask whether to show the half now; then make it, recorded and possible once only, and show it until its
    end was typed, or the reader said that it is noted."""
    ready = await confirm(
        screen,
        _("Show your half of the code for {whose}?", whose=reset_person(reset)),
        text=_("It is shown once. Have something to write with, and nobody beside you."),
    )
    if not ready:
        return
    half = enrolment.take_half(screen.app.desk, reset.request)
    end = half.code.replace("-", "")[-LAST:]

    def check(typed: str) -> None:
        if typed.upper() != end:
            problem = _("These are not its last {count} letters.", count=LAST)
            raise Invalid(Problem("text", problem))

    title = _(
        "Half {place} of the code of {login}: {code}",
        place=half.shown.place,
        login=reset.login,
        code=half.code,
    )
    noted = False
    while not noted:
        typed = await ask_text(
            screen,
            title,
            _("Its last {count} letters", count=LAST),
            text=half_note(half),
            required=True,
            check=check,
        )
        noted = typed is not None or await confirm(
            screen,
            _("Have you noted your half?"),
            text=_("It is not shown again."),
            yes=_("Noted"),
            no=_("Not yet"),
        )
    screen.app.tell(_("Give your half to the owner yourself, and to nobody else."))


async def stop_reset(screen: FramedScreen, reset: ResetView) -> bool:
    """Ask, stop the reset, recorded, and show that; return whether it was stopped."""
    text = _(
        "Asked for by {asker}. The code becomes worthless; the sign-in stays as it is.", asker=reset.asked_by
    )
    if not await confirm(screen, _("Stop the reset of {whose}?", whose=reset_person(reset)), text=text):
        return False
    screen.app.desk.resets.stop(reset.request)
    screen.app.tell(_("The reset is stopped."))
    return True
