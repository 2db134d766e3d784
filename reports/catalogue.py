"""All reports by name, and which of them a reader may have."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from db.desk import Desk, Invalid, Problem
from db.desk.extracts.report_rights import REPORTS, BookOption
from db.language import _, listed
from reports.kind import ReportKind


def _kind(name: str) -> ReportKind:
    """That of the report whose module is called as it is."""
    kind: ReportKind = import_module(f"reports.{name}").KIND
    return kind


KINDS: dict[str, ReportKind] = {name: _kind(name) for name in REPORTS}


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """A report that the reader may have, of these books and units."""

    kind: ReportKind
    books: tuple[BookOption, ...]


def catalogue(desk: Desk) -> tuple[ReportOffer, ...]:
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
