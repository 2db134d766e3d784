"""A small siege in every test run: fixed chances, some holders of each kind of office. `make siege` goes on
for long."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

import pytest

from db.desk import Desk, Refused
from db.desk.frame import OPERATIONS
from db.desk.requests.power_arguments import to_be_told
from db.desk.requests.power_lines import lines_of
from db.store.engine import database
from tests.in_ci import times
from tests.siege.actors import TOGETHER, Gang, Holder, holders
from tests.siege.acts import typed
from tests.siege.arguments import CannotAsk, Drawer, Untaught
from tests.siege.bounds import unbounded
from tests.siege.oracle import ALONE, UNTOLD
from tests.siege.outside import by_a_file
from tests.siege.report import accepted, unreached
from tests.siege.rows import declared
from tests.siege.search import ACTIVE, every_operation, walks
from tests.siege.stage import Stage, built
from tests.siege.walking import Tally
from tests.siege.worlds import reported_apart, told_apart

SEED = 20261123
SOME = ("staff.hr", "staff.employee", "general.hr", "class.teacher", "controlled.assistant")
"""Who besieges at every desk; in CI everybody does, each with a sixth of the operations."""
READERS = ("staff.employee", "staff.head", "group.security", "class.employee")
"""From whom numbers are covered."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """What is besieged."""
    with built() as made:
        yield made


def chosen(stage: Stage) -> list[Holder]:
    """Who besieges in this run."""
    every = holders(stage)
    return [
        *(one for one in every if times(0, 1) or f"{one.book}.{one.role}" in SOME),
        *TOGETHER[: times(2, len(TOGETHER))],
    ]


def test_every_table_is_declared(stage: Stage) -> None:
    told = "say in tests/siege/tables.toml what each is to the power of people"
    assert set(database.get_tables()) - set(declared()) == set(), told


def test_every_reason_is_of_something_that_there_is() -> None:
    assert {name.partition(" ")[0] for name in unreached()} <= {*OPERATIONS, *declared()}


def test_every_operation_can_be_asked(stage: Stage) -> None:
    holder = next(one for one in holders(stage) if (one.book, one.role) == ("staff", "hr"))
    gang = Gang.of(stage, holder)
    untaught = []
    for name in OPERATIONS:
        for seed in range(5):
            drawer = Drawer(stage, gang, random.Random(seed))
            try:
                with stage.attempt():
                    drawer.act(gang.accounts[0], name)
            except Untaught as error:
                untaught.append(str(error))
            except CannotAsk:
                pass
    told = "teach tests/siege/words.py or forms.py what these OPERATION.PARAMETERs are"
    assert sorted(set(untaught)) == [], told


def test_whoever_is_told_of_an_act_can_read_what_it_was(stage: Stage) -> None:
    """They are told the short arguments alone."""
    holder = next(one for one in holders(stage) if (one.book, one.role) == ("staff", "hr"))
    gang = Gang.of(stage, holder)
    desk = stage.desks[gang.accounts[0]]
    for name in sorted(name for name, one in OPERATIONS.items() if one.power.moves):
        for seed in range(3):
            with stage.attempt(), suppress(CannotAsk, Refused):
                given = Drawer(stage, gang, random.Random(seed)).act(desk.actor.account, name).given
                known = {key: typed(value, desk) for key, value in given.items() if key not in ("", "*")}
                assert lines_of(name, to_be_told(name, known))


@pytest.mark.parametrize(
    ("taken_away", "operation", "rule"),
    [("put_off", "accounts.grant", ALONE), ("tell_of", "accounts.disable", UNTOLD)],
)
def test_what_is_done_alone_or_in_silence_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, taken_away: str, operation: str, rule: str
) -> None:
    monkeypatch.setattr(Desk, taken_away, lambda _desk, *_given: None)
    tally, holder = Tally(), next(one for one in holders(stage) if (one.book, one.role) == ("staff", "hr"))
    every_operation(stage, SEED, 20, tally, [holder], [operation])
    assert rule in {find.rule for find, _holder, _walk in tally.found.values()}


@pytest.mark.threat(51)
def test_nobody_moves_power_alone_or_in_silence(stage: Stage) -> None:
    tally = Tally()
    for holder in chosen(stage):
        chance = random.Random(f"{SEED}:{holder}")
        some = chance.sample(ACTIVE, len(ACTIVE) // times(1, 6))
        every_operation(stage, SEED, 1, tally, [holder], some)
        walks(stage, holder, SEED, times(2, 1), tally, tries=times(30, 8))
    assert not [
        f"{find} by {holder}" for find, holder, _walk in tally.found.values() if find.key not in accepted()
    ]


def test_two_worlds_that_differ_in_what_is_covered_answer_alike(stage: Stage) -> None:
    readers = [one for one in holders(stage) if f"{one.book}.{one.role}" in READERS]
    found = [one for holder in readers for one in told_apart(stage, holder, SEED, targets=1)]
    assert not [str(one) for one in found if one.key not in accepted()]


REPORTED = ("staff.security", "wecom.hr", "controlled.director")
"""Those who audit, keep and supervise, and are reported."""


@pytest.mark.threat(91)
def test_a_report_about_the_reader_is_not_told_from_one_made_elsewhere(stage: Stage) -> None:
    readers = [one for one in holders(stage) if f"{one.book}.{one.role}" in REPORTED]
    assert len(readers) == len(REPORTED)
    found = [one for holder in readers for one in reported_apart(stage, holder, SEED)]
    assert not [str(one) for one in found if one.key not in accepted()]


def test_a_report_that_its_reader_can_tell_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.desk.audit.scope.hidden_records", lambda _permissions: frozenset())
    holder = next(one for one in holders(stage) if (one.book, one.role) == ("staff", "security"))
    found = reported_apart(stage, holder, SEED, asked=("audit.window", "audit.facets", "me.who"))
    assert {one.act.do for one in found} >= {"audit.window"}


def test_what_one_person_keeps_in_a_day_has_an_end(stage: Stage) -> None:
    holder = next(one for one in holders(stage) if (one.book, one.role) == ("staff", "employee"))
    found = [*unbounded(stage, holder, SEED)]
    assert not [str(one) for one in found if one.key not in accepted()]


def test_no_rules_are_in_force_by_a_file(stage: Stage) -> None:
    assert not [str(one) for one in by_a_file(stage) if one.key not in accepted()]
