"""The one channel of a connection: a full screen on a pseudo-terminal, or one plain command."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import asyncssh
from asyncssh.packet import SSHPacket

from tui.front.ticket import is_allowed_variable

Begin = Callable[["ChannelSession"], None]


class RestrictedChannel(asyncssh.SSHServerChannel[bytes]):
    """A channel that refuses every environment variable but the few of `ticket.ENVIRONMENT`.

    asyncssh itself accepts any variable, in any number, and tells the client so (threat 8). Nor does it
    read before `begin_reading`, where asyncssh itself would begin as soon as a command is accepted.
    """

    _reads = False

    def begin_reading(self) -> None:
        """Start reading from the client, what waits already included."""
        self._reads = True
        self.resume_reading()

    def resume_reading(self) -> None:
        """Resume reading as asyncssh does; do nothing before `begin_reading`."""
        if self._reads:
            super().resume_reading()

    def _process_env_request(self, packet: SSHPacket) -> bool:
        name = packet.get_string()
        value = packet.get_string()
        packet.check_end()
        if not is_allowed_variable(name.decode("ascii", "replace"), value.decode("ascii", "replace")):
            return False
        self._env[name] = value
        return True


class ChannelSession(asyncssh.SSHServerSession[bytes]):
    """What the client asked for on its channel. ``begin`` is called when it is complete.

    The ``on_…`` callbacks are set by what ``begin`` starts. What the client sends before they are waits in
    the channel's window until `listen`: a stock client sends a whole file, and its end, at once.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self.terminal = False
        self.size = (0, 0)
        self.command: str | None = None
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self.on_data: Callable[[bytes], None] = lambda _data: None
        self.on_end: Callable[[], None] = lambda: None
        self.on_size: Callable[[int, int], None] = lambda _width, _height: None
        self.on_pause: Callable[[bool], None] = lambda _paused: None
        self.on_lost: Callable[[], None] = lambda: None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    @property
    def opened(self) -> asyncssh.SSHServerChannel[bytes]:
        if self._channel is None:
            raise RuntimeError("the channel is not open yet")
        return self._channel

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_lost()

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        self.terminal = True
        self.size = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self.command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        return False

    def session_started(self) -> None:
        self._begin(self)

    def listen(self) -> None:
        """Start reading from the client; what waits already is delivered first."""
        if isinstance(self._channel, RestrictedChannel):
            self._channel.begin_reading()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.on_data(data)

    def eof_received(self) -> bool:
        self.on_end()
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self.on_size(width, height)

    def pause_writing(self) -> None:
        self.on_pause(True)

    def resume_writing(self) -> None:
        self.on_pause(False)
