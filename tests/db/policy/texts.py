"""Policy texts for the tests of this room."""

from __future__ import annotations

import re
from pathlib import Path

from db.language import say
from db.policy.loader import check, load
from db.policy.regulation import Regulation
from db.policy.schema.base import clause_ids

FIELDS = 'fields = [\n  { name = "name", clause = "X.1" },\n  { name = "fax", %s },\n]\n'
"""Two fields, the second on line 6 with what takes the place of ``%s``."""

EDITION = (
    'editions = [{ id = "list", zh = "表", en = "List", include = { everyone = true }, columns = ["name"], '
    'recipients = { everyone = true, clause = "X.1" }, %s, clause = "X.1" }]'
)
"""An edition for everyone; when it is due takes the place of ``%s``."""

HEADER = 'id = "{id}"\neffective = {effective}\ntitle = {{ zh = "试", en = "Test" }}\n'


def text(body: str, *, id: str = "test", effective: str = "2026-01-01") -> str:
    """A policy file; ``body`` begins on line 4."""
    return HEADER.format(id=id, effective=effective) + body


def regulation(body: str, *, id: str = "test", effective: str = "2026-01-01") -> Regulation:
    return load(text(body, id=id, effective=effective))


def assert_told(body: str, line: int, key: str, why: str) -> None:
    """The check finds one thing in ``body``, at this place, with ``why`` among its English words."""
    (finding,) = check(text(body))
    assert (finding.line, finding.key) == (line, key)
    assert why in say(finding.message, "en")
    assert say(finding.message, "zh_CN") != say(finding.message, "en")


def clauses_in(path: Path) -> list[str]:
    """Every clause a policy file cites, read from its text alone."""
    found = re.findall(r"clause = (?:\"([^\"]+)\"|\[([^\]]+)\])", path.read_text("utf-8"))
    return [single for one, many in found for single in (clause_ids(one) or re.findall(r'"([^"]+)"', many))]
