"""`mingce restore`: the record as it was, from the newest good backup and the journal (F.4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from db.desk.audit.words import act_label
from db.desk.backups.asked import places
from db.desk.indexing import index_all
from db.desk.privacy.erasing import erase
from db.language import _, _n
from db.store import audit, checkpoints, clock, subjects
from db.store.backups.proving import NotProved, prove
from db.store.backups.restoring import NEW, Lacking, Restored, empty, is_new, lacking, restore
from db.store.backups.shelf import Manifest, NotStored, is_whole, manifests
from db.store.backups.unfinished import Plan, done, note, noted
from db.store.checkpoints import Checkpoint, Gap, Notary
from db.store.disk import sync_folder
from db.store.engine import close_store, open_store, store, writing
from db.store.hiding import Showing
from db.store.journal import frames
from db.store.journal.capture import paused
from db.store.keys import (
    SIGN_AUDIT,
    KeyRing,
    read_backup_keys,
    read_journal_keys,
    read_key,
    read_keys,
    read_signer,
)
from db.store.proof.making import make_anew
from db.store.settings import Home, Settings
from db.store.signing import Signer
from db.store.tables import Person
from db.store.verifying import lost_upto
from tui.host.audit import signed_in
from tui.host.backup import missing_keys
from tui.host.operator import system_user
from tui.host.owner import must_take
from tui.host.shell import (
    Failure,
    agreed,
    failures_in_words,
    is_interactive,
    state_folder,
    tell,
    tell_json,
    warn,
)
from tui.host.tongue import t
from tui.host.upgrading import STOP_FIRST, at_work

SHOWN = 20
"""Acts of what a backup lacks that are named one by one."""


@dataclass(frozen=True, slots=True)
class Found:
    """The backup to restore from, where it lies, and what the journal has beyond it. ``shut``: how many
    persons are in these whose keys are lost."""

    place: Path
    manifest: Manifest
    missing: Lacking
    shut: int = 0


def restore_home(
    folder: Path | None,
    only_list: bool,
    yes: bool,
    signing_key: Path | None,
    as_json: bool,
    without_keys: bool = False,
) -> int:
    """Restore the installation in ``folder``, with which nobody may work; ``without_keys``: also where keys
    of persons are lost, who come back as numbers then. The exit status."""
    with failures_in_words():
        signer = None if signing_key is None else Signer(read_key(signing_key))
        home = Home(state_folder(folder))
        settings, keys = home.settings(), read_keys(home.keys)
        if not only_list and (working := at_work(home)):
            who = ", ".join(t(one) for one in working)
            raise Failure(_("Others work with the database: {who}.", who=who), STOP_FIRST)
        left = noted(home)
        if left is not None and left.built:
            return _go_on(home, settings, keys, left, yes, signer, as_json)
        outside = signed_in(home, settings)
        found = newest_good(home, settings, keys)
        if not as_json:
            _tell_of(found, ZoneInfo(settings.time_zone))
        if found.shut:
            _warn_of_lost(found.shut, _with_keys(home, settings), refuse=not only_list and not without_keys)
        if only_list:
            if as_json:
                tell_json(_as_json(found))
            return 0
        if not yes and not (is_interactive() and agreed(_("Restore it, in place of what is there now?"))):
            raise Failure(_("Nothing was restored."), _("Say --yes where nobody can be asked."))
        signer = signer or read_signer(home.keys, SIGN_AUDIT)
        with _new_database(home, settings, keys, found.manifest.name):
            file = found.place / found.manifest.name
            restored = restore(file, read_backup_keys(home.keys), _people(home, settings), found.missing)
            plan = _prove(found, restored, outside)
        if plan.upto > plan.seq:
            for place in home.checkpoint_places(settings):
                must_take(place)
        note(home, plan)
        gap = finish(home, settings, keys, plan, signer)
    if as_json:
        tell_json(
            {
                **_as_json(found), "replayed": restored.replayed, "seq": restored.seq,
                "gap": None if gap is None else {"after": gap.after, "upto": gap.upto},
            }
        )  # fmt: skip
    _tell_of_end(plan, gap, as_json)
    return 0


def _tell_of_end(plan: Plan, gap: Gap | None, as_json: bool) -> None:
    if not as_json:
        tell(
            _(
                "Restored up to record {seq}; changes taken from the journal: {count}.",
                count=plan.replayed,
                seq=plan.seq,
            )
        )
        if gap is None:
            tell(_("Nothing that was signed is missing."))
    if gap is not None:
        warn(_("Lost: the records from {first} to {last}.", first=gap.after + 1, last=gap.upto))
        warn(_("A signed record of the gap lies with the checkpoints; tell those concerned."))


def newest_good(home: Home, settings: Settings, keys: KeyRing) -> Found:
    """The newest backup anywhere that can be restored. Raises Failure where there is none."""
    candidates: list[tuple[Manifest, Path]] = []
    for place in places(home, settings):
        try:
            candidates += [(manifest, place) for manifest in manifests(place)]
        except NotStored as error:
            warn(_("{place} can't be read: {reason}", place=str(place), reason=str(error)))
    vault_keys = read_backup_keys(home.keys)
    for manifest, place in sorted(candidates, key=lambda one: (one[0].position, one[0].at), reverse=True):
        if not is_whole(place, manifest):
            warn(_("{file} is damaged; the next one is tried.", file=str(place / manifest.name)))
            continue
        people = _people(home, settings)
        try:
            header = prove(place / manifest.name, vault_keys, keys, people, home.folder).header
        except NotProved as error:
            warn(_("{file} can't be restored: {reason}", file=str(place / manifest.name), reason=str(error)))
            continue
        missing = lacking(home.journal_place(settings), read_journal_keys(home.keys), header.position)
        return Found(place, manifest, missing, len(people.shut | people.lacks(missing.persons())))
    raise Failure(
        _("There is no good backup in any place."),
        _("`[backups]` in settings.toml says where they are sought."),
    )


def _with_keys(home: Home, settings: Settings) -> list[Path]:
    """Where copies of the keys of persons and things are sought, and notes of who was erased."""
    return [home.journal_place(settings), *places(home, settings)]


def _people(home: Home, settings: Settings) -> Showing:
    """What opens what is personal: the keys in the copies."""
    folders = _with_keys(home, settings)
    keys = [*read_journal_keys(home.keys), *read_backup_keys(home.keys)]
    return Showing(subjects.keys_in(folders, keys), subjects.erased_in(folders))


def _warn_of_lost(count: int, folders: Sequence[Path], *, refuse: bool) -> None:
    """Say that keys of persons are lost. Raises Failure where it must not go on like that."""
    lost = missing_keys(count, folders)
    if not refuse:
        warn(_("{lost}; they come back as numbers, without anything personal.", lost=lost))
        return
    raise Failure(
        _("Nothing was restored: {lost}.", lost=lost),
        _(
            "Put a copy of `subjects.keys` into one of these folders, from beside the journal or any backup. "
            "Where none is left, --without-keys restores these persons as numbers, without anything personal."
        ),
    )


def _go_on(
    home: Home,
    settings: Settings,
    keys: KeyRing,
    plan: Plan,
    yes: bool,
    signer: Signer | None,
    as_json: bool,
) -> int:
    """End a restore that was interrupted when the new database was complete already. The exit status."""
    if not as_json:
        tell(_("A restore from {name} was interrupted; only its end is left to do.", name=plan.backup))
    if not yes and not (is_interactive() and agreed(_("Restore it, in place of what is there now?"))):
        raise Failure(_("Nothing was restored."), _("Say --yes where nobody can be asked."))
    gap = finish(home, settings, keys, plan, signer or read_signer(home.keys, SIGN_AUDIT))
    if as_json:
        tell_json(
            {
                "backup": plan.backup, "replayed": plan.replayed, "seq": plan.seq,
                "gap": None if gap is None else {"after": gap.after, "upto": gap.upto},
            }
        )  # fmt: skip
    _tell_of_end(plan, gap, as_json)
    return 0


@contextmanager
def _new_database(home: Home, settings: Settings, keys: KeyRing, backup: str) -> Iterator[None]:
    """A new, empty database to fill. On PostgreSQL it is the one that the settings name, so nobody may work
    in it before it is complete; on SQLite it lies beside the old one."""
    if not settings.database.startswith("sqlite:"):
        open_store(home, settings, keys, unfinished=True)
        try:
            if not is_new():
                raise Failure(
                    _("The database is not empty; nothing in it is overwritten."),
                    _("Make a new, empty one and name it in settings.toml."),
                )
            note(home, Plan(built=False, backup=backup))
            yield
        finally:
            close_store()
        return
    empty(home.folder)
    open_store(home, settings.model_copy(update={"database": f"sqlite:{NEW}"}), keys)
    try:
        yield
    finally:
        close_store()


def _prove(found: Found, restored: Restored, outside: list[Checkpoint]) -> Plan:
    """Prove the restored chain up to what was signed and make the search keys; what is left to do."""
    signed = checkpoints.expected(outside)
    verdict = audit.verify(
        outside={seq: hash for seq, hash in signed.items() if seq <= restored.seq}, with_subjects=False
    )
    if not verdict.sound:
        raise Failure(
            _("What was restored is not the chain that was signed: record {number}.", number=verdict.bad),
            _("The backup or the journal was forged. Keep everything as it is."),
        )
    with paused(store().database), writing():
        index_all()
        make_anew()
    upto = max([restored.seq, *signed, found.missing.seq or 0, lost_upto()])
    return Plan(True, found.manifest.name, restored.replayed, restored.seq, upto, restored.differs)


def finish(home: Home, settings: Settings, keys: KeyRing, plan: Plan, signer: Signer) -> Gap | None:
    """Put the new database in the old one's place, sign what is lost, record it. Each step is done where it
    was not done yet, so that it does not matter when an earlier attempt was interrupted."""
    if settings.database.startswith("sqlite:"):
        _swap(home, Path(home.database_url(settings).partition(":")[2]))
    open_store(home, settings, keys, unfinished=True)
    try:
        gap = None
        if plan.upto > plan.seq:
            gap = Notary(signer, home.checkpoint_places(settings)).admit(plan.seq, plan.upto, clock.now())
        _take_over_keys(home, settings)
        if audit.head()[0] == plan.seq:  # what is recorded now is the first after what was restored
            if gap is not None:
                _put_journal_aside(home.journal_place(settings))
            with writing():
                if gap is not None:
                    _record("restore.gap", {"after": gap.after, "upto": gap.upto, "problem": plan.differs})
                _record("restore.done", {"backup": plan.backup, "replayed": plan.replayed})
        _erase_anew(home, settings)
    finally:
        close_store()
    done(home)
    return gap


def _take_over_keys(home: Home, settings: Settings) -> None:
    """Give persons and things their keys back, which no backup holds, before anything is sealed under new
    ones."""
    keys = [*read_journal_keys(home.keys), *read_backup_keys(home.keys)]
    found = subjects.found_in(_with_keys(home, settings), keys)
    if not found:
        warn(_("There is no `subjects.keys` anywhere: evidence, archives and words of the audit stay shut."))
    with writing():
        subjects.take_over(found)


def _erase_anew(home: Home, settings: Settings) -> None:
    """Erase what was erased since the backup was made."""
    folders = _with_keys(home, settings)
    for subject in sorted(subjects.erased_in(folders).keys() - subjects.destroyed().keys(), key=str):
        with writing():
            if isinstance(subject, str):
                subjects.destroy(subject)
                _record("restore.let_go", {"key": subject})
            elif Person.get_or_none(Person.id == subject) is not None:
                erase(subject)
                _record("restore.erase", {"person": subject})


def _swap(home: Home, old: Path) -> None:
    """The new file in the old one's place. The old one's log goes first: it would be applied to the new."""
    new = home.folder / NEW
    if not new.exists():
        return
    whole = old.with_name(old.readlink().name) if old.is_symlink() else old  # a link once its key was rotated
    for file in (*(whole.with_name(whole.name + end) for end in ("-wal", "-shm")), whole):
        if file.exists():
            file.rename(file.with_name(f"{file.name}.before-restore-{_stamp()}"))
    new.rename(old)
    sync_folder(home.folder)


def _put_journal_aside(folder: Path) -> None:
    """What could not be applied must not come between what is done from now on."""
    aside = folder / f"before-restore-{_stamp()}"
    for file in folder.glob(f"*{frames.SUFFIX}"):
        aside.mkdir(mode=0o700, exist_ok=True)
        file.rename(aside / file.name)


def _record(act: str, detail: Mapping[str, object]) -> None:
    audit.append(act=act, outcome="done", source=f"host:{system_user()}"[:64], front="host", detail=detail)


def _tell_of(found: Found, zone: ZoneInfo) -> None:
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
    for act in acts[:SHOWN]:
        at = clock.moment(str(act["at"])).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        tell(f"  {act['seq']}  {at}  {t(act_label(str(act['act'])))}")
    if len(acts) > SHOWN:
        tell(_("  … and {count} more", count=len(acts) - SHOWN))


def _as_json(found: Found) -> dict[str, object]:
    names = ("seq", "at", "act", "outcome", "account", "book", "entry", "request")
    return {
        "backup": str(found.place / found.manifest.name),
        "upto": found.manifest.seq,
        "lacks": [{name: act[name] for name in names} for act in found.missing.acts()],
    }


def _stamp() -> str:
    return "".join(letter for letter in clock.now()[:19] if letter.isdigit())
