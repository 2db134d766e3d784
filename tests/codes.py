"""One-time codes for tests that sign in more than once."""

from __future__ import annotations

import time

import pyotp

from auth.totp import STEP


class Codes:
    """Codes of one secret, each for one sign-in, as the record wants it (RFC 6238, 5.2)."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._last = 0

    def next(self) -> str:
        """A code that was not given out before, of this step or the next, so that it is good for half a
        minute at least. Who asks for a third within one step waits for the next."""
        while self._last > _now():
            time.sleep(0.1)
        self._last = max(self._last + 1, _now())
        return self._totp.generate_otp(self._last)


def _now() -> int:
    return int(time.time()) // STEP
