"""The threats in ``docs/security.md``, drawn beside the tests of each row's guards: ``make docs``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.guards.reading import TREE, guards

PAGE = TREE / "docs" / "security.md"
THREATS = Path(__file__).with_name("threats.toml")
BEGIN = "<!-- Drawn from tests/guards: change it there, then `make docs`. -->\n"


def written(page: str) -> str:
    """Return ``page`` with the table as it is today."""
    before, _begin, after = page.partition(BEGIN)
    rows = tomllib.loads(THREATS.read_text("utf-8")).items()
    lines = "".join(f"| {row} | {attack} | {guard} | {_tests(int(row))} |\n" for row, (attack, guard) in rows)
    head = "\n| row | attack | what holds it off | tests |\n|---|---|---|---|\n"
    return f"{before}{BEGIN}{head}{lines}\n## {after.partition(chr(10) + '## ')[2]}"


def _tests(row: int) -> str:
    """Return how many guards ``row`` has, and the files of their tests."""
    held = [guard for guard in guards() if guard.threat == row]
    files = dict.fromkeys(Path(guard.test.partition("::")[0]).stem.removeprefix("test_") for guard in held)
    return f"{len(held)}: {', '.join([*files][:3])}{' …' * (len(files) > 3)}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
