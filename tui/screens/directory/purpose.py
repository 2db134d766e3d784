"""What a look-up of protected values is for: chosen by one key, with a reason where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from db.language import Text, _
from tui.kit import Frame, Option, ask_text, by_clause, choose


@dataclass(frozen=True, slots=True)
class Asked:
    """The purpose's id, and the reason if one was asked for."""

    purpose: str
    reason: str


async def ask_purpose(screen: Frame, book: str, title: Text) -> Asked | None:
    """The purpose, or None where the reader went back.

    Purposes that are not allowed can be chosen too: the desk refuses them with their clause.
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
    reason = ""
    if screen.app.desk.directory.asks_reason(book):
        typed = await ask_text(screen, title, _("Reason"), required=True)
        if typed is None:
            return None
        reason = typed
    return Asked(chosen, reason)
