"""``python -m tests.bench.fresh_parent``: stands in for the warm parent and starts every session in a new
interpreter, which imports everything anew. What the fork is measured against."""

from __future__ import annotations

import os
import socket
import sys
from typing import NoReturn

from tui.front import session
from tui.front.warm import WarmParent


class FreshParent(WarmParent):
    """Speaks like the warm parent, but loads nothing and forks only to execute."""

    def _load_modules(self, home: str) -> None:
        """Nothing: each session loads for itself."""

    def _become_session(self, ticket: bytes, descriptors: list[int], parent: int) -> NoReturn:
        for descriptor in descriptors:
            os.set_inheritable(descriptor, True)
        python = [sys.executable, "-P", "-s", "-X", "utf8", "-m", "tests.bench.fresh_parent"]
        arguments = [
            "session",
            os.fsdecode(ticket),
            str(parent),
            self._entry,
            self._plain,
            *map(str, descriptors),
        ]
        os.execv(python[0], [*python, *arguments])


def main() -> int:
    """A session where told so, else the parent of all."""
    if sys.argv[1] == "session":
        ticket, parent, entry, plain, *descriptors = sys.argv[2:]
        session.run(
            os.fsencode(ticket), [int(descriptor) for descriptor in descriptors], int(parent), entry, plain
        )
    parent_of_all = FreshParent(socket.socket(fileno=int(sys.argv[1])))
    if parent_of_all.prepare():
        parent_of_all.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
