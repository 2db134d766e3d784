"""Whoever adds a kind of request and leaves something out is told what, and where it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.desk import asking
from db.desk.asking.asking import KINDS_ASKED
from db.desk.requests.request_kinds import KINDS
from db.policy import vocabulary, wording
from db.policy.compose_work import compose_flows
from db.policy.loader import default
from db.policy.vocabulary import REQUEST_KINDS
from db.policy.wording import REQUESTS

FORMS = Path(asking.__path__[0])


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_a_kind_of_request_has_words_and_is_registered(kind: str) -> None:
    assert kind in REQUESTS, f"say what {kind!r} is called, in REQUESTS of {wording.__file__}"
    assert kind in KINDS, f"register(RequestKind(id={kind!r}, …)) in a file of {FORMS}, named in asking.py"


def test_a_kind_that_is_registered_is_one_that_regulations_know() -> None:
    told = f"add it to RequestKindName of {vocabulary.__file__}, or no regulation could say who decides it"
    assert set(KINDS) - set(REQUEST_KINDS) == set(), told


def test_a_file_that_registers_a_kind_is_named() -> None:
    registering = {path.stem for path in FORMS.glob("*.py") if "\nregister(" in path.read_text("utf-8")}
    named = {module.__name__.rpartition(".")[2] for module in KINDS_ASKED}
    assert registering - named == set(), f"name it among KINDS_ASKED of {FORMS / 'asking.py'}"


def test_a_kind_without_a_flow_of_its_own_goes_the_way_of_a_change() -> None:
    """A safe default: the head, then who keeps the book; not a KeyError."""
    file = default().file
    without = file.model_copy(update={"flow": {"change": file.flow["change"]}})
    flows = {flow.kind: flow.steps for flow in compose_flows((), without, lambda role: role)}
    assert flows["structure"] == flows["change"] != ()
