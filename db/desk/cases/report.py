"""The reports on cases with what was decided in them, and on who kept deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import sanctions_of
from db.desk.cases.case_roles import OVER
from db.desk.cases.case_states import OUTCOMES, STATES, case_kind_label
from db.desk.cases.concerning import cases_concerning
from db.desk.cases.parties import parties_of, party_name
from db.desk.cases.ranking import Ranked, count_shares, rank_units
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import HEAD, MAINTAINER, SUPERVISOR, Extent, Numbers, units_below
from db.desk.notation.localtime import day_begins, local
from db.language import Label, Message, Text, _
from db.store.tables import CaseFile, CaseParty


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case and one person concerned; ``who`` is empty where nobody is. Days are ISO."""

    case: int
    kind: Text
    unit: str
    reported: str
    state: Message
    outcome: Message
    who: Text
    sanctions: Label | None
    occurrences: int
    amount: int
    currency: str
    clause: str
    closed: str


def _undecided(place: Extent, first: date, last: date) -> Numbers:
    """Count the cases that nothing is decided in yet, and all that were reported."""
    rows = _cases(place, first, last)
    return rows.where(CaseFile.state.not_in(OVER)).count(), rows.count()


def _shares(place: Extent, first: date, last: date) -> Numbers:
    return count_shares(place.book, units_below(place.book, {place.unit}), first, last, place.hidden_tasks)


class CaseReports(ReportGroup):
    @report("cases", _("Cases and sanctions"), MAINTAINER, SUPERVISOR, rests_on="cases", numbers=_undecided)
    def cases(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[CaseLine]:
        """Return cases reported from ``first`` to ``last``, with what was decided; none about the reader."""
        return self._draw("cases", _lines, book, unit, first, last)

    @report(
        "ranking", _("Timeliness and accuracy"), MAINTAINER, SUPERVISOR, HEAD, rests_on="commendations",
        numbers=_shares,
    )  # fmt: skip
    def ranking(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[Ranked]:
        """Rank who kept deadlines and whose entries were right, within ``unit`` (B.7.1)."""
        return self._draw("ranking", _ranked, book, unit, first, last)


def _ranked(place: Extent, first: date, last: date) -> tuple[Ranked, ...]:
    rule = policy_of(place.book).commendations[0]
    return rank_units(
        rule, place.book, units_below(place.book, {place.unit}), first, last, place.hidden_tasks
    )


def _lines(place: Extent, first: date, last: date) -> tuple[CaseLine, ...]:
    """Return cases of ``place`` that were reported in the period, but those that concern the reader."""
    policy = policy_of(place.book)
    found = []
    for row in _cases(place, first, last).order_by(CaseFile.id):
        parties = parties_of(row)
        lines: list[CaseParty | None] = [*parties] or [None]
        for party in lines:
            decided = party is not None and row.state in OVER
            found.append(
                CaseLine(
                    case=row.id,
                    kind=case_kind_label(policy, row.sort, row.kind),
                    unit=row.unit.name,
                    reported=local(row.reported_at)[:10],
                    state=STATES[row.state],
                    outcome=OUTCOMES[row.outcome],
                    who=party_name(party) if party else "",
                    sanctions=sanctions_of(party) if party and decided else None,
                    occurrences=party.occurrences if party and decided and party.sanctions else 0,
                    amount=party.amount if party and decided else 0,
                    currency=party.currency if party and decided else "",
                    clause=(party.clause if party and decided else "") or row.clause,
                    closed=local(row.closed_at)[:10] if row.closed_at else "",
                )
            )
    return tuple(found)


def _cases(place: Extent, first: date, last: date) -> Any:
    within = [unit.id for unit in units_below(place.book, {place.unit})]
    theirs = [row.id for row in cases_concerning(place.reader)] if place.reader is not None else []
    return CaseFile.select().where(
        (CaseFile.book == place.book)
        & CaseFile.unit.in_(within)
        & CaseFile.id.not_in(theirs)
        & (CaseFile.reported_at >= day_begins(first))
        & (CaseFile.reported_at < day_begins(last + timedelta(days=1)))
    )
