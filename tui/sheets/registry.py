"""All lists that are declared once for every face: those of the files that are named here, and of those that
subjects hook in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from db.desk.hooks import hooks, load_part
from tui.sheets.sheet import Sheet

FILES: Final = (
    "accounts", "notices", "requests",
    "deciding", "consents", "tasks", "backups", "resets", "leavers", "joiners", "hand_back",
    "granted", "calendar", "importing", "papers", "delegation", "offices",
    "rules", "drafts", "revisions", "own_data", "tokens",
)  # fmt: skip
"""In the order in which their commands are listed."""


def _lists() -> Iterator[Sheet[Any]]:
    for file in (*FILES, *hooks().sheets):
        names = load_part(f"tui.sheets.{file}", "__dict__", f"a list of the file {file!r} is to be drawn")
        yield from (one for one in names.values() if type(one) is Sheet)


SHEETS: Final = tuple({sheet.id: sheet for sheet in _lists()}.values())
