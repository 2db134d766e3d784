"""The signer: a small process that alone holds the key of the audit's checkpoints.

It is told the chain's end, a line of JSON at a time, and answers each with the checkpoint that it signed
and stored, or with ``{"refused": why}``. It knows neither the database nor its keys; what it is told can
only go forward. The server starts one for itself (``python -m tui.front.signer KEY PLACE…``); where a
user of its own is wanted, systemd starts ``mingce audit signer`` at a socket (docs/operators.md).
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from db.store.checkpoints import Backwards, Forged, Notary, Succeeded
from db.store.keys import KeyRingError, read_key
from db.store.signing import Signer
from tui.front.confine import no_core_files

SYSLOG = "--syslog"
LONGEST = 4096
"""Bytes of a line; the end of a chain takes some 200."""
NO_RECORD = 1 << 63
"""No database numbers its records so far."""
REFUSED = (
    Backwards, KeyRingError, Forged, OSError, ValueError, LookupError, TypeError,
    OverflowError, RecursionError,
)  # fmt: skip
"""What is said to whoever asked; nothing of it ends the signer."""


class RotatingNotary:
    """A notary whose key may be rotated while it works: it takes up the one that lies there."""

    def __init__(self, key: Path, places: Sequence[Path], to_syslog: bool) -> None:
        self._key, self._places, self._to_syslog = key, places, to_syslog
        self._file = 0
        self._notary: Notary | None = None

    def notary(self) -> Notary:
        """Return the notary, with the key read anew if its file was replaced. Raises KeyRingError, Forged or
        OSError."""
        file = self._key.stat().st_ino
        if self._notary is None or file != self._file:
            self._notary = Notary(Signer(read_key(self._key)), self._places, self._to_syslog)
            self._file = file
        return self._notary


def answer(office: RotatingNotary, lines: BinaryIO, out: TextIO) -> None:
    """Answer every line of ``lines``, signing into the places, until they end, one is too long, or another
    key follows."""
    with contextlib.suppress(BrokenPipeError, Succeeded):  # whoever asked has gone
        while line := lines.readline(LONGEST):
            out.write(_answer(office, line) + "\n")
            out.flush()
            if not line.endswith(b"\n"):
                return


def _answer(office: RotatingNotary, line: bytes) -> str:
    try:
        asked = json.loads(line)
        seq = int(asked["seq"])
        if not 0 < seq < NO_RECORD:
            raise ValueError("there is no such record")
        present = int(asked.get("position", 0)), str(asked.get("state", ""))
        return office.notary().sign(seq, str(asked["hash"]), str(asked["at"]), *present).line()
    except REFUSED as error:
        return json.dumps({"refused": str(error)})


def run(key: Path, places: Sequence[Path], to_syslog: bool) -> int:
    """Sign what comes in on standard input with ``key`` into ``places`` until it ends; return 0. Write the
    reason and return 1 if the key may not sign."""
    no_core_files()
    try:
        office = RotatingNotary(key, places, to_syslog)
        office.notary().must_be_last_key()
    except (KeyRingError, Forged, Succeeded, OSError) as error:
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.write(json.dumps({"refused": str(error)}) + "\n")
            sys.stdout.flush()
        return 1
    answer(office, sys.stdin.buffer, sys.stdout)
    return 0


def main() -> int:
    """Run ``python -m tui.front.signer [--syslog] KEY PLACE…``."""
    words = [word for word in sys.argv[1:] if word != SYSLOG]
    return run(Path(words[0]), [Path(word) for word in words[1:]], SYSLOG in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
