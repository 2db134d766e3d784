"""The reports on how far reviews are, on what was found, and on entries that are stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.due_dates import today
from db.desk.entry.stale import SIGNS, stale_entries
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import HEAD, MAINTAINER, SUPERVISOR, Extent, Numbers, units_below
from db.desk.notation.localtime import day_begins, local
from db.desk.requests.request_views import name_of
from db.desk.reviews.inspecting import STATES
from db.desk.reviews.review_kinds import label_of
from db.desk.reviews.review_views import progress
from db.language import Text, _
from db.policy.wording import CONTROLS
from db.store.tables import Campaign, Finding


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A department's progress; ``who``: for whom it waits; ``signed``: who decided. Days are ISO."""

    label: Text
    opened: str
    due: str
    closed: str
    unit: str
    total: int
    decided: int
    under_way: int
    undecided: int
    late: bool
    who: tuple[Text, ...]
    signed: tuple[Text, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A finding of an inspection; days are ISO. ``late``: it was or is seen to after its day."""

    number: int
    what: str
    point: Text
    owner: str
    found: str
    due: str
    state: Text
    closed: str
    late: bool
    clause: str


@dataclass(frozen=True, slots=True)
class StaleRow:
    """A stale entry: since when nobody verified it (ISO day), and its signs."""

    name: str
    unit: str
    since: str
    signs: tuple[Text, ...]


def _waiting(place: Extent, first: date, last: date) -> Numbers:
    """Count what is undecided, and of that what is past its day."""
    rows = _reviews(place, first, last)
    return sum(row.undecided for row in rows), sum(row.late for row in rows)


def _unclosed(place: Extent, first: date, last: date) -> Numbers:
    """Count the findings that are not closed, and of them those past their day."""
    rows = _found_in(place, first, last).where(Finding.closed_at.is_null())
    return rows.count(), rows.where(Finding.due < today().isoformat()).count()


class ReviewReports(ReportGroup):
    @report("reviews", _("Reviews"), MAINTAINER, SUPERVISOR, HEAD, rests_on="reviews", numbers=_waiting)
    def reviews(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ReviewRow]:
        """Return how far the reviews came that were open at some time from ``first`` to ``last``."""
        return self._draw("reviews", partial(_reviews, permissions=self.permissions), book, unit, first, last)

    @report(
        "findings", _("Findings"), MAINTAINER, SUPERVISOR, rests_on="reviews", whole=True, numbers=_unclosed
    )
    def findings(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[FoundRow]:
        """Return findings that were open at some time from ``first`` to ``last`` (C.6, H.3.1)."""
        return self._draw("findings", _findings, book, unit, first, last)

    @report(
        "stale", _("Stale entries"), MAINTAINER, SUPERVISOR, rests_on="stale",
        numbers=lambda place, *_days: (len(_stale(place)),),
    )  # fmt: skip
    def stale(self, book: str, unit: int | None = None) -> ReportRows[StaleRow]:
        """Find entries that may be out of date (E.14)."""
        return self._draw("stale", _stale, book, unit)


def _reviews(
    place: Extent, first: date, last: date, permissions: Permissions | None = None
) -> tuple[ReviewRow, ...]:
    """Return reviews that were open at some time from ``first`` to ``last``, department by department; with
    who answers for each, where the reader's ``permissions`` are given."""
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    rows = Campaign.select().where(
        (Campaign.book == place.book)
        & (Campaign.opened_at < day_begins(last + timedelta(days=1)))
        & (Campaign.closed_at.is_null() | (Campaign.closed_at >= day_begins(first)))
    )
    return tuple(
        ReviewRow(
            label=label_of(row.kind),
            opened=local(row.opened_at)[:10],
            due=row.due,
            closed=local(row.closed_at)[:10] if row.closed_at else "",
            unit=one.name,
            total=one.count.total,
            decided=one.count.decided,
            under_way=one.count.under_way,
            undecided=one.count.undecided,
            late=one.late,
            who=one.who,
            signed=one.signed,
            clause=row.clause,
        )
        for row in rows.order_by(Campaign.due, Campaign.id)
        for one in progress(row, permissions, within)
    )


def _stale(place: Extent) -> tuple[StaleRow, ...]:
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    return tuple(
        StaleRow(one.name, one.unit_name, local(one.since)[:10], tuple(SIGNS[sign] for sign in one.signs))
        for one in stale_entries(policy_of(place.book))
        if one.unit in within
    )


def _findings(place: Extent, first: date, last: date) -> tuple[FoundRow, ...]:
    rows = _found_in(place, first, last).order_by(Finding.due, Finding.id)
    return tuple(map(_report_row, rows))


def _found_in(place: Extent, first: date, last: date) -> Any:
    return (
        Finding.select(Finding, Campaign)
        .join(Campaign)
        .where(
            (Campaign.book == place.book)
            & (Finding.found_at < day_begins(last + timedelta(days=1)))
            & (Finding.closed_at.is_null() | (Finding.closed_at >= day_begins(first)))
        )
    )


def _report_row(row: Finding) -> FoundRow:
    closed = local(row.closed_at)[:10] if row.closed_at else ""
    point = row.item.point if row.item is not None else ""
    return FoundRow(
        number=row.id,
        what=row.what,
        point=next((text for known, text in CONTROLS.items() if known == point), point),
        owner=name_of(row.owner_id),
        found=local(row.found_at)[:10],
        due=row.due,
        state=STATES[row.state],
        closed=closed,
        late=(closed or today().isoformat()) > row.due,
        clause=row.campaign.clause,
    )
