"""Taking a spreadsheet's rows into a book: checked as a whole, and what comes in is whole and on record.

Whoever maintains the book imports. The host's operator may fill a book that holds nobody but its
founder, as part of setting it up; after that its entries belong to the maintainer, and IT only
supports (A.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from db.desk.authority.permissions import no_such_book, policy_of, root_of
from db.desk.entry.units import one_enters_at_a_time
from db.desk.frame import OperationGroup, operation
from db.desk.importing.begun import LOAD, NOT_BEGUN, Begun, begun
from db.desk.importing.bulk import Progress, write_plan
from db.desk.importing.columns import ImportColumn, columns_of
from db.desk.importing.outcome import BadRows, ImportReport, RowError, UnfitRows
from db.desk.importing.plan import Plan, Planner
from db.desk.importing.rows import Planned, RowReading, UnitPath
from db.desk.importing.screening import unfit_cells
from db.desk.power.declaration import LOOKS, Way, moving
from db.desk.refusal import SILENT, Refused
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.store.engine import store
from db.store.moves import Moves
from db.store.tables import Entry, Unit


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from; ``digest`` is its SHA-256."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class ImportWishes:
    """What whoever imports says besides the file: headings whose columns are ``left_out``; that people whose
    names look ``alike`` are two; ``new_units`` that are new, whatever they look like."""

    left_out: tuple[str, ...] = ()
    alike: bool = False
    new_units: tuple[str, ...] = ()


AS_IT_IS: Final = ImportWishes()
PART = 2_500
"""People who come in at a time: for a second or so nobody else writes. The fewer, the more often the pages of
search keys are written again that all units share."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file that is in order: whom it still brings, of how many ``people`` in all."""

    policy: EffectivePolicy
    entries: list[Planned]
    people: int
    report: ImportReport

    @property
    def taken(self) -> int:
        """How many of them came in."""
        return self.people - len(self.entries)


class Importing(OperationGroup):
    """Operations on spreadsheets for a book."""

    @operation("importing.columns", label=_("read an import's columns"), recorded=False, power=LOOKS)
    def columns(self, book: str, source: Source | None = None) -> tuple[ImportColumn, ...]:
        """The columns that a spreadsheet for ``book`` may have, for whoever may import it."""
        self._admit(book, begun(book, source.digest) if source is not None else NOT_BEGUN)
        return columns_of(policy_of(book))

    def check(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes = AS_IT_IS,
        source: Source | None = None,
    ) -> ImportReport:
        """Return what importing ``rows`` would do; nothing is stored. Raises Refused, or BadRows with every
        error. For the host's operator in a book in use the file is looked at alone, and not held against who
        is there (A.6)."""
        return self._look(book, rows, wishes, source, _silent, dry=True).report

    def load(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        source: Source,
        progress: Progress | None = None,
        wishes: ImportWishes = AS_IT_IS,
    ) -> ImportReport:
        """Import ``rows`` after a look at all of them. Up to `PART` people come in at once or not at all; of
        more, `PART` come in at a time, so that others write meanwhile. Each part is a transaction and a
        record of its own; where the rest does not follow, the same file goes on from there. Raises Refused,
        or BadRows with every error."""
        progress = progress or _silent
        looked: _Looked | None = None
        if len(rows) > PART:
            looked = self._look(book, rows, wishes, source, progress, dry=False)
            rows = ()  # whoever handed them over keeps none: they take as much memory as all that follows
        own: list[range] = []
        while looked is None or looked.entries:
            looked = self._take(book, rows, wishes, source, progress, looked, own)
            progress("taken", looked.taken, looked.people)
        return looked.report

    @operation("importing.check", label=_("check an import"), recorded=False, power=LOOKS)
    def _look(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes,
        source: Source | None,
        progress: Progress,
        *,
        dry: bool,
    ) -> _Looked:
        if not dry:
            self.act.called = LOAD
        return self._find(book, rows, wishes, source, progress, dry=dry)[0]

    @operation(
        LOAD,
        label=_("import entries"),
        recorded=True,
        power=moving(Moves.ENTRY, Moves.REACH, Moves.GIVEN, Moves.ROLE, Moves.CODE, Moves.DUTY, way=Way.TOLD),
    )
    def _take(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes,
        source: Source,
        progress: Progress,
        looked: _Looked | None,
        own: list[range],
    ) -> _Looked:
        """Let the next `PART` people come in, of ``rows`` or of what is ``looked`` at already and is held
        against the record as it is by now. ``own`` are the entries of the parts before, and of this one
        afterwards."""
        one_enters_at_a_time(book)
        if looked is None:
            looked, plan = self._find(book, rows, wishes, source, progress, dry=False)
            policy, first_load = looked.policy, looked.report.first_load
        else:
            first_load = self._admit(book, Begun(looked.taken, looked.report.first_load))
            policy = policy_of(book)
            if policy != looked.policy:
                raise Refused(
                    _("The regulations of the book were changed meanwhile."),
                    policy.maintainer.clause,
                    _("Import the same file again; it goes on from there."),
                )
            planner = Planner(
                book, policy, root_of(book), alike=wishes.alike, own=own, new_units=wishes.new_units
            )
            plan = planner.plan(looked.entries[:PART])
            _raise(plan.errors, self._denied(policy, plan, first_load))
        before, people = looked.taken, looked.people

        def told(phase: str, done: int, _of: int) -> None:
            progress(phase, before + done, people)

        own.append(write_plan(book, policy, plan, source.name, told))
        self.act.note_facts(
            book=book,
            clause=policy.maintainer.clause,
            file=source.name,
            digest=source.digest,
            entries=len(plan.entries),
            units=len(plan.new_units),
            first_load=first_load,
        )
        left = replace(looked, entries=looked.entries[PART:])
        if people > PART:
            self.act.note_facts(taken=left.taken, of=people)
        return left

    def _find(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes,
        source: Source | None,
        progress: Progress,
        *,
        dry: bool,
    ) -> tuple[_Looked, Plan]:
        """What is in a file, all of it in order, but for what came in already when it was imported before and
        broken off."""
        came = begun(book, source.digest) if source is not None else NOT_BEGUN
        alone = dry and self._is_operators(book) and not _is_new(book) and not came.people
        if alone:
            self.act.note_facts(book=book)
        first_load = not alone and self._admit(book, came)
        progress("read", 0, len(rows))
        policy = policy_of(book)
        roots = (Unit.get_by_id(root_of(book)).name, store().settings.organisation)
        reading = RowReading(policy, store().settings.phone_region, roots, wishes.left_out)
        entries = reading.read(rows)
        coming = _in_order(entries)[came.people :]
        progress("check", 0, len(rows))
        planner = Planner(book, policy, root_of(book), alone, wishes.alike, (), wishes.new_units)
        plan = planner.plan(sorted(coming, key=attrgetter("row")))
        unfit = list(unfit_cells(policy, plan.entries, reading.untaken))
        said = {(error.row, error.column) for error in unfit}
        wrong = [error for error in reading.errors + plan.errors if (error.row, error.column) not in said]
        _raise(wrong, [*unfit, *self._denied(policy, plan, first_load)], reading.known)
        for entry in coming:  # a later part finds on record what one row said of its unit
            entry.unit_region = plan.regions.get(entry.unit, entry.unit_region)
            entry.unit_kind = plan.unit_kinds.get(entry.unit, entry.unit_kind)
        matched = planner.departments.matched
        report = _report(book, plan, reading, matched, first_load, alone, came.people)
        return _Looked(policy, coming, len(entries), report), plan

    def _admit(self, book: str, came: Begun = NOT_BEGUN) -> bool:
        """Whether this is the first load, or goes on with one. Raises Refused for whoever may
        not import."""
        if book not in self.permissions.books:
            raise no_such_book()
        self.act.note_facts(book=book)
        policy = policy_of(book)
        first_load = came.first_load or _is_new(book)
        if self.permissions.keeps_book(book):
            return first_load
        if self._is_operators(book):
            if first_load and came.account in (None, self.act.actor.account):
                return True
            raise Refused(
                _("The book is in use; the host's operator no longer imports into it."),
                policy.denial("create") or policy.maintainer.clause,
                _("Let someone who maintains the book run it: `mingce import … --login LOGIN`."),
            )
        denied = [policy.denial("create", role) for role in sorted(self.permissions.roles(book))]
        raise Refused(
            _("Only those who maintain the whole book import into it."),
            next(filter(None, denied), policy.maintainer.clause),
            _("Ask them to import the file."),
        )

    def _denied(self, policy: EffectivePolicy, plan: Plan, first_load: bool) -> list[RowError]:
        """Rows for which the regulations want somebody else's decision, in a book in use."""
        if first_load:
            return []
        given = [] if self.act.actor.front == "host" else _offices(policy, plan)
        return [*_structure(policy, plan), *given]

    def _is_operators(self, book: str) -> bool:
        """Whether it is the host's operator who asks, and nobody who keeps the book."""
        technical = {policy_of(book).technical.role, "admin"} if book in self.permissions.books else set()
        at_host = self.act.actor.front == "host" and not self.permissions.keeps_book(book)
        return at_host and bool(self.permissions.roles(book) & technical)


