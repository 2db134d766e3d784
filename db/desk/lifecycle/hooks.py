"""What joining, moving and leaving hook in: last days, and tasks about people of other books."""

from db.desk.hooks import Hooks
from db.desk.lifecycle.last_day import end_due, remove_approved
from db.desk.lifecycle.openers import (
    ask_for_more,
    changed_elsewhere,
    expected,
    left_elsewhere,
    open_filing_task,
)

HOOKS = Hooks(
    begins=(end_due, remove_approved),
    openers=(expected, open_filing_task, changed_elsewhere, left_elsewhere, ask_for_more),
)
