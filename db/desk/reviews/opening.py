"""Opening a campaign: by its cycle, or at any time with a reason (E.12). Not an operation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.desk.clockwork import calendar, today
from db.desk.reviews.duties import open_duties
from db.desk.reviews.kinds import Shape, runner_of, shape_of
from db.desk.reviews.rights import rights_in_force
from db.desk.reviews.stale import stale_entries
from db.desk.standing import policy_of, root_of
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import ReviewRule
from db.store import audit, clock
from db.store.engine import writing
from db.store.tables import Book, Campaign, Entry, ReviewItem, Unit, UnitAbove

AT_ONCE = 500
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


def open_due(book: str | None = None) -> list[int]:
    """Open every review whose cycle has begun, each once, on whatever host; their numbers.

    A review that is held once is opened when there is nothing of it yet. For the duty runner.
    """
    opened = []
    books = Book.select().where(Book.active) if book is None else Book.select().where(Book.id == book)
    for row in books.order_by(Book.sort, Book.id):
        policy = policy_of(row.id)
        for rule in policy.reviews:
            with writing():
                found = _open_by_cycle(policy, rule)
                if found is not None:
                    opened.append(int(found.id))
                    audit.append(
                        act="reviews.open", outcome="done", clause=rule.clause, book=row.id,
                        detail={"campaign": found.id, "kind": rule.kind, "every": rule.every},
                    )  # fmt: skip
    return opened


def open_campaign(
    policy: EffectivePolicy, rule: ReviewRule, occasion: str, *, reason: str = "", account: int | None = None
) -> Campaign | None:
    """A campaign of everything that ``rule`` looks at, due after its working days; None where there is
    nothing to look at."""
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
        due=calendar().due(today(), rule.days).isoformat(),
    )
    rows = [
        {
            "campaign": campaign.id, "ord": number, "unit": thing.unit, "entry": thing.entry,
            "right": thing.right, "point": thing.point, "signs": thing.signs,
        }
        for number, thing in enumerate(things, start=1)
    ]  # fmt: skip
    for first in range(0, len(rows), AT_ONCE):
        ReviewItem.insert_many(rows[first : first + AT_ONCE]).execute()
    open_duties(campaign)
    return campaign


def period_of(rule: ReviewRule, day: date) -> str:
    """The day on which the cycle that ``day`` lies in began; for a review held once, a word."""
    return "once" if rule.every == "once" else calendar().period(rule.every, day).first.isoformat()


def _open_by_cycle(policy: EffectivePolicy, rule: ReviewRule) -> Campaign | None:
    occasion = f"{policy.book}:{rule.kind}:{rule.by}:{period_of(rule, today())}"
    if Campaign.select().where(Campaign.occasion == occasion).exists():
        return None
    return open_campaign(policy, rule, occasion)


def _things(policy: EffectivePolicy, rule: ReviewRule, shape: Shape) -> Iterable[Thing]:
    root = root_of(policy.book)
    match shape:
        case "rights":
            for right in rights_in_force(policy.book):
                yield Thing(right.unit_id or root, right=right.id)
        case "points":
            for point in [control.id for control in policy.controls] or DEFAULT_POINTS:
                yield Thing(root, point=point)
        case "units":
            yield from (Thing(unit) for unit in _units(policy.book, rule, root))
        case "entries" if rule.of == "stale":
            for one in stale_entries(policy):
                yield Thing(one.unit, entry=one.entry, signs=",".join(one.signs))
        case "entries":
            yield from _entries(policy, own_people=rule.of != "all")


def _units(book: str, rule: ReviewRule, root: int) -> Iterable[int]:
    """Departments that are collected from are all there are; others answer for the entries they have."""
    rows = Unit.select(Unit.id).where((Unit.book == book) & Unit.active & (Unit.side == "internal"))
    if rule.kind == "collection":
        rows = rows.where(Unit.id != root)
    else:
        rows = rows.where(Unit.id.in_(Entry.select(Entry.unit).where(Entry.state == "active")))
    order = _order(book)
    return sorted((row.id for row in rows), key=lambda unit: order.get(unit, ()))


def _entries(policy: EffectivePolicy, *, own_people: bool) -> Iterable[Thing]:
    """Active entries, unit by unit; ``own_people`` leaves outside contacts out."""
    rows = Entry.select(Entry.id, Entry.unit, Entry.name).where(
        (Entry.book == policy.book) & (Entry.state == "active")
    )
    if own_people:
        internal = [kind.id for kind in policy.kinds if kind.side == "internal"]
        rows = rows.where(Entry.kind.in_(internal))
    order = _order(policy.book)
    for row in sorted(rows, key=lambda row: (order.get(row.unit_id, ()), row.name, row.id)):
        yield Thing(row.unit_id, entry=row.id)


def _order(book: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """For each unit, what sorts it into the order of the tree."""
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
