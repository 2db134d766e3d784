"""What a terminal answers when a session begins, and what is drawn on one that answers nothing."""

from __future__ import annotations

import os
import pty
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Offset
from textual.widgets import Input

from tests.tui.kit.stage import Stage
from tests.tui.wide import show
from tui.kit import DataList
from tui.kit.ambiguous import use_plain_set
from tui.kit.application import Memory
from tui.kit.terminal import (
    PATIENCE,
    PROBED,
    QUESTION,
    TerminalAnswers,
    charset_advice,
    hear_terminal,
    read_answers,
    speaks_utf8,
)
from tui.safe import PLAIN_SET, as_drawn, cells, clip, fit
from tui.sheets.cell import UNFILLED

NARROW = b"\x1b[1;2R" * 5
LIGHT = b"\x1b]11;rgb:ffff/ffff/f0f0\x1b\\"
NAMES = "阿依古丽·买买提 “王” ★→●"


@pytest.mark.parametrize(
    ("came", "meant"),
    [
        pytest.param(NARROW, TerminalAnswers(), id="all narrow"),
        pytest.param(NARROW[6:] + b"\x1b[1;3R", TerminalAnswers(is_wide=True), id="one of them wide"),
        pytest.param(b"", TerminalAnswers(is_wide=True), id="no answer at all"),
        pytest.param(NARROW[:18], TerminalAnswers(is_wide=True), id="three answers of five"),
        pytest.param(
            NARROW[6:] + b"\x1b[1;4R", TerminalAnswers(is_wide=True, is_utf8=False), id="bytes, no UTF-8"
        ),
        pytest.param(LIGHT + NARROW, TerminalAnswers(is_light=True), id="a light background"),
        pytest.param(
            b"\x1b]11;rgb:00/00/2b\x07" + NARROW, TerminalAnswers(is_light=False), id="a dark one, BEL"
        ),
        pytest.param(
            b"2" + NARROW[:12] + b"\x1b[B/" + NARROW[:18] + "王".encode(),
            TerminalAnswers(typed=b"2\x1b[B/" + "王".encode()),
            id="keys typed in between are kept",
        ),
    ],
)
def test_what_the_answers_mean(came: bytes, meant: TerminalAnswers) -> None:
    assert read_answers(came) == meant


