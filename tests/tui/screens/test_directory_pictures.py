"""How the directory looks."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.tui.conftest import Snap
from tests.tui.screens.directory_stage import Hall, hall
from tests.world import World
from tui.screens.directory.card import CardScreen, CardView
from tui.screens.directory.copying import CodeToScan

__all__ = ["hall"]


async def settle(pilot: Pilot[object]) -> None:
    """Let everything be drawn."""
    await pilot.pause(0.2)
    while any(card.is_resting for card in pilot.app.screen.query(CardView)):
        await pilot.pause(0.05)


def test_employee(snap_matrix: Snap, hall: World) -> None:
    """The own department, whose mobile numbers are masked but for the own."""
    snap_matrix(lambda view: Hall(hall, "zhangwei", view), run_before=settle)


def test_searching(snap_matrix: Snap, hall: World) -> None:
    """The whole book narrowed by two letters."""
    snap_matrix(lambda view: Hall(hall, "liuyang", view), press=("slash", "z", "h"))


def test_card(snap_matrix: Snap, hall: World) -> None:
    """A card, beside the list where there is room: its masked number, source and clause."""
    snap_matrix(lambda view: Hall(hall, "zhangwei", view), press=("down", "down", "enter"))


def test_card_by_itself(snap_matrix: Snap, hall: World) -> None:
    """A card as other screens open it, also where there would be room for a list."""
    entry = hall.entry("zhangwen")
    snap_matrix(
        lambda view: Hall(hall, "zhangwei", view, lambda app: CardScreen(app.desk.directory.card(entry)))
    )


def test_purpose(snap_matrix: Snap, hall: World) -> None:
    """What do you need it for: the purposes of work first, those that are not allowed with their clause."""
    snap_matrix(lambda view: Hall(hall, "zhangwei", view), press=("down", "down", "r"))


def test_why(snap_matrix: Snap, hall: World) -> None:
    """Why an entry is seen, with its clause in short."""
    snap_matrix(lambda view: Hall(hall, "gaoshan", view), press=("w",))


def test_contact(snap_matrix: Snap, hall: World) -> None:
    """Numbers, addresses, and the words for a call and a letter."""
    snap_matrix(lambda view: Hall(hall, "zhangwei", view), press=("down", "down", "c", "1", "1"))


def test_code_to_scan(snap_matrix: Snap, hall: World) -> None:
    """One's own name and number as a code, on a screen by itself."""
    snap_matrix(
        lambda view: Hall(
            hall, "zhangwei", view, lambda app: CodeToScan("张伟", "MECARD:N:张伟;TEL:+8613800002121;;")
        )
    )


def test_nobody(snap_matrix: Snap, hall: World) -> None:
    """Nobody found within reach, and what can be done about it."""
    snap_matrix(lambda view: Hall(hall, "zhangwei", view), press=("slash", "q", "q"))
