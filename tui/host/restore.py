"""`mingce restore`: the record as it was, from the newest good backup and the journal (F.4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from db.desk.backups.running import tell_of_lost
from db.desk.entry.indexing import index_all
from db.desk.policies.taking_in import is_to_take_in
from db.desk.privacy.erasing import erase_person
from db.language import _, listed
from db.store import audit, checkpoints, clock, subject_copies, subjects
from db.store.backups.proving import fill_store
from db.store.backups.restoring import NEW, Restored, apply_journal, clear_partial, is_new
from db.store.backups.unfinished import UnfinishedRestore, delete_plan, read_plan, write_plan
from db.store.checkpoints import Checkpoint, Gap, Notary
from db.store.disk import sync_folder
from db.store.engine import close_store, store
from db.store.journal.capture import paused
from db.store.keys import SIGN_AUDIT, KeyRing, read_backup_keys, read_key, read_keys, read_signer
from db.store.opening import open_store
from db.store.proof.making_sums import make_anew
from db.store.settings import Home, Settings
from db.store.signing import Signer
from db.store.tables import Person
from db.store.transactions import writing
from db.store.verifying import lost_upto
from tui.host.audit import read_checkpoints
from tui.host.finish_rotation import must_have_signing_key
from tui.host.found_backup import (
    SHOWN,
    FoundBackup,
    found_as_json,
    newest_good,
    tell_of_found,
    warn_of_holes,
    warn_of_lost,
)
from tui.host.operator import record_as_host
from tui.host.other_hosts import (
    Others,
    must_be_alone,
    now_in_digits,
    others_in,
    put_journal_aside,
    take_over_keys,
    warn_of_absent,
    with_keys,
)
from tui.host.owner import home_of, must_take, path_given
from tui.host.shell import CommandFailure, failures_in_words, is_agreed, is_interactive, tell, tell_json, warn
from tui.plain.words import CommandWords


def restore_home(words: CommandWords) -> int:
    only_list, yes, as_json = words.has("list"), words.has("yes"), words.has("json")
    signing_key = path_given(words, "signing-key")
    with failures_in_words():
        others = others_in(words.option_values("journal"), words.option_values("without-journal"))
        signer = None if signing_key is None else Signer(read_key(signing_key))
        home = home_of(words)
        settings, keys = home.settings(), read_keys(home.keys)
        if not only_list:
            must_be_alone(home)
        left = read_plan(home)
        if left is not None and left.built:
            return _go_on(home, settings, keys, left, yes, signer, as_json)
        outside = read_checkpoints(home, settings)
        if only_list:
            found = _find_and_warn(home, settings, keys, others, outside, words)
            if as_json:
                tell_json(found_as_json(found))
            return 0
        clear_partial(home.folder)
        try:
            found = _find_and_warn(home, settings, keys, others, outside, words)
            if signer is None and (found.missing.holes or _signed_upto(outside) > found.upto):
                must_have_signing_key(home, settings)
            _must_agree(yes)
        except BaseException:
            clear_partial(home.folder)
            raise
        with _fill_database(home, settings, keys, found):
            restored = apply_journal(found.header, found.people, found.missing)
            plan = _prove(found, restored, outside, others)
        if plan.upto > plan.seq or plan.bridges:
            for place in home.checkpoint_places(settings):
                must_take(place)
        signer = _signer_of(home, settings, plan, signer)
        write_plan(home, plan)
        gap = finish_restore(home, settings, keys, plan, signer)
    if as_json:
        tell_json({**found_as_json(found), **_end_as_json(plan, gap)})
    _tell_of_end(plan, gap, as_json)
    return 0


def _find_and_warn(
    home: Home,
    settings: Settings,
    keys: KeyRing,
    others: Others,
    outside: list[Checkpoint],
    words: CommandWords,
) -> FoundBackup:
    """Find and prove the backup to restore; print what is missing. Raises CommandFailure if the options
    forbid that."""
    only_list = words.has("list")
    on_sqlite = settings.database.startswith("sqlite:")
    keep = home.folder / NEW if on_sqlite and not only_list else None
    found = newest_good(home, settings, keys, others, keep)
    if not words.has("json"):
        tell_of_found(found, ZoneInfo(settings.time_zone), None if only_list else SHOWN)
    signed = _signed_upto(outside)
    if signed > found.upto:
        warn(
            _(
                "The records from {first} to {last} were signed, and neither backup nor journal has them.",
                first=found.upto + 1,
                last=signed,
            )
        )
    if found.absent:
        warn_of_absent(found.absent, refuse=not only_list and not set(found.absent) <= set(others.lost))
    if found.missing.holes:
        told = only_list or words.has("skip-damaged") or bool(others.lost)
        warn_of_holes(found.missing, refuse=not told)
    if found.shut:
        folders = with_keys(home, settings, others)
        warn_of_lost(found.shut, folders, refuse=not only_list and not words.has("without-keys"))
    return found


def _signed_upto(outside: list[Checkpoint]) -> int:
    return max(checkpoints.expected_hashes(outside), default=0)


def _must_agree(yes: bool) -> None:
    """Ask at the terminal, unless ``yes``. Raises CommandFailure if nobody agrees."""
    if not yes and not (is_interactive() and is_agreed(_("Restore it, in place of what is there now?"))):
        raise CommandFailure(_("Nothing was restored."), _("Say --yes where nobody can be asked."))


def _tell_of_end(plan: UnfinishedRestore, gap: Gap | None, as_json: bool) -> None:
    if not as_json:
        tell(
            _(
                "Restored up to record {seq}; changes taken from the journal: {count}.",
                count=plan.replayed,
                seq=plan.seq,
            )
        )
        if gap is None and not plan.bridges:
            tell(_("Nothing that was signed is missing."))
    if plan.unheld:
        warn(_("Lost, as this version has no place for it: {names}.", names=listed(plan.unheld)))
    for after, last, _hash in plan.bridges:
        warn(_("Lost: the records from {first} to {last}.", first=after + 1, last=last))
    if plan.bridges:
        warn(_("Make a backup now, with `mingce backup run`, and tell those concerned."))
    if gap is not None:
        warn(_("Lost: the records from {first} to {last}.", first=gap.after + 1, last=gap.upto))
        warn(_("A signed record of the gap lies with the checkpoints; tell those concerned."))
        warn(_("Other hosts, if there are any: move their journals away before they serve again."))


def _go_on(
    home: Home,
    settings: Settings,
    keys: KeyRing,
    plan: UnfinishedRestore,
    yes: bool,
    signer: Signer | None,
    as_json: bool,
) -> int:
    """Finish an interrupted restore after asking; print the result. Return the status. Raises
    CommandFailure."""
    if not as_json:
        tell(_("A restore from {name} was interrupted; only its end is left to do.", name=plan.backup))
    _must_agree(yes)
    gap = finish_restore(home, settings, keys, plan, _signer_of(home, settings, plan, signer))
    if as_json:
        tell_json({"backup": plan.backup, **_end_as_json(plan, gap)})
    _tell_of_end(plan, gap, as_json)
    return 0


def _signer_of(
    home: Home, settings: Settings, plan: UnfinishedRestore, given: Signer | None
) -> Signer | None:
    """Return ``given``, or the key that is to sign lost records if there are some. Raises CommandFailure."""
    if given is not None or not (plan.upto > plan.seq or plan.bridges):
        return given
    must_have_signing_key(home, settings)
    return read_signer(home.keys, SIGN_AUDIT)


@contextmanager
def _fill_database(home: Home, settings: Settings, keys: KeyRing, found: FoundBackup) -> Iterator[None]:
    """Open the store for the body with the backup's content: on SQLite the trial database, beside the old
    one; on PostgreSQL the empty one of the settings, filled here, with a plan so that nobody works in it.
    Raises CommandFailure."""
    if not settings.database.startswith("sqlite:"):
        open_store(home, settings, keys, unfinished=True)
        try:
            if not is_new():
                raise CommandFailure(
                    _("The database is not empty; nothing in it is overwritten."),
                    _("Make a new, empty one and name it in settings.toml."),
                )
            write_plan(home, UnfinishedRestore(built=False, backup=found.manifest.name))
            fill_store(found.place / found.manifest.name, read_backup_keys(home.keys), found.people)
            yield
        finally:
            close_store()
        return
    open_store(home, settings.model_copy(update={"database": f"sqlite:{NEW}"}), keys)
    try:
        yield
    finally:
        close_store()


def _prove(
    found: FoundBackup, restored: Restored, outside: list[Checkpoint], others: Others
) -> UnfinishedRestore:
    """Verify the restored chain against what was signed; make search keys and sums. Return the plan of the
    rest. Raises CommandFailure."""
    signed = checkpoints.expected_hashes(outside)
    verdict = audit.verify(
        outside={seq: hash for seq, hash in signed.items() if seq <= restored.seq}, with_subjects=False,
        bridges=restored.bridges,
    )  # fmt: skip
    if not verdict.sound:
        raise CommandFailure(
            _("What was restored is not the chain that was signed: record {number}.", number=verdict.bad),
            _("The backup or the journal was forged. Keep everything as it is."),
        )
    with paused(store().database), writing():
        if not is_to_take_in():  # else whoever opens it next makes the search keys, once there are rules
            index_all()
        make_anew()
    upto = max([restored.seq, *signed, found.missing.seq or 0, lost_upto()])
    journals = [str(folder) for folder in others.folders]
    return UnfinishedRestore(
        True, found.manifest.name, restored.replayed, restored.seq, upto, restored.differs, journals,
        [(after, last, hashed) for after, (last, hashed) in restored.bridges.items()],
        sorted({name for _one, names in found.missing.unheld_changes(found.people) for name in names}),
    )  # fmt: skip


def finish_restore(
    home: Home, settings: Settings, keys: KeyRing, plan: UnfinishedRestore, signer: Signer | None
) -> Gap | None:
    """Put the new database in the old one's place, sign and record lost stretches, notify those who watch
    over the directories, and erase again what was erased since. Return the gap at the end. Repeatable after
    an interruption."""
    if settings.database.startswith("sqlite:"):
        _swap(home, Path(home.database_url(settings).partition(":")[2]))
    open_store(home, settings, keys, unfinished=True)
    try:
        gap = None
        if signer is not None and plan.upto > plan.seq:
            gap = Notary(signer, home.checkpoint_places(settings)).sign_gap(plan.seq, plan.upto, clock.now())
        if signer is not None:
            _admit_holes(home, settings, plan, signer)
        folders = with_keys(home, settings, Others(tuple(map(Path, plan.journals))))
        take_over_keys(home, folders)
        if audit.head()[0] == plan.seq:  # what is recorded now is the first after what was restored
            if gap is not None:
                put_journal_aside(home.journal_place(settings))
            with writing():
                if gap is not None:
                    record_as_host(
                        "restore.gap", {"after": gap.after, "upto": gap.upto, "problem": plan.differs}
                    )
                for after, upto, hashed in plan.bridges:
                    record_as_host(audit.HOLE, {"after": after, "upto": upto, "hash": hashed})
                if not is_to_take_in():
                    _tell_of_lost(plan, gap)
                left = {"unheld": list(plan.unheld)} if plan.unheld else {}
                record_as_host("restore.done", {"backup": plan.backup, "replayed": plan.replayed, **left})
        _erase_anew(folders)
    finally:
        close_store()
    delete_plan(home)
    return gap


def _tell_of_lost(plan: UnfinishedRestore, gap: Gap | None) -> None:
    """Notify those who watch over each directory of every lost stretch of records; in the transaction."""
    stretches = [*plan.bridges, *([(gap.after, gap.upto, "")] if gap is not None else [])]
    for after, upto, _hash in stretches:
        tell_of_lost(after, upto)


def _admit_holes(home: Home, settings: Settings, plan: UnfinishedRestore, signer: Signer) -> None:
    """Sign each lost stretch that others follow, in every place, unless it is signed already."""
    notary, places = Notary(signer, home.checkpoint_places(settings)), home.checkpoint_places(settings)
    for after, upto, hashed in plan.bridges:
        if any(after not in checkpoints.signed_gaps(place, signer.public) for place in places):
            notary.sign_gap(after, upto, clock.now(), hashed)


def _erase_anew(folders: Sequence[Path]) -> None:
    """Erase again, each recorded in a transaction of its own, what was erased since the backup was made."""
    for subject in sorted(
        subject_copies.erased_in(folders).keys() - subjects.destroyed_owners().keys(), key=str
    ):
        with writing():
            if isinstance(subject, str):
                subjects.destroy(subject)
                record_as_host("restore.let_go", {"key": subject})
            elif Person.get_or_none(Person.id == subject) is not None:
                erase_person(subject)
                record_as_host("restore.erase", {"person": subject})


def _swap(home: Home, old: Path) -> None:
    """Rename the old database, its log first (the new one would apply it); move the new one to its place."""
    new = home.folder / NEW
    if not new.exists():
        return
    whole = old.with_name(old.readlink().name) if old.is_symlink() else old  # a link once its key was rotated
    for file in (*(whole.with_name(whole.name + end) for end in ("-wal", "-shm")), whole):
        if file.exists():
            file.rename(file.with_name(f"{file.name}.before-restore-{now_in_digits()}"))
    new.rename(old)
    clear_partial(home.folder)
    sync_folder(home.folder)


def _end_as_json(plan: UnfinishedRestore, gap: Gap | None) -> dict[str, object]:
    return {
        "replayed": plan.replayed,
        "seq": plan.seq,
        "gap": None if gap is None else {"after": gap.after, "upto": gap.upto},
        "lost": [{"after": after, "upto": last} for after, last, _hash in plan.bridges],
    }
