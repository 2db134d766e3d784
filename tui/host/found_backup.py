"""The backup that `mingce restore` takes: found by a trial restore, with what it lacks (F.4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from db.desk.audit.act_names import act_label
from db.desk.backups.verifying import missing_keys
from db.language import _, _n
from db.store import clock
from db.store.backups.backup_store import Manifest, NotStored, is_whole, manifests
from db.store.backups.dump import Header
from db.store.backups.proving import NotProved, prove_backup
from db.store.backups.restoring import BackupGap, read_gap
from db.store.journal.place import this_host
from db.store.journal.reading import absent_hosts
from db.store.keys import KeyRing, read_backup_keys, read_journal_keys
from db.store.row_encryption import Showing
from db.store.settings import Home, Settings
from tui.host.language import t
from tui.host.other_hosts import NO_OTHERS, Others, people_of
from tui.host.shell import CommandFailure, tell, warn

SHOWN = 20
"""Acts of what a backup lacks that a restore names one by one; `--list` names all."""


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """The backup to restore from, where it lies, what opens whom it holds, and what the journals have beyond
    it. ``shut``: how many persons are in these whose keys are lost; ``absent``: the hosts whose journal is
    not here, or not to its end; ``logins``: those of the accounts in backup and journals."""

    place: Path
    manifest: Manifest
    header: Header
    people: Showing
    missing: BackupGap
    shut: int = 0
    absent: tuple[str, ...] = ()
    logins: Mapping[int, str] = field(default_factory=dict)

    @property
    def upto(self) -> int:
        """The last audit record that backup and journals hold."""
        return self.missing.seq or self.header.seq


def newest_good(
    home: Home, settings: Settings, keys: KeyRing, others: Others = NO_OTHERS, keep: Path | None = None
) -> FoundBackup:
    """Return the newest backup that a trial restore, left at ``keep``, proves; print why others fail. Raises
    CommandFailure."""
    candidates: list[tuple[Manifest, Path]] = []
    for place in home.backups_to(settings):
        try:
            candidates += [(manifest, place) for manifest in manifests(place)]
        except NotStored as error:
            warn(_("{place} can't be read: {reason}", place=str(place), reason=str(error)))
    vault_keys = read_backup_keys(home.keys)
    for manifest, place in sorted(candidates, key=lambda one: (one[0].position, one[0].at), reverse=True):
        if not is_whole(place, manifest):
            warn(_("{file} is damaged; the next one is tried.", file=str(place / manifest.name)))
            continue
        people = people_of(home, settings, others)
        try:
            proof = prove_backup(place / manifest.name, vault_keys, keys, people, home.folder, keep=keep)
        except NotProved as error:
            warn(_("{file} can't be restored: {reason}", file=str(place / manifest.name), reason=str(error)))
            continue
        journals, journal_keys = [home.journal_place(settings), *others.folders], read_journal_keys(home.keys)
        header, missing = proof.header, read_gap(journals, journal_keys, proof.header.position)
        shut = len(people.shut | people.persons_without_key(missing.persons()))
        gone: set[str] = set()
        if not settings.database.startswith("sqlite:"):  # whose file is one host's
            gone = absent_hosts(journals, journal_keys, header.hosts, header.position) - {this_host()}
        logins = {**proof.logins, **missing.logins(people)}
        return FoundBackup(place, manifest, header, people, missing, shut, tuple(sorted(gone)), logins)
    raise CommandFailure(
        _("There is no good backup in any place."),
        _("`[backups]` in settings.toml says where they are sought."),
    )


def warn_of_holes(missing: BackupGap, *, refuse: bool) -> None:
    """Print which changes the journal lost and how many follow. With ``refuse``, raise CommandFailure."""
    for hole in missing.holes:
        behind = [one for one in missing.transactions if one.position > hole.last]
        warn(
            _(
                "The journal lacks changes {first} to {last}, written between {since} and {until}: it is "
                "damaged, or another host's is not here; {count} changes behind them can be read.",
                first=hole.first,
                last=hole.last,
                since=hole.since[:19] or "–",
                until=hole.until[:19] or "–",
                count=len(behind),
            )
        )
    if refuse:
        raise CommandFailure(
            _("Nothing was restored: the journal has holes in {count} places.", count=len(missing.holes)),
            _(
                "Look for a whole copy of the file, or the other host's, and name its folder with --journal. "
                "Where there is none, --skip-damaged takes what follows the damage; the records "
                "between are lost and named."
            ),
        )


def warn_of_lost(count: int, folders: Sequence[Path], *, refuse: bool) -> None:
    """Print that keys of persons are lost; with ``refuse``, raise CommandFailure instead."""
    lost = missing_keys(count, folders)
    if not refuse:
        warn(_("{lost}; they come back as numbers, without anything personal.", lost=lost))
        return
    raise CommandFailure(
        _("Nothing was restored: {lost}.", lost=lost),
        _(
            "Put a copy of `subjects.keys` into one of these folders, from beside the journal or any backup. "
            "Where none is left, --without-keys restores these persons as numbers, without anything personal."
        ),
    )


def tell_of_found(found: FoundBackup, zone: ZoneInfo, shown: int | None) -> None:
    tell(
        _(
            "Backup {name} in {place}, up to record {seq}.",
            name=found.manifest.name,
            place=str(found.place),
            seq=found.manifest.seq,
        )
    )
    acts = list(found.missing.acts())
    tell(
        _n(
            "It lacks {count} record; the journal has this:",
            "It lacks {count} records; the journal has these:",
            count=len(acts),
        )
        if acts
        else _("It lacks nothing.")
    )
    _name(found, acts[:shown], zone)
    if len(acts) > len(acts[:shown]):
        tell(_("  … and {count} more; `mingce restore --list` names them all", count=len(acts) - SHOWN))
    unheld = list(found.missing.unheld_changes(found.people))
    if unheld:
        tell(_("A newer version did the following, and this one has no place for it: it would be lost."))
    for one, names in unheld:
        _name(found, list(BackupGap((one,)).acts()), zone)
        tell(f"    {', '.join(names)}")


def _name(found: FoundBackup, acts: Sequence[Mapping[str, object]], zone: ZoneInfo) -> None:
    """Print each act with its time and author."""
    for act in acts:
        at = clock.moment(str(act["at"])).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        who = "–" if act["account"] is None else found.logins.get(int(str(act["account"])), act["account"])
        tell(f"  {act['seq']}  {at}  {who}  {t(act_label(str(act['act'])))}")


def found_as_json(found: FoundBackup) -> dict[str, object]:
    names = ("seq", "at", "act", "outcome", "account", "book", "entry", "request")
    return {
        "backup": str(found.place / found.manifest.name),
        "upto": found.manifest.seq,
        "absent": list(found.absent),
        "lacks": [{name: act[name] for name in names} for act in found.missing.acts()],
        "unheld": [
            {"seq": one.seq, "of": names} for one, names in found.missing.unheld_changes(found.people)
        ],
    }
