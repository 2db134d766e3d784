"""Where the journal of this host lies, and the keys it takes to write it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from db.store.journal.frames import SUFFIX


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """Where the journal goes, the key that encrypts it, and those that prove the present."""

    folder: Path
    key: bytes
    proving: Callable[[], Iterable[bytes]]

    def file(self, at: str) -> Path:
        """Return this host's journal file for the day of ``at``, or its last one if the clock was set back.
        Creates nothing."""
        ending = f"-{this_host()}{SUFFIX}"
        there = os.listdir(self.folder) if self.folder.is_dir() else []
        own = (name for name in there if name[len(at[:10]) :] == ending)
        return self.folder / max([f"{at[:10]}{ending}", *own])


def this_host() -> str:
    return host_called(socket.gethostname())


def host_called(name: str) -> str:
    """Return the host's ``name`` as the journal writes it: letters, digits and hyphens."""
    return "".join(letter for letter in name if letter.isalnum() or letter == "-") or "host"
