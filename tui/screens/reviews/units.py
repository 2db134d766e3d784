"""Departments under review: each is answered for as a whole (B.5.1, C.5, E.7, H.3.2)."""

from __future__ import annotations

from db.language import _
from tui.kit import ScreenCommand, ask_text
from tui.kit.sorting import SORT
from tui.screens.reviews.list import NEXT, PROGRESS, SHOW, ReviewList
from tui.screens.reviews.members import ReviewMembers


class ReviewUnits(ReviewList):
    """One department a line; Enter shows its entries."""

    NAME = _("Review of departments")
    ABOUT = _(
        "You answer for the accuracy, completeness and security of your department's entries. Enter "
        "shows them, with what is missing; correct what is wrong, then sign with a; c signs with a word."
    )
    KEYS = (
        ScreenCommand(
            "open", "enter", _("Entries"), _("The department's entries, and what they lack."), looks=True
        ),
        ScreenCommand("right", "a", _("Sign"), _("Answer for the department's entries as they stand.")),
        ScreenCommand("word", "c", _("Sign with a word"), _("Sign, and say what has to be known.")),
        NEXT,
        SHOW,
        SORT,
        PROGRESS,
    )
    HEADING = ""  # what a unit is called
    NOTE = _("Entries")
    NAME_WIDTH = 24
    SHOWS_UNIT = False

    def can(self, command_id: str) -> bool:
        return self.decidable if command_id == "word" else super().can(command_id)

    def do_open(self) -> None:
        view = self.opened_item()
        if view is not None:
            self.app.push_screen(ReviewMembers(self._campaign, view))

    async def do_word(self) -> None:
        await ask_text(
            self, _("Sign"), _("What has to be known"), required=True, yes=_("Sign"),
            check=lambda said: self.decide("right", word=said),
        )  # fmt: skip
