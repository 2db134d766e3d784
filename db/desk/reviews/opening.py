"""Opening a campaign: by its cycle, or at any time with a reason (E.12). Not an operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from db.desk.accounts.account_notices import WITHDRAWN, tell_supervisors
from db.desk.accounts.granting import role_of
from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import calendar, today
from db.desk.entry.stale import stale_entries
from db.desk.notifications.notices import store_notice
from db.desk.reviews.duties import extend_duties, open_duties, open_for_runner, settle_duties
from db.desk.reviews.review_kinds import Shape, rule_of, runner_of, shape_of
from db.desk.reviews.rights import (
    is_last_decider,
    is_last_maintainer,
    is_unused,
    last_uses,
    rights_in_force,
    withdraw_right,
)
from db.desk.reviews.status import items_of
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import ReviewRule
from db.store import audit, clock
from db.store.bulk import insert_rows
from db.store.tables import Campaign, Entry, Grant, ReviewItem, Task, Unit, UnitAbove

ITEM = ("campaign_id", "ord", "unit_id", "entry_id", "right_id", "point", "signs", "comment")
DEFAULT_POINTS = ("audit", "need-to-know", "encryption-in-transit", "encryption-at-rest")
"""What an inspection looks at where the regulations name no safeguard."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to decide, before it has a number."""

    unit: int
    entry: int | None = None
    right: int | None = None
    point: str = ""
    signs: str = ""


def open_by_cycle(policy: EffectivePolicy) -> list[Task]:
    """Withdraw unused rights that nobody confirmed (`withdraw_unused`, which notifies their holders), open
    the tasks of those who run overdue reviews, and open the reviews whose cycle has begun, each once over all
    hosts. Return only the tasks of running reviews: those with which a review opens are recorded with it."""
    withdraw_unused(policy)
    running = Campaign.select().where((Campaign.book == policy.book) & Campaign.closed_at.is_null())
    left = [task for campaign in list(running) for task in open_for_runner(campaign)]
    open_due(policy)
    return left


def open_due(policy: EffectivePolicy) -> list[Campaign]:
    """Open and record every review whose cycle has begun; one held once, if there is none yet."""
    opened = []
    for rule in policy.reviews:
        occasion = f"{policy.book}:{rule.kind}:{rule.by}:{period_of(rule, today())}"
        if Campaign.select().where(Campaign.occasion == occasion).exists():
            continue
        campaign = open_campaign(policy, rule, occasion)
        if campaign is not None:
            opened.append(campaign)
            _record("reviews.open", campaign, kind=rule.kind, every=rule.every)
    return opened


def withdraw_unused(policy: EffectivePolicy) -> list[int]:
    """Withdraw the unused rights that nobody confirmed by the due day of their review (F.5.1), record each
    and notify its holder and the watchers; return their numbers. The only keeper of the book, and the only
    holder of an office that decides on breaches in it, keeps the right. A review outside its cycle withdraws
    nothing by silence, as its opener would do that alone."""
    withdrawn = []
    overdue = Campaign.select().where(
        (Campaign.book == policy.book)
        & (Campaign.of == "rights")
        & Campaign.closed_at.is_null()
        & Campaign.opened_by.is_null()
        & (Campaign.due < today().isoformat())
    )
    for campaign in list(overdue):
        for item in [row for row in items_of(campaign) if row.status == "open"]:
            right = Grant.get_by_id(item.right_id)
            last = last_uses(policy.book, [right.holder.id]).get(right.holder.id)
            needed = is_last_maintainer(policy, right) or is_last_decider(policy, right)
            if is_unused(policy, right, last) and not needed:
                withdraw_right(right.id)
                ReviewItem.update(verdict="removed", decided_at=clock.now()).where(
                    ReviewItem.id == item.id
                ).execute()
                said = role_of(right)
                store_notice(WITHDRAWN, policy.book, [right.holder.id], clause=campaign.clause, detail=said)
                tell_supervisors(right.holder, WITHDRAWN, campaign.clause, detail=said)
                _record("reviews.withdraw", campaign, account=right.holder.id, role=right.role)
                withdrawn.append(int(right.id))
        settle_duties(campaign, None)
    return withdrawn


def open_campaign(
    policy: EffectivePolicy, rule: ReviewRule, occasion: str, *, reason: str = "", account: int | None = None
) -> Campaign | None:
    """Store a campaign with its items, due after its working days, and open the tasks of those who decide on
    them; None where there is nothing to look at. Notifies nobody and records nothing."""
    shape = shape_of(rule)
    things = list(_things(policy, rule, shape))
    if not things:
        return None
    campaign = Campaign.create(
        occasion=occasion,
        book=policy.book,
        kind=rule.kind,
        of=shape,
        by=rule.by,
        runs=runner_of(policy, rule),
        clause=rule.clause,
        policy_version=policy.version,
        reason=reason,
        opened_at=clock.now(),
        opened_by=account,
        due=calendar(policy.book).deadline(today(), rule.days).isoformat(),
    )
    _list(campaign, things)
    open_duties(campaign)
    return campaign


