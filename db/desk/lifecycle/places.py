"""The units into which the actor may let somebody join or move. Not an operation."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions
from db.desk.lifecycle.forms import UnitChoice
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side
from db.store.engine import database
from db.store.sql import fetch


def units_for(permissions: Permissions, policy: EffectivePolicy, side: Side) -> tuple[UnitChoice, ...]:
    """Return the units of ``side`` into which the actor may propose people, in tree order; cached with the
    permissions."""
    key = UnitChoice, policy.book, side
    if key not in permissions.derived:
        permissions.derived[key] = _units(permissions, policy, side)
    found: tuple[UnitChoice, ...] = permissions.derived[key]
    return found


def _units(permissions: Permissions, policy: EffectivePolicy, side: Side) -> tuple[UnitChoice, ...]:
    param = database.param
    rows = fetch(
        f"SELECT id, name, parent_id FROM unit WHERE book_id = {param} AND active AND side = {param}"
        " ORDER BY sort, id",
        (policy.book, side),
    )
    known = {unit for unit, _name, _parent in rows}
    below: dict[int | None, list[tuple[int, str]]] = {}
    for unit, name, parent in rows:
        below.setdefault(parent if parent in known else None, []).append((unit, name))
    within, found = _within(permissions, policy, side), list[UnitChoice]()

    def walk(parent: int | None, above: tuple[str, ...]) -> None:
        for unit, name in below.get(parent, ()):
            path = (*above, name)
            if unit in within:
                found.append(UnitChoice(unit, name, " / ".join(path[1:]) or name, unit in below))
            walk(unit, path)

    walk(None, ())
    return tuple(found)


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
            rows = fetch(f"SELECT unit_id FROM unit_above WHERE above_id = {database.param}", (unit,))
            found.update(row[0] for row in rows)
    return found
