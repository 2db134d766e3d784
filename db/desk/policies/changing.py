"""What the versions of a book's regulations change: the rules that begin with each, and those that end.

By the regulations that the book has today, and its decisions of today. Not an operation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from db.desk.policies.rule_views import RuleChange, RuleLine, lines_of
from db.policy.compose import compose
from db.policy.loader import builtin, load_policies, load_versions
from db.policy.regulation import PolicyError
from db.store.tables import Book


def changes_of(book: Book, folder: Path) -> Iterator[RuleChange]:
    """The changes of ``book`` by the versions in ``folder``, the newest day first; of a day what begins, then
    what ends."""
    for day in _days(json.loads(book.policies), folder):
        try:
            before, after = (_lines(book, folder, one) for one in (day - timedelta(days=1), day))
        except PolicyError:  # as they were then, they don't go together with what is decided today
            continue
        for begins, lines, others in ((True, after, before), (False, before, after)):
            known = set(others)
            for line in lines:
                if line not in known:
                    yield RuleChange(day.isoformat(), begins, line)


def _days(regulations: list[str], folder: Path) -> list[date]:
    """When a version took or takes the place of an earlier one, the newest first."""
    began: dict[str, set[date]] = {}
    for one in [*builtin().values(), *load_versions(folder)]:
        if one.id in regulations:
            began.setdefault(one.id, set()).add(one.file.effective)
    return sorted({day for days in began.values() for day in days - {min(days)}}, reverse=True)


def _lines(book: Book, folder: Path, day: date) -> tuple[RuleLine, ...]:
    known = load_policies(folder, day)
    regulations = [known[name] for name in json.loads(book.policies)]
    return lines_of(compose(book.id, regulations, json.loads(book.decisions)))
