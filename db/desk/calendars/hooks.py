"""What calendars hook in: years whose holidays are not known."""

from db.desk.calendars.unknown import alarm_unknown
from db.desk.hooks import Hooks

HOOKS = Hooks(alarms=(alarm_unknown,))