def _in_order(entries: Sequence[Planned]) -> list[Planned]:
    """In which order people come in: in parts colleagues before whoever names one of them as inside owner,
    and those of a unit together, as they lie in the tables of search."""
    if len(entries) <= PART:
        return list(entries)
    return sorted(entries, key=lambda entry: (entry.side != "internal", entry.unit))


def _raise(wrong: Sequence[RowError], denied: Sequence[RowError], known: Message | None = None) -> None:
    if denied:
        raise UnfitRows([*wrong, *denied], known)
    if wrong:
        raise BadRows([*wrong], known)


def _report(
    book: str,
    plan: Plan,
    reading: RowReading,
    matched: Mapping[str, UnitPath],
    first_load: bool,
    alone: bool,
    before: int,
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
        matched=tuple((text, "/".join(path)) for text, path in matched.items()),
        alone=alone,
        before=before,
    )


def _is_new(book: str) -> bool:
    """Whether the book holds nobody but its founder, whom setting it up enters."""
    return len(Entry.select(Entry.id).where(Entry.book == book).limit(2)) < 2


def _structure(policy: EffectivePolicy, plan: Plan) -> Iterator[RowError]:
    """New units whose regulations say who approves them (I.4.2.4)."""
    clause = policy.flow("structure").clause
    if plan.new_units and clause != SILENT:
        yield RowError(
            min(entry.row for entry in plan.entries if entry.unit in plan.new_units),
            policy.field("unit").label,
            _("New units are made only after approval: {units}.",
              units=", ".join("/".join(path) for path in plan.new_units[:5])),
            _("Ask for each unit first (My requests, Ask …, structure), then import again."),
            clause,
        )  # fmt: skip


def _offices(policy: EffectivePolicy, plan: Plan) -> Iterator[RowError]:
    """Rows that would give somebody an office: that takes a second office."""
    brought = {kind.id for kind in policy.kinds if kind.office is not None}
    for entry in plan.entries:
        if entry.heads or entry.kind in brought:
            yield RowError(
                entry.row,
                "",
                _("This row gives an office, which a second office decides on."),
                _("Leave it out; enter the person as a joiner, and fill the office (Offices, n there)."),
                policy.rights.clause,
            )


def _silent(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody."""
