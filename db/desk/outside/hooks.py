"""What the system outside hooks in: its list and report of differences."""

from db.desk.hooks import Hooks
from db.desk.outside.outside import Outside
from db.desk.outside.report import DriftReport
from db.language import _

HOOKS = Hooks(
    groups=(Outside, DriftReport),
    labels={
        "outside.survey": _("compare with WeCom"),
        "outside.posted": _("post a revision in the system outside"),
        "outside.tell": _("tell WeCom"),
    },
    lists={"wecom drift": "sync"},
)
