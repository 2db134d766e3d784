"""All reports by name, and which of them a reader may have."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk import Desk, Invalid, Problem
from db.desk.extracts.rights import BookOption
from db.language import _, listed
from reports import (
    access,
    cases,
    changes,
    compliance,
    coverage,
    directory,
    disclosures,
    incomplete,
    movements,
    names,
    processing,
    ranking,
    receipts,
    reviews,
    stale,
    sync,
    training,
)
from reports.kind import ReportKind

REPORTS = (
    directory,
    changes,
    compliance,
    access,
    coverage,
    incomplete,
    reviews,
    training,
    stale,
    sync,
    movements,
    receipts,
    disclosures,
    cases,
    ranking,
    processing,
    names,
)
KINDS: dict[str, ReportKind] = {module.KIND.name: module.KIND for module in REPORTS}


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """A report that the reader may have, of these books and units."""

    kind: ReportKind
    books: tuple[BookOption, ...]


def catalogue(desk: Desk) -> tuple[ReportOffer, ...]:
    """The reports that the reader of ``desk`` may have."""
    return tuple(ReportOffer(KINDS[right.name], right.books) for right in desk.overview.reports())


def kind_named(name: str) -> ReportKind:
    """The report called ``name``. Raises Invalid for an unknown one."""
    if name not in KINDS:
        raise Invalid(
            Problem(
                "report",
                _("There is no report called {name}. There are: {names}.", name=name, names=listed(KINDS)),
            )
        )
    return KINDS[name]
