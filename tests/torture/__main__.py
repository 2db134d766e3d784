"""``make torture``: kills, damage, absence, with counts; exits 1 where anything was lost or left half-done.

    python -m tests.torture                      # 10,000 kills and everything else
    python -m tests.torture --kills 500 --seed 7 # fewer, and the same ones again
    python -m tests.torture --servers 1000       # more of the real server's processes

Set TMPDIR to say where it works: a directory in memory is quicker, and a kill is a kill there too.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.postgresql import begin_server
from tests.torture import absence
from tests.torture.absence import disk
from tests.torture.commands import commands
from tests.torture.damage import disks, flipped_bytes, old_copies, replicas
from tests.torture.killing import sessions
from tests.torture.report import Tally
from tests.torture.rig import Workshop
from tests.torture.serving import serving

KILLS = 10_000
OTHERS = 100
"""Of everything else, one for so many kills."""
OF_SERVERS = 300
ON_POSTGRESQL = 0.1
"""How many of the kills, and of those of servers, are done on PostgreSQL besides."""


def main() -> int:
    """Torture as the arguments say; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS, help="kills of sessions and the duty runner")
    parser.add_argument("--servers", type=int, default=OF_SERVERS, help="kills of a real server's processes")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="the same chance again")
    asked = parser.parse_args()
    chance, tally = random.Random(asked.seed), Tally()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed {asked.seed}")
    began, others = time.monotonic(), max(1, asked.kills // OTHERS)
    server = begin_server(Path(tempfile.mkdtemp(prefix="torture-pg-")))
    try:
        with Workshop() as workshop:
            sessions(workshop, asked.kills, chance, tally)
            serving(workshop, asked.servers, chance, tally)
            commands(workshop, others, chance, tally)
            disks(workshop, others, chance, tally)
            flipped_bytes(workshop, others, chance, tally)
            replicas(workshop, max(1, others // 4), chance, tally)
            disk(workshop, others, chance, tally)
        with Workshop(server.get_uri()) as workshop:
            sessions(workshop, int(asked.kills * ON_POSTGRESQL), chance, tally)
            serving(workshop, int(asked.servers * ON_POSTGRESQL), chance, tally)
            commands(workshop, others, chance, tally)
            old_copies(workshop, max(1, others // 10), chance, tally)
            flipped_bytes(workshop, max(1, others // 10), chance, tally)
            replicas(workshop, max(1, others // 10), chance, tally)
            absence.server(server, workshop, max(1, others // 2), chance, tally)
    finally:
        server.cleanup()
    print(f"{tally.table()} ({time.monotonic() - began:.0f} s)")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
