"""Threat 1: a crowd at the door. asyncssh caps neither connections nor tries nor time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from tests.tui.front.running import CODE, PASSWORD, Running, connect, eventually, hold_socket, still_open
from tui.front.connection_limits import (
    BURST,
    MOST_SOURCES,
    RATE,
    ConnectionGate,
    ConnectionStage,
    Rates,
    TurnedAway,
    Visitor,
)


def _visitor(source: str, closed: list[str], stage: ConnectionStage = ConnectionStage.CONNECTED) -> Visitor:
    return Visitor(source, lambda: closed.append(source), stage)


@pytest.mark.threat(1)
def test_a_source_holds_ten_places_and_the_least_advanced_makes_room() -> None:
    """Ten held sockets of one source, one of which is answering; an eleventh comes."""
    gate, closed = ConnectionGate(), list[str]()
    answering = _visitor("a", closed, ConnectionStage.ANSWERED)
    oldest = _visitor("a", closed)
    for visitor in (answering, oldest, *(_visitor("a", closed) for _count in range(8))):
        assert gate.let_in(visitor) is None
    assert gate.let_in(_visitor("a", closed)) is oldest
    assert closed == ["a"]
    assert len(gate) == 10
    assert gate.let_in(_visitor("b", closed)) is None


@pytest.mark.threat(1)
def test_the_full_door_makes_room_from_the_busiest_source() -> None:
    """A hundred places: ten sources fill them with ten each; one more person comes from elsewhere."""
    gate, closed = ConnectionGate(), list[str]()
    for number in range(100):
        gate.let_in(_visitor(f"s{number % 10}", closed))
    gate.let_in(_visitor("person", closed))
    assert len(gate) == 100
    assert len(closed) == 1
    for _count in range(50):
        gate.let_in(_visitor("other", closed))
    assert len(gate) == 100
    assert "person" not in closed


@pytest.mark.threat(1)
def test_a_real_sign_in_works_while_600_sockets_are_held(front: Running) -> None:
    """The attacker opens 600 connections, from one address and from sixty, and lets them wait.

    At most ten of one address and a hundred in all stay open, and a person who comes then, from the
    attacker's own address too, signs in with the ordinary client.
    """
    with ExitStack() as stack:
        held = [stack.enter_context(hold_socket(front.port)) for _count in range(300)]
        eventually(lambda: sum(map(still_open, held)) <= 10, "no more than ten of one source")
        sources = [f"127.0.1.{number % 30 + 1}" for number in range(300)]
        spread = [(stack.enter_context(hold_socket(front.port, source)), source) for source in sources]
        both = [(one, "127.0.0.1") for one in held] + spread
        eventually(lambda: sum(still_open(one) for one, _source in both) <= 100, "a hundred in all")
        counts = Counter(source for one, source in both if still_open(one))
        assert max(counts.values()) <= 10
        raw, status = front.ssh("--", "echo", "inside").sign_in().finish()
        assert (raw.strip(), status) == (b"inside", 0)
    assert any(line["event"] == "crowd" for line in front.log)


@pytest.mark.threat(1)
async def test_a_connection_has_three_tries(front: Running) -> None:
    """The attacker tries password after password on one connection: the third failure ends it."""
    front.register.attempts.clear()
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(front.port, [f"guess {count}" for count in range(40)])
    assert len(front.register.attempts) == 3


@pytest.mark.threat(1)
async def test_many_answers_to_one_question_are_not_checked(front: Running) -> None:
    """The attacker answers one question a thousand times without waiting (12,700 in 5 s were seen)."""
    front.register.attempts.clear()

    class Flooder(asyncssh.SSHClient):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            self._conn = conn

        def kbdint_auth_requested(self) -> str:
            return ""

        def kbdint_challenge_received(self, *challenge: object) -> list[str]:
            for _count in range(1000):
                self._conn.send_packet(61, UInt32(1), String("guess"))  # MSG_USERAUTH_INFO_RESPONSE
            return ["guess"]

    with pytest.raises((asyncssh.DisconnectError, ConnectionError)):
        await connect(front.port, client_factory=Flooder)
    await asyncio.sleep(0.5)
    assert len(front.register.attempts) <= 1


@pytest.mark.threat(1)
async def test_asking_again_and_again_ends_the_connection(front: Running) -> None:
    """The attacker begins to sign in over and over, never answers, and so is never counted as failing."""

    class Asker(asyncssh.SSHClient):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            self._conn = conn
            self.asked = 0

        def kbdint_auth_requested(self) -> str:
            return ""

        async def kbdint_challenge_received(self, *challenge: object) -> None:
            self.asked += 1
            await self._conn.send_userauth_request(b"keyboard-interactive", String(""), String(""))
            await asyncio.sleep(60)

    asker = Asker()
    with pytest.raises((asyncssh.DisconnectError, ConnectionError)):
        await connect(front.port, client_factory=lambda: asker)
    assert asker.asked <= 6


@pytest.mark.threat(1)
def test_who_does_not_sign_in_in_time_is_cut(start: Callable[..., Running]) -> None:
    """The attacker holds a connection for ever, silent or at the second question."""
    front = start(grace=6.0)
    with hold_socket(front.port) as held:
        client = front.ssh()
        client.process.expect("Password: ")
        client.process.sendline(PASSWORD)
        client.process.expect("Code: ")
        eventually(lambda: not still_open(held), "the end of a silent connection")
    eventually(lambda: len(front.front.gate) == 0, "the end of a connection at the second question")
    client.process.sendline(CODE)
    _raw, status = client.finish()
    assert status == 255
    assert front.register.attempts == []


@pytest.mark.threat(1)
async def test_one_source_waits_in_its_own_line(start: Callable[..., Running]) -> None:
    """Eight connections of one address want their answers checked at once, and a check takes long. Who comes
    from elsewhere after them is the next: one of them alone is being checked, and there are two threads."""
    front = start()
    front.register.checks.clear()
    crowd = [asyncio.create_task(_fails(front.port, local_addr=("127.0.0.9", 0))) for _count in range(8)]
    while len(front.register.delays) < 8 or not front.register.attempts:
        await asyncio.sleep(0.01)
    person = asyncio.create_task(_enters(front.port))
    while len(front.register.attempts) < 2:
        await asyncio.sleep(0.01)
    front.register.checks.set()
    assert [source for _login, source, *_answers in front.register.attempts[:2]] == ["127.0.0.9", "127.0.0.1"]
    await asyncio.gather(person, *crowd)


async def _enters(port: int) -> None:
    async with connect(port):
        pass


async def _fails(port: int, **options: object) -> None:
    with pytest.raises((asyncssh.DisconnectError, ConnectionError)):
        await connect(port, ["guess", CODE], **options)


class _Time:
    """A time that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _asked(gate: ConnectionGate, moment: _Time, source: str, closed: list[str]) -> Visitor | TurnedAway:
    """Somebody of ``source`` who gives a name at once; or why there was no place."""
    visitor = Visitor(source, lambda: closed.append(source), since=moment())
    entered = gate.let_in(visitor)
    if isinstance(entered, TurnedAway):
        return entered
    gate.advance(visitor, ConnectionStage.ASKED)
    return visitor


