"""One screen in this terminal, as its picture test sets it up: ``make show SCREEN=Findings``, in the language
and size that are asked for (``SPEAK=en SIZE=120x36``). It is alive: keys do what they do. F10 ends it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tui.conftest import PICTURED

HERE = Path(__file__).parent


def main(screen: str, language: str = "zh_CN", size: str = "80x24") -> int:
    """Run the picture test of the screen called ``screen``; the exit status."""
    pictured = [line.split() for line in PICTURED.read_text("utf-8").splitlines()]
    tests = [test for test, shown in pictured if shown == screen]
    if not tests:
        known = " ".join(sorted({shown for _test, shown in pictured}))
        print(f"There is no picture of {screen or 'nothing'}. There are: {known}")
        return 1
    module, _colons, test = tests[0].partition("::")
    (file,) = HERE.rglob(f"{module}.py")
    return pytest.main(["-s", "-q", "-p", "no:warnings", "--show", f"{file}::{test}[{language}-{size}-dark]"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
