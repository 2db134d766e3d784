"""How accounts look to those who look after them."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.tui.conftest import Snap, View
from tests.tui.screens.requests_stage import office
from tests.tui.screens.stage import Stage
from tests.world import World
from tui.screens.accounts.accounts import AccountsScreen

__all__ = ["office"]


class Keepers(Stage):
    """My account, and over it the accounts of others."""

    SHOWN = ("account",)


def keeper(world: World, view: View) -> Keepers:
    """刘洋 of human resources."""
    return Keepers(world, "liuyang", view, lambda _app: AccountsScreen())


async def list_people(pilot: Pilot[object]) -> None:
    """Those without an account."""
    await pilot.press("n", "1")
    await pilot.pause(0.2)


def test_accounts(snap_matrix: Snap, office: World) -> None:
    """Logins, states and roles, one a line."""
    snap_matrix(lambda view: keeper(office, view))


def test_without_account(snap_matrix: Snap, office: World) -> None:
    """Who can't sign in yet."""
    snap_matrix(lambda view: keeper(office, view), run_before=list_people)
