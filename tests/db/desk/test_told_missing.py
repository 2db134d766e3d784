"""Whoever adds a kind of request and leaves something out is told what, and where it goes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from db.desk import asking
from db.desk.requests.request_kinds import KINDS, register
from db.policy import request_kinds
from db.policy.compose_work import compose_flows
from db.policy.loader import default
from db.policy.request_kinds import REQUEST_KINDS, REQUESTS

FORMS = Path(asking.__path__[0])


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_a_kind_of_request_has_words_and_is_registered(kind: str) -> None:
    assert kind in REQUESTS, f"say what {kind!r} is called, in REQUESTS of {request_kinds.__file__}"
    assert kind in KINDS, f"register(RequestKind(id={kind!r}, …)) in a file of {FORMS}"


def test_a_kind_that_no_regulation_could_know_is_told_at_once_and_in_words() -> None:
    with pytest.raises(RuntimeError, match=r"'zeal' .*name it in db/policy/request_kinds\.py"):
        register(replace(KINDS["copy"], id="zeal"))
    assert "zeal" not in KINDS


def test_a_new_file_of_kinds_needs_to_be_named_nowhere(tmp_path: Path) -> None:
    (tmp_path / "zeal.py").write_text("print('registered')", "utf-8")
    program = f"import db.desk.asking as room; room.__path__.append({str(tmp_path)!r}); import db.desk.desk"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout == "registered\n"


def test_a_kind_without_a_flow_of_its_own_goes_the_way_of_a_change() -> None:
    """A safe default: the head, then who keeps the book; not a KeyError."""
    file = default().file
    without = file.model_copy(update={"flow": {"change": file.flow["change"]}})
    flows = {flow.kind: flow.steps for flow in compose_flows((), without, lambda role: role)}
    assert flows["structure"] == flows["change"] != ()
