"""Every table says what its rows move, every operation and kind of request what it moves and what undoes it.
That each operation has its row in the access matrix is `tests.matrix.test_states`'s to see to."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest

from db.desk.frame import METHODS, OPERATIONS, operation
from db.desk.power.declaration import LOOKS, Power, Way
from db.desk.requests.power_arguments import SECRET
from db.desk.requests.power_lines import KNOWN, UNSAID
from db.desk.requests.request_kinds import KINDS, RequestKind
from db.language import _
from db.store.journal.capture import UNWATCHED
from db.store.moves import Moves
from db.store.tables import ALL, Table

BACK = {
    "editions.issue": ("issue", "reason"), "editions.hand_out": ("reason",), "sorting.tag": ("on",),
    "sorting.set_kind": ("kind",), "sorting.set_region": ("region",), "inspections.pass_on": ("owner", "due"),
    "inspections.find": ("verdict", "word"), "policies.add": ("regulation", "version"),
    "training.record": ("trained", "reason"), "training.load": ("trained", "reason"),
    "training.strike": ("trained", "reason", "stands"),
}  # fmt: skip
"""What an act says of how it is taken back (`Act.back`)."""


@pytest.mark.threat(51)
def test_a_table_that_does_not_say_what_it_moves_is_none() -> None:
    with pytest.raises(TypeError, match="Unsaid: say what its rows move"):
        type("Unsaid", (Table,), {})


def test_a_table_names_columns_that_it_has() -> None:
    named = {(table, name) for table in ALL if isinstance(table.moves, dict) for name in table.moves}
    assert [one for one in named if one[1] not in one[0]._meta.fields] == []


def test_a_table_of_power_is_taken_down() -> None:
    """What is not taken down can't be held against anything."""
    moving = {table._meta.table_name for table in ALL if table.moves is not None}
    assert moving & UNWATCHED == set()


def test_each_kind_of_power_is_some_tables() -> None:
    found = {
        moves
        for table in ALL
        if table.moves is not None
        for moves in (table.moves.values() if isinstance(table.moves, dict) else (table.moves,))
    }
    assert found == set(Moves)


def test_an_operation_without_a_power_is_none() -> None:
    said: dict[str, Any] = {"label": _("open a card"), "recorded": True}
    with pytest.raises(TypeError, match="power"):
        operation("tests.unsaid", **said)
    assert "tests.unsaid" not in OPERATIONS


def test_a_kind_of_request_without_a_power_is_none() -> None:
    said: dict[str, Any] = dict.fromkeys(("id", "label", "apply", "current", "lines"))
    with pytest.raises(TypeError, match="power"):
        RequestKind(**said, concerned_may_decide=False)


def test_what_takes_an_act_back_is_an_operation_that_moves_the_same() -> None:
    undone = {name: made.power for name, made in OPERATIONS.items() if made.power.undo}
    assert {power.undo for power in undone.values()} - set(OPERATIONS) == set()
    apart = {name for name, power in undone.items() if not power.moves & OPERATIONS[power.undo].power.moves}
    assert apart == set()


def test_what_only_reads_moves_nothing_and_what_moves_is_recorded() -> None:
    assert {name for name, made in OPERATIONS.items() if made.power.moves and not made.recorded} == set()


def test_what_takes_others_moves_something() -> None:
    ways = {name: made.power for name, made in OPERATIONS.items() if made.power.way is not Way.FREE}
    assert {name for name, power in ways.items() if not power.moves} == set()


def test_each_kind_of_request_moves_something() -> None:
    told = "declare by `moving(…)` what `apply` moves: what moves nothing needs no decision"
    assert {name for name, kind in KINDS.items() if kind.power == LOOKS} == set(), told


def test_what_takes_an_act_back_can_be_asked_with_what_the_act_knows() -> None:
    """Its own arguments, at most one number that the act gave back, and what the act says of it (`BACK`)."""
    for name, made in OPERATIONS.items():
        if made.power.undo and made.power.way is not Way.FREE:
            wanted = list(signature(METHODS[made.power.undo]).parameters.values())[1:]
            known = {*signature(METHODS[name]).parameters, *BACK.get(name, ())}
            lacking = [one.name for one in wanted if one.default is one.empty and one.name not in known]
            assert len(lacking) <= 1, name
            assert name in BACK or name != made.power.undo, f"{name} would be done once more"


def test_nobody_reads_of_an_act_in_names_of_the_code() -> None:
    """Each argument that is told, or shown to whoever decides, has words of its own, or the act says what it
    does."""
    unsaid = []
    for name, method in METHODS.items():
        power = OPERATIONS[name].power
        if power.way is Way.FREE or power.says is not Power(frozenset()).says:
            continue
        asked = [*signature(method).parameters][1:]
        unsaid += [f"{name}.{one}" for one in asked if one not in {*KNOWN, *SECRET, *UNSAID}]
    assert unsaid == []
