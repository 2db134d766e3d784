"""What reports hook in: what reaches nobody."""

from db.desk.hooks import Hooks
from db.desk.overview.unreached import alert_unreached

HOOKS = Hooks(alarms=(alert_unreached,))
