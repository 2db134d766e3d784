"""A plain command, run at somebody's desk, and what it gave."""

from __future__ import annotations

import io
import json
import shlex
from dataclasses import dataclass, replace
from typing import Any

from db.desk import open_desk
from db.language import Language
from tests.world import World
from tui.plain.work import work


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8-sig")

    @property
    def data(self) -> Any:
        return json.loads(self.text)


def answered(
    world: World,
    login: str,
    line: str,
    stdin: bytes = b"",
    language: Language = "zh_CN",
    *,
    accepted: bool = True,
) -> Answer:
    """Run ``line`` at the desk of ``login``; ``stdin`` is what comes in. ``accepted``: what stands at
    the door was accepted."""
    actor = replace(world.actor(login, accepted=accepted), language=language)
    out, err = io.BytesIO(), io.BytesIO()
    status = work(shlex.split(line), open_desk(actor), io.BytesIO(stdin), out, err)
    return Answer(status, out.getvalue(), err.getvalue().decode())
