"""What waits for the actor, whatever it is, and what of theirs waits for others: one row a matter.

A request that was returned waits for its author, before all else: nothing goes on with it until they write
it anew. A task that ends with a decision on its request, or with its being amended, is that request; where
others decide it, it waits for them. What reminds of a matter that stands here is no news besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from db.desk.authority.permissions import Permissions
from db.desk.entry.priority import Priority, priority_of
from db.desk.frame import Subject, operation
from db.desk.power.declaration import LOOKS
from db.desk.requests.frozen import is_clock_stopped
from db.desk.requests.open_requests import OpenRequest, loaded
from db.desk.requests.queue import to_decide
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_views import RequestRow
from db.desk.requests.request_views import row_of as request_row
from db.desk.tasks.task_views import TaskRow, rests_on
from db.desk.tasks.task_views import row_of as task_row
from db.desk.tasks.tasks import to_do
from db.desk.today.notices import NoticeToMe, news_to
from db.desk.training.closing import open_part
from db.desk.training.trainings import OwnTraining, to_attend
from db.language import _
from db.store.tables import Request, Task

AT_ONCE = 200
NEVER = "9"
"""Sorts after every due day."""

Matter = RequestRow | TaskRow | OwnTraining
"""What waits for somebody: a request to decide or to write anew, something to do, a training to attend."""
Mine = Request | OpenRequest | Task | OwnTraining
"""The same on record: a request of their own, one to decide, a task, a training."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListPart(Generic[Row]):
    """Part of a list of ``total`` rows."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How much waits in ``all``, and the numbers of the requests among it that were ``returned``."""

    all: int
    returned: tuple[int, ...]


class Waiting(Subject):
    """Operations on what waits. They are open to those whose training is overdue: it waits for them too."""

    @operation("waiting.mine", label=_("list all that waits"), recorded=False, power=LOOKS, untrained=True)
    def mine(self, offset: int = 0, limit: int = AT_ONCE) -> ListPart[Matter]:
        """What the actor can act on: what was returned to them, then the rest, the oldest due day first, and
        of one day what is about tagged people (F.3.2)."""
        found, account = self._found(), self.permissions.account
        shown = found.mine[offset : offset + min(limit, AT_ONCE)]
        requests = found.requests(shown)

        def row(one: Mine) -> Matter:
            if isinstance(one, OwnTraining):
                return one
            tag = found.tags.of(_entry(one)).label
            if isinstance(one, Task):
                return replace(task_row(one, account), tag=tag)
            return replace(request_row(requests[one.id], found.request_approvers, account), tag=tag)

        return ListPart(tuple(map(row, shown)), len(found.mine))

    @operation("waiting.count", label=_("count all that waits"), recorded=False, power=LOOKS, untrained=True)
    def count(self) -> WaitingCount:
        """How much that is."""
        found = self._found()
        return WaitingCount(len(found.mine), tuple(one.id for one in found.returned))

    @operation(
        "waiting.others", label=_("list what waits for others"), recorded=False, power=LOOKS, untrained=True
    )
    def others(self, offset: int = 0, limit: int = AT_ONCE) -> ListPart[RequestRow | TaskRow]:
        """What the actor asked for, or has to see to, and others decide now; the oldest due day first."""
        found, account = self._found(), self.permissions.account
        shown = found.others[offset : offset + min(limit, AT_ONCE)]
        requests = found.requests(shown)
        rows = tuple(
            request_row(requests[one.id], found.request_approvers, account)
            if isinstance(one, Request)
            else task_row(one, account)
            for one in shown
        )
        return ListPart(rows, len(found.others))

    @operation("waiting.news", label=_("read the news"), recorded=False, power=LOOKS, untrained=True)
    def news(self) -> tuple[NoticeToMe, ...]:
        """Announcements that the actor has not seen, newest first, but for reminders of what waits for them
        and alarms about what is over."""
        return news_to(self.permissions)

    def _found(self) -> _Found:
        """All of it, found once for as long as nothing changes on record."""
        kept = self.permissions.derived
        if Waiting not in kept:
            kept[Waiting] = _find(self.permissions)
        found: _Found = kept[Waiting]
        return found


@dataclass(frozen=True, slots=True)
class _Found:
    returned: list[Request]
    mine: list[Mine]
    others: list[Request | Task]
    request_approvers: RequestApprovers
    tags: Priority

    def requests(self, shown: Sequence[Mine]) -> dict[int, Request]:
        """The requests among ``shown``, read at once with what their rows are made of."""
        found = loaded([one.id for one in shown if isinstance(one, OpenRequest | Request)])
        self.request_approvers.load(list(found.values()))
        return found


def _find(permissions: Permissions) -> _Found:
    admitted = open_part(permissions)
    decisions, request_approvers = to_decide(admitted)
    returned, asked = _asked_by(permissions.account)
    tags = priority_of(permissions)
    known = {row.id for row in (*returned, *asked)} | {row.id for row in decisions}
    tasks = [task for task in to_do(admitted) if task.request_id not in known]
    resting = [task for task in tasks if rests_on(task) is not None]
    to_act_on: list[Mine] = [one for one in to_attend(permissions) if one.waits]
    to_act_on += [task for task in tasks if task not in resting]
    to_act_on += decisions
    return _Found(
        returned=returned,
        mine=[*returned, *sorted(to_act_on, key=lambda one: (_due(one), tags.of(_entry(one)).rank))],
        others=sorted([*asked, *resting], key=_due),
        request_approvers=request_approvers,
        tags=tags,
    )


def _asked_by(account: int) -> tuple[list[Request], list[Request]]:
    """What was returned to the account, what goes on by a running clock first; and what it asked for that is
    being decided."""
    asked = list(
        Request.select()
        .where((Request.requester == account) & Request.state.in_(("returned", "open")))
        .order_by(Request.id)
    )
    returned = [row for row in asked if row.state == "returned"]
    returned.sort(key=lambda row: NEVER if is_clock_stopped(row) else _due(row))
    return returned, [row for row in asked if row.state == "open"]


def _entry(matter: Mine) -> int | None:
    """Return the entry that a matter is about, where it is about one."""
    if isinstance(matter, OwnTraining):
        return None
    return matter.entry if isinstance(matter, OpenRequest) else matter.entry_id


def _due(matter: Mine) -> str:
    if isinstance(matter, OwnTraining):
        return matter.training.due
    return matter.due or NEVER
