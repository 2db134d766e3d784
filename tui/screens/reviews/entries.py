"""Entries under review: right, wrong or gone, one key each; wrong opens the change form (B.5.3)."""

from __future__ import annotations

from db.language import _
from tui.kit import ScreenCommand, confirm
from tui.screens.asking.change import ChangeScreen
from tui.screens.reviews.list import NEXT, PROGRESS, SHOW, ReviewList


class ReviewEntries(ReviewList):
    """One entry a line."""

    NAME = _("Review of entries")
    ABOUT = _(
        "r: the entry is right. x: something is wrong, the change form opens and what you submit goes to "
        "those who decide. d: the person is gone; it stays under way until the entry is removed. What is "
        "under way counts as decided once it is applied."
    )
    KEYS = (
        ScreenCommand("right", "r", _("Right"), _("The entry is right as it stands.")),
        ScreenCommand(
            "wrong", "x", _("Wrong"), _("Something is wrong: correct it in the change form."), looks=True
        ),
        ScreenCommand("gone", "d", _("Gone"), _("The person is gone; the entry is to be removed.")),
        NEXT,
        SHOW,
        PROGRESS,
    )

    def can(self, command_id: str) -> bool:
        """A correction takes the right to propose one; who is asked about themselves is not gone."""
        row = self.current
        if command_id == "wrong":
            return self.decidable and row is not None and row.may_propose
        if command_id == "gone":
            answers_for_others = self._campaign.kind != "confirmation" or self._campaign.oversees
            return self.decidable and "removed" in self._campaign.verdicts and answers_for_others
        return super().can(command_id)

    async def do_wrong(self) -> None:
        """The change form; the entry is under way once it was handed in."""
        row = self.current
        if row is None or row.entry is None:
            return
        form = self.app.desk.changes.form(row.entry)
        number = await self.app.push_screen_wait(ChangeScreen(form))
        if number is not None:
            await self.decide_anew("corrected", request=number)

    async def do_gone(self) -> None:
        """It is to be removed, once it was asked whether that is meant."""
        row = self.current
        if row is None or not await confirm(
            self,
            _("Is {name} gone?", name=row.name),
            text=_("The entry is to be removed, and with it the account and the rights."),
            yes=_("Gone"),
            no=_("Keep it"),
        ):
            return
        if not await self.decide_anew("removed"):
            return
        self.app.tell(_("Marked as gone. It is under way until the entry is removed."), "warn")
