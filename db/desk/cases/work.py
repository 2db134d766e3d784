"""Working on a case: sorting it out, investigating, deciding and closing it, a note at each step.

reported ──▶ triaged ──▶ investigating ──▶ decided ──▶ closed       a report that comes to nothing is decided
an error is answered, and with that closed                          as unfounded from any of the first three
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.audit.record_views import AuditRow, rows_of
from db.desk.authority.standing import policy_of
from db.desk.cases.case_notices import tell_concerned, tell_handlers, tell_reporter
from db.desk.cases.case_states import VERDICTS, one_of
from db.desk.cases.case_views import view_of
from db.desk.cases.duties import LAST, open_clock, settle_clocks
from db.desk.cases.handling import Handling, handled_by_others, no_such_case
from db.desk.cases.opening import cleaned, write_event
from db.desk.cases.proof import CaseEvidence, ChainProof, Signed, chain_proof, evidence_of, signed
from db.desk.cases.sentencing import Sentence, pass_sentences
from db.desk.cases.trail import attach, check_attachable, trail_of
from db.desk.frame import Subject, operation
from db.desk.refusal import Invalid, Problem, Refused
from db.language import _
from db.policy.schema.base import cite
from db.store import clock
from db.store.engine import store
from db.store.tables import Account, AuditRecord, CaseFile, CaseParty, Entry, Unit

AT_ONCE = 200
MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Somebody of the case's book who may be concerned."""

    entry: int
    name: str
    unit: str
    position: str


