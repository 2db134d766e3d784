"""One audit record in full, with what changed where its reader may see it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.audit.record_views import AuditDetail, AuditRow
from db.desk.refusal import SILENT
from db.language import Message, Text, _, clause_words
from tui.kit import BACK, Cell, FactList, FramedScreen, Location, ScreenCommand, Styled
from tui.sheets.cell import Tone
from tui.sheets.record_facts import particulars, who_did

OUTCOMES: dict[str, tuple[str, Text, Tone]] = {
    "done": ("✓", _("allowed"), "good"),
    "refused": ("✗", _("refused"), "bad"),
    "failed": ("!", _("failed"), "warn"),
}


class AuditOne(FramedScreen):
    """A record, line by line."""

    CSS_PATH = "one.tcss"
    NAME = _("Audit record")
    ABOUT = _(
        "Everything that was recorded of one act. Values of protected fields are covered unless your scope "
        "shows them. The hash covers this record and the hash of the one before it, so that none can be "
        "changed, removed or moved without notice."
    )
    HOME = "VerticalScroll"
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False
    KEYS = (ScreenCommand("back", "escape", BACK.label, BACK.help),)

    def __init__(self, detail: AuditDetail) -> None:
        super().__init__()
        self._detail = detail

    def where(self) -> Location:
        return Location(_("Audit record {seq}", seq=self._detail.row.seq), (self._detail.row.label,))

    def body(self) -> ComposeResult:
        detail = self._detail
        facts = facts_of(detail.row)
        facts += particulars(detail)
        facts += [
            ("", ""),
            (_("Hash"), Styled(detail.hash, "dim")),
            (_("Before it"), Styled(detail.previous, "dim")),
        ]
        with VerticalScroll():
            yield FactList(facts)


def facts_of(row: AuditRow) -> list[tuple[Cell, Cell]]:
    """Return a record's facts, those that find no room in the list included."""
    found: list[tuple[Cell, Cell]] = [
        (_("When"), row.at),
        (_("Who"), Styled(who_did(row), "strong")),
        (_("For"), row.on_behalf_of),
        (_("Act"), row.label),
        (_("On whom"), f"{row.whom} {row.unit}".strip()),
        (_("Directory"), row.book_label),
        (_("Request"), str(row.request or "")),
        (_("Purpose"), row.purpose),
        (_("Outcome"), outcome(row)),
        (_("From"), f"{row.source} ({row.front})" if row.front else row.source),
    ]
    return [(label, value) for label, value in found if value]


def outcome(row: AuditRow) -> Styled:
    """Return a record's outcome in words, with its clause."""
    sign, word, tone = OUTCOMES[row.outcome]
    said = word if row.clause in ("", SILENT) else clause_words(row.clause)
    return Styled(Message("{sign} {said}", {"sign": sign, "said": said}), tone)
