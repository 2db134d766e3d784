"""The number of a build, as setuptools reads it (``DIST_EXTRA_CONFIG``): no two that differ have the same.

Run as a script by ``make wheel``, with nothing but the standard library. In a checkout the number counts
commits, so that a later release has a higher one; the commit stands behind it. Elsewhere, and where files
differ from the commit, a digest of the sources does.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).parents[2]
SOURCES = ("auth", "db", "docs", "reports", "tui")
BESIDE = ("pyproject.toml", "requirements.lock")


def number_of(tree: Path) -> str:
    """Return what stands behind the version that `pyproject.toml` says."""
    count, commit = _git(tree, "rev-list", "--count", "HEAD"), _git(tree, "rev-parse", "--short=12", "HEAD")
    changed = _git(tree, "status", "--porcelain", "--", *SOURCES, *BESIDE)
    if not count or not commit or changed is None:
        return f"+sha.{_digest(tree)}"
    return f".{count}+g{commit}" + (f".sha.{_digest(tree)}" if changed else "")


def _git(tree: Path, *words: str) -> str | None:
    """Return what git says of ``tree`` itself; None where it is no checkout."""
    if not (tree / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(tree), *words],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _digest(tree: Path) -> str:
    found = hashlib.sha256()
    files = [tree / name for name in BESIDE if (tree / name).is_file()]
    files += [file for room in SOURCES for file in (tree / room).rglob("*") if file.is_file()]
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            found.update(f"{file.relative_to(tree)}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()[:12]


if __name__ == "__main__":
    sys.stdout.write(f"[egg_info]\ntag_build = {number_of(TREE)}\n")
