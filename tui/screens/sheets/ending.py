"""Ending early, where it is named, what a request opened for a time."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.requests.opened import OpenedView
from db.language import Text, _, listed
from tui.kit import Pick, choose
from tui.kit.keyed import Keyed
from tui.screens.sheets.asking import do_and_describe
from tui.sheets.asks import At
from tui.sheets.date_words import moment
from tui.sheets.granted import TAKE_BACK


async def end_one(screen: Keyed, views: Sequence[OpenedView]) -> Text | None:
    """Ask which of ``views`` to end, and end it, recorded; return the words to show, None if the reader went
    back."""
    picks = [
        Pick(
            str(view.request),
            _("{kind}: {whose}", kind=view.kind, whose=listed(view.whose)),
            note=_("{to} until {until}", to=view.to, until=moment(view.until)),
        )
        for view in views
    ]
    chosen = picks[0].id if len(picks) == 1 else await choose(screen, TAKE_BACK.label, picks)
    meant = [view for view in views if str(view.request) == chosen]
    if not meant:
        return None
    return await do_and_describe(screen, TAKE_BACK, At(screen.app.desk, (meant[0].request,), lambda: meant))
