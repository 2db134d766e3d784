"""Threat 31: ten thousand hostile openings of every part of the protocol, while somebody works undisturbed.

Each is a message that a client may send once it has signed in, made of what goes wrong in such messages.
Those that the protocol ends a connection for come last on theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import Boolean, String, UInt32

from tests.tui.front.running import PATIENCE, Running, connect, eventually

OPENINGS = 10_000
A_CONNECTION = 100
AT_ONCE = 4
SEED = 20261127

OPEN, DATA, EXTENDED, EOF, CLOSE, REQUEST = 90, 94, 95, 96, 97, 98
GLOBAL, ADJUST, SUCCESS = 80, 93, 99
NUMBERS = (0, 1, 2, 79, 80, 255, 256, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1)
TEXTS = (
    b"", b"\0", b"echo", b"echo \0", b"\xff\xfe", b"\xed\xa0\x80", "😀".encode() * 2000, "echo 名册".encode(),
    b"x" * 30_000, b"\x1b]0;x\x07", b"'" * 9000, b'"' * 9001, b"\\" * 30_000, b"\x01" * 8192,
    b"echo " + b"\x01" * 8187, b"echo " + b"\x01" * 25_000,
    b"../../bin/sh", b"sftp", b"%s%n", b"[" * 8000, b"deaf", b"self",
)  # fmt: skip
TERMS = (b"", b"\0", b"xterm", b"x" * 30_000, b"\x1b[2J", b"../xterm", b"dumb\n", b"\x7f")
NAMES = (
    b"TERM",
    b"LANG",
    b"LC_ALL",
    b"NO_COLOR",
    b"LD_PRELOAD",
    b"",
    b"=",
    b"\xff",
    b"TERM\0",
    b"x" * 30_000,
)
MODES = (b"", b"\0", b"\x01", b"\x80\0\0", b"\xa0" * 5, b"\x35\xff\xff\xff\xff" * 2000, b"\xff" * 30_000)


class Hostile:
    """The messages of one connection, in the order in which they are sent."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def parts(self) -> Iterator[list[tuple[int, bytes]]]:
        """The channel is opened by the first message and begun after the first part; the last part ends
        it."""
        most = UInt32(self._chance.choice((1, 1024, 2**32 - 1)))
        first = OPEN, String("session") + UInt32(0) + UInt32(self._window()) + most
        yield [first, *(self._before() for _count in range(A_CONNECTION - 20))]
        yield [self._begin()]
        yield [self._after() for _count in range(17)]
        yield [self._fatal()]

    def _before(self) -> tuple[int, bytes]:
        pick, number = self._chance.choice, self._number
        match self._chance.randrange(9):
            case 0:
                return self._request("env", String(pick(NAMES)) + String(pick((*NAMES, *TERMS))))
            case 1:
                sizes = b"".join(UInt32(number()) for _count in range(4))
                return self._request("pty-req", String(pick(TERMS)) + sizes + String(pick(MODES[:3])))
            case 2:
                return self._size()
            case 3:
                return self._request("signal", String(pick((b"KILL", b"HUP", b"", b"\xff", b"x" * 30_000))))
            case 4:
                return self._request("break", UInt32(number()))
            case 5:
                x11 = Boolean(True) + String("MIT") + String(pick((b"00", b"xyz"))) + UInt32(number())
                return self._request("x11-req", x11)
            case 6:
                kind = pick((b"session", b"direct-tcpip", b"x11", b"tun@openssh.com", b"", b"x" * 9000))
                most = UInt32(pick((1, 2**32 - 1)))
                return OPEN, String(kind) + UInt32(number()) + UInt32(number()) + most
            case 7:
                kind = pick((b"tcpip-forward", b"hostkeys-prove-00@openssh.com", b"", b"x" * 9000))
                return GLOBAL, String(kind) + Boolean(False) + String("127.0.0.1") + UInt32(number())
            case _:
                return self._request(
                    pick(("agent-req", "exit-status", "xon-xoff", "x" * 9000)), UInt32(number())
                )

    def _begin(self) -> tuple[int, bytes]:
        return self._chance.choice(
            (
                self._request("shell", b""),
                self._request("subsystem", String(self._chance.choice(TEXTS))),
                *(self._request("exec", String(self._chance.choice(TEXTS))) for _count in range(4)),
            )
        )

    def _after(self) -> tuple[int, bytes]:
        match self._chance.randrange(6):
            case 0:
                return self._size()
            case 1:
                return self._begin()
            case 2:
                return self._request("signal", String("KILL"))
            case 3:
                return self._request("break", UInt32(self._number()))
            case 4:
                return GLOBAL, String("cancel-tcpip-forward") + Boolean(False) + String("::") + UInt32(0)
            case _:
                return self._before()

    def _fatal(self) -> tuple[int, bytes]:
        number = UInt32(self._chance.choice(NUMBERS[1:]))
        unknown = (
            (ADJUST, number + UInt32(1)), (DATA, number + String("x")), (EOF, number), (CLOSE, number),
            (EXTENDED, number + UInt32(1) + String("x")), (REQUEST, number + String("shell") + Boolean(True)),
        )  # fmt: skip
        broken = (
            (SUCCESS, UInt32(0)), (DATA, UInt32(0) + UInt32(2**32 - 1)), (DATA, b"\0"), (REQUEST, UInt32(0)),
            (OPEN, String("session") + UInt32(1)), (OPEN, String(b"\xff")), (GLOBAL, b"\xff\xff\xff\xff"),
            (ADJUST, UInt32(0) + UInt32(2**32 - 1)), (EXTENDED, UInt32(0) + UInt32(7) + String("x")),
            (255, b""), (1, UInt32(2) + String("x")), self._request("pty-req", String(b"\xff") + b"\0" * 20),
            self._request("env", String(b"x")), self._request("window-change", b"\0"),
        )  # fmt: skip
        return self._chance.choice((*unknown, *broken))

    def _size(self) -> tuple[int, bytes]:
        return self._request("window-change", b"".join(UInt32(self._number()) for _count in range(4)))

    def _request(self, kind: str, rest: bytes) -> tuple[int, bytes]:
        return REQUEST, UInt32(0) + String(kind) + Boolean(self._chance.random() < 0.5) + rest

    def _number(self) -> int:
        return self._chance.choice(NUMBERS)

    def _window(self) -> int:
        return self._chance.choice((0, 1, 65_536, 2**32 - 1))


