"""What a siege says at its end."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from db.desk.frame import OPERATIONS
from tests.siege.rows import declared
from tests.siege.search import ACTIVE
from tests.siege.walking import Tally


@cache
def unreached() -> dict[str, str]:
    """Operations that no walk reaches and tables that none moves, each with the reason (`unreached.toml`)."""
    raw = tomllib.loads((Path(__file__).parent / "unreached.toml").read_text("utf-8"))
    return {name: str(reason) for name, reason in raw.items()}


def never(tally: Tally) -> list[str]:
    """Operations that were never done, and tables of power never moved, without a reason on file."""
    tables = {name for name, one in declared().items() if one.kind == "power"}
    done = set(tally.reached) | {name for name, _do in tally.moved}
    return sorted({*ACTIVE, *tables} - done - set(unreached()))


@cache
def accepted() -> dict[tuple[str, ...], str]:
    """Finds that are as they have to be, each with the reason (`accepted.toml`)."""
    raw = tomllib.loads((Path(__file__).parent / "accepted.toml").read_text("utf-8"))
    return {tuple(one["key"]): str(one["reason"]) for one in raw.get("find", ())}


def told(tally: Tally) -> Iterator[str]:
    """Line by line."""
    seconds, used = time.monotonic() - tally.began, time.process_time()
    reached = sorted(set(tally.reached) & set(OPERATIONS))
    each = tally.acts / max(used, 1)
    yield f"{tally.acts} acts in {seconds:.0f} s ({used:.0f} s of processor time, {each:.0f} a second of it)"
    yield f"{tally.states} states; {len(reached)} of {len(ACTIVE)} operations that change something were done"
    for name in never(tally):
        yield f"  never done or moved, for no reason on file: {name}"
    yield f"by the host's operator: {', '.join(sorted(tally.by_host)) or 'nothing'}"
    for words, times in tally.broken.most_common(20):
        yield f"  broken: {times} x {words}"
    for _key, (find, holder, walk) in sorted(tally.found.items()):
        yield f"FOUND {find}"
        yield f"      by {holder}: {' -> '.join(act.do for act in walk)}"
    yield f"{len(tally.found)} found"
