"""Work beside the session on either engine: both sides go on with connections of their own."""

from __future__ import annotations

import signal
import time

import pytest
from peewee import OperationalError

from db.desk import Invalid, Refused
from db.language import LANGUAGES, say
from db.store import audit
from db.store.tables import AuditRecord
from db.store.transactions import writing
from tests.world import World
from tui.front.beside import Beside, WorkFailed, WorkStopped


async def test_the_session_writes_while_its_work_reads_and_writes(world: World) -> None:
    desk = world.desk("liuyang")
    work = Beside(lambda: [len(desk.overview.directory("staff").rows) for _each in range(5)])
    for _each in range(5):
        with writing():
            audit.append(act="test", outcome="done")
    counts = await work.result()
    assert counts == [len(desk.overview.directory("staff").rows)] * 5
    assert AuditRecord.select().where(AuditRecord.act == "overview.directory").count() == 6
    assert audit.verify().sound


async def test_what_it_raises_is_raised_here_as_it_was_there(world: World) -> None:
    desk = world.desk("zhangwei")
    with pytest.raises(Refused) as here:
        desk.overview.directory("staff")
    with pytest.raises(Refused) as there:
        await Beside(lambda: desk.overview.directory("staff")).result()
    assert (there.value.clause, str(there.value)) == (here.value.clause, str(here.value))
    for language in LANGUAGES:
        assert say(there.value.message, language) == say(here.value.message, language)
    with pytest.raises(Invalid):
        await Beside(lambda: desk.changes.submit_many({}, "", [], "")).result()


async def test_where_it_can_not_begin_signals_come_as_before(world: World) -> None:
    """No connection is closed within a transaction."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with writing(), pytest.raises(OperationalError):
        Beside(int)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
    assert await Beside(int).result() == 0


async def test_what_cannot_be_handed_over_is_an_error_of_the_program(world: World) -> None:
    with pytest.raises(WorkFailed):
        await Beside(lambda: lambda: world).result()


async def test_stopped_while_it_writes_it_leaves_nothing(world: World) -> None:
    def write_for_ever() -> None:
        with writing():
            audit.append(act="test", outcome="done")
            time.sleep(60)

    work = Beside(write_for_ever)
    time.sleep(0.5)
    work.stop()
    with pytest.raises(WorkStopped):
        await work.result()
    assert not AuditRecord.select().where(AuditRecord.act == "test").exists()
    with writing():
        audit.append(act="test", outcome="done")
    assert audit.verify().sound
