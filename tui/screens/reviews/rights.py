"""Granted roles under review: still needed, or withdrawn (F.5.1, H.6.3)."""

from __future__ import annotations

from db.desk.reviews.review_views import ItemView
from db.language import _
from tui.kit import ScreenCommand, Styled, ask_text, confirm
from tui.kit.sorting import SORT
from tui.screens.reviews.list import NEXT, SHOW, ReviewList
from tui.sheets.cell import Fact


class ReviewRights(ReviewList):
    """One right a line, with when it was last used."""

    NAME = _("Recertification of rights")
    ABOUT = _(
        "Each granted role is still needed, or withdrawn. An unused right is kept only with a reason; "
        "where nobody gives one by the due day it is withdrawn by itself. Nobody decides on their own."
    )
    KEYS = (
        ScreenCommand("right", "a", _("Keep"), _("The work still needs this right.")),
        ScreenCommand("withdraw", "x", _("Withdraw"), _("Take the right back; it ends at once.")),
        NEXT,
        SHOW,
        SORT,
    )
    NOTE = _("Role and last use")

    def can(self, command_id: str) -> bool:
        return self.decidable if command_id == "withdraw" else super().can(command_id)

    def item_facts(self, view: ItemView) -> list[Fact]:
        """Return the right's facts; for an unused one, with a warning that keeping it takes a reason."""
        found: list[Fact] = [(self.NOTE, view.row.note)]
        if view.row.unused:
            found.append(("", Styled(_("This right is unused and is kept only with a reason."), "warn")))
        return [*found, *super().item_facts(view)]

    async def do_right(self) -> None:
        """Decide, recorded, that the right stays; ask for a reason if it is unused."""
        row = self.current
        if row is not None and row.unused:
            await self._keep_unused()
        else:
            await self.decide_anew("right")

    async def _keep_unused(self) -> None:
        await ask_text(
            self, _("Keep"), _("This right is unused. Why is it still needed?"), required=True, yes=_("Keep"),
            check=lambda word: self.decide("right", word=word),
        )  # fmt: skip

    async def do_withdraw(self) -> None:
        """Ask, then decide, recorded, that the right is to be removed."""
        row = self.current
        if row is not None and await confirm(
            self, _("Withdraw the right of {name}?", name=row.name), text=row.note, yes=_("Withdraw")
        ):
            await self.decide_anew("removed")
