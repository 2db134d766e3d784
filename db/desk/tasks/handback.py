"""The copies that somebody has to hand back when leaving or moving (H.5.4). Not an operation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import ModelSelect

from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import side_of, stays_elsewhere
from db.desk.hooks import hooks
from db.desk.tasks.finishing import HAND_BACK, RECEIPT, copies_open, finish_if_complete, mark_proof
from db.store.audit import TAKEN_OUT
from db.store.tables import Account, AuditRecord, Entry, HandBack, LastDay, Task, TaskProof

LEAVERS = frozenset({"leaver", "withdrawal"})
"""Duties to take somebody off the directory."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy out of ``book`` in somebody's hands: its mark or number, what it is of, and since when."""

    book: str
    mark: str
    what: str
    issued_at: str | None


def taken_out(person: int) -> Iterable[Copy]:
    """Yield the reports that the person took out of any book, each with its mark."""
    accounts = Account.select(Account.id).where(Account.person == person)
    rows = AuditRecord.select().where(
        (AuditRecord.act == TAKEN_OUT)
        & (AuditRecord.outcome == "done")
        & AuditRecord.book.is_null(False)
        & AuditRecord.account.in_(accounts)
    )
    for row in rows.order_by(AuditRecord.seq):
        detail = json.loads(row.detail)
        if detail.get("mark"):
            what = f"{detail.get('report', '')} {detail.get('format', '')}"
            yield Copy(str(row.book), str(detail["mark"]), what, row.at)


def copies_owed(entry: Entry, *, leaves: bool) -> list[Copy]:
    """Return the copies, each mark once, that the person of ``entry`` hands back for it: those out of its
    book, and where they leave the organisation, all but those out of books that ask them back themselves."""
    sources = (taken_out, *hooks().copies)
    found = [copy for source in sources for copy in source(entry.person_id)]
    if leaves:
        asked = _books_asking(entry)
        found = [copy for copy in found if copy.book not in asked]
    else:
        found = [copy for copy in found if copy.book == entry.book_id]
    # Backwards twice: of one mark a dict keeps the last, and the first is meant.
    return list({copy.mark: copy for copy in reversed(found)}.values())[::-1]


def _books_asking(entry: Entry) -> set[str]:
    """Return the other books that the person of ``entry`` is in and that ask copies back of a leaver."""
    others = Entry.select().where(
        (Entry.person == entry.person_id) & (Entry.state == "active") & (Entry.id != entry.id)
    )
    return {row.book_id for row in others if side_of(row) == "internal" and asks_leavers(row.book_id)}


def asks_leavers(book: str) -> bool:
    """Return whether the rules of ``book`` ask copies back before a leaver is removed."""
    duties = (policy_of(book).duty(kind) for kind in LEAVERS)
    return any(proof.what == HAND_BACK for duty in duties if duty is not None for proof in duty.requires)


def leaves_organisation(entry: Entry, request: int | None) -> bool:
    """Return whether a leave from the book of ``entry`` is one from the organisation: by the last day stored
    for its ``request``, or because the person is in no other book."""
    everywhere = LastDay.select().where(
        (LastDay.request == request) & LastDay.everywhere & (LastDay.state != "lifted")
    )
    return bool(everywhere.exists()) or not stays_elsewhere(entry)


def begin_hand_back(task: Task) -> None:
    """Store the list of copies to hand back for a new ``task``; where there are none, mark the hand-back as
    done."""
    if asks_back(task) and not list_copies(task):
        mark_proof(task, HAND_BACK, None, "0")


def list_copies(task: Task) -> int:
    """Store every copy that the task's person has to hand back on its list, and unmark the hand-back on the
    tasks that wait for it; return how many are open. A copy that was handed back before, on an earlier move,
    is not asked for again."""
    entry = Entry.get_by_id(task.entry_id)
    for copy in _unlisted(task, entry):
        reopen_hand_back(entry.id, task.book_id)
        was_listed = (HandBack.entry == entry) & (HandBack.copy == copy.mark)
        if not HandBack.update(task=task).where(was_listed).execute():
            what = copy.what.strip()
            HandBack.create(
                task=task,
                entry=entry,
                copy=copy.mark,
                what=what if copy.book == entry.book_id else f"{copy.book}/{what}",
                issued_at=copy.issued_at,
            )
    return copies_open(entry.id, task.book_id)


def _unlisted(task: Task, entry: Entry) -> list[Copy]:
    """Return the copies that ``task`` asks back and that are on no list. One added by hand to the list of a
    cancelled task is still asked back."""
    elsewhere = task.book_id != entry.book_id
    is_leave = task.kind in LEAVERS or (task.request is not None and task.request.kind == "leave")
    owed = copies_owed(entry, leaves=elsewhere or (is_leave and leaves_organisation(entry, task.request_id)))
    if elsewhere:
        owed = [copy for copy in owed if copy.book == task.book_id]
    rows = HandBack.select(HandBack).join(Task).where(HandBack.entry == entry.id)
    for row in rows.where(HandBack.issued_at.is_null() & (Task.book == task.book_id)):
        owed.append(Copy(task.book_id, row.copy, row.what, None))
    return copies_unlisted(entry, owed)


