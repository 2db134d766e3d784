"""Takes each guard away in turn, in a copy of the tree, and shows that its named test then fails.

``python -m tests.guards [WORD…]`` runs those whose row or words fit; exits 1 unless all N of N fail.
"""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.guards.reading import TREE, Guard, guards

WORKERS = 2
TIMEOUT, OF_ALL = 300.0, 3600.0
"""Seconds for one named test, and for all of them with every guard in its place."""
FAILED = 1
"""pytest's exit status where tests ran and some failed."""
HUNG = "the test did not end"


@dataclass(frozen=True, slots=True)
class Ran:
    """How pytest ended, and what it said."""

    status: int
    said: str


def main(words: Sequence[str]) -> int:
    chosen = [guard for guard in guards() if not words or _fits(guard, words)]
    taken = [guard.taken_away() for guard in chosen]
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            trees.put(_copy(Path(folder) / str(number)))
        whole = trees.get()
        for on in sorted({guard.on for guard in chosen}):
            named = sorted({guard.test for guard in chosen if guard.on == on})
            failing = _run(whole, [*named, "-n", str(WORKERS)], on, OF_ALL)
            if failing.status != 0:
                print(failing.said)
                print("With every guard in its place, not all named tests pass.")
                return 1
        trees.put(whole)
        with ThreadPoolExecutor(WORKERS) as pool:
            held = list(pool.map(lambda guard, change: _try(guard, change, trees), chosen, taken))
    print(f"{sum(held)} of {len(held)} guards: taken away, the named test fails.")
    return 0 if all(held) else 1


def _try(guard: Guard, change: tuple[str, str], trees: SimpleQueue[Path]) -> bool:
    """Whether ``guard``'s test fails without it: with the ``change`` of its file."""
    name, taken = change
    tree = trees.get()
    file = tree / name
    source = file.read_text("utf-8")
    try:
        file.write_text(taken, "utf-8")
        run = _run(tree, [guard.test], guard.on)
    finally:
        file.write_text(source, "utf-8")
        trees.put(tree)
    fails = run.status == FAILED and ("failed" in run.said or run.said == HUNG)
    mark = "fails " if fails else "PASSES" if run.status == 0 else f"BROKEN ({run.status})"
    print(f"{guard.threat:>2}  {mark}  {guard.says}  [{guard.test}]", flush=True)
    return fails


def _run(tree: Path, tests: Sequence[str], on: str, seconds: float = TIMEOUT) -> Ran:
    """pytest in ``tree``, on one of the databases. What a test without its guard left running ends with it:
    it would keep the cores, and its copy of the output open."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory(prefix="guards-run-") as folder, open(f"{folder}/said", "wb+") as said:
        command = [
            sys.executable, "-m", "pytest", "-x", "-rfE", "--no-header", "--tb=line",
            "-p", "no:cacheprovider", "-k", "postgresql" if on == "postgresql" else "not postgresql",
            f"--basetemp={folder}/base", *tests,
        ]  # fmt: skip
        run = subprocess.Popen(command, cwd=tree, env=environment, stdout=said, stderr=said, process_group=0)
        try:
            status = run.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        said.seek(0)
        return Ran(FAILED, HUNG) if status is None else Ran(status, said.read().decode("utf-8", "replace"))


def _copy(tree: Path) -> Path:
    """The files under version control as they are in the checkout, in ``tree``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=TREE, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = TREE / name
        if source.is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, tree / name)
    # Compiled once and compared by content: a guard's file is read anew, the other thousand are not.
    compileall.compile_dir(tree, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return tree


def _fits(guard: Guard, words: Sequence[str]) -> bool:
    return any(word == str(guard.threat) if word.isdigit() else word in guard.says for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
