"""What waits for the reader besides requests and tasks, and how much it is in all, which stands at the right
end of the top line."""

from __future__ import annotations

from db.desk import Desk
from db.desk.training.subject import OwnTraining
from tui.kit import KitApp


def own_trainings(desk: Desk) -> list[OwnTraining]:
    """Trainings that the reader has to attend: due, or due soon (F.6.2)."""
    return [one for one in desk.training.mine() if one.waits]


def recount(app: KitApp, decisions: int | None = None) -> None:
    """Count anew after an act that may have taken something off it; ``decisions`` where they were counted."""
    desk = app.desk
    to_decide = desk.queue.counts().all if decisions is None else decisions
    app.set_waiting(to_decide + desk.tasks.mine(limit=0).total + len(own_trainings(desk)))
