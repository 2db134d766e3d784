"""Requests to decide and tasks to do in one list, narrowed by chips that say how many they leave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from db.desk.entry.priority import priority_of
from db.desk.frame import OperationGroup, admit_actor, operation
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem
from db.desk.requests.open_requests import OpenRequest, load_requests
from db.desk.requests.queue import AT_ONCE, Span, due_span, to_decide
from db.desk.requests.queue import rows_of as request_rows
from db.desk.requests.request_kinds import label_in
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_kinds import kind_of
from db.desk.tasks.task_views import TaskRow, rests_on
from db.desk.tasks.task_views import row_of as task_row
from db.desk.tasks.tasks import tasks_to_do
from db.language import Message, Text, _, listed
from db.store.sql import fetch, is_among
from db.store.tables import Account, Task

Facet = Literal["due", "kind", "unit", "request", "kept"]
FACETS: tuple[Facet, ...] = ("due", "kind", "unit")
KEPT = 9
"""Selections of chips that are kept at the most; the oldest goes."""
DUES: Mapping[Span, Message] = {
    "overdue": _("Overdue"),
    "today": _("Today"),
    "week": _("This week"),
    "later": _("Later"),
}
UNITS_SHOWN = 6
"""Units that have a chip, those with the most first; one that is set always has."""
LAST = "9"
"""Sorts after every due day."""
Matter = RequestRow | TaskRow
Chosen = Mapping[Facet, frozenset[str]]
"""The chips that are set: of one facet any of them fits, and every facet has to. Some requests alone have no
chip."""
NONE: Chosen = {}
_Mine = OpenRequest | Task


@dataclass(frozen=True, slots=True)
class Chip:
    """Something to narrow the list by, and how many rows it leaves beside the chips of other facets. One that
    is ``kept`` stands for all of its ``value``(see `read_selection`), and beside none."""

    facet: Facet
    value: str
    label: Text
    count: int


@dataclass(frozen=True, slots=True)
class TodoWindow:
    """Part of what waits, the oldest due day first; ``total`` rows fit what was chosen, of ``all``.
    ``requests``: the place among those that fit of each request, by its number."""

    rows: tuple[Matter, ...]
    requests: Mapping[int, int]
    total: int
    all: int
    chips: tuple[Chip, ...]


class Todo(OperationGroup):
    """Operations on what waits to be decided or done."""

    @operation("todo.window", label=_("list what is to be done"), recorded=False, power=LOOKS)
    def window(self, chosen: Chosen = NONE, offset: int = 0, limit: int = AT_ONCE) -> TodoWindow:
        """Return the part from ``offset`` of what waits for the actor and fits the chips ``chosen``, without
        what an overdue training closes to them."""
        open_part = admit_actor(self.permissions)
        decisions, request_approvers = to_decide(open_part)
        known = {one.id for one in decisions}
        tasks = [
            one for one in tasks_to_do(open_part) if one.request_id not in known and rests_on(one) is None
        ]
        tags, span_of, account = priority_of(open_part), due_span(), self.permissions.account
        waiting: list[_Mine] = sorted(
            [*decisions, *tasks], key=lambda one: (one.due or LAST, tags.tag_of(_entry(one)).rank)
        )
        facts = [(one, _facts(one, span_of)) for one in waiting]
        fitting = [one for one, held in facts if _fits(held, chosen)]
        shown = fitting[offset : offset + min(limit, AT_ONCE)]
        requests = load_requests([one.id for one in shown if isinstance(one, OpenRequest)])
        rows = dict(
            zip(requests, request_rows(open_part, list(requests.values()), request_approvers), strict=True)
        )
        return TodoWindow(
            rows=tuple(
                rows[one.id]
                if isinstance(one, OpenRequest)
                else replace(task_row(one, account), tag=tags.tag_of(one.entry_id).label)
                for one in shown
            ),
            requests={one.id: place for place, one in enumerate(fitting) if isinstance(one, OpenRequest)},
            total=len(fitting),
            all=len(waiting),
            chips=(*_chips(facts, chosen), *_kept_chips(account, facts)),
        )

    @operation("todo.keep", label=_("keep a filter"), recorded=True, power=LOOKS)
    def toggle_filter(self, chosen: Chosen = NONE) -> bool:
        """Store these chips as one of the actor's filters, or delete them if they are stored; return whether
        they are now. The oldest are deleted for want of room. Raises Invalid for no chips, and for too
        many."""
        held = write_selection(chosen)
        if held == write_selection(NONE):
            raise Invalid(Problem("chosen", _("Set some chips first.")))
        account = self.permissions.account
        kept = _kept_selections(account)
        is_new = held not in kept
        kept = [held, *kept][:KEPT] if is_new else [one for one in kept if one != held]
        while len(json.dumps(kept)) > Account.filters.max_length:
            if len(kept) == 1:
                raise Invalid(Problem("chosen", _("These are too many chips to keep; choose fewer.")))
            kept.pop()
        Account.update(filters=json.dumps(kept)).where(Account.id == account).execute()
        return is_new


def write_selection(chosen: Chosen) -> str:
    return json.dumps({facet: sorted(chosen[facet]) for facet in FACETS if chosen.get(facet)})


def read_selection(written: str) -> Chosen:
    return {facet: frozenset(values) for facet, values in json.loads(written).items()}


def _kept_selections(account: int) -> list[str]:
    """Return the selections that ``account`` keeps, the newest first."""
    return list(json.loads(Account.get_by_id(account).filters or "[]"))


def _kept_chips(account: int, facts: Sequence[tuple[_Mine, _Facts]]) -> Iterator[Chip]:
    """Yield a chip for each selection that is kept, as long as all of it names something of the reader's."""
    for written in _kept_selections(account):
        chosen = read_selection(written)
        labels = {facet: _labels(facet, sorted(values), facts) for facet, values in chosen.items()}
        if all(values <= labels[facet].keys() for facet, values in chosen.items()):
            named = [labels[facet][value] for facet in chosen for value in sorted(chosen[facet])]
            count = sum(_fits(held, chosen) for _one, held in facts)
            yield Chip("kept", written, listed(named), count)


