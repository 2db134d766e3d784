"""Where somebody stands whom the list leaves out: in another unit than the chosen one, under something it is
not narrowed to, on the other side, in another directory. Whoever is out of reach is nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk import Desk, Side
from db.desk.directory.directory_views import BookView
from db.desk.entry.lines import EntryLine
from db.language import Text, _, listed

NAMED = 3
"""People who are named; that there are more is said."""
SIDES: dict[Side, Text] = {"internal": _("People"), "external": _("Outside contacts")}


@dataclass(frozen=True, slots=True)
class OtherSide:
    """A side of a directory with people who fit what was typed; ``place`` is what it is called, and empty
    where it is the one that is shown."""

    book: BookView
    side: Side
    place: Text
    rows: tuple[EntryLine, ...]

    @property
    def sentence(self) -> Text:
        names: list[Text] = [
            _("{name} ({unit})", name=row.name, unit=row.organisation or row.unit_name)
            for row in self.rows[:NAMED]
        ]
        who = listed([*names, _("and others")] if len(self.rows) > NAMED else names)
        if self.place:
            return _("No match here; in {place}: {who}.", place=self.place, who=who)
        return _("No match here; elsewhere: {who}.", who=who)


def find_elsewhere(
    desk: Desk, books: Sequence[BookView], book: BookView, side: Side, text: str, *, narrowed: bool
) -> OtherSide | None:
    """Return the nearest place in which ``text`` finds somebody, where ``side`` of ``book`` shows nobody: all
    of it if the list is ``narrowed``, its other side, then other ``books``. None if nobody fits. Records
    nothing."""
    here: list[tuple[BookView, Side]] = [(book, side)] if narrowed else []
    beside = [(book, other) for other in book.sides if other != side]
    others = [(other, each) for other in books if other is not book for each in other.sides]
    for where, which in (*here, *beside, *others):
        rows = desk.directory.search(where.id, text, None, which, NAMED + 1)
        if rows:
            place = where.title if where is not book else SIDES[which] if which != side else ""
            return OtherSide(where, which, place, rows)
    return None
