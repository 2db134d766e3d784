"""What changed in a period: the requests that were applied, by whom asked for and by whom decided."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.desk.due_dates import calendar
from db.desk.extracts.about import account_names
from db.desk.extracts.report_rights import Extent
from db.desk.notation.localtime import day_begins
from db.desk.requests.payload import lines_of
from db.desk.requests.request_kinds import KINDS, label_in
from db.desk.requests.request_views import decided_by
from db.language import Text, _
from db.store import clock
from db.store.engine import store
from db.store.tables import (
    Account,
    Entry,
    Notice,
    NoticeRecipient,
    Person,
    Request,
    RequestStep,
    Unit,
    UnitAbove,
)


@dataclass(frozen=True, slots=True)
class ChangeAudience:
    """Who was told, and which units opened to each; none where nothing is handed out (A.8)."""

    names: tuple[str, ...]
    opens: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One applied request. ``applied`` is a local day; ``days`` are working days from start to end.

    ``fields`` are what it changed; the values are for the entry's own readers.
    """

    request: int
    applied: date
    kind: Text
    entry: int | None
    name: str
    unit: str
    fields: tuple[Text, ...]
    asked_by: str
    decided_by: tuple[Text, ...]
    days: int
    clause: str
    told: tuple[ChangeAudience, ...]


def changes(place: Extent, first: date, last: date) -> tuple[ChangeRow, ...]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    rows = (
        Request.select(Request, Entry, Unit)
        .left_outer_join(Entry)
        .switch(Request)
        .join(Unit)
        .where(
            (Request.book == place.book)
            & Request.unit.in_(below)
            & (Request.state == "applied")
            & (Request.closed_at >= day_begins(first))
            & (Request.closed_at < day_begins(last + timedelta(days=1)))
        )
        .order_by(Request.closed_at.desc(), Request.id.desc())
    )
    return tuple(_row(request) for request in rows)


def _row(request: Request) -> ChangeRow:
    zone = store().settings.time_zone
    applied = clock.local_date(str(request.closed_at), zone)
    started = clock.local_date(request.started_at, zone)
    steps = RequestStep.select().where(RequestStep.request == request).order_by(RequestStep.ord)
    return ChangeRow(
        request=request.id,
        applied=applied,
        kind=label_in(request.book_id, request.kind),
        entry=request.entry_id,
        name=request.entry.name if request.entry is not None else "",
        unit=request.unit.name,
        fields=tuple(line.label for line in lines_of(request)) if request.kind in KINDS else (),
        asked_by=account_names(request.requester_id)[1],
        decided_by=tuple(decided_by(request, step) for step in steps if step.decided_by_id is not None),
        days=calendar(request.book_id).remaining(started, applied),
        clause=request.clause,
        told=tuple(_audiences(request)),
    )


def _audiences(request: Request) -> Iterator[ChangeAudience]:
    """Yield the people who were told of ``request``, together those to whom the same was opened."""
    groups = defaultdict[str, list[str]](list)
    recipients: Any = (
        NoticeRecipient.select(NoticeRecipient.opens, Account.login, Person.name)
        .join(Notice)
        .switch(NoticeRecipient)
        .join(Account)
        .left_outer_join(Person)
        .where((Notice.request == request) & (Notice.kind == request.kind))
        .order_by(Account.id)
        .tuples()
    )
    for opens, login, name in recipients:
        groups[opens].append(name or login)
    for opens, names in groups.items():
        units = json.loads(opens)["units"] if opens else []
        yield ChangeAudience(tuple(names), tuple(_part(*unit) for unit in units))


def _part(unit: int, below: bool) -> Text:
    row = Unit.get_by_id(unit)
    if below and row.parent_id is None:
        return _("the whole directory")
    return _("{unit} and what is below it", unit=row.name) if below else str(row.name)
