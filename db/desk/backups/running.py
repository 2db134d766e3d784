"""Making a backup: dumped online, proved by restoring it, copied to each place, on record, and alarmed about.

It acts as the system, as the duty runner does, and is no operation of the desk. A backup opens and closes
stores of its own, so none may be open when it begins.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from db.desk.authority.permissions import active_policies
from db.desk.backups import owners_backups
from db.desk.backups.backup_rules import AWAY, BackupDuty, backup_duty, destinations, shortage, why_locked
from db.desk.backups.damage import lost_of_journal, spans_of
from db.desk.backups.host_backups import RUN, VERIFIED, HostBackup, is_ordered, to_verify
from db.desk.backups.verifying import Outcome, verify_backup
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import role_accounts, watching_host
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT
from db.desk.tasks.duties import RunnerPlace
from db.desk.tasks.opening import mark_once
from db.language import Text, _, say
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import WatchRule
from db.store import audit, clock, subject_copies, subjects
from db.store.backups.backup_store import (
    Manifest,
    NotStored,
    is_away,
    manifests,
    mark_place,
    name_of,
    store_copy,
    thin_out,
)
from db.store.backups.dump import Tampered, dump
from db.store.backups.proving import NotProved, prove_backup
from db.store.checkpoints import Checkpoint
from db.store.engine import close_store, store
from db.store.journal import frames
from db.store.journal.writing import forget_hosts
from db.store.keys import read_backup_key
from db.store.opening import open_store
from db.store.proof.tampering_words import said_shortly
from db.store.row_encryption import Showing
from db.store.settings import BackupSettings, Home
from db.store.tables import AuditRecord, Book
from db.store.transactions import writing

LEFT_BEHIND = 86_400.0
"""Seconds after which nobody works in a folder any more."""

Sign = Callable[[], Checkpoint | None]
"""Has the end of the open store's chain signed; None where it can't be now."""


def run_backup(home: Home, by: RunnerPlace, sign: Sign) -> tuple[Outcome, ...]:
    """Make one backup now, restore it on trial, store it in every place and record it; delete old backups and
    journals, renew the copies of persons' keys, and alert where a place failed. Return the outcome for each
    place; failures don't raise. Opens the store and closes it; none may be open."""
    outcomes = make_backup(home, sign)
    record_outcomes(home, by, outcomes)
    return outcomes


def make_backup(home: Home, sign: Sign) -> tuple[Outcome, ...]:
    """Make a backup, restore it on trial and store it in every place, with the copies of persons' keys beside
    it; return the outcome for each. Clears away what a stopped one left, and the wish for one. Records gaps
    in the journal, but not the backup, whose database may be of an earlier version. Opens the store, and
    closes it."""
    key = read_backup_key(home.keys)
    _clear_away(home.folder)
    with tempfile.TemporaryDirectory(dir=home.folder, prefix=".backup-") as folder:
        file = Path(folder) / "new"
        opened = open_store(home)
        try:
            targets = home.backups_to(opened.settings)
            home.wanted_backup.unlink(missing_ok=True)
            _name_damage(home)
            try:
                with file.open("wb") as stream:
                    header = dump(stream, key, sign())
            except Tampered as tampered:
                problem = _(
                    "somebody changed the database: {rows}", rows=said_shortly(tampered.found.findings)
                )
                return tuple(Outcome(place, "", problem) for place in targets)
            people = Showing({})
            if subjects.are_kept():
                people = Showing(subjects.all_keys(), subjects.destroyed_owners())
                _renew_keys(home, targets)  # a backup without its keys beside it is none
        finally:
            close_store()
        name = name_of(header)
        try:
            server = home.database_url(opened.settings)
            proof = prove_backup(file, [key], opened.keys, people, home.folder, server)
            if people.shut:
                raise NotProved(f"{len(people.shut)} keys of persons are missing")
        except NotProved as error:
            problem = _("it could not be restored on trial ({reason})", reason=str(error))
            outcomes = tuple(Outcome(place, name, problem) for place in targets)
        else:
            manifest = Manifest.of(name, file, header)
            outcomes = tuple(replace(_store(home, file, manifest, place), on=proof.on) for place in targets)
    return outcomes


def record_outcomes(home: Home, by: RunnerPlace, outcomes: tuple[Outcome, ...]) -> None:
    """Record the outcomes of a backup, delete old backups and their journal, write the copies of persons'
    keys anew in every place, and notify where a place failed (`alert_failures`). Opens the store, and closes
    it."""
    opened = open_store(home)
    targets = [outcome.place for outcome in outcomes]
    keep = (opened.settings.backups or BackupSettings()).keep
    try:
        _record(outcomes, by)
        for outcome in outcomes:
            if not outcome.problem:
                thin_out(outcome.place, keep)
        _thin_out_journal(targets)
        _renew_keys(home, targets)
        alert_failures(home, by, outcomes)
    finally:
        close_store()


