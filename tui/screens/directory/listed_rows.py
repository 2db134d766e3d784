"""Who is listed: everybody of a unit, or who fits what is typed."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk import Side
from db.desk.directory.directory import Directory
from db.desk.entry.lines import EntryLine
from tui.kit.list_rows import Fetch
from tui.screens.directory.columns import heading


def listed_rows(
    directory: Directory,
    book: str,
    unit: int | None,
    side: Side,
    text: str,
    facets: Sequence[str],
    by_value: Sequence[EntryLine],
) -> Fetch[EntryLine]:
    """Return the fetch for a list of entries. With a ``text``, rows ``by_value`` follow those it finds; if
    these are few, and without ``facets``, those outside ``unit`` follow under a heading."""

    def browse(offset: int, limit: int) -> Sequence[EntryLine]:
        return directory.list(book, unit, side, offset, limit, facets)

    def find(offset: int, limit: int) -> Sequence[EntryLine]:
        most = offset + limit
        found = [*directory.search(book, text, unit, side, most, facets), *by_value]
        if unit is not None and found and not facets and len(found) < most:
            here = {row.entry for row in found}
            others = directory.search(book, text, None, side, most)
            others = tuple(row for row in others if row.entry not in here)
            if others:
                found += [heading(len(others)), *others]
        return found[offset:]

    return find if text else browse
