"""Announcements: who was told of what, and when they saw it (A.8, A.9)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.frame import Subject, operation
from db.desk.standing import policy_of
from db.language import Label, Text
from db.store import clock
from db.store.audit import canonical
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Request, Unit

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class NoticeToMe:
    """An announcement to the actor: whose entry changed, in which fields; never the values."""

    id: int
    kind: str
    book: Label
    entry: int | None
    name: str
    unit: str
    fields: tuple[Text, ...]
    clause: str
    at: str


def announce(request: Request, entry: Entry, fields: Sequence[str], clause: str) -> None:
    """Tell the department and the person of an applied request, within its transaction (A.9)."""
    notice = Notice.create(
        kind=request.kind,
        book=request.book_id,
        entry=entry.id,
        unit=entry.unit_id,
        request=request.id,
        clause=clause,
        detail=canonical({"fields": list(fields)}).decode("utf-8"),
        at=clock.now(),
    )
    department = Entry.select(Entry.person).where(
        ((Entry.unit == entry.unit_id) & (Entry.state == "active")) | (Entry.id == entry.id)
    )
    told = Account.select(Account.id).where(Account.person.in_(department) & (Account.state != "disabled"))
    rows = [{"notice": notice.id, "account": account.id} for account in told.order_by(Account.id)]
    for first in range(0, len(rows), AT_ONCE):
        NoticeRecipient.insert_many(rows[first : first + AT_ONCE]).execute()


class Notices(Subject):
    """Operations on what was announced to the actor."""

    @operation("notices.unread", recorded=False)
    def unread(self) -> tuple[NoticeToMe, ...]:
        """Announcements that the actor has not seen, newest first."""
        rows = (
            Notice.select()
            .join(NoticeRecipient)
            .where((NoticeRecipient.account == self.standing.account) & NoticeRecipient.seen_at.is_null())
            .order_by(Notice.at.desc(), Notice.id.desc())
            .limit(AT_ONCE)
        )
        return tuple(self._plain(row) for row in rows)

    @operation("notices.mark_seen", recorded=True)
    def mark_seen(self, *notices: int) -> None:
        """Note that the actor has seen these announcements; others' are left as they are."""
        seen = (
            NoticeRecipient.update(seen_at=clock.now())
            .where(
                (NoticeRecipient.account == self.standing.account)
                & NoticeRecipient.notice.in_(notices)
                & NoticeRecipient.seen_at.is_null()
            )
            .execute()
        )
        self.act.note(notices=sorted(notices), seen=seen)

    def _plain(self, row: Notice) -> NoticeToMe:
        labels = {rule.name: rule.label for rule in policy_of(row.book_id).fields}
        fields: list[str] = json.loads(row.detail).get("fields", [])
        return NoticeToMe(
            id=row.id,
            kind=row.kind,
            book=Label(row.book.title_zh, row.book.title_en),
            entry=row.entry_id,
            name=Entry.get_by_id(row.entry_id).name if row.entry_id is not None else "",
            unit=Unit.get_by_id(row.unit_id).name if row.unit_id is not None else "",
            fields=tuple(labels.get(name, name) for name in fields),
            clause=row.clause,
            at=row.at,
        )
