"""All lists that are declared once for every face."""

from __future__ import annotations

from typing import Any, Final

from tui.sheets.delegation import DELEGATION
from tui.sheets.findings import FINDINGS
from tui.sheets.review_items import ITEMS
from tui.sheets.reviews import REVIEW_PROGRESS, REVIEWS
from tui.sheets.sheet import Sheet
from tui.sheets.stale import STALE
from tui.sheets.training import PEOPLE, TRAINING

SHEETS: Final[tuple[Sheet[Any], ...]] = (
    REVIEWS,
    ITEMS,
    REVIEW_PROGRESS,
    FINDINGS,
    STALE,
    DELEGATION,
    TRAINING,
    PEOPLE,
)
