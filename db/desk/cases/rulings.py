"""What is decided in a case, each step by somebody who took none before (C.12).

investigated ──▶ judged ──▶ decided       what comes to nothing is decided by its judge, and so is a breach
                   │  ▲        ▲          where no regulation of the book has a ladder
                   ▼  │        │
                  proposed ────┘          where a second person of the management has to confirm it
"""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.authority.permissions import policy_of
from db.desk.cases.appeals import (
    appeal_until,
    close_appeal,
    has_appealed,
    no_appeal,
    open_appeal,
    waiting_appeals,
)
from db.desk.cases.case_notices import (
    LODGED,
    SPOKEN_FOR,
    tell_appeal,
    tell_concerned,
    tell_heard,
    tell_in_whose_name,
    tell_reporter,
)
from db.desk.cases.case_roles import MINUTED, REOPENED, CaseRoles, is_standing
from db.desk.cases.case_states import HEARD, choice_problem
from db.desk.cases.circulating import circulate_decision, retract_circular
from db.desk.cases.duties import APPEAL, open_clock, settle_clocks
from db.desk.cases.foreseen import another_of_management
from db.desk.cases.hands import judging_roles
from db.desk.cases.hearing import ask_parties, check_heard, hearing_until, put_statement
from db.desk.cases.opening import write_event
from db.desk.cases.parties import (
    accounts_of_persons,
    is_employed,
    parties_of,
    party_name,
    speakers,
    written_name,
)
from db.desk.cases.sentencing import Sentence, lift_sentence, needs_second, pass_sentences, soften_sentence
from db.desk.cases.stepping import SOMEBODY_ELSE, CaseSubject
from db.desk.cases.trail import attach_record, check_attachable, copies_of
from db.desk.frame import operation
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import NamedApprover
from db.language import Text, _
from db.policy.schema.base import cite
from db.store import clock
from db.store.moves import Moves
from db.store.tables import CaseEvent, CaseFile, CaseParty

FINDS = {"breach": "judged", "unfounded": "cleared"}
"""What is on record of a verdict."""


