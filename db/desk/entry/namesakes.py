"""People by name, and those of one name told apart: by unit, organisation, position, or a value that all who
see them see, such as the extension. Not an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.reach import SIDES
from db.desk.entry.record import is_open
from db.desk.entry.units import path_of
from db.desk.notation.values import clean
from db.language import Message, _, listed
from db.store.engine import database
from db.store.name_spelling import spell_name
from db.store.searchkeys import entry_of, fold_text, name_key
from db.store.sql import fetch, is_among
from db.store.tables import Entry, EntryField, Unit

KNOWN_BY: Final = frozenset({"extension", "email", "number"})
"""Kinds of field of which people know the value of somebody whom they can't look up."""
MOST_TOLD: Final = 6
WHOLE_PATH, OWN_UNIT, UNIT_ABOVE = range(3)
"""How closely a place names somebody's unit, the closest first."""


class Particulars(NamedTuple):
    """Tell somebody from others of the name, as it is written; ``known_by`` ends with the number of the
    entry."""

    root: str
    units: tuple[str, ...]
    work: tuple[str, ...]
    known_by: tuple[str, ...]


def anybody(_row: Entry) -> bool:
    return True


def entries_called(
    book: str, name: str, place: str = "", seen: Callable[[Entry], bool] = anybody
) -> list[Entry]:
    """Find the active entries called ``name``, compared as search does, whom ``place`` fits (`standing_in`).
    Those that are not ``seen`` don't count: they don't change who of the others is meant."""
    called = fold_text(spell_name(clean(name)))
    among, keys = is_among("key", [name_key(called, side) for side in SIDES])
    lines = f"SELECT line FROM search_key WHERE scope = {database.param} AND {among}"
    found = {entry_of(line) for (line,) in fetch(lines, [root_of(book), *keys])} if called else set()
    rows = Entry.select(Entry, Unit).join(Unit).where(Entry.id.in_(found) & (Entry.state == "active"))
    named = [row for row in rows.order_by(Entry.id) if fold_text(row.name) == called and seen(row)]
    return standing_in(named, place)


def standing_in(rows: Sequence[Entry], place: str) -> list[Entry]:
    """Return those of ``rows``, of one book, whom ``place`` fits: parts with ``/`` between them, each a unit
    from above to below, then organisation, position, extension, e-mail address or ``#`` and the number of the
    entry. Any may be left out. Whose unit it names goes before whom it names a unit above, and a whole path
    before the end of a longer one."""
    return _closest(rows, particulars_of(rows), place) if _parts(place) else list(rows)


def places_of(rows: Sequence[Entry]) -> list[str]:
    """Return for each of ``rows`` a place that fits none of the others."""
    known = particulars_of(rows)
    found = []
    for row in rows:
        its = known[row.id]
        units = its.units or (its.root,)
        ways = (units, (*units, *its.work), *((*units, *its.work, one) for one in its.known_by))
        written = ["/".join(parts) for parts in ways]
        found.append(next((one for one in written if _closest(rows, known, one) == [row]), written[-1]))
    return found


def several_fit(rows: Sequence[Entry], *, named: bool = True) -> Message:
    """Say how to write which of ``rows`` is meant. The reader must see them all. ``named``: with the name."""
    some = list(rows[:MOST_TOLD])
    told = [
        f"{row.name}/{place}" if named else place for row, place in zip(some, places_of(some), strict=True)
    ]
    if len(rows) > MOST_TOLD:
        told.append("…")
    return _("Several people fit. Write which one: {those}", those=listed(told))


def particulars_of(rows: Sequence[Entry]) -> Mapping[int, Particulars]:
    """Read what tells each of ``rows``, of one book, from others: only what all who see the entry see."""
    if not rows:
        return {}
    fields = [rule for rule in policy_of(rows[0].book_id).fields if is_open(rule)]
    work = [name for name in ("organisation", "position") if name in {rule.name for rule in fields}]
    known_by: dict[int, list[str]] = defaultdict(list)
    stored = EntryField.select().where(
        EntryField.entry.in_([row.id for row in rows])
        & EntryField.name.in_([rule.name for rule in fields if rule.kind in KNOWN_BY])
        & EntryField.value.is_null(False)
    )
    for value in stored.order_by(EntryField.id):
        known_by[value.entry_id].append(str(value.value))
    path = cache(path_of)
    return {
        row.id: Particulars(
            path(row.unit_id)[0],
            path(row.unit_id)[1:],
            tuple(filter(None, (getattr(row, name) for name in work))),
            (*known_by[row.id], f"#{row.id}"),
        )
        for row in rows
    }


def _closest(rows: Sequence[Entry], known: Mapping[int, Particulars], place: str) -> list[Entry]:
    wanted = _parts(place)
    fits = {row.id: closeness for row in rows if (closeness := _fit(wanted, known[row.id])) is not None}
    best = min(fits.values(), default=None)
    return [row for row in rows if row.id in fits and fits[row.id] == best]


def _fit(wanted: Sequence[str], known: Particulars) -> int | None:
    """Return how closely ``wanted`` names the unit of these particulars; None where it does not fit them."""
    root, below = _parts(known.root), _parts("/".join(known.units))
    others = _parts("/".join((*known.work, *known.known_by)))
    for end in range(len(wanted), -1, -1):
        units, rest = wanted[:end], wanted[end:]
        if _stand_in_order(units, [*root, *below]) and _stand_in_order(rest, others):
            if units and units in (below, [*root, *below]):
                return WHOLE_PATH
            return OWN_UNIT if not units or units[-1:] == (below or root)[-1:] else UNIT_ABOVE
    return None


def _stand_in_order(parts: Sequence[str], whole: Sequence[str]) -> bool:
    """Return whether ``whole`` has all ``parts`` in their order, with others between them or not."""
    left: Iterator[str] = iter(whole)
    return all(part in left for part in parts)


def _parts(text: str) -> list[str]:
    parts = (fold_text(spell_name(clean(part))) for part in text.replace("／", "/").split("/"))
    return list(filter(None, parts))
