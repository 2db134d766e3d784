"""Working on a case: sorting it out, investigating and closing it, a word at each step.

reported ──▶ triaged ──▶ investigating ──▶ investigated      what comes to nothing is handed to its judge from
                      ▲                        │             any of the first three
                      └── by its judge ────────┤
decided ──▶ closed                             ▼
an error is answered, and with that closed     what is decided about it: `db.desk.cases.rulings`
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from db.desk.audit.record_views import AuditRow, rows_of
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import RELEASED, tell_handlers, tell_of_party
from db.desk.cases.case_roles import CaseRoles, investigating_roles
from db.desk.cases.case_states import choice_problem
from db.desk.cases.case_views import view_of
from db.desk.cases.duties import LAST, open_clock
from db.desk.cases.hearing import ask_again
from db.desk.cases.opening import accounts_in, bring_in, write_event
from db.desk.cases.parties import (
    PartyFound,
    find_parties,
    is_same,
    new_party,
    parties_of,
    persons_in,
    written_name,
)
from db.desk.cases.proof import (
    CaseEvidence,
    ChainProof,
    PackSignature,
    chain_proof,
    evidence_of,
    sign_manifest,
)
from db.desk.cases.rulings import Rulings
from db.desk.cases.stepping import SOMEBODY_ELSE
from db.desk.cases.trail import attach_record, check_attachable, check_open, recipient_of, trail_of
from db.desk.frame import operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.language import _, listed
from db.policy.schema.base import cite
from db.store import clock
from db.store.moves import Moves
from db.store.tables import AuditRecord

AT_ONCE = 200


class CaseWork(Rulings):
    """Operations of who handles a case."""

    @operation(
        "casework.triage",
        label=_("sort out a case"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def triage(self, case: int, kind: str, word: str) -> None:
        """Store a case's kind, with a note ``word``, open its task, and notify those whom the policy names
        for it, if others than before. Raises Invalid for a kind that the book does not know."""
        row, said = self._open_case(case), self._word(word)
        policy = policy_of(row.book_id)
        rule = policy.case(kind)
        self._of_sort(row, "incident")
        self._stepping(row, "triage")
        if rule is None:
            raise Invalid(choice_problem("kind", (one.id for one in policy.cases)))
        before = {one.account for one in CaseRoles().workers(row)}
        row.kind = kind
        row.clause = cite(rule.clause, policy.reporting_of(row.sort).clause)
        self._change_state(row, "triaged", said)
        open_clock(row, LAST)
        if {one.account for one in CaseRoles().waiting_approvers(row)} - before:
            tell_handlers(row)
        self.act.note_facts(kind=kind, clause=row.clause)

    @operation(
        "casework.investigate",
        label=_("investigate a case"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def investigate(self, case: int, word: str) -> None:
        """Begin to investigate a case; or, as a judge, give it back to those who investigate (without a kind,
        to triage), and notify them. Raises Refused where nobody could take the next step."""
        row, said = self._open_case(case), self._word(word)
        self._of_sort(row, "incident")
        decider = self._stepping(row, "investigate")
        if row.state != "investigated":
            self._change_state(row, "investigating", said, decider)
            return
        row.concluded = 0
        self._change_state(row, "investigating" if row.kind else "reported", said, decider, act="given-back")
        self._goes_on(row, SOMEBODY_ELSE)

    @operation(
        "casework.conclude",
        label=_("end an investigation"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def conclude(self, case: int, word: str) -> None:
        """Store that the actor's part of the investigation ended, with what was found. Notifies the next
        investigator, and after the last the judge. Raises Refused where nobody could take the next step."""
        row, said = self._open_case(case), self._word(word)
        self._of_sort(row, "incident")
        decider = self._stepping(row, "conclude")
        while any(one.account == decider.account for one in CaseRoles().investigators(row)):
            row.concluded += 1
        goes_on = row.state if investigating_roles(row)[row.concluded :] else "investigated"
        self._change_state(row, goes_on, said, decider, act="investigated")
        self._goes_on(row, SOMEBODY_ELSE)

    @operation("casework.people", label=_("find a person for a case"), recorded=True, power=LOOKS)
    def people(self, case: int, words: str) -> tuple[PartyFound, ...]:
        """Find those whom the case may be about and whose name or login begins with ``words``: people of its
        book, leavers too, officers there, its departments and offices; never the reporter. Raises Invalid."""
        row, start = self._worked_on(case), words.strip()
        if not start:
            raise Invalid(Problem("words", _("Type a name or a login.")))
        return find_parties(row, start)

    @operation(
        "casework.involve",
        label=_("name a person concerned"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def involve(self, case: int, whom: str, *, leaves: bool = True) -> tuple[str, ...]:
        """Add somebody whom the case is about, with a key that `people` returned. From then on they, and all
        who belong to a department or an office, neither see nor decide it. Notifies those who decide and the
        watchers. Where the actor thereby loses the case, return the names of those who go on, if ``leaves``
        allows that. Raises Refused for the reporter (A.18), for an office or department of all who judge or
        decide, and where nobody could go on; Invalid for one on the list already, and without ``leaves``
        where the case would leave the actor's hands."""
        row = self._open_case(case)
        self._stepping(row, "involve")
        party = new_party(row, whom)
        if row.sort != "incident" or party is None or any(is_same(party, one) for one in parties_of(row)):
            raise Invalid(Problem("whom", _("Choose somebody who is not on the list yet.")))
        reporter = row.reporter.person_id
        if party.unit_id is None and reporter is not None and persons_in([party]) == {reporter}:
            raise Refused(
                _("Who reported a case does not become the one whom it is about."),
                policy_of(row.book_id).reporting_of(row.sort).clause,
                _("Report what they did as a case of its own; somebody else handles it then."),
            )
        bring_in(self.act, row, party)
        case_roles = CaseRoles()
        if not case_roles.is_concerned(row, self.permissions.account):
            return ()
        others = tuple(one.name for one in case_roles.waiting_approvers(row))
        if not leaves:
            gone = _(
                "You belong to it, so the case would leave your hands; {who} goes on.", who=listed(others)
            )
            raise Invalid(Problem("yes", gone))
        return others

    @operation(
        "casework.release",
        label=_("take a person off a case"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def release(self, case: int, party: int, word: str) -> None:
        """Delete from the case a person who turned out not to be concerned, and notify those who decide and
        the watchers. Raises Invalid."""
        row, said = self._open_case(case), self._word(word)
        self._stepping(row, "release")
        gone = next((one for one in parties_of(row) if one.id == party), None)
        if gone is None:
            raise Invalid(Problem("party", _("Choose one from the list.")))
        write_event(row, self.permissions.account, "released", f"{written_name(gone)}: {said}")
        gone.delete_instance()
        tell_of_party(self.act, row, RELEASED, gone, accounts_in(*CaseRoles().first_deciders(row)))

    @operation("casework.trail", label=_("look at the audit within a case"), recorded=True, power=LOOKS)
    def trail(self, case: int, offset: int = 0, limit: int = 50) -> tuple[AuditRow, ...]:
        """Return the audit rows of what those concerned did, newest first, as far as the actor may see it.
        Raises Refused for an actor who does not investigate, and before it is open to them."""
        row = self._worked_on(case)
        self._stepping(row, "trail")
        check_open(row, self.permissions.account)
        found = (
            AuditRecord.select()
            .where(trail_of(row, self.permissions.account))
            .order_by(AuditRecord.seq.desc())
            .offset(max(offset, 0))
            .limit(max(0, min(limit, AT_ONCE)))
        )
        return rows_of(list(found), [row.book_id])

    @operation(
        "casework.attach", label=_("attach to a case"), recorded=True, power=power_over(Moves.SANCTION)
    )
    def attach(self, case: int, what: str, number: str) -> None:
        """Attach to the case the audit record (``what``: "audit") or traced copy ("copy") of that number, or
        a file of the actor's tray ("file"). A copy's recipient becomes a person concerned, with the effects
        and notices of `involve`. Raises Invalid."""
        row = self._open_case(case)
        self._stepping(row, "attach")
        kept = check_attachable(row, self.permissions, what, number.strip())
        if not attach_record(row, self.permissions.account, what, kept, clock.now()):
            raise Invalid(Problem("number", _("This is attached already.")))
        self.act.note_facts(what=what, number=kept)
        write_event(row, self.permissions.account, "attached", f"#{kept}" if what == "audit" else kept)
        recipient = recipient_of(row, kept) if what == "copy" else None
        if recipient is not None:
            bring_in(self.act, row, recipient)

    @operation(
        "casework.note", label=_("note something on a case"), recorded=True, power=power_over(Moves.SANCTION)
    )
    def note(self, case: int, word: str, *, put: bool = False) -> None:
        """Add ``word`` to the history for those who handle the case; with ``put``, as the one who decides the
        sanction, put it to those whom it is about: they are asked by notice to make a statement again within
        new days. Raises Refused."""
        row, account = self._worked_on(case), self.permissions.account
        if put:
            said, decider = self._word(word), self._stepping(row, "put")
            write_event(row, account, "put", said, decider)
            self.act.note_facts(told=ask_again(row))
            return
        finds = "conclude" in CaseRoles().possible_steps(row, account)
        write_event(row, account, "found" if finds else "noted", self._word(word))

    @operation(
        "casework.answer",
        label=_("answer a report of an error"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def answer(self, case: int, outcome: str, word: str) -> None:
        """Answer a report of an error, ``corrected`` or ``right`` as it is, close it and end its task; notify
        the reporter (H.5.3)."""
        row, said = self._open_case(case), self._word(word)
        self._of_sort(row, "error")
        decider = self._stepping(row, "answer")
        self._verdict(row, outcome)
        self._finish(row, "closed", outcome, said, decider)
        self.act.note_facts(outcome_of_case=outcome, entry=row.entry_id)

    @operation(
        "casework.close", label=_("close a case"), recorded=True, power=power_over(Moves.SANCTION, Moves.DUTY)
    )
    def close(self, case: int, word: str) -> None:
        """Close a decided case and end its task once the decision is carried out; ``word`` says how."""
        row, said = self._open_case(case), self._word(word)
        self._stepping(row, "close")
        row.closed_at = clock.now()
        self._change_state(row, "closed", said)

    @operation("casework.chain", label=_("check the chain for a case"), recorded=False, power=LOOKS)
    def chain(self, case: int, records: Sequence[int] = ()) -> ChainProof:
        """Check the whole chain against what was signed over ``records``, for a case's evidence pack."""
        self._worked_on(case)
        return chain_proof(records)

    @operation(
        "casework.evidence",
        label=_("take the evidence of a case"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def evidence(self, case: int) -> CaseEvidence:
        """Collect everything that goes into the evidence pack of a case, and write into its history that it
        was packed (C.13)."""
        row = self._worked_on(case)
        view = view_of(row, self.permissions.account, CaseRoles())
        self.act.note_facts(clause=view.pack_clause)
        write_event(row, self.permissions.account, "packed", "")
        return evidence_of(row, view, self.permissions.account)

    @operation("casework.sign", label=_("sign an evidence pack"), recorded=True, power=LOOKS)
    def sign(self, case: int, manifest: bytes) -> PackSignature:
        """Sign a manifest of SHA-256 digests; its own is recorded. Raises Invalid for anything else."""
        self._worked_on(case)
        self.act.note_facts(sha256=hashlib.sha256(manifest).hexdigest())
        return sign_manifest(manifest)
