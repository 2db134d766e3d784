"""The threats in ``docs/security.md``, drawn from ``threats.toml``: ``make docs``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.guards.reading import TREE

PAGE = TREE / "docs" / "security.md"
THREATS = Path(__file__).with_name("threats.toml")
BEGIN = "<!-- Drawn from tests/guards: change it there, then `make docs`. -->\n"


def written(page: str) -> str:
    """Return ``page`` with the table as it is today."""
    before, _begin, after = page.partition(BEGIN)
    rows = sorted(tomllib.loads(THREATS.read_text("utf-8")).items(), key=lambda row: int(row[0]))
    lines = "".join(f"| {row} | {attack} | {guard} |\n" for row, (attack, guard) in rows)
    head = "\n| row | attack | what holds it off |\n|---|---|---|\n"
    return f"{before}{BEGIN}{head}{lines}\n## {after.partition(chr(10) + '## ')[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
