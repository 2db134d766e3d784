"""An inspection: the safeguards that the regulations ask for, one a line (C.6, H.3.1, H.6.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from db.desk.reviews.review_views import ItemRow, ItemView
from db.language import _
from tui.kit import ScreenCommand
from tui.kit.sorting import SORT
from tui.screens.reviews.list import NEXT, SHOW, ReviewList
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.list import screen_of
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.findings import FIND, FINDINGS, INSPECTION, POINT, UNDER_WAY


class Inspection(ReviewList):
    """One safeguard a line: in order, or with a finding."""

    NAME = _("Inspection")
    ABOUT = _(
        "Go through the safeguards. a: in order. b: record what you found, who is responsible and by when;"
        " it is decided once the finding is closed. v shows the findings and their history."
    )
    KEYS = (
        ScreenCommand("right", "a", _("In order"), _("The safeguard holds.")),
        ScreenCommand(
            "finding", "b", _("Finding"), _("Something was found: who is responsible, and by when.")
        ),
        ScreenCommand(
            "other", "n", _("Other finding"), _("Something was found that belongs to no point here.")
        ),
        ScreenCommand("findings", "v", _("Findings"), _("All findings of this inspection."), second="enter"),
        NEXT,
        SHOW,
        SORT,
    )
    HEADING = _("Safeguard")
    NOTE = _("Clause")
    NAME_WIDTH = 0
    SHOWS_UNIT = False

    def brief(self, row: ItemRow) -> list[Fact]:
        return [(self.HEADING, row.name), (self.NOTE, row.note), *super().brief(row)]

    def item_facts(self, view: ItemView) -> list[Fact]:
        return [*self.brief(view.row)[:2], *super().item_facts(view)]

    def can(self, command_id: str) -> bool:
        if command_id == "finding":
            return self.decidable and self._campaign.runs
        return self._campaign.runs if command_id == "other" else super().can(command_id)

    async def do_finding(self) -> None:
        row = self.current
        if row is not None:
            await self._record_finding(row)

    async def do_other(self) -> None:
        await self._record_finding(None)

    def do_findings(self) -> None:
        self.app.push_screen(screen_of(FINDINGS)({INSPECTION.id: self._campaign.id}))

    async def _record_finding(self, row: ItemRow | None) -> None:
        verb = FIND if row is None else replace(FIND, label=row.name)
        point = row.id if row is not None else None
        at: At[Any] = At(self.app.desk, answers={UNDER_WAY.id: self._campaign.id, POINT.id: point})
        made = await carry_out(self, verb, at)
        if made is not None:
            self._reload()
            self.app.tell(verb.done(at, made.result))
