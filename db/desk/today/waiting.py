"""What waits for the actor, whatever it is, and what of theirs waits for others: one row a matter.

A request that was returned waits for its author, before all else: nothing goes on with it until they write
it anew. A task that ends with a decision on its request, or with its being amended, is that request; where
others decide it, it waits for them. What reminds of a matter that stands here is no news besides. Requests
that are alike may be folded into one row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, TypeVar

from db.desk.authority.permissions import Permissions
from db.desk.due_dates import Due
from db.desk.entry.priority import Priority, priority_of
from db.desk.frame import OperationGroup, admit_actor, operation
from db.desk.hooks import hooks
from db.desk.power.declaration import LOOKS
from db.desk.requests.frozen import is_clock_stopped
from db.desk.requests.open_requests import OpenRequest, asked_below, load_requests
from db.desk.requests.payload import batch_of, lines_of
from db.desk.requests.queue import DueFilter, due_span, to_decide
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import label_in
from db.desk.requests.request_views import RequestRow
from db.desk.requests.request_views import row_of as request_row
from db.desk.tasks.task_kinds import kind_of
from db.desk.tasks.task_views import TaskRow, rests_on
from db.desk.tasks.task_views import row_of as task_row
from db.desk.tasks.tasks import tasks_to_do
from db.desk.today.notice_views import NoticeToMe
from db.desk.today.notices import news_to, reminded_of
from db.language import Label, Text, _
from db.policy.vocabulary import HEAD
from db.store.engine import database
from db.store.sql import fetch
from db.store.tables import Request, Task

AT_ONCE = 200
NEVER = "9"
"""Sorts after every due day."""
PASSED = """
SELECT DISTINCT r.id FROM {below} CROSS JOIN request_step s
WHERE r.id = below.id AND s.request_id = r.id AND s.state = 'approved' AND r.state = 'open' AND {by}
"""
"""What was submitted in units below some, and decided by somebody, and waits for others."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Requests that one person asked for alike: of one kind, for the same fields or in one batch, for one
    reason, at one step, due on one day. ``first`` is the first of them, ``evidence`` the files attached to
    all."""

    first: RequestRow
    requests: tuple[int, ...]
    units: tuple[str, ...]
    evidence: int


@dataclass(frozen=True, slots=True)
class OtherMatter:
    """What waits for somebody and is neither request nor task, such as a training. ``id`` names it among its
    ``kind`` in ``book``; ``opens`` is the list in which it is done; ``clause`` asks for it."""

    kind: str
    kind_label: Text
    id: str
    label: Text
    book: str
    book_label: Label
    due: Due
    clause: str
    opens: str


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day by which something waits for the actor, and nobody whom it is about. ``id`` stays the same;
    ``number`` is the request's or task's, 0 for another matter."""

    id: str
    number: int
    label: Text
    book_label: Label
    due: Due


