"""A decision acts on what was drawn when its key was typed."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.kit.deciding_stage import DecidingStage
from tests.tui.kit.terminal import terminal
from tui.kit import DataList, seen
from tui.kit.notice import NoticeArea


def type_at_once(app: DecidingStage, keys: str) -> None:
    """All of ``keys`` come in one piece, before anything is drawn of what the first does."""
    for key in keys:
        name = {"\r": "enter", "\x1b": "escape"}.get(key, key)
        app.post_message(events.Key(name, key))


def notice(app: DecidingStage) -> str:
    """What is said above the keys of what is on top; empty where nothing is."""
    said = [area for area in app.screen.query(NoticeArea) if area.has_class("-told")]
    return "\n".join(area.render_line(0).text.strip() for area in said)


@pytest.mark.threat(73)
async def test_keys_typed_in_one_piece_decide_the_row_that_was_drawn_and_no_other() -> None:
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        type_at_once(app, "aa")
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.deciding.decided == [0]
        await pilot.press("a")
        assert app.deciding.decided == [0, 1]


@pytest.mark.threat(73)
async def test_thirty_keys_decide_one_row() -> None:
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        type_at_once(app, "a" * 30)
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.deciding.decided == [0]


@pytest.mark.threat(73)
async def test_a_key_held_down_decides_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes after the next row was drawn, and sooner than an eye has read it."""
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("a")
        monkeypatch.setattr(seen, "LEAD", 20.0)
        await pilot.press("a", "a", "a", "a")
        assert len(app.deciding.decided) <= 2


async def test_a_row_that_the_reader_went_to_is_decided_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marking leads the cursor on; whoever leads it knows where it is."""
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        monkeypatch.setattr(seen, "LEAD", 20.0)
        await pilot.press("space", "n", "down", "a")
        assert app.deciding.decided == [3]


@pytest.mark.threat(73)
async def test_a_card_opened_by_the_key_before_is_not_decided_unseen() -> None:
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        type_at_once(app, "\ra")
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.deciding.decided == []
        await pilot.press("a")
        assert app.deciding.decided == [0]


@pytest.mark.threat(73)
async def test_a_question_is_not_answered_before_it_is_drawn() -> None:
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        type_at_once(app, "xy")
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.deciding.decided == []
        assert notice(app) == "! Yes: not done, as you typed it before this was shown."
        await pilot.press("y")
        assert app.deciding.decided == [0]


async def test_enter_on_an_answer_before_it_is_drawn_is_told_of_and_the_next_key_hides_that() -> None:
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        type_at_once(app, "x\r")
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert notice(app) == "! Choose: not done, as you typed it before this was shown."
        await pilot.press("up")
        assert notice(app) == ""
        await pilot.press("w")
        assert notice(app) == "! w has no meaning here."


@pytest.mark.threat(73)
async def test_a_row_that_changed_since_its_key_was_typed_is_not_decided() -> None:
    """Others did something between the key and its effect: what is under the cursor is not what was there."""
    app = DecidingStage()
    async with app.run_test() as pilot:
        await pilot.pause()
        key = events.Key("a", "a")
        first = app.deciding.waiting[0]
        app.deciding.waiting[0] = type(first)(first.id, first.name, "总监", "研发二部", "1", "2")
        app.deciding.query_one(DataList).reload()
        await pilot.pause()
        app.post_message(key)
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.deciding.decided == []


@pytest.mark.threat(73)
def test_bytes_in_one_write_to_a_terminal_decide_one_row() -> None:
    with terminal(environment={"STAGE": "deciding"}) as session:
        session.until("张伟")
        session.settle()
        session.read(2 * seen.LEAD)
        session.type("aa")
        session.until("you typed it before")
        session.settle()
        session.read(2 * seen.LEAD)
        session.type("a")
        session.until("decided 2")
