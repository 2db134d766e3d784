"""Which clauses the rules of a policy cite."""

from __future__ import annotations

from db.policy.effective import EffectivePolicy, plain
from db.policy.schema.base import clause_ids
from db.policy.vocabulary import DEFAULT, OWN


def cited_clauses(policy: EffectivePolicy) -> dict[str, tuple[str, ...]]:
    """Each clause ID with the keys of the rules in force that carry it, the summaries left out."""
    found: dict[str, list[str]] = {}
    for name in type(policy).model_fields:
        if name not in ("summary", "displaced"):
            for clause in _citations(getattr(policy, name)):
                keys = found.setdefault(clause, [])
                if name not in keys:
                    keys.append(name)
    return {clause: tuple(keys) for clause, keys in found.items()}


def _citations(value: object) -> list[str]:
    """All clause IDs in a rule, the nested ones too."""
    content = plain(value)
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            for key, inner in part.items():
                if key == "clause" and isinstance(inner, str):
                    found.extend(clause_ids(inner))
                elif key == "clauses" and isinstance(inner, list):
                    found.extend(map(str, inner))
                else:
                    walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(content)
    return [single for single in found if single not in (DEFAULT, OWN)]
