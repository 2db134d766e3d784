"""What an audit record tells besides who did what to whom."""

from __future__ import annotations

from db.desk.audit.record_views import AuditDetail
from db.language import Message
from tui.sheets.cell import Fact, opening


def particulars(detail: AuditDetail) -> list[Fact]:
    """Draw each particular, and each value before and after, as a line that begins with a capital."""
    found: list[Fact] = [(opening(label), value) for label, value in detail.details if value]
    for change in detail.changes:
        values = {"before": change.before or "–", "after": change.after or "–"}
        found.append((opening(change.label), Message("{before} → {after}", values)))
    return found
