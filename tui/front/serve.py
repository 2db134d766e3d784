"""Serving one installation: what ``mingce serve`` does."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from auth import sessions
from auth.signin import SignIn
from db.store.engine import close_store, open_store
from db.store.settings import Home, Settings
from tui.front import log
from tui.front.checkpoints import keep_checkpoints
from tui.front.confine import no_core_files
from tui.front.contract import EndSession, SignInFactory
from tui.front.duties import keep_duties
from tui.front.hostkey import host_key_path
from tui.front.server import Front, Plan

Ready = Callable[[int], None]
Beside = Callable[[], Coroutine[None, None, None]]
"""What runs beside the server until it stops."""


def after_closing(ready: Ready) -> Ready:
    """``ready``, after the sessions that a killed server left open are closed: once the port is this
    server's, the other is gone."""

    def opened(port: int) -> None:
        sessions.end_left()
        ready(port)

    return opened


def _nobody(_port: int) -> None:
    """Nobody waits for the door to open."""


def serve_home(
    home: Home,
    commands: frozenset[str],
    host: str | None = None,
    port: int | None = None,
    log_file: Path | None = None,
    ready: Ready = _nobody,
) -> int:
    """Serve ``home`` until SIGTERM or SIGINT; the exit status of the process.

    ``host`` and ``port`` override the settings; the log goes to ``log_file``, else to standard error;
    ``commands`` are the plain commands' names; ``ready`` is called with the port when the door is open.
    Call it before any thread runs. Raises SettingsError, KeyRingError, HostKeyError, WarmFailure,
    peewee.DatabaseError, or OSError (port in use).
    """
    settings = home.settings()
    plan = plan_of(home, settings, commands)
    plan = replace(plan, host=host or plan.host, port=plan.port if port is None else port)
    log.configure(log_file)
    open_store(home, settings)
    try:
        return serve(plan, SignIn, sessions.end, after_closing(ready), lambda: _beside(home, settings))
    finally:
        close_store()


async def _beside(home: Home, settings: Settings) -> None:
    """Duties, and the audit's checkpoints, until the server stops."""
    await asyncio.gather(keep_duties(home.folder.absolute()), keep_checkpoints(home, settings))


def plan_of(home: Home, settings: Settings, commands: frozenset[str]) -> Plan:
    """How the settings want ``home`` to be served."""
    return Plan(
        host=settings.host,
        port=settings.port,
        host_key=host_key_path(home),
        home=home.folder.absolute(),
        commands=commands,
        language=settings.language,
        sessions=settings.sessions,
        idle_seconds=settings.idle_minutes * 60.0,
    )


def serve(
    plan: Plan,
    sign_in: SignInFactory,
    end_session: EndSession,
    ready: Ready = _nobody,
    beside: Beside | None = None,
) -> int:
    """Serve ``plan`` until SIGTERM or SIGINT. Returns 0, or 1 where the warm parent was lost.

    Call it before any thread runs. Raises HostKeyError, WarmFailure, or OSError (port in use).
    """
    no_core_files()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    front = Front(plan, sign_in, end_session)
    return 0 if asyncio.run(_run(front, ready, beside)) else 1


async def _run(front: Front, ready: Ready, beside: Beside | None) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        port = await front.open()
    except OSError:
        front.spawner.stop()
        raise
    ready(port)
    task = asyncio.create_task(beside()) if beside is not None else None
    try:
        return await front.run_until(stop)
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
