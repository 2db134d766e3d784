"""A little of `make torture`: every kind of it a few times, the kills a few hundred times."""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.in_ci import times
from tests.postgresql import begin_server
from tests.torture import absence
from tests.torture.absence import disk
from tests.torture.commands import commands
from tests.torture.damage import disks, flipped_bytes, old_copies, replicas
from tests.torture.killing import sessions
from tests.torture.report import Tally
from tests.torture.rig import Workshop
from tests.torture.serving import serving

Torture = Callable[[Workshop, int, random.Random, Tally], None]


def suffer(torture: Torture, times: int, server: str = "") -> None:
    """``torture`` a number of ``times``; nothing may be lost, undone or half done."""
    seed, tally = secrets.randbits(32), Tally()
    with Workshop(server) as workshop:
        torture(workshop, times, random.Random(seed), tally)
    assert tally.faults == {}, f"seed {seed}"
    assert tally.counts


@pytest.mark.threat(29)
def test_killed_sessions_lose_nothing_that_was_acknowledged_and_leave_nothing_half_done() -> None:
    suffer(sessions, times(40, 150))


@pytest.mark.threat(29)
def test_killed_sessions_lose_nothing_on_postgresql_either(postgresql: str) -> None:
    suffer(sessions, 30, postgresql)


@pytest.mark.threat(29)
def test_a_killed_server_loses_nothing_leaves_nothing_behind_and_serves_again() -> None:
    """The real one, with people at it over SSH: itself, the parent of its sessions, sessions, the signer."""
    suffer(serving, times(3, 6))


@pytest.mark.threat(30)
def test_a_killed_command_is_before_or_after_and_the_next_start_says_which() -> None:
    suffer(commands, 2)


@pytest.mark.threat(30)
def test_a_killed_command_is_before_or_after_on_postgresql_too(postgresql: str) -> None:
    suffer(commands, 1, postgresql)


@pytest.mark.threat(24, 29)
def test_what_disks_do_is_found_or_harmless_and_undone_by_a_restore() -> None:
    suffer(disks, times(4, 8))


@pytest.mark.threat(24)
def test_a_whole_old_copy_on_postgresql_is_found(postgresql: str) -> None:
    suffer(old_copies, 1, postgresql)


@pytest.mark.threat(59)
def test_a_flipped_byte_of_the_journal_costs_one_transaction_at_the_most() -> None:
    suffer(flipped_bytes, times(2, 6))


@pytest.mark.threat(59)
def test_a_flipped_byte_costs_no_more_on_postgresql(postgresql: str) -> None:
    suffer(flipped_bytes, 1, postgresql)


@pytest.mark.threat(67)
def test_a_replica_that_lagged_is_written_into_by_nobody_and_catches_up() -> None:
    suffer(replicas, times(1, 3))


@pytest.mark.threat(67)
def test_a_replica_that_lagged_catches_up_on_postgresql(postgresql: str) -> None:
    suffer(replicas, 1, postgresql)


@pytest.mark.threat(25)
def test_a_full_or_read_only_disk_is_told_in_words_and_nothing_is_done_unrecorded() -> None:
    suffer(disk, 1)


@pytest.mark.threat(29)
def test_sessions_go_on_by_themselves_when_the_server_is_back() -> None:
    own = begin_server(Path(tempfile.mkdtemp(prefix="torture-pg-")))
    try:
        suffer(lambda *given: absence.server(own, *given), 1, own.get_uri())
    finally:
        own.cleanup()


def test_an_acknowledgement_that_a_kill_cut_off_takes_none_of_the_next_with_it() -> None:
    with Workshop() as workshop, workshop.rig() as rig:
        rig.acknowledge(act="whole")
        with rig.log.open("ab") as log:
            log.write(b'\n{"act": "cut of')
        assert [one["act"] for one in rig.acknowledged()] == ["whole"]
        rig.acknowledge(act="next")
        assert [one["act"] for one in rig.acknowledged()] == ["whole", "next"]
