"""Plain commands run at the desks of a small organisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.tui.plain.running import Answer, answered
from tests.world import World

Ask = Callable[..., Answer]


@pytest.fixture
def ask(world: World) -> Ask:
    """``ask("zhangwei", "find 张文 --json")``; ``stdin`` is what comes in."""
    return partial(answered, world)
