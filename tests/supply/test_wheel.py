"""The wheel holds the whole program, and only that."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.version import Version

from tests.supply.numbered import number_of
from tests.supply.reading import ROOMS, TREE
from tests.supply.wheel import make_wheel

COMMIT = ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m"]
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
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".po"
    }
    assert {Path(name).suffix for name in inside} >= {".py", ".toml", ".tcss", ".mo", ".ttf", ".txt"}
    assert {name for name in files if ".dist-info/" not in name and ".data/" not in name} == inside


def test_the_documentation_and_the_licence_come_with_it(files: frozenset[str]) -> None:
    pages = {file.name for file in (TREE / "docs").glob("*.md")}
    assert {Path(name).name for name in files if f".data/data/{DOCUMENTATION}/" in name} == pages
    for licence in ("LICENSE", "LICENCES.md"):
        assert any(name.endswith(f".dist-info/licenses/{licence}") for name in files)


def test_two_builds_that_differ_have_different_numbers(tmp_path: Path) -> None:
    """In a checkout later ones have higher ones; elsewhere the sources tell."""
    (tmp_path / "tui").mkdir()
    source = tmp_path / "tui" / "app.py"
    source.write_text("a = 1\n")
    numbers = [number_of(tmp_path)]
    source.write_text("a = 2\n")
    numbers.append(number_of(tmp_path))
    assert all(number.startswith("+sha.") for number in numbers)
    for words in (["init", "-q"], ["add", "-A"], [*COMMIT, "one"], [*COMMIT, "two"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
        if words[-1] in ("one", "two"):
            numbers.append(number_of(tmp_path))
    source.write_text("a = 3\n")
    numbers.append(number_of(tmp_path))
    assert len(set(numbers)) == 5
    versions = [Version(f"0.1{number}") for number in numbers]
    assert versions[2] < versions[3] < versions[4]


def test_the_wheel_has_the_number(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path)
    with ZipFile(wheel) as opened:
        (name,) = (one for one in opened.namelist() if one.endswith(".dist-info/METADATA"))
        lines = opened.read(name).decode("utf-8").splitlines()
    assert f"Version: 0.1{number_of(tmp_path)}" in lines
