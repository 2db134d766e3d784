"""The threats in ``docs/security.md``, drawn beside the number of each row's guards: ``make docs``."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from tests.guards.reading import TREE, guards

PAGE = TREE / "docs" / "security.md"
THREATS = Path(__file__).with_name("threats.toml")
BEGIN = "<!-- Drawn from tests/guards: change it there, then `make docs`. -->\n"


def written(page: str) -> str:
    """Return ``page`` with the table as it is today."""
    before, _begin, after = page.partition(BEGIN)
    rows = sorted(tomllib.loads(THREATS.read_text("utf-8")).items(), key=lambda row: int(row[0]))
    held = Counter(guard.threat for guard in guards())
    lines = "".join(f"| {row} | {attack} | {guard} | {held[int(row)]} |\n" for row, (attack, guard) in rows)
    head = "\n| row | attack | what holds it off | guards |\n|---|---|---|---|\n"
    return f"{before}{BEGIN}{head}{lines}\n## {after.partition(chr(10) + '## ')[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