class CaseWork(Subject):
    """Operations of who handles a case. Refused alike for a case of others, about oneself, and for none."""

    @operation("casework.triage", label=_("sort out a case"), recorded=True)
    def triage(self, case: int, kind: str, word: str) -> None:
        """Say what kind of case it is; it goes to whom the policy names for that kind."""
        row, said = self._taken(case), self._word(word)
        policy = policy_of(row.book_id)
        rule = policy.case(kind)
        self._of_sort(row, "incident")
        if rule is None:
            raise Invalid(one_of("kind", (one.id for one in policy.cases)))
        before = {one.account for one in Handling().handlers(row)}
        row.kind = kind
        row.clause = cite(rule.clause, policy.reporting_of(row.sort).clause)
        self._move(row, ("reported",), "triaged", said)
        open_clock(row, LAST)
        if {one.account for one in Handling().handlers(row)} - before:
            tell_handlers(row)
        self.act.note(kind=kind, clause=row.clause)

    @operation("casework.investigate", label=_("investigate a case"), recorded=True)
    def investigate(self, case: int, word: str) -> None:
        """Begin the investigation."""
        row = self._taken(case)
        self._move(row, ("triaged",), "investigating", self._word(word))

    @operation("casework.people", label=_("find a person for a case"), recorded=True)
    def people(self, case: int, words: str) -> tuple[PersonFound, ...]:
        """People of the case's book whose name or login begins with ``words``, leavers too."""
        row, start = self._taken(case), words.strip()
        if not start:
            raise Invalid(Problem("words", _("Type a name or a login.")))
        by_login = Account.select(Account.person).where(Account.login.startswith(start.lower()))
        rows = (
            Entry.select(Entry, Unit)
            .join(Unit)
            .where((Entry.book == row.book_id) & Entry.state.in_(["active", "left"]))
            .where(Entry.name.startswith(start) | Entry.person.in_(by_login))
            .order_by(Entry.name, Entry.id)
            .limit(MOST_PEOPLE)
        )
        return tuple(PersonFound(one.id, one.name, one.unit.name, one.position or "") for one in rows)

    @operation("casework.involve", label=_("name a person concerned"), recorded=True)
    def involve(self, case: int, entry: int, word: str = "") -> None:
        """Add a person concerned. From then on they neither see nor decide the case."""
        row = self._taken(case)
        self._unfinished(row)
        found = Entry.get_or_none((Entry.id == entry) & (Entry.book == row.book_id))
        known = (CaseParty.case == row) & (CaseParty.entry == entry)
        if row.sort != "incident" or found is None or CaseParty.select().where(known).exists():
            raise Invalid(Problem("entry", _("Choose somebody who is not on the list yet.")))
        CaseParty.create(case=row, entry=found)
        write_event(row, self.standing.account, "involved", cleaned(f"{found.name} {word}"))

    @operation("casework.release", label=_("take a person off a case"), recorded=True)
    def release(self, case: int, entry: int, word: str) -> None:
        """Take a person off who turned out not to be concerned."""
        row, said = self._taken(case), self._word(word)
        self._unfinished(row)
        gone = CaseParty.delete().where((CaseParty.case == row) & (CaseParty.entry == entry)).execute()
        if gone != 1:
            raise Invalid(Problem("entry", _("Choose one from the list.")))
        name = Entry.get_by_id(entry).name
        write_event(row, self.standing.account, "released", f"{name}: {said}")

    @operation("casework.trail", label=_("look at the audit within a case"), recorded=True)
    def trail(self, case: int, offset: int = 0, limit: int = 50) -> tuple[AuditRow, ...]:
        """The audit within the case, newest first: acts of the persons concerned in this book, and acts on
        the entry that it is about."""
        row = self._taken(case)
        found = (
            AuditRecord.select()
            .where(trail_of(row))
            .order_by(AuditRecord.seq.desc())
            .offset(max(offset, 0))
            .limit(max(0, min(limit, AT_ONCE)))
        )
        return rows_of(list(found), [row.book_id])

    @operation("casework.attach", label=_("attach to a case"), recorded=True)
    def attach(self, case: int, what: str, number: str) -> None:
        """Attach an audit record or a traced copy by its number, or a file of the own tray."""
        row = self._taken(case)
        self._unfinished(row)
        kept = check_attachable(row, self.standing, what, number.strip())
        if not attach(row, self.standing.account, what, kept, clock.now()):
            raise Invalid(Problem("number", _("This is attached already.")))
        self.act.note(what=what, number=kept)
        write_event(row, self.standing.account, "attached", f"#{kept}" if what == "audit" else kept)

    @operation("casework.note", label=_("note something on a case"), recorded=True)
    def note(self, case: int, word: str) -> None:
        """Write something down."""
        row = self._taken(case)
        write_event(row, self.standing.account, "noted", self._word(word))

    @operation("casework.decide", label=_("decide a case"), recorded=True)
    def decide(self, case: int, outcome: str, word: str, sentences: Sequence[Sentence] = ()) -> None:
        """Decide an incident: ``breach`` with what is decided about each person, or ``unfounded``.

        Each of them hears it with its clause, and the reporter hears the outcome. Nobody decides a case
        that they reported.
        """
        row, said = self._taken(case), self._word(word)
        self._judge(row, "incident", outcome)
        if outcome == "breach":
            pass_sentences(row, sentences)
        elif sentences:
            raise Invalid(Problem("sentences", _("Without a breach nothing is decided about anybody.")))
        before = ("investigating",) if outcome == "breach" else ("reported", "triaged", "investigating")
        self._finish(row, before, "decided", outcome, said)
        tell_concerned(row)
        clauses = [one.clause for one in CaseParty.select().where(CaseParty.case == row) if one.clause]
        self.act.note(outcome_of_case=outcome, clause=cite(*clauses) if clauses else row.clause)

    @operation("casework.answer", label=_("answer a report of an error"), recorded=True)
    def answer(self, case: int, outcome: str, word: str) -> None:
        """Answer a report of an error, ``corrected`` or ``right`` as it is; the reporter hears it (H.5.3)."""
        row, said = self._taken(case), self._word(word)
        self._judge(row, "error", outcome)
        self._finish(row, ("reported",), "closed", outcome, said)
        self.act.note(outcome_of_case=outcome, entry=row.entry_id)

    @operation("casework.close", label=_("close a case"), recorded=True)
    def close(self, case: int, word: str) -> None:
        """Close a decided case once what was decided is carried out."""
        row = self._taken(case)
        row.closed_at = clock.now()
        self._move(row, ("decided",), "closed", self._word(word))

    @operation("casework.chain", label=_("check the chain for a case"), recorded=False)
    def chain(self, case: int, records: Sequence[int] = ()) -> ChainProof:
        """Check the whole audit chain, for the evidence pack of a case that the actor works on, with what was
        signed of it over ``records``."""
        self._taken(case)
        return chain_proof(records)

    @operation("casework.evidence", label=_("take the evidence of a case"), recorded=True)
    def evidence(self, case: int) -> CaseEvidence:
        """Everything that goes into the evidence pack of a case (C.13)."""
        row = self._taken(case)
        view = view_of(row, self.standing.account, Handling())
        self.act.note(clause=view.pack_clause)
        write_event(row, self.standing.account, "packed", "")
        return evidence_of(row, view, self.standing.account)

    @operation("casework.sign", label=_("sign an evidence pack"), recorded=True)
    def sign(self, case: int, manifest: bytes) -> Signed:
        """Sign the manifest of an evidence pack with the installation's key; its digest is recorded.

        Raises Invalid for what is no list of SHA-256 digests."""
        self._taken(case)
        self.act.note(sha256=hashlib.sha256(manifest).hexdigest())
        return signed(manifest)

    # What they share

    def _taken(self, case: int) -> CaseFile:
        """A case that the actor works on, held against everyone else where something is to change."""
        wanted = CaseFile.select().where(CaseFile.id == case)
        held = store().is_postgresql and self.act.operation.recorded
        row: CaseFile | None = (wanted.for_update() if held else wanted).get_or_none()
        known = row is not None and row.book_id in self.standing.books
        if row is None or not known or not Handling().handles(row, self.standing.account):
            raise no_such_case()
        self.act.note(book=row.book_id, clause=row.clause, case=row.id)
        return row

    @staticmethod
    def _of_sort(row: CaseFile, sort: str) -> None:
        if row.sort == sort:
            return
        if sort == "incident":
            raise Invalid(Problem("case", _("A report of an error is not sorted out, but answered.")))
        raise Invalid(Problem("case", _("A report of a breach is decided, not answered.")))

    def _judge(self, row: CaseFile, sort: str, outcome: str) -> None:
        self._of_sort(row, sort)
        if outcome not in VERDICTS[sort]:
            raise Invalid(one_of("outcome", VERDICTS[sort]))
        if not any(one.account == self.standing.account for one in Handling().judges(row)):
            raise handled_by_others(row, _("Nobody decides a case that they reported."))

    def _unfinished(self, row: CaseFile) -> None:
        if row.state in ("decided", "closed"):
            raise _elsewhere(row)

    def _finish(self, row: CaseFile, before: tuple[str, ...], state: str, outcome: str, word: str) -> None:
        row.outcome, row.decided_at = outcome, clock.now()
        row.decided_by = Account.get_by_id(self.standing.account)
        row.closed_at = row.decided_at if state == "closed" else None
        self._move(row, before, state, word)
        tell_reporter(row)

    def _move(self, row: CaseFile, before: tuple[str, ...], after: str, word: str) -> None:
        if row.state not in before:
            raise _elsewhere(row)
        row.state = after
        row.save()
        write_event(row, self.standing.account, after, word)
        settle_clocks(row, self.standing.account)
        self.act.note(state=after)

    @staticmethod
    def _word(word: str) -> str:
        said = cleaned(word)
        if not said:
            raise Invalid(Problem("word", _("Say in a few words what was done or seen.")))
        return said


def _elsewhere(row: CaseFile) -> Refused:
    return Refused(
        _("This case stands elsewhere. First sorted out, then investigated, decided, and closed."),
        row.clause,
        _("Look at its history, then go on with the next step."),
    )
