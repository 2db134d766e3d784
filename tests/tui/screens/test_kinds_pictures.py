"""How facets, tags, the offices at a book's head and a photo look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.desk.editions.tagging import Sorting
from db.desk.entry.record import apply_values
from db.desk.entry.unit_contacts import put_contacts
from db.store.tables import Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.tui.conftest import Snap, View
from tests.tui.screens.directory_stage import SMALL, Hall, drawn
from tests.tui.screens.stage import MONDAY, Template, Templates, press
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.kit import KitApp, Look
from tui.screens.directory.photo import Photo
from tui.screens.evidence.picture import Picture

PNG = (Path(__file__).parent / "badge.png").read_bytes()


@pytest.fixture
def trading(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Partners one of whom is a VIP, and a safety department with contacts of its own."""
    with templates.copy(TRADING, tmp_path / "state", clock) as world:
        yield world


def _trade(_clock: Clock) -> World:
    world = build_wider_world("general", "safety")
    Sorting(world.desk("jinhr")).tag(world.entry("vipke", "general"), "vip", True)
    with writing():
        unit = world.unit("safety", "安全管理部")
        put_contacts(unit, {"email": "anquan@huaxing.example"}, source="公告", verifier=None)
    return world


@pytest.fixture
def pictured(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """The small organisation, one of whom has a photo."""
    with templates.copy(PICTURED, tmp_path / "state", clock) as world:
        yield world


def _picture(_clock: Clock) -> World:
    world = build_world()
    file = world.desk("majun").evidence.add("me.png", PNG)
    with writing():
        apply_values(world.entry("majun", "group"), {"photo": (file.id,)}, source="本人", verifier=None)
    return world


TRADING = Template(begin=MONDAY, seen=MONDAY, fill=_trade)
PICTURED = Template(begin=MONDAY, seen=MONDAY, fill=_picture)


def test_tagged_first(snap_matrix: Snap, trading: World) -> None:
    """Outside contacts, the VIP first and marked."""
    snap_matrix(
        lambda view: Hall(trading, "jinhr", view),
        press=(
            "f",
            "3",
        ),
    )


def test_values_to_narrow_by(snap_matrix: Snap, trading: World) -> None:
    """The regions there are, each with how many are in it."""
    snap_matrix(lambda view: Hall(trading, "jinhr", view), press=("f", "1", "2"))


def test_office_at_the_head(snap_matrix: Snap, trading: World) -> None:
    """The safety department's phone and e-mail above the list."""
    snap_matrix(lambda view: Hall(trading, "niuer", view))


def over(world: World, view: View | None = None) -> Hall:
    """The photo over the directory."""

    def photo(app: KitApp) -> Photo:
        entry = world.entry("majun", "group")
        found = app.desk.directory.photo(entry)
        assert found is not None
        return Photo(entry, "马军", *found)

    return Hall(world, "majun", view or View("zh_CN", Look()), photo)


@pytest.mark.clause("E.4")
async def test_a_photo_is_drawn_in_half_blocks(pictured: World) -> None:
    app = over(pictured)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Photo)
        assert app.screen.query(Picture)
        assert "▄" in drawn(app) or "▀" in drawn(app)
        await press(pilot, "escape")
        assert not isinstance(app.screen, Photo)


async def test_o_brings_the_photo_of_the_entry_and_not_somebodys_evidence(pictured: World) -> None:
    app = over(pictured)
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "o")
        (waits,) = app.desk.pickups.mine()
        assert app.desk.pickups.take(waits.number) == (
            "zh_CN",
            ("photo", str(pictured.entry("majun", "group"))),
        )


@pytest.mark.clause("E.4")
async def test_p_opens_the_photo_from_the_list(pictured: World) -> None:
    app = Hall(pictured, "majun")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"majun", "enter", "v")
        assert isinstance(app.screen, Photo)


def test_photo(snap_matrix: Snap, pictured: World) -> None:
    """A photo as large as the terminal allows."""
    snap_matrix(lambda view: over(pictured, view))


@pytest.mark.clause("F.3.1", "F.3.2")
async def test_the_region_of_now_is_kept_and_a_tag_says_whose_it_is(trading: World) -> None:
    """Enter without typing takes no region away."""
    root = trading.unit("general")
    Sorting(trading.desk("jinhr")).set_region(root, "华东")
    app = Hall(trading, "jinhr", View("zh_CN", Look()))
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "f", "3", "f", "2", "enter")
        await pilot.pause()
        assert Unit.get_by_id(root).region == "华东"
        await press(pilot, "v", "1", "1")
        await pilot.pause()
        assert "标签" in drawn(app)
