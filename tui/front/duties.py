"""The duty runner beside the server: a process of its own at the start and then every few minutes.

``python -m tui.front.duties HOME`` is one run; with ``held`` behind it, only what sessions that have gone
left to take effect. A process of its own has its own connection, holds up nobody at the door, and takes
nothing with it when it fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from auth.failed_signins import keep_watch
from db.desk.backups.running import run_if_due
from db.desk.requests.holding import apply_held, is_anything_left
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.disk import open_own
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from tui.front import log
from tui.front.checkpoints import sign_quietly
from tui.front.leftovers import end_left
from tui.front.log import log_event

EVERY = 600.0
"""Seconds between two runs."""
LOOK_EVERY, LATE = 10.0, 5.0
"""Seconds between two looks for decisions whose session has gone, and how long they are due by then."""
HELD = "held"
LONGEST = 6 * 3600.0
"""Seconds that one run may take: the backup in it is the longest of its work."""


async def keep_duties(home: Path, every: float = EVERY) -> None:
    """Run the duties of ``home`` now and every ``every`` seconds, each in a process of its own, until
    cancelled; log runs that fail or take `LONGEST`."""
    while True:
        await _run_once(home)
        await asyncio.sleep(every)


async def keep_held(home: Path, every: float = LOOK_EVERY) -> None:
    """Start a process, until cancelled, whenever decisions of gone sessions are due to be applied."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="held") as looker:
        while True:
            await asyncio.sleep(every)
            if await loop.run_in_executor(looker, is_anything_left, LATE):
                await _run_once(home, HELD)


async def _run_once(home: Path, *what: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "tui.front.duties", str(home), *what, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(LONGEST):
            status = await child.wait()
    except TimeoutError:
        status = await _end_child(child, child.kill)
    except asyncio.CancelledError:
        await _end_child(child, child.terminate)
        raise
    if status:
        log_event("duties-failed", logging.ERROR, status=status)


async def _end_child(child: asyncio.subprocess.Process, how: Callable[[], None]) -> int:
    with contextlib.suppress(ProcessLookupError):  # it ended in the same moment
        how()
    return await child.wait()


def main() -> int:
    """Run the duties once for the state folder of the first argument: sessions left open, due tasks, failed
    sign-ins, mail, WeCom, a backup if due. With `HELD` after it, only apply decisions that gone sessions
    left. Log what was done; return 0, or raise."""
    import db.desk.desk  # every subject registers its duties  # noqa: F401

    log.configure()
    if sys.argv[2:] == [HELD]:
        open_store(Home(Path(sys.argv[1])))
        try:
            apply_held()
        finally:
            close_store()
        return 0
    home = Home(Path(sys.argv[1]))
    with marking(home):
        _run_duties(home, RunnerPlace("serve", f"serve:{socket.gethostname()}"[:64]))
    return 0


def _run_duties(home: Home, place: RunnerPlace) -> None:
    from tui.outside.mail import deliver_waiting
    from tui.outside.wecom.posting import post_revisions
    from tui.outside.wecom.syncing import keep_in_step

    open_store(home)
    try:
        end_left(home)
        done = run(place)
        warned = keep_watch()
        mailed = deliver_waiting()
        told = keep_in_step()
        posted = post_revisions(place)
    finally:
        close_store()
    for outcome in run_if_due(home, place, lambda: sign_quietly(home)):
        level = logging.ERROR if outcome.problem else logging.INFO
        log_event(
            "backup", level, place=str(outcome.place), file=outcome.name, problem=say(outcome.problem, "en")
        )
    if mailed.sent or mailed.failed or mailed.dead:
        log_event("mail", sent=mailed.sent, failed=mailed.failed, dead=mailed.dead)
    if warned:
        log_event("owners-warned", count=warned)
    if any(asdict(told).values()):
        log_event("wecom", **asdict(told))
    if posted:
        log_event("revisions-posted", count=posted)
    if done.unreadable:
        log_event("rules-unreadable", logging.ERROR, books=", ".join(done.unreadable))
    if done.opened or done.reminded or done.escalated or done.vacant or done.watched or done.erased:
        log_event(
            "duties",
            opened=done.opened,
            reminded=done.reminded,
            escalated=done.escalated,
            vacant=done.vacant,
            watched=done.watched,
            erased=done.erased,
        )


@contextlib.contextmanager
def marking(home: Home) -> Iterator[None]:
    """Touch the file of the last good run after the body; if it raises, touch the file of failed runs and
    raise on."""
    try:
        yield
    except Exception:
        _touch_mark(home.duties_failed)
        raise
    _touch_mark(home.duties_mark)
    home.duties_failed.unlink(missing_ok=True)


def _touch_mark(mark: Path) -> None:
    mark.parent.mkdir(mode=0o700, exist_ok=True)
    handle = open_own(mark, os.O_WRONLY | os.O_CREAT)
    os.utime(handle)
    os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