class Rulings(CaseSubject):
    """Operations of who judges a case, sanctions what was found, and hears an appeal."""

    @operation("casework.judge", label=_("judge a case"), recorded=True, power=power_over(Moves.SANCTION))
    def judge(self, case: int, outcome: str, word: str) -> None:
        """Store the finding ``breach`` or ``unfounded``, with ``word`` as the grounds. Where several judge,
        each does so and the next is notified; one finding of a breach is enough. After the last, those
        concerned are asked by notice to make a statement and the management is notified; an unfounded case,
        or one in a book without a ladder, is decided by this. Nobody judges what they reported or
        investigated. Raises Refused where nobody could take the next step; Invalid."""
        row, said = self._open_case(case), self._word(word)
        self._of_sort(row, "incident")
        self._stepping(row, "judge")
        self._verdict(row, outcome)
        parties = parties_of(row)
        if outcome == "breach" and not (row.kind and parties):
            nobody = _(
                "Nobody is named of whom a breach could be found, or its kind is not. Give the case "
                "back to be investigated for that (`case investigate`)."
            )
            raise Invalid(Problem("outcome", nobody))
        act, account = FINDS[outcome], self.permissions.account
        is_last = len(offices := CaseRoles().judging_as(row, account)) == len(judging_roles(row))
        *before, decider = offices
        for one in before:
            write_event(row, account, act, said, one)
        if not is_last:
            self._change_state(row, row.state, said, decider, act=act)
            self._goes_on(row, SOMEBODY_ELSE)
            return
        found = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == FINDS["breach"]))
        outcome = "breach" if found.exists() else outcome
        if outcome == "breach" and policy_of(row.book_id).ladder:
            self._change_state(row, "judged", said, decider, act=act)
            self._goes_on(row, another_of_management(row))
            self.act.note_facts(told=ask_parties(row))
            return
        if outcome == "breach":
            pass_sentences(
                row, [Sentence(one.id, (), max(copies_of(row, one.entry_id), 1)) for one in parties]
            )
        self._decided(row, outcome, said, decider)

    @operation("casework.decide", label=_("decide a case"), recorded=True, power=power_over(Moves.SANCTION))
    def decide(self, case: int, word: str, sentences: Sequence[Sentence]) -> tuple[Text, ...]:
        """Store the ``sentences`` for a breach, one for each person, with ``word`` as the grounds, once each
        made a statement or had time to. Notifies each of them with the clause, and the reporter of the
        outcome; a decision that a second person has to confirm is told to the management alone. Return those
        who have no account to be told by. Raises Refused while somebody may still make a statement;
        Invalid."""
        row, said = self._open_case(case), self._word(word)
        self._of_sort(row, "incident")
        decider = self._stepping(row, "decide")
        check_heard(row)
        pass_sentences(row, sentences)
        if needs_second(row, sentences):
            self._change_state(row, "proposed", said, decider)
            self._goes_on(row, another_of_management(row))
            return ()
        self._decided(row, "breach", said, decider)
        return _unreached(row)

    @operation(
        "casework.statement",
        label=_("write down what was said before a sanction"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def statement(self, case: int, party: int, words: str) -> None:
        """Store, encrypted, what a party said when they were heard outside this directory, and notify them;
        ask by notice all who were not asked yet. It shortens no days of a party who can be told here, and
        their own statement replaces it. Raises Invalid for one who has made a statement."""
        row, said = self._open_case(case), self._word(words)
        decider = self._stepping(row, "statement")
        ask_parties(row)
        spoken = next((one for one in parties_of(row) if one.id == party and one.stated_at is None), None)
        if spoken is None:
            raise Invalid(Problem("party", _("Choose somebody who has not spoken yet.")))
        put_statement(spoken, said, spoken_for=True)
        write_event(row, self.permissions.account, "spoke", f"{written_name(spoken)}: {said}", decider)
        tell_in_whose_name(SPOKEN_FOR, spoken, hearing_until(spoken))

    @operation(
        "casework.confirm",
        label=_("confirm a sanction"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def confirm(self, case: int, agreed: bool, word: str) -> tuple[Text, ...]:
        """Confirm as the second person what was decided, and notify those concerned and the reporter; or
        decline it: the decision is deleted, and the management is notified to decide again. ``word``: why.
        Return those who have no account to be told by."""
        row, said = self._open_case(case), self._word(word)
        decider = self._stepping(row, "confirm")
        self.act.note_facts(agreed=agreed)
        if agreed:
            write_event(row, self.permissions.account, "confirmed", said, decider)
            self._decided(row, "breach", "", decider)
            return _unreached(row)
        for party in parties_of(row):
            lift_sentence(party)
        self._change_state(row, "judged", said, decider, act="declined")
        self._goes_on(row, another_of_management(row))
        return ()

    @operation(
        "casework.hear",
        label=_("decide an appeal or a reopened decision"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def hear(self, case: int, party: int, outcome: str, word: str, sentence: Sentence | None = None) -> None:
        """Decide an appeal, or review what was opened again: ``upheld``, ``lifted``, or ``changed`` to a
        milder ``sentence``. Ends its task, tells the person with the reason, and the reporter that the
        decision is another now. Those who heard of a circulated sanction are told that it holds no more, and
        of what holds now where it is final.

        Nobody decides an appeal who had a part in the case, but they may enter what a meeting decided, whose
        minutes another attached. Raises Refused for anyone else, Invalid for a party whose appeal does not
        wait."""
        row, said = self._open_case(case), self._word(word)
        decider = self._stepping(row, "hear")
        heard = next((one for one in parties_of(row) if one.id == party), None)
        waiting = waiting_appeals(heard) if heard is not None else []
        if heard is None or not waiting:
            raise Invalid(Problem("party", _("Choose somebody whose appeal waits.")))
        known = [one for one in HEARD if one]
        if outcome not in known:
            raise Invalid(choice_problem("outcome", known))
        if (outcome == "changed") != (sentence is not None):
            raise Invalid(Problem("sentence", _("State the new decision if it changes, and only then.")))
        if sentence is not None:
            soften_sentence(row, heard, sentence)
        if outcome == "lifted":
            lift_sentence(heard)
        taken_back = 0 if outcome == "upheld" else retract_circular(heard)
        for appeal in waiting if outcome == "lifted" else waiting[:1]:
            close_appeal(appeal, outcome, said)
        act = "reviewed" if waiting[0].reopened else "heard"
        write_event(row, self.permissions.account, act, said, decider)
        settle_clocks(row, self.permissions.account)
        tell_heard(row, heard, outcome, waiting[0])
        if outcome != "upheld":
            tell_reporter(row, outcome)
        until = appeal_until(row)
        if heard.circulated_at is None and (has_appealed(heard) or (until is not None and until.left < 0)):
            circulate_decision(heard)
        self.act.note_facts(outcome_of_case=outcome, clause=SILENT, told=taken_back)

    @operation(
        "casework.lodge",
        label=_("write down an appeal made on paper"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def lodge(self, case: int, party: int, words: str) -> None:
        """Open the appeal, made in time outside, of somebody without account; tell them, and who decides it.
        Raises Invalid; Refused for one that is late, and for whom the decision reached here, unless they left
        since."""
        row, said = self._open_case(case), self._word(words)
        decider, until = self._stepping(row, "lodge"), appeal_until(row)
        reached = {one.id for one in parties_of(row) if accounts_of_persons(speakers(one))}
        found = next((one for one in parties_of(row) if one.id == party and one.id not in reached), None)
        if found is None or has_appealed(found):
            raise Invalid(Problem("party", _("Choose somebody without an account who has not appealed yet.")))
        if until is None or until.left < 0:
            raise no_appeal(until)
        if found.reached and is_employed(found):
            raise Refused(
                _("The decision reached them here: whoever has an account appeals themselves."),
                SILENT,
                _("Have their account enabled until {day}.", day=until.day),
            )
        appeal = open_appeal(found, self.permissions.account, said, lodged=True)
        write_event(row, self.permissions.account, "lodged", f"{written_name(found)}: {said}", decider)
        tell_in_whose_name(LODGED, found, until)
        open_clock(row, f"{APPEAL}:{appeal.id}")
        self.act.note_facts(clause=until.clause, told=tell_appeal(row))

    @operation(
        "casework.minutes",
        label=_("attach the minutes of a meeting on an appeal"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def minutes(self, case: int, file: str, word: str) -> None:
        """Attach the minutes of the meeting that decided the appeals, a ``file`` of the tray, where nobody is
        left who could decide them alone, and tell those of other offices, one of whom then enters what the
        minutes say. Raises Invalid for a file that is attached already, Refused where nobody could enter
        it."""
        row, said = self._open_case(case), self._word(word)
        decider = self._stepping(row, "minutes")
        kept = check_attachable(row, self.permissions, "file", file.strip())
        if not attach_record(row, self.permissions.account, "file", kept, clock.now()):
            raise Invalid(Problem("file", _("This is attached already.")))
        write_event(row, self.permissions.account, MINUTED, said, decider)
        self._goes_on(row, SOMEBODY_ELSE)

    @operation(
        "casework.reopen",
        label=_("open a decision again"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def reopen(self, case: int, party: int, word: str) -> None:
        """Open a review of what was decided about a person, with its task, for new facts or a wrong decision,
        and tell who does it. A second of the management, or who judges, then lifts it, makes it milder or
        upholds it; until then it holds. Raises Invalid for a party against whom no sanction is recorded."""
        row, said = self._open_case(case), self._word(word)
        decider = self._stepping(row, "reopen")
        wrong = next((one for one in parties_of(row) if one.id == party and is_standing(one)), None)
        if wrong is None:
            raise Invalid(Problem("party", _("Choose somebody with a sanction in force.")))
        write_event(row, self.permissions.account, REOPENED, f"{written_name(wrong)}: {said}", decider)
        appeal = open_appeal(wrong, self.permissions.account, said, reopened=True)
        open_clock(row, f"{APPEAL}:{appeal.id}")
        self.act.note_facts(clause=SILENT, told=tell_appeal(row))

    def _decided(self, row: CaseFile, outcome: str, word: str, decider: NamedApprover) -> None:
        self._finish(row, "decided", outcome, word, decider)
        tell_concerned(row)
        clauses = [one.clause for one in CaseParty.select().where(CaseParty.case == row) if one.clause]
        self.act.note_facts(outcome_of_case=outcome, clause=cite(*clauses) if clauses else row.clause)


def _unreached(row: CaseFile) -> tuple[Text, ...]:
    """Return the concerned persons for whom nobody with an account is told the decision."""
    return tuple(party_name(one) for one in parties_of(row) if not accounts_of_persons(speakers(one)))
