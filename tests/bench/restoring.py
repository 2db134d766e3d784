"""A whole restore of 100,000 people beside a backup of them, which is made and then proved by restoring it.

Run alone with ``python -m tests.bench.restoring [PEOPLE]``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from db.desk.backups.running import run_backup
from db.desk.tasks.duties import RunnerPlace
from db.store.settings import Home
from tests.bench.apart import apart
from tests.bench.importing import ROWS, begin, load, write_people
from tests.bench.rows import Outcome, Row, table
from tui.front.checkpoints import sign_quietly
from tui.host.main import main

SECONDS, MB = 45.0, 450.0
"""For 100,000 people."""
TIMES = 3.0


def back_up(home: Home) -> None:
    """Make a backup. Raises RuntimeError where it can't be restored."""
    home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
    done = run_backup(home, RunnerPlace("host", "host:bench"), lambda: sign_quietly(home))
    if any(one.problem for one in done):
        raise RuntimeError(str(done))


def restore(home: Home) -> None:
    """Restore it as the operator does. Raises RuntimeError where that fails."""
    if main(["restore", "--yes", "--dir", str(home.folder)]):
        raise RuntimeError("it was not restored")


def measure(count: int = ROWS) -> list[Outcome]:
    """The benchmark's lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(folder / "state")
        apart(write_people, folder, count)
        apart(load, home, folder, apart(begin, home).result)
        backup, restored = apart(back_up, home), apart(restore, home)
    what, share = f"restore of {count:,} people, processor time", count / ROWS
    return [
        Row(what, restored.seconds, "s", SECONDS * share),
        Row("… beside a backup", restored.seconds, "s", TIMES, backup.seconds, "made and proved"),
        Row("… memory at the most", restored.mb, "MB", MB),
    ]


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if sys.argv[1:] else ROWS)))
