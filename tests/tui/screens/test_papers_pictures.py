"""How sheets to be signed look, and a regulation as a document."""

from __future__ import annotations

import itertools
import secrets
from unittest.mock import patch

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.papers.sheets import content_of
from db.desk.training.topics import topics_of
from db.store.tables import Paper, PaperScan
from tests.conftest import Clock
from tests.db.desk.test_papers import scan
from tests.db.desk.test_policies import TWO_STEPS, revision
from tests.rules import issue
from tests.tui.conftest import Snap, View
from tests.tui.screens.at_the_door import keys, text_of
from tests.tui.screens.outside_stage import BOOK, Outside, outside
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList
from tui.screens.asking.rules import RulesScreen
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import CardScreen
from tui.screens.evidence.view import EvidenceView
from tui.screens.papers.papers import PapersScreen

__all__ = ["office", "outside"]


@pytest.fixture
def signed(outside: World) -> World:
    """A receipt list of a revision, some of it signed and one line struck; and one of a training. The numbers
    of files are the same in every run."""
    issue(outside, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    desk, numbers = outside.desk("xuhr"), itertools.count(1)
    with patch.object(secrets, "token_hex", lambda size=16: f"{next(numbers):0{2 * size}x}"):
        (revised,) = desk.policies.revisions(BOOK)
        paper = desk.papers.draw_up("revision", str(revised.id))
        desk.papers.enter(paper, scan(desk), "2026-11-23", "all")
        victim = outside.desk("shuqi")
        for one in victim.notices.unread():
            if one.detail.get("operation") == "papers.enter":
                victim.objections.object(one.id)
        desk.papers.draw_up("training", f"{BOOK}/{topics_of(policy_of(BOOK))[0].id}")
    return outside


def test_sheets(snap_matrix: Snap, signed: World) -> None:
    """Which are signed how far, and the scans of the one under the cursor."""
    snap_matrix(lambda view: Outside(signed, "xuhr", view, lambda _app: PapersScreen()), press=("down",))


def test_a_revision_as_a_document(snap_matrix: Snap, signed: World) -> None:
    """Number, version, days, who signed it, its clauses, and what changes."""
    snap_matrix(
        lambda view: Outside(signed, "xuhr", view, lambda app: RulesScreen(app.desk.policies.rules(BOOK))),
        press=("v", "3", "down", "enter"),
    )


@pytest.mark.clause("G.9")
async def test_from_the_list_to_the_scan_and_back(signed: World, clock: Clock) -> None:
    """The line that prints it, a scan entered by keys alone, and the scan looked at."""
    clock.forward(minutes=1)
    scan(signed.desk("xuhr"), "第二次")
    app = Outside(signed, "xuhr", View("zh_CN"), lambda _app: PapersScreen())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "o")
        assert "get > P0002.pdf" in text_of(app)
        await press(pilot, "escape", "i", "enter")
        await press(pilot, *keys("2026-11-23"), "enter", *"all", "enter")
        assert PaperScan.select().where(PaperScan.paper == 2).count() > 1
        await press(pilot, "v")
        assert isinstance(app.screen, EvidenceView)


async def test_an_undertaking_is_drawn_up_from_the_card(office: World) -> None:
    """By who keeps the entry; the line that prints it is told."""
    entry = office.entry("zhangwen")
    app = Office(
        office, "liuyang", View("zh_CN"), over=lambda app: CardScreen(app.desk.directory.card(entry))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "o")
        assert not Paper.select().exists(), "it is asked first"
        await press(pilot, "y")
        assert Paper.get_by_id(1).kind == "undertaking"
        assert "papers get P0001" in text_of(app)


async def test_a_sheet_is_in_the_language_that_is_read_when_it_is_drawn_up(office: World) -> None:
    """Not in that of the sign-in, which F9 has changed since."""
    entry = office.entry("zhangwen")
    app = Office(
        office, "liuyang", View("zh_CN"), over=lambda app: CardScreen(app.desk.directory.card(entry))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f9", "o", "y")
        assert content_of(Paper.get_by_id(1)).language == "en"


@pytest.mark.parametrize(
    ("login", "offered"), [("zhangwei", {"张伟"}), ("guotao", {"郭涛"}), ("liuyang", None)]
)
async def test_the_undertaking_is_offered_to_who_may_draw_it_up(
    office: World, login: str, offered: set[str] | None
) -> None:
    """Of everybody to who keeps the book, of their own to everyone else; in the list and on the card."""
    app = Office(office, login, View("zh_CN"), over=lambda _app: DirectoryScreen())
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.1)
        screen = app.screen
        assert isinstance(screen, DirectoryScreen)
        rows = screen.query_one(DataList)
        for place in range(rows.rows_shown):
            rows.go(place)
            await pilot.pause()
            row = rows.current
            assert row is not None
            wanted = offered is None or row.name in offered
            assert screen.can("sheet") == wanted, row.name
            assert app.desk.directory.card(row.entry).may_draw_undertaking == wanted, row.name


async def test_an_undertaking_is_drawn_up_beside_the_list(office: World) -> None:
    """On a wide screen no key leads to the card alone."""
    app = Office(office, "liuyang", View("zh_CN"), over=lambda _app: DirectoryScreen())
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "o")
        assert not Paper.select().exists(), "it is asked first"
        await press(pilot, "y")
        assert Paper.get_by_id(1).kind == "undertaking"
        assert "papers get P0001" in text_of(app)
