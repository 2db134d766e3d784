"""What restoring and catching up share: the journals of other hosts, and the copies of keys beside them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from db.language import _, _n, listed
from db.store import clock, subject_copies
from db.store.engine import store
from db.store.journal import frames
from db.store.journal.capture import paused
from db.store.keys import read_backup_keys, read_journal_keys
from db.store.row_encryption import Showing
from db.store.settings import Home, Settings
from db.store.transactions import writing
from tui.host.language import t
from tui.host.shell import CommandFailure, warn
from tui.host.upgrading import STOP_FIRST, at_work


@dataclass(frozen=True, slots=True)
class Others:
    """Other hosts of the database: ``folders`` of their journals, ``lost`` without theirs for good."""

    folders: tuple[Path, ...] = ()
    lost: tuple[str, ...] = ()


NO_OTHERS = Others()


def others_in(journals: Sequence[str], lost: tuple[str, ...]) -> Others:
    """Return the other hosts' journals and losses named on the command line. Raises CommandFailure for a
    folder without a journal."""
    folders = tuple(Path(folder).absolute() for folder in journals)
    _must_hold_journals(folders)
    return Others(folders, lost)


def _must_hold_journals(folders: Sequence[Path]) -> None:
    """Raise CommandFailure for a folder without journal files."""
    for folder in folders:
        if next(folder.glob(f"*{frames.SUFFIX}"), None) is None:
            raise CommandFailure(
                _("There is no journal in {folder}.", folder=str(folder)),
                _("Say --journal with the folder in which that host's files lie, which end with `.journal`."),
            )


def must_be_alone(home: Home) -> None:
    """Raise CommandFailure if other processes work with the database."""
    working = at_work(home)
    if working:
        who = ", ".join(map(t, working))
        raise CommandFailure(_("Others work with the database: {who}.", who=who), STOP_FIRST)


def with_keys(home: Home, settings: Settings, others: Others) -> list[Path]:
    """Return the folders in which copies of persons' and things' keys, and notes of erasures, are sought."""
    return [home.journal_place(settings), *others.folders, *home.backups_to(settings)]


def people_of(home: Home, settings: Settings, others: Others) -> Showing:
    """Read the copies of persons' and things' keys, and return what decrypts with them."""
    folders = with_keys(home, settings, others)
    keys = [*read_journal_keys(home.keys), *read_backup_keys(home.keys)]
    return Showing(subject_copies.keys_in(folders, keys), subject_copies.erased_in(folders))


def warn_of_absent(hosts: Sequence[str], *, refuse: bool) -> None:
    """Print that other hosts' journals are missing here; with ``refuse``, raise CommandFailure instead."""
    said = _n(
        "{count} other host journals what it does, and its journal is not here, or not to its end: {hosts}",
        "{count} other hosts journal what they do, and their journals are not here, or not to the end: "
        "{hosts}",
        count=len(hosts),
        hosts=listed(hosts),
    )
    if not refuse:
        warn(said)
        return
    raise CommandFailure(
        _("Nothing was restored. {said}", said=said),
        _(
            "What was done there since the backup would be lost. Say --journal FOLDER for each, where it is "
            "mounted or was copied to as a whole; --without-journal HOST for one that is lost for good."
        ),
    )


def take_over_keys(home: Home, folders: Sequence[Path], *, unwatched: bool = False) -> None:
    """Store the keys of persons and things found in ``folders`` in the open store, before anything is
    encrypted under new ones; warn if there are none. ``unwatched``: without journaling it, for a database
    that lags."""
    keys = [*read_journal_keys(home.keys), *read_backup_keys(home.keys)]
    found = subject_copies.found_in(folders, keys)
    if not found:
        warn(_("There is no `subjects.keys` anywhere: evidence, archives and words of the audit stay shut."))
    with paused(store().database) if unwatched else nullcontext(), writing():
        subject_copies.take_over(found)


def put_journal_aside(folder: Path) -> None:
    """Move the journal's files to a subfolder: what was not applied must not precede what is done from now
    on."""
    aside = folder / f"before-restore-{now_in_digits()}"
    for file in folder.glob(f"*{frames.SUFFIX}"):
        aside.mkdir(mode=0o700, exist_ok=True)
        file.rename(aside / file.name)


def now_in_digits() -> str:
    """Return the present moment as digits, for file names."""
    return "".join(letter for letter in clock.now()[:19] if letter.isdigit())
