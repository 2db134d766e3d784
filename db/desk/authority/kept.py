"""An actor's permissions, not read twice where nothing can have changed."""

from __future__ import annotations

from db.desk.authority.actor import Actor
from db.desk.authority.permissions import Permissions, permissions_of
from db.desk.authority.rules_on_record import today_on_record
from db.store import clock
from db.store.engine import record_version


class Kept:
    """The permissions of one actor, kept for as long as nothing has changed on record, and for the day: rules
    come into force with one.

    Where the engine can't tell, it is read again. Call it as the first thing of an operation, within its
    transaction.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._read_at: tuple[object, ...] | None = None
        self._permissions: Permissions | None = None

    def permissions(self) -> Permissions:
        """Return what the actor holds now, cached until the record or the day changes, or something held
        ends. Raises SessionOver where the session or account ended."""
        version, kept = record_version(), self._permissions
        now = (version, today_on_record())
        if kept is None or version is None or now != self._read_at or clock.now() >= kept.good_until:
            kept = self._permissions = permissions_of(self._actor)
            self._read_at = now
        return kept
