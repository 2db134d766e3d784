"""What a look-up of protected values is for: chosen by one key, with a reason where one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from db.language import Text, _
from tui.kit import Frame, Option, ask_text, by_clause, choose

Found = TypeVar("Found")


async def for_a_purpose(
    screen: Frame, book: str, title: Text, look: Callable[[str, str], Found], entry: int | None = None
) -> Found | None:
    """What ``look`` finds for the purpose, by its id, and the reason; None where the reader went back.
    ``entry``: of whom protected values are revealed.

    Purposes that are not allowed can be chosen too: the desk refuses them with their clause. A reason that it
    refuses stays to be written anew.
    """
    purposes = screen.app.desk.directory.purposes(book)
    options = [
        Option(
            purpose.id,
            purpose.label,
            note="" if purpose.allowed else _("not allowed {clause}", clause=by_clause(purpose.clause)),
        )
        for purpose in purposes
    ]
    chosen = await choose(screen, title, options, text=_("The purpose is recorded with your name."))
    if chosen is None:
        return None
    why = screen.app.desk.directory.asks_reason(book, entry)
    if why is None:
        return look(chosen, "")
    found: list[Found] = []
    typed = await ask_text(
        screen,
        title,
        _("Reason"),
        text=why,
        required=True,
        check=lambda reason: found.append(look(chosen, reason)),
    )
    return found[0] if typed is not None else None
