"""What is announced of WeCom."""

from __future__ import annotations

from db.desk.outside.drift_words import drift_reason
from db.desk.today.notice_views import NoticeToMe
from db.language import Text, _
from tui.sheets.notice_slots import NoticeWords, whom_of


def _not_told(notice: NoticeToMe) -> Text:
    why = drift_reason(str(notice.detail["reason"]))
    return _("{who} could not be entered in WeCom: {reason}", who=whom_of(notice), reason=why)


NOTICES: NoticeWords = {
    "sync-failed": _not_told,
}
