"""A decision whose line is cut takes effect all the same, seen through the real ssh client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from auth import sessions
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import HeldAct, RequestStep
from tests.db.desk.asking import change
from tests.tui.front.running import Running, eventually
from tests.tui.front.test_keystrokes import _read
from tests.tui.front.test_real_app import AtOnce
from tests.world import World, build_world
from tui.front.duties import keep_held


@pytest.fixture
def world(home: Home) -> Iterator[World]:
    home.settings_file.write_text("undo_seconds = 3\n", "utf-8")
    open_store(home)
    migrate()
    yield build_world()
    close_store()


@pytest.mark.threat(78)
def test_the_runner_does_what_a_cut_line_left(
    home: Home, world: World, start: Callable[..., Running]
) -> None:
    request = change(world, "majun", "group")
    world.actor("huangbo")
    front = start(entry="tui.app", home=home.folder)
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    client = front.ssh("-o", "SetEnv=LANG=zh_CN.UTF-8", login="huangbo").sign_in()
    client.wait_for("[1 ")
    _read(client)
    client.process.send("a")
    client.wait_for("秒后生效")
    client.process.close(force=True)
    assert HeldAct.select().count() == 1
    assert not _approved(request)

    async def look() -> None:
        task = asyncio.create_task(keep_held(home.folder, 0.5))
        while not task.done() and not _approved(request):
            await asyncio.sleep(0.5)
        task.cancel()

    asyncio.run(asyncio.wait_for(look(), 60))
    eventually(lambda: _approved(request), "approved", 30)
    assert not HeldAct.select().exists()


def _approved(request: int) -> bool:
    first = (RequestStep.request == request) & (RequestStep.ord == 1)
    return bool(RequestStep.get(first).state == "approved")
