"""Training due (F.6.2, G.7.3): who was trained on which version, and who is due."""

from __future__ import annotations

from db.desk import Desk
from db.language import Message, _, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Training due")
STATES: dict[str, Message] = {
    "never": _("never trained"),
    "due": _("due"),
    "soon": _("due soon"),
    "trained": _("trained"),
}


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.training(book, unit)
    due = sum(row.state in ("never", "due") for row in table.rows)
    return frame_report(
        table.about,
        name="training",
        title=TITLE,
        columns=(
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("topic", _("Topic")),
            ReportColumn("last", _("Trained"), kind="day"),
            ReportColumn("version", _("Version"), minor=True),
            ReportColumn("due", _("Due"), kind="day"),
            ReportColumn("state", _("State")),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.name,
                row.unit,
                row.topic,
                row.last,
                _("{version}, older", version=row.version) if row.older else row.version,
                row.due,
                STATES[row.state],
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        note=_("{due} of {count} are due.", due=due, count=len(table.rows)),
    )


KIND = ReportKind(
    "training",
    TITLE,
    _("Who was trained on which version of the rules, and who is due."),
    timed=False,
    build=build,
)
