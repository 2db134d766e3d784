"""Long runs of the fuzz targets: ``python -m tests.fuzz [--minutes N] [TARGET…]``, N minutes each, two at a
time. Prints what came of how many inputs; exits 1 where anything was found, which is then in the corpus."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fuzz.targets import TARGETS

TREE = Path(__file__).parents[2]
FOLDER = TREE / ".bench" / "fuzz"
"""Inputs that reached something new, for the next run; the reports; and what the targets print."""
GRACE = 120


def main(arguments: Sequence[str]) -> int:
    """Run, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET")
    asked = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        ran = pool.map(lambda name: _run(name, asked.minutes * 60), asked.targets or list(TARGETS))
        told = [report for report in ran if report is not None]
    inputs = sum(report["inputs"] for report in told)
    found = sum(len(report["found"]) for report in told)
    broken = len(asked.targets or TARGETS) - len(told)
    print(f"{len(told)} targets, {inputs:,} inputs, {found} found, {broken} broken off")
    return 1 if found or broken else 0


def _run(name: str, seconds: float) -> dict[str, Any] | None:
    """The report of one run, told as well; None where the process died of it."""
    report = FOLDER / f"{name}.json"
    report.unlink(missing_ok=True)
    with (FOLDER / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.run", name, str(seconds), str(FOLDER)]
        try:
            done = subprocess.run(
                command,
                cwd=TREE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                timeout=seconds + GRACE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            done = None
    if done is None or done.returncode or not report.exists():
        print(f"{name:<12} BROKEN OFF: see {FOLDER / name}.log", flush=True)
        return None
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    _tell(name, told)
    return told


def _tell(name: str, report: dict[str, Any]) -> None:
    outcomes = ", ".join(f"{word} {count:,}" for word, count in sorted(report["outcomes"].items()))
    how = "led" if report["led"] else "unled"
    speed = report["inputs"] / max(report["seconds"], 1)
    print(f"{name:<12} {report['inputs']:>10,} inputs  {speed:>7.0f}/s {how}  {outcomes}", flush=True)
    for place, file in report["found"].items():
        print(f"             FOUND {place}\n                   {file}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
