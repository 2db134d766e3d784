"""A session over the real ``ssh``: the full screen, the plain commands, and how each may end."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import cast

import pexpect

from tests.tui.front.running import CODE, PASSWORD, PATIENCE, SSH_OPTIONS, Running, eventually


def test_a_person_signs_in_and_sees_the_screen_in_their_language(front: Running) -> None:
    client = front.ssh("-o", "SetEnv=LANG=zh_CN.UTF-8").sign_in().wait_for("zh_CN")
    session = front.register.granted[-1]
    client.wait_for(f"session {session} zh_CN").wait_for("size 80x24")
    client.process.send("q")
    raw, status = client.finish()
    assert status == 0
    assert b"\x1b[?1049l" in raw
    eventually(lambda: session in front.register.ends, "the end of the session on record")
    assert front.register.ends[session] == ["closed"]


def test_a_plain_command_gets_its_words_input_and_status(front: Running) -> None:
    client = front.ssh("--", "echo", "'张 三'", "李四").sign_in()
    raw, status = client.finish()
    assert (raw.strip().decode(), status) == ("张 三 李四", 0)
    client = front.ssh("--", "fail").sign_in()
    raw, status = client.finish()
    assert (raw.strip(), status) == (b"refused", 3)


def test_a_plain_command_of_a_terminal_has_its_line_ends(front: Running) -> None:
    raw, status = front.ssh("-tt", "--", "echo", "hello").sign_in().finish()
    assert b"hello\r\n" in raw
    assert status == 0


def test_a_file_that_a_stock_client_sends_at_once_arrives_whole(front: Running, tmp_path: Path) -> None:
    """It sends the file and its end in one go with the command, before the session's process is there."""
    file = tmp_path / "receipt.txt"
    file.write_bytes(b"receipt\n")
    ssh = shlex.join(["ssh", *SSH_OPTIONS, "-p", str(front.port), "zhangwei@127.0.0.1", "cat"])
    spawned = pexpect.spawn("/bin/sh", ["-c", f"{ssh} < {shlex.quote(str(file))}"], timeout=PATIENCE)
    client = cast("pexpect.spawn[bytes]", spawned)
    for question, answer in (("Password: ", PASSWORD), ("Code: ", CODE)):
        client.expect(question)
        client.sendline(answer)
    client.expect(pexpect.EOF)
    assert b"receipt" in (client.before or b"")
