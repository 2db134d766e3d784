"""What scripts do over plain ssh, through the real client and the real door."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from db.store.tables import SignInSession
from tests.auth.conftest import enrolled
from tests.tui.front.running import Running
from tests.tui.front.test_pickups import front, in_another_window, world
from tests.world import World

__all__ = ["front", "world"]


def test_a_file_of_commands_is_run_by_one_sign_in(front: Running, world: World, tmp_path: Path) -> None:
    owner = enrolled(world, "zhangwei")
    world.actor("zhangwei")
    before = SignInSession.select().count()
    lines, results = tmp_path / "commands.txt", tmp_path / "results.jsonl"
    lines.write_text("whoami\nreport directory --book staff\nwhoami --json\n", "utf-8")
    words = f"batch --json --go-on < {lines} > {results}"
    status, _said = in_another_window(front, words, (owner.password, owner.code()), "zhangwei")
    found = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    assert (status, [one["status"] for one in found]) == (1, [0, 1, 0])
    assert SignInSession.select().count() == before + 1
    assert json.loads(found[2]["output"])["login"] == "zhangwei"


@pytest.mark.threat(76)
def test_a_connection_that_is_kept_takes_no_second_command(front: Running, world: World) -> None:
    """ControlMaster: the client is refused a second session, and asks anew."""
    owner = enrolled(world, "zhangwei")
    world.actor("zhangwei")
    mine = (owner.password, owner.code())
    with TemporaryDirectory() as folder:  # a short name: a socket's may have 108 bytes
        control = f"-o ControlMaster=auto -o ControlPersist=20 -o ControlPath={folder}/c"
        status, said = in_another_window(front, "whoami", mine, "zhangwei", control)
        assert (status, "张伟" in said) == (0, True)
        status, said = in_another_window(front, "whoami", (), "zhangwei", control)
        assert (status == 0, "张伟" in said) == (False, False)
