"""The application on a real pseudo-terminal: bytes out, bytes in, and the end of the line."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

import pytest
from textual import events

from tests.tui.kit.hostile import HOSTILE
from tests.tui.kit.terminal import terminal
from tui.kit import plain
from tui.kit.terminal_input import LONGEST_PASTE, TypedBytes

UP = "郑微"
ASKED = re.compile(rb"\x1b\[[?>=<][^a-zA-Z$]*\$?[a-zA-Z]|\x1b\][^\x07]*")
ATTACKS = [text for text in HOSTILE if plain(text) != text and "\0" not in text and "\ud800" not in text]
TRUE_COLOUR = rb"[34]8;2;"
ANY_COLOUR = rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-9]|9[0-7]|10[0-7])[;m]"
ALLOWED = {
    b"\x1b[?1049h", b"\x1b[?25l", b"\x1b[?7l", b"\x1b[?2004h", b"\x1b[?1000h", b"\x1b[?1006h",
    b"\x1b[?2026$p",
    b"\x1b[?1000l", b"\x1b[?1006l", b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[?1049l", b"\x1b[?25h",
}  # fmt: skip


def test_first_screen_key_and_idle_stay_within_their_bytes() -> None:
    """Bars: first screen 80×24 in true colour 30 kB, one key in the search 6 kB, idle nothing."""
    with terminal() as session:
        session.until(UP)
        session.settle()
        assert len(session.raw) <= 30_000
        assert b"38;2;" in session.raw
        assert session.read(3.0) == b""
        session.type("/")
        session.until("F3")
        session.settle()
        session.type("z")
        assert 0 < len(session.settle()) <= 6_000
        session.type("\x1b[B")
        assert 0 < len(session.settle()) <= 1_500
        assert session.read(3.0) == b""


def test_the_terminal_is_asked_for_little_and_given_back() -> None:
    """No Kitty keyboard, no report of every movement, of focus or size; no title, no clipboard."""
    with terminal() as session:
        session.until(UP)
        session.type("\x1b[18~")
        session.until("F7")
        session.type("\x1b[21~")
        assert session.ended() == 0
        asked = ASKED.findall(session.raw)
        assert set(asked) <= ALLOWED
        switched = {mode: asked[-1 - asked[::-1].index(mode)] for mode in asked}
        for on in (b"1049", b"2004"):
            assert asked.index(b"\x1b[?%sl" % on) > asked.index(b"\x1b[?%sh" % on), switched
        assert session.raw.rstrip().endswith(b"\x1b[?25h")


@pytest.mark.parametrize("pieces", [1, 2, 3, 5])
def test_chinese_input_split_inside_a_character_arrives_whole(pieces: int) -> None:
    """Textual PR 6592; an input method sends a word at once, the line cuts it anywhere."""
    word = "张伟王芳".encode()
    with terminal() as session:
        session.until(UP)
        session.type("/")
        session.until("F3")
        for start in range(0, len(word), pieces):
            session.type(word[start : start + pieces])
            session.read(0.02)
        session.until("张伟王芳")


def test_bytes_that_are_no_text_do_no_harm() -> None:
    with terminal() as session:
        session.until(UP)
        session.type("/")
        session.until("F3")
        session.type(b"\xff\xfe\xe5\xbca\xc3\x28ok\x00\x1b[999;999z\x1b]0;x\x07")
        session.until("ok")


def test_what_is_pasted_arrives_once_and_clean() -> None:
    with terminal() as session:
        session.until(UP)
        session.type("/")
        session.until("F3")
        session.type("\x1b[200~张\x07\u202e伟 8012\x1b[201~")
        session.until("张伟8012")
        session.settle()
        assert session.text().count("8012") == 2, "once in the field, once in the list"


@pytest.mark.parametrize("pieces", [["\x1b2"], ["\x1b", "2"], ["\x1b\x1b2"], ["\x1b[A\x1b", "\x1b2"]])
def test_a_key_right_behind_escape_is_a_key_of_its_own(pieces: list[str]) -> None:
    """Escape out of the search and then a digit, on a line that brings both at once."""
    with terminal() as session:
        session.until(UP)
        session.type("/")
        session.until("F3")
        for piece in pieces:
            session.type(piece)
            session.read(0.01)
        session.until("[2 ")


def test_a_long_command_is_shown_in_one_piece_on_the_terminals_own_screen() -> None:
    """In a box it is broken among borders; what is copied from there does not run."""
    command = "ssh -p 8022 zhangwei@directory.example.com report compliance --period 2026-Q4 > a.csv"
    with terminal(environment={"STAGE_COMMAND": command}) as session:
        session.until("report")
        session.settle()
        assert command.encode() not in session.raw
        before = len(session.raw)
        session.type("y")
        session.until("a.csv")
        session.settle()
        aside = session.raw[before:]
        assert aside.index(b"\x1b[?7h") < aside.index(b"\x1b[?1049l") < aside.index(command.encode())
        session.type("x")
        session.until("[1 ")
        assert session.raw[before:].count(b"\x1b[?1049h") == 1


def test_another_size_is_drawn_anew() -> None:
    with terminal() as session:
        session.until(UP)
        session.resize(120, 36)
        session.until(lambda text: "8027" in text)
        session.resize(60, 12)
        session.until("…")


@pytest.mark.parametrize(
    ("environment", "forbidden"),
    [
        ({"COLORTERM": ""}, TRUE_COLOUR),
        ({"COLORTERM": "", "TERM": "linux"}, rb"[34]8;[25];"),
        ({"NO_COLOR": "1"}, ANY_COLOUR),
        ({"TERM": "vt100", "COLORTERM": ""}, ANY_COLOUR),
    ],
    ids=["256", "sixteen", "no-color", "vt100"],
)
def test_a_terminal_is_sent_only_colours_it_has(environment: dict[str, str], forbidden: bytes) -> None:
    with terminal(environment=environment) as session:
        session.until(UP)
        session.type("r")
        session.until("运维")
        session.type("\x1b")
        session.settle()
        assert not re.search(forbidden, session.raw)


@pytest.mark.threat(12)
@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_no_byte_of_a_hostile_text_reaches_the_terminal_as_a_control(text: str) -> None:
    with terminal(environment={"STAGE_TEXT": text}) as session:
        session.until("查找")
        session.type("e")
        session.until("Ctrl+S")
        session.settle()
        ours = re.sub(rb"\x1b\[[0-9;]*[mH]|\x1b\[\?[0-9]+(?:[hl]|\$p)", b"", session.raw)
        drawn = ours.decode("utf-8")
        assert not re.search("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", drawn)


@pytest.mark.threat(16)
@pytest.mark.parametrize("controlling", [True, False], ids=["hang-up", "end-of-file"])
def test_a_cut_line_ends_the_process(controlling: bool) -> None:
    with terminal(controlling=controlling) as session:
        session.until(UP)
        session.cut()
        assert session.ended() != 0


@pytest.mark.threat(16)
def test_a_line_cut_while_drawing_ends_the_process() -> None:
    with terminal() as session:
        session.type("2123r")
        session.cut()
        assert session.ended() != 0


@pytest.mark.threat(13)
def test_after_a_crash_the_terminal_is_restored_and_nothing_of_it_shown() -> None:
    with terminal() as session:
        session.until(UP)
        session.type("x")
        assert session.ended() == 70
        assert b"\x1b[?1049l" in session.raw
        assert session.raw.split(b"\x1b[?25h")[-1].strip() == b"crashed"
        assert b"13800002121" not in session.raw
        assert b"ValueError" not in session.raw


@pytest.mark.threat(61)
def test_what_is_typed_far_ahead_waits_in_the_line_and_takes_no_memory() -> None:
    """Three megabytes of keys took 600 MB. They are not read before those in front had their effect."""
    with terminal() as session:
        session.until(UP)
        session.settle()
        os.set_blocking(session.line, False)
        before, written = _memory(session.pid), 0
        worked, end = _processor_time(session.pid) + 3, time.monotonic() + 60
        while _processor_time(session.pid) < worked and time.monotonic() < end and written < 3 << 20:
            session.read(0.01)
            with contextlib.suppress(BlockingIOError):
                written += os.write(session.line, b"\x1b[B\x1b[A" * 512)
        assert written < 1 << 20
        assert _memory(session.pid) - before < 30 << 20


def _processor_time(pid: int) -> float:
    """Seconds that the process has worked, however busy the machine is."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """Bytes that the process has to itself, without what it shares with others by files."""
    resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.threat(61)
def test_a_paste_without_end_is_kept_up_to_64_kb() -> None:
    typed = TypedBytes()
    list(typed.take_bytes(b"\x1b[200~"))
    for _time in range(100):
        assert list(typed.take_bytes(b"x" * 5000)) == []
    (paste,) = typed.take_bytes(b"\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == LONGEST_PASTE
