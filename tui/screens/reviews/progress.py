"""How far a review is, department by department, and for whom it waits."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.reviews.review_views import CampaignRow, UnitProgress
from db.language import _
from tui.kit import Cell, Column, DataList, Frame, Styled, Where, clause_text
from tui.screens.requests.request_words import names
from tui.screens.reviews.review_words import bar


class ReviewProgress(Frame):
    """One department a line, the least finished first."""

    NAME = _("Progress")
    ABOUT = _("How far each department is, and who has still to decide. Past the due day it is marked late.")
    SHOWS_MODES = False

    def __init__(self, campaign: CampaignRow) -> None:
        super().__init__()
        self._campaign = campaign

    def where(self) -> Where:
        """The review and the clause."""
        row = self._campaign
        return Where(_("Progress: {label}", label=row.label), (row.book_label, clause_text(row.clause)))

    def body(self) -> ComposeResult:
        """The departments."""
        called = self.app.desk.me.unit_label(self._campaign.book)
        yield DataList[UnitProgress](
            [
                Column(called, lambda row: Styled(row.name, "strong"), width=16),
                Column(_("Decided"), lambda row: bar(row.count), width=18),
                Column(_("Undecided"), lambda row: str(row.count.undecided), width=9, right=True),
                Column(_("Waits for"), lambda row: names(row.who) if row.who else "–"),
                Column("", _late, width=6),
            ],
            key=lambda row: row.unit,
            empty=_("There is nothing here to decide."),
        )

    def on_mount(self) -> None:
        """Ask how far it is."""
        rows = self.app.desk.reviews.progress(self._campaign.id)
        self.query_one(DataList).show(lambda offset, limit: rows[offset : offset + limit], total=len(rows))


def _late(row: UnitProgress) -> Cell:
    if row.late:
        return Styled(_("late"), "bad")
    return Styled("✓", "good") if not row.count.undecided else ""
