"""What became of a backup at one place; and one that lies there verified anew. Not an operation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.language import Text, _, _n
from db.store import subject_copies
from db.store.backups.backup_store import Manifest, is_whole
from db.store.backups.proving import NotProved, prove_backup
from db.store.keys import SIGN_AUDIT, read_backup_keys, read_keys, read_publics
from db.store.row_encryption import Showing
from db.store.settings import Home
from db.store.subjects import KeyOwner


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the backup at one place; no ``problem``: it lies there, proved ``on`` that engine."""

    place: Path
    name: str
    problem: Text = ""
    on: str = ""

    @property
    def sentence(self) -> Text:
        if self.problem:
            return _("FAILED  {place}: {problem}", place=str(self.place), problem=self.problem)
        return _(
            "ok      {place}: {name}, restored on {engine} and checked",
            place=str(self.place),
            name=self.name,
            engine=self.on,
        )


def verify_backup(
    home: Home, place: Path, manifest: Manifest, gone: Collection[KeyOwner], server: str
) -> Outcome:
    """Check that the backup of ``manifest`` lies whole in ``place``, was signed here, and can be restored
    with the keys that are there, but for those of who is ``gone``. Restores it on trial; no store may be
    open."""
    signed = manifest.checkpoint
    if not is_whole(place, manifest):
        return Outcome(place, manifest.name, _("it is not the file that its manifest describes"))
    if signed is not None and not any(map(signed.is_signed_by, read_publics(home.keys, SIGN_AUDIT))):
        foreign = _("its checkpoint was not signed with this installation's key")
        return Outcome(place, manifest.name, foreign)
    vault_keys = read_backup_keys(home.keys)
    people = Showing(subject_copies.keys_in([place], vault_keys), gone)
    try:
        file, keys = place / manifest.name, read_keys(home.keys)
        on = prove_backup(file, vault_keys, keys, people, home.folder, server).on
    except NotProved as error:
        return Outcome(place, manifest.name, _("it can't be restored ({reason})", reason=str(error)))
    return Outcome(place, manifest.name, missing_keys(len(people.shut), [place]) if people.shut else "", on)


def missing_keys(count: int, folders: Sequence[Path]) -> Text:
    return _n(
        "the key of {count} person is in no `subjects.keys` of {folders}",
        "the keys of {count} persons are in no `subjects.keys` of {folders}",
        count=count,
        folders=", ".join(str(folder) for folder in folders),
    )
