"""All lists that are declared once for every face: those of the files that are named here, and of those that
subjects hook in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from db.desk.hooks import hooks
from tui.sheets.sheet import Sheet

FILES: Final = (
    "reviews",
    "stale",
    "praise",
    "accounts",
    "notices",
    "editions",
    "copies",
    "receipts",
    "requests",
    "deciding",
    "consents",
    "cases",
    "tasks",
    "backups",
    "resets",
    "leavers",
    "wecom",
    "joiners",
    "hand_back",
    "tags",
    "granted",
    "calendar",
    "importing",
    "papers",
    "findings",
    "guidance",
    "delegation",
    "offices",
    "rules",
    "drafts",
    "revisions",
    "own_data",
)
"""In the order in which their commands are listed."""


def _lists() -> Iterator[Sheet[Any]]:
    for file in (*FILES, *hooks().sheets):
        yield from (one for one in vars(import_module(f"tui.sheets.{file}")).values() if type(one) is Sheet)


SHEETS: Final = tuple({sheet.id: sheet for sheet in _lists()}.values())
