"""What is announced of reviews, of signs that were seen to, and of instructions."""

from __future__ import annotations

from db.desk.reviews.guiding import KIND
from db.desk.reviews.signs import SEEN_TO
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, Text, _
from tui.sheets.notice_slots import NoticeWords, by_of, label_of, role_of, whom_of


def _withdrawn(notice: NoticeToMe) -> Text:
    if "who" not in notice.detail:  # to its holder
        return _("A right of yours was withdrawn: it lay unused and nobody vouched for it.")
    return _(
        "The role {role} of {who} was withdrawn: it lay unused and nobody vouched for it",
        role=role_of(notice),
        who=str(notice.detail["who"]),
    )


SEEN_RIGHT = _("{who}: what you reported was checked, and is right")
SEEN_CHANGED = _("{who}: what you reported was corrected")
NOTICES: NoticeWords = {
    SEEN_TO: lambda notice: Message(
        (SEEN_RIGHT if notice.detail["right"] else SEEN_CHANGED).text, {"who": whom_of(notice)}
    ),
    "review-overruled": lambda notice: _(
        "{by} decided again in a review what you had decided: {who} ({verdict})",
        by=by_of(notice),
        who=whom_of(notice) or notice.unit,
        verdict=label_of(notice, "verdict"),
    ),
    KIND: lambda notice: _(
        "Instruction of {by} to departments: {text}",
        by=by_of(notice),
        text=str(notice.detail["text"]),
    ),
    "right-withdrawn": _withdrawn,
}
