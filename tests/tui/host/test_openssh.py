"""The other front: a real `sshd` with the fragment that `mingce sshd-config` prints, attacked on loopback.

Everybody is through `sshd` without being asked anything, so whatever it would give to a user of the system,
it would give to anybody. Behind the fragment stands what a careless administrator wrote.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncssh
import psutil
import pytest
from asyncssh.packet import Boolean, String, UInt32

from db.store.engine import close_store
from db.store.opening import open_store
from db.store.tables import AuditRecord
from tests.tui.front.running import PATIENCE, ROOT, SSH_OPTIONS, Client, connect
from tests.tui.host.conftest import Host
from tests.tui.host.openssh import OpenSSH, openssh
from tests.tui.host.people import PASSWORD, Installation, disable_on_record, install
from tui.front.connection_limits import ConnectionGate, ConnectionStage
from tui.host import console_limits, console_session, sshd
from tui.host.console_limits import take_place
from tui.host.shell import CommandFailure
from tui.host.sshd import FOR_ALL, FOR_THE_USER, USER, fragment, in_force, weaknesses

PEOPLE = ("zhangwei", "wangfang", "chenjie")


@dataclass(frozen=True)
class Front:
    """`sshd` before an installation with some accounts."""

    ssh: OpenSSH
    inside: Installation

    def consoles(self) -> list[psutil.Process]:
        """The processes of mingce behind this `sshd`."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if "console" in words and str(self.inside.home.folder) in words and "tui.host.main" in words:
                found.append(process)
        return found

    def environment(self, source: str) -> dict[str, str]:
        """That of the process of mingce at the end of the line that comes from port ``source``."""
        for console in self.consoles():
            with suppress(psutil.NoSuchProcess):
                given = console.environ()
                if given.get("SSH_CONNECTION", "").split()[1:2] == [source]:
                    return given
        raise AssertionError("nobody of mingce is there")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("openssh")
    inside = install(folder / "state", *PEOPLE)
    program = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "tui.host.main"]
    with openssh(
        folder / "sshd", shlex.join([*program, "console", "--dir", str(inside.home.folder)])
    ) as made:
        yield Front(made, inside)


def _sign_in(front: Front, login: str) -> Client:
    client = front.ssh.ssh("-o", "SetEnv=LANG=en_US.UTF-8").wait_for("Login")
    return front.inside.enter(client, login)


def _gone(processes: Collection[psutil.Process]) -> None:
    _over, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert alive == []


@pytest.mark.threat(16)
def test_a_person_signs_in_on_the_screen_and_a_cut_line_leaves_nothing(front: Front) -> None:
    """Password and code on the screen; then the train goes into a tunnel."""
    client = _sign_in(front, "zhangwei")
    consoles = front.consoles()
    tree = {*consoles, *(one for console in consoles for one in console.children(recursive=True))}
    assert len(tree) >= 2
    (inside,) = [one for one in front.inside.ask("who") if one["login"] == "zhangwei"]
    assert (inside["front"], inside["state"], inside["source"]) == ("console", "serving", "127.0.0.1")
    assert "1 screen." in front.inside.run("announce", "今晚维护").out
    client.wait_for("Announcement: 今晚维护")
    client.process.kill(signal.SIGKILL)
    _gone(tree)
    ended = front.inside.session("zhangwei")
    assert (ended.source, ended.front, ended.ended_how) == ("127.0.0.1", "console", "cut")


def test_who_is_disabled_is_out_without_a_key(front: Front) -> None:
    client = _sign_in(front, "chenjie")
    disable_on_record(front.inside, "chenjie")
    assert b"Your account was disabled" in client.finish()[0]
    assert front.inside.session("chenjie").ended_how == "disabled"


