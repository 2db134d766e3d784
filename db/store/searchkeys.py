"""The strings by which an entry is found, and the ranges of them that a question reaches.

The first character of a key is its kind: capitals for colleagues, small letters for outside contacts
(E.5), in the order in which results are ranked. A protected value stands only as a keyed digest
of the whole of it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from db.store.keys import KeyRing
from db.store.lookalikes import skeleton
from db.store.pinyin import readings_of, spell
from db.store.sealing import blind_digest, search_key

Side = Literal["internal", "external"]

NAME, GIVEN, PINYIN, GIVEN_PINYIN, INITIALS, ADDRESS, NUMBER, ENDING, POSITION, ORDER, PAIR, BLIND = (
    "ABCDEFGHIJKZ"
)
FACET, LISTED, FIRST = "LMN"
"""Keys of how an entry is sorted: what it has (``LISTED``: in the order of a list), and every key of one
with a tag that comes first, behind the tag's rank (`db.desk.entry.facets`)."""
UNRANKED = frozenset({ORDER, PAIR})
LONGEST = 64
SHORTEST_BLIND = 4
UNIT_LETTERS = 2
LETTERS = 7
KNOWN = 16_384
"""So many names are kept as they are folded and spoken: people of one name are many."""
SURNAMES = {
    "曾": ("zeng",), "单": ("shan",), "仇": ("qiu",), "解": ("xie",), "区": ("ou",), "查": ("zha",),
    "盖": ("ge",), "朴": ("piao",), "乐": ("yue",), "缪": ("miao",), "翟": ("zhai",), "覃": ("qin",),
    "种": ("chong",), "折": ("she",), "繁": ("po",), "秘": ("bi",), "员": ("yun",), "冼": ("xian",),
    "阚": ("kan",), "卜": ("bu",), "薄": ("bo",), "都": ("du",), "祭": ("zhai",), "召": ("shao",),
    "黑": ("he",), "乜": ("nie",), "句": ("gou",), "佴": ("nai",), "訾": ("zi",), "洗": ("xian",),
    "过": ("guo",), "长": ("chang",),
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "澹台": ("tan", "tai"), "单于": ("chan", "yu"),
    "长孙": ("zhang", "sun"),
}  # fmt: skip
"""Characters that sound otherwise when they are a surname."""
ALSO = {
    "尉": "yu", "柏": "bo", "牟": "mu", "宿": "xiu", "隗": "wei", "谌": "shen", "郇": "xun", "郗": "chi",
    "强": "jiang", "缪": "miu",
}  # fmt: skip
"""Surnames that some families say in another way than most."""
ENTRY_BITS = 28
ENTRY_MASK = (1 << ENTRY_BITS) - 1
COMMON = [letter.encode("gb2312") for letter in "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"]
LAST_COMMON = "座".encode("gb2312")
"""The first of the common characters of each letter of pinyin, and the last of all."""
_IGNORED = re.compile(r"[\s'’·•・]|(?<=[\u3400-\u9fff])[.。‧](?=[\u3400-\u9fff])")
_IDEOGRAPHS = re.compile("[\u3400-\u9fff]+")
_APART = re.compile(r"[\s·•・-]+")
"""Stands between the words of a name."""
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
"""Letters with a stroke, and ligatures, as they are typed without."""
_ACCENTS = re.compile("[\u0300-\u036f]")
"""Marks on letters; those of Japanese and Korean are other ones."""
_PUNCTUATION = re.compile(r"[\s().–-]")
_DIGITS = re.compile(r"\+?([0-9]+)")
LAST = "\U0010ffff"
"""Sorts after everything that a cleaned text holds."""


@dataclass(frozen=True, slots=True)
class Findable:
    """What an entry may be found by. ``addresses``: e-mail, WeChat; ``numbers``: digits as dialled.

    ``covered`` holds (field, text) of values that may not stand in clear; they are found as a whole.
    ``content`` is what a list shows of it, ``hidden`` the part of that
    which is to be sealed. ``facets``: what it can be narrowed to, ``words``: what it is found by like a
    position, ``rank``: that of a tag which puts it before others.
    """

    entry: int
    book: str
    unit: int
    side: Side
    name: str
    position: str = ""
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    covered: tuple[tuple[str, str], ...] = ()
    content: str = ""
    hidden: str = ""
    units: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rank: int | None = None


class Range(NamedTuple):
    """The keys of one kind that begin with ``low``."""

    kind: str
    low: str

    @property
    def high(self) -> str:
        """Sorts after all of them."""
        return self.low + LAST


def open_keys(findable: Findable) -> frozenset[str]:
    found = [kind + text[:LONGEST] for kind, text in _texts(findable) if text]
    return frozenset(found if findable.side == "internal" else [key[0].lower() + key[1:] for key in found])


