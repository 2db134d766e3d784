"""Names on record that look like another one and are spelt in other letters (UTS 39, 4). Not an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from db.desk.authority.permissions import root_of
from db.language import Message
from db.store.engine import database
from db.store.lookalikes import skeleton
from db.store.name_spelling import find_misspelling, spell_name
from db.store.searchkeys import KNOWN, entry_of, fold_text, name_key
from db.store.sql import fetch, is_among
from db.store.tables import Entry, Unit, UnitAbove

CHUNK = 500


@lru_cache(maxsize=KNOWN)
def name_outline(name: str) -> str:
    """Return a form that is the same for two names that can't be told apart; cached."""
    return skeleton(fold_text(name))


def differ_in_script(name: str, other: str) -> bool:
    """Return whether two names differ in their letters, beyond case, width and tones."""
    return name != other and fold_text(name) != fold_text(other)


def looking_like(book: str, names: Collection[str]) -> Mapping[str, Sequence[Entry]]:
    """Return by name the entries of ``book`` whose names look like it but are spelt otherwise; only of
    ``names`` that have any."""
    outlines = {name: name_outline(name) for name in names}
    keys = {name_key(one, side): one for one in outlines.values() for side in ("internal", "external")}
    mark, root = database.param, root_of(book)
    by_look: dict[str, set[int]] = defaultdict(set)
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        where, given = is_among("key", ordered[start : start + CHUNK])
        lines = f"SELECT line, key FROM search_key WHERE scope = {mark} AND {where}"
        for line, key in fetch(lines, [root, *given]):
            by_look[keys[key]].add(entry_of(line))
    called: dict[int, str] = {}
    numbers = sorted(set().union(*by_look.values()))
    for start in range(0, len(numbers), CHUNK):
        where, given = is_among("id", numbers[start : start + CHUNK])
        called.update(fetch(f"SELECT id, name FROM entry WHERE {where}", given))
    found: dict[str, Sequence[Entry]] = {}
    for name, outline in outlines.items():
        others = [
            one
            for one in by_look[outline]
            if differ_in_script(called.get(one, name), name) and name_outline(called[one]) == outline
        ]
        if others:
            entries = Entry.select(Entry, Unit).join(Unit).where(Entry.id.in_(others)).order_by(Entry.id)
            found[name] = list(entries)
    return found


@dataclass(frozen=True, slots=True)
class Strange:
    """A name that would be refused today (no ``others``), or looks like ``others``, with its unit."""

    is_unit: bool
    name: str
    unit: str
    wrong: Message | None
    others: tuple[tuple[str, str], ...] = ()


def strange_names(book: str, below: int) -> tuple[Strange, ...]:
    """Find people and units from ``below`` down whose names were entered before there was a rule for them, or
    look like another one there; units first."""
    inside = {row.unit_id for row in UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == below)}
    units = list(Unit.select().where((Unit.book == book) & Unit.active).order_by(Unit.sort, Unit.id))
    called = {unit.id: unit.name for unit in units}
    mark = database.param
    entries = (
        f"SELECT name, unit_id FROM entry WHERE book_id = {mark} AND state = 'active' ORDER BY unit_id, id"
    )
    people = [(name, called[unit]) for name, unit in fetch(entries, (book,)) if unit in inside]
    places = [(unit.name, called.get(unit.parent_id or 0, "")) for unit in units if unit.id in inside]
    return (*_strange(places, True), *_strange(people, False))


def _strange(named: Sequence[tuple[str, str]], is_unit: bool) -> Iterator[Strange]:
    """Yield those of ``named``, pairs of a name and its unit, that are misspelt or look like another one."""
    folded = {name: fold_text(name) for name, _unit in named}
    outlines = {name: skeleton(text) for name, text in folded.items()}
    wrong = {name: find_misspelling(spell_name(name)) for name in folded}
    first: dict[str, str] = {}
    several = {
        look for name, look in outlines.items() if first.setdefault(look, folded[name]) != folded[name]
    }
    alike: dict[str, dict[str, tuple[str, str]]] = {look: {} for look in several}
    for name, unit in named:
        if outlines[name] in several:
            alike[outlines[name]].setdefault(folded[name], (name, unit))
    for name, unit in named:
        here = alike.get(outlines[name], {})
        if wrong[name] is not None or here:
            others = tuple(other for spelling, other in here.items() if spelling != folded[name])
            yield Strange(is_unit, name, unit, wrong[name], others)