def test_a_plain_command_reads_three_lines(front: Front) -> None:
    said = subprocess.run(
        ["ssh", *SSH_OPTIONS, "-p", str(front.ssh.port), f"{USER}@127.0.0.1", "whoami"],
        input=f"wangfang\n{PASSWORD}\n{front.inside.code('wangfang')}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, "wangfang" in said.stdout) == (0, True), said.stderr
    assert "ssh -t" in said.stderr
    assert front.inside.session("wangfang").ended_how == "closed"


@pytest.mark.threat(76)
def test_a_file_comes_in_after_login_and_pickup_code_as_two_lines(front: Front) -> None:
    """The screen says the command for it; the same code opens no screen and no other command."""

    def sent(words: str, code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ssh", *SSH_OPTIONS, "-p", str(front.ssh.port), f"{USER}@127.0.0.1", *words.split()],
            input=f"zhangwei\n{code}\n手机业务受理单\n",
            capture_output=True,
            text=True,
            check=False,
        )

    client = _sign_in(front, "zhangwei")
    for key, shows in (
        ("5", "Nothing waits"),
        ("i", f"cat - FILE | ssh -p {front.ssh.port} {USER}@127.0.0.1 put NAME"),
    ):
        client.process.send(key)
        client.wait_for(shows)

    def code() -> str:
        found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "\n".join(client.screen.display))
        assert found is not None
        return found[0]

    said = sent("put receipt.txt", code())
    assert (said.returncode, "receipt.txt" in said.stdout) == (0, True), said.stderr
    client.wait_for("receipt.txt")
    client.process.send("i")
    client.wait_for("once, only from 127.0.0.1")
    said = sent("whoami", code())
    assert (said.returncode, said.stdout) == (1, "")
    client.process.kill(signal.SIGKILL)


@pytest.mark.threat(57)
def test_forty_idle_consoles_shut_nobody_out_whose_source_is_known(front: Front) -> None:
    """From the same address somebody signed in, then forty consoles ask for a name and are left there."""
    _sign_in(front, "zhangwei").process.kill(signal.SIGKILL)
    folder = front.inside.home.door
    waiters: list[int] = []
    try:
        for _one in range(40):
            waiters.append(_waiter(folder, "127.0.0.1", ConnectionStage.ASKED))
        _sign_in(front, "wangfang").process.kill(signal.SIGKILL)
        assert all(os.waitpid(one, os.WNOHANG) == (0, 0) for one in waiters)
    finally:
        for one in waiters:
            os.kill(one, signal.SIGKILL)
            os.waitpid(one, 0)


