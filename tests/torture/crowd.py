"""People who come in over SSH with a real client, as plain commands and with the screen, again and again."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncssh
import pyte

from db.store.opening import open_store
from tests.torture.acts import ASKERS, DECIDERS, PDF
from tests.torture.door import PASSWORD, code_of
from tests.torture.rig import Rig
from tests.tui.front.running import connect

AT_SCREENS = ("helei", "guotao", "chenjing")
LOGINS = (*ASKERS, *DECIDERS, *AT_SCREENS)
SWITCH = b"\x1b[20~"
"""F9: the other language."""
TITLES = {"zh_CN": "今日", "en": "Today"}
PATIENCE = 30.0
"""Seconds for a person to get an answer; then they hang up and come again."""
AGAIN_AFTER = 0.1


class NotDone(Exception):
    """A command ended with another status than 0, or with none as its line was cut."""


@dataclass(slots=True)
class Crowd:
    """Those who come to ``port``; ``secrets`` make their codes."""

    rig: Rig
    port: int
    secrets: Mapping[str, str]
    chance: random.Random

    def work(self) -> None:
        """All of them at once, without end."""
        open_store(self.rig.home)
        asyncio.run(self._work())

    async def _work(self) -> None:
        await asyncio.gather(
            self._again(lambda: self._ask(self.chance.choice(ASKERS))),
            self._again(lambda: self._decide(self.chance.choice(DECIDERS))),
            *(self._again(lambda login=login: self._look(login)) for login in AT_SCREENS),  # type: ignore[misc]
        )

    async def _again(self, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    await act()
            except (OSError, asyncssh.Error, NotDone, TimeoutError):
                pass  # the server is away, the line cut, the act refused: they try again
            await asyncio.sleep(AGAIN_AFTER)

    def _told(self, login: str, act: str, **more: object) -> None:
        self.rig.acknowledge(account=self.rig.world.accounts[login], act=act, **more)

    def _come(self, login: str) -> asyncssh.SSHClientConnection:
        code = code_of(self.rig, login, self.secrets[login], datetime.now(UTC))
        coming: asyncssh.SSHClientConnection = connect(self.port, [PASSWORD, code], username=login)
        return coming

    async def _say(self, login: str, command: str, given: bytes = b"") -> str:
        """What a plain command answers. Raises NotDone."""
        async with self._come(login) as line:
            done = await line.run(command, input=given, encoding=None)
        if done.exit_status != 0:
            raise NotDone(command)
        assert isinstance(done.stdout, bytes)
        return done.stdout.decode()

    async def _ask(self, login: str) -> None:
        """Evidence, then a change that rests on it."""
        proof = PDF + str(self.chance.random()).encode()
        file = json.loads(await self._say(login, "evidence add p.pdf --json", proof))["id"]
        self._told(login, "evidence.add", evidence=file)
        number = f"139{self.chance.randrange(10**8):08d}"
        await self._say(login, f"change mobile={number} --book staff --reason 换号 --evidence {file}")
        self._told(login, "changes.submit")

    async def _decide(self, login: str) -> None:
        """One of those that wait."""
        waiting = json.loads(await self._say(login, "queue --json"))
        if waiting:
            one = self.chance.choice(waiting)
            await self._say(login, f"approve {one['request']} {one['code']}")
            self._told(login, "queue.approve", request=one["request"], by=self.rig.world.accounts[login])

    async def _look(self, login: str) -> None:
        """The screen, in one language and the other until its line is cut."""
        screen = pyte.Screen(80, 24)
        stream = pyte.ByteStream(screen)
        async with (
            self._come(login) as line,
            line.create_process(term_type="xterm-256color", term_size=(80, 24), encoding=None) as process,
        ):
            shown = ""
            while True:
                async with asyncio.timeout(PATIENCE):
                    data = await process.stdout.read(65_536)
                if not data:
                    return
                stream.feed(data)
                top = "".join(screen.buffer[0][column].data for column in range(screen.columns))
                now = next((one for one, title in TITLES.items() if title in top), "")
                if now and now != shown:
                    if shown:
                        self._told(login, "me.choose_language")
                    shown = now
                    process.stdin.write(SWITCH)
