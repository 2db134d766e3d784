"""A regulation that was read: its rules, where they stand in its file, and the error for bad ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from db.language import Message
from db.policy.line_numbers import Path, key_lines
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.base import Rule, clause_ids


class PolicyError(Exception):
    """A policy file can't be used, or several not together; ``findings`` say where and why.

    ``together`` are the regulations that disagree, by id or file, empty for a text that is no file yet; and
    ``decided`` is what the organisation has decided about them.
    """

    def __init__(
        self,
        findings: tuple[Fault, ...],
        together: Sequence[str] = (),
        decided: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__("; ".join(f"{f.path}:{f.line}: {f.key}: {f.message.text}" for f in findings))
        self.findings = findings
        self.together = tuple(together)
        self.decided = decided or {}


@dataclass(frozen=True)
class Regulation:
    """One policy file that passed its checks. ``path`` names it in findings, ``text`` is what it says."""

    file: PolicyFile
    path: str
    text: str

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def version(self) -> str:
        return self.file.version

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """The line of each key; found when first asked for."""
        return key_lines(self.text)

    @cached_property
    def letters(self) -> Mapping[str, tuple[Path, str]]:
        """The letters of its clauses, each with the first place and clause that it stands in."""
        found: dict[str, tuple[Path, str]] = {}
        places = ((path, one) for path, clause in citations_in(self.file) for one in clause_ids(clause))
        for path, clause in sorted(places, key=lambda place: self.line(*place[0])):
            found.setdefault(clause.partition(".")[0], (path, clause))
        return found

    def line(self, *path: str | int) -> int:
        return line_of(self.lines, path)

    def fault(self, message: Message, *path: str | int, warning: bool = False) -> Fault:
        """Make a fault, or a ``warning``, of the key at ``path``, with its line."""
        return Fault(self.line(*path), ".".join(map(str, path)), message, self.path, warning)


def citations_in(part: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            inner = getattr(part, name)
            if name == "clause" and isinstance(inner, str):
                yield (*path, name), inner
            else:
                yield from citations_in(inner, (*path, name))
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from citations_in(inner, (*path, number))
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from citations_in(inner, (*path, str(key)))


def rules_in(part: object, path: Path = ()) -> Iterator[tuple[Path, Rule]]:
    if isinstance(part, Rule):
        yield path, part
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from rules_in(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from rules_in(inner, (*path, number))
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from rules_in(inner, (*path, str(key)))


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of ``path``, else of the nearest table around it, else 1."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
