"""Compression for whoever asks for it (``ssh -C``), from after the sign-in on.

Screens are a fifth to a tenth as long by it, which a line of 64 kbit/s needs. What the other side sends is
inflated in the server, which serves everybody: a packet may not become larger than any that a client sends.
"""

from __future__ import annotations

import zlib

from asyncssh import compression

DELAYED = "zlib@openssh.com"
"""Compression that begins after the sign-in: passwords and codes at the door are never part of it."""
LARGEST = 1 << 17
"""Bytes that a packet may have once it is inflated; a client sends 32 kB at the most."""
WINDOW, MEMORY = 13, 6
"""Of zlib: 64 kB a session instead of 256, and nothing further back than a screen or two is compared."""


class Deflate(compression.Compressor):
    """A packet at a time, complete."""

    def __init__(self) -> None:
        self._made = zlib.compressobj(wbits=WINDOW, memLevel=MEMORY)

    def compress(self, data: bytes) -> bytes:
        """Return ``data`` compressed and flushed, so that the other side can read it at once."""
        return self._made.compress(data) + self._made.flush(zlib.Z_SYNC_FLUSH)


class Inflate(compression.Decompressor):
    """Gives None, which ends the connection, for what is no zlib or would become too large."""

    def __init__(self) -> None:
        self._made = zlib.decompressobj()

    def decompress(self, data: bytes) -> bytes | None:
        """Return ``data`` decompressed; None, which ends the connection, if it is broken or too large."""
        try:
            inflated = self._made.decompress(data, LARGEST)
        except zlib.error:
            return None
        return None if self._made.unconsumed_tail else inflated


def offered_compressions() -> tuple[str, ...]:
    """Register our zlib with asyncssh, and return the names of the compressions to offer, none first."""
    compression.register_compression_alg(DELAYED.encode(), Deflate, Inflate, True, False)
    return ("none", DELAYED)
