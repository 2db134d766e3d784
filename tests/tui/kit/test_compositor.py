"""What lies over panes is drawn whole: no wide character is cut where a pane beneath has its border."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from db.language import Message
from tests.tui.kit.stage import Stage, directory
from tui.kit import DataList, NoticeArea, Pane, UnitTree
from tui.kit.canvas import Canvas
from tui.kit.compositor import WholeLines

SAID = "鼠标现在归您的终端使用可以用它选择并复制文字"
SIZE = Size(80, 24)


@pytest.mark.parametrize("shift", range(4))
async def test_a_notice_over_two_panes_loses_no_character(shift: int) -> None:
    """Nor when a pane beneath is drawn again."""
    app, canvas, screen = Stage(), Canvas(), pyte.Screen(*SIZE)
    async with app.run_test(size=SIZE) as pilot:
        app.tell(Message("a" * shift + SAID), "")
        await pilot.pause()
        compositor = app.screen._compositor
        for full in (True, False):
            if not full:
                pane = directory(app).query(Pane).first()
                pane.refresh()
                compositor.update_widgets({pane})
            update = compositor.render_update(full=full)
            assert isinstance(update, LayoutUpdate | ChopsUpdate)
            pyte.Stream(screen).feed(canvas.draw(update, SIZE, (0, 0), ColorSystem.TRUECOLOR))
            row = app.screen.query_one(NoticeArea).region.y
            assert "a" * shift + SAID in screen.display[row], full


async def test_panes_beside_each_other_are_cut_at_their_border() -> None:
    app = Stage()
    async with app.run_test(size=SIZE):
        border = directory(app).query_one(UnitTree).region.right
        assert border in app.screen._compositor.cuts[5]


async def test_what_is_drawn_anew_in_a_moment_is_not_drawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, drawn = WholeLines.render_full_update, []

    def counted(compositor: WholeLines, simplify: bool = False) -> LayoutUpdate:
        drawn.append(compositor)
        return draw(compositor, simplify)

    monkeypatch.setattr(WholeLines, "render_full_update", counted)
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn.clear()
        app.screen.refresh()
        app.screen._refresh_layout()
        assert not drawn
        await pilot.pause()
        assert len(drawn) == 1


def test_a_strip_has_no_cache_before_it_is_looked_into() -> None:
    strip: Any = Strip([Segment("通讯录"), Segment("abc")])
    caches = [name for name in Strip.__slots__ if name.endswith("_cache") and name != "_render_cache"]
    for name in caches:
        with pytest.raises(AttributeError):
            getattr(Strip, name).__get__(strip)
    assert strip.divide([6, 9]) is strip.divide([6, 9])
    assert [part.text for part in strip.divide([6, 9])] == ["通讯录", "abc"]


async def test_what_a_key_sets_off_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """While anything is on its way to a widget, what changed so far waits for it; not long."""
    app = Stage()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        screen = directory(app)
        screen._dirty_widgets.add(screen.query_one(UnitTree))
        screen.query_one(DataList).check_idle()
        screen._on_timer_update()
        assert screen._dirty_widgets
        monkeypatch.setattr("tui.kit.drawn_screen.DRAWN_WITHIN", 0)
        screen._on_timer_update()
        assert not screen._dirty_widgets
