"""Chinese names with the frequencies of real life (`names.toml`), and addresses made from them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from db.store.pinyin import spell

FILE = Path(__file__).with_name("names.toml")


class Names:
    """An endless supply of names from ``random``; each is (name, surname, given name)."""

    def __init__(self, random: Random) -> None:
        self._known: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
        self._random = random
        self._surnames = list(self._known["surnames"])
        self._weights = list(self._known["surnames"].values())

    def next_name(self) -> tuple[str, str, str]:
        surname = self._random.choices(self._surnames, self._weights)[0]
        given = self._random.choice(self._known["given"][self._random.choice(("women", "men"))])
        return surname + given, surname, given

    def others(self) -> Iterator[tuple[str, str, str]]:
        """Yield names of another pattern, each once."""
        for name in self._known["given"]["others"]:
            first, _sign, last = name.replace("·", " ").partition(" ")
            yield name, last, first

    def split(self, name: str) -> tuple[str, str]:
        length = 2 if name[:2] in self._surnames else 1
        return name[:length], name[length:]

    def address_of(self, surname: str, given: str) -> str:
        family = self._known["readings"].get(surname) or _letters(surname)
        return f"{_letters(given)}.{family}"


def _letters(text: str) -> str:
    return "".join(spell(text)).lower().replace(" ", "")
