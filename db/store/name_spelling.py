"""How a name may be spelt, so that nobody's name looks like another's (UTS 39). Not an operation.

Allowed are letters of the scripts in which names are written today, digits and a few signs. A name is in one
script, or in ideographs with another one; Latin beside Cyrillic or Greek, where letters look the same, is
none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from db.language import Message, Text, _, listed
from db.store.lookalikes import skeleton
from db.store.searchkeys import fold_text

MOST_MARKS = 3
HAN, LATIN, CYRILLIC, GREEK = "HAN", "LATIN", "CYRILLIC", "GREEK"
KANA = frozenset({"HIRAGANA", "KATAKANA"})
SCRIPTS: dict[str, Text] = {
    HAN: _("Chinese"),
    LATIN: _("Latin"),
    CYRILLIC: _("Cyrillic"),
    GREEK: _("Greek"),
    "ARABIC": _("Arabic"),
    "ARMENIAN": _("Armenian"),
    "BENGALI": _("Bengali"),
    "BOPOMOFO": _("Bopomofo"),
    "DEVANAGARI": _("Devanagari"),
    "ETHIOPIC": _("Ethiopic"),
    "GEORGIAN": _("Georgian"),
    "HANGUL": _("Hangul"),
    "HEBREW": _("Hebrew"),
    "HIRAGANA": _("Hiragana"),
    "KATAKANA": _("Katakana"),
    "KHMER": _("Khmer"),
    "LAO": _("Lao"),
    "LISU": _("Lisu"),
    "MIAO": _("Miao"),
    "MONGOLIAN": _("Mongolian"),
    "MYANMAR": _("Myanmar"),
    "NEW TAI LUE": _("New Tai Lue"),
    "SINHALA": _("Sinhala"),
    "TAI LE": _("Tai Le"),
    "TAMIL": _("Tamil"),
    "THAI": _("Thai"),
    "TIBETAN": _("Tibetan"),
    "YI": _("Yi"),
}
"""The scripts in which names are written, as the names of their letters begin: those of UAX 31 that people
use, and those of the peoples of China."""
ALONE = frozenset({CYRILLIC, GREEK, "ARMENIAN", "LISU", "MIAO"})
"""Scripts with letters that look like Latin ones: neither stands beside the other."""
SIGNS = frozenset("·・་—–…“”‘’、。《》〈〉「」『』【】〔〕") | set(map(chr, range(0xFF01, 0xFF5F)))
PARTING, BRACKETS = frozenset("，,、;；/／"), frozenset("（(【[")
DOTS = str.maketrans(dict.fromkeys("•‧∙⋅･", "·") | {"’": "'", "‘": "'", "ʼ": "'", "＇": "'"})
_KEYBOARD_DOT = re.compile("(?<=[\u3400-\u9fff])[.．。・](?=[\u3400-\u9fff])")
"""What is typed between the parts of a Chinese name where the keyboard has no interpunct."""
_WORDS = re.compile(r"[^\W\d_]+")
_IDEOGRAPHS = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003fffd]+")


def spell_name(text: str) -> str:
    """Return a cleaned ``text`` in the one spelling of names: NFKC letters, so that a radical is its
    ideograph, and one sign for each kind of dot and apostrophe."""
    if text.isascii() or _IDEOGRAPHS.fullmatch(text):
        return text
    plain = "".join(
        unicodedata.normalize("NFKC", char)
        if char.isalnum() or unicodedata.category(char) in ("So", "Lm")
        else char
        for char in text
    )
    plain = _KEYBOARD_DOT.sub("·", plain.translate(DOTS))
    return unicodedata.normalize("NFC", plain).strip()


class Misspelling(Message):
    """What is wrong with how a name is spelt; whoever refuses it says by which clause."""

    __slots__ = ()


def find_misspelling(text: str) -> Misspelling | None:
    """Return what no name may contain in ``text``, where it stands and what to write instead; None if it is
    fine."""
    if text.isascii() or _IDEOGRAPHS.fullmatch(text):
        return None
    wrong = next(_strange(text), None) or _piled(text) or _mixed(text)
    return None if wrong is None else Misspelling(wrong.text, wrong.params)


def odd_name_warning(text: str) -> Message | None:
    """Return a warning for the approver about an allowed but odd name: marks on or digits beside ideographs
    (threat 65), or signs by which it reads as several people or as an office. None if it is usual."""
    plain = unicodedata.normalize("NFD", text)
    marked = any(
        unicodedata.category(char)[0] == "M" and _IDEOGRAPHS.fullmatch(base) for base, char in pairwise(plain)
    )
    if marked:
        return _("a Chinese character has a mark that is hardly seen")
    if _IDEOGRAPHS.search(text) and any(char.isdigit() for char in text):
        return _("digits beside Chinese characters")
    if PARTING & set(text):
        return _("a sign that stands between two names")
    if BRACKETS & set(text):
        return _("words in brackets, as offices are shown")
    return None


@cache
def script_of(letter: str) -> str | None:
    """Return the script of a letter or mark; None if no name is written in it. Cached."""
    if _IDEOGRAPHS.fullmatch(letter) or letter in "々〇〆":
        return HAN
    name = unicodedata.name(letter, "").replace("KATAKANA-HIRAGANA", "KATAKANA")
    return next((script for script in SCRIPTS if name.startswith(f"{script} ")), None)


def _strange(text: str) -> Iterator[Message]:
    for place, char in enumerate(text, start=1):
        category = unicodedata.category(char)
        if not (char.isascii() or char in SIGNS or _is_general(char) or script_of(char) is not None):
            yield _(
                "“{char}” ({code}, character {place}) is no character of a name; {advice}",
                char=char,
                code=f"U+{ord(char):04X}",
                place=place,
                advice=_advice(char, category),
            )


def _advice(char: str, category: str) -> Message:
    if category == "Co":
        return _("it looks different on every machine: write the character that Unicode has for it.")
    if "⿰" <= char <= "⿿":
        return _("it describes a character: write the character itself.")
    if "⺀" <= char <= "⿟":
        return _("it is a part of characters: write the character itself.")
    return _("leave it out, or write it in letters.")


def _piled(text: str) -> Message | None:
    """Return a message if a letter has more marks than any name has; a Tibetan subjoined letter counts as a
    letter."""
    marks, base = 0, ""
    for place, char in enumerate(unicodedata.normalize("NFD", text)):
        if unicodedata.category(char)[0] != "M":
            marks, base = 0, char
        elif not unicodedata.name(char, "").startswith("TIBETAN SUBJOINED"):
            marks += 1
            if marks > MOST_MARKS or place == 0:
                return _(
                    "“{char}” bears more than {count} marks; write the letter as it is in the name.",
                    char=base,
                    count=MOST_MARKS,
                )
    return None


def _mixed(text: str) -> Message | None:
    scripts = [
        script
        for script in dict.fromkeys(script_of(char) for char in text if char.isalpha())
        if script is not None and script != HAN
    ]
    beside = set(scripts)
    disguised = beside & ALONE and any(map(_is_disguised, _WORDS.findall(text)))
    if not disguised and (len(beside) <= 1 or beside <= KANA | {LATIN}):
        return None
    if not disguised and len(beside) == 2 and LATIN in beside and not beside & ALONE:
        return None
    if len(beside) == 1:
        scripts.append(HAN)
    return _(
        "Letters of {scripts} are mixed ({letters}), where one looks like another; write the "
        "name in one script.",
        scripts=listed([SCRIPTS[script] for script in scripts]),
        letters=" ".join(_first(text, script) for script in scripts),
    )


def _is_disguised(word: str) -> bool:
    """Return whether ``word`` mixes ideographs with letters that look Latin but are not, as А座."""
    others = [char for char in word if script_of(char) != HAN]
    return 0 < len(others) < len(word) and all(
        script_of(char) in ALONE and skeleton(fold_text(char)).isascii() for char in others
    )


def _first(text: str, script: str) -> str:
    """Return the first letter of ``script`` in ``text``, with its Unicode number."""
    char = next(char for char in text if char.isalpha() and script_of(char) == script)
    return f"{char} U+{ord(char):04X}"


def _is_general(char: str) -> bool:
    """Return whether ``char`` is a combining mark of no particular script, such as an accent."""
    return unicodedata.name(char, "").startswith("COMBINING ")
