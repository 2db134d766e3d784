"""``make siege``: one person with patience against everybody else; exits 1 where anything is found that is
not accepted.

    python -m tests.siege                          # a minute
    python -m tests.siege --minutes 60 --seed 7    # longer; the same chance again
    python -m tests.siege --holder hr --book staff # by some alone
    python -m tests.siege --keep FOLDER            # write the walks to what is found as files, as
    tests/siege/corpus has
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from pathlib import Path

from tests.siege import corpus
from tests.siege.actors import Holder, holders
from tests.siege.bounds import unbounded
from tests.siege.outside import by_a_file, from_the_host
from tests.siege.report import accepted, never, told
from tests.siege.search import ACTIVE, every_operation, walks
from tests.siege.shrinking import minimised
from tests.siege.stage import Stage, built
from tests.siege.walking import Tally
from tests.siege.worlds import told_apart

WHOLE = 30
"""From so many minutes on every operation has to have been done, and every table of power moved."""


def main() -> int:
    """Besiege as the arguments say; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1, help="how long")
    parser.add_argument("--seed", type=int, default=1, help="the same chance again")
    parser.add_argument(
        "--draws", type=int, default=1, help="how often each holder tries each operation at first"
    )
    parser.add_argument("--visits", type=int, default=4, help="how many states one goes on from in a round")
    parser.add_argument("--holder", default="", help="only those with this role")
    parser.add_argument("--book", default="", help="only those of this book")
    parser.add_argument("--keep", type=Path, help="a folder for walks to what is found")
    asked = parser.parse_args()
    print(f"{platform.platform()}, seed {asked.seed}", flush=True)
    with built() as stage:
        every = [
            one for one in holders(stage) if asked.holder in ("", one.role) and asked.book in ("", one.book)
        ]
        tally = Tally()
        _besiege(stage, every, asked, tally)
        others = _besides(stage, every, asked.seed, time.monotonic() + 12 * asked.minutes)
        for key, (find, holder, walk) in list(tally.found.items()):
            tally.found[key] = (find, holder, minimised(stage, find, holder, walk))
        if asked.keep is not None:
            _keep(stage, tally, asked.keep)
    print("\n".join([*told(tally), *others]))
    left = [key for key in tally.found if key not in accepted()]
    whole = asked.minutes >= WHOLE and not (asked.holder or asked.book)
    return 1 if left or others or (whole and never(tally)) else 0


def _besiege(stage: Stage, every: list[Holder], asked: argparse.Namespace, tally: Tally) -> None:
    """Each operation by each holder, then walks in turn for as long as there is time."""
    until, number = time.monotonic() + 48 * asked.minutes, 0
    for holder in every:
        if time.monotonic() < until:
            every_operation(stage, asked.seed, asked.draws, tally, [holder], ACTIVE)
    while time.monotonic() < until and every:
        seed = asked.seed + number // len(every)
        walks(stage, every[number % len(every)], seed, asked.visits, tally, until=until)
        number += 1
    from_the_host(stage, asked.seed, asked.draws, tally)


def _besides(stage: Stage, every: list[Holder], seed: int, until: float) -> list[str]:
    """What is found by two worlds, by bounds and in the state folder, as far as there is time."""
    found = [str(one) for one in by_a_file(stage) if one.key not in accepted()]
    for holder in every:
        if time.monotonic() < until:
            found += [f"FOUND {one}" for one in told_apart(stage, holder, seed) if one.key not in accepted()]
        if time.monotonic() < until and holder.role == "employee":
            found += [f"FOUND {one}" for one in unbounded(stage, holder, seed) if one.key not in accepted()]
    return found


def _keep(stage: Stage, tally: Tally, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with stage.attempt():
        for find, holder, walk in tally.found.values():
            name = "-".join((find.rule, find.table, find.do.replace(".", "-")))
            (folder / f"{name}.toml").write_text(
                corpus.written(stage, find, holder, walk, str(find)), "utf-8"
            )


if __name__ == "__main__":
    sys.exit(main())
