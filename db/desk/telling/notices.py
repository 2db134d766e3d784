"""Announcements: who was told of what, and when they saw it (A.8, A.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from db.desk.authority.standing import Standing, policy_of
from db.desk.entry.naming import with_names
from db.desk.frame import Subject, operation
from db.desk.refusal import SILENT, Refused
from db.desk.requests.request_kinds import label_in
from db.desk.tasks.task_kinds import kind_of
from db.language import Label, Text, _
from db.store import clock
from db.store.audit import canonical
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Request, Task, Unit

AT_ONCE = 100
RETURNED = "returned"
"""To whoever handed a request in: it was sent back to them, to be amended."""
REVISION = "revision"
"""A revision is announced to each book that it binds; whoever is in several acknowledges it once."""


REMINDERS = frozenset(
    (
        RETURNED,
        "decision-due",
        "decision-overdue",
        "duty-due",
        "duty-overdue",
        "case-reported",
        "consent-asked",
    )
)
"""Kinds that tell those whom something waits for that it does, or for how long still."""
ALARMS = frozenset({"decision-escalated", "duty-escalated"})
"""Kinds that tell others what is late."""
ONE_FOR_ALL = frozenset({"glass-broken"})
"""Kinds that stay with all their readers until one of them acknowledges it."""


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
    task: Text = ""
    """What has to be done, where the notice is about a duty or a decision."""
    due: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    """Whatever else a kind of announcement tells, in that kind's own shape."""
    acknowledge: bool = False
    """Whether it is read only once it was acknowledged (G.9)."""
    own: bool = False
    """Whether it is about the reader's own entry."""


def announce(request: Request, entry: Entry, fields: Sequence[str], clause: str) -> None:
    """Tell the department and the person of an applied request, within its transaction (A.9)."""
    announce_in(request, entry, entry.unit_id, fields, clause)


def announce_in(request: Request, entry: Entry, unit: int, fields: Sequence[str], clause: str) -> None:
    """Tell everybody of ``unit`` and the person of an applied request."""
    department = Entry.select(Entry.person).where(
        ((Entry.unit == unit) & (Entry.state == "active")) | (Entry.id == entry.id)
    )
    told = Account.select(Account.id).where(Account.person.in_(department) & (Account.state != "disabled"))
    tell(
        request.kind,
        request.book_id,
        [account.id for account in told.order_by(Account.id)],
        entry=entry.id,
        unit=unit,
        request=request.id,
        clause=clause,
        detail={"fields": list(fields)},
    )


def tell(
    kind: str,
    book: str,
    accounts: Iterable[int],
    *,
    clause: str,
    entry: int | None = None,
    unit: int | None = None,
    request: int | None = None,
    detail: Mapping[str, object] | None = None,
    acknowledge: bool = False,
) -> int:
    """Put a notice to ``accounts`` on record, within the running transaction; how many it is to.

    ``detail`` has persons by number (`db.desk.entry.naming`). With ``acknowledge`` the notice stays unread
    until its reader acknowledges it."""
    notice = Notice.create(
        kind=kind,
        book=book,
        entry=entry,
        unit=unit,
        request=request,
        clause=clause,
        detail=canonical(detail or {}).decode("utf-8"),
        acknowledge=acknowledge,
        at=clock.now(),
    )
    rows = [{"notice": notice.id, "account": account} for account in dict.fromkeys(accounts)]
    for first in range(0, len(rows), AT_ONCE):
        NoticeRecipient.insert_many(rows[first : first + AT_ONCE]).execute()
    return len(rows)


def deliver_waiting(person: int, account: int) -> None:
    """Address to a new account what was announced about its own entry before it was there (A.8)."""
    about = (
        Notice.select(Notice.id)
        .join(Entry)
        .where((Entry.person == person) & (Entry.state == "active") & (Notice.kind == "join"))
    )
    for notice in about:
        NoticeRecipient.insert(notice=notice.id, account=account).on_conflict_ignore().execute()


