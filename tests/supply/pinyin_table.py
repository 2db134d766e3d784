"""Writes what `db.store.pinyin` reads, out of pypinyin, whose own tables take 50 MB of memory.

Run as a script by ``make``, with nothing but pypinyin. A line in the file says of which version it is, the
next has the pattern of Chinese text. Pages follow, each after an empty line: 64 code points, named by their
number, and a line for each character: its readings, then the other characters of each phrase that begins with
it, with how it is read where that differs: ``重 zhong,chong,tong 要: 庆:chong.qing``. Its licence is the end.
"""

from __future__ import annotations

import os
from collections import defaultdict
from importlib.metadata import distribution
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).parents[2] / "db" / "store" / "pinyin.txt"
PAGE = 64


def _lines() -> dict[str, str]:
    """The line of each character that has a reading."""
    from pypinyin import Style, lazy_pinyin, pinyin
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS

    phrases = defaultdict[str, list[str]](list)
    for phrase in sorted(PHRASES_DICT):
        usual = [sound for character in phrase for sound in lazy_pinyin(character)]
        spoken = lazy_pinyin(phrase)
        phrases[phrase[0]].append(f" {phrase[1:]}:{'.'.join(spoken) if spoken != usual else ''}")
    return {
        character: ",".join(pinyin(character, Style.NORMAL, heteronym=True)[0]) + "".join(phrases[character])
        for character in map(chr, sorted(PINYIN_DICT))
        if RE_HANS.match(character)
    }


def write_changed() -> None:
    """Write `TABLE` where it is older or another version's; processes that start together may all do so."""
    readings = distribution("pypinyin")
    begins = f"pypinyin {readings.version}\n"
    is_newer = TABLE.exists() and TABLE.stat().st_mtime_ns > Path(__file__).stat().st_mtime_ns
    if is_newer and TABLE.read_bytes().startswith(begins.encode()):
        return
    from pypinyin.constants import RE_HANS

    pages = [
        "\n".join([f"{number:x}", *(f"{character} {line}" for character, line in lines)])
        for number, lines in groupby(_lines().items(), lambda one: ord(one[0]) // PAGE)
    ]
    made = TABLE.with_suffix(f".{os.getpid()}")
    licence = str(readings.read_text("licenses/LICENSE.txt"))
    made.write_text("\n\n".join([begins + RE_HANS.pattern, *pages, licence]), "utf-8")
    made.replace(TABLE)


if __name__ == "__main__":
    write_changed()
