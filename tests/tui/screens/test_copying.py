"""y: a number, an address or the words to one's own clipboard, or a code for a phone."""

from __future__ import annotations

import base64

import pytest
from rich.style import Style

from db.store.tables import AuditRecord
from tests.tui.screens.directory_stage import LARGE, SMALL, Hall, drawn, hall
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit.choosing import Choose, Options
from tui.kit.looks import Look
from tui.screens.directory.copying import CodeToScan
from tui.screens.door.qr_code import QrCode

__all__ = ["hall"]


def watch(app: Hall, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal's clipboard is sent from now on."""
    sent: list[str] = []
    driver = app._driver
    assert driver is not None

    def write(data: str) -> None:
        if data.startswith("\x1b]52;c;"):
            sent.append(base64.b64decode(data[7:-1]).decode("utf-8"))

    monkeypatch.setattr(driver, "write", write)
    return sent


def ids(app: Hall) -> list[str]:
    """What the question offers."""
    return [one.id for _key, one in app.screen.query_one(Options).options]


@pytest.mark.threat(15)
@pytest.mark.clause("A.11")
async def test_a_number_shown_in_clear_is_copied_for_the_stated_purpose(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        sent = watch(app, monkeypatch)
        await press(pilot, "down", "down", "y")
        assert isinstance(app.screen, Choose)
        assert "139••••07" not in drawn(app).split("复制什么")[1].split("用语")[0], (
            "a masked value is no choice"
        )
        await press(pilot, "escape", "r", "1", "y")
        await press(pilot, *["down"] * ids(app).index("mobile"), "enter")
        assert sent == ["139 0000 1507"]
        assert "剪贴板" in drawn(app)
    acts = [row.act for row in AuditRecord.select().order_by(AuditRecord.seq) if "copy" in row.act]
    assert acts == ["directory.copy"]


async def test_a_code_to_scan_fits_a_small_screen(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "down", "down", "r", "1", "y")
        await press(pilot, *["down"] * ids(app).index("=code"), "enter")
        assert isinstance(app.screen, CodeToScan)
        code = app.screen.query_one(QrCode)
        assert len(code.matrix) <= 29
        assert code.region.bottom <= 23


def _is_dark(style: Style) -> bool:
    return not style.reverse if style.bgcolor is None else style.bgcolor.name == "#000000"


@pytest.mark.parametrize("coloured", [True, False])
async def test_a_terminal_that_draws_wide_gets_the_code_in_backgrounds(hall: World, coloured: bool) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=LARGE) as pilot:
        app.choose_drawing("plain")
        if not coloured:
            app.set_look(Look(depth=None))
        await press(pilot, "down", "down", "r", "1", "y")
        await press(pilot, *["down"] * ids(app).index("=code"), "enter")
        code = app.screen.query_one(QrCode)
        assert app.screen.region.contains_region(code.region)
        margin, lines = code.margin, [code.render_line(y) for y in range(code.size.height)]
        assert {line.text for line in lines} == {" " * code.size.width}, (
            "a glyph for half a cell can't be scanned"
        )
        drawn_dark = [[_is_dark(segment.style or Style()) for segment in line] for line in lines]
        inside = [row[margin:-margin] for row in drawn_dark[margin:-margin]]
        assert inside == code.matrix
        assert not any(drawn_dark[0]), "light all around"


async def test_where_the_code_has_no_room_it_says_how_much_it_takes(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        app.choose_drawing("plain")
        await press(pilot, "down", "down", "r", "1", "y")
        await press(pilot, *["down"] * ids(app).index("=code"), "enter")
        assert isinstance(app.screen, CodeToScan)
        assert not app.screen.query(QrCode)
        assert "二维码需要" in drawn(app)


@pytest.mark.threat(15)
@pytest.mark.clause("C.9.1")
async def test_where_a_clause_forbids_copies_y_says_which(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Hall(hall, "linxiao")
    async with app.run_test(size=SMALL) as pilot:
        sent = watch(app, monkeypatch)
        await press(pilot, "y")
        assert "C.9.1" in drawn(app)
        assert not isinstance(app.screen, Choose)
    assert sent == []
