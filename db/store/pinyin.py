"""How Chinese is read in pinyin without tones, out of ``pinyin.txt``, which ``make`` writes with pypinyin.

It gives what pypinyin gives: phrases before characters, the longest phrase from where one reads on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).with_name("pinyin.txt")
PAGE = 64
"""Code points of a page."""


def spell(text: str) -> tuple[str, ...]:
    """Return ``text`` in pinyin, a syllable for each Chinese character; other runs of text unchanged."""
    chinese, _pages = _table()
    found: list[str] = []
    for is_chinese, run in groupby(text, lambda character: chinese.match(character) is not None):
        part = "".join(run)
        found.extend(_spell(part) if is_chinese else (part,))
    return tuple(found)


def readings_of(character: str) -> tuple[str, ...]:
    """Return all readings of ``character``, the usual one first; the character itself if it has none."""
    return _entry(character)[0]


def _spell(text: str) -> Iterator[str]:
    while text:
        phrases, rest = _entry(text[0])[1], text[1:]
        lengths = range(len(rest), 0, -1)
        size = next((size for size in lengths if f" {rest[:size]}:" in phrases), 0)
        if not size and rest and f" {rest}" in phrases:
            size = len(rest)  # it ends within a phrase: pypinyin looks for no other in it then
        said = phrases.partition(f" {rest[:size]}:")[2].partition(" ")[0] if size else ""
        yield from said.split(".") if said else (readings_of(one)[0] for one in text[: size + 1])
        text = text[size + 1 :]


@lru_cache(maxsize=8192)
def _entry(character: str) -> tuple[tuple[str, ...], str]:
    """Return the readings of ``character``, and the phrases that begin with it, each after a blank.
    Cached."""
    _chinese, pages = _table()
    page = pages.get(f"{ord(character) // PAGE:x}".encode(), b"")
    line = page.partition(f"\n{character} ".encode("utf-8", "surrogatepass"))[2].partition(b"\n")[0].decode()
    spoken, blank, phrases = line.partition(" ")
    return tuple(spoken.split(",")) if spoken else (character,), blank + phrases


@cache
def _table() -> tuple[re.Pattern[str], Mapping[bytes, bytes]]:
    """Read the table's file: the pattern of Chinese text, and the pages by their numbers. Cached."""
    head, *pages = TABLE.read_bytes().split(b"\n\n")
    _version, pattern = head.decode().split("\n")
    return re.compile(pattern), {page.partition(b"\n")[0]: page for page in pages}
