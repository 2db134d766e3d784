"""Revisions that are posted in the system outside too, to everybody there (G.9): what is to be posted, and
what came back. Not an operation; who can reach that system asks (`tui.outside.wecom.posting`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.notifications.notices import REVISION
from db.desk.policies.posted import LASTS, is_posted
from db.desk.tasks.duties import RunnerPlace
from db.language import LANGUAGES, _, say
from db.store import audit, clock
from db.store.audit import canonical
from db.store.tables import Notice
from db.store.transactions import writing


@dataclass(frozen=True, slots=True)
class Posting:
    """A revision to be posted: the announcement, with what is said, in both languages."""

    notice: int
    text: str


@dataclass(frozen=True, slots=True)
class PostingAnswer:
    """What came back: ``code`` (0: posted), ``words``, the ``message`` id, and members not reached."""

    code: int
    words: str = ""
    message: str = ""
    unreached: Sequence[str] = ()


def to_post() -> tuple[Posting, ...]:
    """Return announced revisions that are to be posted and are not; each once, whatever books it binds."""
    since, found = clock.stamp(clock.utcnow() - LASTS), dict[str, Posting]()
    rows = Notice.select().where((Notice.kind == REVISION) & (Notice.at >= since)).order_by(Notice.id)
    for row in rows:
        told = json.loads(row.detail)
        done = told.get("posted", {}).get("code") == 0
        if not done and row.detail not in found and is_posted(row.book_id):
            found[row.detail] = Posting(row.id, _text(told))
    return tuple(found.values())


def record_answer(posting: Posting, answer: PostingAnswer, place: RunnerPlace) -> None:
    """Store the outside system's answer to the posted announcement on its notices in every book, and record
    it; a transaction of its own."""
    row = Notice.get_by_id(posting.notice)
    told = json.loads(row.detail)
    told["posted"] = {
        "at": clock.now(), "code": answer.code, "words": answer.words, "message": answer.message,
        "unreached": list(answer.unreached),
    }  # fmt: skip
    with writing():
        same = (Notice.kind == REVISION) & (Notice.detail == row.detail)
        Notice.update(detail=canonical(told).decode("utf-8")).where(same).execute()
        audit.append(
            act="outside.posted", outcome="failed" if answer.code else "done", book=row.book_id,
            clause=row.clause, source=place.source, front=place.front,
            detail={"policy": told["policy"], "version": told["version"]} | told["posted"],
        )  # fmt: skip


def _text(told: dict[str, str]) -> str:
    """Return the post in both languages, for everybody reads it there."""
    lines = []
    for language in LANGUAGES:
        title = told["zh"] if language == "zh_CN" else told["en"]
        message = _(
            "{title}: version {version} is in force from {day}. Read it in the directory, and say there that "
            "you took note of it.",
            title=title,
            version=told["version"],
            day=told["effective"],
        )
        lines.append(say(message, language))
    return "\n".join(lines)
