"""``make bench``: every part of the benchmark, one after the other, or those that are named.

    python -m tests.bench
    python -m tests.bench session importing

Each part's table is printed as soon as the part is done, and every line again at the end. A bar that
isn't met says NOT MET, and one that this machine can't measure says why; neither is a failure, as a
figure depends on the machine and on what else it does. The exit status is 1 only where a part failed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time
import traceback
from collections.abc import Sequence

from tests.bench.rows import Outcome, Row, table

PARTS = (
    "signin", "door", "session", "verifying", "proving", "writing", "importing", "restoring", "beside",
    "meanwhile", "scale", "lookup",
)  # fmt: skip
"""Modules beside this one, each with a ``measure()``; the longest comes last."""


def run(parts: Sequence[str]) -> int:
    """Measure ``parts`` and print what they give; the exit status."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    outcomes: list[Outcome] = []
    failed = []
    for part in parts:
        print(f"\n{part}: load {os.getloadavg()[0]:.1f}", flush=True)
        began = time.perf_counter()
        try:
            done: list[Outcome] = importlib.import_module(f"tests.bench.{part}").measure()
        except Exception:  # the other parts are worth having all the same
            traceback.print_exc()
            failed.append(part)
            continue
        print(f"{table(done)}\n({time.perf_counter() - began:.0f} s)", flush=True)
        outcomes += done
    print(f"\nAll of it:\n{table(outcomes)}\n\n{_summary(outcomes, failed)}")
    return 1 if failed else 0


def _summary(outcomes: Sequence[Outcome], failed: Sequence[str]) -> str:
    rows = [outcome for outcome in outcomes if isinstance(outcome, Row)]
    met = sum(row.met for row in rows)
    summary = f"{met} of {len(rows)} bars met, {len(outcomes) - len(rows)} lines not measured"
    return f"{summary}; failed: {', '.join(failed)}" if failed else summary


def main() -> int:
    """Run the parts that the arguments name, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of: {', '.join(PARTS)}")
    parts = parser.parse_args().parts
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    return run(parts or PARTS)


if __name__ == "__main__":
    sys.exit(main())
