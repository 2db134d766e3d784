"""``python -m tests.bench [PART …]``: every bar, or those of the parts named.

The exit status is 1 where one is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tests.bench import door, importing, lookup, session, signin, verifying
from tests.bench.rows import Outcome, Row, table

PARTS: dict[str, Callable[[], Sequence[Outcome]]] = {
    "door": door.measure,
    "importing": importing.measure,
    "lookup": lookup.measure,
    "session": session.measure,
    "signin": signin.measure,
    "verifying": verifying.measure,
}


def main() -> int:
    """Measure, print, and say whether all bars were met."""
    outcomes: list[Outcome] = []
    for name in sys.argv[1:] or PARTS:
        outcomes += PARTS[name]()
    print(table(outcomes))
    return 0 if all(outcome.met for outcome in outcomes if isinstance(outcome, Row)) else 1


if __name__ == "__main__":
    sys.exit(main())
