"""The units into which the actor may let somebody join or move. Not an operation."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions
from db.desk.lifecycle.forms import UnitChoice
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side
from db.store.tables import Unit, UnitAbove


def units_for(permissions: Permissions, policy: EffectivePolicy, side: Side) -> tuple[UnitChoice, ...]:
    """Return units of ``side`` to propose in, in tree order; cached with the permissions."""
    key = UnitChoice, policy.book, side
    if key not in permissions.derived:
        permissions.derived[key] = _units(permissions, policy, side)
    found: tuple[UnitChoice, ...] = permissions.derived[key]
    return found


def _units(permissions: Permissions, policy: EffectivePolicy, side: Side) -> tuple[UnitChoice, ...]:
    rows = {
        row.id: row
        for row in Unit.select()
        .where((Unit.book == policy.book) & Unit.active & (Unit.side == side))
        .order_by(Unit.sort, Unit.id)
    }
    within = _within(permissions, policy, side)
    paths = {unit: _path(rows, unit) for unit in rows if unit in within}
    ordered = sorted(paths, key=lambda unit: [(rows[one].sort, one) for one in paths[unit]])
    divided = {row.parent_id for row in rows.values()}
    return tuple(
        UnitChoice(
            unit,
            rows[unit].name,
            " / ".join(rows[one].name for one in paths[unit][1:]) or rows[unit].name,
            unit in divided,
        )
        for unit in ordered
    )


def _within(permissions: Permissions, policy: EffectivePolicy, side: Side) -> set[int]:
    found: set[int] = set()
    for holding in permissions.holdings:
        if holding.book != policy.book:
            continue
        reach = policy.scope(holding.role, side).propose
        place = permissions.place(holding, reach) if reach != "self" else None
        if place is None:
            continue
        unit, below = place
        found.add(unit)
        if below:
            rows = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == unit)
            found.update(row.unit_id for row in rows)
    return found


def _path(rows: dict[int, Unit], unit: int) -> list[int]:
    path = [unit]
    while rows[path[0]].parent_id in rows:
        path.insert(0, int(rows[path[0]].parent_id or 0))
    return path
