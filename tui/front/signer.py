"""The signer: a small process that alone holds the key of the audit's checkpoints.

It is told the chain's end, a line of JSON at a time, and answers each with the checkpoint that it signed
and stored, or with ``{"refused": why}``. It knows neither the database nor its keys; what it is told can
only go forward. The server starts one for itself (``python -m tui.front.signer KEY PLACE…``); where a
user of its own is wanted, systemd starts ``mingce audit signer`` at a socket (docs/operators.md).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from db.store.checkpoints import Backwards, Forged, Notary
from db.store.keys import KeyRingError, read_key
from db.store.signing import Signer
from tui.front.confine import no_core_files

SYSLOG = "--syslog"


class Office:
    """A notary whose key may be rotated while it works: it takes up the one that lies there."""

    def __init__(self, key: Path, places: Sequence[Path], to_syslog: bool) -> None:
        self._key, self._places, self._to_syslog = key, places, to_syslog
        self._file = 0
        self._notary: Notary | None = None

    def notary(self) -> Notary:
        """Who signs now. Raises KeyRingError, Forged or OSError."""
        file = self._key.stat().st_ino
        if self._notary is None or file != self._file:
            self._notary = Notary(Signer(read_key(self._key)), self._places, self._to_syslog)
            self._file = file
        return self._notary


def answer(office: Office, lines: Iterable[str], out: TextIO) -> None:
    """Answer every line until there are no more."""
    for line in lines:
        try:
            asked = json.loads(line)
            end = int(asked["seq"]), str(asked["hash"]), str(asked["at"])
            present = int(asked.get("position", 0)), str(asked.get("state", ""))
            said = office.notary().sign(*end, *present).line()
        except (Backwards, KeyRingError, Forged, OSError, ValueError, KeyError, TypeError) as error:
            said = json.dumps({"refused": str(error)})
        out.write(said + "\n")
        out.flush()


def run(key: Path, places: Sequence[Path], to_syslog: bool) -> int:
    """Sign with ``key`` into ``places`` what comes in, until the other side hangs up."""
    no_core_files()
    try:
        office = Office(key, places, to_syslog)
        office.notary()
    except (KeyRingError, Forged, OSError) as error:
        sys.stdout.write(json.dumps({"refused": str(error)}) + "\n")
        return 1
    answer(office, sys.stdin, sys.stdout)
    return 0


def main() -> int:
    """Entry of ``python -m tui.front.signer [--syslog] KEY PLACE…``."""
    words = [word for word in sys.argv[1:] if word != SYSLOG]
    return run(Path(words[0]), [Path(word) for word in words[1:]], SYSLOG in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
