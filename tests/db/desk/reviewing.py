"""Short ways through reviews, for tests: open what is due, find one's things, decide them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from db.desk import Desk, Refused
from db.desk.authority.permissions import policy_of
from db.desk.notation.page import ProgressCount
from db.desk.reviews.opening import open_due
from db.desk.reviews.review_views import ItemRow
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.status import campaign_progress, items_of, unit_progress
from db.store.tables import AuditRecord, Campaign, Entry, ReviewItem
from db.store.transactions import writing
from tests.world import World


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
    return {str(row.name): row for row in Reviews(desk).items(campaign)}


def all_right(desk: Desk, campaign: int) -> int:
    """Find everything right that waits for the reader; how much it was."""
    rows = [row for row in Reviews(desk).items(campaign) if row.status == "open"]
    for row in rows:
        Reviews(desk).decide(campaign, row.id, "right", row.version, word="仍需要")
    return len(rows)


def own_right(world: World, campaign: int, login: str) -> int:
    """Have whoever may find the own entry of ``login`` right, which they may not; how much it was."""
    found = items_of(Campaign.get_by_id(campaign)).where(Entry.person == world.people[login])
    own = {row.id for row in found}
    for other in world.accounts:
        if world.people.get(other) == world.people[login]:
            continue
        desk = world.desk(other)
        if campaign not in [row.id for row in Reviews(desk).campaigns()]:
            continue
        for row in [one for one in Reviews(desk).items(campaign) if one.id in own and one.status == "open"]:
            Reviews(desk).decide(campaign, row.id, "right", row.version)
            return 1
    return 0


def agreed(campaign: int) -> ProgressCount:
    """How far a review is, as it is counted; it is held against its things one by one, and by unit."""
    row = Campaign.get_by_id(campaign)
    count, states = campaign_progress(row), Counter(one.status for one in items_of(row))
    assert count == ProgressCount(states.total(), states["decided"], states["under-way"])
    for unit, part in unit_progress(row).items():
        assert campaign_progress(row, ReviewItem.unit == unit) == part
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
