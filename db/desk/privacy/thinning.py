"""Erasing what is at the end of its time, as the regulations ask for it (PIPL 19, 47). Not an operation.

The duty runner does it once a day, as the system, and puts it on record with counts and the clause: leavers
whom nothing holds any more, files of evidence of ended requests, and by months what the audit tells in words
(`db.store.record_words`). What is erased is so by destroying its key, wherever copies of the database lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.directory.kept_people import forget_old as forget_old_recents
from db.desk.due_dates import months_before, today
from db.desk.entry.record import open_value
from db.desk.privacy import duties
from db.desk.privacy.erasing import erase_person
from db.desk.privacy.periods import RetentionPeriod, month_of, period_of
from db.desk.refusal import SILENT, Refused
from db.desk.requests import files
from db.desk.requests.drafts import forget_old
from db.desk.tasks.opening import once_a_day
from db.policy.vocabulary import Passing
from db.store import audit, clock, subjects
from db.store.record_words import TOLD, WHY
from db.store.sql import constant
from db.store.tables import (
    AuditRecord,
    Book,
    CaseAttachment,
    CaseFile,
    DutyMark,
    Entry,
    EntryField,
    Erasure,
    Evidence,
    Request,
    RequestEvidence,
    ThingKey,
)

WITHDRAWN_FOR = 30
"""Days after which what a withdrawn request rested on goes, whatever the regulations say of others."""
BELIEVED = (timedelta(days=31), timedelta(days=7))
"""A clock is believed once the record has seen its time go by: something was recorded within this stretch
before now. One that jumped ahead by months would have everything erased at once otherwise."""


def thin_out(book: str | None, source: str, front: str) -> int:
    """Erase and record what is due in ``book``, or, without a book, old form drafts, people opened lately and
    audit keys, within the running transaction; return how many things were. Does nothing where it was done
    today, or the clock is not to be believed."""
    key = f"retention:{book or ''}"
    if _was_today(key):
        return 0
    if not _is_believed() or not once_a_day(key):
        return 0
    work = _Work(book, source, front)
    if book is None:
        return forget_old() + forget_old_recents() + work.destroy_month_keys()
    return work.leavers() + work.evidence() + work.destroy_month_keys()


def _was_today(key: str) -> bool:
    """Return whether it was marked as done today. Asked first, as checking the clock takes long."""
    return bool(DutyMark.select().where((DutyMark.key == key) & (DutyMark.at >= clock.now()[:10])).exists())


def _is_believed() -> bool:
    now = clock.moment(clock.now())
    first, last = (clock.stamp(now - before) for before in BELIEVED)
    return bool(AuditRecord.select().where(AuditRecord.at.between(first, last)).exists())


class _Work:
    """What is done of one book."""

    def __init__(self, book: str | None, source: str, front: str) -> None:
        self.book, self.source, self.front = book, source, front

    def leavers(self) -> int:
        """Erase, recorded, leavers whose time is over in every book and of whom nothing must be kept; return
        how many."""
        count = 0
        for row in self._expired_leavers(period_of(self.book, "leaver")):
            try:
                duties.check_erasable(row)
            # Something must be kept of this person: they stay until a later day.
            except Refused:
                continue
            period = period_of(self.book, "leaver")
            self._record("retention.erase", period, {"person": row.person_id}, row)
            erase_person(row.person_id)
            count += 1
        return count

    def evidence(self) -> int:
        """Erase, recorded, files whose requests ended long enough ago or were withdrawn; return how many."""
        period = period_of(self.book, "evidence")
        due = [] if period.months is None else sorted(self._ended(period.months))
        for file in due:
            files.erase_content(file, "–")
        if due:
            self._record("retention.evidence", period, {"files": len(due)})
        gone = sorted(self._withdrawn())
        for file in gone:
            files.erase_content(file, "–")
        if gone:
            self._record(
                "retention.evidence", RetentionPeriod(None, SILENT), {"files": len(gone), "why": "withdrawn"}
            )
        return len(due) + len(gone)

    def destroy_month_keys(self) -> int:
        """Destroy the audit's keys of months that are over, each recorded, and return how many; none while a
        case is open."""
        if self._investigated():
            return 0
        count = 0
        parts: tuple[tuple[Passing, Any], ...] = ((WHY, AuditRecord.why), (TOLD, AuditRecord.told))
        for what, column in parts:
            period = period_of(self.book, what)
            if period.months is None:
                continue
            first = f"{what}:{self.book or ''}:"
            oldest = first + month_of(clock.now(), period.months)
            names = ThingKey.select(ThingKey.name).where((ThingKey.name >= first) & (ThingKey.name < oldest))
            for name in [row.name for row in names.order_by(ThingKey.name)]:
                month = name.removeprefix(first)
                of_book = AuditRecord.book.is_null() if self.book is None else AuditRecord.book == self.book
                told = AuditRecord.at.startswith(month) & (column != "")
                records = AuditRecord.select().where(of_book & told).count()
                subjects.destroy(name)
                self._record("retention.let_go", period, {"key": name, "records": records})
                count += 1
        return count

    def _expired_leavers(self, period: RetentionPeriod) -> Iterator[Entry]:
        if period.months is None:
            return
        left = Entry.select().where(
            (Entry.book == self.book)
            & (Entry.state == constant("left"))
            & (Entry.left <= months_before(today(), period.months).isoformat())
            & Entry.person.not_in(Erasure.select(Erasure.person))
        )
        for row in list(left.order_by(Entry.id)):
            if all(_is_over(other) for other in Entry.select().where(Entry.person == row.person_id)):
                yield row

    def _ended(self, months: int) -> set[str]:
        until = months_before(today(), months).isoformat()
        ended = (
            Evidence.select(Evidence.id, Evidence.media_type)
            .join(RequestEvidence)
            .join(Request)
            .where((Request.book == self.book) & (Request.closed_at < until) & (Evidence.size > 0))
            .distinct()
        )
        rows = list(ended)
        shown = _photos() if any(row.media_type.startswith("image/") for row in rows) else set()
        return {row.id for row in rows if row.id not in shown and _rests_on_nothing(row.id)}

    def _withdrawn(self) -> set[str]:
        """Return files of requests all withdrawn `WITHDRAWN_FOR` days ago or longer (threat 58); no photos,
        and none of open cases."""
        until = (today() - timedelta(days=WITHDRAWN_FOR)).isoformat()
        asked = (Request.book == self.book) & (Request.state == "withdrawn") & (Request.closed_at < until)
        rows = Evidence.select(Evidence.id).join(RequestEvidence).join(Request)
        found = {row.id for row in rows.where(asked & (Evidence.size > 0)).distinct()}
        if not found:
            return found
        kept = (Request.state != "withdrawn") | (Request.closed_at >= until)
        others = (
            RequestEvidence.select().join(Request).where(RequestEvidence.evidence.in_(list(found)) & kept)
        )
        return found - {row.evidence_id for row in others} - _photos() - _in_open_cases(found)

    def _investigated(self) -> bool:
        """Return whether a case is open for which the audit may be needed."""
        mine = CaseFile.closed_at.is_null()
        if self.book is not None:
            mine &= CaseFile.book == self.book
        return bool(CaseFile.select().where(mine).exists())

    def _record(
        self, act: str, period: RetentionPeriod, detail: dict[str, object], entry: Entry | None = None
    ) -> None:
        audit.append(
            act=act, outcome="done", source=self.source, front=self.front, clause=period.clause,
            book=self.book, unit=entry.unit_id if entry else None, entry=entry.id if entry else None,
            detail=detail,
        )  # fmt: skip


def _is_over(entry: Entry) -> bool:
    """Return whether an entry's time is over by the rules of its own book."""
    months = period_of(entry.book_id, "leaver").months
    until = months_before(today(), months).isoformat() if months is not None else ""
    return entry.state == "left" and (entry.left or "") <= until


