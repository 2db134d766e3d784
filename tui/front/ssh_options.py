"""What the SSH server speaks and what it will not do, said to asyncssh in one place (threat 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.front.compression import offered_compressions

if TYPE_CHECKING:
    import asyncssh

KEY_EXCHANGES = ("mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org")
CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com")
CODES = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
"""Message authentication codes. AES-GCM brings its own, but both sides must agree on a name."""
KEEPALIVE = 20.0
"""Seconds between questions to a silent client; after three without an answer its line is cut."""


def server_options(host_key: asyncssh.SSHKey, grace: float) -> dict[str, Any]:
    """Return keyword arguments for `asyncssh.listen`; ``grace`` is the seconds a client has to sign in."""
    return {
        "server_host_keys": [host_key],
        "server_version": "mingce",
        "config": None,
        "kex_algs": KEY_EXCHANGES,
        "encryption_algs": CIPHERS,
        "mac_algs": CODES,
        "compression_algs": offered_compressions(),
        "kbdint_auth": True,
        "password_auth": False,
        "public_key_auth": False,
        "host_based_auth": False,
        "gss_host": None,
        "gss_kex": False,
        "gss_auth": False,
        "allow_scp": False,
        "x11_forwarding": False,
        "agent_forwarding": False,
        "send_server_host_keys": False,
        "rdns_lookup": False,
        "line_editor": False,
        "encoding": None,
        "login_timeout": grace,
        "keepalive_interval": KEEPALIVE,
        "keepalive_count_max": 3,
        "tcp_keepalive": True,
    }