def test_the_question_is_one_of_each_kind_and_leaves_nothing() -> None:
    assert QUESTION.count("\x1b[6n") == len(PROBED) == 5
    assert QUESTION.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("pieces", "wide"), [([NARROW], False), ([b"x", NARROW[:9], NARROW[9:]], False), ([], True)]
)
def test_a_session_waits_for_all_the_answers_and_no_longer(
    pieces: list[bytes], wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, other = pty.openpty()
    os.set_blocking(line, True)

    def answer() -> None:
        for piece in pieces:
            time.sleep(0.02)
            os.write(line, piece)

    read = os.read
    monkeypatch.setattr("tui.kit.terminal.os.read", lambda _descriptor, most: read(other, most))
    monkeypatch.setattr("tui.kit.terminal.select.select", _select_instead(other))
    import tty

    tty.setraw(other)
    answering = Thread(target=answer)
    answering.start()
    asked = time.monotonic()
    found = hear_terminal(asked)
    took = time.monotonic() - asked
    answering.join()
    os.close(line)
    os.close(other)
    assert found.is_wide == wide
    assert found.typed == (b"x" if len(pieces) > 1 else b"")
    assert took < PATIENCE if pieces else PATIENCE <= took < PATIENCE + 5


def _select_instead(descriptor: int) -> Callable[..., object]:
    import select

    ask = select.select

    def instead(_read: object, *others: Any) -> object:
        return ask([descriptor], *others)

    return instead


@pytest.mark.parametrize(
    ("environment", "fine"),
    [
        ({}, True),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.GBK"}, False),
        ({"LANG": "zh_CN.gb18030"}, False),
        ({"LC_CTYPE": "C", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "de_DE.ISO-8859-1@euro"}, False),
        ({"LANG": "zh_CN.NOWHERE"}, False),
        ({"LANG": "zh_CN.base64"}, False),
    ],
)
def test_a_client_says_whether_it_speaks_utf8(environment: dict[str, str], fine: bool) -> None:
    assert speaks_utf8(environment) == fine


def test_who_has_no_utf8_is_told_in_words_that_can_be_read_there() -> None:
    told = charset_advice({"LANG": "zh_CN.GBK"}).decode("gbk")
    assert "UTF-8" in told
    assert "终端" in told
    assert "zh_CN.GBK" in told
    assert charset_advice({"LANG": "C"}).isascii()
    assert "PuTTY" in charset_advice({}).decode("gbk"), "a terminal that showed it, whatever it says"
    assert all(line.endswith(b"\r") for line in charset_advice({"LANG": "C"}).split(b"\n")[:-1])


def test_what_is_ambiguous_counts_as_two_cells_for_data_too() -> None:
    assert (cells(NAMES), cell_len(NAMES)) == (24, 24)
    use_plain_set(True)
    try:
        assert (cells(NAMES), cell_len(NAMES)) == (28, 28)
        assert as_drawn(NAMES) == "阿依古丽·买买提 “王” *->*"
        assert all(cells(mark) == len(plain) for mark, plain in PLAIN_SET.items())
        assert cells(UNFILLED * 6) == 6, "a bar is as long on every terminal"
        assert as_drawn(clip("研发中心一部", 8)) == "研发中.."
        for width in range(12):
            assert cells(as_drawn(fit("研发“中”心一部", width))) == width
    finally:
        use_plain_set(False)
    assert (cells(NAMES), cell_len(NAMES)) == (24, 24)


@pytest.mark.parametrize("columns", [1, 2])
async def test_a_covered_number_keeps_its_digits_however_wide_marks_are(columns: int) -> None:
    """Also where no answer came and the terminal draws them narrow."""
    app = Stage()
    async with app.run_test() as pilot:
        app.choose_drawing("plain")
        await pilot.pause()
        _screen, shown = show(app, columns)
        assert sum("138****0" in line for line in shown) >= 8, shown
        assert not any("•" in line or "─" in line for line in shown)


@pytest.mark.parametrize(
    ("wide", "chosen", "plain"),
    [
        (True, None, True),
        (False, None, False),
        (True, "drawn", False),
        (False, "plain", True),
        (True, "probe", True),
    ],
)
async def test_lines_are_drawn_as_chosen_else_as_the_terminal_answers(
    wide: bool, chosen: str | None, plain: bool
) -> None:
    app = Stage()
    app.terminal, app.memory = TerminalAnswers(is_wide=wide), Memory(drawing=chosen)
    async with app.run_test() as pilot:
        app.choose_drawing(chosen or "probe")
        await pilot.pause()
        assert any("--" in line for line in show(app, 1 + plain)[1]) == plain


async def test_the_terminals_cursor_stands_in_the_field_and_at_the_lists_row() -> None:
    """Where an input method opens its window, and a screen reader reads."""
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("down", "down")
        rows = app.screen.query_one(DataList)
        assert app._cursor_at().y == rows.content_region.y + rows.HEAD + 2
        assert app._show_cursor().endswith("l")
        await pilot.press("slash", *"王芳")
        field = app.screen.query_one(".search", Input)
        assert app._cursor_at() == field.content_region.offset + Offset(4, 0)
        assert app._show_cursor().endswith("h")
        assert app._show_cursor() == ""


def test_a_line_is_cut_wherever_it_may_be_and_comes_to_an_end() -> None:
    """Rich counts in several places; a cut looked for in one and counted by another went on for ever."""
    for plain in (True, False, True):
        use_plain_set(plain)
        for text in ("─" * 20 + "│" + "·“王”→" * 4, NAMES, "█" * 9 + "°×①" * 5):
            whole = Segment(text)
            for cut in range(whole.cell_length + 1):
                left, right = whole.split_cells(cut)
                assert (left.cell_length, right.cell_length) == (cut, whole.cell_length - cut)
    use_plain_set(False)
