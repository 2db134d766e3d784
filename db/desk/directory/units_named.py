"""Units by part of their name or its pinyin, as far as anybody in them is within reach. Not an operation."""

from __future__ import annotations

from typing import NamedTuple

from db.desk.authority.reach import SearchScope
from db.desk.notation.values import clean
from db.language import Text, _
from db.store.engine import database
from db.store.searchkeys import fold_text, initials_of, pinyin_of
from db.store.sql import fetch

SOUGHT = 60
"""Units of a fitting name of which those within reach are handed out."""


class UnitFound(NamedTuple):
    """A unit: the names of those ``above`` it, the nearest first, and its ``path`` from the root to it; of
    one that was closed down, to the one that it stood in."""

    id: int
    name: str
    above: tuple[str, ...]
    path: tuple[int, ...]
    active: bool = True
    name_en: str = ""

    def begins_with(self, text: str) -> bool:
        """Return whether ``text`` is one of its names, or how one of them begins."""
        return any(one.casefold().startswith(text.casefold()) for one in (self.name, self.name_en))

    @property
    def place(self) -> Text:
        """Return the path at which the unit stands, or stood."""
        above = " < ".join(self.above)
        return above if self.active else _("closed down, was in {unit}", unit=above)


def units_named(ground: SearchScope, book: str, text: str, limit: int) -> list[UnitFound]:
    """Find up to ``limit`` units within ``ground`` with ``text`` in one of their names, those that begin
    with it first and closed ones last. Where no name has it, its pinyin or initials are searched."""
    wanted = clean(text).casefold().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    if not wanted:
        return []
    mark = database.param
    like = f"LIKE {mark} ESCAPE '!'"
    rows = fetch(
        f"SELECT id, name, active, name_en FROM unit WHERE book_id = {mark} AND side = {mark}"
        f" AND (LOWER(name) {like} OR LOWER(name_en) {like})"
        f" ORDER BY NOT active, NOT (LOWER(name) {like}), sort, id LIMIT {SOUGHT}",
        (book, ground.side, f"%{wanted}%", f"%{wanted}%", f"{wanted}%"),
    )
    if not rows and text.isascii():
        rows = _spelled(book, ground.side, fold_text(text))
    ground.read_ancestors([unit for unit, *_more in rows])
    found: list[UnitFound] = []
    for unit, name, active, name_en in rows:
        parts = ground.part_within(unit)
        if len(found) < limit and (ground.arm_around(unit) is not None or parts.arms or parts.contacts):
            path = tuple(reversed(ground.above[unit]))
            leads = path if active else path[:-1]
            found.append(UnitFound(unit, name, _names(path[:-1]), leads, bool(active), name_en or ""))
    return found


def _spelled(book: str, side: str, wanted: str) -> list[tuple[int, str, bool, str]]:
    """Find units by initials, else in pinyin: reading names in full loads a dictionary of 52 MB."""
    mark = database.param
    rows = fetch(
        f"SELECT id, name, active, name_en FROM unit WHERE book_id = {mark} AND side = {mark}"
        " ORDER BY NOT active, sort, id",
        (book, side),
    )
    found = [row for row in rows if wanted in initials_of(row[1])]
    return (found or [row for row in rows if wanted in pinyin_of(row[1])[0]])[:SOUGHT]


def _names(path: tuple[int, ...]) -> tuple[str, ...]:
    rows = {}
    for unit in path:
        ((rows[unit],),) = fetch(f"SELECT name FROM unit WHERE id = {database.param}", (unit,))
    return tuple(rows[unit] for unit in reversed(path))
