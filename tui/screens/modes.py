"""The places that digits lead to, in the order of their digits, and what comes before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from auth.session_limits import crowding_sessions
from db.desk.cases.cases import Cases
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.outside.outside import Outside
from db.desk.training.trainings import Trainings
from db.language import _
from tui.kit.common_keys import INCIDENT
from tui.kit.mode import Mode, RequiredScreen
from tui.screens.accounts.accounts import AccountsScreen
from tui.screens.asking.rules import RulesScreen
from tui.screens.audit.audit import AuditScreen
from tui.screens.cases.cases import CasesScreen
from tui.screens.cases.report import ReportBreach
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.door.account import MyAccount
from tui.screens.door.enrolment import FirstSignIn
from tui.screens.door.hand_back import HandBackScreen
from tui.screens.door.password import ChangePassword
from tui.screens.door.too_many import TooManySessions
from tui.screens.door.training_due import TrainingDue
from tui.screens.door.undertaking import CollectionNoticeScreen, UndertakingScreen
from tui.screens.editions.editions import EditionsScreen
from tui.screens.editions.receipts import Receipts
from tui.screens.evidence.tray import EvidenceScreen
from tui.screens.outside.drift import WeComDrift
from tui.screens.privacy.leavers import Leavers
from tui.screens.privacy.mydata import MyData
from tui.screens.reports.reports import Reports
from tui.screens.requests.mine import MyRequestsScreen
from tui.screens.requests.queue import QueueScreen
from tui.screens.reviews.reviews import ReviewsScreen
from tui.screens.sheets.list import screen_of
from tui.screens.today.today import Today
from tui.sheets.delegation import DELEGATION

if TYPE_CHECKING:
    from db.desk import Desk


def _decides(desk: Desk) -> bool:
    """Return whether the reader holds a role, or stands in for one, that may decide requests."""
    return any(set(book.roles) - {"employee"} for book in desk.me.who().books)


def _receives(desk: Desk) -> bool:
    """Return whether the reader gets copies of editions and issues none."""
    return Copies(desk).offered() and not Editions(desk).offered()


MODES: Final[tuple[Mode, ...]] = (
    Mode("today", "1", _("Today"), Today),
    Mode("directory", "2", DirectoryScreen.NAME, DirectoryScreen),
    Mode("queue", "3", _("Queue"), QueueScreen, visible_to=_decides),
    Mode("requests", "4", _("My requests"), MyRequestsScreen),
    Mode("evidence", "5", EvidenceScreen.NAME, EvidenceScreen),
    Mode("audit", "6", _("Audit"), AuditScreen, visible_to=lambda desk: desk.audit.allowed()),
    Mode("reports", "7", _("Reports"), Reports, visible_to=lambda desk: desk.overview.offered()),
    Mode("reviews", "8", _("Reviews"), ReviewsScreen),
    Mode("editions", "9", _("Editions"), EditionsScreen, visible_to=lambda desk: Editions(desk).offered()),
    Mode("copies", "9", _("My copies"), Receipts, visible_to=_receives),
    Mode("account", "0 a", MyAccount.NAME, MyAccount),
    Mode("data", "0 b", MyData.NAME, MyData),
    Mode("cases", "0 c", CasesScreen.NAME, CasesScreen, count=lambda desk: len(Cases(desk).queue())),
    Mode("delegation", "0 d", DELEGATION.title, screen_of(DELEGATION)),
    Mode("rules", "0 e", RulesScreen.NAME, RulesScreen, visible_to=lambda desk: bool(desk.me.who().books)),
    Mode(
        "accounts",
        "0 f",
        AccountsScreen.NAME,
        AccountsScreen,
        visible_to=lambda desk: bool(desk.accounts.books()),
    ),
    Mode("leavers", "0 i", Leavers.NAME, Leavers, visible_to=lambda desk: bool(desk.privacy.books())),
    Mode("wecom", "0 m", WeComDrift.NAME, WeComDrift, visible_to=lambda desk: bool(Outside(desk).books())),
)
"""One line a mode: ``Mode("today", "1", _("Today"), Today)``, with ``visible_to`` where not all see it.

Digits: Today 1, Directory 2, Queue 3, Requests 4, Files 5, Audit 6, Reports 7, Reviews 8,
Editions 9, which for those who only receive copies is My copies. What stands behind 0 has a letter there."""

ANYWHERE: Final[Mapping[str, Callable[[], Screen[Any]]]] = {"incident": ReportBreach, "cases": CasesScreen}
"""Screens that open over any other: each by the command of that name in `tui.kit.common_keys`."""

REPORTING: Final = frozenset({INCIDENT.id})
"""Whoever may use the directory may report a breach, whatever else they are still to read or learn."""

GATES: Final[tuple[RequiredScreen, ...]] = (
    RequiredScreen(lambda desk: bool(crowding_sessions(desk.actor)), TooManySessions),
    RequiredScreen(lambda desk: desk.actor.strength == "leaving", HandBackScreen),
    RequiredScreen(lambda desk: desk.actor.strength == "enrolling", FirstSignIn),
    RequiredScreen(lambda desk: desk.actor.strength == "expired", ChangePassword),
    RequiredScreen(lambda desk: bool(desk.me.undertakings()), UndertakingScreen),
    RequiredScreen(lambda desk: bool(desk.privacy.notices_due()), CollectionNoticeScreen, REPORTING),
    RequiredScreen(lambda desk: Trainings(desk).shut_out(), TrainingDue, REPORTING),
)
"""Screens to pass before any mode, in order; each dismisses itself when passed."""