@pytest.mark.parametrize("lines", ["", "wangfang\n", f"wangfang\n{PASSWORD}\n"])
def test_who_leaves_before_the_third_line_has_tried_nothing(front: Front, lines: str) -> None:
    """The line is cut, or a program sends too little: no attempt that would slow down the next one."""

    def attempts() -> int:
        open_store(front.inside.home)
        try:
            return AuditRecord.select().where(AuditRecord.act == "auth.sign_in").count()
        finally:
            close_store()

    before = attempts()
    said = subprocess.run(
        ["ssh", *SSH_OPTIONS, "-p", str(front.ssh.port), f"{USER}@127.0.0.1", "whoami"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "请将三者各写一行发送" in said.stderr, (
        "the organisation's language, where the client asks for none"
    )
    assert attempts() == before


@pytest.mark.threat(8)
@pytest.mark.parametrize("command", ["sh -c id", "whoami; id", "scp -t /tmp"])
async def test_no_program_is_run(front: Front, command: str) -> None:
    """The attacker, who needs no account for it, asks sshd for a shell and for programs."""
    async with connect(front.ssh.port, username=USER) as conn:
        done = await conn.run(command, stdin=asyncssh.DEVNULL)
    assert done.exit_status == 1
    assert "uid=" not in str(done.stdout)
    assert "There is no such command here" in str(done.stderr) or "没有" in str(done.stderr)


@pytest.mark.threat(8)
async def test_no_file_is_copied(front: Front) -> None:
    """The attacker asks for sftp, which this sshd offers to everybody else."""
    async with connect(front.ssh.port, username=USER) as conn:
        with pytest.raises((asyncssh.Error, OSError)):
            async with conn.start_sftp_client() as files:
                await files.listdir("/etc")


@pytest.mark.threat(8)
async def test_nothing_is_forwarded(front: Front, tmp_path: Path) -> None:
    """The attacker asks for inner hosts, for ports and sockets of this host, for a tunnel, agent and X11."""
    with socket.create_server(("127.0.0.1", 0)) as target:
        inner = int(target.getsockname()[1])
        async with connect(front.ssh.port, username=USER) as conn:
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.open_connection("127.0.0.1", inner)
            with pytest.raises(asyncssh.ChannelListenError):
                await conn.forward_remote_port("127.0.0.1", 0, "127.0.0.1", inner)
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.open_unix_connection("/run/dbus/system_bus_socket")
            with pytest.raises(asyncssh.ChannelListenError):
                await conn.start_unix_server(lambda _path: None, str(tmp_path / "socket"))
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.create_tun(lambda: asyncssh.SSHTunTapSession())
            process = await conn.create_process("whoami")
            assert not await process.channel._make_request(b"auth-agent-req@openssh.com")
            x11 = (Boolean(False), String("MIT-MAGIC-COOKIE-1"), String("00" * 16), UInt32(0))
            assert not await process.channel._make_request(b"x11-req", *x11)


@pytest.mark.threat(8)
async def test_one_session_a_connection(front: Front) -> None:
    """The attacker opens a second session beside the first, on one connection."""
    async with connect(front.ssh.port, username=USER) as conn:
        await conn.create_process("whoami")
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.create_process("whoami")


@pytest.mark.threat(8)
async def test_the_clients_environment_does_not_come_in(front: Front) -> None:
    """The attacker sends LD_PRELOAD and what else makes a program run other code."""
    evil = dict.fromkeys(("LD_PRELOAD", "PYTHONPATH", "PYTHONHOME", "MINGCE_HOME", "ENV"), "/tmp/evil")
    async with connect(front.ssh.port, username=USER) as conn:
        process = await conn.create_process("whoami", env={**evil, "LANG": "en_US.UTF-8"})
        assert "three lines" in await process.stderr.readline()
        environment = front.environment(str(conn.get_extra_info("sockname")[1]))
    assert "/tmp/evil" not in environment.values()
    assert environment["LANG"] == "en_US.UTF-8"


@pytest.mark.threat(8)
@pytest.mark.parametrize("weak", [{"encryption_algs": ["aes256-ctr"]}, {"kex_algs": ["ecdh-sha2-nistp256"]}])
async def test_a_weak_client_is_turned_away(front: Front, weak: dict[str, list[str]]) -> None:
    with pytest.raises((asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)):
        await connect(front.ssh.port, username=USER, **weak)


@pytest.mark.threat(8)
def test_what_is_weaker_than_the_fragment_is_found(front: Front, tmp_path: Path) -> None:
    """Somebody takes lines out of the fragment, or writes others before it: each one is named."""
    ssh = front.ssh
    config = tmp_path / "sshd_config"

    def found(text: str) -> set[str]:
        config.write_text(text, "utf-8")
        said = in_force(ssh.program, USER, ssh.key, config)
        assert said is not None
        return {one.name for one in weaknesses(said, ssh.command)}

    whole = fragment(USER, ssh.command)
    assert found(f"{whole}AcceptEnv *\n") == {"AcceptEnv"}
    loose = "AcceptEnv LANG LC_*\nX11Forwarding yes\nPermitTunnel yes\nMaxSessions 9\nCiphers aes256-ctr\n"
    assert found(whole + loose) == set()
    assert {"Ciphers", "PermitUserEnvironment"} <= found(
        f"Ciphers aes256-ctr\nPermitUserEnvironment yes\n{whole}"
    )
    before = f"Match User {USER}\nAcceptEnv *\nMaxSessions 9\nForceCommand /bin/sh\nMatch all\n"
    assert found(before + whole) == {"AcceptEnv", "MaxSessions", "ForceCommand"}
    same_by_default = {
        "HostbasedAuthentication", "GSSAPIAuthentication", "PermitTTY", "PasswordAuthentication",
        "ExposeAuthInfo", "GatewayPorts", "PermitTunnel", "ClientAliveCountMax", "PerSourceNetBlockSize",
        "PermitUserEnvironment", "X11Forwarding",
    }  # fmt: skip
    assert {*FOR_ALL, *FOR_THE_USER, "ForceCommand"} - found("\n") <= same_by_default


@pytest.mark.threat(8)
def test_doctor_looks_at_the_fragment_that_is_in_force(
    installed: Host, front: Front, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def told() -> tuple[bool, str]:
        (finding,) = [one for one in installed.run("doctor", "--json").data if "OpenSSH" in one["check"]]
        return finding["ok"], finding["found"] + finding["advice"]

    assert told()[0]
    settings = installed.folder / "settings.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('openssh_user = ""', f'openssh_user = "{USER}"'), "utf-8")
    monkeypatch.setattr(sshd, "find_sshd", lambda: None)
    assert told() == (False, "there is no sshd" + "Install OpenSSH's server, or empty `openssh_user`.")
    monkeypatch.setattr(sshd, "find_sshd", lambda: front.ssh.program)
    assert "has no shell" in told()[1]
    monkeypatch.setattr(sshd, "is_usable", lambda user, owner: True)
    assert "pam.d/mingce" in told()[1]
    monkeypatch.setattr(sshd, "PAM_FILE", tmp_path / "pam")
    (tmp_path / "pam").write_text(installed.run("sshd-config", "--pam").out)
    monkeypatch.setattr(sshd, "has_pam_rules", lambda: sshd_has_pam_rules(tmp_path / "pam"))
    real, config = sshd.in_force, tmp_path / "sshd_config"
    monkeypatch.setattr(sshd, "in_force", lambda program, user, key: real(program, user, key, config))
    config.write_text(installed.run("sshd-config").out)
    assert told()[0]
    config.write_text("AllowTcpForwarding yes\nMatch all\n")
    assert "AllowTcpForwarding yes (no)" in told()[1]
    config.write_text("Nonsense\n")
    assert "sshd -t" in told()[1]


sshd_has_pam_rules = sshd.has_pam_rules


@pytest.mark.threat(16)
@pytest.mark.parametrize(("deaf", "status"), [(False, -signal.SIGHUP), (True, -signal.SIGKILL)])
def test_an_idle_console_is_ended_and_killed_where_it_does_not_listen(
    deaf: bool, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_session, "PATIENCE", 0.2 if deaf else 60.0)
    kept = {number: signal.getsignal(number) for number in (*console_session.LINE_SIGNALS, signal.SIGINT)}
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if deaf else signal.SIG_DFL)
        os.write(tell, b".")
        while True:
            signal.pause()
    os.read(ready, 1)
    watch = console_session.Watch(child, 0.3)
    try:
        assert (watch.until_the_end(), watch.how) == (status, "idle")
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@pytest.mark.threat(1)
def test_who_waits_at_the_door_makes_room_for_others(tmp_path: Path) -> None:
    """The attacker opens console after console from one address: the one that came least far goes."""
    folder = tmp_path / "door"
    advanced = _waiter(folder, "192.0.2.1", ConnectionStage.ANSWERED)
    first, second = (_waiter(folder, "192.0.2.1", ConnectionStage.CONNECTED) for _one in range(2))
    _waiter_elsewhere = _waiter(folder, "192.0.2.9", ConnectionStage.CONNECTED)
    with take_place(folder, "192.0.2.1", per_source=3):
        assert os.waitpid(first, 0)[1] == signal.SIGTERM
        assert sorted(int(file.name) for file in folder.glob("[0-9]*")) == sorted(
            [advanced, first, second, _waiter_elsewhere, os.getpid()]
        )
    for pid in (advanced, second, _waiter_elsewhere):
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    with take_place(folder, "192.0.2.1", per_source=1):
        assert [int(file.name) for file in folder.glob("[0-9]*")] == [os.getpid()]


@pytest.mark.threat(57)
def test_whoever_is_asked_at_a_console_makes_no_room_for_twenty_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "door"
    typing = [_waiter(folder, "192.0.2.1", ConnectionStage.ASKED) for _one in range(2)]
    with pytest.raises(CommandFailure), take_place(folder, "192.0.2.1", per_source=2):
        pytest.fail("somebody made room")
    assert all(os.waitpid(pid, os.WNOHANG) == (0, 0) for pid in typing)
    for pid in typing:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)


@pytest.mark.threat(57)
def test_a_source_has_a_rate_of_consoles_that_sign_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In and out again, over and over. From elsewhere nobody notices, and who signs in costs nothing."""
    monkeypatch.setattr(console_limits, "ConnectionGate", partial(ConnectionGate, now=lambda: 1000.0))
    folder = tmp_path / "door"

    def come(source: str, *, signs_in: bool = False) -> None:
        with take_place(folder, source) as mine:
            if signs_in:
                mine.signed_in(())

    for _one in range(40):
        come("192.0.2.1", signs_in=True)
    for _one in range(30):
        come("192.0.2.1")
    with pytest.raises(CommandFailure):
        come("192.0.2.1")
    come("192.0.2.9")


@pytest.mark.threat(36)
def test_what_lies_there_as_known_sources_keeps_nobody_out(tmp_path: Path) -> None:
    folder = tmp_path / "door"
    for number, text in enumerate(("{", '{"known": 3, "left": []}', "[" * 100_000, None)):
        file = folder / console_limits.SOURCES
        with take_place(folder, f"192.0.2.{number}") as mine:
            file.unlink()
            if text is None:
                file.symlink_to("/dev/null")
            else:
                file.write_text(text, "utf-8")
            mine.signed_in(("192.0.2.1",))
    with take_place(folder, "192.0.2.1"):
        pass


@pytest.mark.threat(31, 36)
def test_what_somebody_else_puts_at_the_door_ends_nobody_and_keeps_nobody_out(tmp_path: Path) -> None:
    """A session that was taken over can write there: a file that says nothing, one called by the number of a
    process that it wants ended, a pipe, one called by no number. Who holds a lock is the kernel's word."""
    folder = tmp_path / "door"
    victim, ready = os.fork(), os.pipe()
    if victim == 0:
        while True:
            signal.pause()
    holder = os.fork()
    if holder == 0:
        for name, text in (
            (f"{victim}", b"{"),
            ("1x", b"[" * 100_000),
            ("2", b'{"source": [], "stage": 99}'),
        ):
            folder.mkdir(exist_ok=True)
            handle = os.open(folder / name, os.O_RDWR | os.O_CREAT)
            os.write(handle, text)
            fcntl.lockf(handle, fcntl.LOCK_EX, 1)
        os.mkfifo(folder / "3")
        os.symlink("/dev/tty", folder / "4")
        os.write(ready[1], b".")
        while True:
            signal.pause()
    os.read(ready[0], 1)
    with take_place(folder, "192.0.2.1", in_all=3):
        assert os.waitpid(holder, 0)[1] == signal.SIGTERM
        assert os.waitpid(victim, os.WNOHANG) == (0, 0)
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)


def test_a_process_that_cannot_be_seen_is_not_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """To kill(2), 0 and less are many processes."""
    monkeypatch.setattr(os, "kill", lambda *_arguments: pytest.fail("somebody was signalled"))
    console_limits._end_process(0)
    console_limits._end_process(-1)


def _waiter(folder: Path, source: str, stage: ConnectionStage) -> int:
    """A process that stands at the door until it is ended; its number."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            with take_place(folder, source) as mine:
                mine.advance(stage)
                os.write(tell, b".")
                while True:
                    signal.pause()
        finally:
            os._exit(1)
    os.close(tell)
    came_in = os.read(ready, 1)
    os.close(ready)
    assert came_in, "there was no place"
    return pid


def test_the_fragment_is_for_the_user_that_is_asked_for(installed: Host) -> None:
    said = installed.run("sshd-config", "--user", "roll")
    assert (said.status, "Match User roll\n" in said.out) == (0, True)
    assert f"--dir {installed.folder}" in said.out
    assert installed.run("sshd-config", "--user", "a b").status == 1
