"""What takes long is made of what its asker may see in the end, whatever others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from db.desk import Desk, Refused, SessionOver
from db.desk.extracts.entries import directory
from db.desk.overview import overview
from db.store import audit
from db.store import clock as store_clock
from db.store.engine import database
from db.store.tables import AuditRecord, Grant, SignInSession
from db.store.transactions import writing
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something done by another connection, while the directory's rows are read for its report."""

    def arrange(act: Callable[[], object]) -> None:
        made = directory

        def do() -> None:
            with writing():
                act()
            database.close()

        def rows(*asked: Any) -> object:
            other = Thread(target=do)
            other.start()
            other.join()
            return made(*asked)

        monkeypatch.setattr(overview, "directory", rows)

    return arrange


def outcomes(desk: Desk) -> list[str]:
    """How often the report is on record, and how each ended."""
    rows = AuditRecord.select().where(AuditRecord.act == "overview.directory").order_by(AuditRecord.seq)
    return [str(row.outcome) for row in rows]


@pytest.mark.threat(20)
def test_a_right_withdrawn_while_a_report_is_drawn_withholds_it(
    world: World, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    desk, account = world.desk("liuyang"), world.accounts["liuyang"]
    meanwhile(lambda: Grant.update(revoked_at=store_clock.now()).where(Grant.account == account).execute())
    with pytest.raises(Refused):
        desk.overview.directory("staff")
    assert outcomes(desk) == ["refused"]


@pytest.mark.threat(20)
def test_a_session_ended_while_a_report_is_drawn_gets_none(
    world: World, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    desk = world.desk("liuyang")
    meanwhile(lambda: SignInSession.update(ended_at=store_clock.now()).execute())
    with pytest.raises(SessionOver):
        desk.overview.directory("staff")
    assert outcomes(desk) == []


def test_what_others_do_meanwhile_holds_no_report_up(
    world: World, clock: Clock, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    desk = world.desk("liuyang")

    def act() -> None:
        clock.forward(minutes=1)
        audit.append(act="test", outcome="done")

    meanwhile(act)
    assert desk.overview.directory("staff").rows
    assert outcomes(desk) == ["done"]
