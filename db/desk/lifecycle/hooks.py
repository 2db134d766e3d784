"""What joining, moving and leaving hook in: last days, and tasks about people of other books."""

from db.desk.hooks import Hooks
from db.desk.lifecycle.asking_back import check_all_back
from db.desk.lifecycle.last_day import end_due, remove_approved
from db.desk.lifecycle.openers import (
    add_later_proofs,
    open_filing_task,
    open_joiner_tasks,
    open_officer_change_tasks,
    open_removal_tasks,
)

HOOKS = Hooks(
    begins=(end_due, remove_approved),
    posts=(check_all_back,),
    openers=(
        open_joiner_tasks,
        open_filing_task,
        open_officer_change_tasks,
        open_removal_tasks,
        add_later_proofs,
    ),
)
