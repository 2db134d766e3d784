"""How a person's training is put into words."""

from __future__ import annotations

from db.desk.training.topics import Training
from db.language import _
from tui.kit import Styled


def standing(training: Training) -> Styled:
    """Until when it holds, or that it is due."""
    match training.state:
        case "never":
            return Styled(_("never trained"), "bad")
        case "due":
            return Styled(_("due since {day}", day=training.due), "bad")
        case "soon":
            return Styled(_("due on {day}", day=training.due), "warn")
    if not training.due:
        return Styled(_("trained"), "good")
    return Styled(_("holds until {day}", day=training.due), "good")
