"""Policy texts for the tests of this room."""

from __future__ import annotations

import re
from pathlib import Path

from db.policy.loader import load
from db.policy.regulation import Regulation
from db.policy.schema.base import clause_ids

HEADER = 'id = "{id}"\neffective = {effective}\ntitle = {{ zh = "试", en = "Test" }}\n'


def text(body: str, *, id: str = "test", effective: str = "2026-01-01") -> str:
    """A policy file; ``body`` begins on line 4."""
    return HEADER.format(id=id, effective=effective) + body


def regulation(body: str, *, id: str = "test", effective: str = "2026-01-01") -> Regulation:
    return load(text(body, id=id, effective=effective))


def clauses_in(path: Path) -> list[str]:
    """Every clause a policy file cites, read from its text alone."""
    found = re.findall(r"clause = (?:\"([^\"]+)\"|\[([^\]]+)\])", path.read_text("utf-8"))
    return [single for one, many in found for single in (clause_ids(one) or re.findall(r'"([^"]+)"', many))]
