"""What waits for the actor, whatever it is, and what of theirs waits for others: one row a matter.

A request that was returned waits for its author, before all else: nothing goes on with it until they write
it anew. A task that ends with a decision on its request, or with its being amended, is that request; where
others decide it, it waits for them. What reminds of a matter that stands here is no news besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from db.desk.frame import Subject, operation
from db.desk.notices import NoticeToMe, news_to
from db.desk.requests.frozen import stands_still
from db.desk.requests.queue import to_decide
from db.desk.requests.turns import Turns
from db.desk.requests.views import RequestRow
from db.desk.requests.views import row_of as request_row
from db.desk.standing import Standing
from db.desk.tasks.subject import to_do
from db.desk.tasks.views import TaskRow, rests_on
from db.desk.tasks.views import row_of as task_row
from db.desk.training.closing import open_part
from db.desk.training.subject import OwnTraining, to_attend
from db.store.tables import Request, Task

AT_ONCE = 200
NEVER = "9"
"""Sorts after every due day."""

Matter = RequestRow | TaskRow | OwnTraining
"""What waits for somebody: a request to decide or to write anew, something to do, a training to attend."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """Part of a list of ``total`` rows."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """How much waits in ``all``, and the numbers of the requests among it that were ``returned``."""

    all: int
    returned: tuple[int, ...]


class Waiting(Subject):
    """Operations on what waits. They are open to those whose training is overdue: it waits for them too."""

    @operation("waiting.mine", recorded=False, untrained=True)
    def mine(self, offset: int = 0, limit: int = AT_ONCE) -> Part[Matter]:
        """What the actor can act on: what was returned to them, then the rest, the oldest due day first."""
        found, turns = self._mine()
        shown = found[offset : offset + min(limit, AT_ONCE)]
        return Part(tuple(_row(one, turns, self.standing.account) for one in shown), len(found))

    @operation("waiting.count", recorded=False, untrained=True)
    def count(self) -> Count:
        """How much that is."""
        found, _turns = self._mine()
        back = (one.id for one in found if isinstance(one, Request) and one.state == "returned")
        return Count(len(found), tuple(back))

    @operation("waiting.others", recorded=False, untrained=True)
    def others(self, offset: int = 0, limit: int = AT_ONCE) -> Part[RequestRow | TaskRow]:
        """What the actor asked for, or has to see to, and others decide now; the oldest due day first."""
        standing = open_part(self.standing)
        asked = list(
            Request.select().where((Request.requester == standing.account) & (Request.state == "open"))
        )
        decided = {row.id for row in (*asked, *to_decide(standing)[0])}
        resting = [
            task for task in to_do(standing) if task.request_id not in decided and rests_on(task) is not None
        ]
        found: list[Request | Task] = sorted([*asked, *resting], key=_due)
        shown = found[offset : offset + min(limit, AT_ONCE)]
        turns = Turns([one for one in shown if isinstance(one, Request)])
        rows = tuple(
            request_row(one, turns) if isinstance(one, Request) else task_row(one, standing.account)
            for one in shown
        )
        return Part(rows, len(found))

    @operation("waiting.news", recorded=False, untrained=True)
    def news(self) -> tuple[NoticeToMe, ...]:
        """Announcements that the actor has not seen, newest first, but for reminders of what waits for them
        and alarms about what is over."""
        return news_to(self.standing)

    def _mine(self) -> tuple[Sequence[Request | Task | OwnTraining], Turns]:
        standing = open_part(self.standing)
        decisions, turns = to_decide(standing)
        returned = _returned_to(standing)
        known = {row.id for row in (*returned, *decisions)}
        tasks = [task for task in to_do(standing) if task.request_id not in known and rests_on(task) is None]
        trainings = [one for one in to_attend(self.standing) if one.waits]
        rest: list[Request | Task | OwnTraining] = [*trainings, *tasks, *decisions]
        return [*returned, *sorted(rest, key=_due)], turns


def _returned_to(standing: Standing) -> list[Request]:
    """What was sent back to the account, the oldest due day first where a clock runs on."""
    rows = Request.select().where((Request.requester == standing.account) & (Request.state == "returned"))
    return sorted(rows.order_by(Request.id), key=lambda row: NEVER if stands_still(row) else _due(row))


def _due(matter: Request | Task | OwnTraining) -> str:
    if isinstance(matter, OwnTraining):
        return matter.training.due
    return matter.due or NEVER


def _row(matter: Request | Task | OwnTraining, turns: Turns, account: int) -> Matter:
    if isinstance(matter, Request):
        return request_row(matter, turns)
    return task_row(matter, account) if isinstance(matter, Task) else matter