def run_if_due(home: Home, by: RunnerPlace, sign: Sign) -> tuple[Outcome, ...]:
    """Verify the backups that somebody at a desk asked to have verified. Then make one (`run_backup`) if a
    place lacks one that the regulations ask for by now, or somebody asked for one (H.6.4); else only send the
    notices that are due. All is recorded. Opens the store, and closes it."""
    opened = open_store(home)
    try:
        doubted = to_verify()
        due = (
            home.wanted_backup.exists()
            or is_ordered()
            or any(one.due for one in destinations(home, opened.settings, backup_duty()))
        )
        if not due:
            alert_failures(home, by)
            if subject_copies.copies_are_behind():
                _renew_keys(home, home.backups_to(opened.settings))
    finally:
        close_store()
    verified = verify_anew(home, by, doubted) if doubted else ()
    return (*verified, *(run_backup(home, by, sign) if due else ()))


def _name_damage(home: Home) -> None:
    """Read the journal to its end and record, once each, the gaps that no backup covers; the one being made
    does."""
    _lost, bare = lost_of_journal(home)
    for hole in bare:
        with writing():
            if mark_once(f"journal-damaged:{hole.first}"):
                audit.append(
                    act="journal.damaged", outcome="failed", front="host",
                    clause=", ".join(backup_duty().clauses)[:255],
                    detail={"changes": say(spans_of([hole]), "en"), "since": hole.since, "until": hole.until},
                )  # fmt: skip


def verify_anew(home: Home, by: RunnerPlace, doubted: Sequence[HostBackup]) -> tuple[Outcome, ...]:
    """Verify each of ``doubted``, record the outcome, and notify where one fails (H.6.4). Opens the store,
    and closes it."""
    opened = open_store(home)
    try:
        targets, server = home.backups_to(opened.settings), home.database_url(opened.settings)
        gone = subjects.destroyed_owners()
    finally:
        close_store()
    outcomes = []
    for one in doubted:
        place, lies = Path(one.place), None
        problem: Text = _("there is no such backup in it any more")
        try:
            there = manifests(place) if place in targets else []
            lies = next((manifest for manifest in there if manifest.name == one.file), None)
        except NotStored as error:
            problem = error.reason
        outcomes.append(
            verify_backup(home, place, lies, gone, server) if lies else Outcome(place, one.file, problem)
        )
    open_store(home)
    try:
        _record(outcomes, by, *doubted)
        alert_failures(home, by, outcomes)
    finally:
        close_store()
    return tuple(outcomes)


def alert_failures(home: Home, by: RunnerPlace, outcomes: Sequence[Outcome] = ()) -> int:
    """Send a notice about each place that failed just now or lacks its backup, and about an overdue backup by
    a book's owner, to administrators and those whom the regulations name; recorded, each problem once a day.
    Return how many were told. The store is open."""
    problems = _problems(home, backup_duty(), outcomes)
    told = 0
    heard: set[tuple[int, str]] = set()
    with writing():
        for policy in _by_weight():
            alarm = _alarm(policy)
            clause = alarm.clause if alarm else policy.backups.clause
            whom = {
                account
                for role in ("admin", alarm.to if alarm else policy.backups.by)
                for account in role_accounts(policy, policy.role_behind(role))
            }
            due = policy.control(owners_backups.CONTROL) is not None and owners_backups.is_due(policy)
            book = Book.get_by_id(policy.book)
            title = book.title
            overdue = _("{book}: a backup is due; its owner makes it with v in the Directory", book=title)
            for place, problem in [*problems, *([("", overdue)] if due else [])]:
                detail = _words(place, problem) | ({owners_backups.DUE: True} if problem is overdue else {})
                new = sorted(
                    account for account in whom if (account, _problem_digest(place, problem)) not in heard
                )
                heard |= {(account, _problem_digest(place, problem)) for account in new}
                if new and mark_once(
                    f"backup-alarm:{policy.book}:{_problem_digest(place, problem)}:{clock.now()[:10]}"
                ):
                    told += store_notice(
                        owners_backups.FAILED, policy.book, new, clause=clause, detail=detail
                    )
                    audit.append(
                        act="backups.alarm", outcome="done", source=by.source, front=by.front, clause=clause,
                        book=policy.book, detail={"place": place, "told": len(new)},
                    )  # fmt: skip
    return told