_Facts = Mapping[Facet, frozenset[str]]


def _entry(one: _Mine) -> int | None:
    return one.entry if isinstance(one, OpenRequest) else one.entry_id


def _facts(one: _Mine, span_of: Callable[[str | None], Span]) -> _Facts:
    """Return the facets of a task or request, by which chips filter."""
    is_request = isinstance(one, OpenRequest)
    unit = one.unit if isinstance(one, OpenRequest) else one.unit_id
    return {
        "due": frozenset({span_of(one.due)}),
        "kind": frozenset({one.kind if is_request else f"task/{one.kind}"}),
        "unit": frozenset({str(unit)} if unit is not None else ()),
        "request": frozenset({str(one.id)} if is_request else ()),
    }


def _fits(held: _Facts, chosen: Chosen, but: Facet | None = None) -> bool:
    return all(not wanted or facet == but or held[facet] & wanted for facet, wanted in chosen.items())


def _chips(facts: Sequence[tuple[_Mine, _Facts]], chosen: Chosen) -> Sequence[Chip]:
    found: list[Chip] = []
    for facet in FACETS:
        wanted = chosen.get(facet, frozenset())
        counts = Counter(
            value for _one, held in facts if _fits(held, chosen, but=facet) for value in held[facet]
        )
        counts.update(dict.fromkeys(wanted, 0))
        values = [value for value, _count in counts.most_common()]
        if facet == "due":
            values = [value for value in DUES if counts[value] or value in wanted]
        elif facet == "unit":
            values = [value for place, value in enumerate(values) if place < UNITS_SHOWN or value in wanted]
        labels = _labels(facet, values, facts)
        found += [Chip(facet, value, labels[value], counts[value]) for value in values if value in labels]
    return found


def _labels(facet: Facet, values: Sequence[str], facts: Sequence[tuple[_Mine, _Facts]]) -> Mapping[str, Text]:
    """Return the labels of chips: of kinds and units only those that fit something of the reader's, of due
    spans all."""
    if facet == "due":
        return {str(due): label for due, label in DUES.items()}
    if facet == "unit":
        held = {value for _one, one in facts for value in one["unit"]}
        where, given = is_among("id", [int(value) for value in values if value in held])
        return {str(unit): name for unit, name in fetch(f"SELECT id, name FROM unit WHERE {where}", given)}
    labels: dict[str, Text] = {}
    for one, held_of in facts:
        (kind,) = held_of["kind"]
        if kind not in labels:
            is_request = isinstance(one, OpenRequest)
            book = one.book if isinstance(one, OpenRequest) else one.book_id
            labels[kind] = label_in(book, one.kind) if is_request else kind_of(one.kind).label
    return labels
