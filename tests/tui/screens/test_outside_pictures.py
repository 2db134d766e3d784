"""How the differences from WeCom look."""

from __future__ import annotations

import pytest

from db.desk.outside.survey import survey_failed
from db.store.tables import Task
from tests.db.desk.test_policies import TWO_STEPS, revision
from tests.rules import issue
from tests.tui.conftest import Snap
from tests.tui.screens.outside_stage import BOOK, Outside, connect, outside
from tests.world import World
from tui.screens.asking.rules import RulesScreen
from tui.screens.outside.drift import WeComDrift
from tui.screens.tasks.card import TaskCard

__all__ = ["outside"]


def test_differences(snap_matrix: Snap, outside: World) -> None:
    """How both sides stand; one of each kind, one that was given up, one that waits."""
    snap_matrix(lambda view: Outside(outside, "huanghr", view, lambda _app: WeComDrift(BOOK)))


def test_one_difference(snap_matrix: Snap, outside: World) -> None:
    """The reason why somebody could not be entered."""
    snap_matrix(
        lambda view: Outside(outside, "huanghr", view, lambda _app: WeComDrift(BOOK)), press=("enter",)
    )


def test_not_connected(snap_matrix: Snap, outside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import file is the way; nothing can be set right from here."""
    connect(monkeypatch, None)
    snap_matrix(lambda view: Outside(outside, "huanghr", view, lambda _app: WeComDrift(BOOK)))


def test_a_comparison_that_failed(snap_matrix: Snap, outside: World) -> None:
    """The reason stands below the numbers of the last one."""
    survey_failed(BOOK, "ConnectError")
    snap_matrix(lambda view: Outside(outside, "huanghr", view, lambda _app: WeComDrift(BOOK)))


def test_who_has_not_acknowledged(snap_matrix: Snap, outside: World) -> None:
    """Whoever keeps the rules reads who has still to acknowledge the revision."""
    issue(outside, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    snap_matrix(
        lambda view: Outside(
            outside, "huanghr", view, lambda app: RulesScreen(app.desk.policies.rules(BOOK))
        ),
        press=(
            "v",
            "4",
        ),
    )


def test_the_task_says_why(snap_matrix: Snap, outside: World) -> None:
    """A joiner whom WeCom refused."""
    task = Task.get(Task.kind == "joiner").id
    snap_matrix(
        lambda view: Outside(outside, "huanghr", view, lambda app: TaskCard(app.desk.tasks.one(task)))
    )
