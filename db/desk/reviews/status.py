"""How far a campaign is: of each thing whether it is decided, asked of the record in one query.

An entry that was found wrong is decided once its correction is applied, one that is gone once it is
removed; until then it is under way. Where the correction was turned down it is open again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
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
    campaign: Campaign, units: Collection[int] | None = None, fits: Any = None
) -> dict[int, ProgressCount]:
    """Count how far each unit is, in their order; only ``units``, and only what ``fits``, where given."""
    numbers = (fn.COUNT(ReviewItem.id), _how_many("decided"), _how_many("under-way"))
    query = _join_entries(ReviewItem.select(ReviewItem.unit, *numbers), campaign).group_by(ReviewItem.unit)
    query = query.order_by(fn.MIN(ReviewItem.ord))
    if fits is not None:
        query = query.where(fits)
    if units is not None and len(units) <= FEW:
        query = query.where(ReviewItem.unit.in_(list(units)))
    rows: Any = query.tuples()
    found = {
        unit: ProgressCount(int(total), int(decided), int(moving)) for unit, total, decided, moving in rows
    }
    return found if units is None else {unit: count for unit, count in found.items() if unit in units}


def campaign_progress(campaign: Campaign, mine: Any = None) -> ProgressCount:
    """Count how far the campaign is; with the condition ``mine``, only among the items that fit. Most items
    are counted by their verdict, from an index, the others one by one."""
    fits = ReviewItem.campaign == campaign.id
    fits = fits if mine is None else fits & mine
    judged, right = ReviewItem.verdict.is_null(False), ReviewItem.verdict == "right"
    told = Select((), [_number(fits), _number(fits & judged), _number(fits & right)])  # at one moment
    ((total, judged_on, decided),) = told.bind(database).tuples()
    found = Counter[Status]({"decided": decided, "under-way": judged_on - decided})
    untold = _join_entries(ReviewItem.select(ReviewItem.verdict, status(), fn.COUNT(ReviewItem.id)), campaign)
    rows: Any = untold.where(fits & not_told(campaign)).group_by(SQL("1"), SQL("2")).tuples()
    for verdict, one, number in rows:
        found[_BY_VERDICT.get(verdict, "under-way")] -= number
        found[one] += number
    return ProgressCount(total, found["decided"], found["under-way"])


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


def _how_many(wanted: Status) -> Any:
    return fn.SUM(Case(None, ((status() == wanted, 1),), 0))


def _join_entries(query: Any, campaign: Campaign) -> Any:
    return (
        query.left_outer_join(Entry, on=(ReviewItem.entry == Entry.id))
        .switch(ReviewItem)
        .left_outer_join(Grant, on=(ReviewItem.right == Grant.id))
        .switch(ReviewItem)
        .left_outer_join(Request, on=(ReviewItem.request == Request.id))
        .where(ReviewItem.campaign == campaign.id)
    )
