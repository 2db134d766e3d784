"""Bytes of a terminal as keys and pastes, however the line cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.kit.terminal_input import TypedBytes

ESCAPE, UP = "\x1b", "\x1b[A"
PIECES = [
    "q",
    "张",
    "P",
    UP,
    "\x1bOP",
    "\x1b[18~",
    "\x1b[<0;3;4M",
    "\x1b\x7f",
    "\x1bd",
    "\r",
    "\n",
    "\x1b[200~a\x1bq\x1b[B\x1b[201~",
]


def told(*pieces: str | bytes) -> list[str]:
    """Keys by name and pastes by what they hold; nothing came for a while at the end."""
    typed, found = TypedBytes(), []
    came = [typed.take_bytes(one.encode() if isinstance(one, str) else one) for one in pieces]
    for message in [*(message for one in came for message in one), *typed.wait_no_more()]:
        if isinstance(message, events.Paste):
            found.append(f"paste {message.text!r}")
        else:
            found.append(message.key if isinstance(message, events.Key) else type(message).__name__)
    return found


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        (["\x1bq"], ["escape", "q"]),
        (["\x1b", "q"], ["escape", "q"]),
        (["\x1b"], ["escape"]),
        (["\x1b\x1b"], ["escape", "escape"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1b", "[", "A"], ["up"]),
        (["\x1b\x1b[200~x\x1b[201~"], ["escape", "paste 'x'"]),
        (["\x1b\n"], ["escape", "ctrl+j"]),
        (["\x1b\x7f"], ["ctrl+w"]),
        (["\x1b\x08"], ["ctrl+w"]),
        (["\x1bd"], ["ctrl+delete"]),
        (["\x1b", "d\x1b[A"], ["ctrl+delete", "up"]),
        (["\x1b[99999999999;1u", "\x1b[A"], ["up"]),
        ([f"\x1b[{'9' * 24};1u", "\x1b[A"], ["up"]),
    ],
)
def test_an_escape_is_told_from_a_sequence(pieces: Sequence[str], keys: list[str]) -> None:
    assert told(*pieces) == keys


def test_what_is_pasted_presses_no_key() -> None:
    """An Escape in it would leave the field, and what follows would be commands."""
    for cut in range(1, len(whole := b"\x1b[200~a\x1bq\x1b\x1b[Bz\x1b[201~k")):
        assert told(whole[:cut], whole[cut:]) == ["paste 'a\\x1bq\\x1b\\x1b[Bz'", "k"], cut


@given(st.lists(st.sampled_from([*PIECES, ESCAPE + "q"])), st.lists(st.integers(1, 60), max_size=6))
def test_it_is_the_same_however_the_line_cuts_it(pieces: list[str], cuts: list[int]) -> None:
    whole = "".join(pieces).encode()
    at = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    parts = [whole[first:last] for first, last in pairwise(at)]
    assert told(*parts) == told(whole)


@pytest.mark.parametrize(
    "pieces",
    [
        ["\x1b[1;2R"],
        ["\x1b[24;80R\x1b[1;3R"],
        ["\x1b]11;rgb:ffff/ffff/ffff\x1b\\"],
        ["\x1b]11;rgb:ffff/ffff/ffff\x07"],
        *(
            [report[:at], report[at:]]
            for report in ("\x1b[1;2R", "\x1b]11;rgb:1/2/3\x1b\\")
            for at in range(2, 7)
        ),
    ],
)
def test_a_report_that_comes_late_is_no_key(pieces: list[str]) -> None:
    """Wherever the line cuts it; a digit of it would lead to another place, an R to another act."""
    assert told("a", *pieces, "b") == ["a", "b"]


def test_a_report_that_stops_half_way_is_no_key_either() -> None:
    typed = TypedBytes()
    assert not [*typed.take_bytes(b"\x1b[1;2"), *typed.wait_no_more()]
    assert not list(typed.take_bytes(b"R"))
    assert [message.key for message in typed.take_bytes(b"x") if isinstance(message, events.Key)] == ["x"]
