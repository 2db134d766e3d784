"""A guard is found by what it is and where it stands, however it is written down, and taken away alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.guards.reading import Guard
from tests.guards.symbols import NotOne, file_of
from tests.guards.taking import without

SHAPES = [
    # a statement, what is taken from it, what is put there, and the statement then
    ("tell(who)", "tell(who)", "", "pass"),
    ("tell(who)", "tell(who)", "return", "return"),
    ("tell(who)", "who", "", "(tell())"),
    ("tell(who, by='mail')", 'by="mail"', "", "(tell(who))"),
    ("tell(who, by='mail')", 'by="mail"', "by=None", "tell(who, by=None)"),
    ("return False", "return False", "return True", "return True"),
    ("return False", "False", "True", "return (True)"),
    ("return a <= 1 and b and c", "b", "", "return (a <= 1 and c)"),
    ("return a <= 1 and b and c", "b and c", "", "return (a <= 1)"),
    ("return a <= 1 and b and c", "a <= 1", "True", "return (True) and b and c"),
    ("return (a == 1) & (b == 2)", "b == 2", "", "return (a == 1)"),
    ("return [a for a in them if a.near]", "a.near", "", "return ([a for a in them])"),
    ("return {'é': 1, 'b': 2}", '"é": 1', "", "return ({'b': 2})"),
    ("return {'é': 1, 'b': 2}", '"é": 1', '"é": 3', "return ({'é': 3, 'b': 2})"),
    ("return ['-P', '-m']", '"-P"', "", "return (['-m'])"),
    ("return 'é = 1; b = 2'", '"é = 1; "', "", "return ('b = 2')"),
    ("'é = 1; b = 2'", '"; b = 2"', "", "('é = 1')"),
    ("return f'{a}: {b}'", "b", "c", "return (f'{a}: {c}')"),
    ("return f'{a}: {b}'", '": "', '"; "', "return (f'{a}; {b}')"),
    ("if a or b: tell()", "a or b", "", "if (False): tell()"),
    ("if a or b: tell()", "b", "", "if (a): tell()"),
    ("with lock() as it: tell(it)", "lock()", "", "if True: tell(it)"),
    ("with lock() as it: tell(it)", "lock()", "free()", "with (free()) as it: tell(it)"),
]


@pytest.mark.parametrize(("statement", "take", "put", "then"), SHAPES)
def test_each_shape_is_taken_away_and_all_else_stays(statement: str, take: str, put: str, then: str) -> None:
    around = "é = 1  #  stays\n\ndef other():\n    {0}\n\ndef here():\n    x = (é)\n    {1}  # stays\n\n"
    source = around.format(statement, statement)
    assert without(source, "here", take, put) == around.format(statement, then)


def test_statements_decorators_and_whole_symbols_are_taken_with_their_lines() -> None:
    source = "class Door:\n    @first\n    @second(1)\n    def open(self):\n        a()\n        b()\n"
    several = without(source, "Door.open", "a()\nb()", "b()\nif c:\n    a()")
    assert several == source.replace("a()\n        b()", "b()\n        if c:\n            a()")
    assert without(source, "Door.open", "second(1)", "") == source.replace("@second(1)", "")
    assert without(source, "Door.open", "", "") == "class Door:\n    pass\n"
    assert without("A = 1\nB = 2\n", "A", "", "") == "pass\nB = 2\n"
    assert without("A = 1\ndel A\n", "door:", "del A", "") == "A = 1\npass\n"


@pytest.mark.parametrize(
    "written",
    [
        "def here():\n    if a == 'b' or c: go()\n",
        'def here():\n    # why\n    if (\n        a == "b"  # that\n        or c\n    ):\n        go()\n',
        "@cache\nasync def here():\n    with it:\n        if ((a=='b')or c):\n            go()\n",
    ],
)
def test_how_it_is_laid_out_does_not_matter(written: str) -> None:
    assert "if a == 'b':\n" in ast.unparse(ast.parse(without(written, "here", "c", "")))


def test_what_does_not_stand_there_once_is_told_with_what_is_like_it() -> None:
    source = "def here():\n    if count > MOST:\n        tell()\n    tell()\n"
    with pytest.raises(NotOne, match="no 'count >= MOST'; the nearest, in line 2: count > MOST"):
        without(source, "here", "count >= MOST", "")
    with pytest.raises(NotOne, match=r"'tell\(\)' stands in lines 3, 4"):
        without(source, "here", "tell()", "")
    with pytest.raises(ValueError, match="say what stands in place of 'count'"):
        without(source, "here", "count", "")
    with pytest.raises(ValueError, match="of several that a `with` enters"):
        without("def here():\n    with a(), b(): c()\n", "here", "a()", "")
    with pytest.raises(ValueError, match="'x = 1' can't stand in test of if"):
        without(source, "here", "count > MOST", "x = 1")


def test_a_symbol_is_found_in_whatever_file_it_stands(tmp_path: Path) -> None:
    guard = Guard(1, "held", "tests/test_x.py::test_x", symbol="Gate.admit", take="late")
    source = "class Gate:\n    def admit(self):\n        if late:\n            stop()\n"
    for name in ("db/desk/gate.py", "db/other.py"):
        folder = tmp_path / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(source, "utf-8")
        assert guard.taken_away(folder) == (name, source.replace("late", "(False)"))


def test_of_symbols_with_one_name_the_module_is_said(tmp_path: Path) -> None:
    (tmp_path / "db" / "desk").mkdir(parents=True)
    for name in ("db/desk/audit.py", "db/audit.py", "db/desk/__init__.py"):
        (tmp_path / name).write_text("def verify(): ...\n", "utf-8")
    assert file_of("desk.audit:verify", tmp_path) == "db/desk/audit.py"
    assert file_of("db.audit:verify", tmp_path) == "db/audit.py"
    assert file_of("desk:", tmp_path) == "db/desk/__init__.py"
    with pytest.raises(
        NotOne, match=r"stands in db/audit\.py, .*: say of which module, as in db\.audit:verify"
    ):
        file_of("verify", tmp_path)
    with pytest.raises(NotOne, match=r"there is no verified; the nearest: db\.audit:verify"):
        file_of("verified", tmp_path)
