"""Shown instead of everything where no directory may be used before a training (F.6.2)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.training.trainings import Trainings
from db.language import Text, _
from tui.kit import SIGN_OUT, FactList, FramedScreen, ScreenCommand, Styled, TextLine, clause_text
from tui.screens.sheets.list import screen_of
from tui.sheets.training import MINE, TRAINING, training_state


class TrainingDue(FramedScreen):
    """What has to be attended first, and that whoever records attendance can do so from here."""

    NAME = _("Training is due")
    ABOUT = _(
        "Your directories are closed to you until you are trained: read the course and pass its test, or "
        "attend a training, which is recorded for you."
    )
    KEYS = (
        ScreenCommand("course", "v", _("Course"), _("Read the course, and take its test.")),
        ScreenCommand(
            "again", "enter", _("Look again"), _("See whether your attendance was recorded."), second="enter"
        ),
        ScreenCommand("record", "v", _("Record"), _("Record who attended, if that is yours to do.")),
        SIGN_OUT,
    )
    HOME = ""
    AUTO_FOCUS = ""
    SHOWS_MODES = False
    HOLDS_ON = True
    DEFAULT_CSS = "TrainingDue FactList { padding: 0 2; }"

    def body(self) -> ComposeResult:
        yield TextLine()
        yield TextLine(
            _("  Your training comes first: v opens the course. Attending one counts as well."), "warn"
        )
        yield TextLine(_("  F10 signs you out."), "dim")
        yield TextLine()
        yield FactList(
            [
                (_("{label} ({book})", label=one.topic.label, book=one.book_label),
                 [training_state(one.training), "  ", Styled(clause_text(one.topic.due_clause), "dim")])
                for one in Trainings(self.app.desk).mine()
                if one.training.overdue
            ]
        )  # fmt: skip

    def can(self, command_id: str) -> bool:
        if command_id == "record":
            return any(one.records for one in Trainings(self.app.desk).topics())
        return True

    def do_again(self) -> None:
        """Close the screen if the training is recorded by now; else show that it is not."""
        if Trainings(self.app.desk).shut_out():
            told: Text = _("It is not recorded yet.")
            self.app.tell(told, "warn")
        else:
            self.dismiss(None)

    def do_course(self) -> None:
        self.app.push_screen(screen_of(MINE)())

    def come_back(self) -> None:
        if not Trainings(self.app.desk).shut_out():
            self.dismiss(None)

    def do_record(self) -> None:
        self.app.push_screen(screen_of(TRAINING)())

    def do_back(self) -> None:
        self.do_again()