@pytest.mark.threat(57)
def test_nobody_younger_than_20_s_who_gave_a_name_makes_room() -> None:
    """The attacker gives a name and idles; ten have come, and an eleventh waits until one is 20 s old."""
    moment, closed = _Time(), list[str]()
    gate = ConnectionGate(now=moment)
    for _count in range(10):
        _asked(gate, moment, "a", closed)
        moment.now += 1
    assert _asked(gate, moment, "a", closed) is TurnedAway.FULL
    moment.now += 9
    assert _asked(gate, moment, "a", closed) is TurnedAway.FULL
    assert not closed
    moment.now += 1
    assert isinstance(_asked(gate, moment, "a", closed), Visitor)
    assert closed == ["a"]


@pytest.mark.threat(57)
def test_a_known_source_has_places_that_strangers_do_not_fill() -> None:
    moment, closed = _Time(), list[str]()
    gate = ConnectionGate(known={"office"}, now=moment)
    for number in range(100):
        assert isinstance(_asked(gate, moment, f"stranger {number % 10}", closed), Visitor)
    for _count in range(11):
        assert isinstance(_asked(gate, moment, "office", closed), Visitor)
        moment.now += 0.1
    assert not closed
    assert _asked(gate, moment, "stranger 100", closed) is TurnedAway.FULL


@pytest.mark.threat(57)
def test_a_source_has_a_rate_of_those_who_do_not_sign_in() -> None:
    """Who signs in costs nothing of it; a known source has six times as much."""
    moment = _Time()
    gate = ConnectionGate(known={"office"}, now=moment)

    def come_and_go(source: str, count: int) -> int:
        """How many of ``count`` are turned away."""
        found = 0
        for _time in range(count):
            visitor = Visitor(source, lambda: None)
            found += gate.let_in(visitor) is TurnedAway.RATE
            gate.let_out(visitor)
        return found

    for _time in range(200):
        visitor = Visitor("home", lambda: None)
        assert gate.let_in(visitor) is None
        gate.let_out(visitor, signed_in=True)
    assert come_and_go("home", 40) == 10
    assert come_and_go("office", 190) == 10
    assert come_and_go("elsewhere", 1) == 0
    moment.now += 1
    assert come_and_go("home", 11) == 1


@pytest.mark.threat(57)
def test_what_is_remembered_of_rates_is_bounded() -> None:
    moment = _Time()
    rates = Rates(RATE, BURST, moment)
    for number in range(MOST_SOURCES + 5000):
        moment.now += 0.01
        rates.count_one(f"s{number}")
    assert len(rates.left) <= MOST_SOURCES + 1


class _Idler(asyncssh.SSHClient):
    """Gives a name and never answers."""

    def kbdint_auth_requested(self) -> str:
        return ""

    async def kbdint_challenge_received(self, *challenge: object) -> None:
        await asyncio.sleep(600)


@pytest.mark.threat(57)
async def test_a_sign_in_s_p95_is_under_5_s_while_a_crowd_idles_behind_the_same_address(
    start: Callable[..., Running],
) -> None:
    """Eleven connections, and then forty, give a name and idle; each that is cut comes again at once. Twenty
    people sign in meanwhile from the very address, which is that of an office."""
    front = start()
    front.front.gate.known = frozenset({"127.0.0.1"})

    async def idle() -> None:
        while True:
            with contextlib.suppress(OSError, asyncssh.Error):
                await connect(front.port, client_factory=_Idler)
            await asyncio.sleep(0.05)

    for crowd in (11, 40):
        idlers = [asyncio.create_task(idle()) for _one in range(crowd)]
        while len(front.front.gate) < crowd:
            await asyncio.sleep(0.05)
        took = []
        for _person in range(20):
            began = time.monotonic()
            await _enters(front.port)
            took.append(time.monotonic() - began)
        for idler in idlers:
            idler.cancel()
        await asyncio.gather(*idlers, return_exceptions=True)
        assert sorted(took)[18] < 5.0
        print(f"{crowd} idle: p95 {sorted(took)[18]:.2f} s")
