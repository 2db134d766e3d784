"""Serving one installation: what ``mingce serve`` does."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from auth import sessions
from auth.delays import known_sources
from auth.signin import SignIn
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home, Settings
from tui.front import log
from tui.front.auth_types import EndSession, KnownSources, Over, SignInFactory, none_over
from tui.front.checkpoints import keep_checkpoints
from tui.front.confine import no_core_files
from tui.front.control import socket_of
from tui.front.control_server import Control
from tui.front.duties import keep_duties, keep_held
from tui.front.hostkey import host_key_path
from tui.front.incident import describe
from tui.front.leftovers import end_left
from tui.front.log import log_event
from tui.front.metrics import Exporter, Family, known_now, text_of
from tui.front.server import Front, ServingPlan, Stop
from tui.front.steering import Steering
from tui.front.takeover import Predecessor, from_systemd, tell_systemd

Ready = Callable[[int], None]
Beside = Callable[[], Coroutine[None, None, None]]
"""What runs beside the server until it stops."""
Sockets = Callable[[], list[socket.socket]]
AGAIN_AFTER = 60.0


def ending_left_first(home: Home, ready: Ready) -> Ready:
    """Return ``ready`` preceded by ending the sessions that a killed process left open: once the port is this
    server's, no other serves here, but one that was taken over may still have people inside."""

    def opened(port: int) -> None:
        end_left(home, at_start=True)
        ready(port)

    return opened


def _nobody(_port: int) -> None:
    """Do nothing: nobody waits for the door to open."""


class DoorShut(OSError):
    """The address can't be listened at; the system's reason is as in any `OSError`."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        # asyncio has no number for an address that is not this host's.
        super().__init__(error.errno or errno.EADDRNOTAVAIL, error.strerror or str(error))
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def serve_home(
    home: Home,
    commands: frozenset[str],
    host: str | None = None,
    port: int | None = None,
    log_file: Path | None = None,
    ready: Ready = _nobody,
) -> int:
    """Open the store of ``home`` and serve it until SIGTERM or SIGINT; return the exit status. Ends sessions
    that were left open before it calls ``ready``.

    ``host`` and ``port`` override the settings; the log goes to ``log_file``, else to standard error;
    ``commands`` are the plain commands' names; ``ready`` is called with the port when the door is open. Where
    another server started this one to take its place, the sockets come from that one. Call it before any
    thread runs. Raises SettingsError, KeyRingError, HostKeyError, WarmFailure, peewee.DatabaseError, or
    DoorShut (port in use).
    """
    settings = home.settings()
    plan = plan_of(home, settings, commands)
    plan = replace(plan, host=host or plan.host, port=plan.port if port is None else port)
    given, predecessor = from_systemd(), Predecessor()
    log.configure(log_file)
    open_store(home, settings)
    try:
        return serve(
            plan,
            SignIn,
            sessions.end_session,
            ending_left_first(home, ready),
            lambda: _run_duties(home, settings),
            lambda: given or predecessor.sockets(),
            metrics=True,
            over=sessions.end_expired,
            known=known_sources,
        )
    finally:
        close_store()


async def _run_duties(home: Home, settings: Settings) -> None:
    """Run duties, checkpoints and held decisions until cancelled; then sign a last checkpoint."""
    signing = asyncio.create_task(keep_up("checkpoints", lambda: keep_checkpoints(home, settings)))
    applying = asyncio.create_task(keep_up("held", lambda: keep_held(home.folder.absolute())))
    try:
        await keep_up("duties", lambda: keep_duties(home.folder.absolute()))
    finally:
        applying.cancel()
        signing.cancel()
        with suppress(asyncio.CancelledError):
            await applying
        with suppress(asyncio.CancelledError):
            await signing


async def keep_up(name: str, work: Beside, again_after: float = AGAIN_AFTER) -> None:
    """Run ``work`` until cancelled; log a failure and begin again after ``again_after`` seconds."""
    while True:
        try:
            await work()
        except Exception as error:  # whatever it is, people go on working, and a stop is a stop
            log_event("beside-failed", logging.ERROR, work=name, **describe(error))
        await asyncio.sleep(again_after)


def plan_of(home: Home, settings: Settings, commands: frozenset[str]) -> ServingPlan:
    return ServingPlan(
        host=settings.host,
        port=settings.port,
        host_key=host_key_path(home),
        home=home.folder.absolute(),
        commands=commands,
        language=settings.language,
        sessions=settings.sessions,
        idle_seconds=settings.idle_minutes * 60.0,
        stop_minutes=settings.stop_minutes,
        address=settings.address,
    )


def serve(
    plan: ServingPlan,
    sign_in: SignInFactory,
    end_session: EndSession,
    ready: Ready = _nobody,
    beside: Beside | None = None,
    sockets: Sockets = list,
    metrics: bool = False,
    over: Over = none_over,
    known: KnownSources = frozenset,
) -> int:
    """Serve ``plan`` until SIGTERM or SIGINT, or until another server took over and nobody is left. Returns
    0, or 1 where the warm parent was lost.

    ``sockets`` is called when the sessions' parent is warm, for those to listen at; none: new ones are made.
    Call it before any thread runs. Raises HostKeyError, WarmFailure, or DoorShut (port in use).
    """
    no_core_files()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    front = Front(plan, sign_in, end_session, over, known)
    return 0 if asyncio.run(_run_front(front, plan, ready, beside, sockets, metrics)) else 1


async def _run_front(
    front: Front, plan: ServingPlan, ready: Ready, beside: Beside | None, sockets: Sockets, told: bool
) -> bool:
    stop = Stop()
    runs_beside: list[asyncio.Task[None]] = []

    async def cancel_beside() -> None:
        while runs_beside:
            task = runs_beside.pop()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def take_up() -> None:
        if beside is not None:
            runs_beside.append(asyncio.create_task(beside()))

    home = Home(plan.home)
    steering = Steering(front, home, stop, plan.stop_minutes, cancel_beside, take_up)
    steering.heed_signals()
    control = Control(socket_of(home, "serve"), steering.respond)
    try:
        try:
            port = await front.open(await asyncio.to_thread(sockets))
        except OSError as error:
            front.spawner.stop()
            raise DoorShut(plan.host, plan.port, error) from error
        ready(port)
        exporter = (
            Exporter(home.metrics, lambda: text_of([*counted_metrics(front), *known_now(home)]))
            if told
            else None
        )
        tell_systemd(f"READY=1\nMAINPID={os.getpid()}")
        take_up()
        try:
            return await front.run_until(stop)
        finally:
            tell_systemd("STOPPING=1")
            await cancel_beside()
            if exporter is not None:
                await exporter.close()
            await steering.see_others_off()
    finally:
        await control.close()


def counted_metrics(front: Front) -> list[Family]:
    """Return the metrics that this server counts in memory."""
    signs = tuple(({"outcome": how}, n) for (what, how), n in front.counted.items() if what == "sign-in")
    ends = tuple(({"how": how}, n) for (what, how), n in front.counted.items() if what == "ended")
    return [
        Family("mingce_sign_ins", "counter", "Sign-ins at this server's door, by outcome.", signs),
        Family("mingce_sessions_ended", "counter", "Sessions that ended, by how.", ends),
        Family("mingce_door_waiting", "gauge", "Connections not signed in yet.", (({}, len(front.gate)),)),
        Family("mingce_inside", "gauge", "People inside this server.", (({}, len(front.inside())),)),
    ]
