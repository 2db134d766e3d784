"""What cases hook in: operations, reports, lists, alarms, the sheet with a decision, and who reads what."""

from db.desk.cases.case_roles import reads_attached
from db.desk.cases.cases import Cases
from db.desk.cases.circulating import circulate_final
from db.desk.cases.concerning import records_of_own_cases, tasks_of_own_cases
from db.desk.cases.decision_paper import Decision
from db.desk.cases.duties import alarm_stuck
from db.desk.cases.hearing import ask_late
from db.desk.cases.praise import Praise
from db.desk.cases.report import CaseReports
from db.desk.cases.work import CaseWork
from db.desk.hooks import Hooks
from db.language import _

HOOKS = Hooks(
    groups=(Cases, CaseWork, Praise, CaseReports),
    labels={
        "duties.case-circulated": _("circulation of what is final"),
        "duties.case-hearing": _("asking to speak before a sanction"),
        "duties.case-stuck": _("alarm of a case that waits for nobody"),
        "case": _("case"), "outcome_of_case": _("outcome of the case"), "agreed": _("agreed"),
    },
    lists={"ranking": "ranking", "commendations": "ranking"},
    papers=(Decision(),),
    alarms=(circulate_final, ask_late, alarm_stuck),
    reads_evidence=(reads_attached,),
    hidden_tasks=(tasks_of_own_cases,),
    hidden_records=(records_of_own_cases,),
)  # fmt: skip
