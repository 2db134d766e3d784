"""What the workers of a parallel run are handed in the environment, noted before that is cleaned."""

import os

FOLDER = "TEXTUAL_SNAPSHOT_TEMPDIR"
SNAPSHOTS = os.environ.get(FOLDER)
"""Where pictures that differ are collected for the run's report; none where one process runs it all."""


def restore() -> None:
    """Put it back."""
    if SNAPSHOTS is not None:
        os.environ[FOLDER] = SNAPSHOTS
