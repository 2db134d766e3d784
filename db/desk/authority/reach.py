"""From what a reader may reach to the scopes of search keys, and to the reach that covers one entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from db.desk.authority.permissions import Permissions, Protected, Reach
from db.policy.vocabulary import INSIDE_OWNER, Side
from db.store.searchindex import scope_of
from db.store.sql import fetch, is_among
from db.store.tables import AccessGrant

LEVELS: tuple[Protected, ...] = ("hidden", "masked", "reveal", "shown")
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True, slots=True)
class Arm:
    """One scope of search keys within reach, and the widest sight of protected fields there."""

    unit: int
    below: bool
    protected: Protected
    scope: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", scope_of(self.unit, self.below))


@dataclass(frozen=True, slots=True)
class SearchScope:
    """All that is within reach on one side of a book.

    ``arms`` don't overlap; ``finer`` are places inside them with a wider sight than the arm around them.
    ``entries`` are the single entries within reach, with the sight of each. ``above`` holds every unit
    that matters here with the units above it, itself first. ``contacts`` are those of the single entries
    that lists show like others, because the reader answers for them, with the unit of each.
    """

    side: Side
    arms: tuple[Arm, ...]
    finer: tuple[Arm, ...]
    entries: Mapping[int, Protected]
    above: dict[int, list[int]]
    contacts: Mapping[int, int] = field(default_factory=dict)

    def part_within(self, unit: int) -> SearchScope:
        """Return the scope cut down to ``unit`` and what is below it. Of single entries only contacts
        stay."""
        self.read_ancestors([unit, *self.contacts.values()])
        contacts = {entry: place for entry, place in self.contacts.items() if unit in self.above[place]}
        entries = {entry: self.entries[entry] for entry in contacts}
        arms, finer = self._cut(self.arms, unit), self._cut(self.finer, unit)
        return SearchScope(self.side, arms, finer, entries, self.above, contacts)

    def arm_around(self, unit: int) -> Arm | None:
        self.read_ancestors([unit])
        return next((arm for arm in self.arms if _covers(arm, unit, self.above)), None)

    def covers_entry(self, entry: int, unit: int) -> bool:
        return entry in self.entries or self.arm_around(unit) is not None

    def sights(self, units: Iterable[int]) -> dict[int, Protected]:
        """Return for each of ``units`` how protected fields are seen there, by the widest arm around it;
        empty where no place has a wider sight than its arm."""
        if not self.finer:
            return {}
        units = set(units)
        self.read_ancestors(units)
        return {
            unit: widest_of(
                arm.protected for arm in (*self.arms, *self.finer) if _covers(arm, unit, self.above)
            )
            for unit in units
        }

    def read_ancestors(self, units: Iterable[int]) -> None:
        unknown = [unit for unit in units if unit not in self.above]
        if unknown:
            self.above.update(units_above(unknown))

    def _cut(self, arms: Iterable[Arm], unit: int) -> tuple[Arm, ...]:
        kept = []
        for arm in arms:
            if unit in self.above[arm.unit]:
                kept.append(arm)
            elif arm.below and arm.unit in self.above[unit]:
                kept.append(Arm(unit, True, arm.protected))
        return tuple(kept)


def search_scope_of(
    permissions: Permissions, book: str, side: Side, within: int | None = None
) -> SearchScope:
    """Return what the account finds on ``side`` of ``book``, cached with the permissions; of that what is
    ``within`` a unit and below, if one is given."""
    ground: SearchScope | None = permissions.derived.get((SearchScope, book, side))
    if ground is None:
        ground = permissions.derived[SearchScope, book, side] = _ground(permissions, book, side)
    return ground if within is None else ground.part_within(within)


def _ground(permissions: Permissions, book: str, side: Side) -> SearchScope:
    entries: dict[int, Protected] = {}
    contacts: dict[int, int] = {}
    places: dict[tuple[int, bool], Protected] = {}
    for reach in permissions.reaches(book, side):
        if reach.entry is not None:
            entries[reach.entry] = wider_sight(entries.get(reach.entry), reach.protected)
            if reach.role == INSIDE_OWNER:
                contacts[reach.entry] = permissions.answers_for[book][reach.entry]
        elif reach.unit is not None:
            place = (reach.unit, reach.below)
            places[place] = wider_sight(places.get(place), reach.protected)
    above = {unit: list(permissions.above[unit]) for unit, _below in places if unit in permissions.above}
    above.update(units_above([unit for unit, _below in places if unit not in above]))
    arms, finer = [], []
    for (unit, below), level in places.items():
        around = [
            other for (over, deep), other in places.items()
            if deep and (over, deep) != (unit, below) and over in above[unit]
        ]  # fmt: skip
        if not around:
            arms.append(Arm(unit, below, level))
        elif wider_sight(widest_of(around), level) != widest_of(around):
            finer.append(Arm(unit, below, level))
    ground = SearchScope(side, tuple(arms), tuple(finer), entries, above, contacts)
    for entry, unit in contacts.items():
        arm = ground.arm_around(unit)
        if arm is not None:
            level = ground.sights([unit]).get(unit, arm.protected)
            entries[entry] = wider_sight(entries[entry], level)
    if book in permissions.own:
        entry, unit = permissions.own[book]
        if ground.arm_around(unit) is not None:
            entries.pop(entry, None)  # found with the others of its unit, and shown in full as the own one
    return ground


def covering_reaches(
    permissions: Permissions, book: str, side: Side, entry: int, unit: int
) -> tuple[Reach, ...]:
    """Return every reach that covers an entry in ``unit``; the one with the widest sight first."""
    above = units_above([unit])[unit]
    found = [
        reach
        for reach in permissions.reaches(book, side)
        if reach.entry == entry
        or (reach.unit is not None and (reach.unit == unit or (reach.below and reach.unit in above)))
    ]
    return tuple(sorted(found, key=lambda reach: -LEVELS.index(reach.protected)))


def units_above(units: Iterable[int]) -> dict[int, list[int]]:
    """Read each of ``units`` with all units above it, itself first; a unit that does not exist has none."""
    wanted = list(units)
    found: dict[int, list[int]] = {unit: [] for unit in wanted}
    if wanted:
        condition, given = is_among("unit_id", wanted)
        ordered = f"SELECT unit_id, above_id FROM unit_above WHERE {condition} ORDER BY distance"
        for unit, over in fetch(ordered, given):
            found[unit].append(over)
    return found


def wider_sight(one: Protected | None, other: Protected) -> Protected:
    return other if one is None or LEVELS.index(other) > LEVELS.index(one) else one


def widest_of(levels: Iterable[Protected]) -> Protected:
    return max(levels, key=LEVELS.index, default="hidden")


def _covers(arm: Arm, unit: int, above: Mapping[int, Sequence[int]]) -> bool:
    return arm.unit == unit or (arm.below and arm.unit in above[unit])


def access_ended_at(grant: AccessGrant) -> str:
    """Return the stored time at which ``grant`` ends or ended: when withdrawn, if that comes first."""
    return min(grant.until, grant.withdrawn_at or grant.until)
