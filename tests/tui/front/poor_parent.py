"""A warm parent on a machine that has no room for a process more, but for the sessions of two people."""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

from tui.front import warm

ROOM = 2


class PoorParent(warm.WarmParent):
    """Forks `ROOM` times, fails once with each word that fork(2) has, then has room again."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._words = [errno.EAGAIN, errno.ENOMEM]
        self._forked = 0
        self._fork = os.fork
        os.fork = self._poor_fork

    def _poor_fork(self) -> int:
        if self._forked == ROOM and self._words:
            raise OSError(self._words.pop(0), "no room")
        self._forked += 1
        return self._fork()

    def _become_session(self, ticket: bytes, descriptors: list[int], parent: int) -> NoReturn:
        os.fork = self._fork
        super()._become_session(ticket, descriptors, parent)


if __name__ == "__main__":
    warm.WarmParent = PoorParent  # type: ignore[misc, assignment]
    sys.exit(warm.main())
