"""Getting qpdf ready for work behind the walls."""

from __future__ import annotations

import io

import pikepdf


def meet_encryption() -> None:
    """Have qpdf open the system's source of random numbers now, by writing an encrypted file: behind the
    walls it couldn't, where it first meets one."""
    pikepdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))
