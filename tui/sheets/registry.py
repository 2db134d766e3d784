"""All lists that are declared once for every face."""

from __future__ import annotations

from typing import Any, Final

from tui.sheets.accounts import ACCOUNTS, INSIDE, LACKING
from tui.sheets.backups import BACKUPS, LOSSES, RUNS
from tui.sheets.calendar import CALENDAR, HISTORY
from tui.sheets.cases import CASES, TRAIL
from tui.sheets.consents import CONSENTS, RECEIVED, REGISTER
from tui.sheets.copies import COPIES
from tui.sheets.deciding import QUEUE
from tui.sheets.delegation import DELEGATION
from tui.sheets.drafts import DRAFTS
from tui.sheets.editions import EDITIONS, ISSUES
from tui.sheets.emergency import EMERGENCY
from tui.sheets.findings import FINDINGS
from tui.sheets.granted import ACCESS, CONTACTS
from tui.sheets.guidance import GUIDANCE
from tui.sheets.hand_back import COPIES as HAND_BACK
from tui.sheets.hand_back import OWN as COPIES_BACK
from tui.sheets.importing import ASKED, IMPORT
from tui.sheets.joiners import JOINERS, NAMESAKES
from tui.sheets.leavers import LEAVERS
from tui.sheets.notices import NOTICES
from tui.sheets.offices import OFFICES
from tui.sheets.own_data import NOTICE, OPTIONAL, READERS
from tui.sheets.papers import PAPERS
from tui.sheets.praise import COMMENDATIONS, RANKING
from tui.sheets.receipts import RECEIPTS
from tui.sheets.requests import REQUESTS
from tui.sheets.resets import RESETS
from tui.sheets.review_items import ITEMS
from tui.sheets.reviews import REVIEW_PROGRESS, REVIEWS
from tui.sheets.revisions import REVISIONS
from tui.sheets.rules import COMING, SUMMARY
from tui.sheets.sheet import Sheet
from tui.sheets.stale import STALE
from tui.sheets.tags import TAGS, UNITS
from tui.sheets.tasks import TASKS
from tui.sheets.training import COURSE, MINE, PEOPLE, TRAINING
from tui.sheets.wecom import DRIFT, WECOM

DRAWN: Final[tuple[Sheet[Any], ...]] = (
    REVIEW_PROGRESS,
    FINDINGS,
    GUIDANCE,
    DELEGATION,
    OFFICES,
    TRAINING,
    MINE,
    COURSE,
    COMING,
    DRAFTS,
    SUMMARY,
    PEOPLE,
    RECEIVED,
    REVISIONS,
    NOTICE,
    OPTIONAL,
    READERS,
)
"""Those whose screen is drawn from them, too."""
BY_HAND: Final[tuple[Sheet[Any], ...]] = (
    REVIEWS,
    ITEMS,
    STALE,
    RANKING,
    COMMENDATIONS,
    ACCOUNTS,
    LACKING,
    INSIDE,
    NOTICES,
    EDITIONS,
    ISSUES,
    COPIES,
    RECEIPTS,
    REQUESTS,
    QUEUE,
    CONSENTS,
    REGISTER,
    CASES,
    TRAIL,
    TASKS,
    EMERGENCY,
    BACKUPS,
    LOSSES,
    RUNS,
    RESETS,
    LEAVERS,
    WECOM,
    DRIFT,
    JOINERS,
    NAMESAKES,
    HAND_BACK,
    COPIES_BACK,
    UNITS,
    TAGS,
    ACCESS,
    CONTACTS,
    CALENDAR,
    HISTORY,
    IMPORT,
    ASKED,
    PAPERS,
)
"""Those whose screen has something of its own, or that are for commands alone."""
SHEETS: Final = (*BY_HAND, *DRAWN)
