"""The entries of a department that is answered for: what each lacks, when it was last verified."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.reviews.review_views import CampaignRow, ItemView, Member
from db.language import Text, _
from tui.kit import Cell, DataList, FramedScreen, ListColumn, Location, ScreenCommand, Styled, clause_text
from tui.screens.asking.change import propose_change


class ReviewMembers(FramedScreen):
    """One entry a line."""

    NAME = _("Entries of the department")
    ABOUT = _("Correct what is wrong before you answer for it; the correction goes to those who decide.")
    KEYS = (
        ScreenCommand(
            "change", "b", _("Wrong"), _("Correct the entry in the change form."), second="enter", looks=True
        ),
    )
    SHOWS_MODES = False

    def __init__(self, campaign: CampaignRow, view: ItemView) -> None:
        super().__init__()
        self._campaign = campaign
        self._view = view

    def where(self) -> Location:
        return Location(self._view.row.name, (self._campaign.label, clause_text(self._campaign.clause)))

    def body(self) -> ComposeResult:
        yield DataList[Member](
            [
                ListColumn(_("Name"), lambda row: Styled(row.name, "strong"), width=12),
                ListColumn(_("Position"), lambda row: row.position, width=18),
                ListColumn(_("Verified"), lambda row: row.verified or "–", width=10),
                ListColumn(_("Missing"), _missing),
            ],
            key=lambda row: row.entry,
            empty=_("This department has no entries."),
        )

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(self._view.members)

    def can(self, command_id: str) -> bool:
        row = self.query_one(DataList).current if self.is_mounted else None
        return command_id != "change" or (row is not None and row.may_propose)

    def do_change(self) -> None:
        row = self.query_one(DataList).current
        if row is not None:
            propose_change(self, row.entry)


def _missing(row: Member) -> Cell:
    cell: list[Text | Styled] = []
    for label in row.missing:
        cell += [*([", "] if cell else []), Styled(label, "bad")]
    return cell or Styled("–", "dim")
