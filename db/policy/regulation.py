"""A regulation that was read: its rules, where they stand in its file, and the error for bad ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.policy.rules import Finding
from db.policy.schema import PolicyFile

Path = tuple[str | int, ...]


class PolicyError(Exception):
    """A policy file can't be used; ``findings`` say where and why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{f.path}:{f.line}: {f.key}: {f.message.text}" for f in findings))
        self.findings = findings


@dataclass(frozen=True)
class Regulation:
    """One policy file that passed its checks. ``path`` names the file in findings."""

    file: PolicyFile
    path: str
    lines: Mapping[Path, int]

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def version(self) -> str:
        return self.file.version

    def line(self, *path: str | int) -> int:
        """The line on which the key at ``path`` stands, or the nearest table around it."""
        return line_of(self.lines, path)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of ``path`` or of the nearest table around it; 1 where nothing is known."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
