"""The part of ``clauses.md`` that is drawn from the marks of the tests in this package: as whom and when
each clause is walked; ``make docs``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.clauses.reading import IDS, order
from tests.variants.registry import DAYS, PERSONS, USUAL, Variant, by_clause, walked

PAGE = Path(__file__).with_name("clauses.md")
BEGIN = "<!-- From here on it is drawn from tests/variants: change it there, then `make docs`. -->\n"


def written(page: str) -> str:
    """Return ``page`` with the part that is drawn as the marks are now."""
    before, begin, _after = page.partition(BEGIN)
    return f"{before}{begin}{_drawn(walked())}"


def _drawn(variants: list[Variant]) -> str:
    found = by_clause(variants)
    parts = ["\n## Persons\n", *_listed(PERSONS.items()), "\n## Days\n", *_listed(DAYS.items())]
    parts += ["\n## The clauses\n", *(f"- {clause}: {_tried(found.get(clause, []))}" for clause in IDS)]
    reasons = dict.fromkeys(one.broken for one in variants if one.broken)
    if reasons:
        parts += [
            "\n## Known to fail\n",
            *(f"- {_failing(variants, reason)}: {reason}." for reason in reasons),
        ]
    return "\n".join([*parts, ""])


def _tried(variants: list[Variant]) -> str:
    """Return as whom and when a clause is tried besides the usual, and whether a variant fails."""
    names = (dict.fromkeys(one.key[part] for one in variants if one.key[part] != USUAL) for part in (0, 1))
    return "; ".join(", ".join(of) for of in names if of) + " **!**" * any(one.broken for one in variants)


def _failing(variants: list[Variant], reason: str) -> str:
    """Return the clauses of which a variant fails for ``reason``."""
    return ", ".join(sorted({one.clause for one in variants if one.broken == reason}, key=order))


def _listed(items: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"- `{name}`: {text}" for name, text in items)
