"""How a person comes here again from their own machine, for the commands that they type there.

The name is the setting ``address``, else the address that the client connected to; the port is the one in
the setting, else the one connected to.
"""

from __future__ import annotations

import shlex
import socket
from collections.abc import Mapping

from db.store.addresses import address_of
from db.store.settings import Settings

SSH_PORT = 22
ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to
OPENSSH_USER = "directory"
"""The user of the system that OpenSSH leads to the console, where the settings name none."""


def command(address: str, connected: tuple[str, int], user: str) -> str:
    """Return the beginning of a plain ``ssh`` command for ``user``, to the setting ``address``, else to
    ``connected``."""
    host, port = connected
    if address:
        named, given = host_and_port(address)
        host, port = named, given or port
    words = ["ssh", *(["-p", str(port)] if port != SSH_PORT else []), f"{user}@{host}"]
    return shlex.join(words)


def host_and_port(address: str) -> tuple[str, int]:
    """Split the setting ``address`` into host, an IPv6 one without brackets, and port, 0 if left out. Raises
    ValueError for a port that is no number."""
    if address.startswith("["):
        host, _bracket, rest = address[1:].partition("]")
        return host, int(rest.removeprefix(":") or 0)
    host, _colon, port = address.partition(":")
    return host, int(port or 0)


def by_openssh(settings: Settings, environment: Mapping[str, str]) -> str:
    """Return the `command` for a console that OpenSSH started; "" for one at the host's own terminal."""
    ends = environment.get("SSH_CONNECTION", "").split()
    if len(ends) != 4 or not ends[3].isdecimal():
        return ""
    user = settings.openssh_user or OPENSSH_USER
    return command(settings.address, (address_of(ends[2]), int(ends[3])), user)


def from_here(settings: Settings, login: str) -> str:
    """Return the `command` for ``login`` to this host: to its own server, or to the OpenSSH in front."""
    host = socket.getfqdn() if settings.host in ANYWHERE else settings.host
    if settings.openssh_user:
        return command(settings.address, (host, SSH_PORT), settings.openssh_user)
    return command(settings.address, (host, settings.port), login)
