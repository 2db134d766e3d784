"""``python -m tests.siege.without [ROW…]``: whether siege finds again what it was made to find.

In a copy of the tree the guards of a row of the threat table are taken away, as `make guards` does, and siege
is let loose on it: every holder with the operations that the row is about, and whoever they let in. It has to
find what the row says, and says how long that took; exits 1 where it does not.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guards.__main__ import _copy
from tests.guards.reading import guards
from tests.siege.actors import holders
from tests.siege.bounds import unbounded
from tests.siege.oracle import ALONE, UNTOLD
from tests.siege.search import by_puppets, every_operation
from tests.siege.stage import Stage, built
from tests.siege.walking import Tally
from tests.siege.worlds import told_apart

SECONDS = 300.0
SEED = 20261123
SECOND = "a role comes by the agreement of a second office"
TOLD = "whoever an act concerns and those who watch are told"


@dataclass(frozen=True, slots=True)
class Row:
    """What is taken away, and how what is found then begins."""

    guards: tuple[str, ...]
    finds: tuple[str, ...]
    search: Callable[[Stage, float], Iterator[tuple[str, ...]]]


def _by_operations(*operations: str) -> Callable[[Stage, float], Iterator[tuple[str, ...]]]:
    def search(stage: Stage, until: float) -> Iterator[tuple[str, ...]]:
        tally, every = Tally(), list(holders(stage))
        random.Random(SEED).shuffle(every)
        for seed in range(SEED, SEED + 20):
            for holder in every:
                every_operation(stage, seed, 3, tally, [holder], operations, until)
                yield from tally.found

    return search


def _by_puppets(stage: Stage, until: float) -> Iterator[tuple[str, ...]]:
    tally = Tally()
    for seed in range(SEED, SEED + 20):
        for holder in holders(stage):
            by_puppets(stage, seed, tally, holder, until)
            yield from tally.found


def _by_worlds(stage: Stage, until: float) -> Iterator[tuple[str, ...]]:
    for holder in holders(stage):
        if holder.role in ("employee", "head"):
            for one in told_apart(stage, holder, SEED, targets=1, until=until):
                yield one.key


def _by_bounds(stage: Stage, until: float) -> Iterator[tuple[str, ...]]:
    for holder in holders(stage):
        if holder.role == "employee":
            for one in unbounded(stage, holder, SEED, until=until):
                yield one.key


ROWS = {
    50: Row((SECOND,), (ALONE, "grant"), _by_operations("accounts.grant", "accounts.revoke")),
    51: Row(
        ("whoever let an account in stands for it until another office has confirmed it",),
        (ALONE,), _by_puppets,
    ),
    52: Row(
        ("a check compares nothing that was not shown on record",
         "what is typed over a covered value is a change"),
        ("told-apart",), _by_worlds,
    ),
    53: Row((TOLD,), (UNTOLD, "account"), _by_operations("accounts.disable")),
    54: Row((TOLD,), (UNTOLD, "delegation"), _by_operations("delegation.delegate")),
    55: Row((SECOND,), (ALONE, "calendar_day"), _by_operations("calendar.add")),
    58: Row(
        ("others are asked so often a day", "so much is kept a day", "so many bytes are kept a day"),
        ("unbounded",), _by_bounds,
    ),
}  # fmt: skip


def main(rows: list[int]) -> int:
    """Try each of ``rows`` in a copy of its own; 0 where all are found again."""
    missed = [row for row in rows or ROWS if not _found_again(row)]
    print(f"{len(rows or ROWS) - len(missed)} of {len(rows or ROWS)} found again")
    return 1 if missed else 0


def _found_again(row: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="siege-without-") as folder:
        tree = _copy(Path(folder))
        for guard in guards():
            if guard.says in ROWS[row].guards:
                file, text = guard.taken_away(tree)
                (tree / file).write_text(text, "utf-8")
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.siege.without", "--here", str(row)],
            cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )  # fmt: skip
    return run.returncode == 0


def _here(row: int) -> int:
    """Besiege this tree until it finds what ``row`` says."""
    with built() as stage:
        began, used = time.monotonic(), time.process_time()
        for key in ROWS[row].search(stage, began + SECONDS):
            if key[: len(ROWS[row].finds)] == ROWS[row].finds:
                seconds = time.process_time() - used
                print(f"{row}: found {' '.join(filter(None, key))}: {seconds:.0f} s", flush=True)
                return 0
            if time.monotonic() > began + SECONDS:
                break
    print(f"{row}: not found in {SECONDS:.0f} s", flush=True)
    return 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(_here(int(given[1])) if given[:1] == ["--here"] else main([int(one) for one in given]))
