"""Ed25519 signatures over what leaves the database: checkpoints of the audit chain, gaps of a restore.

What is signed is led by its context, so that a signature over one kind of thing never passes for one
over another. Where the keys lie is `db.store.keys`' matter.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer:
    """A private key in use, of 32 bytes. Only the process that signs should hold one."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, context: str, content: bytes) -> str:
        """Return the signature of ``content`` in ``context`` (ASCII), in hexadecimal."""
        return self._key.sign(_message(context, content)).hex()


def is_signed(public: bytes, context: str, content: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            bytes.fromhex(signature), _message(context, content)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(context: str, content: bytes) -> bytes:
    return b"mingce:" + context.encode("ascii") + b"\0" + content
