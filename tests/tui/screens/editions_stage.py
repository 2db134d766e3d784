"""The editions of one week, and the application over one person's desk among them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.editions_world import THIS_WEEK, a_week_later, build_editions_world
from tests.tui.screens.stage import Stage, copy_of, new_home
from tests.world import World


class Issuing(Stage):
    """The modes of editions and copies."""

    SHOWN = ("editions", "copies")


@pytest.fixture(scope="session")
def issued_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The week once, with passwords that are the same in every run; each test gets a copy."""
    folder = tmp_path_factory.mktemp("issued") / "state"
    letters = itertools.cycle("ABCDEFGH23456789")
    with (
        new_home(folder, datetime(2026, 11, 16, 1, 0, tzinfo=UTC), "宏图集团") as (_home, clock),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(secrets, "choice", lambda _alphabet: next(letters))
        world = build_editions_world()
        a_week_later(world, clock)
    return folder, world


@pytest.fixture
def issued(issued_template: tuple[Path, World], tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Monday morning: last week's issue is out, this week's is due at six."""
    folder, world = issued_template
    clock.set(THIS_WEEK)
    with copy_of(folder, tmp_path / "issued"):
        yield world