class Anything(dict[int, Any]):
    """Stands for the channels of a client that takes whatever is said to it."""

    def __missing__(self, _number: int) -> Anything:
        return self

    def __bool__(self) -> bool:
        return False

    def process_packet(self, *_packet: object) -> bool:
        return True

    def process_open_confirmation(self, *_packet: object) -> None:
        """The channel is open."""

    def process_open_failure(self, *_packet: object) -> None:
        """It is not."""


async def assail(port: int, chance: random.Random) -> int:
    """Open one connection and send what is hostile; how many of the messages the server has read for certain:
    it answers a harmless question behind each part, or hangs up at the last."""
    read = 0
    connection = await connect(port, username=f"attacker{chance.randrange(9)}")
    connection._channels = Anything()
    with contextlib.suppress(asyncssh.Error, OSError):
        async with asyncio.timeout(PATIENCE):
            for part in Hostile(chance).parts():
                for kind, payload in part:
                    connection.send_packet(kind, payload)
                answer = await connection._make_global_request(b"keepalive@openssh.com")
                read += len(part) if answer is not None else 0
    connection.abort()
    await connection.wait_closed()
    return read


@pytest.mark.threat(31)
async def test_ten_thousand_hostile_openings_disturb_nobody(front: Running) -> None:
    victim = front.ssh(login="lina").sign_in().wait_for("size 80x24")
    (mine,) = front.sessions()
    session, parent = front.register.granted[-1], front.front.spawner.pid
    chance, opened, pressed = random.Random(SEED), 0, 0
    while opened < OPENINGS:
        at_once = (assail(front.port, random.Random(chance.random())) for _count in range(AT_ONCE))
        opened += sum(await asyncio.gather(*at_once))
        pressed += 1
        victim.process.send("n")
        await asyncio.to_thread(victim.wait_for, f"pressed {pressed} times")
    assert front.front.spawner.pid == parent
    assert mine in front.sessions()
    eventually(lambda: front.sessions() == [mine], "the end of every attacker's session")
    assert session not in front.register.ends
    assert "size 80x24" in "\n".join(victim.screen.display)
    told = {line["event"] for line in front.log if line["level"] != "info"}
    assert told <= {"incident"}
    victim.process.send("q")
    _raw, status = victim.finish()
    assert status == 0
