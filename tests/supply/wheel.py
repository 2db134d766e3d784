"""Makes the wheel of this tree without a network: what makes it is there already."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.supply.reading import ROOMS, TREE

BESIDE = ("pyproject.toml", "README.md", "LICENSE")
"""What the wheel is made from, beside the rooms and the documentation."""


def make_wheel(folder: Path) -> Path:
    """The wheel that a copy of this tree in ``folder`` gives."""
    for room in (*ROOMS, "docs", "tests"):
        shutil.copytree(TREE / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy(TREE / name, folder / name)
    built = subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
            "--no-build-isolation", "--wheel-dir", str(folder / "dist"), str(folder),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel
