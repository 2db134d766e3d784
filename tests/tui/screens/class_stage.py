"""A class's directory over the desk of its teacher or deputy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.desk.entry.record import apply_values
from db.store.transactions import writing
from tests.conftest import Clock
from tests.tui.conftest import View
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import KitApp, Look, Reader

BOOK = "class"


class Classroom(Stage):
    """The directory of somebody who keeps it without an entry of their own."""

    SHOWN = ("directory",)

    def __init__(self, world: World, login: str, view: View | None = None) -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        reader = Reader(me.name, classified=me.classified_titles)
        KitApp.__init__(self, language=view.language, look=view.look, desk=desk, reader=reader)
        self._first, self._over = self.SHOWN[0], None


@pytest.fixture
def school(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A class, one of whose pupils has two parents with a phone each."""
    with templates.copy(SCHOOL, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world = build_wider_world(BOOK)
    with writing():
        apply_values(
            world.entry("jiangtao", BOOK),
            {"parent_names": ("江大海", "林月"), "parent_phones": ("+8613600001111", "+8613600002222")},
            source="入学登记表",
            verifier=None,
        )
    return world


SCHOOL = Template(begin=MONDAY, seen=MONDAY, fill=_fill)
