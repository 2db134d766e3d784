"""Who does a task, and who confirms that it was received."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from db.approval.facts import ApprovalContext, AwaitedHead
from db.desk.authority.permissions import root_of
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.desk.requests.watchers import watchers_of
from db.desk.tasks.finishing import HAND_BACK, copies_open
from db.desk.tasks.task_kinds import kind_of
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import DEFAULT, HEAD, PERSON, SECOND
from db.store.tables import Account, Entry, Task


class OpenTask(NamedTuple):
    """As few columns of an open task as it takes to tell who does it."""

    id: int
    kind: str
    book_id: str
    unit_id: int | None
    role: str | None
    account_id: int | None
    entry_id: int | None
    clause: str
    handed_at: str | None
    handed_by_id: int | None
    state: str = "open"


class TaskAssignees:
    """Finds who does, receives and signs for a task; caches within one operation."""

    def __init__(self, resolver: ApproverResolver | None = None) -> None:
        self._resolver = resolver or ApproverResolver()
        self._root = cache(root_of)

    def assignees_of(self, task: Task | OpenTask) -> tuple[NamedApprover, ...]:
        """Return who may do ``task``: its account, or the holders of its role over its unit. Where nobody
        holds the role, those whom the vacancy's watch names (B.5.5), else the maintainer, then the
        supervisor. A head without an account yet keeps it: it waits for them (C.5). Nobody does a task about
        their own entry for the role."""
        own = kind_of(task.kind).assignees
        if own is not None:
            row = task if isinstance(task, Task) else Task.get_by_id(task.id)
            return own(row, self._resolver)
        if task.account_id is not None:
            is_active = Account.get_by_id(task.account_id).state == "active"
            return (NamedApprover(task.account_id, PERSON),) if is_active else ()
        role = task.role or self._resolver.facts.policy(task.book_id).maintainer.role
        found = self._resolver.approvers(self._awaiting(task, role), role)
        if found and found[0].role != role:
            policy = self._resolver.facts.policy(task.book_id)
            watch = next((rule for rule in policy.watches if rule.what == "vacancy"), None)
            if watch is not None and watch.acts_instead is not None:
                instead = policy.role_behind(watch.acts_instead)
                return self._resolver.approvers(self._case(task, instead), instead)
        return found

    def receivers(self, task: Task | OpenTask) -> tuple[NamedApprover, ...]:
        """Return who confirms that what ``task`` asks for arrived; never its submitter."""
        policy = self._resolver.facts.policy(task.book_id)
        rule = policy.duty(task.kind)
        role = rule.received_by if rule is not None else policy.maintainer.role
        handed = [task.handed_by_id] if task.handed_by_id is not None else []
        return self._resolver.approvers(self._case(task, role, *handed), role)

    def signers(self, task: Task | OpenTask) -> tuple[NamedApprover, ...]:
        """Return who signs copies off: the receiving office (H.5.4), else the task's assignees. Where nobody
        may but the one who hands them back, and no office in turn, it is any other office."""
        rule = self._resolver.facts.policy(task.book_id).duty(HAND_BACK)
        if rule is None:
            return self.receivers(task) if task.kind == HAND_BACK else self.assignees_of(task)
        for role in (rule.received_by, SECOND):
            found = self._resolver.approvers(self._case(task, role), role)
            if found:
                return found
        return ()

    def may_sign_off(self, task: Task | OpenTask, account: int) -> bool:
        """Return whether copies wait for ``account`` to sign them off on an open task, maybe another's."""
        return (
            task.state == "open"
            and gets_copies_back(self._resolver.facts.policy(task.book_id), task.kind)
            and bool(copies_open(task.entry_id, task.book_id))
            and any(one.account == account for one in self.signers(task))
        )

    def holders_above(self, task: Task, roles: Sequence[str]) -> tuple[int, ...]:
        """Return the accounts that hold ``roles`` and are no assignees; where there are none, the watchers of
        the book, or at last a second of any office. Accounts whom the task's matter concerns are replaced by
        the next in turn."""
        barred = [one.account for one in self.assignees_of(task)]
        while True:
            found = self._above(task, roles, barred)
            concerned = [one for one in found if kind_of(task.kind).concerns(task, one)]
            if not concerned:
                return found
            barred += concerned

    def _above(self, task: Task, roles: Sequence[str], barred: Sequence[int]) -> tuple[int, ...]:
        found = [one for role in roles for one in self._holding(task, role, barred)]
        if not found:
            unit = task.unit_id if task.unit_id is not None else self._root(task.book_id)
            out = self._resolver.linked_persons(*barred)
            found = [*watchers_of(task.book_id, unit, out, self._resolver)]
        return tuple(dict.fromkeys(found or self._holding(task, SECOND, barred)))

    def _holding(self, task: Task, role: str, barred: Sequence[int]) -> list[int]:
        return [one.account for one in self._resolver.approvers(self._case(task, role, *barred), role)]

    def acting_capacity(self, task: Task | OpenTask, account: int) -> NamedApprover | None:
        """Return in which capacity ``account`` has to act on an open task now, to do or to confirm it; None
        where it has not."""
        is_others = task.account_id not in (None, account) and kind_of(task.kind).assignees is None
        if task.state != "open" or (is_others and task.handed_at is None):
            return None
        waiting = self.receivers(task) if task.handed_at is not None else self.assignees_of(task)
        return next((one for one in waiting if one.account == account), None)

    def awaited_head(self, task: Task | OpenTask) -> AwaitedHead | None:
        """Return the head without an account for whom ``task`` waits, as nobody else does it (C.5, E.7)."""
        if task.role != HEAD or kind_of(task.kind).assignees is not None:
            return None
        return self._resolver.awaited_head(self._awaiting(task, HEAD))

    def _awaiting(self, task: Task | OpenTask, role: str) -> ApprovalContext:
        return self._case(task, role, awaits_head=role == HEAD and task.clause != DEFAULT)

    def _case(
        self, task: Task | OpenTask, role: str, *barred: int, awaits_head: bool = False
    ) -> ApprovalContext:
        person = None
        if role != PERSON and task.entry_id is not None:
            person = self._resolver.facts.person_of(task.entry_id)
        unit = task.unit_id if task.unit_id is not None else self._root(task.book_id)
        out = self._resolver.linked_persons(*barred, person=person)
        return ApprovalContext(task.book_id, unit, task.entry_id, out, awaits_head=awaits_head)


def gets_copies_back(policy: EffectivePolicy, kind: str) -> bool:
    """Return whether a regulation has an office sign for the copies of tasks of ``kind``."""
    rule = policy.duty(kind)
    if rule is None or policy.duty(HAND_BACK) is None:
        return False
    return kind == HAND_BACK or any(proof.what == HAND_BACK for proof in rule.requires)


def accounts_asked(book: str) -> dict[int, frozenset[int]]:
    """Return by entry the active accounts of the persons who are asked themselves by open tasks of ``book``,
    in one query, as a review may ask everybody."""
    rows: Any = (
        Task.select(Task.entry, Account.id)
        .join(Entry)
        .join(Account, on=(Account.person == Entry.person) & (Account.state == "active"))
        .where(
            (Task.book == book) & (Task.state == "open") & (Task.role == PERSON) & (Entry.state == "active")
        )
    )
    found: dict[int, frozenset[int]] = {}
    for entry, account in rows.tuples():
        found[entry] = found.get(entry, frozenset()) | {account}
    return found
