"""Text that may be drawn: no control, no direction override, never wider than its column.

Everything that comes from people or the database passes through ``plain`` on its way to the screen
(threat 12). Widths are terminal cells: a Chinese character takes two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_CONTROLS = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides, isolates
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\u00ad\u180e"  # invisible: joiners, deprecated, BOM, soft hyphen
    "\u2028\u2029\ufff9-\uffff"  # line and paragraph separators, annotations, non-characters
    "\ud800-\udfff"  # lone surrogates can't be encoded
    "\U000e0000-\U000e0fff"  # tags
)
_UNSAFE = re.compile(f"[{_CONTROLS}]")
NAME = re.compile("(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,4}(?![\u3400-\u9fff])")
"""A few Han characters by themselves, as people are called: they stay on one line."""
_BREAKS = re.compile("[\t\n\r\v\f\u0085\u2028\u2029]+")
PLAIN_SET: Final = {
    **dict.fromkeys("─━┄┈╌▁▔", "-"),
    **dict.fromkeys("│┃┆▏▎▕", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╞╡", "+"),
    **dict.fromkeys("█▉▊▋", "#"),
    **dict.fromkeys("▓▒░▀▄", ":"),
    **{"…": "..", "→": "->", "←": "<-", "↑": "^", "↓": "v", "•": "*", "★": "*", "☆": "*"},
    **{"●": "*", "○": "o", "◐": "%", "▶": ">", "◀": "<", "▸": ">", "▹": ">", "▾": "v"},
    **{"✓": "*", "✗": "x"},
}
"""What stands for a mark of the screens where a terminal draws those of ambiguous width wide."""
_plain_set: dict[str, str] = {}


def draw_plain(on: bool) -> None:
    """Count each character of ambiguous width as two cells from now on and draw the plain set, or not."""
    _plain_set.clear()
    _plain_set.update(PLAIN_SET if on else {})
    cell_width.cache_clear()


def draws_plain() -> bool:
    return bool(_plain_set)


def as_drawn(text: str) -> str:
    """Return safe ``text`` in the set of characters that is drawn; it takes the same cells."""
    if not _plain_set or text.isascii():
        return text
    return "".join(_plain_set.get(character, character) for character in text)


def plain(text: str) -> str:
    """Put ``text`` on one line, breaks as blanks, without anything a terminal could act on."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("", _BREAKS.sub(" ", text))


def plain_lines(text: str) -> list[str]:
    """Return ``text`` as safe lines, its own line breaks kept."""
    return [plain(line) for line in text.splitlines()]


@lru_cache(8192)
def cell_width(character: str) -> int:
    """Return the cells of one character: 0 for what combines, 2 for wide ones; cached."""
    from wcwidth import wcwidth  # 6 MB, which commands in ASCII and single lines don't need

    if character in _plain_set:
        return len(_plain_set[character])
    return max(wcwidth(character, ambiguous_width=2 if _plain_set else 1), 0)


def cells(text: str) -> int:
    return len(text) if text.isascii() else sum(map(cell_width, text))


def clip(text: str, width: int) -> str:
    """Clip ``text`` to at most ``width`` cells; what was cut is marked by an ellipsis."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return ""
    kept: list[str] = []
    room = width - cell_width("…")
    if room < 0:
        return "."
    for character in text:
        room -= cell_width(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Fit ``text`` into exactly ``width`` cells: clipped, or filled with blanks (in front if ``right``)."""
    text = clip(text, width)
    blanks = " " * max(width - cells(text), 0)
    return blanks + text if right else text + blanks


def fold(text: str, width: int) -> list[str]:
    """Break safe ``text`` into lines of at most ``width`` cells, at blanks where there are any."""
    lines: list[str] = []
    for source in plain_lines(text) or [""]:
        line, used = "", 0
        for word in _words(source):
            if line and used + cells(word.rstrip()) > width:
                lines.append(line.rstrip())
                line, used = "", 0
            *whole, word = _pieces(word, width)
            lines += whole
            line, used = line + word, used + cells(word)
        lines.append(line.rstrip())
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """Cut a word into pieces of at most a line each, an address behind its @, then
    behind a dot; the last one may have a blank after it."""
    pieces: list[str] = []
    begin = room = 0
    for place, character in enumerate(word):
        taken = cell_width(character)
        if taken > room and place > begin and character != " ":
            at = word.rfind("." if "@" in word[:begin] else "@", begin, place) + 1
            cut = at if at > begin else place
            pieces.append(word[begin:cut])
            begin, room = cut, width - cells(word[cut:place])
        elif place == begin:
            room = width
        room -= taken
    return [*pieces, word[begin:]]


def _words(line: str) -> list[str]:
    """Return pieces between which a line may be broken: after a blank, and around each wide character but
    within a `NAME`."""
    pieces: list[str] = []
    word = ""
    whole = {place for name in NAME.finditer(line) for place in range(name.start() + 1, name.end())}
    for place, character in enumerate(line):
        wide = cell_width(character) == 2 and not unicodedata.category(character).startswith("P")
        latin = character.isalnum() and not wide and cell_width(word[-1:]) == 2
        if (
            ((wide and place not in whole) or latin)
            and word
            and not word.endswith(("“", "(", "（", "《", "「"))
        ):
            pieces.append(word)
            word = ""
        word += character
        if character == " ":
            pieces.append(word)
            word = ""
    if word:
        pieces.append(word)
    return pieces
