"""What says that a restore is not at its end, and how to end it.

Killed before this note is written, a restore has changed nothing; from then on the store does not open until
the restore was run again, which goes on from here. So the record is as it was before or as it is afterwards.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from db.language import _
from db.store.disk import open_own, read_plain, sync_folder
from db.store.settings import Home, SettingsError


@dataclass(frozen=True, slots=True)
class UnfinishedRestore:
    """What is left to do: ``built`` says that the new database is complete. It ends at record ``seq``, with
    ``replayed`` transactions of the journal, which then did not follow for the reason ``differs``; ``upto``
    is the last record that was known of; ``journals`` are the folders of other hosts' journals."""

    built: bool
    backup: str
    replayed: int = 0
    seq: int = 0
    upto: int = 0
    differs: str = ""
    journals: Sequence[str] = ()
    bridges: Sequence[tuple[int, int, str]] = ()
    """The stretches of records that are lost with others behind them: the one before, the last, its hash."""
    unheld: Sequence[str] = ()
    """Tables and columns of a newer version whose rows and values were left out."""


def write_plan(home: Home, plan: UnfinishedRestore) -> None:
    """Write the plan of an interrupted restore to the state folder; on disk before this returns."""
    part = home.unfinished.with_name(f"{home.unfinished.name}.part")
    with open(open_own(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "w", encoding="utf-8") as file:
        json.dump(asdict(plan), file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(home.unfinished)
    sync_folder(home.folder)


def read_plan(home: Home) -> UnfinishedRestore | None:
    """Read the plan of an interrupted restore; None without one. Raises SettingsError."""
    try:
        return UnfinishedRestore(**json.loads(read_plain(home.unfinished)))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise SettingsError(
            _(
                "A restore left {file}, which can't be read any more. Remove it and run `mingce restore` "
                "again, on PostgreSQL into a new, empty database.",
                file=str(home.unfinished),
            )
        ) from None


def delete_plan(home: Home) -> None:
    """Delete the plan of a restore: nothing is left to do."""
    home.unfinished.unlink(missing_ok=True)
    sync_folder(home.folder)
