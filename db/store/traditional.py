"""Words in traditional characters held against those in simplified ones, and the other way round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from db.store.pinyin import readings_of

IDEOGRAPHS = range(0x3400, 0xA000)


def unusual_ideographs(text: str) -> set[str]:
    """Return the ideographs of ``text`` outside GB 2312, such as traditional ones."""
    if len(text.encode("gb2312", "ignore")) == len(text.encode("gbk", "ignore")):
        return set()
    return {one for one in text if ord(one) in IDEOGRAPHS and not one.encode("gb2312", "ignore")}


def respelled(text: str, word: str) -> str:
    """Return ``text`` with characters replaced by those of ``word`` that sound alike, where one of the two is
    not used on the mainland: 羅 as 罗."""
    written: dict[int, str] = {}
    for said in unusual_ideographs(text):
        same = (one for one in word if set(readings_of(one)) & set(readings_of(said)))
        written |= {ord(said): one for one in same}
    for wanted in unusual_ideographs(word):
        same = (one for one in set(text) if set(readings_of(one)) & set(readings_of(wanted)))
        written |= {ord(one): wanted for one in same}
    return text.translate(written) if written else text


def written_alike(character: str) -> frozenset[str]:
    """Return ``character`` and the ideographs that `respelled` would replace by it, or it by them: of 优 also
    優."""
    same = {one for sound in readings_of(character) for one in _by_sound().get(sound, ())}
    rare = bool(unusual_ideographs(character))
    return frozenset(one for one in same if bool(unusual_ideographs(one)) is not rare) | {character}


@cache
def _by_sound() -> Mapping[str, list[str]]:
    found = defaultdict(list)
    for one in map(chr, IDEOGRAPHS):
        for sound in readings_of(one):
            found[sound].append(one)
    return found
