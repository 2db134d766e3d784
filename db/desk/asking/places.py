"""Units and people by what a person writes, as the forms take them."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions, root_of
from db.desk.authority.reach import SIDES, search_scope_of
from db.desk.entry.units import unit_named
from db.desk.extracts.report_rights import units_below
from db.desk.notation.values import clean
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import AskChoice
from db.language import _
from db.store.tables import Unit, UnitAbove

CHOICES = 60
"""So many units can still be chosen from a list; where there are more, they are typed."""


def known_units(permissions: Permissions, book: str) -> frozenset[int]:
    """Return the units within the actor's reach, those of their roles, and those leading there (C.10)."""
    single, whole = {root_of(book)}, set[int]()
    for side in SIDES:
        ground = search_scope_of(permissions, book, side)
        for arm in (*ground.arms, *ground.finer):
            (whole if arm.below else single).add(arm.unit)
    for holding in permissions.holdings:
        if holding.book == book and holding.role != "employee":
            whole.add(holding.unit)
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_(whole))
    found = single | {row.unit_id for row in below}
    above = UnitAbove.select(UnitAbove.above).where(UnitAbove.unit.in_(found)).distinct()
    return frozenset(row.above_id for row in above)


def unit_choices(permissions: Permissions, book: str, *, root: bool) -> tuple[AskChoice, ...]:
    """Return the active units that the actor may know, in the tree's order, the book's own with ``root``;
    none if too many to list."""
    known = known_units(permissions, book)
    options = [option for option in units_below(book, {root_of(book)}) if option.id in known]
    if len(options) > CHOICES:
        return ()
    return tuple(
        AskChoice(str(option.id), "　" * option.depth + option.name)
        for option in options
        if root or option.depth
    )


def read_unit(permissions: Permissions, book: str, field: str, text: str) -> int:
    """Look up the active unit that ``text`` names: its number, its own name, or the names from below the root
    joined by ``/``. Raises Invalid where there is none that the actor may know of, or more than one."""
    wanted = clean(text)
    if not wanted:
        raise Invalid(Problem(field, _("Say which unit.")))
    rows = Unit.select(Unit.id).where((Unit.book == book) & Unit.active)
    by_path = unit_named(book, wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        found = [row.id for row in rows.where(Unit.id == int(wanted))]
    elif by_path is not None:
        found = [by_path]
    else:
        found = [row.id for row in rows.where(Unit.name == wanted)]
    known = known_units(permissions, book)
    found = [unit for unit in found if unit in known]
    if len(found) == 1:
        return int(found[0])
    if found:
        raise Invalid(
            Problem(field, _("There are several of that name; write the path, as in 研发中心/研发一部."))
        )
    raise Invalid(Problem(field, _("There is no such unit in this directory.")))
