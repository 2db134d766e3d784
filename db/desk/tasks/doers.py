"""Who does a task, and who confirms that it was received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from db.desk.authority.standing import root_of
from db.desk.requests.deciding import PERSON, Case, Decider, Deciding
from db.desk.requests.request_views import name_of
from db.desk.requests.watchers import watchers_of
from db.desk.tasks.finishing import HAND_BACK
from db.desk.tasks.task_kinds import kind_of
from db.store.tables import Account, Entry, Task


class Doers:
    """Answers for one operation; what was looked up once is not looked up again."""

    def __init__(self, deciding: Deciding | None = None) -> None:
        self._deciding = deciding or Deciding()

    def of(self, task: Task) -> tuple[Decider, ...]:
        """Who may do ``task``: its account, or the holders of its role over its unit.

        Where nobody holds the role it falls to whom the vacancy's watch names (B.5.5), else to the
        maintainer, then the supervisor. Nobody does a task about their own entry for the role.
        """
        own = kind_of(task.kind).doers
        if own is not None:
            return own(task, self._deciding)
        if task.account_id is not None:
            row = Account.get_by_id(task.account_id)
            return (Decider(row.id, name_of(row.id), PERSON),) if row.state == "active" else ()
        role = task.role or self._deciding.policy(task.book_id).maintainer.role
        found = self._deciding.deciders(self._case(task, role), role)
        if found and found[0].role != role:
            policy = self._deciding.policy(task.book_id)
            watch = next((rule for rule in policy.watches if rule.what == "vacancy"), None)
            if watch is not None and watch.acts_instead is not None:
                instead = policy.holder(watch.acts_instead)
                return self._deciding.deciders(self._case(task, instead), instead)
        return found

    def receivers(self, task: Task) -> tuple[Decider, ...]:
        """Who confirms that what ``task`` asks for arrived: the maintainer, and not whoever handed it in."""
        role = self._deciding.policy(task.book_id).maintainer.role
        handed = [task.handed_by_id] if task.handed_by_id is not None else []
        return self._deciding.deciders(self._case(task, role, *handed), role)

    def signers(self, task: Task) -> tuple[Decider, ...]:
        """Who signs the copies of ``task`` off: whoever does it, and where that is the person who hands them
        back, whoever confirms the receipt instead (H.5.4)."""
        return self.receivers(task) if task.kind == HAND_BACK else self.of(task)

    def above(self, task: Task, roles: Iterable[str]) -> tuple[int, ...]:
        """Return the accounts that hold one of ``roles`` and are not among the doers themselves; where there
        are none, of those who watch over the book."""
        doers = [one.account for one in self.of(task)]
        found = [
            one for role in roles for one in self._deciding.deciders(self._case(task, role, *doers), role)
        ]
        if found:
            return tuple(dict.fromkeys(one.account for one in found))
        unit = task.unit_id if task.unit_id is not None else root_of(task.book_id)
        return watchers_of(task.book_id, unit, self._deciding.barred(*doers), self._deciding)

    def turn(self, task: Task, account: int) -> Decider | None:
        """As what ``account`` has to act on an open task now; None where it has not."""
        if task.state != "open":
            return None
        waiting = self.receivers(task) if task.handed_at is not None else self.of(task)
        return next((one for one in waiting if one.account == account), None)

    def _case(self, task: Task, role: str, *barred: int) -> Case:
        person = None
        if role != PERSON and task.entry_id is not None:
            person = int(Entry.get_by_id(task.entry_id).person_id)
        unit = task.unit_id if task.unit_id is not None else root_of(task.book_id)
        return Case(task.book_id, unit, task.entry_id, self._deciding.barred(*barred, person=person))


def themselves(book: str) -> dict[int, frozenset[int]]:
    """Who may do the tasks by which open reviews of ``book`` ask the persons concerned: accounts in use by
    entry, all at once, as a review may ask everybody."""
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
