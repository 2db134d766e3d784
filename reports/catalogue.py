"""All reports by name, and which of them a reader may have."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk import Desk, Invalid, Problem
from db.desk.extracts.report_rights import REPORTS, BookOption
from db.desk.hooks import load_part
from db.language import _, listed
from reports.kind import ReportKind

KINDS: dict[str, ReportKind] = {
    name: load_part(f"reports.{name}", "KIND", f"@report({name!r}, …) draws a report") for name in REPORTS
}
"""Each from the module that is called as the report."""


WORDS = {"deadlines": "compliance", "moves": "movements"}
"""What the screens call reports that keep on record the names that they were first drawn by."""


def word_for(name: str) -> str:
    """Return what the screens and commands call the report that is kept on record as ``name``."""
    return next((word for word, known in WORDS.items() if known == name), name)


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """A report that the reader may have, of these books and units."""

    kind: ReportKind
    books: tuple[BookOption, ...]


def catalogue(desk: Desk) -> tuple[ReportOffer, ...]:
    return tuple(ReportOffer(KINDS[right.name], right.books) for right in desk.overview.reports())


def kind_named(name: str) -> ReportKind:
    """Return the report called ``name``, also by its newer word. Raises Invalid for an unknown one."""
    name = WORDS.get(name, name)
    if name not in KINDS:
        raise Invalid(
            Problem(
                "report",
                _("There is no report called {name}. There are: {names}.", name=name, names=listed(KINDS)),
            )
        )
    return KINDS[name]
