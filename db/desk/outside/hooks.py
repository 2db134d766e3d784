"""What the system outside hooks in: its list and report of differences."""

from db.desk.hooks import Hooks
from db.desk.outside.outside import Outside
from db.desk.outside.report import DriftReport

HOOKS = Hooks(groups=(Outside, DriftReport), sheets=("wecom",), lists={"wecom drift": "sync"})