Matter = RequestRow | TaskRow | OtherMatter
"""What waits for somebody: a request to decide or to write anew, something to do, or another matter."""
Mine = Request | OpenRequest | Task | OtherMatter
"""The same on record: a request of their own, one to decide, a task, another matter."""
Whose = Literal["mine", "others"]
Group = tuple[Mine, ...]
"""What stands in one row."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListPart(Generic[Row]):
    """Part of a list of ``total`` rows, of which the first ones were ``returned``. ``reminded``: the requests
    that somebody reminded the actor of."""

    rows: tuple[Row, ...]
    total: int
    returned: int = 0
    reminded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """What to list: of which due days, of which kind (empty: all)."""

    due: DueFilter = "all"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much waits for the actor by due day, and of which kinds, the most frequent first; and how much of
    theirs waits for others."""

    overdue: int
    today: int
    week: int
    later: int
    returned: int
    others: int
    kinds: tuple[tuple[str, Text, int], ...]

    @property
    def all(self) -> int:
        return self.overdue + self.today + self.week + self.later


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How much waits in ``all``, the numbers of the requests among it that were ``returned``, and which
    ``matters`` it is, requests and tasks: whether one is a task, and its number."""

    all: int
    returned: tuple[int, ...]
    matters: frozenset[tuple[bool, int]] = frozenset()


class Waiting(OperationGroup):
    """Operations on what waits. They are open to those whose training is overdue: it waits for them too."""

    @operation("waiting.mine", label=_("list all that waits"), recorded=False, power=LOOKS, untrained=True)
    def mine(self, offset: int = 0, limit: int = AT_ONCE) -> ListPart[Matter]:
        """Return what the actor can act on: what was returned to them, what somebody reminded them of, then
        the rest; the oldest due day first, and of one day what is about tagged people (F.3.2)."""
        found = self._find_all()
        return ListPart(self._rows(found.mine, offset, limit), len(found.mine), len(found.returned))

    @operation(
        "waiting.page", label=_("list what waits, folded"), recorded=False, power=LOOKS, untrained=True
    )
    def page(
        self, whose: Whose, wanted: WaitingFilter = WaitingFilter(), offset: int = 0, limit: int = AT_ONCE
    ) -> ListPart[Matter | Alike]:
        """Return the part of `mine` or `others` that is ``wanted``, with alike requests in one row."""
        found = self._find_all()
        groups = found.groups(whose, wanted)
        returned = sum(group[0] in found.returned for group in groups[: len(found.returned)])
        shown = groups[offset : offset + min(limit, AT_ONCE)]
        requests = found.requests([one for group in shown for one in group])
        firsts = self._build_matters([group[0] for group in shown], requests)
        rows = (
            found.alike_row(first, group, requests) if isinstance(first, RequestRow) and group[1:] else first
            for first, group in zip(firsts, shown, strict=True)
        )
        return ListPart(tuple(rows), len(groups), returned, found.reminded)

    @operation(
        "waiting.calendar", label=_("take out own due days"), recorded=True, power=LOOKS, untrained=True
    )
    def calendar(self) -> tuple[DueDay, ...]:
        """Record that the due days of `mine` leave as a copy, and return up to `AT_ONCE` of them."""
        rows = [row for row in self._rows(self._find_all().mine, 0, AT_ONCE) if row.due is not None]
        books = list(dict.fromkeys(row.book for row in rows))
        self.act.note_facts(book=books[0] if books else None, form="ics", rows=len(rows))
        self.act.places = tuple(books[1:])
        return tuple(map(_due_day, rows))

    @operation("waiting.count", label=_("count all that waits"), recorded=False, power=LOOKS, untrained=True)
    def count(self) -> WaitingCount:
        found = self._find_all()
        return WaitingCount(len(found.mine), tuple(one.id for one in found.returned), _matters(found.mine))

    @operation(
        "waiting.tally", label=_("count what waits by day"), recorded=False, power=LOOKS, untrained=True
    )
    def tally(self) -> Tally:
        """Count when all that waits is due, and of what kind it is."""
        found, span_of = self._find_all(), due_span()
        dues = Counter(span_of(_due(one)) for one in found.mine)
        kinds = Counter(map(_kind, found.mine))
        firsts: dict[str, Mine] = {}
        for one in found.mine:
            firsts.setdefault(_kind(one), one)
        return Tally(
            overdue=dues["overdue"],
            today=dues["today"],
            week=dues["week"],
            later=dues["later"],
            returned=len(found.returned),
            others=len(found.others),
            kinds=tuple((kind, _label(firsts[kind]), count) for kind, count in kinds.most_common()),
        )

    @operation(
        "waiting.others", label=_("list what waits for others"), recorded=False, power=LOOKS, untrained=True
    )
    def others(self, offset: int = 0, limit: int = AT_ONCE) -> ListPart[RequestRow | TaskRow]:
        """Return what the actor asked for or is responsible for and others decide now; the oldest due day
        first."""
        found = self._find_all()
        rows = self._rows(found.others, offset, limit)
        return ListPart(tuple(row for row in rows if not isinstance(row, OtherMatter)), len(found.others))

    @operation(
        "waiting.passed", label=_("list what waits after their own decision"), recorded=False, power=LOOKS
    )
    def passed(self) -> tuple[RequestRow, ...]:
        """Return up to `AT_ONCE` requests that the actor, who heads a unit, agreed to there and others decide
        now, the first due first."""
        permissions = self.permissions
        headed = [one.unit for one in permissions.holdings if one.role == HEAD]
        if not headed:
            return ()
        found, account = self._find_all(), permissions.account
        below, values = asked_below(headed)
        decided = f"s.decided_by_id = {database.param}"
        numbers = fetch(PASSED.format(below=below, by=decided), (*values, account))
        known = {one.id for one in (*found.mine, *found.others) if isinstance(one, OpenRequest | Request)}
        rows = load_requests([number for (number,) in numbers if number not in known])
        found.request_approvers.load(list(rows.values()))
        mine = [row for row in rows.values() if found.request_approvers.decided(row, permissions)]
        shown = sorted(mine, key=lambda row: (row.due or NEVER, row.id))[:AT_ONCE]
        return tuple(request_row(row, found.request_approvers, account) for row in shown)

    @operation("waiting.news", label=_("read the news"), recorded=False, power=LOOKS, untrained=True)
    def news(self) -> tuple[NoticeToMe, ...]:
        """Return notices that the actor has not seen, those whose act they can still stop first, then newest
        first; without reminders of what waits for them, settled alarms, and alarms about what stands in their
        lists."""
        found = self._find_all()
        known = _matters((*found.mine, *found.others))
        return tuple(one for one in news_to(self.permissions) if one.matter not in known)

    def _find_all(self) -> _Found:
        """Find all of it; cached for as long as nothing changes on record."""
        kept = self.permissions.derived
        if Waiting not in kept:
            kept[Waiting] = _find(self.permissions)
        found: _Found = kept[Waiting]
        return found

    def _rows(self, listed: Sequence[Mine], offset: int, limit: int) -> tuple[Matter, ...]:
        shown = listed[offset : offset + min(limit, AT_ONCE)]
        return self._build_matters(shown, self._find_all().requests(shown))

    def _build_matters(self, shown: Sequence[Mine], requests: Mapping[int, Request]) -> tuple[Matter, ...]:
        """Make rows of ``shown``, from their ``requests``, which were read at once."""
        found, account = self._find_all(), self.permissions.account

        def row(one: Mine) -> Matter:
            if isinstance(one, OtherMatter):
                return one
            tag = found.tags.tag_of(_entry(one)).label
            if isinstance(one, Task):
                return replace(task_row(one, account), tag=tag)
            return replace(request_row(requests[one.id], found.request_approvers, account), tag=tag)

        return tuple(map(row, shown))


@dataclass(slots=True)
class _Found:
    returned: list[Request]
    mine: list[Mine]
    others: list[Request | Task]
    reminded: frozenset[int]
    request_approvers: RequestApprovers
    tags: Priority
    alike: dict[int, Hashable] = field(default_factory=dict)
    """Request -> what those have in common that are folded with it; found when it is first asked for."""
    grouped: dict[tuple[Whose, WaitingFilter], Sequence[Group]] = field(default_factory=dict)

    def requests(self, shown: Sequence[Mine]) -> dict[int, Request]:
        """Read the requests among ``shown`` at once, with what their rows are made of."""
        found = load_requests([one.id for one in shown if isinstance(one, OpenRequest | Request)])
        self.request_approvers.load(list(found.values()))
        return found

    def alike_row(self, first: RequestRow, group: Group, requests: Mapping[int, Request]) -> Alike:
        """Put ``group`` in one row, of which ``first`` is the first."""
        alike = [requests[one.id] for one in group if isinstance(one, OpenRequest | Request)]
        return Alike(
            first,
            tuple(one.id for one in alike),
            tuple(dict.fromkeys(one.unit.name for one in alike)),
            sum(map(self.request_approvers.files, alike)),
        )

    def groups(self, whose: Whose, wanted: WaitingFilter) -> Sequence[Group]:
        """Return what is wanted of a list, in groups that make one row each; cached."""
        if (whose, wanted) not in self.grouped:
            listed = self.mine if whose == "mine" else self.others
            self.grouped[whose, wanted] = self._group(listed, wanted)
        return self.grouped[whose, wanted]

    def _group(self, listed: Sequence[Mine], wanted: WaitingFilter) -> Sequence[Group]:
        span_of = due_span()
        fitting = [
            one
            for one in listed
            if (wanted.due == "all" or span_of(_due(one)) == wanted.due) and wanted.kind in ("", _kind(one))
        ]
        self._compare(listed)
        groups: dict[Hashable, list[Mine]] = {}
        for place, one in enumerate(fitting):
            key = self.alike.get(one.id, place) if isinstance(one, OpenRequest | Request) else place
            groups.setdefault(key, []).append(one)
        return list(map(tuple, groups.values()))

    def _compare(self, listed: Sequence[Mine]) -> None:
        """Read by what the requests among ``listed`` are alike, and cache it. As their content is sealed,
        only those that agree in all else are decrypted, and of very many only the first."""
        outside: dict[Hashable, list[int]] = {}
        for one in listed:
            if isinstance(one, OpenRequest | Request) and one not in self.returned:
                outside.setdefault(self._outside(one), []).append(one.id)
        perhaps = [(key, number) for key, group in outside.items() if len(group) > 1 for number in group]
        unknown = [(key, number) for key, number in perhaps if number not in self.alike][:AT_ONCE]
        if not unknown:
            return
        rows = load_requests([number for _key, number in unknown])
        self.request_approvers.load(list(rows.values()))
        for key, number in unknown:
            row = rows[number]
            step = self.request_approvers.open_step(row)
            fields = batch_of(row) or tuple(line.field for line in lines_of(row))
            self.alike[number] = (key, fields, row.reason, step.ord if step is not None else 0)

    def _outside(self, one: OpenRequest | Request) -> Hashable:
        """Return a key by which a request differs from others without decrypting it."""
        rank = self.tags.tag_of(_entry(one)).rank
        if isinstance(one, OpenRequest):
            return one.book, one.kind, one.requester, one.role, one.due, rank
        return one.book_id, one.kind, one.requester_id, one.due, rank


def _find(permissions: Permissions) -> _Found:
    open_part = admit_actor(permissions)
    decisions, request_approvers = to_decide(open_part)
    returned, asked = _asked_by(permissions.account)
    tags = priority_of(permissions)
    known = {row.id for row in (*returned, *asked)} | {row.id for row in decisions}
    tasks = [task for task in tasks_to_do(open_part) if task.request_id not in known]
    resting = [task for task in tasks if rests_on(task) is not None]
    asked_for = reminded_of(permissions.account)
    to_act_on: list[Mine] = [one for waits in hooks().waits for one in waits(permissions)]
    to_act_on += [task for task in tasks if task not in resting]
    to_act_on += decisions
    return _Found(
        returned=returned,
        mine=[
            *returned,
            *sorted(
                to_act_on,
                key=lambda one: (
                    not (isinstance(one, OpenRequest) and one.id in asked_for),
                    _due(one),
                    tags.tag_of(_entry(one)).rank,
                ),
            ),
        ],
        others=sorted([*asked, *resting], key=_due),
        reminded=asked_for,
        request_approvers=request_approvers,
        tags=tags,
    )


def _asked_by(account: int) -> tuple[list[Request], list[Request]]:
    """Return the account's returned requests, those with a running deadline first; and its open ones."""
    asked = list(
        Request.select()
        .where((Request.requester == account) & Request.state.in_(("returned", "open")))
        .order_by(Request.id)
    )
    returned = [row for row in asked if row.state == "returned"]
    returned.sort(key=_due)
    return returned, [row for row in asked if row.state == "open"]


