"""Reads `table.toml`: grids of words, and what each word comes to at each operation."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RAW: dict[str, Any] = tomllib.loads(Path(__file__).with_name("table.toml").read_text("utf-8"))
NOT_THERE = "-"
Grid = Mapping[str, Mapping[str, str]]
"""row -> column -> word"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What ``reader`` is expected to get from ``operation`` on an entry in ``relation``."""

    book: str
    reader: str
    relation: str
    operation: str
    expected: str

    def __str__(self) -> str:
        return f"{self.book}: {self.operation} by {self.reader} on {self.relation}"


def grid(text: str) -> Grid:
    """The grid in ``text``: a line of columns, then rows, each for one or several names."""
    head, *lines = text.strip("\n").splitlines()
    columns = head.partition("|")[2].split()
    found: dict[str, Mapping[str, str]] = {}
    for line in lines:
        names, _bar, words = line.partition("|")
        row = dict(zip(columns, words.split(), strict=True))
        for name in _spread(names):
            if name in found:
                raise ValueError(f"{name} stands in two rows")
            found[name] = row
    return found


def names(text: str) -> tuple[str, ...]:
    """The readers named in ``text``, groups resolved."""
    return tuple(_spread(text))


def cells(section: str, book: str) -> Iterator[Cell]:
    """Every cell of a section that can be tried in ``book``, once for each operation."""
    part = RAW[section]
    meaning = grid(part["meaning"])
    for reader, row in grid(part.get(book) or part["every"]).items():
        for relation, word in row.items():
            if word == NOT_THERE:
                continue
            for operation, outcomes in meaning.items():
                yield Cell(book, reader, relation, operation, outcomes[word])


def operations(section: str) -> set[str]:
    """The operations that a section of meanings speaks of; ``name(variant)`` is one of `name`."""
    return {name.partition("(")[0] for name in grid(RAW[section]["meaning"])}


def _spread(text: str) -> Iterator[str]:
    for name in text.split():
        if name in RAW["groups"]:
            yield from _spread(RAW["groups"][name])
        else:
            yield name
