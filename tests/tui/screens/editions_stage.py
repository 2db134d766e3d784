"""The editions of one week, and the application over one person's desk among them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.conftest import Clock
from tests.editions_world import THIS_WEEK, a_week_later, build_editions_world
from tests.tui.screens.stage import Stage, Template, Templates
from tests.world import World


class Issuing(Stage):
    """The modes of editions and copies."""

    SHOWN = ("editions", "copies")


@pytest.fixture
def issued(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Monday morning: last week's issue is out, this week's is due at six."""
    with templates.copy(ISSUED, tmp_path / "state", clock) as world:
        yield world


def _fill(clock: Clock) -> World:
    """The passwords are the same in every run."""
    letters = itertools.cycle("ABCDEFGH23456789")
    with patch.object(secrets, "choice", lambda _alphabet: next(letters)):
        world = build_editions_world()
        a_week_later(world, clock)
    return world


ISSUED = Template(begin="2026-11-16T09:00+08:00", seen=THIS_WEEK, fill=_fill, organisation="宏图集团")
