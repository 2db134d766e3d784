"""By which clause a name is refused that is not spelt as names are. Not an operation."""

from __future__ import annotations

from typing import Final

from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.store.name_spelling import Misspelling

VALIDATED: Final = "validated-entry"
"""The control that has values looked at when they are entered (C.8, H.4.2)."""


def with_clause(policy: EffectivePolicy | None, message: Message) -> Message:
    """Return ``message``, for a misspelling with the clause that has entries validated, else "safe default".
    No policy: that of a book that is not there yet."""
    if not isinstance(message, Misspelling):
        return message
    control = policy.control(VALIDATED) if policy is not None else None
    clause: Text = control.clause if control is not None else _("safe default")
    return _("{reason} ({clause})", reason=message, clause=clause)
