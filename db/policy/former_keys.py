"""Keys that regulations in force may still have, and what is written for them today.

A text that somebody hands in is refused with what to write instead (`db.policy.complaints`). One that is in
force is on record as it was decided, and goes on.
"""

from __future__ import annotations

from typing import Any


def rewrite_former_keys(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a policy text on record with the keys of former schemas in today's place. Who
    vouched for a reset becomes the second person of every act; a second person for changes without a request
    becomes a rule of the book's, not of a flow's."""
    reset, rights, flows = (dict(raw.get(name) or {}) for name in ("reset", "rights", "flow"))
    clauses: list[str] = []
    by = reset.pop("vouch", ())
    of: tuple[str, ...] = ()
    if by:
        clauses += _clauses_in(reset.get("clause"))
    reset.pop("dependent_days", None)
    rights.pop("second_person", None)
    for kind, stated in flows.items():
        flow = dict(stated)
        need = flow.pop("second_person", False)
        flows[kind] = flow
        if need and kind not in ("right", "reset"):
            of = ("entry",)
            clauses += _clauses_in(need.get("clause") if isinstance(need, dict) else None) or _clauses_in(
                flow.get("clause")
            )
    made = dict(raw) | {
        name: part for name, part in (("reset", reset), ("rights", rights), ("flow", flows)) if part
    }
    if (by or of) and "second" not in raw:
        made["second"] = {"by": by, "of": of, "clause": tuple(dict.fromkeys(clauses))}
    return made


def _clauses_in(clause: Any) -> list[str]:
    return [clause] if isinstance(clause, str) else list(clause or ())
