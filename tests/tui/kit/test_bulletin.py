"""What is told to everybody stays long enough to be read, on every screen, in the reader's language."""

from __future__ import annotations

import dataclasses

import pytest

from tests.tui.kit.stage import Correction, Stage, directory
from tests.tui.screens.at_the_door import text_of
from tui.app import told_by
from tui.front import news
from tui.kit.application import READ_AFTER, HouseNotice
from tui.kit.bulletin import Bulletin


def shown(app: Stage) -> str:
    (line,) = app.screen.query(Bulletin)
    return "\n".join("".join(text for text, _tone in row) for row in line._lines(80)) if line.display else ""


def piece(raw: bytes) -> HouseNotice:
    import json

    told = told_by(json.loads(raw))
    assert told is not None
    return told


async def test_an_announcement_is_hidden_by_a_key_once_it_can_have_been_read() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        assert shown(app) == ""
        told = piece(news.announcement_news("今晚维护"))
        app.tell_everywhere(told)
        await pilot.press("down")
        assert "今晚维护" in shown(app)
        await app.push_screen(Correction())
        assert "今晚维护" in shown(app)
        app.pop_screen()
        await pilot.pause()
        app.tell_everywhere(dataclasses.replace(told, at=told.at - READ_AFTER))
        await pilot.press("down")
        assert shown(app) == ""
        assert directory(app) is app.screen


@pytest.mark.threat(16)
async def test_the_end_of_the_service_stays_on_the_screen_in_either_language() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        told = piece(news.stop_news(3))
        app.tell_everywhere(dataclasses.replace(told, at=told.at - READ_AFTER))
        await pilot.press("down")
        first = shown(app)
        await pilot.press("f9", "down")
        both = {first, shown(app)}
    assert any("3 minutes" in text for text in both)
    assert any("3 分钟后停止" in text for text in both)


async def test_a_long_announcement_says_that_it_goes_on_and_the_help_has_it_whole() -> None:
    text = " ".join(f"word{number:02d}" for number in range(60))
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        told = piece(news.announcement_news(text))
        app.tell_everywhere(dataclasses.replace(told, at=told.at - READ_AFTER))
        await pilot.pause()
        lines = text_of(app).splitlines()
        (last,) = [line for line in lines if "… F1" in line]
        assert "word29" in last or "word3" in last
        await pilot.press("f1")
        await pilot.pause()
        assert "word00" in text_of(app)
        assert "word59" in text_of(app)


def test_what_is_no_news_is_not_shown() -> None:
    assert told_by({"news": "something else"}) is None
    assert told_by({"news": "announcement", "text": 1}) is None
