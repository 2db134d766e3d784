"""Clauses as every face cites them."""

from __future__ import annotations

from db.desk.policies.rule_views import Holder
from db.desk.refusal import SILENT
from db.desk.requests.route_preview import RoutePreview
from db.language import Message, Text, _, _n, clause_words, listed


def clause_text(clause: str) -> Text:
    """Return a short citation: ``依 E.13``, or that it is the default."""
    return _("Under {clause}", clause=clause) if clause != SILENT else _("By default")


def ground_text(clause: str) -> Text:
    """Return a citation; where the regulations are silent, a sentence on the safe default."""
    if clause == SILENT:
        return _("The regulations are silent here; the safe default applies.")
    return clause_text(clause)


def by_clause(clause: str) -> Text:
    """Return a citation for use within a sentence: ``under E.13``, or ``by default``."""
    return _("under {clause}", clause=clause) if clause != SILENT else _("by default")


def holder_names(*several: Holder) -> Text:
    return listed(_("{role} ({clause})", role=one.role, clause=clause_words(one.clause)) for one in several)


def since_when(way: RoutePreview) -> Message | None:
    """Return the hint for the field with the day of the change; None if no deadline runs from it."""
    if not way.report.required:
        return None
    return _n(
        "blank: today; within {days} working day {clause}",
        "blank: today; within {days} working days {clause}",
        days=way.report_days,
        clause=by_clause(way.report.clause),
    )
