"""Threat 8: everything is refused that is not one terminal or one of our plain commands.

Left to its defaults asyncssh accepts any command, any subsystem, any environment variable and three
hundred sessions a connection, and offers forwarding, agents and public keys.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
from pathlib import Path

import asyncssh
import pytest
from asyncssh.packet import Boolean, String, UInt32

from tests.ports import held_port
from tests.tui.front.running import (
    PATIENCE,
    SSH_OPTIONS,
    Running,
    connect,
    eventually,
    hold_socket,
    still_open,
)
from tui.front.ssh_options import CIPHERS, CODES, KEY_EXCHANGES

pytestmark = pytest.mark.threat(8)


@pytest.fixture
def target() -> socket.socket:
    """A listener that an attacker would like to reach through the server."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("way", ["-L", "-D"])
def test_nothing_is_forwarded_from_the_client(front: Running, target: socket.socket, way: str) -> None:
    """The attacker signs in with ``ssh -L`` or ``-D`` and connects to an inner host through it."""
    inner = f"127.0.0.1:{target.getsockname()[1]}"
    with held_port() as port:
        client = front.ssh(way, f"{port}:{inner}" if way == "-L" else str(port)).sign_in().wait_for("session")
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as through:
            if way == "-D":
                inner_port = target.getsockname()[1].to_bytes(2, "big")
                through.sendall(b"\x05\x01\x00")
                assert through.recv(2) == b"\x05\x00"
                through.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + inner_port)
            assert through.recv(1) == b""
    target.settimeout(0.2)
    with pytest.raises(TimeoutError):
        target.accept()
    client.process.send("q")
    client.finish()


def test_nothing_listens_here_for_the_client(front: Running) -> None:
    """The attacker signs in with ``ssh -R`` to open a port of the server to the outside."""
    with held_port() as port:
        client = front.ssh("-o", "ExitOnForwardFailure=yes", "-R", f"{port}:127.0.0.1:22").sign_in()
        _raw, status = client.finish()
        assert status == 255
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


async def test_no_forwarding_of_unix_sockets_or_tunnels(front: Running, tmp_path: Path) -> None:
    """The attacker asks for the sockets of local services, a socket of its own and a tunnel device."""
    async with connect(front.port) as conn:
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.open_unix_connection("/run/dbus/system_bus_socket")
        with pytest.raises(asyncssh.ChannelListenError):
            await conn.start_unix_server(lambda _path: None, str(tmp_path / "socket"))
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.create_tun(lambda: asyncssh.SSHTunTapSession())
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.create_tap(lambda: asyncssh.SSHTunTapSession())
    assert not (tmp_path / "socket").exists()


async def test_no_agent_and_no_x11(front: Running) -> None:
    """The attacker, or a careless person, signs in with ``ssh -A`` and ``ssh -X``."""
    async with connect(front.port) as conn:
        process = await conn.create_process("cat")
        assert not await process.channel._make_request(b"auth-agent-req@openssh.com")
        x11 = (Boolean(False), String("MIT-MAGIC-COOKIE-1"), String("00" * 16), UInt32(0))
        assert not await process.channel._make_request(b"x11-req", *x11)


async def test_no_subsystem(front: Running) -> None:
    """The attacker asks for sftp, and for a subsystem that carries the name of a plain command."""
    for name in ("sftp", "echo"):
        async with connect(front.port) as conn:
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.create_process(subsystem=name)


@pytest.mark.parametrize("program", [("sftp",), ("scp",), ("scp", "-O")])
def test_no_file_is_copied(front: Running, tmp_path: Path, program: tuple[str, ...]) -> None:
    """The attacker copies a file off the server, and one onto it."""
    import pexpect

    wanted = tmp_path / "passwd"
    spawned = pexpect.spawn(
        program[0],
        [*program[1:], *SSH_OPTIONS, "-P", str(front.port), "zhangwei@127.0.0.1:/etc/passwd", str(wanted)],
        timeout=PATIENCE,
    )
    spawned.expect("Password: ")
    spawned.sendline("长安一片月 forty-two")
    spawned.expect("Code: ")
    spawned.sendline("123456")
    spawned.expect(pexpect.EOF)
    spawned.close()
    assert spawned.exitstatus != 0
    assert not wanted.exists()


@pytest.mark.parametrize(
    "command",
    ["sh", "/bin/sh -c id", "scp -t /tmp", "python3 -c 1", "", "'unclosed", "../plain/echo", "ECHO x"],
)
def test_no_other_command(front: Running, command: str) -> None:
    """The attacker asks for a shell, for a program, for nothing, and for what almost is a command."""
    before = set(front.sessions())
    raw, status = front.ssh("--", command or "''").sign_in().finish()
    assert status == 2
    assert b"uid=" not in raw
    eventually(lambda: set(front.sessions()) <= before, "no session of it")


def test_a_command_is_never_given_to_a_shell(front: Running, tmp_path: Path) -> None:
    """The attacker hides commands in the words of a permitted one."""
    trap = tmp_path / "trap"
    words = f"echo a; touch {trap} && $(touch {trap}) `touch {trap}` | cat > {trap}"
    raw, status = front.ssh("--", words).sign_in().finish()
    assert status == 0
    assert raw.strip().startswith(b"a; touch")
    assert not trap.exists()


