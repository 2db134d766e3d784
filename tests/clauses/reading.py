"""What the regulations ask for, clause by clause: the rules that carry it, the tests that accept it, and as
whom and when it is walked besides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.loader import builtin
from db.policy.schema.base import clause_ids
from tests.clauses.citations import cited_clauses
from tests.variants.registry import FEWEST

IDS = tuple(Path(__file__).with_name("ids.txt").read_text("utf-8").split())
"""Every clause of the nine regulations that asks something of the product."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The keys of a clause's rules, its tests, those of them that failed, and its variants that passed."""

    id: str
    keys: tuple[str, ...]
    tests: tuple[str, ...]
    failed: tuple[str, ...]
    variants: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """In one word; ``ok`` is not at fault."""
        if self.failed:
            return "FAILS"
        if not self.keys:
            return "NO RULE"
        if not self.tests:
            return "NO TEST"
        if len(self.variants) < FEWEST:
            return "FEW VARIANTS"
        return "ok"


def rules() -> dict[str, tuple[str, ...]]:
    """Each clause that a regulation carries -> the keys of its rules, the summary's last. A principle, which
    a summary alone tells, asks nothing of the product."""
    found: dict[str, dict[str, None]] = {}
    for regulation in builtin().values():
        policy = compose("a-book", [regulation], {})
        lines = [(clause, line.key) for line in explain(policy) for clause in clause_ids(line.clause)]
        lines += [(clause, key) for clause, keys in cited_clauses(policy).items() for key in keys]
        lines += [(part.clause, "summary") for part in policy.summary]
        for clause, key in lines:
            if clause not in ("default", "own"):
                found.setdefault(clause, {})[key] = None
    return {clause: _specific(keys) for clause, keys in found.items() if set(keys) != {"summary"}}


Results = Mapping[str, Mapping[str, bool]]
"""clause -> test, or variant -> whether it passed"""


def table(results: Results, variants: Results) -> tuple[Clause, ...]:
    """All clauses, in order. A whole stands by its parts: what a rule cites as E.13 is asked for as E.13.1 to
    E.13.3."""
    carried = rules()
    wanted = {*IDS, *(clause for clause in carried if not _is_whole(clause))}
    return tuple(
        Clause(
            id=clause,
            keys=carried.get(clause, ()),
            tests=tuple(sorted(results.get(clause, {}))),
            failed=tuple(sorted(test for test, passed in results.get(clause, {}).items() if not passed)),
            variants=tuple(sorted(one for one, passed in variants.get(clause, {}).items() if passed)),
        )
        for clause in sorted(wanted, key=order)
    )


def unlisted(clauses: Iterable[str]) -> list[str]:
    """Those of ``clauses`` that are not on the list, and not the whole of which it names the parts."""
    return [clause for clause in clauses if clause not in IDS and not _is_whole(clause)]


def _is_whole(clause: str) -> bool:
    return clause not in IDS and any(part.startswith(f"{clause}.") for part in IDS)


def strangers(marks: Iterable[str]) -> list[str]:
    """Marks that no regulation carries. A clause with parts stands for all of them: C.10 for C.10.1."""
    carried = rules()
    return sorted(
        mark for mark in marks
        if mark not in carried and not any(clause.startswith(f"{mark}.") for clause in carried)
    )  # fmt: skip


def order(clause: str) -> tuple[str, ...]:
    """Sorts A.9 before A.10."""
    return tuple(part.rjust(4) for part in clause.split("."))


def read_results(file: Path) -> tuple[Results, Results]:
    """What the plugin wrote: of tests and of variants."""
    found: dict[str, dict[str, dict[str, bool]]] = json.loads(file.read_text("utf-8"))
    return found["clauses"], found["variants"]


def _specific(keys: Iterable[str]) -> tuple[str, ...]:
    """Without the keys of which a part is named too: ``fields`` beside ``fields.mobile``."""
    every = tuple(keys)
    return tuple(key for key in every if not any(other.startswith(f"{key}.") for other in every))
