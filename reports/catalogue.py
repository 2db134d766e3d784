"""All reports by name, and which of them a reader may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.desk import Desk, Invalid, Problem
from db.desk.extracts.rights import BookOption
from db.language import Message, _, listed
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
from reports.report import Period, Report

Build = Callable[[Desk, str, int | None, Period], Report]
"""Called with the desk, book, unit (None: the widest scope) and period, which an untimed report ignores."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A report that can be made. ``timed``: it is of a period."""

    name: str
    title: Message
    about: Message
    timed: bool
    build: Build


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "directory",
            directory.TITLE,
            _("Everyone of a scope with their contacts, as far as you may see them."),
            False,
            directory.build,
        ),
        Kind(
            "changes",
            changes.TITLE,
            _("What was changed in a period, who asked for it and who decided."),
            True,
            changes.build,
        ),
        Kind(
            "compliance",
            compliance.TITLE,
            _("How each unit kept its deadlines: on time, late, waiting, overdue."),
            True,
            compliance.build,
        ),
        Kind(
            "access",
            access.TITLE,
            _("Who used the directory how often, and what was refused by which clause."),
            True,
            access.build,
        ),
        Kind(
            "coverage",
            coverage.TITLE,
            _("Employees without an entry, and entries without an employee."),
            False,
            coverage.build,
        ),
        Kind(
            "incomplete",
            incomplete.TITLE,
            _("Entries that lack a required field."),
            False,
            incomplete.build,
        ),
        Kind(
            "reviews",
            reviews.TITLE,
            _("How far each review is in each department, and for whom it waits."),
            True,
            reviews.build,
        ),
        Kind(
            "training",
            training.TITLE,
            _("Who was trained on which version of the rules, and who is due."),
            False,
            training.build,
        ),
        Kind(
            "stale",
            stale.TITLE,
            _("Entries unverified for long, with mail that came back or a dead number."),
            False,
            stale.build,
        ),
        Kind(
            "sync",
            sync.TITLE,
            _("Who is missing here or in WeCom, and which fields differ, as last compared."),
            False,
            sync.build,
        ),
        Kind(
            "movements",
            movements.TITLE,
            _("Who joined, moved and left, and whether it was entered in time."),
            True,
            movements.build,
        ),
        Kind(
            "receipts",
            receipts.TITLE,
            _("Every copy that was issued, and who has not acknowledged it."),
            True,
            receipts.build,
        ),
        Kind(
            "disclosures",
            disclosures.TITLE,
            _("Whose entry was asked for, what they answered, and until when it is given."),
            True,
            disclosures.build,
        ),
        Kind(
            "cases",
            cases.TITLE,
            _("What was reported, how it ended, and the sanctions and fines by the book's ladder."),
            True,
            cases.build,
        ),
        Kind(
            "ranking",
            ranking.TITLE,
            _("Which departments and people keep deadlines and have right entries."),
            True,
            ranking.build,
        ),
        Kind(
            "processing",
            processing.TITLE,
            _("What the directory holds of whom, for what, who sees it and how long, by clause."),
            False,
            processing.build,
        ),
        Kind(
            "names",
            names.TITLE,
            _("Names that would be refused today, and those that look like another one."),
            False,
            names.build,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """A report that the reader may have, of these books and units."""

    kind: Kind
    books: tuple[BookOption, ...]


def catalogue(desk: Desk) -> tuple[ReportOffer, ...]:
    """The reports that the reader of ``desk`` may have."""
    return tuple(ReportOffer(KINDS[right.name], right.books) for right in desk.overview.reports())


def kind_named(name: str) -> Kind:
    """The report called ``name``. Raises Invalid for an unknown one."""
    if name not in KINDS:
        raise Invalid(
            Problem(
                "report",
                _("There is no report called {name}. There are: {names}.", name=name, names=listed(KINDS)),
            )
        )
    return KINDS[name]
