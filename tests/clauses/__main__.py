"""Prints every clause with its rules, its acceptance tests, the number of its variants that pass, and its
result; exits 1 where one is wanting.

``python -m tests.clauses [LETTER…]`` shows the regulations A to I, or those that are named.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from tests.clauses.reading import Clause, read_results, strangers, table, unlisted

TREE = Path(__file__).parents[2]
GOOD = ("ok",)
WIDEST = 60


def main(letters: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="clauses-") as folder:
        file = Path(folder) / "results.json"
        command = [
            sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal",
            "-p", "tests.clauses.plugin", "--clauses", str(file),
            "-rfE", "--tb=no", "--continue-on-collection-errors", f"--basetemp={folder}/base",
        ]  # fmt: skip
        on_both = {**os.environ, "CI": "true"}
        run = subprocess.run(command, cwd=TREE, env=on_both, stdout=subprocess.PIPE, text=True, check=False)
        results, variants = read_results(file)
    rows = [row for row in table(results, variants) if not letters or row.id[0] in letters]
    print(
        tabulate(
            [_cells(row) for row in rows],
            ("Clause", "Rules", "Tests", "Variants", "Result"),
            tablefmt="plain",
        )
    )
    unknown = strangers({*results, *variants})
    extra = unlisted(row.id for row in rows)
    wanting = [row.id for row in rows if row.result not in GOOD]
    counts = Counter(row.result for row in rows)
    print("\n" + ", ".join(f"{count} {result}" for result, count in counts.most_common()))
    broken = [line for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    print("\n".join(broken))
    if extra:
        print("Carried by a policy, asked for by no regulation's list: " + ", ".join(extra))
    if unknown:
        print("Marked by a test, carried by no policy: " + ", ".join(unknown))
    if wanting:
        print("Wanting: " + ", ".join(wanting))
    return 1 if wanting or unknown or broken or extra else 0


def _cells(row: Clause) -> tuple[str, str, str, int, str]:
    keys = ", ".join(row.keys)
    tests = [test.rpartition("/")[2] for test in row.failed or row.tests]
    shown = f"{tests[0]} and {len(tests) - 1} more" if len(tests) > 1 else "".join(tests)
    short = keys if len(keys) <= WIDEST else keys[: WIDEST - 1] + "…"
    return row.id, short, shown, len(row.variants), row.result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