def enlist_entries(book: str, entries: Sequence[int]) -> None:
    """Add new ``entries`` to every running review of the whole book, with tasks (B.5.3)."""
    running = (Campaign.book == book) & (Campaign.of == "entries") & Campaign.closed_at.is_null()
    for campaign in list(Campaign.select().where(running).order_by(Campaign.id)):
        rule = rule_of(policy_of(book), campaign)
        if rule is not None and rule.of == "all":
            rows = Entry.select(Entry.id, Entry.unit).where(Entry.id.in_(list(entries))).order_by(Entry.id)
            joined = {row.id: row.unit_id for row in rows}
            last = ReviewItem.select(fn.MAX(ReviewItem.ord)).where(ReviewItem.campaign == campaign).scalar()
            _list(campaign, [Thing(unit, entry=entry) for entry, unit in joined.items()], after=last)
            extend_duties(campaign, joined)


def period_of(rule: ReviewRule, day: date) -> str:
    """Return the day on which the cycle that ``day`` lies in began; for a review held once, a word."""
    return "once" if rule.every == "once" else calendar().period(rule.every, day).first.isoformat()


def _list(campaign: Campaign, things: Sequence[Thing], after: int = 0) -> None:
    """Store ``things`` as items of the campaign, numbered from ``after`` + 1."""
    rows = (
        (campaign.id, number, thing.unit, thing.entry, thing.right, thing.point, thing.signs, "")
        for number, thing in enumerate(things, start=after + 1)
    )
    insert_rows(ReviewItem, ITEM, rows)


def _record(act: str, campaign: Campaign, **detail: object) -> None:
    """Record what the duty runner did, with no actor."""
    audit.append(
        act=act, outcome="done", clause=campaign.clause, book=campaign.book_id,
        detail={"campaign": campaign.id, **detail},
    )  # fmt: skip


def _things(policy: EffectivePolicy, rule: ReviewRule, shape: Shape) -> Iterable[Thing]:
    root = root_of(policy.book)
    match shape:
        case "rights":
            for right in rights_in_force(policy.book):
                yield Thing(right.unit_id or root, right=right.id)
        case "points":
            for point in (*([control.id for control in policy.controls] or DEFAULT_POINTS), *rule.checks):
                yield Thing(root, point=point)
        case "units":
            yield from (Thing(unit) for unit in _units(policy.book, rule, root))
        case "entries" if rule.of == "stale":
            for one in stale_entries(policy):
                yield Thing(one.unit, entry=one.entry, signs=",".join(one.signs))
        case "entries":
            yield from _entries(policy, own_people=rule.of != "all")


def _units(book: str, rule: ReviewRule, root: int) -> Iterable[int]:
    """Return the units that a review asks: all but the root where entries are collected, else those that have
    active entries."""
    rows = Unit.select(Unit.id).where((Unit.book == book) & Unit.active & (Unit.side == "internal"))
    if rule.kind == "collection":
        rows = rows.where(Unit.id != root)
    else:
        rows = rows.where(Unit.id.in_(Entry.select(Entry.unit).where(Entry.state == "active")))
    order = _order(book)
    return sorted((row.id for row in rows), key=lambda unit: order.get(unit, ()))


def _entries(policy: EffectivePolicy, *, own_people: bool) -> Iterable[Thing]:
    """Yield active entries, unit by unit; ``own_people`` leaves outside contacts out."""
    rows = Entry.select(Entry.id, Entry.unit, Entry.name).where(
        (Entry.book == policy.book) & (Entry.state == "active")
    )
    if own_people:
        internal = [kind.id for kind in policy.kinds if kind.side == "internal"]
        rows = rows.where(Entry.kind.in_(internal))
    order = _order(policy.book)
    each: Any = rows.tuples()
    for entry, unit, _name in sorted(each, key=lambda row: (order.get(row[1], ()), row[2], row[0])):
        yield Thing(unit, entry=entry)


def _order(book: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return for each unit what sorts it into the order of the tree."""
    place = {row.id: (row.sort, row.id) for row in Unit.select().where(Unit.book == book)}
    rows = (
        UnitAbove.select(UnitAbove.unit, UnitAbove.above)
        .where(UnitAbove.unit.in_(list(place)))
        .order_by(UnitAbove.distance.desc())
    )
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for row in rows:
        found[row.unit_id] = (*found.get(row.unit_id, ()), place[row.above_id])
    return found
