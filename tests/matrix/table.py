"""Reads `table.toml`: grids of words, and what each word comes to at each operation."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.world import BOOKS

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


def cells(section: str, book: str) -> Iterator[Cell]:
    """Every cell of a section that can be tried in ``book``, once for each operation."""
    part = RAW[section]
    meaning = grid(part["meaning"])
    for reader, row in grid(part.get(book) or part["every"]).items():
        for relation, word in row.items():
            if word == NOT_THERE:
                continue
            for operation, outcomes in meaning.items():
                outcome = outcomes[word]
                yield Cell(book, reader, relation, operation, CLAUSES.get(outcome, {}).get(book, outcome))


def operations(section: str) -> set[str]:
    """The operations that a section of meanings speaks of; ``name(variant)`` is one of `name`."""
    return {name.partition("(")[0] for name in grid(RAW[section]["meaning"])}


def questions(book: str, readers: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """What is asked of ``book`` as a whole: operation, reader, and the answer that is expected."""
    for row in RAW["book"]:
        if row.get("bookless") and book not in BOOKS:
            continue
        allowed = set(_who(_of(row["allowed"], book), book, readers))
        otherwise = dict.fromkeys(_who(row.get("strangers", ""), book, readers), "default")
        but = row.get("but", {})
        for whom, clause in {**but.get("rest", {}), **but.get(book, {})}.items():
            otherwise |= dict.fromkeys(_who(whom, book, readers), clause)
        refused = _clause(_of(row["refused"], book), book)
        for operation in row["operations"].split():
            for reader in readers:
                yield operation, reader, ("allowed" if reader in allowed else otherwise.get(reader, refused))


def clause_of_nobody(operation: str, book: str) -> str:
    """The clause that ``operation`` cites to a member of ``book`` about nobody; nothing where it cites none
    of these."""
    keeping = _clause("keeping", book)
    if operation in RAW["cites-keeping"] and keeping != "default":
        return keeping
    return str(RAW["nobody"][book]) if operation in (*RAW["cites"], *RAW["cites-keeping"]) else ""


def idle(book: str) -> set[str]:
    """Readers whose role the regulations of ``book`` give nothing to."""
    return set(_spread(RAW["idle"].get(book, "")))


def _of(said: str | Mapping[str, str], book: str) -> str:
    """What is said of all books alike, or of this one."""
    return said if isinstance(said, str) else said.get(book, said.get("rest", ""))


def _who(text: str, book: str, readers: Collection[str]) -> Iterator[str]:
    for name in text.split():
        if name == "every":
            yield from readers
        elif name == "inside":
            yield from set(readers) - {"keeper", "partner"}
        elif name in WHO:
            yield from WHO[name][book].split(",")
        else:
            yield name


def _clause(word: str, book: str) -> str:
    if word == "nobody":
        return str(RAW["nobody"][book])
    return CLAUSES[word][book].replace(",", ", ") if word in CLAUSES else word


def _spread(text: str) -> Iterator[str]:
    for name in text.split():
        if name in RAW["groups"]:
            yield from _spread(RAW["groups"][name])
        else:
            yield name


WHO = grid(RAW["functions"]["who"])
CLAUSES = grid(RAW["functions"]["clause"])
"""function -> book -> who has it, and the clause that says so"""