def blind_keys(findable: Findable, keys: KeyRing) -> frozenset[str]:
    """Return the keyed digests by which the entry's covered values are found."""
    kind = _sided(BLIND, findable.side)
    return frozenset(
        kind + blind_digest(search_key(keys.search, findable.book, field), fold_text(text))
        for field, text in findable.covered
    )


def key_ranges(text: str, side: Side) -> tuple[Range, ...]:
    """Return the ranges of open keys that one search term matches, best rank first; () for nothing."""
    term = fold_text(text)[:LONGEST]
    if not term:
        return ()
    number = as_number(text)
    if number:
        asked = [(NUMBER, number), (ENDING, number[::-1]), (ADDRESS, term)]
    elif term.isascii():
        asked = [(kind, term) for kind in (NAME, PINYIN, INITIALS, GIVEN_PINYIN, GIVEN, ADDRESS, POSITION)]
    else:
        asked = [(kind, term) for kind in (NAME, GIVEN, POSITION)]
        if skeleton(term) != term:
            asked.append((NAME, skeleton(term)))
    return tuple([Range(kind, _sided(kind, side) + key) for kind, key in asked])


def kind_range(kind: str, term: str, side: Side) -> Range:
    """Return the range of the keys of one kind that begin with the folded ``term``."""
    return Range(kind, _sided(kind, side) + term[:LONGEST])


def first_ranges(text: str, side: Side, ranks: Sequence[int]) -> tuple[Range, ...]:
    """Return the `key_ranges` of ``text`` among entries with a tag of one of ``ranks``, rank by rank."""
    found = []
    for rank in ranks:
        for span in key_ranges(text, side):
            # Behind a rank the kind is a capital on either side: the side is told by the first letter.
            low = _ranked(rank, side) + span.low[:1].upper() + span.low[1:]
            found.append(Range(FIRST, low))
    return tuple(found)


def facet_key(facet: str, side: Side) -> str:
    """Return the key shared by all entries with ``facet`` (``by=value``)."""
    return _sided(FACET, side) + facet[:LONGEST]


def facet_range(facet: str, side: Side) -> Range:
    """Return the range of the entries with ``facet``, in the order of a list."""
    low = f"{_sided(LISTED, side)}{facet[: LONGEST // 2]}\x1f"
    return Range(LISTED, low)


def facet_values(by: str, side: Side) -> Range:
    """Return the range of all facet keys of the property ``by``."""
    low = f"{_sided(FACET, side)}{by}="
    return Range(FACET, low)


def pair_range(unit: str, name: str, side: Side) -> Range | None:
    """Return the range of people whose name begins with ``name`` in units whose name begins with ``unit``;
    None unless ``unit`` folds to two characters."""
    first = fold_text(unit)
    if len(first) != UNIT_LETTERS:
        return None
    key = f"{_sided(PAIR, side)}{first} {fold_text(name)}"[:LONGEST]
    return Range(PAIR, key)


def name_key(folded: str, side: Side) -> str:
    """Return the key of everybody with the folded name; only its first `LONGEST` characters count."""
    return _sided(NAME, side) + folded[:LONGEST]


def everyone_range(side: Side) -> Range:
    """Return the range with each entry of a scope once, in the order of a list (by pinyin)."""
    return Range(ORDER, _sided(ORDER, side))


def blind_range(book: str, field: str, text: str, side: Side, keys: KeyRing) -> Range | None:
    """Return the range of entries whose covered ``field`` in ``book`` equals ``text``; None if that is too
    short."""
    term = fold_text(text)
    if len(term) < SHORTEST_BLIND:
        return None
    key = _sided(BLIND, side) + blind_digest(search_key(keys.search, book, field), term)
    return Range(BLIND, key)


def line_of(entry: int, name: str) -> int:
    """Return the number of an entry's line: seven letters of its pinyin, five bits each, then its id.

    Lines lie in the order of their numbers. People of one name are neighbours, so that a page of results is a
    page or two of the file and not one for each person.
    """
    return _letters(_folded(name)) << ENTRY_BITS | entry


@lru_cache(maxsize=KNOWN)
def _letters(name: str) -> int:
    place = 0
    for letter in " ".join(_spoken(name))[:LETTERS].ljust(LETTERS):
        place = place << 5 | (min(max(ord(letter) - 96, 0), 31))
    return place


def entry_of(line: int) -> int:
    return line & ENTRY_MASK


def fold_text(text: str) -> str:
    """Return ``text`` folded for comparing: one width, one case, no accents, blanks or interpuncts."""
    if text.isascii():
        return _IGNORED.sub("", text.lower())
    if _IDEOGRAPHS.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
        plain = plain.translate(_PLAIN)
    return _IGNORED.sub("", plain)


