"""Hooks reviews into the desk: see `Hooks` for what each part does."""

from db.desk.hooks import Hooks
from db.desk.reviews.duties import reopen_with, settle_with
from db.desk.reviews.guiding import tell_new_heads
from db.desk.reviews.opening import by_cycle, enlist_entries
from db.desk.reviews.signs import end_reports

HOOKS = Hooks(
    openers=(by_cycle,),
    alarms=(tell_new_heads,),
    joined=(enlist_entries,),
    changed=(end_reports, settle_with),
    turned_down=(reopen_with,),
)
