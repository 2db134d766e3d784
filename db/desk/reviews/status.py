"""How far a campaign is: of each thing whether it is decided, asked of the record in one query.

An entry that was found wrong is decided once its correction is applied, one that is gone once it is
removed; until then it is under way. Where the correction was turned down it is open again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any, Literal

from peewee import SQL, Case, Select, fn

from db.desk.notation.page import ProgressCount
from db.language import Message, _
from db.store.engine import database
from db.store.sql import constant
from db.store.tables import Campaign, Entry, Finding, Grant, Request, ReviewItem

Status = Literal["open", "under-way", "decided"]
STATUSES: dict[Status, Message] = {
    "open": _("open"),
    "under-way": _("under way"),
    "decided": _("decided"),
}
FEW = 500
"""Units by whose numbers things are looked up; more than that are not asked for one by one."""
_BY_VERDICT: dict[str | None, Status] = {None: "open", "right": "decided"}


def items_of(campaign: Campaign) -> Any:
    """Query a campaign's things in their order; each row has a ``status``."""
    return _join_entries(ReviewItem.select(ReviewItem, status().alias("status")), campaign).order_by(
        ReviewItem.ord
    )


def unit_progress(
    campaign: Campaign, units: Collection[int] | None = None, mine: Any = None, narrowed: Any = None
) -> dict[int, ProgressCount]:
    """Count how far each unit is, in their order: only ``units``, only what is ``mine``, and only what is
    ``narrowed`` to, where given. ``narrowed`` may ask for what `items_of` joins, which takes much longer."""
    fits = ReviewItem.campaign == campaign.id
    fits = fits if mine is None else fits & mine
    if units is not None and len(units) <= FEW:
        fits = fits & ReviewItem.unit.in_(list(units))
    if narrowed is not None:
        found = _count_one_by_one(campaign, fits & narrowed)
    else:
        found = _count_by_verdict(fits)
        for unit, verdict, one, number in _untold(campaign, fits):
            found[unit][_status_of(verdict)] -= number
            found[unit][one] += number
    return {
        unit: ProgressCount(count.total(), count["decided"], count["under-way"])
        for unit, count in found.items()
        if units is None or unit in units
    }


def _count_one_by_one(campaign: Campaign, fits: Any) -> dict[int, Counter[Status]]:
    items = ReviewItem.select(ReviewItem.unit, status(), fn.COUNT(ReviewItem.id))
    joined = _join_entries(items, campaign).where(fits).group_by(ReviewItem.unit, SQL("2"))
    found: dict[int, Counter[Status]] = defaultdict(Counter)
    for unit, one, number in joined.order_by(fn.MIN(ReviewItem.ord)).tuples():
        found[unit][one] += number
    return found


def _count_by_verdict(fits: Any) -> dict[int, Counter[Status]]:
    """Count from an index what each verdict by itself says."""
    numbers = ReviewItem.select(ReviewItem.unit, ReviewItem.verdict, fn.COUNT(ReviewItem.id))
    rows: Any = numbers.where(fits).group_by(ReviewItem.unit, ReviewItem.verdict)
    found: dict[int, Counter[Status]] = defaultdict(Counter)
    for unit, verdict, number in rows.order_by(fn.MIN(ReviewItem.ord)).tuples():
        found[unit][_status_of(verdict)] += number
    return found


def campaign_progress(campaign: Campaign, mine: Any = None) -> ProgressCount:
    """Count how far the campaign is; with the condition ``mine``, only among the items that fit. Most items
    are counted by their verdict, from an index, the others one by one."""
    fits = ReviewItem.campaign == campaign.id
    fits = fits if mine is None else fits & mine
    judged, right = ReviewItem.verdict.is_null(False), ReviewItem.verdict == "right"
    told = Select((), [_number(fits), _number(fits & judged), _number(fits & right)])  # at one moment
    ((total, judged_on, decided),) = told.bind(database).tuples()
    found = Counter[Status]({"decided": decided, "under-way": judged_on - decided})
    for _unit, verdict, one, number in _untold(campaign, fits):
        found[_status_of(verdict)] -= number
        found[one] += number
    return ProgressCount(total, found["decided"], found["under-way"])


def _untold(campaign: Campaign, fits: Any) -> Iterator[tuple[int, str | None, Status, int]]:
    """Yield unit, verdict, status and number of the items that fit whose verdict alone doesn't say their
    status."""
    items = ReviewItem.select(ReviewItem.unit, ReviewItem.verdict, status(), fn.COUNT(ReviewItem.id))
    rows: Any = _join_entries(items, campaign).where(fits & not_told(campaign))
    yield from rows.group_by(ReviewItem.unit, ReviewItem.verdict, SQL("3")).tuples()


def _status_of(verdict: str | None) -> Status:
    return _BY_VERDICT.get(verdict, "under-way")


def open_findings(campaign: Campaign) -> int:
    """Count the findings that are not closed yet."""
    return Finding.select().where((Finding.campaign == campaign) & (Finding.state != "closed")).count()


def status() -> Any:
    """Return the expression for the status of a `ReviewItem`, for queries that `_joined` has seen."""
    unsettled = Finding.select(Finding.id).where(
        (Finding.item == ReviewItem.id) & (Finding.state != "closed")
    )
    settled = (
        (ReviewItem.verdict == "right")
        | (Entry.state == "left")
        | Grant.revoked_at.is_null(False)
        | ((ReviewItem.verdict == "corrected") & (Request.state == "applied"))
        | ((ReviewItem.verdict == "corrected") & (ReviewItem.point != "") & ~fn.EXISTS(unsettled))
    )
    turned_down = Request.state.in_(("rejected", "withdrawn"))
    return Case(
        None,
        ((settled, "decided"), (turned_down, "open"), (ReviewItem.verdict.is_null(False), "under-way")),
        "open",
    )


def undecided_items() -> Any:
    """Return the condition on a `ReviewItem` for what is not decided, for queries that `_joined` has seen."""
    return status() != "decided"


def not_told(campaign: Campaign) -> Any:
    """Return the condition on a `ReviewItem` whose status does not follow from its verdict alone."""
    ids = ReviewItem.select(ReviewItem.id)
    left = Entry.select(Entry.id).where((Entry.book == campaign.book_id) & (Entry.state == constant("left")))
    revoked = Grant.select(Grant.id).where(Grant.revoked_at.is_null(False))
    verdicts = [constant("corrected"), constant("removed")]
    wrong = (ReviewItem.campaign == campaign.id) & ReviewItem.verdict.in_(verdicts)
    gone = ids.where(ReviewItem.entry.in_(left)) + ids.where(ReviewItem.right.in_(revoked))
    return ReviewItem.id.in_(ids.where(wrong) + gone)


def _number(fits: Any) -> Any:
    """Build the query that counts the items that fit."""
    return ReviewItem.select(fn.COUNT(SQL("*"))).where(fits)


def _join_entries(query: Any, campaign: Campaign) -> Any:
    return (
        query.left_outer_join(Entry, on=(ReviewItem.entry == Entry.id))
        .switch(ReviewItem)
        .left_outer_join(Grant, on=(ReviewItem.right == Grant.id))
        .switch(ReviewItem)
        .left_outer_join(Request, on=(ReviewItem.request == Request.id))
        .where(ReviewItem.campaign == campaign.id)
    )
