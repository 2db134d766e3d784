"""Hooks signed sheets into the desk: see `Hooks` for what each part does."""

from db.desk.hooks import Hooks
from db.desk.papers.lists import RevisionReceipts
from db.desk.papers.papers import reads_scan
from db.desk.papers.single import HandBackList, UndertakingPaper, bring_undertakings

HOOKS = Hooks(
    papers=(RevisionReceipts(), UndertakingPaper(), HandBackList()),
    accounts=(bring_undertakings,),
    reads_evidence=(reads_scan,),
)
