"""Makes the wheel of this tree without a network: what makes it is there already."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.supply.numbered import number_of
from tests.supply.reading import ROOMS, TREE

BESIDE = ("pyproject.toml", "README.md", "LICENSE", "LICENCES.md")
"""What the wheel is made from, beside the rooms and the documentation."""


def make_wheel(folder: Path) -> Path:
    """The wheel that a copy of this tree in ``folder`` gives, numbered as `make wheel` does it."""
    for room in (*ROOMS, "docs", "tests"):
        shutil.copytree(TREE / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy(TREE / name, folder / name)
    config = folder / "number.cfg"
    config.write_text(f"[egg_info]\ntag_build = {number_of(folder)}\n", "utf-8")
    built = subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
            "--no-build-isolation", "--wheel-dir", str(folder / "dist"), str(folder),
        ],
        capture_output=True, text=True, check=False, env={**os.environ, "DIST_EXTRA_CONFIG": str(config)},
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel
