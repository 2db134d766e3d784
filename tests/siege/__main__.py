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
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.siege import corpus
from tests.siege.actors import TOGETHER, Holder, holders
from tests.siege.bounds import unbounded
from tests.siege.outside import by_a_file, from_the_host
from tests.siege.report import accepted, never, told, unexercised
from tests.siege.search import ACTIVE, by_everybody, by_puppets, every_operation, walks
from tests.siege.shrinking import minimised
from tests.siege.stage import Stage, built
from tests.siege.walking import Tally
from tests.siege.worlds import reported_apart, told_apart

PARTS = 4
"""In so many parts everybody tries the operations, so that each is tried by some before the time is over."""
WHOLE = 30
"""From so many minutes on every operation has to have been done, and every table of power moved."""


def main() -> int:
    """Besiege as the arguments say; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1, help="how long, of processor time")
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
    began = time.process_time()

    def share(part: float) -> float:
        """The moment at which ``part`` of the time is over."""
        return float(began + 60 * asked.minutes * part)

    with built() as stage:
        every = [
            one
            for one in (*holders(stage), *TOGETHER)
            if asked.holder in ("", one.role) and asked.book in ("", one.book)
        ]
        random.Random(asked.seed).shuffle(every)
        tally = Tally(says=True)
        _besiege(stage, every, asked, tally, share)
        print(f"walks: {tally.acts} acts, {tally.states} states", flush=True)
        others = _besides(stage, every, asked.seed, share)
        for key, (find, holder, walk) in list(tally.found.items()):
            tally.found[key] = (find, holder, minimised(stage, find, holder, walk, until=share(1)))
        if asked.keep is not None:
            _keep(stage, tally, asked.keep)
    print("\n".join([*told(tally, stage.exercised), *others]))
    left = [key for key in tally.found if key not in accepted()]
    whole = asked.minutes >= WHOLE and not (asked.holder or asked.book)
    lacking = [*never(tally), *unexercised(stage.exercised, tally)] if whole else []
    return 1 if left or others or lacking else 0


def _besiege(
    stage: Stage,
    every: list[Holder],
    asked: argparse.Namespace,
    tally: Tally,
    share: Callable[[float], float],
) -> None:
    """Each operation by each holder, then walks in turn, and what the host does, each for its share of the
    time."""
    until, number, chance = share(0.25), 0, random.Random(asked.seed)
    parts = {holder: chance.sample(ACTIVE, len(ACTIVE)) for holder in every if not holder.beside}
    for part in range(PARTS):
        for holder, operations in parts.items():
            some = operations[part::PARTS]
            every_operation(stage, asked.seed, asked.draws, tally, [holder], some, until)
    print(f"each operation by each holder: {tally.acts} acts", flush=True)
    from_the_host(stage, asked.seed, asked.draws, tally, share(0.29))
    if not (asked.holder or asked.book):
        for holder in holders(stage):
            by_puppets(stage, asked.seed, tally, holder, share(0.36))
        _by_whom_it_takes(stage, asked.seed, tally, share(0.64))
        print(f"what those did not do, by everybody: {tally.acts} acts", flush=True)
    until = share(0.77)
    while time.process_time() < until and every:
        seed = asked.seed + number // len(every)
        walks(stage, every[number % len(every)], seed, asked.visits, tally, until=until)
        number += 1


def _by_whom_it_takes(stage: Stage, seed: int, tally: Tally, until: float) -> None:
    """What nobody did yet, and what was done but moved not all that it declares."""

    def undone() -> list[str]:
        return [one for one in never(tally) if one in ACTIVE]

    def unmoved() -> list[str]:
        return [one.partition(" ")[0] for one in unexercised(stage.exercised, tally)]

    by_everybody(stage, seed, tally, undone, until=until)
    by_everybody(stage, seed, tally, unmoved, until=until)


def _besides(stage: Stage, every: list[Holder], seed: int, share: Callable[[float], float]) -> list[str]:
    """What is found by two worlds, by bounds and in the state folder, each for its share of the time."""
    found = [str(one) for one in by_a_file(stage, share(0.79)) if one.key not in accepted()]
    alone = [one for one in every if not one.beside]
    for number, holder in enumerate(alone):
        until = share(0.79 + 0.1 * (number + 1) / len(alone))
        apart = [
            *reported_apart(stage, holder, seed, until=(time.process_time() + until) / 2),
            *told_apart(stage, holder, seed, until=until),
        ]
        found += [f"FOUND {one}" for one in apart if one.key not in accepted()]
    bounded = [one for one in alone if one.role in ("employee", "hr")]
    for number, holder in enumerate(bounded):
        until = share(0.89 + 0.09 * (number + 1) / len(bounded))
        found += [
            f"FOUND {one}" for one in unbounded(stage, holder, seed, until=until) if one.key not in accepted()
        ]
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
