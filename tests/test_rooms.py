"""The picture of the rooms is of the code as it is."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

from tests.rooms import DOWN, PAGE, ROOTS, TREE, UP, drawn, written


def test_the_page_shows_the_rooms_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page, drawn(TREE)), "make docs"


def test_what_imports_back_up_and_circles_of_files_show(tmp_path: Path) -> None:
    files = {
        "tui/app.py": "import db.desk.queue.list, reports, auth",
        "tui/kit.py": "import tui.app",
        "db/desk/queue/list.py": "import db.desk.entry.read, tui.kit",
        "db/desk/entry/read.py": "import db.desk.queue.list",
    }
    for package in (*ROOTS, "db/desk", "db/desk/queue", "db/desk/entry"):
        files.setdefault(f"{package}/__init__.py", "")
    storeys = (
        'containers = ["db.desk"]\nlayers = [\n    "queue",  # decided\n    "entry | frame",  # kept\n]\n'
    )
    for name, text in (files | {"pyproject.toml": storeys}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    # Not in this process, which has imported packages of these names.
    command = [sys.executable, "-m", "tests.rooms", str(tmp_path)]
    picture = subprocess.run(command, cwd=TREE, check=True, capture_output=True, encoding="utf-8").stdout
    rooms, desk, circles = picture.rstrip("\n").split("\n\n")
    assert (rooms.count(DOWN), rooms.count(UP)) == (4, 1)
    assert desk.splitlines() == ["queue          decided", "entry, frame   kept"]
    assert circles == "Circles of files: 4 files of db.desk."


def test_every_storey_of_the_desk_says_what_it_is_for() -> None:
    contract = (TREE / "pyproject.toml").read_text("utf-8").partition('containers = ["db.desk"]')[2]
    layers = contract.partition("layers = [\n")[2].partition("\n]")[0].splitlines()
    told = "say in a comment behind it what it is for, in pyproject.toml"
    assert [line for line in layers if " # " not in line] == [], told


def test_nobody_may_import_a_guest_but_who_is_named() -> None:
    """The storey alone would let screens and reports in."""
    project = tomllib.loads((TREE / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == ["db.desk"])
    guests = {f"db.desk.{name}" for row in layers[1 : layers.index("overview")] for name in row.split(" | ")}
    (protected,) = (one["protected_modules"] for one in contracts if one["type"] == "protected")
    assert guests - set(protected) == set(), "name it in protected_modules of pyproject.toml"


def test_each_word_of_the_glossary_lives_where_it_says() -> None:
    lines = PAGE.read_text("utf-8").partition("## Words of the code")[2].splitlines()
    places = [part for line in lines if "| `" in line for part in line.rpartition(" | ")[2].split("`")[1::2]]
    assert len(places) > 25
    assert [place for place in places if not (TREE / place).exists()] == []


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for root in ROOTS:
        for file in sorted((TREE / root).rglob("*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(file.relative_to(TREE)))
    assert len(places) > 1000
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
