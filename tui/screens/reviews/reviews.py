"""Reviews: a place of its own; what is inside one is decided on a screen for its kind."""

from __future__ import annotations

from db.desk.reviews.review_views import CampaignRow
from db.desk.tasks.task_views import TaskRow
from db.desk.training.trainings import BookTopic, Trainings
from db.language import _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.papers.papers import PapersScreen
from tui.screens.reviews.entries import ReviewEntries
from tui.screens.reviews.inspection import Inspection
from tui.screens.reviews.list import PROGRESS, ReviewList, show_progress
from tui.screens.reviews.rights import ReviewRights
from tui.screens.reviews.units import ReviewUnits
from tui.screens.sheets.list import SheetScreen, screen_of
from tui.screens.tasks.tasks import OPENS
from tui.sheets.findings import FINDINGS
from tui.sheets.guidance import GUIDANCE
from tui.sheets.reviews import REVIEWS
from tui.sheets.training import MINE, TRAINING

SCREENS: dict[str, type[ReviewList]] = {
    "entries": ReviewEntries,
    "units": ReviewUnits,
    "rights": ReviewRights,
    "points": Inspection,
}


class TrainingsScreen(SheetScreen[BookTopic]):
    """Topics in which the reader answers for others, and from there on the reader's own."""

    SHEET = TRAINING
    KEYS = (ScreenCommand("mine", "v", _("My training"), _("Your required training, with its course.")),)

    def do_mine(self) -> None:
        self.app.push_screen(screen_of(MINE)())


class ReviewsScreen(SheetScreen[CampaignRow]):
    """The reviews, what is due first on top."""

    SHEET = REVIEWS
    SHOWS_MODES = True
    LIVE = True
    KEYS = (
        ScreenCommand("open", "enter", _("Open"), _("Decide what is yours, one key each."), looks=True),
        PROGRESS,
        ScreenCommand("findings", "v", _("Findings"), _("Findings of inspections, and who is responsible.")),
        ScreenCommand(
            "guidance",
            "v",
            _("Instructions"),
            _("What departments are to do, and who confirmed."),
            footer=False,
        ),
        ScreenCommand("training", "v", _("Training"), _("Who was trained on the rules, and who is due.")),
        ScreenCommand(
            "papers", "v", _("Sheets to sign"), _("Sheets to print and sign, and their scans."), footer=False
        ),
    )

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: progress only of a review under way."""
        if command_id == "progress":
            return self.current is not None and not self.current.closed
        return super().can(command_id)

    async def do_open(self) -> None:
        row = self.current
        if row is not None:
            self.app.push_screen(SCREENS[row.of](row))

    def do_progress(self) -> None:
        row = self.current
        if row is not None:
            show_progress(self, row)

    def do_findings(self) -> None:
        self.app.push_screen(screen_of(FINDINGS)())

    def do_guidance(self) -> None:
        self.app.push_screen(screen_of(GUIDANCE)())

    def do_training(self) -> None:
        """Open the trainings of others; for those who answer for nobody else, their own."""
        own = not Trainings(self.app.desk).topics()
        self.app.push_screen(screen_of(MINE)() if own else TrainingsScreen())

    def do_papers(self) -> None:
        """Open the list of sheets to sign."""
        self.app.push_screen(PapersScreen())


def _open_reviews(screen: FramedScreen, row: TaskRow) -> None:
    """Open the list of reviews at the one of the task ``row``."""
    screen.app.push_screen(ReviewsScreen(at=row.thing))


def _open_findings(screen: FramedScreen, row: TaskRow) -> None:
    """Open the list of findings at the one of the task ``row``."""
    screen.app.push_screen(screen_of(FINDINGS)(at=row.thing))


OPENS["review"] = _open_reviews
OPENS["finding"] = _open_findings
