"""What an audit record tells besides who did what to whom."""

from __future__ import annotations

from db.desk.audit.record_views import AuditDetail, AuditRow
from db.desk.entry.naming import actor_name
from db.language import Message, Text
from tui.sheets.cell import Fact, with_capital


def who_did(row: AuditRow) -> Text:
    """Return the name of the actor, with the login if that is another word."""
    return f"{row.who} ({row.login})" if row.login and row.login != row.who else actor_name(row.who or "–")


def particulars(detail: AuditDetail) -> list[Fact]:
    """Return a record's details, and its values before and after, as facts with a capital."""
    found: list[Fact] = [(with_capital(label), value) for label, value in detail.details if value]
    for change in detail.changes:
        values = {"before": change.before or "–", "after": change.after or "–"}
        found.append((with_capital(change.label), Message("{before} → {after}", values)))
    return found
