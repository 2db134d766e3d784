"""An application whose rehearsal leaves a thread behind, so that no session may be forked from it."""

from __future__ import annotations

import threading


def rehearse(home: str) -> None:
    """Start a thread and forget it."""
    threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()
