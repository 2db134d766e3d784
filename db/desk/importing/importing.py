"""Taking a spreadsheet's rows into a book: checked as a whole, all or nothing, recorded as one act.

Whoever maintains the book imports. The host's operator may fill a book that holds nobody but its
founder, as part of setting it up; after that its entries belong to the maintainer, and IT only
supports (A.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from db.desk.authority.standing import no_such_book, policy_of, root_of
from db.desk.frame import Subject, operation
from db.desk.importing.bulk import Progress, write_plan
from db.desk.importing.columns import Column, columns_of
from db.desk.importing.outcome import BadRows, ImportReport, RowError, UnfitRows
from db.desk.importing.plan import Plan, Planner
from db.desk.importing.rows import Reading
from db.desk.importing.screening import unfit_cells
from db.desk.refusal import SILENT, Refused
from db.language import _
from db.policy.effective import EffectivePolicy
from db.store.engine import store
from db.store.tables import Entry, Unit


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from; ``digest`` is its SHA-256."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever imports says besides the file: headings whose columns are ``left_out``; that people whose
    names look ``alike`` are two."""

    left_out: tuple[str, ...] = ()
    alike: bool = False


AS_IT_IS: Final = Wishes()


class Importing(Subject):
    """Operations on spreadsheets for a book."""

    @operation("importing.columns", recorded=False)
    def columns(self, book: str) -> tuple[Column, ...]:
        """The columns that a spreadsheet for ``book`` may have."""
        self._admit(book)
        return columns_of(policy_of(book))

    @operation("importing.check", recorded=False)
    def check(self, book: str, rows: Sequence[Sequence[str]], wishes: Wishes = AS_IT_IS) -> ImportReport:
        """What importing ``rows`` would do. Raises Refused, or BadRows with every error. For the host's
        operator in a book in use the file is looked at alone, and not held against who is there (A.6)."""
        alone = self._is_operators(book) and not _is_new(book)
        if alone:
            self.act.note(book=book)
        first_load = not alone and self._admit(book)
        plan, reading = self._plan(book, rows, wishes, _silent, alone=alone, first_load=first_load)
        return self._report(book, plan, reading, first_load, alone)

    @operation("importing.load", recorded=True)
    def load(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        source: Source,
        progress: Progress | None = None,
        wishes: Wishes = AS_IT_IS,
    ) -> ImportReport:
        """Import all of ``rows``, or nothing. Raises Refused, or BadRows with every error."""
        progress = progress or _silent
        first_load = self._admit(book)
        plan, reading = self._plan(book, rows, wishes, progress, first_load=first_load)
        report = self._report(book, plan, reading, first_load)
        write_plan(book, policy_of(book), plan, source.name, progress)
        self.act.note(
            book=book,
            clause=policy_of(book).maintainer.clause,
            file=source.name,
            digest=source.digest,
            entries=report.entries,
            units=len(report.units),
            first_load=first_load,
        )
        return report

    def _admit(self, book: str) -> bool:
        """Whether this is the first load. Raises Refused for whoever may not import."""
        if book not in self.standing.books:
            raise no_such_book()
        self.act.note(book=book)
        policy = policy_of(book)
        if self.standing.keeps(book):
            return _is_new(book)
        if self._is_operators(book):
            if _is_new(book):
                return True
            raise Refused(
                _("The book is in use; the host's operator no longer imports into it."),
                policy.denial("create") or policy.maintainer.clause,
                _("Let someone who maintains the book run it: `mingce import … --login LOGIN`."),
            )
        denied = [policy.denial("create", role) for role in sorted(self.standing.roles(book))]
        raise Refused(
            _("Only those who maintain the whole book import into it."),
            next(filter(None, denied), policy.maintainer.clause),
            _("Ask them to import the file."),
        )

    def _is_operators(self, book: str) -> bool:
        """Whether it is the host's operator who asks, and nobody who keeps the book."""
        technical = {policy_of(book).technical.role, "admin"} if book in self.standing.books else set()
        at_host = self.act.actor.front == "host" and not self.standing.keeps(book)
        return at_host and bool(self.standing.roles(book) & technical)

    def _plan(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: Wishes,
        progress: Progress,
        *,
        first_load: bool,
        alone: bool = False,
    ) -> tuple[Plan, Reading]:
        progress("read", 0, len(rows))
        policy = policy_of(book)
        root = root_of(book)
        roots = (Unit.get_by_id(root).name, store().settings.organisation)
        reading = Reading(policy, store().settings.phone_region, roots, wishes.left_out)
        entries = reading.read(rows)
        progress("check", 0, len(rows))
        plan = Planner(book, policy, root, alone, wishes.alike).plan(entries)
        unfit = list(unfit_cells(policy, entries, reading.untaken))
        said = {(error.row, error.column) for error in unfit}
        wrong = [error for error in reading.errors + plan.errors if (error.row, error.column) not in said]
        denied = [*unfit, *_structure(policy, plan, first_load)]
        if denied:
            raise UnfitRows(wrong + denied, reading.known)
        if wrong:
            raise BadRows(wrong, reading.known)
        return plan, reading

    def _report(
        self, book: str, plan: Plan, reading: Reading, first_load: bool, alone: bool = False
    ) -> ImportReport:
        internal = sum(1 for entry in plan.entries if entry.side == "internal")
        return ImportReport(
            book=book,
            entries=len(plan.entries),
            internal=internal,
            external=len(plan.entries) - internal,
            units=tuple("/".join(path) for path in plan.new_units),
            heads=sum(1 for entry in plan.entries if entry.heads),
            first_load=first_load,
            passed=reading.passed,
            alone=alone,
        )


def _is_new(book: str) -> bool:
    """Whether the book holds nobody but its founder, whom setting it up enters."""
    return len(Entry.select(Entry.id).where(Entry.book == book).limit(2)) < 2


def _structure(policy: EffectivePolicy, plan: Plan, first_load: bool) -> Iterator[RowError]:
    """New units in a book in use whose regulations say who approves them (I.4.2.4)."""
    clause = policy.flow("structure").clause
    if plan.new_units and not first_load and clause != SILENT:
        yield RowError(
            min(entry.row for entry in plan.entries if entry.unit in plan.new_units),
            policy.field("unit").label,
            _("New units are made only after approval: {units}.",
              units=", ".join("/".join(path) for path in plan.new_units[:5])),
            _("Ask for each unit first (My requests, Ask …, structure), then import again."),
            clause,
        )  # fmt: skip


def _silent(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody."""