def _rests_on_nothing(file: str) -> bool:
    """Return whether all requests with ``file`` ended long enough ago, and no case needs it."""
    attached = Request.select().join(RequestEvidence).where(RequestEvidence.evidence == file)
    for request in attached:
        months = period_of(request.book_id, "evidence").months
        if months is None or (request.closed_at or "~") >= months_before(today(), months).isoformat():
            return False
    in_cases = CaseFile.select().join(CaseAttachment).where(
        (CaseAttachment.what == "file") & (CaseAttachment.number == file) & CaseFile.closed_at.is_null()
    )  # fmt: skip
    return not in_cases.exists()


def _in_open_cases(found: set[str]) -> set[str]:
    rows = CaseAttachment.select().join(CaseFile).where(
        (CaseAttachment.what == "file")
        & CaseAttachment.number.in_(list(found))
        & CaseFile.closed_at.is_null()
    )  # fmt: skip
    return {row.number for row in rows}


def _photos() -> set[str]:
    """Decrypt which files entries show as photos."""
    found = set()
    for book in [row.id for row in Book.select(Book.id)]:
        names = [rule.name for rule in policy_of(book).fields if rule.kind == "photo"]
        held = EntryField.select().join(Entry).where((Entry.book == book) & EntryField.name.in_(names))
        for row in held:
            found.add(open_value(row.entry_id, row.name, row.ord, row.value, row.sealed))
    return found


def due_on(entry: Entry) -> date | None:
    """Return the day on which a leaver is erased by the rules of their book, if nothing holds them then."""
    months = period_of(entry.book_id, "leaver").months
    left = date.fromisoformat(entry.left) if entry.left else None
    return None if months is None or left is None else months_before(left, -months)
