"""Getting qpdf ready for work behind the walls."""

from __future__ import annotations

import io

import pikepdf


def meet_encryption() -> None:
    """Write an encrypted PDF to memory now, so that qpdf opens the system's random numbers: in the sandbox it
    couldn't."""
    pikepdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))
