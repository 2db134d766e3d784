"""Units and people by what a person writes, as the forms take them."""

from __future__ import annotations

from db.desk.asking.forms import AskChoice
from db.desk.overview.rights import units_below
from db.desk.reach import covering
from db.desk.refusal import Invalid, Problem
from db.desk.requests.proposing import side_of
from db.desk.standing import Standing, is_within, root_of
from db.desk.units import unit_named
from db.desk.values import clean
from db.language import _
from db.store.tables import Entry, Unit

CHOICES = 60
"""So many units can still be chosen from a list; where there are more, they are typed."""


def unit_choices(book: str, *, root: bool) -> tuple[AskChoice, ...]:
    """The active units of a book in the order of the tree, or none where they are too many to list."""
    options = units_below(book, {root_of(book)})
    if len(options) > CHOICES:
        return ()
    return tuple(
        AskChoice(str(option.id), "　" * option.depth + option.name)
        for option in options
        if root or option.depth
    )


def read_unit(book: str, field: str, text: str) -> int:
    """The active unit that ``text`` names: its number, its own name, or the names from below the root
    joined by ``/``. Raises Invalid where there is none, or more than one."""
    wanted = clean(text)
    if wanted.isascii() and wanted.isdigit():
        row = Unit.get_or_none((Unit.id == int(wanted)) & (Unit.book == book) & Unit.active)
        if row is not None:
            return int(row.id)
    elif wanted:
        by_path = unit_named(book, wanted)
        if by_path is not None:
            return by_path
        found = [
            row.id
            for row in Unit.select(Unit.id)
            .where((Unit.book == book) & (Unit.name == wanted) & Unit.active)
            .limit(2)
        ]
        if len(found) == 1:
            return int(found[0])
        if found:
            raise Invalid(
                Problem(field, _("There are several of that name; write the path, as in 研发中心/研发一部."))
            )
    raise Invalid(Problem(field, _("There is no such unit in this directory.")))


def own_place(standing: Standing, book: str) -> int:
    """The actor's own unit in ``book``, or its root."""
    return standing.own[book][1] if book in standing.own else root_of(book)


def within_reach(standing: Standing, row: Entry) -> bool:
    """Whether the actor sees ``row`` at all."""
    return bool(covering(standing, row.book_id, side_of(row), row.id, row.unit_id))


def people_named(book: str, text: str) -> list[Entry]:
    """Active entries that ``text`` names: a number, a name, or ``name/unit``."""
    wanted = clean(text)
    rows = Entry.select().where((Entry.book == book) & (Entry.state == "active"))
    if wanted.isascii() and wanted.isdigit():
        return list(rows.where(Entry.id == int(wanted)))
    name, _slash, unit = (part.strip() for part in wanted.partition("/"))
    found = rows.where(Entry.name == name).order_by(Entry.id).limit(20)
    return [row for row in found if not unit or _is_in(row, unit)]


def _is_in(row: Entry, unit: str) -> bool:
    named = Unit.select(Unit.id).where((Unit.book == row.book_id) & (Unit.name == unit) & Unit.active)
    return any(is_within(row.unit_id, one.id) for one in named)
