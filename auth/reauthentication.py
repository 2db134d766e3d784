"""Secrets that are asked for within a session: the same delays as at the door (threat 41).

Nobody sleeps here: a try that comes too early is refused, unchecked, with the seconds that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from auth import delays
from auth.failed_signins import count_failure
from auth.login_names import name_digest
from db.desk import Actor, Invalid, Problem
from db.language import _
from db.store.addresses import source_of
from db.store.transactions import writing


@contextmanager
def one_try(actor: Actor, field: str) -> Iterator[None]:
    """Count a try as failed before the body checks it, and take it off after; each in a transaction of its
    own.

    - Where the body raises Invalid it stays counted, also in the owner's name, as at the door.
    - Raises Invalid for ``field`` where it is too early for a try.
    """
    name, source = name_digest(actor.login), source_of(actor.source)
    try:
        turn = delays.take_turn(name, source)
    except delays.TooEarly as early:
        seconds = max(1, round(early.seconds))
        raise Invalid(
            Problem(field, _("Too many failures. Please try again in {seconds} s.", seconds=seconds))
        ) from early
    try:
        yield
    except Invalid:
        with writing():
            count_failure(actor.account)
        raise
    with writing():
        delays.uncount_try(turn)
