"""The copies that somebody has to hand back when leaving or moving (H.5.4). Not an operation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import ModelSelect

from db.desk.hooks import hooks
from db.desk.tasks.finishing import HAND_BACK, RECEIPT, copies_open, finish_if_complete, mark_proof
from db.store.audit import TAKEN_OUT
from db.store.tables import Account, AuditRecord, Entry, HandBack, Task, TaskProof


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy out of a book in somebody's hands: its mark or number, what it is of, and since when."""

    mark: str
    what: str
    issued_at: str | None


def taken_out(book: str, person: int) -> Iterable[Copy]:
    """Yield reports that the person took out of ``book``, each by the mark that names them."""
    accounts = Account.select(Account.id).where(Account.person == person)
    rows = AuditRecord.select().where(
        (AuditRecord.act == TAKEN_OUT)
        & (AuditRecord.outcome == "done")
        & (AuditRecord.book == book)
        & AuditRecord.account.in_(accounts)
    )
    for row in rows.order_by(AuditRecord.seq):
        detail = json.loads(row.detail)
        if detail.get("mark"):
            yield Copy(str(detail["mark"]), f"{detail.get('report', '')} {detail.get('format', '')}", row.at)


def copies_of_person(book: str, person: int) -> list[Copy]:
    """Return the copies out of ``book`` that ``person`` took or was issued, as the hooks know them."""
    sources = (taken_out, *hooks().copies)
    return [copy for source in sources for copy in source(book, person)]


def list_copies(task: Task) -> int:
    """Add every copy in the hands of the task's person to its list, and have the tasks that waited for the
    hand-back wait again; return how many are open. A copy that was handed back before, on an earlier move, is
    not asked for again."""
    entry = Entry.get_by_id(task.entry_id)
    for copy in _unlisted(entry):
        reopen(entry.id)
        HandBack.create(
            task=task, entry=entry, copy=copy.mark, what=copy.what.strip(), issued_at=copy.issued_at
        )
    return copies_open(entry.id)


def _unlisted(entry: Entry) -> list[Copy]:
    """Return copies in the hands of the person of ``entry`` that are not on its list, each mark once."""
    known = {row.copy for row in HandBack.select(HandBack.copy).where(HandBack.entry == entry.id)}
    found = copies_of_person(entry.book_id, entry.person_id)
    # Backwards twice: of one mark a dict keeps the last, and the first is meant.
    return list({copy.mark: copy for copy in reversed(found) if copy.mark not in known}.values())[::-1]


def owes_copies(person: int | None) -> bool:
    """Return whether ``person`` has a copy to hand back, listed or not yet."""
    if open_copies(person).exists():
        return True
    return any(_unlisted(Entry.get_by_id(task.entry_id)) for task in hand_back_tasks(person))


def open_copies(person: int | None) -> ModelSelect[HandBack]:
    """Select copies on the lists of ``person`` that are not signed off."""
    theirs = HandBack.select().join(Entry).where((Entry.person == person) & HandBack.signed_at.is_null())
    return theirs.order_by(HandBack.id)


def hand_back_tasks(person: int | None) -> list[Task]:
    """Return the open tasks about ``person`` that can't end before every copy is back."""
    rows = Task.select().join(Entry, on=(Task.entry == Entry.id)).where(Task.state == "open")
    return [task for task in rows.where(Entry.person == person).order_by(Task.id) if asks_back(task)]


def asks_back(task: Task) -> bool:
    proofs = TaskProof.select().where((TaskProof.task == task) & (TaskProof.what == HAND_BACK))
    return task.kind == HAND_BACK or bool(proofs.exists())


def all_back(entry: int, account: int | None) -> None:
    """Mark hand-back and receipt on the entry's tasks once no copy is open; end those that lack nothing."""
    if copies_open(entry):
        return
    waiting = Task.select().where((Task.entry == entry) & (Task.state == "open"))
    for task in waiting:
        mark_proof(task, HAND_BACK, account)
        if task.kind == HAND_BACK and HandBack.select().where(HandBack.entry == entry).exists():
            mark_proof(task, RECEIPT, account)
        finish_if_complete(task, account)


def reopen(entry: int) -> None:
    """Take back on open tasks of ``entry`` that all copies were handed back: one more turned up."""
    waiting = Task.select(Task.id).where((Task.entry == entry) & (Task.state == "open"))
    TaskProof.update(met_at=None, met_by=None).where(
        TaskProof.task.in_(waiting) & (TaskProof.what == HAND_BACK)
    ).execute()
