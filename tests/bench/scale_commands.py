"""Every plain command that lists or shows something, as each reader would give it."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator
from functools import partial

from db.desk import Desk
from db.desk.extracts.report_rights import REPORTS
from tests.bench.lookup_desk import BOOK
from tests.bench.scale_screens import Screen
from tests.bench.scale_world import READERS
from tui.plain.work import work
from tui.sheets.registry import SHEETS

ANSWERS = {
    "reviews items": "--review 2",
    "reviews progress": "--review 2",
    "namesakes": "--name 王伟",
    "tags": "--entry 7",
}
"""What has to be said for a list of rows, by its command."""
NONE_HERE = {
    "editions issues", "editions copies", "case trail", "backup compare", "tasks copies", "ranking",
    "commendations", "emergency",
}  # fmt: skip
"""Lists that this organisation's regulation has not, or that are inside something that it has none of."""
OTHERS = (
    "whoami", "today", "mydata", "find 王", "find p77", "find 8012", "card", "card 7", "why 7", "rules",
    "evidence list", "ask", "ask copies", "audit --limit 20",
    "audit --act sign-in --limit 20", "audit --person p77 --limit 20", "report",
    *(f"report {name}" for name in REPORTS),
)  # fmt: skip
"""What is no list of rows."""


def _lines() -> Iterator[str]:
    yield from OTHERS
    for sheet in SHEETS:
        if sheet.id not in NONE_HERE:
            book = f"--book {BOOK}" if any(ask.id == "book" for ask in sheet.of) else ""
            yield " ".join(filter(None, (sheet.id, ANSWERS.get(sheet.id, ""), book)))


def _said(line: str, desk: Desk) -> str:
    """What ``line`` gives, or how it is refused."""
    out, err = io.BytesIO(), io.BytesIO()
    work(shlex.split(line), desk, io.BytesIO(), out, err)
    return (out.getvalue() + err.getvalue()).decode()


COMMANDS = tuple(
    Screen(f"$ {line}", reader, None, partial(_said, line)) for line in _lines() for reader in READERS
)
