"""What is announced of editions, their copies and what changed in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from db.desk.editions.comparing import WORDS, What
from db.desk.editions.updates import KIND, MOST
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, Text, _, listed
from tui.sheets.notice_slots import ChangesWords, NoticeWords

AT_ONCE = 3
"""Changes that an announcement names on its one line."""


def _updated(notice: NoticeToMe, whole: bool) -> Text:
    at_once = MOST if whole else AT_ONCE
    changes = cast("list[tuple[What, str, list[str]]]", notice.detail["changes"])
    labels = dict(zip(cast("list[str]", notice.detail.get("fields", [])), notice.fields, strict=False))
    told: Text = ""
    for what, name, fields in changes[:at_once]:
        one: Text = _("{name} {what}", name=name, what=WORDS[what])
        if fields:
            one = _(
                "{one} ({fields})", one=one, fields=listed([labels.get(field, field) for field in fields])
            )
        told = _("{first}, {rest}", first=told, rest=one) if told else one
    count = len(changes) + int(str(notice.detail.get("more", 0)))
    if count > at_once:
        told = _("{first}, {rest}", first=told, rest=_("and {count} more", count=count - at_once))
    return _("{unit}, {count} changed: {told}", unit=notice.unit, count=count, told=told)


def _copy_number(text: Message) -> Callable[[NoticeToMe], Text]:
    return lambda notice: Message(text.text, {"number": notice.detail["number"]})


def _recalled(notice: NoticeToMe) -> Text:
    told = _copy_number(_("Your copy {number} was called back; destroy what you have of it"))(notice)
    if "reason" not in notice.detail:
        return told
    return Message("{first}: {rest}", {"first": told, "rest": str(notice.detail["reason"])})


NOTICES: NoticeWords = {
    "edition-issued": _copy_number(_("Your copy {number} was issued; its password is under My copies")),
    "edition-reminder": _copy_number(_("Please acknowledge your copy {number}: open it under My copies")),
    "edition-recalled": _recalled,
}
CHANGES: dict[str, ChangesWords] = {KIND: _updated}
