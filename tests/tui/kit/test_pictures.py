"""How the kit looks."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Snap
from tests.tui.kit.stage import Stage


@pytest.mark.every_look
def test_directory(snap_matrix: Snap) -> None:
    """Top line, modes, tree and list side by side, keys: aligned although half of it is two cells wide."""
    snap_matrix(Stage, press=("down", "space"))


@pytest.mark.every_look
def test_dialog(snap_matrix: Snap) -> None:
    """A choice in a box over the list, one key each, its own keys at the bottom."""
    snap_matrix(Stage, press=("r",))


@pytest.mark.every_look
def test_form(snap_matrix: Snap) -> None:
    """Present and new values side by side, a problem under each field that has one."""
    snap_matrix(Stage, press=("e", "ctrl+s"))


@pytest.mark.every_look
def test_help(snap_matrix: Snap) -> None:
    """What the screen is, and its keys in two columns."""
    snap_matrix(Stage, press=("question_mark",))


@pytest.mark.every_look
def test_palette(snap_matrix: Snap) -> None:
    """What is called so: typed in English or Chinese, found in both."""
    snap_matrix(Stage, press=("ctrl+p", "l", "o"))


@pytest.mark.every_look
def test_refusal(snap_matrix: Snap) -> None:
    """What is refused, what to do instead, by which clause."""
    snap_matrix(Stage, press=("c",))


@pytest.mark.every_look
def test_typing(snap_matrix: Snap) -> None:
    """In a field the footer offers only the keys that work there."""
    snap_matrix(Stage, press=("slash", "z", "w"))
