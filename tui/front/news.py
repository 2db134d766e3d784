"""What a running session is told from outside: an announcement, the service's end, a new version.

A line of JSON each, on a descriptor of the session's own. The text of an announcement has been made safe and
put on record before it comes here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

NEWS = 4
"""The descriptor on which a session hears."""
LONGEST = 4096


def announcement_news(text: str) -> bytes:
    """Build the news line of an administrator's message to everybody."""
    return _line({"news": "announcement", "text": text})


def stop_news(minutes: int) -> bytes:
    """Build the news line that the service stops in ``minutes``."""
    return _line({"news": "stopping", "minutes": minutes})


def renewal_news() -> bytes:
    """Build the news line that new sign-ins get a new version."""
    return _line({"news": "renewed"})


def read_news(descriptor: int = NEWS) -> Iterator[dict[str, object]]:
    """Yield the news that have come, skipping what is no JSON. Raises EOFError if the server is gone."""
    try:
        data = os.read(descriptor, LONGEST)
    except BlockingIOError:
        return
    if not data:
        raise EOFError
    for line in data.splitlines():
        try:
            piece = json.loads(line)
        except ValueError:
            continue
        if isinstance(piece, dict):
            yield piece


def _line(piece: dict[str, object]) -> bytes:
    return json.dumps(piece).encode() + b"\n"
