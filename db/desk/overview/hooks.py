"""Hooks the alarm of what reaches nobody into the duties."""

from db.desk.hooks import Hooks
from db.desk.overview.unreached import alert_unreached

HOOKS = Hooks(alarms=(alert_unreached,))
