"""One line of the benchmark: what was measured, beside what, and the bar it has to meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tabulate import tabulate


@dataclass(frozen=True, slots=True)
class Row:
    """``ours`` beside ``beside``, both in ``unit``; ``bar`` limits their ratio, or ``ours`` where
    nothing stands beside it."""

    what: str
    ours: float
    unit: str
    bar: float
    beside: float | None = None
    beside_what: str = ""

    @property
    def compared(self) -> float:
        """The figure that the bar limits."""
        return self.ours / self.beside if self.beside else self.ours

    @property
    def met(self) -> bool:
        return self.compared <= self.bar


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A figure that this machine can't give, and why."""

    what: str
    why: str


Outcome = Row | Unmeasured


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a table in plain text."""
    lines = []
    for outcome in outcomes:
        if isinstance(outcome, Unmeasured):
            lines.append([outcome.what, "–", outcome.why, "", "", "not measured"])
            continue
        beside = f"{outcome.beside:,.3g} {outcome.unit} {outcome.beside_what}" if outcome.beside else "–"
        compared = f"{outcome.compared:.2f} ×" if outcome.beside else f"{outcome.ours:,.3g} {outcome.unit}"
        bar = f"≤ {outcome.bar:g} ×" if outcome.beside else f"≤ {outcome.bar:g} {outcome.unit}"
        ours = f"{outcome.ours:,.3g} {outcome.unit}"
        lines.append([outcome.what, ours, beside, compared, bar, "met" if outcome.met else "NOT MET"])
    return tabulate(
        lines, headers=["what", "mingce", "beside it", "compared", "bar", ""], disable_numparse=True
    )
