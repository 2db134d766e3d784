"""The server's log: one JSON object a line, with the time, the level and what happened.

It says who signed in from where, and nothing else about a person: no answer given at the door, no
text of another's exception, no key. Lines of libraries keep their origin and the kind of error only.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

from db.store.clock import now
from db.store.disk import open_own
from tui.front.incident import describe

_LOGGER = logging.getLogger("mingce.front")
_FIELDS = "mingce_fields"
OF_STRANGERS = 30
"""Lines a minute, of each kind, that people outside can have written."""


def log_event(name: str, level: int = logging.INFO, /, **fields: object) -> None:
    """Write one line to the log. ``fields`` are plain JSON values and must hold no personal data."""
    _LOGGER.log(level, name, extra={_FIELDS: fields})


class _Tally:
    """How many lines of a kind were written in a minute, and how many more were not."""

    def __init__(self) -> None:
        self.minute, self.written, self.beyond = 0, 0, 0


_strangers: defaultdict[str, _Tally] = defaultdict(_Tally)


def event_of_stranger(name: str, /, **fields: object) -> None:
    """Log what somebody did who has not signed in: so many lines a minute of each kind, the rest as one line
    with their ``count`` in the next minute (threat 40)."""
    tally, minute = _strangers[name], int(time.monotonic() // 60)
    if tally.minute != minute:
        if tally.beyond:
            log_event(name, count=tally.beyond)
        tally.minute, tally.written, tally.beyond = minute, 0, 0
    if tally.written < OF_STRANGERS:
        tally.written += 1
        log_event(name, **fields)
    else:
        tally.beyond += 1


def configure(file: Path | None = None) -> None:
    """Send this process's log to ``file`` (created with mode 0600, may be rotated), else to standard
    error."""
    handler: logging.Handler
    if file is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(open_own(file, os.O_WRONLY | os.O_CREAT))
        handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8")
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(logging.INFO)
    quiet = logging.getLogger("asyncssh")  # it names users and commands at every step
    quiet.setLevel(logging.CRITICAL + 1)
    quiet.propagate = False


class JsonLines(logging.Formatter):
    """Our own events with their fields; of anybody else's record, only where it comes from."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"time": now(), "level": record.levelname.lower()}
        fields = getattr(record, _FIELDS, None)
        if fields is not None:
            line |= {"event": record.getMessage(), **fields}
        else:
            line |= {"event": "library", "logger": record.name}
            if record.exc_info and record.exc_info[1] is not None:
                line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)
