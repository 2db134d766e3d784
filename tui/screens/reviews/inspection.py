"""An inspection: the safeguards that the regulations ask for, one a line (C.6, H.3.1, H.6.1)."""

from __future__ import annotations

from datetime import timedelta

from db.desk.clockwork import today
from db.desk.refusal import Refused
from db.desk.reviews.review_views import ItemRow
from db.language import Text, _
from tui.kit import Command, ask_text
from tui.screens.reviews.findings import Findings, ask_due, choose_owner
from tui.screens.reviews.list import NEXT, SHOW, ReviewList

DAYS = 14
"""Days that a finding is given unless another day is typed."""


class Inspection(ReviewList):
    """One safeguard a line: in order, or with a finding."""

    NAME = _("Inspection")
    ABOUT = _(
        "Go through the safeguards. r: in order. x: write down what you found, who sees to it and by when; "
        "it is decided once the finding is closed. f shows the findings and their history."
    )
    KEYS = (
        Command("right", "r", _("In order"), _("The safeguard holds.")),
        Command("finding", "x", _("Finding"), _("Something was found: who sees to it, and by when.")),
        Command("other", "o", _("Other finding"), _("Something was found that belongs to no point here.")),
        Command("findings", "f", _("Findings"), _("All findings of this inspection."), second="enter"),
        NEXT,
        SHOW,
    )
    HEADING = _("Safeguard")
    NOTE = _("Clause")
    NAME_WIDTH = 0
    SHOWS_UNIT = False

    def can(self, command_id: str) -> bool:
        """Writing down what was found is the inspectors'."""
        if command_id == "finding":
            return self.decidable and self._campaign.runs
        return self._campaign.runs if command_id == "other" else super().can(command_id)

    async def do_finding(self) -> None:
        """What was found at the point under the cursor."""
        row = self.current
        if row is not None:
            await self._find(row)

    async def do_other(self) -> None:
        """What was found elsewhere."""
        await self._find(None)

    def do_findings(self) -> None:
        """All findings."""
        self.app.push_screen(Findings(self._campaign.id))

    async def _find(self, row: ItemRow | None, what: str | None = "", wrong: Text = "") -> None:
        desk, campaign = self.app.desk, self._campaign.id
        title = row.name if row is not None else _("Other finding")
        what = await ask_text(self, title, _("What was found"), text=wrong, value=what or "", required=True)
        if what is None:
            return
        owner = await choose_owner(self, campaign)
        if owner is None:
            return
        due = await ask_due(self, (today() + timedelta(days=DAYS)).isoformat())
        if due is not None:
            item = row.id if row is not None else None
            try:
                number = desk.inspections.find(campaign, what, owner.account, due, item)
            except Refused as refused:
                if refused.field != "what":
                    raise
                await self._find(row, what, refused.cited())
                return
            self._reload()
            self.app.tell(_("Written down: finding {number}", number=number))
