"""The wheel holds the whole program, and only that."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.supply.reading import ROOMS, TREE
from tests.supply.wheel import make_wheel

DOCUMENTATION = "share/doc/mingce"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of all files in the wheel that this tree gives."""
    wheel = make_wheel(tmp_path_factory.mktemp("wheel"))
    with ZipFile(wheel) as opened:
        return frozenset(opened.namelist())


@pytest.mark.threat(46)
def test_every_file_of_the_rooms_is_in_the_wheel_and_no_other_code(files: frozenset[str]) -> None:
    inside = {
        str(file.relative_to(TREE))
        for room in ROOMS
        for file in (TREE / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {Path(name).suffix for name in inside} >= {".py", ".toml", ".tcss", ".po"}
    assert {name for name in files if ".dist-info/" not in name and ".data/" not in name} == inside


def test_the_documentation_and_the_licence_come_with_it(files: frozenset[str]) -> None:
    pages = {file.name for file in (TREE / "docs").glob("*.md")}
    assert {Path(name).name for name in files if f".data/data/{DOCUMENTATION}/" in name} == pages
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in files)
