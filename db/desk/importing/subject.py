"""Taking a spreadsheet's rows into a book: checked as a whole, all or nothing, recorded as one act.

Whoever maintains the book imports. The host's operator may fill a book that holds nobody but its
founder, as part of setting it up; after that its entries belong to the maintainer, and IT only
supports (A.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.frame import Subject, operation
from db.desk.importing.bulk import Progress, write_plan
from db.desk.importing.columns import Column, columns_of
from db.desk.importing.outcome import BadRows, ImportReport, UnfitRows
from db.desk.importing.plan import Plan, Planner
from db.desk.importing.rows import Reading
from db.desk.importing.screening import unfit_cells
from db.desk.refusal import SILENT, Refused
from db.desk.standing import no_such_book, policy_of, root_of
from db.language import _
from db.store.engine import store
from db.store.tables import Entry, Unit


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from; ``digest`` is its SHA-256."""

    name: str
    digest: str


class Importing(Subject):
    """Operations on spreadsheets for a book."""

    @operation("importing.columns", recorded=False)
    def columns(self, book: str) -> tuple[Column, ...]:
        """The columns that a spreadsheet for ``book`` may have."""
        self._admit(book)
        return columns_of(policy_of(book))

    @operation("importing.check", recorded=False)
    def check(self, book: str, rows: Sequence[Sequence[str]]) -> ImportReport:
        """What importing ``rows`` (headings first) would do. Raises Refused, or BadRows with every error."""
        first_load = self._admit(book)
        plan = self._plan(book, rows, _silent)
        _check_structure(book, plan, first_load)
        return self._report(book, plan, first_load)

    @operation("importing.load", recorded=True)
    def load(
        self, book: str, rows: Sequence[Sequence[str]], source: Source, progress: Progress | None = None
    ) -> ImportReport:
        """Import all of ``rows``, or nothing. Raises Refused, or BadRows with every error."""
        progress = progress or _silent
        first_load = self._admit(book)
        plan = self._plan(book, rows, progress)
        _check_structure(book, plan, first_load)
        report = self._report(book, plan, first_load)
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
        # Setting a book up makes one entry: its founder's.
        is_new = len(Entry.select(Entry.id).where(Entry.book == book).limit(2)) < 2
        if self.standing.keeps(book):
            return is_new
        technical = self.standing.roles(book) & {policy.technical.role, "admin"}
        if self.act.actor.front == "host" and technical:
            if is_new:
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

    def _plan(self, book: str, rows: Sequence[Sequence[str]], progress: Progress) -> Plan:
        progress("read", 0, len(rows))
        policy = policy_of(book)
        root = root_of(book)
        reading = Reading(policy, store().settings.phone_region, Unit.get_by_id(root).name)
        entries = reading.read(rows)
        progress("check", 0, len(rows))
        plan = Planner(book, policy, root).plan(entries)
        unfit = list(unfit_cells(policy, entries, reading.untaken))
        said = {(error.row, error.column) for error in unfit}
        wrong = [error for error in reading.errors + plan.errors if (error.row, error.column) not in said]
        errors = wrong + unfit
        if errors:
            raise UnfitRows(errors) if unfit else BadRows(errors)
        return plan

    def _report(self, book: str, plan: Plan, first_load: bool) -> ImportReport:
        internal = sum(1 for entry in plan.entries if entry.side == "internal")
        return ImportReport(
            book=book,
            entries=len(plan.entries),
            internal=internal,
            external=len(plan.entries) - internal,
            units=tuple("/".join(path) for path in plan.new_units),
            heads=sum(1 for entry in plan.entries if entry.heads),
            first_load=first_load,
        )


def _check_structure(book: str, plan: Plan, first_load: bool) -> None:
    """Refuse new units in a book in use whose regulations say who approves them (I.4.2.4)."""
    clause = policy_of(book).flow("structure").clause
    if plan.new_units and not first_load and clause != SILENT:
        raise Refused(
            _("New units are made only after approval: {units}.",
              units=", ".join("/".join(path) for path in plan.new_units[:5])),
            clause,
            _("Ask for each unit first (My requests, Ask …, structure), then import again."),
        )  # fmt: skip


def _silent(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody."""
