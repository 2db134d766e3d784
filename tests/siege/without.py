"""``python -m tests.siege.without [ROW…]``: whether siege finds again what it was made to find.

The guards of a row of the threat table are taken out of the running program, as `make guards` takes them out
of a copy of the tree, and siege is let loose on it: every holder with the operations that the row is about,
and whoever they let in. It has to find what the row says; exits 1 where it does not.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from db.desk import quota
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
    limits: quota.Limits = quota.LIMITS


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
            for one in told_apart(
                stage, holder, SEED, targets=1, asked=("changes.check", "directory.search"), until=until
            ):
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
    58: Row((), ("unbounded",), _by_bounds, quota.Limits(*[sys.maxsize] * 3)),
}  # fmt: skip


def main(rows: Sequence[int]) -> int:
    """Try each of ``rows``; 0 where all are found again."""
    missed = []
    with built() as stage:
        for row in rows or ROWS:
            began = time.process_time()
            with ExitStack() as stack:
                for guard in ROWS[row].guards:
                    stack.enter_context(taken_away(guard))
                stack.enter_context(patch.object(quota, "LIMITS", ROWS[row].limits))
                found = next(_found(stage, ROWS[row], began + SECONDS), None)
            seconds = time.process_time() - began
            print(
                f"{row}: {' '.join(filter(None, found)) if found else 'NOT FOUND'}, {seconds:.0f} s",
                flush=True,
            )
            if found is None:
                missed.append(row)
    print(f"{len(rows or ROWS) - len(missed)} of {len(rows or ROWS)} found again")
    return 1 if missed else 0


def _found(stage: Stage, row: Row, until: float) -> Iterator[tuple[str, ...]]:
    """What is found that begins as ``row`` says."""
    for key in row.search(stage, until):
        if key[: len(row.finds)] == row.finds:
            yield key


@contextmanager
def taken_away(says: str) -> Iterator[None]:
    """The program without the guard that ``says`` so: its function runs what is left of it."""
    guard = next(one for one in guards() if one.says == says)
    file, source = guard.taken_away()
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    name = guard.symbol.rpartition(":")[2].split(".")
    *_classes, last = (one for one in name if one.isidentifier())
    function = inspect.unwrap(vars(module).get(last) or _method_of(module, last))
    kept = function.__code__
    left = next(one for one in ast.walk(ast.parse(source))
                if isinstance(one, ast.FunctionDef) and one.name == last)  # fmt: skip
    left.decorator_list = []
    made: dict[str, Any] = {}
    exec(compile(ast.Module([left], []), file, "exec"), vars(module) | {}, made)
    function.__code__ = made[last].__code__
    try:
        yield
    finally:
        function.__code__ = kept


def _method_of(module: Any, name: str) -> Any:
    """The method ``name`` of a class of ``module``."""
    classes = (
        one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__
    )
    return next(vars(one)[name] for one in classes if name in vars(one))


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]]))
