"""Short ways through reviews, for tests: open what is due, find one's things, decide them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from db.desk import Desk, Refused
from db.desk.authority.standing import policy_of
from db.desk.reviews.opening import open_due
from db.desk.reviews.review_views import ItemRow
from db.desk.reviews.status import Count, counts, items_of, whole
from db.store.tables import AuditRecord, Campaign, ReviewItem
from db.store.transactions import writing


def opened(book: str) -> list[str]:
    """Let the duty runner's part in reviews open what is due in ``book``: the kinds."""
    with writing():
        return [campaign.kind for campaign in open_due(policy_of(book))]


def open_all(book: str) -> dict[str, int]:
    """Open what is due in ``book``: kind -> campaign."""
    opened(book)
    rows = Campaign.select().where((Campaign.book == book) & Campaign.closed_at.is_null())
    return {row.kind: row.id for row in rows.order_by(Campaign.id)}


def things(desk: Desk, campaign: int) -> dict[str, ItemRow]:
    """What the desk's reader decides, by name."""
    return {str(row.name): row for row in desk.reviews.items(campaign)}


def all_right(desk: Desk, campaign: int) -> int:
    """Find everything right that waits for the reader; how much it was."""
    rows = [row for row in desk.reviews.items(campaign) if row.status == "open"]
    for row in rows:
        desk.reviews.decide(campaign, row.id, "right", row.version, word="仍需要")
    return len(rows)


def agreed(campaign: int) -> Count:
    """How far a review is, as it is counted; it is held against its things one by one, and by unit."""
    row = Campaign.get_by_id(campaign)
    count, states = whole(row), Counter(one.status for one in items_of(row))
    assert count == Count(states.total(), states["decided"], states["under-way"])
    for unit, part in counts(row).items():
        assert whole(row, ReviewItem.unit == unit) == part
    return count


def refused(act: Callable[[], object]) -> Refused:
    """The refusal of ``act``."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def last_record(act: str) -> AuditRecord:
    """The newest audit record of ``act``."""
    found = AuditRecord.select().where(AuditRecord.act == act).order_by(AuditRecord.seq.desc()).first()
    assert isinstance(found, AuditRecord)
    return found