def copies_unlisted(entry: Entry, copies: Iterable[Copy]) -> list[Copy]:
    """Return those of ``copies`` that are on no list of the person of ``entry``: neither signed off nor asked
    for by an open task."""
    theirs = HandBack.select(HandBack.copy).join(Task).switch(HandBack).join(Entry)
    listed = HandBack.signed_at.is_null(False) | (Task.state == "open")
    known = {row.copy for row in theirs.where((Entry.person == entry.person_id) & listed)}
    return [copy for copy in copies if copy.mark not in known]


def drop_unasked(task: Task) -> None:
    """Delete from the list of a leaver's task the copies out of other books, where the leave is now from one
    directory alone."""
    entry, alone = Entry.get_by_id(task.entry_id), (LastDay.request == task.request_id) & ~LastDay.everywhere
    if LastDay.select().where(alone).exists() and stays_elsewhere(entry):
        others = [one.mark for one in copies_owed(entry, leaves=True) if one.book != entry.book_id]
        unsigned = (HandBack.entry == entry) & HandBack.signed_at.is_null()
        HandBack.delete().where(unsigned & HandBack.copy.in_(others)).execute()


def listed_copies(task: Task) -> list[HandBack]:
    """Return the copies on the list of ``task``, but those that it asks for no more."""
    rows = HandBack.select(HandBack, Task).join(Task)
    rows = rows.where((HandBack.entry == task.entry_id) & (Task.book == task.book_id))
    kept = HandBack.signed_at.is_null(False) | (Task.state == "open") | (HandBack.task == task)
    return list(rows.where(kept).order_by(HandBack.id))


def owes_copies(person: int | None) -> bool:
    """Return whether ``person`` has a copy to hand back, listed or not yet."""
    if open_copies(person).exists():
        return True
    return any(_unlisted(task, Entry.get_by_id(task.entry_id)) for task in hand_back_tasks(person))


def open_copies(person: int | None) -> ModelSelect[HandBack]:
    """Select copies on the lists of open tasks about ``person`` that are not signed off."""
    theirs = HandBack.select().join(Entry).switch(HandBack).join(Task).where(Entry.person == person)
    return theirs.where(HandBack.signed_at.is_null() & (Task.state == "open")).order_by(HandBack.id)


def hand_back_tasks(person: int | None) -> list[Task]:
    """Return the open tasks about ``person`` that can't end before every copy is back."""
    rows = Task.select().join(Entry, on=(Task.entry == Entry.id)).where(Task.state == "open")
    return [task for task in rows.where(Entry.person == person).order_by(Task.id) if asks_back(task)]


def asks_back(task: Task) -> bool:
    proofs = TaskProof.select().where((TaskProof.task == task) & (TaskProof.what == HAND_BACK))
    return task.kind == HAND_BACK or bool(proofs.exists())


def all_back(entry: int | None, book: str, account: int | None) -> None:
    """Mark hand-back and receipt on the tasks of ``book`` about ``entry`` once no copy is open; end those
    that lack nothing."""
    if copies_open(entry, book):
        return
    waiting = Task.select().where((Task.entry == entry) & (Task.book == book) & (Task.state == "open"))
    for task in waiting:
        mark_proof(task, HAND_BACK, account)
        if task.kind == HAND_BACK and HandBack.select().where(HandBack.entry == entry).exists():
            mark_proof(task, RECEIPT, account)
        finish_if_complete(task, account)


def reopen_hand_back(entry: int | None, book: str) -> None:
    """Unmark the hand-back on open tasks of ``book`` about ``entry``, because another copy turned up."""
    here = (Task.entry == entry) & (Task.book == book) & (Task.state == "open")
    _unmark(HAND_BACK, Task.select(Task.id).where(here))


def reopen_ended_tasks(entry: int | None, book: str, since: str) -> None:
    """Open again the hand-back tasks of ``book`` about ``entry`` that ended by a sign-off at ``since`` or
    later, and unmark their receipt."""
    ended = Task.select(Task.id).join(TaskProof).where(
        (Task.entry == entry) & (Task.book == book) & (Task.kind == HAND_BACK) & (Task.state == "done")
        & (TaskProof.what == RECEIPT) & (TaskProof.met_at >= since)
    )  # fmt: skip
    again = [task.id for task in ended]
    Task.update(state="open", done_at=None, done_by=None, late=None).where(Task.id.in_(again)).execute()
    _unmark(RECEIPT, again)


def _unmark(what: str, tasks: object) -> None:
    proofs = TaskProof.task.in_(tasks) & (TaskProof.what == what)
    TaskProof.update(met_at=None, met_by=None).where(proofs).execute()
