"""The directory over one person's desk in the small organisation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from db.desk.entry.lines import EntryLine
from db.desk.entry.record import apply_values
from db.store.tables import AuditRecord
from db.store.transactions import writing
from tests.audited import purpose_of
from tests.conftest import Clock
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.world import World, build_world
from tui.kit import DataList, KitApp

SMALL, LARGE = (80, 24), (120, 36)


class Hall(Stage):
    """The directory, and the requests beside it."""

    SHOWN: ClassVar[tuple[str, ...]] = ("directory", "requests")


@pytest.fixture
def hall(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """The organisation, one of whose values was verified."""
    with templates.copy(HALL, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world = build_world()
    with writing():
        entry, account = world.entry("zhangwen"), world.accounts["zengqing"]
        apply_values(entry, {"extension": ("8015",)}, source="座位变更单", verifier=account)
    return world


HALL = Template(begin=MONDAY, seen=MONDAY, fill=_fill)


def names(app: Hall) -> list[str]:
    """The names in the list, as far as it is shown."""
    shown: list[EntryLine] = [row for _number, row in sorted(app.screen.query_one(DataList)._rows.items())]
    return [row.name for row in shown]


def acts() -> list[tuple[str, str, str]]:
    """What the audit holds of the directory: act, outcome, purpose."""
    rows = AuditRecord.select().where(AuditRecord.act.startswith("directory.")).order_by(AuditRecord.seq)
    return [(row.act, row.outcome, purpose_of(row)) for row in rows]


def drawn(app: KitApp) -> str:
    """Everything on the screen, as text."""
    return "\n".join("".join(part.text for part in line) for line in app.screen._compositor.render_strips())
