"""All lists that are declared once for every face."""

from __future__ import annotations

from typing import Any, Final

from tui.sheets.consents import CONSENTS, RECEIVED, REGISTER
from tui.sheets.copies import COPIES, ISSUES
from tui.sheets.delegation import DELEGATION
from tui.sheets.findings import FINDINGS
from tui.sheets.receipts import RECEIPTS
from tui.sheets.sheet import Sheet
from tui.sheets.training import PEOPLE, TRAINING

SHEETS: Final[tuple[Sheet[Any], ...]] = (
    FINDINGS,
    DELEGATION,
    TRAINING,
    PEOPLE,
    RECEIPTS,
    COPIES,
    ISSUES,
    CONSENTS,
    RECEIVED,
    REGISTER,
)
