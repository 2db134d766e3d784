"""The ways an operation ends without having done anything yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from db.language import Message, Text, _

SILENT = "default"


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of what was handed in. ``typed`` is a text that is no value of the field:
    it is looked at for what no entry may hold (H.4.3), and neither shown nor kept."""

    field: str
    message: Message
    typed: str = dataclasses.field(default="", repr=False, compare=False)


class Refused(Exception):
    """A rule denies the act. It is recorded, nothing changed.

    ``message`` stands in the audit, where an erasure does not reach, so it names nobody; ``clause`` is the
    clause that denies (``default`` where the regulations are silent and the safe default holds); ``advice``
    says what to do instead, is not recorded, and may name who can. ``field`` is what of a form it is about.
    """

    def __init__(self, message: Message, clause: str, advice: Text, *, field: str = "") -> None:
        super().__init__(message.text)
        self.message = message
        self.clause = clause
        self.advice = advice
        self.field = field

    def with_clause(self) -> Message:
        """Return the denial and its clause on one line, for a form field."""
        if self.clause == SILENT:
            return self.message
        return _("{reason} ({clause})", reason=self.message, clause=self.clause)


class Invalid(Exception):
    """What was handed in can't be used; nothing changed. ``problems`` says what to mend."""

    def __init__(self, *problems: Problem) -> None:
        Exception.__init__(self, "; ".join(problem.message.text for problem in problems))
        self.problems: Sequence[Problem] = problems


class Overtaken(Invalid):
    """Somebody decided or did first what was asked for; nothing changed. No rule denies it, so that nothing
    is recorded, and ``message`` may name who did."""

    def __init__(self, message: Message) -> None:
        super().__init__(Problem("", message))

    @property
    def message(self) -> Message:
        return self.problems[0].message


LAST_DAY = "last-day:"
"""Begins how a session ended that went with its account's last day; the clause follows."""


class SessionOver(Exception):
    """The session has ended or the account was disabled. ``how``: as on record, if known."""

    def __init__(self, how: str = "") -> None:
        super().__init__(how)
        self.message = session_over(how)


def session_over(how: str) -> Message:
    if how.startswith(LAST_DAY):
        return last_day_over(how.removeprefix(LAST_DAY))
    return _("Your session is over. Sign in again.")


def last_day_over(clause: str) -> Message:
    return _(
        "Your last day on record is over, and your access ended with it ({clause}). If the day is wrong, ask "
        "whoever keeps your directory to correct it.",
        clause=clause if clause != SILENT else _("safe default"),
    )


class Pending(Exception):
    """What was asked for is on record as a request: somebody else decides on it, or its day has to come. It
    is no fault: ``message`` says for whom or what it waits."""

    def __init__(self, request: int, message: Message) -> None:
        super().__init__(message.text)
        self.request = request
        self.message = message
