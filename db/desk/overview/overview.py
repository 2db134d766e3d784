"""What reports are made of. Drawing a report is recorded, and so is each copy that leaves (C.9.1, A.12)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from db.confined.marks import ALPHABET
from db.desk.authority.permissions import policy_of
from db.desk.disclosure_limits import tell_watch
from db.desk.due_dates import today
from db.desk.entry.alike import Strange, strange_names
from db.desk.extracts.about import About
from db.desk.extracts.drawing import ReportGroup, ReportRows, report, report_clause
from db.desk.extracts.entries import DirectoryColumn, DirectoryRow, columns_of, directory, directory_numbers
from db.desk.extracts.granted import GrantedCopy, mark_taken, open_copies
from db.desk.extracts.report_rights import (
    ADMIN,
    HEAD,
    MAINTAINER,
    REPORTS,
    SUPERVISOR,
    Extent,
    Numbers,
    ReportRight,
    draws_any,
    export_clause,
    list_called,
    place_for,
    rights,
    under_password_alone,
    units_below,
)
from db.desk.frame import operation
from db.desk.overview.access import AccessRow, access, refusal_numbers
from db.desk.overview.changes import ChangeRow, changes
from db.desk.overview.gaps import CoverageRow, IncompleteRow, coverage, incomplete
from db.desk.overview.given import DisclosureRow, disclosure_numbers, disclosures
from db.desk.overview.movements import MovementRow, movement_numbers, movements
from db.desk.overview.outlook import DeadlineOutlook, Unusual, outlook, unusual_people
from db.desk.overview.unreached import UnreachedRow, unreached
from db.desk.power.declaration import LOOKS, power_over
from db.desk.privacy.processing import ProcessingRow, clause_of, processing
from db.desk.refusal import Refused
from db.desk.tasks.deadlines import Deadlines, deadlines
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite
from db.store.moves import Moves

CLOCKED = ("joiner", "change", "mover", "leaver")


@dataclass(frozen=True, slots=True)
class DirectoryTable(ReportRows[DirectoryRow]):
    """The rows' ``values`` are in the order of ``columns``. ``granted``: the copy by which it was drawn,
    where nothing else gives a right to it."""

    columns: tuple[DirectoryColumn, ...] = ()
    granted: GrantedCopy | None = None


def _of_deadlines(place: Extent, first: date, last: date) -> Numbers:
    """Count what is overdue now, what was kept, what came to its end, and in a period that holds today what
    was due before it and still is open: on the first of a month everybody late is of the month before."""
    units = units_below(place.book, {place.unit})
    rows = deadlines(place.book, units, first, last, hidden=place.hidden_tasks)
    overdue, kept = sum(row.overdue for row in rows), sum(row.on_time for row in rows)
    ended = overdue + kept + sum(row.late for row in rows)
    if not first <= today() <= last:
        return overdue, kept, ended, 0
    before = first - timedelta(days=1)
    late = deadlines(place.book, units, date.min, before, hidden=place.hidden_tasks, still_open=True)
    return overdue, kept, ended, sum(row.overdue for row in late)


def _of_movements(policy: EffectivePolicy) -> str:
    return cite(*(policy.flow(kind).clause for kind in ("join", "move", "leave")))


class Overview(ReportGroup):
    """Operations that take whole tables out of a book. ``unit`` None: the widest scope of the reader."""

    @operation("overview.reports", label=_("list the reports"), recorded=False, power=LOOKS)
    def reports(self) -> tuple[ReportRight, ...]:
        return rights(self.permissions)

    @operation("overview.offered", label=_("ask whether there are reports"), recorded=False, power=LOOKS)
    def offered(self) -> bool:
        return draws_any(self.permissions)

    @operation(
        "overview.answer",
        label=_("count what a report comes to"),
        recorded=False,
        power=LOOKS,
    )
    def answer(self, report: str, book: str, unit: int | None, first: date, last: date) -> Numbers:
        """Return a report's numbers, naming nobody. Raises Refused where the reader may not draw it."""
        place = place_for(self.permissions, report, book, unit)
        return REPORTS[report].numbers(place, first, last)

    @operation("overview.outlook", label=_("read the outlook"), recorded=False, power=LOOKS)
    def outlook(self) -> DeadlineOutlook:
        """Return how deadlines are kept, this month and before, in the units whose reports the reader may
        draw, naming only those for whom overdue work waits."""
        return outlook(self.permissions)

    @operation("overview.unusual", label=_("ask what is unlike other days"), recorded=False, power=LOOKS)
    def unusual(self) -> tuple[Unusual, ...]:
        """Return who did more today or yesterday than on other days, in books whose report on access the
        reader may draw; recorded as that report in each book of which it names anybody (C.6)."""
        rows, books = unusual_people(self.permissions)
        for book, count in books.items():
            clause = report_clause("access", policy_of(book))
            record = partial(self.act.record_beside, "overview.access", book, {"rows": count}, clause)
            self.act.with_record.append(record)
        return rows

    @report("directory", _("Directory"), MAINTAINER, SUPERVISOR, HEAD, copies=True, numbers=directory_numbers)
    def directory(self, book: str, unit: int | None = None) -> DirectoryTable:
        """Return active entries within the reader's reach, protected values only as the reader's scope shows
        them; these are recorded as shown, and the watch is notified beyond its limit. Raises Refused without
        a right to take a copy (A.12, C.9.1), and for a granted copy of which the reader sees nobody."""
        place = self._place("directory", book, unit)
        columns = columns_of(self.permissions, place)
        rows = directory(self.permissions, place, columns)
        if place.copy is not None and not place.beyond and not rows:
            raise Refused(
                _("Nobody there is within your reach."),
                policy_of(book).out_of_reach,
                _("Take your copy without a unit, or of one whose people you see."),
            )
        self.act.note_facts(rows=len(rows))
        shown = [row.entry for row in rows if row.shown]
        self.act.with_record.append(partial(tell_watch, self.act, policy_of(book), *shown))
        granted = next(
            (one for one in open_copies(self.permissions.account, book) if one.number == place.copy), None
        )
        return DirectoryTable(self._about("directory", place), rows, columns, granted)

    @report(
        "changes", _("Changes"), MAINTAINER, SUPERVISOR, HEAD, clause=export_clause,
        numbers=lambda place, *days: (len(changes(place, *days)),),
    )  # fmt: skip
    def changes(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ChangeRow]:
        """Return requests that were applied from ``first`` to ``last``; which fields changed, not their
        values."""
        return self._draw("changes", changes, book, unit, first, last)

    @report("compliance", _("Deadlines"), MAINTAINER, SUPERVISOR, HEAD, ADMIN, numbers=_of_deadlines)
    def compliance(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[Deadlines]:
        """Count how each unit kept the deadlines due from ``first`` to ``last`` (A.8, A.9, A.10)."""
        place = self._place("compliance", book, unit, first, last)
        units = units_below(book, {place.unit})
        about, duties = self._about("compliance", place, first, last), policy_of(book).duties
        clauses = [duty.clause for duty in duties if duty.kind in CLOCKED]
        about = replace(about, clause=cite(*clauses) if clauses else about.clause)
        return ReportRows(about, deadlines(book, units, first, last, hidden=place.hidden_tasks))

    @report("access", _("Access and refusals"), SUPERVISOR, ADMIN, numbers=refusal_numbers)
    def access(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[AccessRow]:
        """Count who used the book how often from ``first`` to ``last``, and what was refused (C.6)."""
        return self._draw("access", access, book, unit, first, last)

    @report(
        "coverage", _("Coverage"), MAINTAINER, SUPERVISOR, control="coverage-report",
        numbers=lambda place, *_days: (len(coverage(place)),),
    )  # fmt: skip
    def coverage(self, book: str, unit: int | None = None) -> ReportRows[CoverageRow]:
        """Find active employees without an entry, and entries without an active employee (A.2)."""
        return self._draw("coverage", coverage, book, unit)

    @report(
        "unreached", _("Undeliverable notices and vacant offices"), MAINTAINER, SUPERVISOR,
        numbers=lambda place, *_days: (len(unreached(place)),),
    )  # fmt: skip
    def unreached(self, book: str, unit: int | None = None) -> ReportRows[UnreachedRow]:
        """Find who is owed notices, copies or tasks and has no account, and which duties nobody has."""
        return self._draw("unreached", unreached, book, unit)

    @report(
        "incomplete", _("Incomplete entries"), MAINTAINER, SUPERVISOR, HEAD, control="incomplete-list",
        numbers=lambda place, *_days: (len(incomplete(place)),),
    )  # fmt: skip
    def incomplete(self, book: str, unit: int | None = None) -> ReportRows[IncompleteRow]:
        """Find entries that lack a required field (A.3, A.7)."""
        return self._draw("incomplete", incomplete, book, unit)

    @report(
        "movements", _("Joiners, movers, leavers"), MAINTAINER, SUPERVISOR, HEAD, clause=_of_movements,
        numbers=movement_numbers,
    )  # fmt: skip
    def movements(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[MovementRow]:
        """Return who joined, moved and left, entered in the period or waiting (A.8-A.10, I.4.2.1)."""
        return self._draw("movements", movements, book, unit, first, last)

    @report(
        "disclosures",
        _("Disclosures and consents"),
        MAINTAINER,
        SUPERVISOR,
        whole=True,
        clause=lambda policy: policy.disclosure.clause,
        numbers=disclosure_numbers,
    )
    def disclosures(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[DisclosureRow]:
        """Return whose consent was asked for from ``first`` to ``last``, and what was given (B.6.2)."""
        return self._draw("disclosures", disclosures, book, unit, first, last)

    @report(
        "processing", _("Record of processing"), MAINTAINER, SUPERVISOR, ADMIN, whole=True, clause=clause_of,
        numbers=lambda place, *_days: (len(processing(policy_of(place.book))),),
    )  # fmt: skip
    def processing(self, book: str, unit: int | None = None) -> ReportRows[ProcessingRow]:
        """Return what the book holds of whom, for what, who sees it, how long, by clause (PIPL 51, 55)."""
        return self._draw("processing", lambda place: processing(policy_of(place.book)), book, unit)

    @report(
        "names", _("Names to look at"), MAINTAINER, SUPERVISOR, control="validated-entry",
        numbers=lambda place, *_days: (len(strange_names(place.book, place.unit)),),
    )  # fmt: skip
    def names(self, book: str, unit: int | None = None) -> ReportRows[Strange]:
        """Find names that would be refused today, and those that look like another one (C.8, UTS 39)."""
        return self._draw("names", lambda place: strange_names(place.book, place.unit), book, unit)

    @operation("overview.listed", label=_("prepare a list to be taken out"), recorded=False, power=LOOKS)
    def listed(self, sheet: str, book: str) -> About:
        """Return what a list of ``book`` says of itself where it is taken out (A.12, C.9.1). Raises Refused
        where the reader has no right to that, Invalid for a list that never leaves."""
        report = list_called(sheet)
        return self._about(report, self._place(report, book, None))

    @operation("overview.mark", label=_("mark a copy"), recorded=False, power=LOOKS)
    def mark(self) -> str:
        """Return a new random mark for a copy: eight characters that a finder of the copy can read out.
        Stores nothing."""
        letters = "".join(secrets.choice(ALPHABET) for _each in range(8))
        return f"{letters[:4]}-{letters[4:]}"

    @operation("overview.export", label=_("take a report out"), recorded=True, power=power_over(Moves.GIVEN))
    def export(
        self,
        report: str,
        book: str,
        unit: int | None,
        *,
        format: str,
        sha256: str,
        size: int,
        rows: int,
        mark: str,
        parameters: Mapping[str, str],
        encrypted: bool = False,
    ) -> None:
        """Record that a copy leaves: the digest of its content and the mark that names its reader. A granted
        copy is marked as taken. Raises Refused where the reader has no right to the report, or it has to be
        ``encrypted`` and is not (D.4), Invalid for one that does not exist."""
        place = self._place(report, book, unit)
        copies = policy_of(book).copies
        if copies.encrypted and not encrypted:
            raise under_password_alone(copies.clause)
        if place.copy is not None:
            mark_taken(place.copy, mark)
            self.act.note_facts(copy=place.copy)
        self.act.note_facts(
            report=report,
            format=format,
            sha256=sha256,
            size=size,
            rows=rows,
            mark=mark,
            parameters=dict(parameters),
        )
