"""What a siege says at its end."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

from db.desk.frame import OPERATIONS
from db.store.moves import Moves
from tests.siege.rows import declared
from tests.siege.search import ACTIVE
from tests.siege.walking import Tally

WIDE = (
    "queue.",
    "requests.withdraw",
    "objections.object",
    "importing.load",
    "importing.submit",
    "privacy.erase",
    "backups.put_back",
)
"""How the names begin of those that carry out, undo or turn down what others asked for: they declare all."""


@cache
def unreached() -> dict[str, str]:
    """Operations that no walk reaches and tables that none moves, each with the reason (`unreached.toml`)."""
    raw = tomllib.loads((Path(__file__).parent / "unreached.toml").read_text("utf-8"))
    return {name: str(reason) for name, reason in raw.items()}


def never(tally: Tally) -> list[str]:
    """Operations that nobody did, nor the host's operator, and tables of power that nothing moved, without a
    reason on file."""
    tables = {name for name, one in declared().items() if one.kind == "power"}
    done = set(tally.reached) | set(tally.by_host) | {name for name, _do in tally.moved}
    return sorted({*ACTIVE, *tables} - done - set(unreached()))


def unexercised(exercised: Set[tuple[str, Moves]], tally: Tally) -> list[str]:
    """What operations declare to move that were done and never moved it, without a reason on file: whether a
    declaration is too wide. One in `WIDE` moves what it carries out of others' asking."""
    done = [OPERATIONS[name] for name in ACTIVE if tally.done[name]]
    declared_ones = {
        (one.name, moves) for one in done for moves in one.power.moves if not one.name.startswith(WIDE)
    }
    never_seen = {f"{name} {moves}" for name, moves in declared_ones - exercised}
    return sorted(never_seen - set(unreached()))


@cache
def accepted() -> dict[tuple[str, ...], str]:
    """Finds that are as they have to be, each with the reason (`accepted.toml`)."""
    raw = tomllib.loads((Path(__file__).parent / "accepted.toml").read_text("utf-8"))
    return {tuple(one["key"]): str(one["reason"]) for one in raw.get("find", ())}


def told(tally: Tally, exercised: Set[tuple[str, Moves]] = frozenset()) -> Iterator[str]:
    """Line by line."""
    used = time.process_time() - tally.began
    reached = sorted({*tally.reached, *tally.by_host} & set(ACTIVE))
    yield f"{tally.acts} acts in {used:.0f} s of processor time, {tally.acts / max(used, 1):.0f} a second"
    yield f"{tally.states} states; {len(reached)} of {len(ACTIVE)} operations that change something were done"
    for name in never(tally):
        yield f"  never done or moved, for no reason on file: {name}"
    for name in unexercised(exercised, tally):
        yield f"  declared and never moved, for no reason on file: {name}"
    yield f"by the host's operator: {', '.join(sorted(tally.by_host)) or 'nothing'}"
    for _key, (find, holder, walk) in sorted(tally.found.items()):
        yield f"FOUND {find}"
        yield f"      by {holder}: {' -> '.join(act.do for act in walk)}"
    yield f"{len(tally.found)} found"
