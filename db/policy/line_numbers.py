"""On which line of a TOML text each key stands; ``tomllib`` reads values but keeps no places.

Only for texts that ``tomllib`` has accepted: the scanner trusts the syntax.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_STRING = r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
_KEY = re.compile(rf"{_STRING}|[A-Za-z0-9_-]+")
_SCALAR = re.compile(rf"{_STRING}|[^,\]}}#\n]+", re.DOTALL)


def key_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every key, table and list element of a TOML text, by its path."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        """How many elements each list of tables (``[[…]]``) has so far."""

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip():
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        line = self._line()
        self.at += 2 if is_list else 1
        keys = self._keys()
        self.at = self.text.index("]", self.at) + (2 if is_list else 1)
        path = (*self._inside(keys[:-1]), keys[-1])
        if is_list:
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            self._note_line(path, line)
            path += (number,)
        elif path in self.counts:
            path += (self.counts[path] - 1,)
        self._note_line(path, line)
        return path

    def _inside(self, keys: Path) -> Path:
        """Return ``keys`` with the number of the current element after each list of tables."""
        path: Path = ()
        for key in keys:
            path += (key,)
            if path in self.counts:
                path += (self.counts[path] - 1,)
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path += (key,)
            self._note_line(path, line)
        self.at = self.text.index("=", self.at) + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        if self._peek("["):
            self._elements(path)
        elif self._peek("{"):
            self._inline(path)
        else:
            self._take_match(_SCALAR)

    def _elements(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self._skip() and not self._peek("]"):
            self._note_line((*path, number), self._line())
            self._value((*path, number))
            number += 1
            self._skip()
            if self._peek(","):
                self.at += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self._skip() and not self._peek("}"):
            self._pair(path)
            self._skip()
            if self._peek(","):
                self.at += 1
        self.at += 1

    def _keys(self) -> Path:
        keys: list[str | int] = []
        while True:
            self._blank()
            keys.append(self._take_match(_KEY).strip("\"'"))
            self._blank()
            if not self._peek("."):
                return tuple(keys)
            self.at += 1

    def _skip(self) -> bool:
        """Pass over white space and comments; return whether anything is left."""
        self._take_match(_SPACE)
        return self.at < len(self.text)

    def _blank(self) -> None:
        self._take_match(_BLANK)

    def _take_match(self, pattern: re.Pattern[str]) -> str:
        """Pass over the text that ``pattern`` matches here and return it. Raises ValueError."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"not TOML on line {self._line()}")
        self.at = match.end()
        return match.group()

    def _peek(self, wanted: str) -> bool:
        return self.text.startswith(wanted, self.at)

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note_line(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)
