"""What scripts do over plain ssh, through the real client and the real door."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from db.store.tables import SignInSession
from tests.auth.conftest import enrolled
from tests.tui.front.running import PATIENCE, SSH_OPTIONS, Running
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


@pytest.mark.threat(79)
def test_a_script_comes_in_by_its_token_for_its_commands_alone(
    front: Running, world: World, tmp_path: Path
) -> None:
    """As documented: the token in a file, a program of two lines that ssh asks for it, and no terminal."""
    owner = enrolled(world, "liuyang")
    world.actor("liuyang")
    token, askpass = tmp_path / "token.txt", tmp_path / "askpass.sh"
    commands = ("report compliance --book staff --format csv", "whoami --json")
    words = " ".join(shlex.quote(shlex.quote(one)) for one in commands)
    made = in_another_window(
        front, f"tokens make {words} > {token}", (owner.password, owner.code()), "liuyang"
    )
    assert made[0] == 0, made[1]
    askpass.write_text(f"#!/bin/sh\ncat {shlex.quote(str(token))}\n")
    askpass.chmod(0o700)

    def ssh(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["ssh", *SSH_OPTIONS, "-p", str(front.port), "liuyang@127.0.0.1", *words],
            input=stdin,
            env={"PATH": "/usr/bin:/bin", "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force",
                 "LANG": "C.UTF-8"},
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )  # fmt: skip

    for _time in range(2):
        got = ssh(commands[0])
        assert (got.returncode, got.stdout[:3]) == (0, b"\xef\xbb\xbf"), got.stderr
    whole = ssh("batch", "--json", stdin="\n".join(commands).encode())
    assert [json.loads(line)["status"] for line in whole.stdout.splitlines()] == [0, 0]
    other = ssh("find", "张文")
    assert (other.returncode, other.stdout) == (1, b"")
    assert "令牌只能用于其他命令".encode() in other.stderr
    screen = ssh("-tt")
    assert screen.returncode != 0
    assert SignInSession.select().where(SignInSession.strength == "token").count() == 5