def tell_of_lost(after: int, last: int) -> int:
    """Send a notice that a restore lost the records ``after`` that one up to ``last``, with what was done by
    them, to whoever supervises or keeps each active book or looks after machines; each has to acknowledge it.
    Return how many were told. Within the running transaction."""
    kept = AuditRecord.get_or_none(AuditRecord.seq == after)
    since, told = kept.at if kept is not None else clock.now(), 0
    for policy in active_policies()[0]:
        problem = _(
            "A restore lost the records {first} to {last}. What was done after {since} is undone, such as "
            "rights, appointments, sanctions and consents. Compare the present with your own papers.",
            first=after + 1,
            last=last,
            since=local(since)[:16],
        )
        told += store_notice(
            "records-lost",
            policy.book,
            watching_host(policy),
            clause=policy.backups.clause,
            detail=_words("", problem),
            acknowledge=True,
        )
    return told


def _by_weight() -> list[EffectivePolicy]:
    """Return the policies of the active books, those that name whom to alarm first."""
    policies, _unreadable = active_policies()
    return sorted(policies, key=lambda one: (_alarm(one) is None, one.backups.clause == SILENT))


def _alarm(policy: EffectivePolicy) -> WatchRule | None:
    return next((rule for rule in policy.watches if rule.what == "backup-failure"), None)


def _problems(home: Home, wanted: BackupDuty, outcomes: Sequence[Outcome]) -> list[tuple[str, Text]]:
    found = destinations(home, store().settings, wanted)
    problems: dict[str, Text] = {str(one.place): one.problem for one in found if one.problem}
    problems |= {str(one.place): one.problem for one in outcomes if one.problem}
    lacking = shortage(found, wanted)
    return [*problems.items(), *([("", lacking)] if lacking else [])]


def _problem_digest(place: str, problem: Text) -> str:
    """Return a short digest of the place, else the problem: each is told once a day."""
    return hashlib.sha256((place or say(problem, "en")).encode("utf-8")).hexdigest()[:16]


def _words(place: str, problem: Text) -> dict[str, str]:
    return {"place": place, "zh": say(problem, "zh_CN"), "en": say(problem, "en")}


def _clear_away(folder: Path) -> None:
    """Delete folders that a killed backup or trial left a day ago or more."""
    for rest in (*folder.glob(".backup-*"), *folder.glob(".proof-*")):
        with contextlib.suppress(OSError):
            if time.time() - rest.stat().st_mtime > LEFT_BEHIND:
                shutil.rmtree(rest)


def _renew_keys(home: Home, targets: Sequence[Path]) -> None:
    """Write the copies of persons' keys anew in every place that is mounted and whose backups the keys
    open."""
    there = [place for place in targets if not is_away(home, place) and not _locked(home, place)]
    subject_copies.clear_copies(there, read_backup_key(home.keys))


def _store(home: Home, file: Path, manifest: Manifest, place: Path) -> Outcome:
    if is_away(home, place):
        return Outcome(place, manifest.name, AWAY)
    if shut := _locked(home, place):
        return Outcome(place, manifest.name, shut)
    try:
        store_copy(file, manifest, place)
        mark_place(home, place)
    except NotStored as error:
        problem = _("it did not take the copy ({reason})", reason=error.reason)
        return Outcome(place, manifest.name, problem)
    return Outcome(place, manifest.name)


def _locked(home: Home, place: Path) -> Text:
    with contextlib.suppress(NotStored):  # it is told where something is written there
        return why_locked(home, place)
    return ""


def _record(outcomes: Sequence[Outcome], by: RunnerPlace, *doubted: HostBackup) -> None:
    """Write an audit record for each place (F.4.1), or for each of what was ``doubted`` and verified anew."""
    clauses = ", ".join(backup_duty().clauses)
    with writing():
        for number, one in enumerate(outcomes):
            detail: dict[str, object] = {"place": str(one.place), "file": one.name}
            if doubted:
                detail["seq"] = doubted[number].seq
            if one.problem:
                detail["problem"] = say(one.problem, "en")
            audit.append(
                act=VERIFIED if doubted else RUN, outcome="failed" if one.problem else "done",
                source=by.source, front=by.front, clause=clauses[:255], detail=detail,
            )  # fmt: skip


def _thin_out_journal(targets: Sequence[Path]) -> None:
    """Remove days of the journal that lie before the oldest backup that is kept anywhere, and forget hosts
    silent since; nothing if no backup is found."""
    kept = [one.at for place in targets if place.is_dir() for one in manifests(place)]
    if kept:
        oldest = min(kept)[:10]
        for file in store().journal.folder.glob(f"*{frames.SUFFIX}"):
            if file.name[:10] < oldest:
                file.unlink(missing_ok=True)
        with writing():
            forget_hosts(store().database, oldest)
