"""Plain commands run at the desks of a small organisation."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from db.desk import open_desk
from db.language import Language
from tests.world import World
from tui.plain import work


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


Ask = Callable[..., Answer]


@pytest.fixture
def ask(world: World) -> Ask:
    """``ask("zhangwei", "find 张文 --json")``; ``stdin`` is what comes in."""

    def run(login: str, line: str, stdin: bytes = b"", language: Language = "zh_CN") -> Answer:
        actor = replace(world.actor(login), language=language)
        out, err = io.BytesIO(), io.BytesIO()
        status = work(shlex.split(line), open_desk(actor), io.BytesIO(stdin), out, err)
        return Answer(status, out.getvalue(), err.getvalue().decode())

    return run
