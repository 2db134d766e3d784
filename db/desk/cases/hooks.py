"""Hooks cases into the desk: see `Hooks` for what each part does."""

from db.desk.cases.case_roles import reads_attached
from db.desk.cases.circulating import circulate_final
from db.desk.cases.duties import alarm_stuck
from db.desk.cases.hearing import ask_late
from db.desk.hooks import Hooks

HOOKS = Hooks(alarms=(circulate_final, ask_late, alarm_stuck), reads_evidence=(reads_attached,))
