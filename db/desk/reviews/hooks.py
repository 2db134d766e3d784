"""What reviews hook in: operations, reports, lists, the reviews of each cycle, and what a change of entries,
heads or requests means to open ones."""

from db.desk.hooks import Hooks
from db.desk.reviews.duties import reopen_with, settle_with
from db.desk.reviews.guiding import Guidance, tell_new_heads
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.opening import enlist_entries, open_by_cycle
from db.desk.reviews.report import ReviewReports
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale, end_reports
from db.language import _

HOOKS = Hooks(
    groups=(Reviews, Inspections, Guidance, Stale, ReviewReports),
    labels={
        "guidance.put_to": _("put an instruction to a new head"),
        "reviews.withdraw": _("withdraw an unused right"),
        "campaign": _("review"), "item": _("thing under review"), "finding": _("finding"), "sign": _("sign"),
    },
    lists={
        "findings": "findings", "guidance": "findings", "reviews": "reviews", "reviews items": "reviews",
        "reviews progress": "reviews", "stale": "stale",
    },
    openers=(open_by_cycle,),
    alarms=(tell_new_heads,),
    joined=(enlist_entries,),
    changed=(end_reports, settle_with),
    turned_down=(reopen_with,),
)  # fmt: skip
