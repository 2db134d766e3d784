"""Nothing that a terminal could act on is left in a text, and widths are exact."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tests.tui.kit.hostile import HOSTILE
from tui.kit import cells, clip, fit, plain
from tui.safe import fold

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ALPHABETS = (
    "".join(map(chr, range(0x180))),
    "".join(BIDI),
    "\u200b\u2028\ufeff\ud800\udfff张伟é",
    "👩\u200d🇨",
)


def acts_on_a_terminal(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in BIDI


@pytest.mark.threat(12)
def test_a_hundred_thousand_strings_hold_no_control() -> None:
    chance = random.Random(12)
    for number in range(100_000):
        alphabet = ALPHABETS[number % len(ALPHABETS)]
        text = plain("".join(chance.choices(alphabet, k=12)))
        assert not any(map(acts_on_a_terminal, text)), ascii(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_become_printable_and_encodable(text: str) -> None:
    safe = plain(text)
    assert safe.encode("utf-8").decode("utf-8") == safe
    assert not any(map(acts_on_a_terminal, safe))


def test_ordinary_text_is_left_alone() -> None:
    for text in ("张伟 王芳·研发一部 (8012)", "Ünïcödé e\u0301", "138 0000 2121", "👩 ☎"):
        assert plain(text) == text


@given(st.text(), st.integers(0, 40), st.booleans())
def test_fit_takes_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cells(fit(plain(text), width, right=right)) == width


@given(st.text(alphabet="张伟ab ，。()", max_size=80), st.integers(2, 30))
def test_fold_loses_nothing_but_blanks_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = fold(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == plain(text).replace(" ", "")


def test_a_name_stays_on_one_line() -> None:
    assert fold("等刘洋、曾晴", 10) == ["等刘洋、", "曾晴"]
    assert fold("waits for 刘洋, 曾晴", 18) == ["waits for 刘洋,", "曾晴"]
    assert fold("请于11-26（周四）前提交", 16) == ["请于", "11-26（周四）", "前提交"]
    assert fold("须在下一个工作日之前提交", 10) == ["须在下一个", "工作日之前", "提交"]


def test_an_address_that_is_too_long_is_cut_behind_its_at() -> None:
    assert fold("min.zhao.sh@huaxing.example.com", 30) == ["min.zhao.sh@", "huaxing.example.com"]
    assert fold("ayi3@estate.huaxing.example.com", 25) == ["ayi3@", "estate.huaxing.example.", "com"]


def test_a_clipped_text_says_so() -> None:
    assert clip("研发中心一部", 8) == "研发中…"
    assert clip("研发中心一部", 7) == "研发中…"
    assert clip("研发", 4) == "研发"


def test_widths_are_those_of_wcwidth() -> None:
    for text in ("张伟ab", "(x)…▸", "é"):
        assert cells(text) == wcswidth(text)
