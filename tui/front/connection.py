"""One SSH connection: it signs somebody in and opens one channel for them; all else is refused.

What is not overridden here is refused by `asyncssh.SSHServer` itself, and by the options in `options`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import asyncssh

from db.store.addresses import address_of, source_of
from tui.front.auth_types import SignedInSession, SignInFactory
from tui.front.channel import ChannelSession, RestrictedChannel
from tui.front.connection_limits import ConnectionGate, ConnectionStage, TurnedAway, Visitor
from tui.front.incident import TOO_MANY
from tui.front.log import event_of_stranger, log_event
from tui.front.session_lifecycle import SessionLifecycle, SessionServer
from tui.front.sign_in import Challenge, Checks, Dialogue, in_both

WINDOW = 262_144
PACKET = 32_768
"""Bytes a client may send before it waits, and in one packet."""


class Door(SessionServer, Protocol):
    """What a connection needs of the server."""

    gate: ConnectionGate
    checks: Checks
    sign_in: SignInFactory
    grace: float

    def is_full(self) -> bool: ...

    def count(self, what: str, how: str) -> None: ...

    def remember(self, lifecycle: SessionLifecycle) -> None: ...

    def end_unused(self, signed: SignedInSession) -> None: ...


class Connection(asyncssh.SSHServer):
    """The callbacks of one connection, in the order in which asyncssh calls them."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + door.grace
        self._lost = False
        self._signed: SignedInSession | None = None
        self._lifecycle: SessionLifecycle | None = None
        self._line: ChannelSession | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        peer = conn.get_extra_info("peername")
        self._address = address_of(str(peer[0])) if peer else "unknown"
        self._visitor = Visitor(source_of(self._address), conn.abort)
        match self._door.gate.let_in(self._visitor):
            case TurnedAway() as why:
                self._door.count("sign-in", "turned-away")
                event_of_stranger("turned-away", source=self._visitor.source, why=why.value)
                conn.abort()
            case Visitor() as left:
                self._door.count("sign-in", "crowded-out")
                event_of_stranger("crowd", source=self._visitor.source, made_room=left.source)
        self._dialogue = Dialogue(
            self._door.checks,
            self._door.sign_in,
            self._address,
            lambda: self._deadline - self._loop.time(),
            conn.send_auth_banner,
            self._take_result,
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._door.gate.let_out(self._visitor)
        if self._lifecycle is not None:
            self._lifecycle.stop("cut")
        elif self._signed is not None:
            self._door.end_unused(self._signed)

    def begin_auth(self, username: str) -> bool:
        self._dialogue.same_name(username)
        self._door.gate.advance(self._visitor, ConnectionStage.ASKED)
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Challenge:
        if self._door.is_full():
            log_event("full", source=self._address)
            self._conn.send_auth_banner(in_both(TOO_MANY))
            raise asyncssh.DisconnectError(asyncssh.DISC_TOO_MANY_CONNECTIONS, "Too many people are inside")
        return self._dialogue.ask(username)

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> Challenge:
        self._door.gate.advance(self._visitor, ConnectionStage.ANSWERED)
        return await self._dialogue.take_answers(username, responses)

    def auth_completed(self) -> None:
        self._door.gate.let_out(self._visitor, signed_in=self._signed is not None)
        if self._signed is None:
            raise asyncssh.PermissionDenied("Nobody signed in")
        self._door.count("sign-in", "done")
        log_event("signed-in", login=self._signed.login, source=self._address, session=self._signed.session)
        self._lifecycle = SessionLifecycle(self._door, self._signed, self._address, self._conn)
        self._door.remember(self._lifecycle)

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], ChannelSession]:
        if self._line is not None or self._lifecycle is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "One session only")
        self._line = ChannelSession(self._lifecycle.begin)
        return _open_channel(self._conn), self._line

    def _take_result(self, signed: SignedInSession | None) -> None:
        """Keep the session that a check gave; log and count a refusal; record the session's end if the client
        has gone."""
        if signed is None:
            event_of_stranger("refused", source=self._address)
            self._door.count("sign-in", "refused")
        elif self._lost:
            self._door.end_unused(signed)
        else:
            self._signed = signed


def _open_channel(conn: asyncssh.SSHServerConnection) -> RestrictedChannel:
    """Return a channel for bytes, without asyncssh's line editing, history and echo."""
    return RestrictedChannel(
        conn,
        asyncio.get_running_loop(),
        allow_pty=True,
        line_editor=False,
        line_echo=False,
        line_history=0,
        max_line_length=0,
        encoding=None,
        errors="strict",
        window=WINDOW,
        max_pktsize=PACKET,
    )
