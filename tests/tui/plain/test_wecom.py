"""`wecom …` over SSH (G.4)."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from db.desk.outside.survey import OutsideDifference, note_survey
from db.store.engine import Store
from tests.tui.outside.wecom_world import BOOK, connected
from tests.tui.plain.conftest import Ask
from tests.world import World

BOOKS_OF = {"world": (BOOK,)}


@pytest.fixture
def world(begun: World) -> World:
    """The book under WeCom's regulation."""
    return begun


@pytest.mark.clause("G.4.1", "G.4.3")
def test_differences_are_listed_and_set_right(
    ask: Ask, world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shuqi = world.entry("shuqi", BOOK)
    note_survey(
        BOOK,
        [OutsideDifference("differs", shuqi, "shuqi", fields=("mobile",))],
        here=6,
        there=6,
        by_digest=False,
    )
    said = ask("huanghr", "wecom drift")
    assert said.status == 1
    assert "舒琪" in said.text
    assert "手机" in said.text
    assert "13800005012" not in said.text
    assert ask("huanghr", "wecom drift --json").data[0]["account"] == "shuqi"
    refused = ask("huanghr", "wecom push")
    assert refused.status == 1
    assert "G.4.1" in refused.err
    with connected(store, monkeypatch) as server:
        assert ask("huanghr", "wecom push").status == 0
        assert ask("huanghr", "wecom compare").status == 0
        assert ask("huanghr", "wecom --json").data[0]["waiting"] == 1
        number = ask("huanghr", "wecom drift --json").data[0]["difference"]
        assert ask("huanghr", f"wecom drift set-right {number}").status == 0
        assert "0 人" in ask("huanghr", "wecom drift set-right 9999").text
        assert server.calls == []


@pytest.mark.clause("G.4.1")
def test_the_import_file_comes_on_standard_output(ask: Ask, world: World) -> None:
    said = ask("huanghr", "wecom export")
    assert said.status == 0
    rows = CalamineWorkbook.from_filelike(io.BytesIO(said.out)).get_sheet_by_index(0).to_python()
    assert len(rows) == 7


@pytest.mark.clause("G.5.2")
@pytest.mark.parametrize("command", ["", "drift", "push", "compare", "export"])
def test_others_are_refused(ask: Ask, world: World, command: str) -> None:
    said = ask("shuqi", f"wecom {command}")
    assert (said.status, said.out) == (1, b"")
    assert "G.5.2" in said.err