def _matters(listed: Sequence[Mine]) -> frozenset[tuple[bool, int]]:
    """Return which requests and tasks are among ``listed``: whether one is a task, and its number."""
    return frozenset((isinstance(one, Task), one.id) for one in listed if not isinstance(one, OtherMatter))


def _entry(matter: Mine) -> int | None:
    if isinstance(matter, OtherMatter):
        return None
    return matter.entry if isinstance(matter, OpenRequest) else matter.entry_id


def _due(matter: Mine) -> str:
    if isinstance(matter, OtherMatter):
        return matter.due.day
    if isinstance(matter, Request) and is_clock_stopped(matter):
        return NEVER
    return matter.due or NEVER


def _kind(matter: Mine) -> str:
    return matter.kind


def _label(matter: Mine) -> Text:
    if isinstance(matter, OtherMatter):
        return matter.kind_label
    if isinstance(matter, Task):
        return kind_of(matter.kind).label
    return label_in(matter.book if isinstance(matter, OpenRequest) else matter.book_id, matter.kind)


def _due_day(row: Matter) -> DueDay:
    due = row.due or Due("", 0, "")
    if isinstance(row, OtherMatter):
        return DueDay(f"{row.kind}-{row.book}-{row.id}".replace("/", "-"), 0, row.label, row.book_label, due)
    kind = "request" if isinstance(row, RequestRow) else "task"
    return DueDay(f"{kind}-{row.id}", row.id, row.kind_label, row.book_label, due)