class Notices(Subject):
    """Operations on what was announced to the actor."""

    @operation("notices.unread", recorded=False)
    def unread(self) -> tuple[NoticeToMe, ...]:
        """Announcements that the actor has not seen, newest first."""
        rows = _unseen(self.standing).limit(AT_ONCE)
        return tuple(_plain(row, self.standing) for row in _once(rows))

    @operation("notices.mark_seen", recorded=True)
    def mark_seen(self, *notices: int) -> None:
        """Note that the actor has seen these announcements; others' are left as they are, and so are those
        that are to be acknowledged."""
        seen = (
            NoticeRecipient.update(seen_at=clock.now())
            .where(
                (NoticeRecipient.account == self.standing.account)
                & NoticeRecipient.notice.in_([*notices, *_twins(notices)])
                & NoticeRecipient.notice.not_in(Notice.select(Notice.id).where(Notice.acknowledge))
                & NoticeRecipient.seen_at.is_null()
            )
            .execute()
        )
        self.act.note(notices=sorted(notices), seen=seen)

    @operation("notices.acknowledge", recorded=True)
    def acknowledge(self, notice: int) -> None:
        """Say that the actor took note of an announcement that asks for it (G.9)."""
        row = Notice.get_or_none((Notice.id == notice) & Notice.acknowledge)
        if row is None or not self._acknowledge([notice]):
            raise Refused(
                _("There is no such announcement for you to acknowledge."),
                SILENT,
                _("Look at Today for those."),
            )
        twins = _twins([notice])
        self._acknowledge(twins)
        if row.kind in ONE_FOR_ALL:
            others = (NoticeRecipient.notice == row.id) & NoticeRecipient.seen_at.is_null()
            NoticeRecipient.update(seen_at=clock.now()).where(others).execute()
        self.act.note(book=row.book_id, clause=row.clause, notices=sorted({notice, *twins}))

    def _acknowledge(self, notices: Sequence[int]) -> bool:
        """Whether any of ``notices`` waited for the actor."""
        moment = clock.now()
        acknowledged = (
            NoticeRecipient.update(seen_at=moment, acknowledged_at=moment)
            .where(
                (NoticeRecipient.account == self.standing.account)
                & NoticeRecipient.notice.in_(notices)
                & NoticeRecipient.acknowledged_at.is_null()
            )
            .execute()
        )
        return bool(acknowledged)


def news_to(standing: Standing) -> tuple[NoticeToMe, ...]:
    """What the account has not seen, newest first: without what reminds it of something that waits for it
    (`db.desk.today.waiting` has that), and without alarms about what was done since."""
    rows = _unseen(standing).where(Notice.kind.not_in(REMINDERS))
    fresh = (row for row in _once(rows) if not (row.kind in ALARMS and _is_over(row)))
    return tuple(_plain(row, standing) for row in islice(fresh, AT_ONCE))


def _unseen(standing: Standing) -> Any:
    return (
        Notice.select()
        .join(NoticeRecipient)
        .where((NoticeRecipient.account == standing.account) & NoticeRecipient.seen_at.is_null())
        .order_by(Notice.at.desc(), Notice.id.desc())
    )


def _is_over(row: Notice) -> bool:
    """Whether the task or the decision that ``row`` alarms about waits for nobody any more."""
    if row.request_id is not None:
        return bool(Request.get_by_id(row.request_id).state != "open")
    task = Task.get_or_none(Task.id == json.loads(row.detail).get("number"))
    return task is None or task.state != "open"


def _plain(row: Notice, standing: Standing) -> NoticeToMe:
    labels = {rule.name: rule.label for rule in policy_of(row.book_id).fields}
    detail = with_names(json.loads(row.detail))
    fields: list[str] = detail.get("fields", [])
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
        task=_what(row.book_id, detail, standing.account),
        due=detail.get("due", ""),
        detail=detail,
        acknowledge=row.acknowledge,
        own=row.entry_id is not None and Entry.get_by_id(row.entry_id).person_id == standing.person,
    )


def _once(rows: Iterable[Notice]) -> Iterable[Notice]:
    """``rows`` with each revision once: where a book asks to acknowledge it, as announced to that one."""
    found: dict[object, Notice] = {}
    for row in rows:
        key = row.detail if row.kind == REVISION else row.id
        if key not in found or (row.acknowledge and not found[key].acknowledge):
            found[key] = row
    return found.values()


def _twins(notices: Sequence[int]) -> list[int]:
    """Announcements, of all books, of the revisions among ``notices``."""
    revisions = Notice.select(Notice.detail).where(Notice.id.in_(notices) & (Notice.kind == REVISION))
    same = Notice.select(Notice.id).where((Notice.kind == REVISION) & Notice.detail.in_(revisions))
    return [row.id for row in same]


def _what(book: str, detail: Mapping[str, Any], account: int) -> Text:
    """What a notice says has to be done or decided."""
    if "decision" in detail:
        return label_in(book, detail["decision"])
    if "task" not in detail:
        return ""
    kind = kind_of(detail["task"])
    task = Task.get_or_none(Task.id == detail.get("number"))
    which = kind.about(task, account) if task is not None else ""
    return _("{what} “{which}”", what=kind.label, which=which) if which else kind.label
