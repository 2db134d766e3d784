"""What all steps of a case share: whose they are, from which state to which. Not an operation."""

from __future__ import annotations

from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import tell_handlers, tell_reporter
from db.desk.cases.case_roles import CaseRoles, no_such_case, not_yours
from db.desk.cases.case_states import VERDICTS, choice_problem
from db.desk.cases.duties import settle_clocks
from db.desk.cases.foreseen import nobody_goes_on
from db.desk.cases.opening import cleaned_words, write_event
from db.desk.frame import OperationGroup
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import NamedApprover, note_office
from db.language import Message, _, listed
from db.policy.schema.base import cite
from db.store import clock
from db.store.sql import for_update
from db.store.tables import Account, CaseFile

SOMEBODY_ELSE = _("Have somebody else appointed, or acting, in the office that goes on with it.")


class CaseSubject(OperationGroup):
    """Operations on a case. Refused alike for a case of others, about oneself, and for none."""

    def _open_case(self, case: int) -> CaseFile:
        """Return a case that the actor may read, locked if the operation is recorded, and note it for the
        audit. Raises Refused."""
        wanted = CaseFile.select().where(CaseFile.id == case)
        row: CaseFile | None = (for_update(wanted) if self.act.operation.recorded else wanted).get_or_none()
        known = row is not None and row.book_id in self.permissions.books
        if row is None or not known or not CaseRoles().may_read(row, self.permissions.account):
            raise no_such_case()
        self.act.note_facts(book=row.book_id, clause=row.clause, case=row.id)
        return row

    def _worked_on(self, case: int) -> CaseFile:
        row, case_roles = self._open_case(case), CaseRoles()
        if not case_roles.handles(row, self.permissions.account):
            names = listed([one.name for one in case_roles.workers(row)] or ["–"])
            raise Refused(
                _("You read this case; others handle it now."),
                cite(policy_of(row.book_id).discipline.clause, row.clause),
                _("It is for {who} to go on.", who=names),
            )
        return row

    def _stepping(self, row: CaseFile, step: str) -> NamedApprover:
        """Return the actor in the office that takes ``step``. Raises Refused where the case is at another
        step or another takes it."""
        case_roles, account = CaseRoles(), self.permissions.account
        able = case_roles.who_does(row, step)
        if step not in case_roles.allowed_steps(row):
            raise not_the_next_step()
        mine = next((one for one in able if one.account == account), None)
        if mine is None:
            raise not_yours(row, account, step, case_roles)
        note_office(self.act, mine)
        return mine

    @staticmethod
    def _of_sort(row: CaseFile, sort: str) -> None:
        if row.sort == sort:
            return
        if sort == "incident":
            raise Invalid(Problem("case", _("A report of an error is not sorted out, but answered.")))
        raise Invalid(Problem("case", _("A report of a breach is decided, not answered.")))

    @staticmethod
    def _verdict(row: CaseFile, outcome: str) -> None:
        if outcome not in VERDICTS[row.sort]:
            raise Invalid(choice_problem("outcome", VERDICTS[row.sort]))

    def _finish(self, row: CaseFile, state: str, outcome: str, word: str, decider: NamedApprover) -> None:
        row.outcome, row.decided_at = outcome, clock.now()
        row.decided_by = Account.get_by_id(self.permissions.account)
        row.closed_at = row.decided_at if state == "closed" else None
        self._change_state(row, state, word, decider)
        tell_reporter(row)

    def _change_state(
        self, row: CaseFile, after: str, word: str, decider: NamedApprover | None = None, act: str = ""
    ) -> None:
        row.state = after
        row.save()
        write_event(row, self.permissions.account, act or after, word, decider)
        settle_clocks(row, self.permissions.account)
        self.act.note_facts(state=after)

    def _goes_on(self, row: CaseFile, advice: Message) -> None:
        """Notify those who may take the case's next step. Raises Refused where there is nobody, with
        ``advice``."""
        if tell_handlers(row) == 0:
            raise nobody_goes_on(advice)

    @staticmethod
    def _word(word: str) -> str:
        said = cleaned_words(word)
        if not said:
            raise Invalid(Problem("word", _("Say in a few words what was done or seen.")))
        return said


def not_the_next_step() -> Refused:
    return Refused(
        _("This case is at another step. It is sorted out, investigated, judged, decided, then closed."),
        SILENT,
        _("Look at its history, then go on with the next step."),
    )