def test_the_clients_environment_does_not_come_in(front: Running) -> None:
    """The attacker sends LD_PRELOAD, PYTHONPATH and TEXTUAL_DRIVER along, and a malicious LANG."""
    names = ("LD_PRELOAD", "PYTHONSTARTUP", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "HOME", "PATH", "BASH_ENV")
    sent = " ".join(f"{name}=/tmp/evil" for name in names)
    client = front.ssh("-o", f"SetEnv={sent} NO_COLOR=1 COLORTERM=truecolor LANG={'x' * 99}", "--", "self")
    raw, _status = client.sign_in().finish()
    environment = json.loads(raw)["environment"]
    assert "/tmp/evil" not in environment.values()
    assert set(environment) <= {"HOME", "PATH", "SHELL", "TERM", "NO_COLOR", "COLORTERM", "LC_CTYPE"}
    assert environment["NO_COLOR"] == "1"
    assert environment["COLORTERM"] == "truecolor"


async def test_the_client_is_told_that_its_variable_is_refused(front: Running) -> None:
    """The attacker sends a million variables to fill the server's memory: none is kept."""
    async with connect(front.port) as conn:
        process = await conn.create_process("cat")
        assert not await process.channel._make_request(b"env", String("LD_PRELOAD"), String("/tmp/x.so"))
        assert not await process.channel._make_request(b"env", String("LANG"), String("x" * 1000))
        assert not await process.channel._make_request(b"env", String("LANG"), String("\x1b]0;"))
        assert await process.channel._make_request(b"env", String("LANG"), String("en_GB.UTF-8"))


async def test_one_session_a_connection(front: Running) -> None:
    """The attacker opens three hundred sessions on one connection, and one after the first has ended."""
    async with connect(front.port) as conn:
        process = await conn.create_process("cat")
        for _count in range(300):
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.create_process("cat")
        process.stdin.write_eof()
        await process.wait_closed()
        with pytest.raises((asyncssh.Error, ConnectionError)):
            await conn.create_process("cat")


def test_only_the_interactive_method_is_offered(front: Running) -> None:
    """The attacker looks for a weaker way: a key, a password alone, a trusted host, Kerberos."""
    shown = _rejected(front, "-o", "PreferredAuthentications=none")
    assert "Permission denied (keyboard-interactive)." in shown


async def test_a_public_key_opens_nothing(front: Running) -> None:
    """The attacker offers a key."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(front.port, client_keys=[key], preferred_auth="publickey")


@pytest.mark.clause("C.9.2")
def test_only_strong_algorithms_are_spoken(front: Running) -> None:
    """The attacker in the middle looks for an old key exchange, cipher or code to fall back to."""
    shown = _rejected(front, "-vv", "-o", "BatchMode=yes")
    offer = shown[shown.index("peer server KEXINIT proposal") :]

    def offered(what: str) -> set[str]:
        found = re.search(rf"{what}: (\S*)", offer)
        assert found is not None
        return set(found[1].split(","))

    assert offered("KEX algorithms") - {"ext-info-s", "kex-strict-s-v00@openssh.com"} == set(KEY_EXCHANGES)
    assert offered("ciphers ctos") == offered("ciphers stoc") == set(CIPHERS)
    assert offered("MACs ctos") == offered("MACs stoc") == set(CODES)
    assert offered("compression ctos") == offered("compression stoc") == {"none", "zlib@openssh.com"}
    assert offered("host key algorithms") == {"ssh-ed25519"}
    assert all("mlkem768x25519" in name or "curve25519" in name for name in KEY_EXCHANGES)
    assert all("gcm" in name for name in CIPHERS)
    assert all("etm" in name for name in CODES)


@pytest.mark.parametrize(
    "weak",
    [
        {"kex_algs": ["diffie-hellman-group14-sha256"]},
        {"kex_algs": ["ecdh-sha2-nistp256"]},
        {"encryption_algs": ["aes256-ctr"]},
        {"encryption_algs": ["chacha20-poly1305@openssh.com"]},
        {"encryption_algs": ["aes128-cbc"]},
    ],
)
async def test_a_weak_client_is_turned_away(front: Running, weak: dict[str, list[str]]) -> None:
    """The attacker's client speaks nothing but an old algorithm."""
    with pytest.raises((asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)):
        await connect(front.port, **weak)


def test_strange_bytes_in_place_of_ssh_are_dropped(front: Running) -> None:
    """The attacker sends a web request and then noise."""
    with hold_socket(front.port) as noise:
        noise.sendall(b"GET / HTTP/1.1\r\n" * 400)
        eventually(lambda: not still_open(noise), "the end of the connection")


def _rejected(front: Running, *options: str) -> str:
    """What the ordinary client says when it can't come in."""
    command = ["ssh", *SSH_OPTIONS[:6], *options, "-p", str(front.port), "zhangwei@127.0.0.1"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr
