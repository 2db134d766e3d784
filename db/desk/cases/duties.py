"""The clocks of a case: sorted out within the policy's days, closed within its days (not an operation).

Whoever handles the case has the task, so that it waits for nobody whom the case is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.appeals import awaits_somebody
from db.desk.cases.case_roles import CaseRoles, open_appeals
from db.desk.cases.case_states import STATES, case_kind_label
from db.desk.due_dates import calendar, today
from db.desk.notifications.alarming import role_accounts
from db.desk.notifications.notices import store_notice
from db.desk.refusal import Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.desk.tasks.duties import Alarm
from db.desk.tasks.finishing import finish_if_complete
from db.desk.tasks.opening import mark_once
from db.desk.tasks.task_kinds import TaskKind, register
from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite, cite_period
from db.store import clock
from db.store.audit import canonical
from db.store.tables import CaseFile, Task

KIND = "case"
STUCK = "case-stuck"
FIRST, LAST, APPEAL = "first", "last", "appeal"


def open_clock(row: CaseFile, stage: str) -> None:
    """Store the task of a stage (for each appeal its own), due in the policy's working days from today. A
    task of a breach is placed at the root: in the reporter's unit it would tell who reported it."""
    rule, discipline = policy_of(row.book_id).reporting_of(row.sort), policy_of(row.book_id).discipline
    days, clause = {
        FIRST: (rule.days, cite_period(row.clause, rule.clause_of("days"))),
        LAST: (rule.close_days, cite_period(row.clause, rule.clause_of("close_days"))),
        APPEAL: (discipline.hear_days, discipline.clause_of("hear_days")),
    }[stage.partition(":")[0]]
    Task.create(
        duty=f"{KIND}:{row.id}:{stage}",
        kind=KIND,
        book=row.book_id,
        unit=row.unit_id if row.sort == "error" else root_of(row.book_id),
        clause=clause,
        detail=canonical({"case": row.id, "stage": stage}).decode("utf-8"),
        opened_at=clock.now(),
        started_on=today().isoformat(),
        due=calendar(row.book_id).deadline(today(), days).isoformat(),
    )


def settle_clocks(row: CaseFile, account: int) -> None:
    """End the tasks whose stage the case has passed."""
    for task in Task.select().where(Task.duty.startswith(f"{KIND}:{row.id}:") & (Task.state == "open")):
        finish_if_complete(task, account)


def case_of(task: Task) -> CaseFile:
    row: CaseFile = CaseFile.get_by_id(json.loads(task.detail)["case"])
    return row


def _doers(task: Task, resolver: ApproverResolver) -> tuple[NamedApprover, ...]:
    row, case_roles = case_of(task), CaseRoles(resolver)
    if _stage(task)[0] == APPEAL:
        return case_roles.waiting_approvers(row)
    return case_roles.handlers(row) if row.state == "decided" else case_roles.waiting_approvers(row)


def _stage(task: Task) -> tuple[str, str]:
    """Return the stage of a task, and the number of the appeal if it is of one."""
    stage, _colon, number = str(json.loads(task.detail)["stage"]).partition(":")
    return stage, number


def _lacking(task: Task) -> Refused | None:
    row, (stage, number) = case_of(task), _stage(task)
    done = {
        FIRST: row.state != "reported",
        LAST: row.state == "closed",
        APPEAL: number not in {str(one.id) for one in open_appeals(row)},
    }
    if done[stage]:
        return None
    return Refused(
        _("The case is not that far yet."), task.clause, _("Open it under Cases and go on with it.")
    )


def _which(task: Task, account: int) -> Text:
    """Return the case's number; for a reader of the case also its subject and state. A late task may be shown
    to the accused."""
    row = case_of(task)
    number = f"#{row.id}"
    if not CaseRoles().may_read(row, account):
        return number
    about = case_kind_label(policy_of(row.book_id), row.sort, row.kind)
    stands, (stage, appeal) = STATES[row.state], _stage(task)
    if stage == APPEAL:
        reopened = any(one.reopened and str(one.id) == appeal for one in open_appeals(row))
        stands = _("opened again") if reopened else _("appeal")
    return Message("{number} {what} · {stands}", {"number": number, "what": about, "stands": stands})


def _concerns(task: Task, account: int) -> bool:
    return CaseRoles().is_concerned(case_of(task), account)


def alarm_stuck(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Store a notice to those who fill the offices, once a step, that nobody can take the next step of a
    case, with its number alone; yield an alarm for each. Where the case concerns all of these, people of any
    other office are told."""
    case_roles = CaseRoles()
    for row in (
        CaseFile.select().where((CaseFile.book == policy.book) & awaits_somebody()).order_by(CaseFile.id)
    ):
        appeals = "".join(f":{one.id}" for one in open_appeals(row))
        if case_roles.waiting_approvers(row) or not mark_once(f"case-stuck:{row.id}:{row.state}{appeals}"):
            continue
        fill = [one for role in (policy.rights.by, *policy.keepers) for one in role_accounts(policy, role)]
        whom = [one for one in dict.fromkeys(fill) if not case_roles.is_concerned(row, one)]
        whom = whom or [one.account for one in case_roles.seconds(row)]
        clause = cite(policy.discipline.clause, row.clause)
        told = store_notice(STUCK, policy.book, whom, clause=clause, detail={"case": row.id})
        yield Alarm("duties.case-stuck", clause, {"case": row.id, "told": told})


register(
    TaskKind(
        KIND, _("case"), _lacking, by_itself=True, about=_which, thing="case", assignees=_doers,
        concerns=_concerns,
    )
)  # fmt: skip
