"""What was done to the installation and how it came out of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from tabulate import tabulate


@dataclass(slots=True)
class Tally:
    """Counts by kind. ``acknowledged`` acts were told to somebody as done."""

    acknowledged: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, count: int, faults: list[str]) -> None:
        """``count`` more of ``kind``, with what was wrong afterwards."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        if faults:
            self.faults.setdefault(kind, []).extend(faults)
            print(f"FAULT after {kind}: {'; '.join(faults[:5])}", flush=True)

    def progress(self) -> None:
        """Say how far it is, where somebody watches."""
        print(f"{self.kills:,} kills, {self.acknowledged:,} acknowledged acts", file=sys.stderr, flush=True)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(count for kind, count in self.counts.items() if kind.endswith("killed"))

    def table(self) -> str:
        """Everything, and the sum in one sentence."""
        rows = [[kind, count, len(self.faults.get(kind, []))] for kind, count in self.counts.items()]
        lost = sum(fault.startswith(("lost", "undone")) for found in self.faults.values() for fault in found)
        others = sum(map(len, self.faults.values())) - lost
        acts = f"{self.acknowledged:,} acknowledged acts"
        told = f"{self.kills:,} kills, {acts}, {lost} lost; {others} other faults"
        return f"{tabulate(rows, headers=['what', 'times', 'faults'])}\n\n{told}"
