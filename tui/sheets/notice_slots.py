"""What the words of announcements are filled with."""

from __future__ import annotations

from collections.abc import Callable

from db.desk.entry.naming import actor_name
from db.desk.today.notice_views import NoticeToMe
from db.language import Label, Text, _

NoticeWords = dict[str, Callable[[NoticeToMe], Text]]
"""For each kind of announcement what it says."""
ChangesWords = Callable[[NoticeToMe, bool], Text]
"""What one says that names changes with their fields itself: all of them, or as many as a line holds."""


def by_of(notice: NoticeToMe) -> Text:
    """Return who did it, as far as the notice tells; else a dash."""
    return actor_name(str(notice.detail.get("by", "–")))


def whom_of(notice: NoticeToMe) -> str:
    return f"{notice.name} {notice.unit}".strip()


def label_of(notice: NoticeToMe, name: str) -> Label:
    return Label(str(notice.detail[f"{name}_zh"]), str(notice.detail[f"{name}_en"]))


def role_of(notice: NoticeToMe) -> Text:
    """Return the role that a notice is about, with its book if that is another than the notice's."""
    role, book = label_of(notice, "role"), str(notice.detail.get("in_zh", ""))
    if book in ("", notice.book.zh):
        return role
    return _("{role} ({book})", role=role, book=label_of(notice, "in"))
