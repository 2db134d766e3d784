"""How Chinese is read: what `db.store.pinyin` has written down is what pypinyin says."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT, RE_HANS

from db.store.pinyin import readings_of, spell

PHRASES = sorted(PHRASES_DICT)
PARTS = st.sampled_from(PHRASES).flatmap(lambda phrase: st.sampled_from([phrase, phrase[:-1], phrase[1:]]))


def test_every_phrase_is_read_as_pypinyin_reads_it() -> None:
    assert [one for one in PHRASES if spell(one) != tuple(lazy_pinyin(one))] == []
    assert spell("重庆银行") == ("chong", "qing", "yin", "hang")


def test_every_character_has_the_readings_that_pypinyin_has() -> None:
    chinese = [one for one in map(chr, range(sys.maxunicode + 1)) if RE_HANS.match(one)]
    wrong = [
        one for one in chinese if readings_of(one) != tuple(pinyin(one, Style.NORMAL, heteronym=True)[0])
    ]
    assert len(chinese) > 90_000
    assert wrong == []


@given(st.lists(PARTS | st.text(max_size=4), max_size=5).map("".join))
def test_any_text_is_read_as_pypinyin_reads_it(text: str) -> None:
    assert spell(text) == tuple(lazy_pinyin(text))
