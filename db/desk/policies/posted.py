"""Whether a revision is posted outside, and what is said of it (G.9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from db.desk.authority.permissions import policy_of
from db.desk.notation.localtime import local
from db.language import Text, _, listed
from db.store import clock
from db.store.engine import store
from db.store.tables import Book, Notice

LASTS: Final = timedelta(days=3)
"""So long after it was announced, a revision that could not be posted is tried again."""


def is_posted(book: str) -> bool:
    """Return whether a regulation of ``book`` has its revisions posted outside."""
    if not Book.get_by_id(book).active:
        return False
    return any(rule.about == "revision" and rule.posted for rule in policy_of(book).notices)


def posted_words(row: Notice, came: Mapping[str, Any] | None) -> Text:
    """Say what ``came`` of posting the revision ``row``, or who posts it; empty where nobody has to."""
    if came is None:
        return _not_posted(row) if is_posted(row.book_id) else ""
    day = local(came["at"])[:10]
    if came["code"]:
        return _("not posted on {day}: {problem}", day=day, problem=came["words"])
    if came["unreached"]:
        return _("posted on {day}; not reached: {names}", day=day, names=listed(came["unreached"]))
    return _("posted on {day}", day=day)


def _not_posted(row: Notice) -> Text:
    wecom = store().settings.wecom
    is_tried = wecom is not None and wecom.message_agent and row.at >= clock.stamp(clock.utcnow() - LASTS)
    return (
        _("not yet")
        if is_tried
        else _("not by the program: post it there yourself ({clause})", clause=row.clause)
    )
