"""What the operations that draw reports stand on, in whatever subject. Each draw is recorded (C.9.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Concatenate, Generic, TypeVar

from db.desk.authority.permissions import policy_of
from db.desk.extracts.about import About, report_particulars
from db.desk.extracts.report_rights import (
    REPORTS,
    Drawn,
    Extent,
    Numbers,
    drawing_right,
    export_clause,
    place_for,
)
from db.desk.frame import FULL, TOKEN, OperationGroup, P, R, S, operation
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite
from db.store.tables import Book, Unit

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ReportRows(Generic[Row]):
    """Rows of a report with what it says of itself."""

    about: About
    rows: tuple[Row, ...]


def report(
    name: str,
    title: Message,
    *drawers: str,
    numbers: Callable[[Extent, date, date], Numbers],
    rests_on: str = "",
    control: str = "",
    clause: Callable[[EffectivePolicy], str] | None = None,
    whole: bool = False,
    copies: bool = False,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Register a report in `REPORTS`, and make the method a recorded operation called ``overview.NAME`` that
    draws it: its title, who may draw it, and by which clause (`Drawn`)."""
    REPORTS[name] = Drawn(title, drawers, numbers, rests_on, control, clause, whole, copies)
    label = _("report: {title}", title=title)
    able = FULL | TOKEN
    return operation(
        f"overview.{name}", label=label, recorded=True, power=LOOKS, strengths=able, lengthy=True
    )


def report_clause(report: str, policy: EffectivePolicy) -> str:
    """Return the clause under which ``report`` is drawn or, for a list, taken out."""
    right = drawing_right(report)
    if right is not None and right.clause is not None:
        return right.clause(policy)
    if right is not None and right.copies:
        return export_clause(policy)
    if right is not None and right.rests_on and (rules := getattr(policy, right.rests_on)):
        return cite(*(rule.clause for rule in (rules if isinstance(rules, tuple) else (rules,))))
    rule = policy.control(right.control) if right is not None and right.control else None
    return rule.clause if rule is not None else policy.supervisor.clause


class ReportGroup(OperationGroup):
    """Operations that draw reports. ``unit`` None: the widest scope of the reader."""

    def _draw(
        self, report: str, rows: Callable[..., tuple[Row, ...]], book: str, unit: int | None, *days: date
    ) -> ReportRows[Row]:
        """Return a report of the ``rows`` of a place, from the first day to the last of one that has days."""
        place = self._place(report, book, unit, *days)
        return ReportRows(self._about(report, place, *days), rows(place, *days))

    def _place(
        self, report: str, book: str, unit: int | None, first: date | None = None, last: date | None = None
    ) -> Extent:
        """Return the place from which down the actor may draw ``report``, and note it for the audit. Raises
        Refused where there is none, Invalid for no such report or period."""
        if drawing_right(report) is None:
            raise Invalid(Problem("report", _("There is no report called {name}.", name=report)))
        if first is not None and last is not None and last < first:
            raise Invalid(Problem("period", _("The period ends before it begins.")))
        known = unit is None or Unit.get_or_none((Unit.id == unit) & (Unit.book == book)) is not None
        if Book.get_or_none(Book.id == book) is not None:
            self.act.note_facts(book=book, unit=unit if known else None, report=report)
        place = place_for(self.permissions, report, book, unit if known else -1)
        self.act.note_facts(book=book, unit=place.unit, clause=report_clause(report, policy_of(book)))
        if first is not None:
            self.act.note_facts(parameters={"first": str(first), "last": str(last)})
        return place

    def _about(
        self, report: str, place: Extent, first: date | None = None, last: date | None = None
    ) -> About:
        clause = report_clause(report, policy_of(place.book))
        return report_particulars(self.permissions, place, clause, first, last)
