"""Warm the parent of all sessions: import everything, draw the first screens, then stand still.

The application's module offers ``rehearse(home)``, which draws them headless and raises where
that fails. A preload that went wrong is not silent: the server does not start.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import threading

from rich.cells import cell_len

from tui.front.heap import fill_holes, fill_pools
from tui.front.refcount_freeze import make_immortal

ALSO = (
    "_strptime", "auth.sessions", "email_validator", "encodings.ascii", "encodings.idna",
    "phonenumbers.data.region_CN",
)  # fmt: skip
"""Modules that are imported only where they are used, and that every session uses."""
THRESHOLDS = 700, 5, 5
"""Of Python's collector in a session: a screen that was left is a circle of some hundred kilobytes."""


class PreloadError(RuntimeError):
    """The parent can't be forked from; the message says why."""


def preload(entry: str, plain: str, home: str) -> None:
    """Import ``entry`` and ``plain``, rehearse a session, check that forking is safe, and freeze memory so
    that forks share it. Raises PreloadError."""
    for name in (*ALSO, plain):
        importlib.import_module(name)
    importlib.import_module(entry).rehearse(home)
    cell_len("名册")  # loads the table of widths of this Unicode version
    check_still()
    gc.collect()
    fill_pools()
    make_immortal()
    fill_holes()
    gc.freeze()
    gc.collect()  # else the collector waits for a quarter of what is frozen before it looks at what is new
    gc.set_threshold(*THRESHOLDS)


def check_still() -> None:
    """Raise PreloadError if other threads or an event loop are running: a fork would copy half of them."""
    if threading.active_count() != 1 or len(os.listdir("/proc/self/task")) != 1:
        names = ", ".join(thread.name for thread in threading.enumerate())
        raise PreloadError(f"threads are left after the rehearsal: {names}")
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise PreloadError("an event loop is running")
