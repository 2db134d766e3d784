"""Getting qpdf ready for work behind the walls."""

from __future__ import annotations

import io

import pikepdf


def meet_encryption() -> None:
    """Have it open the system's source of random numbers: it does so where it first meets an encrypted file,
    and couldn't any more."""
    pikepdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))
