"""The part of ``docs/clauses.md`` that is drawn from the marks of the tests in this package: as whom and when
each clause is walked; ``make docs``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.clauses.reading import IDS, order
from tests.variants.registry import DAYS, PERSONS, USUAL, Variant, by_clause, walked

PAGE = Path(__file__).parents[2] / "docs" / "clauses.md"
BEGIN = "<!-- From here on it is drawn from tests/variants: change it there, then `make docs`. -->\n"


def written(page: str) -> str:
    """Return ``page`` with the part that is drawn as the marks are now."""
    before, begin, _after = page.partition(BEGIN)
    return f"{before}{begin}{_drawn(walked())}"


def _drawn(variants: list[Variant]) -> str:
    found = by_clause(variants)
    table = [["Clause", "Variants", "As whom, when"], ["---"] * 3]
    for clause in IDS:
        names = dict.fromkeys(f"{_name(one)}{' **!**' * bool(one.broken)}" for one in found.get(clause, ()))
        table.append([clause, str(len(names)), "; ".join(names)])
    parts = ["\n## Persons\n", *_listed(PERSONS.items()), "\n## Days\n", *_listed(DAYS.items())]
    parts += ["\n## The table\n", *(f"| {' | '.join(cells)} |" for cells in table)]
    reasons = dict.fromkeys(one.broken for one in variants if one.broken)
    if reasons:
        parts += [
            "\n## Known to fail\n",
            *(f"- {_failing(variants, reason)}: {reason}." for reason in reasons),
        ]
    return "\n".join([*parts, ""])


def _name(one: Variant) -> str:
    return ", ".join(part for part in one.key if part != USUAL)


def _failing(variants: list[Variant], reason: str) -> str:
    """Return the clauses of which a variant fails for ``reason``."""
    return ", ".join(sorted({one.clause for one in variants if one.broken == reason}, key=order))


def _listed(items: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"- `{name}`: {text}" for name, text in items)
