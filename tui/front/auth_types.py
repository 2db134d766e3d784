"""What the door needs of `auth`, as types, so that its tests can stand in for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from db.language import Message


class SignedInSession(Protocol):
    """Someone has signed in: ``session`` is the record's number, ``login`` the account's own spelling."""

    @property
    def session(self) -> int: ...
    @property
    def account(self) -> int: ...
    @property
    def login(self) -> str: ...
    @property
    def strength(self) -> str: ...


class SignInAttempt(Protocol):
    """An attempt as one name from one source. ``ended``: what to say once access has ended for good."""

    ended: Message | None

    def delay(self) -> float:
        """Return the seconds to hold the answer, by earlier failures. Counts nothing; cheap."""

    def answer(self, password: str, code: str) -> SignedInSession | None:
        """Check both answers as typed and, if right, begin and record a session; None: refused, which is
        counted or recorded. Takes a quarter of a second of a processor. Raises `auth.delays.TooEarly`, with
        nothing checked, where others try it from the same source, and `auth.totp.CodeUsed` where the code was
        used a moment ago."""

    def call_for_help(self) -> None:
        """Record that the caller says to be locked out, and tell the owner. Looks the same for a name that
        nobody has."""


SignInFactory = Callable[[str, str, str], SignInAttempt]
"""Called with the name as typed, the source's address and the front (``ssh``)."""

EndSession = Callable[[int, str], None]
"""Called with the session's number and how it ended: closed, cut, crashed, idle, killed or stopped."""

Over = Callable[[Collection[int]], dict[int, str]]
"""Called with the numbers of sessions that run: those that others have ended on record, and how."""


KnownSources = Callable[[], Collection[str]]
"""Gives the sources (`db.store.addresses.source_of`) from which somebody has signed in lately."""


def none_over(_running: Collection[int]) -> dict[int, str]:
    """Return {}: stands for a server that nobody else ends sessions of."""
    return {}
