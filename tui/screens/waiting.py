"""How much waits for the reader, at the right end of the top line."""

from __future__ import annotations

from tui.kit import KitApp


def recount(app: KitApp) -> None:
    """Count anew after an act that may have taken something off it."""
    app.set_waiting(app.desk.queue.counts().all + app.desk.tasks.mine(limit=0).total)
