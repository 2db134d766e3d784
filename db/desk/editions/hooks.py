"""Hooks editions into the desk: see `Hooks` for what each part does."""

from db.desk.editions.duty import due_editions, unacknowledged
from db.desk.editions.issuing import in_hand
from db.desk.editions.outstanding import left_open
from db.desk.editions.updates import send_updates
from db.desk.hooks import Hooks

HOOKS = Hooks(openers=(due_editions, unacknowledged, send_updates, left_open), copies=(in_hand,))
