"""How announcements are put into words."""

from __future__ import annotations

from collections.abc import Callable

from db.desk.notices import NoticeToMe
from db.language import Text, _
from tui.kit import Cell, Styled, clause_text


def _changed(notice: NoticeToMe) -> Text:
    return _("{who}: the entry was updated", who=f"{notice.name} {notice.unit}")


def _opened(notice: NoticeToMe) -> Text:
    return _("{who}: a request to see the entry was granted", who=f"{notice.name} {notice.unit}")


WORDS: dict[str, Callable[[NoticeToMe], Text]] = {
    "change": _changed,
    "access": _opened,
    "account-reset": lambda _notice: _("Your sign-in was reset. If you did not ask for it, tell IT at once."),
    "recovery-code-used": lambda _notice: _(
        "One of your recovery codes was used to sign in. If it was not you, tell IT at once."
    ),
}


def told(notice: NoticeToMe) -> Cell:
    """An announcement on one line: what happened, in which fields, under which clause."""
    cell: list[Text | Styled] = [WORDS[notice.kind](notice)]
    for number, field in enumerate(notice.fields):
        cell += [" · " if number == 0 else " / ", field]
    return [*cell, "  ", Styled(clause_text(notice.clause), "dim")]
