"""What reports are made of. Drawing a report is recorded, and so is each copy that leaves (C.9.1, A.12)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Concatenate, Generic, TypeVar

from db.confined.marks import ALPHABET
from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.ranking import Ranked, rank, whole
from db.desk.disclosure_limits import tell_watch
from db.desk.entry.alike import Strange, strange_names
from db.desk.extracts.about import About, report_particulars
from db.desk.extracts.entries import DirectoryColumn, DirectoryRow, columns_of, directory
from db.desk.extracts.granted import GrantedCopy, mark_taken, open_copies
from db.desk.extracts.report_rights import (
    ADMIN,
    HEAD,
    MAINTAINER,
    OWNER,
    REPORTS,
    SUPERVISOR,
    Drawn,
    Extent,
    ReportRight,
    drawing_right,
    draws_any,
    export_clause,
    list_called,
    place_for,
    rights,
    under_password_alone,
    units_below,
)
from db.desk.frame import OperationGroup, P, R, S, operation
from db.desk.outside.drift_views import DriftRow
from db.desk.overview.access import AccessRow, access
from db.desk.overview.answers import ANSWERS, Numbers
from db.desk.overview.casebook import CaseLine, case_lines
from db.desk.overview.changes import ChangeRow, changes
from db.desk.overview.gaps import CoverageRow, IncompleteRow, coverage, incomplete
from db.desk.overview.given import DisclosureRow, disclosures
from db.desk.overview.issued import ReceiptRow, receipts
from db.desk.overview.movements import MovementRow, movements
from db.desk.overview.outlook import DeadlineOutlook, Unusual, outlook, unusual
from db.desk.overview.reviewing import (
    FoundRow,
    ReviewRow,
    StaleRow,
    TrainingRow,
    findings,
    reviews,
    stale,
    training,
)
from db.desk.overview.syncing import differences
from db.desk.overview.unreached import UnreachedRow, unreached
from db.desk.power.declaration import LOOKS, moving
from db.desk.privacy.processing import ProcessingRow, clause_of, processing
from db.desk.refusal import Invalid, Problem
from db.desk.tasks.deadlines import Deadlines, deadlines
from db.language import Message, _
from db.policy.schema.base import cite
from db.store.moves import Moves
from db.store.tables import Book, Unit

Row = TypeVar("Row")
CLOCKED = ("joiner", "change", "mover", "leaver")


@dataclass(frozen=True, slots=True)
class ReportRows(Generic[Row]):
    """Rows of a report with what it says of itself."""

    about: About
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DirectoryTable(ReportRows[DirectoryRow]):
    """The rows' ``values`` are in the order of ``columns``. ``granted``: the copy by which it was drawn,
    where nothing else gives a right to it."""

    columns: tuple[DirectoryColumn, ...] = ()
    granted: GrantedCopy | None = None


CONTROLS = {"coverage": "coverage-report", "incomplete": "incomplete-list", "names": "validated-entry"}
"""Reports that a safeguard of a regulation asks for."""


def report(
    name: str,
    *drawers: str,
    label: Message,
    rests_on: str = "",
    whole: bool = False,
    copies: bool = False,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """The operation that draws a report: who may (`Drawn`), and what the audit calls it."""
    REPORTS[name] = Drawn(drawers, rests_on, whole, copies)
    return operation(f"overview.{name}", label=label, recorded=True, power=LOOKS, lengthy=True)


class Overview(OperationGroup):
    """Operations that take whole tables out of a book. ``unit`` None: the widest scope of the reader."""

    @operation("overview.reports", label=_("list the reports"), recorded=False, power=LOOKS)
    def reports(self) -> tuple[ReportRight, ...]:
        """The reports the reader may draw, and of what."""
        return rights(self.permissions)

    @operation("overview.offered", label=_("ask whether there are reports"), recorded=False, power=LOOKS)
    def offered(self) -> bool:
        """Whether there is any report that the reader may draw."""
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
        return ANSWERS[report](place, first, last) if report in ANSWERS else ()

    @operation("overview.outlook", label=_("read the outlook"), recorded=False, power=LOOKS)
    def outlook(self) -> DeadlineOutlook:
        """Return what the reader's reports say in numbers, naming only those for whom something waits."""
        return outlook(self.permissions)

    @operation("overview.unusual", label=_("ask what is unlike other days"), recorded=False, power=LOOKS)
    def unusual(self) -> tuple[Unusual, ...]:
        """Who did more today or yesterday than on other days, in books whose report on access the reader may
        draw; recorded as that report where it names anybody (C.6)."""
        rows, books = unusual(self.permissions)
        for book, count in books.items():
            clause = self._clause("access", book)
            record = partial(self.act.record_beside, "overview.access", book, {"rows": count}, clause)
            self.act.with_record.append(record)
        return rows

    @report("directory", MAINTAINER, SUPERVISOR, HEAD, label=_("report: directory"), copies=True)
    def directory(self, book: str, unit: int | None = None) -> DirectoryTable:
        """Active entries within the reader's reach, protected values only as the reader's scope shows them.

        Raises Refused where the reader has no right to take a copy (A.12, C.9.1).
        """
        place = self._place("directory", book, unit)
        columns = columns_of(self.permissions, place)
        rows = directory(self.permissions, place, columns)
        self.act.note_facts(rows=len(rows))
        shown = [row.entry for row in rows if row.shown]
        self.act.with_record.append(partial(tell_watch, self.act, policy_of(book), *shown))
        granted = next(
            (one for one in open_copies(self.permissions.account, book) if one.number == place.copy), None
        )
        return DirectoryTable(self._about("directory", place), rows, columns, granted)

    @report("changes", MAINTAINER, SUPERVISOR, HEAD, label=_("report: changes"))
    def changes(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ChangeRow]:
        """Requests that were applied from ``first`` to ``last``; which fields changed, not their values."""
        place = self._place("changes", book, unit, first, last)
        return ReportRows(self._about("changes", place, first, last), changes(place, first, last))

    @report("compliance", MAINTAINER, SUPERVISOR, HEAD, ADMIN, label=_("report: deadlines"))
    def compliance(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[Deadlines]:
        """How each unit kept the deadlines that fell due from ``first`` to ``last`` (A.8, A.9, A.10)."""
        place = self._place("compliance", book, unit, first, last)
        units = units_below(book, {place.unit})
        return ReportRows(self._about("compliance", place, first, last), deadlines(book, units, first, last))

    @report("access", SUPERVISOR, ADMIN, label=_("report: access and refusals"))
    def access(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[AccessRow]:
        """Who used the book how often from ``first`` to ``last``, and what was refused (C.6)."""
        place = self._place("access", book, unit, first, last)
        narrowed = None if place.unit == root_of(book) else place.unit
        return ReportRows(self._about("access", place, first, last), access(book, narrowed, first, last))

    @report("coverage", MAINTAINER, SUPERVISOR, label=_("report: coverage"))
    def coverage(self, book: str, unit: int | None = None) -> ReportRows[CoverageRow]:
        """Active employees without an entry, and entries without an active employee (A.2)."""
        place = self._place("coverage", book, unit)
        return ReportRows(self._about("coverage", place), coverage(place))

    @report("unreached", MAINTAINER, SUPERVISOR, label=_("report: undeliverable notices and vacant offices"))
    def unreached(self, book: str, unit: int | None = None) -> ReportRows[UnreachedRow]:
        """Who is owed notices, copies or tasks and has no account, and which duties nobody has."""
        place = self._place("unreached", book, unit)
        return ReportRows(self._about("unreached", place), unreached(place))

    @report("incomplete", MAINTAINER, SUPERVISOR, HEAD, label=_("report: incomplete entries"))
    def incomplete(self, book: str, unit: int | None = None) -> ReportRows[IncompleteRow]:
        """Entries that lack a required field (A.3, A.7)."""
        place = self._place("incomplete", book, unit)
        return ReportRows(self._about("incomplete", place), incomplete(place))

    @report("reviews", MAINTAINER, SUPERVISOR, HEAD, label=_("report: reviews"), rests_on="reviews")
    def reviews(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ReviewRow]:
        """How far the reviews were that were open at some time from ``first`` to ``last``."""
        place = self._place("reviews", book, unit, first, last)
        return ReportRows(
            self._about("reviews", place, first, last), reviews(place, first, last, self.permissions)
        )

    @report("findings", MAINTAINER, SUPERVISOR, label=_("report: findings"), rests_on="reviews", whole=True)
    def findings(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[FoundRow]:
        """What inspections found that was open at some time from ``first`` to ``last`` (C.6, H.3.1)."""
        place = self._place("findings", book, unit, first, last)
        return ReportRows(self._about("findings", place, first, last), findings(place, first, last))

    @report("training", MAINTAINER, SUPERVISOR, HEAD, label=_("report: training"), rests_on="training")
    def training(self, book: str, unit: int | None = None) -> ReportRows[TrainingRow]:
        """Who was trained on which version of the rules, and who is due (F.6.2)."""
        place = self._place("training", book, unit)
        return ReportRows(self._about("training", place), training(place))

    @report("stale", MAINTAINER, SUPERVISOR, label=_("report: stale entries"), rests_on="stale")
    def stale(self, book: str, unit: int | None = None) -> ReportRows[StaleRow]:
        """Entries that may be out of date (E.14)."""
        place = self._place("stale", book, unit)
        return ReportRows(self._about("stale", place), stale(place))

    @report("sync", MAINTAINER, SUPERVISOR, label=_("report: differences from WeCom"), rests_on="sync")
    def sync(self, book: str, unit: int | None = None) -> ReportRows[DriftRow]:
        """In whom the book and the system outside differ, as the last comparison found it (G.4)."""
        place = self._place("sync", book, unit)
        return ReportRows(self._about("sync", place), differences(place))

    @report("movements", MAINTAINER, SUPERVISOR, HEAD, label=_("report: joiners, movers, leavers"))
    def movements(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[MovementRow]:
        """Who joined, moved and left, entered from ``first`` to ``last`` or waiting (A.8-A.10, I.4.2.1)."""
        place = self._place("movements", book, unit, first, last)
        return ReportRows(self._about("movements", place, first, last), movements(place, first, last))

    @report(
        "receipts",
        MAINTAINER,
        SUPERVISOR,
        OWNER,
        label=_("report: issues and receipts"),
        rests_on="editions",
        whole=True,
    )
    def receipts(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ReceiptRow]:
        """The copies of what was issued from ``first`` to ``last``, and who acknowledged them (I.4.3)."""
        place = self._place("receipts", book, unit, first, last)
        return ReportRows(self._about("receipts", place, first, last), receipts(place, first, last))

    @report("disclosures", MAINTAINER, SUPERVISOR, label=_("report: disclosures and consents"), whole=True)
    def disclosures(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[DisclosureRow]:
        """Whose consent was asked for from ``first`` to ``last``, and what was given (B.6.2)."""
        place = self._place("disclosures", book, unit, first, last)
        return ReportRows(self._about("disclosures", place, first, last), disclosures(place, first, last))

    @report("cases", MAINTAINER, SUPERVISOR, label=_("report: cases"), rests_on="cases")
    def cases(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[CaseLine]:
        """Cases reported from ``first`` to ``last``, with what was decided; none about the reader."""
        place = self._place("cases", book, unit, first, last)
        rows = case_lines(place, self.permissions.person, first, last)
        return ReportRows(self._about("cases", place, first, last), rows)

    @report("ranking", MAINTAINER, SUPERVISOR, HEAD, label=_("report: ranking"), rests_on="commendations")
    def ranking(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[Ranked]:
        """Who kept deadlines and whose entries were right, by places within ``unit`` (B.7.1)."""
        place = self._place("ranking", book, unit, first, last)
        rule = policy_of(book).commendations[0]
        rows = rank(rule, book, whole(book, place.unit), first, last)
        return ReportRows(self._about("ranking", place, first, last), rows)

    @report("processing", MAINTAINER, SUPERVISOR, ADMIN, label=_("report: record of processing"), whole=True)
    def processing(self, book: str, unit: int | None = None) -> ReportRows[ProcessingRow]:
        """What the book holds of whom, for what, who sees it and how long, by clause (PIPL 51, 55)."""
        place = self._place("processing", book, unit)
        return ReportRows(self._about("processing", place), processing(policy_of(book)))

    @report("names", MAINTAINER, SUPERVISOR, label=_("report: names to look at"))
    def names(self, book: str, unit: int | None = None) -> ReportRows[Strange]:
        """Names that would be refused today, and those that look like another one (C.8, UTS 39)."""
        place = self._place("names", book, unit)
        return ReportRows(self._about("names", place), strange_names(book, place.unit))

    @operation("overview.listed", label=_("prepare a list to be taken out"), recorded=False, power=LOOKS)
    def listed(self, sheet: str, book: str) -> About:
        """What a list of ``book`` says of itself where it is taken out (A.12, C.9.1).

        Raises Refused where the reader has no right to that, Invalid for a list that never leaves.
        """
        report = list_called(sheet)
        return self._about(report, self._place(report, book, None))

    @operation("overview.mark", label=_("mark a copy"), recorded=False, power=LOOKS)
    def mark(self) -> str:
        """A new mark for a copy: eight characters that a finder of the copy can read out."""
        letters = "".join(secrets.choice(ALPHABET) for _each in range(8))
        return f"{letters[:4]}-{letters[4:]}"

    @operation("overview.export", label=_("take a report out"), recorded=True, power=moving(Moves.GIVEN))
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
        """Record that a copy leaves: the digest of its content and the mark that names its reader.

        Raises Refused where the reader has no right to the report, or it has to be ``encrypted`` and is not
        (D.4), Invalid for one that does not exist.
        """
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

    def _place(
        self, report: str, book: str, unit: int | None, first: date | None = None, last: date | None = None
    ) -> Extent:
        if drawing_right(report) is None:
            raise Invalid(Problem("report", _("There is no report called {name}.", name=report)))
        if first is not None and last is not None and last < first:
            raise Invalid(Problem("period", _("The period ends before it begins.")))
        known = unit is None or Unit.get_or_none((Unit.id == unit) & (Unit.book == book)) is not None
        if Book.get_or_none(Book.id == book) is not None:
            self.act.note_facts(book=book, unit=unit if known else None, report=report)
        place = place_for(self.permissions, report, book, unit if known else -1)
        self.act.note_facts(book=book, unit=place.unit, clause=self._clause(report, book))
        if first is not None:
            self.act.note_facts(parameters={"first": str(first), "last": str(last)})
        return place

    def _about(
        self, report: str, place: Extent, first: date | None = None, last: date | None = None
    ) -> About:
        made = report_particulars(self.permissions, place, self._clause(report, place.book), first, last)
        if report != "compliance":
            return made
        clauses = [duty.clause for duty in policy_of(place.book).duties if duty.kind in CLOCKED]
        return replace(made, clause=", ".join(dict.fromkeys(clauses)) or made.clause)

    def _clause(self, report: str, book: str) -> str:
        policy = policy_of(book)
        right = drawing_right(report)
        if report == "changes" or (right is not None and right.copies):
            return export_clause(policy)
        if report == "movements":
            return cite(*(policy.flow(kind).clause for kind in ("join", "move", "leave")))
        if report == "disclosures":
            return policy.disclosure.clause
        if report == "processing":
            return clause_of(policy)
        if right is not None and right.rests_on and (rules := getattr(policy, right.rests_on)):
            return cite(*(rule.clause for rule in (rules if isinstance(rules, tuple) else (rules,))))
        control = CONTROLS.get(report)
        rule = policy.control(control) if control else None
        return rule.clause if rule is not None else policy.supervisor.clause
