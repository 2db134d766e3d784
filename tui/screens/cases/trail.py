"""The audit within a case: what the persons concerned did, and attaching records of it by one key."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.audit.record_views import AuditRow
from db.desk.cases.case_views import CaseView
from db.desk.cases.work import CaseWork
from db.desk.entry.naming import actor_name
from db.language import Message, _, clause_words
from tui.kit import (
    Cell,
    DataList,
    FramedScreen,
    ListColumn,
    Location,
    ScreenCommand,
    Styled,
    ask_text,
    clause_text,
)


class CaseTrail(FramedScreen):
    """One record a line, newest first; what is attached already is marked."""

    CSS_PATH = "trail.tcss"
    NAME = _("Audit within the case")
    ABOUT = _(
        "What the persons concerned did in this directory, newest first, while the case is investigated: of "
        "whom you named yourself from a day later on. Enter attaches the record under the cursor; / attaches "
        "another one by its number, which whoever may read the audit finds there. This look is recorded."
    )
    KEYS = (
        ScreenCommand("attach", "enter", _("Attach"), _("Attach the record under the cursor.")),
        ScreenCommand(
            "number", "slash", _("By number"), _("Attach a record of the audit by its number."), looks=True
        ),
        ScreenCommand("back", "escape", _("Back"), _("Back to the case.")),
    )
    SHOWS_MODES = False

    def __init__(self, view: CaseView) -> None:
        super().__init__()
        self._case = view.row
        self._names_anybody = bool(view.parties)
        self._attached = {one.number for one in view.attached if one.what == "audit"}

    def where(self) -> Location:
        return Location(
            _("Case {number}: audit", number=self._case.id),
            (self._case.book_label, clause_text(self._case.clause)),
        )

    def body(self) -> ComposeResult:
        yield DataList[AuditRow](
            [
                ListColumn("", self._attached_mark, width=1),
                ListColumn(_("Record"), lambda row: str(row.seq), width=7, right=True),
                ListColumn(_("When"), lambda row: row.at[5:16], width=11),
                ListColumn(_("Who"), lambda row: Styled(actor_name(row.who), "strong"), width=8),
                ListColumn(_("What"), lambda row: row.label),
                ListColumn(_("About whom"), lambda row: row.whom, width=8, in_english=10),
                ListColumn(_("From"), lambda row: row.source, width=15, from_width=100),
                ListColumn(_("Outcome"), _outcome, width=10, in_english=12),
            ],
            key=lambda row: row.seq,
            empty=self._empty_words(),
        )

    def _empty_words(self) -> Message:
        if self._names_anybody:
            return _("The audit holds nothing of whoever is concerned. / attaches another record.")
        return _("There is nothing in the audit yet. Name who is concerned first.")

    def on_mount(self) -> None:
        """Show the records of the case, fetched as they come into view."""
        work, case = CaseWork(self.app.desk), self._case.id
        self.query_one(DataList).show(lambda offset, limit: work.trail(case, offset, limit))

    def can(self, command_id: str) -> bool:
        if command_id == "attach":
            row = self.query_one(DataList).current if self.is_mounted else None
            return isinstance(row, AuditRow) and str(row.seq) not in self._attached
        return True

    def do_attach(self) -> None:
        row = self.query_one(DataList).current
        if isinstance(row, AuditRow):
            self._attach_record(str(row.seq))

    async def do_number(self) -> None:
        typed = await ask_text(
            self, _("By number"), _("Number of the record"), required=True, yes=_("Attach")
        )
        if typed is not None:
            self._attach_record(typed)

    def _attach_record(self, number: str) -> None:
        CaseWork(self.app.desk).attach(self._case.id, "audit", number)
        self._attached.add(number)
        self.query_one(DataList).refresh()
        self.refresh_keys()
        self.app.tell(_("Attached: record {number}", number=number))

    def _attached_mark(self, row: AuditRow) -> Cell:
        return Styled("✓", "good") if str(row.seq) in self._attached else ""


def _outcome(row: AuditRow) -> Cell:
    if row.outcome == "refused":
        return Styled(_("refused"), "warn")
    return clause_words(row.clause)