_folded = lru_cache(maxsize=KNOWN)(fold_text)
"""The same of what many have in common: names, units, positions."""


def as_number(text: str) -> str:
    """Return the digits of what looks like a phone number, without China's country code; else ""."""
    plain = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    match = _DIGITS.fullmatch(plain)
    if match is None:
        return ""
    digits = match.group(1)
    return digits[2:] if len(digits) > 11 and digits.startswith("86") else digits


def _texts(findable: Findable) -> Iterator[tuple[str, str]]:
    place = _place(findable)
    yield ORDER, place
    for facet in findable.facets:
        yield FACET, facet
        yield LISTED, f"{facet[: LONGEST // 2]}\x1f{place}"
    for kind, text in _sayings(findable):
        yield kind, text
        if findable.rank is not None and kind not in UNRANKED:
            yield FIRST, f"{findable.rank:03d}{kind}{text}"


def _place(findable: Findable) -> str:
    """Return the entry's sort key in a list: by pinyin, entries with a ranked tag first."""
    name = _folded(findable.name)
    ahead = "" if findable.rank is None else f"!{findable.rank:03d} "
    return f"{ahead}{_order(name)} {name}"


def _sayings(findable: Findable) -> Iterator[tuple[str, str]]:
    """Yield kind and key of everything a person may type to find the entry."""
    name = _folded(findable.name)
    yield NAME, name
    yield NAME, skeleton(name)
    first, *words = _APART.split(findable.name)
    for word in words:
        yield GIVEN, fold_text(word)
    if words and not _IDEOGRAPHS.search(name):
        yield GIVEN, fold_text(words[-1] + first + "".join(words[:-1]))
    if not name.isascii():
        yield GIVEN, name[1:]
        yield GIVEN, name[2:]
        for syllables in readings(name):
            yield PINYIN, "".join(syllables)
            yield INITIALS, "".join(syllable[0] for syllable in syllables)
            yield GIVEN_PINYIN, "".join(syllables[1:])
        for word in words:
            yield GIVEN_PINYIN, pinyin_of(word)[0]
    for unit in findable.units:
        yield PAIR, f"{_folded(unit)[:UNIT_LETTERS]} {name}"
    for address in findable.addresses:
        yield ADDRESS, fold_text(address)
    for number in findable.numbers:
        yield NUMBER, number
        yield ENDING, number[::-1]
    position = _folded(findable.position)
    yield POSITION, position
    if len(position) > 3:
        yield POSITION, position[2:]
    for word in findable.words:
        yield POSITION, _folded(word)


def _order(name: str) -> str:
    """Return a name's sort key, character by character as Chinese lists are sorted: by sound, then the
    character, so that one surname stands together and 程 comes after every 陈."""
    spoken = _spoken(name)
    if name.isascii() or len(spoken) != len(name):
        return " ".join(spoken) if spoken else name
    return " ".join(f"{syllable} {character}" for syllable, character in zip(spoken, name, strict=True))


def readings(name: str) -> list[tuple[str, ...]]:
    """Return the readings of ``name`` in pinyin without tones: with the surname as spoken, and as its
    character is usually read, for those who don't know better (单 is Shan, and typed as Dan too)."""
    given, also = _spoken(name), ALSO.get(name[:1])
    found = [given, *((first, *given[1:]) for first in (readings_of(name[:1])[0], also) if first)]
    return [syllables for syllables in dict.fromkeys(found) if all(syllables)]


@lru_cache(maxsize=KNOWN)
def _spoken(name: str) -> tuple[str, ...]:
    """Return the usual reading of a person's name; cached."""
    for surname in (name[:2], name[:1]):
        if surname in SURNAMES and len(name) > len(surname):
            return (*SURNAMES[surname], *spell(name[len(surname) :]))
    return spell(name)


@lru_cache(maxsize=1024)
def pinyin_of(name: str) -> tuple[str, str]:
    """Return ``name`` in pinyin without tones, and its initials. Cached."""
    syllables = spell(fold_text(name))
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def initials_of(name: str) -> str:
    """Return the pinyin initials of the common characters in ``name``. Loads no dictionary."""
    return "".join(map(_initial, fold_text(name)))


def _initial(letter: str) -> str:
    if letter.isascii():
        return letter
    # The common characters of GB 2312 stand in pinyin's order; the rarer ones behind them don't.
    code = letter.encode("gb2312", "ignore")
    if not COMMON[0] <= code <= LAST_COMMON:
        return ""
    return "abcdefghjklmnopqrstwxyz"[bisect_right(COMMON, code) - 1]


def _ranked(rank: int, side: Side) -> str:
    return f"{_sided(FIRST, side)}{rank:03d}"


def _sided(kind: str, side: Side) -> str:
    return kind if side == "internal" else kind.lower()
