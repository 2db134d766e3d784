"""Words that no entry may hold, found in whatever width, case, spacing and characters they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from db.desk.content_filter.numbers import plain_text
from db.store.traditional import respelled, unusual_ideographs, written_alike

LIST = "screening.txt"
"""The organisation's own list, in the folder of its policies: a word a line; # begins a remark."""

_GAP = r"[\W_]{0,3}"


class WordList:
    """Latin words count as whole words only; one in brackets, ``[内部]``, only where it stands alone."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = [word for word in dict.fromkeys(words) if _letters(word)]
        self._patterns = _Patterns(self._words)

    @cached_property
    def _wide(self) -> _Patterns:
        """The words in traditional characters and in simplified ones."""
        return _Patterns(self._words, wide=True)

    @cached_property
    def _is_traditional(self) -> bool:
        """Whether one of the words is written in traditional characters alone."""
        letters = [_letters(word) for word in self._words]
        return any(
            unusual_ideographs(one) and not any(respelled(one, two) == two != one for two in letters)
            for one in letters
        )

    def find(self, text: str) -> str:
        """Return the first word that ``text`` holds; empty where it holds none."""
        return self.find_plain(plain_text(text))

    def find_plain(self, given: str) -> str:
        """Do as `find` with a text that is `plain_text` already."""
        found = self._patterns.find(given)
        return (
            self._wide.find(given)
            if not found and (self._is_traditional or unusual_ideographs(given))
            else found
        )


class _Patterns:
    def __init__(self, words: Iterable[str], *, wide: bool = False) -> None:
        self._patterns = [(_bare(word), _pattern(word, wide=wide)) for word in words]
        firsts = {_letters(word)[0] for word in words}
        self._first = {one for first in firsts for one in (written_alike(first) if wide else first)}

    def find(self, given: str) -> str:
        if self._first.isdisjoint(given):
            return ""
        return next((word for word, pattern in self._patterns if pattern.search(given)), "")


def own_words(folder: Path) -> tuple[str, ...]:
    """Read the words of the organisation's own list, again only after it changed; none where there is no such
    file."""
    try:
        changed = (folder / LIST).stat().st_mtime_ns
    except OSError:
        return ()
    return _read(folder / LIST, changed)


@cache
def _read(file: Path, _changed: int) -> tuple[str, ...]:
    lines = file.read_text("utf-8-sig", errors="replace").splitlines()
    return tuple(word for line in lines if (word := line.partition("#")[0].strip()))


@cache
def word_list(words: tuple[str, ...]) -> WordList:
    return WordList(words)


def _bare(word: str) -> str:
    return word.strip().removeprefix("[").removesuffix("]").strip()


def _letters(word: str) -> str:
    """Return the letters and digits of ``word``, in one case, without blanks and marks."""
    return "".join(char for char in plain_text(_bare(word)) if char.isalnum())


def _pattern(word: str, *, wide: bool) -> re.Pattern[str]:
    letters = map(written_alike, _letters(word)) if wide else _letters(word)
    body = _GAP.join(f"[{re.escape(''.join(sorted(one)))}]" for one in letters)
    if word.strip().startswith("["):
        return re.compile(rf"(?<!\w){body}(?!\w)")
    if _bare(word).isascii():
        return re.compile(rf"(?<![A-Z0-9]){body}(?![A-Z0-9])")
    return re.compile(body)
