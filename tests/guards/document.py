"""``threats.md``, drawn from ``threats.toml``: ``make docs``."""

from __future__ import annotations

import tomllib
from pathlib import Path

THREATS = Path(__file__).with_name("threats.toml")
PAGE = THREATS.with_suffix(".md")
HEAD = """\
# Threats and guards

<!-- Drawn from threats.toml: change it there, then `make docs`. -->

What is not defended: [security.md](../../docs/security.md). `grep -rn "threat(18" tests` finds all tests of a
row; [guards.toml](guards.toml) has each guard, where it stands and its test.

| row | attack | what holds it off |
|---|---|---|
"""


def written() -> str:
    """Return the page as it is today."""
    rows = sorted(tomllib.loads(THREATS.read_text("utf-8")).items(), key=lambda row: int(row[0]))
    return HEAD + "".join(f"| {row} | {attack} | {guard} |\n" for row, (attack, guard) in rows)


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
