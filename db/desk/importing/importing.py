"""Taking a spreadsheet's rows into a book: checked as a whole, and what comes in is whole and on record.

Whoever maintains the book imports. The host's operator may fill a book that holds nobody but its
founder, as part of setting it up; after that its entries belong to the maintainer, and IT only
supports (A.6).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from db.desk.authority.permissions import policy_of, root_of
from db.desk.entry.units import lock_entering
from db.desk.frame import OperationGroup, operation
from db.desk.importing.begun import (
    LOAD,
    NOT_BEGUN,
    SUBMIT,
    VIEW,
    Begun,
    begun_import,
    kind_of,
    matched_by,
    was_cut,
)
from db.desk.importing.bulk import Progress, write_plan
from db.desk.importing.columns import ImportColumn, columns_of, heading_row, match_keys
from db.desk.importing.on_record import check_agreed, count_said, find_persons, hands_of, note_questions
from db.desk.importing.outcome import BadRows, ImportReport, ImportView, RowError, UnfitRows, hidden_row
from db.desk.importing.plan import Plan, Planner
from db.desk.importing.row_view import Examined, report_of, view_of
from db.desk.importing.rows import Planned, RowReading
from db.desk.importing.screening import given_offices, undecided_units, unfit_cells
from db.desk.power.declaration import LOOKS, Asked, Power, SaidLine, Way
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.flow import no_such_request
from db.desk.requests.payload import open_payload
from db.desk.requests.power_arguments import from_json
from db.desk.requests.proposing import clause_of_keeping
from db.desk.requests.recognising import tell_bound
from db.desk.requests.request_approvers import RequestApprovers
from db.language import Message, _, _n
from db.policy.effective import EffectivePolicy
from db.store.engine import store
from db.store.moves import Moves
from db.store.progress import tell_progress
from db.store.tables import Book, Entry, Request, Unit


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from; ``digest`` is its SHA-256, ``hidden`` are rows that it does not show,
    ``sheets`` others of its sheets that hold people and are not read."""

    name: str = ""
    digest: str = ""
    hidden: tuple[int, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportWishes:
    """What whoever imports says besides the file: headings whose columns are ``left_out``; that people whose
    names look ``alike`` are two; ``new_units`` that are new, whatever they look like; ``without_rest``: that
    columns go unread that the book has no place for; ``match``: by which field people are known to be the
    same, besides their names (`match_keys`); unsaid, it is what was said last of such a file."""

    left_out: tuple[str, ...] = ()
    alike: bool = False
    new_units: tuple[str, ...] = ()
    without_rest: bool = False
    match: str = ""


AS_IT_IS: Final = ImportWishes()
NOBODY_NEW: Final = _("Nobody in this file is new.")
COMES_IN: Final = frozenset({Moves.ENTRY, Moves.REACH, Moves.GIVEN, Moves.ROLE, Moves.CODE, Moves.DUTY})
"""What an import may move: people come in, and units with them."""
PART = 2_500
"""People who come in at a time: for a second or so nobody else writes. The fewer, the more often the pages of
search keys are written again that all units share."""
SUBMITTED = 10_000
"""Rows of a file that a second keeper decides on. They come in at once: for 4 s or so nobody else writes."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file that is in order: whom it still brings, of how many ``people`` in all; ``cut``: what it is known
    by that came in without some of its columns (`begun.kind_of`); ``matched``: by what its people are
    matched, with the same."""

    policy: EffectivePolicy
    entries: list[Planned]
    people: int
    report: ImportReport
    cut: str = ""
    matched: str = ""

    @property
    def taken(self) -> int:
        """How many of the ``people`` came in before."""
        return self.people - len(self.entries)


def _tell_beside(_phase: str, done: int, of: int) -> None:
    """Pass progress on to the process that waits beside the session."""
    tell_progress(done, of)


@dataclass(frozen=True, slots=True)
class _Given:
    """The rows of a file, as they were given."""

    rows: Sequence[Sequence[str]]
    wishes: ImportWishes
    source: Source


def _said_lines(asked: Asked) -> tuple[SaidLine, ...]:
    """Return the lines that approvers of an import read before the rows; for the notified only the
    directory."""
    row = Book.get_or_none(Book.id == asked["book"])
    said = [SaidLine(_("directory"), "", row.title if row is not None else "")]
    if row is not None and asked.keys() >= {"source", "rows"}:
        policy, match = policy_of(row.id), asked.get("wishes", {}).get("match", "")
        count = RowReading(policy, "", (), without_rest=True, match=match).count(asked["rows"])
        file = _n(
            "{file}, {count} person; v shows them",
            "{file}, {count} people; v shows them",
            count=count,
            file=asked["source"]["name"],
        )
        said.append(SaidLine(_("file"), "", file))
        if named := count_said(policy, asked["rows"]):
            who = _("{count}, named by their account: one person with its owner", count=named)
            said.append(SaidLine(_("people on record"), "", who))
    return tuple(said)


class Importing(OperationGroup):
    """Operations on spreadsheets for a book."""

    @operation("importing.columns", label=_("read an import's columns"), recorded=False, power=LOOKS)
    def columns(self, book: str, source: Source | None = None) -> tuple[ImportColumn, ...]:
        """Return the columns that a spreadsheet for ``book`` may have. Raises Refused for non-importers."""
        self._admit(book, begun_import(book, source.digest) if source is not None else NOT_BEGUN)
        return columns_of(policy_of(book))

    def check(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes = AS_IT_IS,
        source: Source | None = None,
    ) -> ImportReport:
        """Return what importing ``rows`` would do; nothing is stored. For the host's operator, a book in use
        is not compared with the file, which is checked against the regulations alone (A.6). Raises Refused,
        or BadRows with every error."""
        return self._look(book, _Given(rows, wishes, source or Source()), _tell_beside, dry=True).report

    @operation(VIEW, label=_("look at an import row by row"), recorded=True, power=LOOKS, lengthy=True)
    def view(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        wishes: ImportWishes = AS_IT_IS,
        hidden: Collection[int] = (),
    ) -> ImportView:
        """Return every row of a file with what is wrong with it, and the columns that its headings are taken
        for. Nothing is stored; recorded with the number of people on record that it shows. Raises Refused for
        those who may not import."""
        first_load = self._admit(book)
        given = _Given(rows, wishes, Source(hidden=tuple(hidden)))
        return self._build_view(self._examine(book, given, alone=False, first_load=first_load), book)

    @operation("importing.asked", label=_("look at an import that was asked for"), recorded=True, power=LOOKS)
    def asked(self, request: int) -> ImportView:
        """Decrypt an import that waits for the actor's decision, or that they decided or asked for, and
        return its rows as `view` does. Refused alike for any other request and for none."""
        row, account = Request.get_or_none(Request.id == request), self.permissions.account
        approvers = RequestApprovers()
        if row is None or not (
            row.requester_id == account
            or approvers.capacity(row, account)
            or approvers.decided(row, self.permissions)
        ):
            raise no_such_request()
        asks = open_payload(row)
        if asks.get("operation") != SUBMIT:
            raise no_such_request()
        self.act.note_facts(book=row.book_id, request=request)
        said = from_json(SUBMIT, asks["arguments"])
        given = _Given(said["rows"], said["wishes"], said["source"])
        alone = not self.permissions.keeps_book(row.book_id)
        found = self._examine(row.book_id, given, alone=alone, first_load=True)
        return self._build_view(found, None if alone else row.book_id)

    def _build_view(self, found: Examined, book: str | None) -> ImportView:
        """Return the view of a file, compared with ``book`` where its reader keeps it, and note for the audit
        how many people on record that shows."""
        view = view_of(found, book)
        if found.matched_by:
            self.act.note_facts(matched=found.matched_by)
        self.act.note_facts(
            rows=len(view.lines), entries=view.count("same") + view.count("changed") + view.count("gone")
        )
        return view

    @operation(
        SUBMIT,
        label=_("import a file that a second keeper agreed to"),
        recorded=True,
        power=Power(COMES_IN, Way.TWO, says=_said_lines, by_keeper=True),
    )
    def submit_file(
        self, book: str, rows: Sequence[Sequence[str]], source: Source, wishes: ImportWishes = AS_IT_IS
    ) -> ImportReport:
        """Import ``rows``, all or none, once somebody else who keeps the book has agreed; persons on record
        whom they name are notified, with their watchers. The match key and the left-out columns stay as they
        were when the file was submitted; left-out cells are not kept with the request. Raises Refused;
        BadRows with every error; Invalid for too many rows or none that are new; Overtaken where the file no
        longer fits the record once it was agreed to."""
        if len(rows) > SUBMITTED:
            told = _("More than {count} rows come in by the host's command alone.", count=SUBMITTED)
            raise Invalid(Problem("file", told))
        try:
            looked = self._bring_in(book, _Given(rows, wishes, source), _tell_beside, None, [])
        except BadRows as bad:
            if self.act.second is None:
                raise
            first = bad.errors[0]
            raise self._overtaken(
                book, _("Row {row}: {reason}", row=first.row, reason=first.reason)
            ) from None
        match, report = looked.matched.partition(" ")[0] or "name", looked.report
        wishes = replace(wishes, match=match, without_rest=wishes.without_rest or bool(looked.cut))
        self.act.asked = {**self.act.asked, "rows": report.passed.blank_unread(rows), "wishes": wishes}
        if not report.entries and self.act.second is not None:
            raise self._overtaken(book, NOBODY_NEW)
        if not report.entries:
            raise Invalid(Problem("file", NOBODY_NEW))
        return report

    def _overtaken(self, book: str, reason: Message) -> Refused:
        return Refused(
            _("The directory has changed since: {reason}", reason=reason),
            policy_of(book).maintainer.clause,
            _("Return it; the file has to be mended and submitted again."),
        )

    def load(
        self,
        book: str,
        rows: Sequence[Sequence[str]],
        source: Source,
        progress: Progress | None = None,
        wishes: ImportWishes = AS_IT_IS,
    ) -> ImportReport:
        """Import ``rows``, a heading row among them, after a check of all. Up to `PART` people come in one
        transaction, or none; more come in transactions of `PART`, each recorded and checked again, so that
        others can write between. Where a later one fails, earlier ones stay and the same file, imported
        again, goes on from there. Persons on record whom the rows name are notified, with their watchers.
        Raises Refused, or BadRows with every error."""
        given, progress = _Given(rows, wishes, source), progress or _tell_beside
        looked: _Looked | None = None
        if len(rows) > PART:
            looked = self._look(book, given, progress, dry=False)
            # Whoever handed the rows over keeps none: they take as much memory as all that follows.
            rows, given = (), replace(given, rows=())
        own: list[range] = []
        while looked is None or looked.entries:
            looked = self._bring_part_in(book, given, progress, looked, own)
            progress("taken", looked.taken, looked.people)
        return looked.report

    @operation("importing.check", label=_("check an import"), recorded=False, power=LOOKS)
    def _look(self, book: str, given: _Given, progress: Progress, *, dry: bool) -> _Looked:
        if not dry:
            self.act.called = LOAD
        return self._find(book, given, progress, dry=dry)[0]

    @operation(LOAD, label=_("import entries"), recorded=True, power=Power(COMES_IN, Way.TOLD), mass=True)
    def _bring_part_in(
        self, book: str, given: _Given, progress: Progress, looked: _Looked | None, own: list[range]
    ) -> _Looked:
        # By ``progress``, a callback, `putting_off` knows that no request keeps the rows.
        return self._bring_in(book, given, progress, looked, own)

    def _bring_in(
        self, book: str, given: _Given, progress: Progress, looked: _Looked | None, own: list[range]
    ) -> _Looked:
        """Lock the book against others who enter people, store up to `PART` people, note them for the audit,
        and notify the persons on record among them and their watchers. Return what is left of the file.
        ``looked``: what was found of the file before, checked again; None checks all of the file and imports
        it. Appends the new entries to ``own``, which holds those of earlier parts. Raises Refused, or
        BadRows."""
        lock_entering(book)
        part = PART if looked is not None else SUBMITTED
        if looked is None:
            looked, plan = self._find(book, given, progress, dry=False)
            policy, first_load = looked.policy, looked.report.first_load
        else:
            first_load = self._admit(book, Begun(looked.taken, looked.report.first_load))
            policy = policy_of(book)
            if policy != looked.policy:
                raise Refused(
                    _("The regulations of the directory were changed meanwhile."),
                    policy.maintainer.clause,
                    _("Import the same file again; it goes on from there."),
                )
            planner = Planner(
                book,
                policy,
                root_of(book),
                alike=given.wishes.alike,
                own=own,
                new_units=given.wishes.new_units,
                match=looked.matched.partition(" ")[0],
            )
            plan = planner.plan(looked.entries[:part])
            find_persons(self.act, book, plan)
            _raise(plan.errors, self._denied(policy, plan, first_load))
        before, people = looked.taken, looked.people
        check_agreed(self.act, policy, plan)

        def report_part(phase: str, done: int, _of: int) -> None:
            progress(phase, before + done, people)

        own.append(write_plan(book, policy, plan, given.source.name, report_part))
        self.act.note_facts(
            book=book,
            clause=policy.maintainer.clause,
            file=given.source.name,
            digest=given.source.digest,
            entries=len(plan.entries),
            first_entry=own[-1].start,
            units=len(plan.new_units),
            first_load=first_load,
        )
        if plan.persons:
            self.act.note_facts(recognised=len(plan.persons))
            tell_bound(book, sorted(plan.persons.values()), policy.maintainer.clause, *hands_of(self.act))
        if looked.cut:
            self.act.note_facts(without=looked.cut)
        if looked.matched:
            self.act.note_facts(matched=looked.matched)
        left = replace(looked, entries=looked.entries[part:])
        if people > part:
            self.act.note_facts(taken=left.taken, of=people)
        return left

    def _find(self, book: str, given: _Given, progress: Progress, *, dry: bool) -> tuple[_Looked, Plan]:
        """Check all of a file except the people who came in by an earlier import of it that broke off. Return
        the result and the plan. Raises Refused, or BadRows with every error."""
        came = begun_import(book, given.source.digest) if given.source.digest else NOT_BEGUN
        alone = dry and self._is_operators(book) and not _is_new(book) and not came.people
        if alone:
            self.act.note_facts(book=book)
        first_load = not alone and self._admit(book, came)
        found = self._examine(book, given, came.people, progress, alone=alone, first_load=first_load)
        reading, plan = found.reading, found.plan
        _raise(found.wrong, found.denied, reading.known)
        for entry in found.coming:  # a later part finds on record what one row said of its unit
            entry.unit_region = plan.regions.get(entry.unit, entry.unit_region)
            entry.unit_kind = plan.unit_kinds.get(entry.unit, entry.unit_kind)
        report = report_of(found, book, came.people, first_load=first_load, alone=alone)
        people = came.people + len(found.coming)
        return _Looked(reading.policy, found.coming, people, report, found.cut, found.matched_by), plan

    def _examine(
        self,
        book: str,
        given: _Given,
        before: int = 0,
        progress: Progress = _tell_beside,
        *,
        alone: bool,
        first_load: bool,
    ) -> Examined:
        """Read the rows and compare them with the record, without the first ``before`` people, who came in
        already; with ``alone`` only with the regulations. Raises Invalid."""
        rows, wishes = given.rows, given.wishes
        progress("read", 0, len(rows))
        policy = policy_of(book)
        roots = (Unit.get_by_id(root_of(book)).name, store().settings.organisation)
        kind = kind_of(rows[heading_row(rows, policy)]) if rows else ""
        rest = wishes.without_rest or was_cut(book, kind)
        region = store().settings.phone_region
        keys = [name for name, _label in match_keys(policy)]
        if wishes.match and wishes.match not in keys:
            raise Invalid(
                Problem("match", _("People are matched by one of: {names}.", names=", ".join(keys)))
            )
        match = wishes.match or matched_by(book, kind)
        reading = RowReading(policy, region, roots, wishes.left_out, without_rest=rest, match=match)
        coming = _in_order(reading.read(rows))[before:]
        progress("check", 0, len(rows))
        planner = Planner(book, policy, root_of(book), alone, wishes.alike, (), wishes.new_units, match)
        plan = planner.plan(sorted(coming, key=attrgetter("row")))
        plan.notes += [hidden_row(entry.row) for entry in plan.entries if entry.row in given.source.hidden]
        if not alone:
            find_persons(self.act, book, plan)
            note_questions(self.act, book, plan)
        unfit = list(unfit_cells(policy, plan.entries, reading.untaken))
        said = {(error.row, error.column) for error in unfit}
        wrong = [error for error in reading.errors + plan.errors if (error.row, error.column) not in said]
        coming_in = {entry.row for entry in plan.entries}
        plan.notes += [note for note in reading.notes if note.row in coming_in]
        known = {entry.row for entry, _there in plan.known}
        wrong = [error for error in wrong if error.row not in known]
        denied = [*unfit, *self._denied(policy, plan, first_load)]
        cut, matched = kind if rest else "", planner.departments.matched
        return Examined(
            reading, plan, coming, matched, wrong, denied, cut, f"{match} {kind}" if match else ""
        )

    def _admit(self, book: str, came: Begun = NOT_BEGUN) -> bool:
        """Return whether this is the first load of the book, or the rest of it, and note the book for the
        audit. Raises Refused for all who may not import."""
        self.permissions.check_book(book)
        self.act.note_facts(book=book)
        policy = policy_of(book)
        first_load = came.first_load or _is_new(book)
        if self.permissions.keeps_book(book):
            return first_load
        if self._is_operators(book):
            if first_load and came.account in (None, self.act.actor.account):
                return True
            raise Refused(
                _("The directory is in use; the host's operator no longer imports into it."),
                policy.denial("create") or policy.maintainer.clause,
                _("Let someone who maintains the directory run it: `mingce import … --login LOGIN`."),
            )
        denied = [policy.denial("create", role) for role in sorted(self.permissions.roles(book))]
        raise Refused(
            _("Only those who maintain the whole directory import into it."),
            next(filter(None, denied), clause_of_keeping(policy)),
            _("Ask them to import the file."),
        )

    def _denied(self, policy: EffectivePolicy, plan: Plan, first_load: bool) -> list[RowError]:
        """Return errors for the rows on which, in a book in use, the regulations have somebody else decide.
        Offices are no error of the host's operator without a second person."""
        if first_load:
            return []
        at_host = self.act.actor.front == "host" and self.act.second is None
        alone = self.act.operation.name == LOAD
        return [*undecided_units(policy, plan), *([] if at_host else given_offices(policy, plan, alone))]

    def _is_operators(self, book: str) -> bool:
        """Return whether the actor is the host's operator, and no keeper of the book."""
        technical = {policy_of(book).technical.role, "admin"} if book in self.permissions.books else set()
        at_host = self.act.actor.front == "host" and not self.permissions.keeps_book(book)
        return at_host and bool(self.permissions.roles(book) & technical)


def _in_order(entries: Sequence[Planned]) -> list[Planned]:
    """Return the entries in the order in which parts are imported: colleagues before those who name them as
    inside owner, and a unit's together, as they lie in the search tables."""
    if len(entries) <= PART:
        return list(entries)
    return sorted(entries, key=lambda entry: (entry.side != "internal", entry.unit))


def _raise(wrong: Sequence[RowError], denied: Sequence[RowError], known: Message | None = None) -> None:
    if denied:
        raise UnfitRows([*wrong, *denied], known)
    if wrong:
        raise BadRows([*wrong], known)


def _is_new(book: str) -> bool:
    """Return whether the book holds nobody but its founder, whom setting it up enters."""
    return len(Entry.select(Entry.id).where(Entry.book == book).limit(2)) < 2
