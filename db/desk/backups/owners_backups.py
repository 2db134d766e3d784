"""The backups of a book whose regulation leaves them to its owner, and what is lost since (D.8, D.11.1)."""

from __future__ import annotations

import hashlib
import json
import secrets
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from db.desk.act import Act
from db.desk.authority.permissions import root_of
from db.desk.backups.backup_rules import DAYS
from db.desk.entry import record
from db.desk.entry.sources import of_backup
from db.desk.entry.units import path_of
from db.desk.lifecycle.join_kind import payload
from db.desk.refusal import Invalid, Problem
from db.desk.requests import change_kind, files
from db.desk.requests.proposing import right_to_propose
from db.desk.requests.submitting import RequestDraft, submit_request
from db.language import Text, _, say
from db.policy.effective import EffectivePolicy
from db.store import audit, clock, subjects
from db.store.backups import excerpt
from db.store.backups.backup_store import (
    Manifest,
    NotStored,
    is_away,
    is_whole,
    manifests,
    mark_place,
    name_of,
    store_copy,
    thin_out,
)
from db.store.backups.dump import Header
from db.store.backups.excerpt import Line
from db.store.backups.vault import VaultBroken
from db.store.engine import database, store
from db.store.journal.writing import journal_position
from db.store.keys import read_backup_key, read_backup_keys
from db.store.migrations import stored_schema_version
from db.store.row_encryption import Hiding, Showing
from db.store.settings import BackupSettings
from db.store.tables import Entry, Evidence, Notice, NoticeRecipient, Person, Unit

CONTROL = "restore-by-owner"
FAILED = "backup-failed"
"""The kind of notice about a backup that failed or is not there."""
DUE = "due"
"""Marks the detail of such a notice where the owner's backup alone is overdue."""


@dataclass(frozen=True, slots=True)
class BookBackup:
    """A backup of one book, and in how many places it lies whole."""

    name: str
    at: str
    size: int
    places: int


@dataclass(frozen=True, slots=True)
class Loss:
    """An entry that is not as it was in a backup: ``gone``, or with other values in ``fields``."""

    entry: int
    name: str
    unit: str
    gone: bool
    fields: tuple[Text, ...]


def back_up_book(book: str) -> BookBackup:
    """Encrypt the active entries of ``book`` into a backup, copy it to every place, read each copy back, and
    delete the oldest there beyond the number that the settings ``keep``. Raises NotStored where no place has
    it."""
    key, home = read_backup_key(store().home.keys), store().home
    entries = [
        _line(record.load_entry(row.id))
        for row in Entry.select(Entry.id)
        .where((Entry.book == book) & (Entry.state == "active"))
        .order_by(Entry.id)
    ]
    keys = subjects.keys_of({line["person"] for line in entries})
    seq, hashed = audit.head()
    header = Header(clock.now(), stored_schema_version(), seq, hashed, journal_position(database))
    stored, problem = 0, NotStored(_("no place"))
    with tempfile.TemporaryDirectory(dir=home.folder, prefix=".backup-") as folder:
        file = Path(folder) / "book"
        excerpt.write(file, key, header, entries, Hiding(keys))
        manifest = Manifest.of(name_of(header, book), file, header, book)
        for place in home.backups_to(store().settings):
            try:
                if is_away(home, place):
                    raise NotStored(_("not mounted"))
                store_copy(file, manifest, place)
                mark_place(home, place)
                if excerpt.read(place / manifest.name, [key], Showing(keys)) != entries:
                    raise NotStored(_("what was read back differs"))
            except VaultBroken as error:
                problem = NotStored(str(error))
            except NotStored as error:
                problem = error
            else:
                stored += 1
                thin_out(place, (store().settings.backups or BackupSettings()).keep, book)
    if not stored:
        raise problem
    return BookBackup(manifest.name, manifest.at, manifest.size, stored)


def recorded_backups(book: str) -> tuple[BookBackup, ...]:
    """Return the backups of ``book`` in any place, the newest first, each with in how many places it lies;
    opens none. A place that can't be read has none."""
    found: dict[str, list[Manifest]] = {}
    for place in store().home.backups_to(store().settings):
        try:
            for manifest in manifests(place, book) if place.is_dir() else []:
                found.setdefault(manifest.name, []).append(manifest)
        # A place that can't be read has none to list; the others have.
        except NotStored:
            continue
    return tuple(
        BookBackup(name, found[name][0].at, found[name][0].size, len(found[name]))
        for name in sorted(found, reverse=True)
    )


def is_due(policy: EffectivePolicy) -> bool:
    """Return whether the owner's backup is older than the regulation lets it be, or there is none."""
    newest = next(iter(recorded_backups(policy.book)), None)
    days = timedelta(days=DAYS[policy.backups.every])
    return newest is None or clock.utcnow() - clock.moment(newest.at) > days


def settle_due(book: str) -> None:
    """Mark all unread notices that the owner's backup of ``book`` is due as seen."""
    rows = Notice.select().where((Notice.kind == FAILED) & (Notice.book == book))
    due = [row.id for row in rows if DUE in json.loads(row.detail)]
    unread = NoticeRecipient.notice.in_(due) & NoticeRecipient.seen_at.is_null()
    NoticeRecipient.update(seen_at=clock.now()).where(unread).execute()


def read_backup(book: str, name: str) -> list[Line] | None:
    """Decrypt the entries of the backup ``name`` from the first whole copy, those of erased people left out;
    None where there is no copy that opens."""
    keys = read_backup_keys(store().home.keys)
    people = Showing(subjects.all_keys(), subjects.destroyed_owners())
    for place in store().home.backups_to(store().settings):
        for manifest in manifests(place, book) if place.is_dir() else []:
            if manifest.name == name and is_whole(place, manifest):
                try:
                    return excerpt.read(place / name, keys, people)
                # The next place may have it whole.
                except (VaultBroken, OSError):
                    continue
    return None


def lost_entries(policy: EffectivePolicy, lines: list[Line]) -> tuple[Loss, ...]:
    """Return the entries among ``lines`` that are gone or have other values now. Who left the book in order
    is not lost."""
    labels = {rule.name: rule.label for rule in policy.fields}
    found = []
    for line in lines:
        changed = fields_changed_since(policy, line)
        if changed is None or changed:
            names = () if changed is None else tuple(changed)
            found.append(
                Loss(
                    line["entry"],
                    line["values"]["name"][0],
                    line["path"],
                    changed is None,
                    tuple(labels.get(name, name) for name in names),
                )
            )
    return tuple(found)


def fields_changed_since(policy: EffectivePolicy, line: Line) -> Mapping[str, tuple[str, ...]] | None:
    """Return the fields that differ now, with the values that they had in the backup; None where the entry is
    gone, empty where it left the book in order."""
    row = _present(policy.book, line)
    if row is None:
        return None
    if row.state != "active":
        return {}
    now = record.load_entry(row.id).values
    fields = {rule.name for rule in policy.fields} - {"unit"}
    then: Mapping[str, list[str]] = line["values"]
    return {
        name: tuple(then.get(name, ()))
        for name in sorted(fields & (set(then) | set(now)))
        if tuple(then.get(name, ())) != tuple(now.get(name, ()))
    }


def ask_back(act: Act, policy: EffectivePolicy, line: Line, name: str) -> int:
    """Submit a request for an entry to be what it was in the backup ``name``, and return its number: a
    change, or where the entry is gone a joiner, for whom a pending entry is created. The evidence is a file
    of what the backup has of it, stored encrypted in the actor's tray. Raises Refused where the actor may not
    submit it or nobody could decide; Invalid for unfit values, and where only the photo differs."""
    present, changed = _present(policy.book, line), fields_changed_since(policy, line)
    reason = say(_("As in the backup {name}.", name=name), act.actor.language)
    if present is None or changed is None:
        return int(submit_request(act, _appearing(act, policy, line, name, reason)).id)
    right = right_to_propose(act, int(present.id))
    pictures = {
        rule.name for rule in policy.fields if rule.kind == "photo"
    }  # of a file that another one sent
    after = {field: given for field, given in changed.items() if field not in pictures}
    if not after:
        raise Invalid(Problem("entry", _("Only the photo differs; send it again as a change.")))
    before = {field: tuple(right.entry.values.get(field, ())) for field in after}
    draft = RequestDraft(
        kind=change_kind.KIND,
        book=policy.book,
        unit=right.entry.unit,
        entry=right.entry.id,
        entry_version=right.entry.version,
        payload=change_kind.payload(before, after),
        reason=reason,
        evidence=_as_evidence(act, line, name, after),
        steps=right.steps(policy.flow(change_kind.KIND)),
        holding=right.holding,
    )
    return int(submit_request(act, draft).id)


def _appearing(act: Act, policy: EffectivePolicy, line: Line, name: str, reason: str) -> RequestDraft:
    """Store a pending entry for one that is gone, in its unit or, if that is closed, at the root, and a file
    of the backup in the actor's tray. Return the draft of the request by which it is entered again, without
    values on which consent was withdrawn."""
    unit = Unit.get_or_none((Unit.id == line["unit"]) & Unit.active)
    person = Person.get_or_none(Person.id == line["person"])
    place = unit.id if unit is not None else root_of(policy.book)
    left_out = {"unit", *change_kind.withdrawn_from(line["entry"])}
    values = {field: given for field, given in line["values"].items() if field not in left_out}
    entry = record.create_entry(
        policy.book,
        place,
        line["kind"],
        {"name": values["name"]},
        state="pending",
        joined=line["joined"],
        source=of_backup(name),
    )
    asks = payload(line["kind"], place, line["joined"], values, person.id if person is not None else None)
    evidence = _as_evidence(act, line, name, values)
    return RequestDraft("join", policy.book, place, entry, None, asks, reason, evidence)


def _as_evidence(act: Act, line: Line, name: str, fields: Collection[str]) -> tuple[str]:
    """Store a file, encrypted, in the actor's tray with the name and the ``fields`` of an entry as the backup
    has them; return its number."""
    values = {field: given for field, given in line["values"].items() if field in {"name", *fields}}
    said = {"backup": name, **line, "values": values}
    content = json.dumps(said, ensure_ascii=False, indent=1).encode("utf-8")
    row = Evidence(
        id=secrets.token_hex(5),
        account=act.permissions.account,
        name=f"{name}-{line['entry']}.txt",
        media_type="text/plain",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        added_at=clock.now(),
    )
    row.content = files.encrypt_file(row.id, content)
    row.save(force_insert=True)
    return (str(row.id),)


def _present(book: str, line: Line) -> Entry | None:
    """Return the entry as it is now: by its number, or under another that its person has in the book."""
    row = Entry.get_or_none((Entry.id == line["entry"]) & (Entry.book == book))
    if row is None:
        same = (Entry.person == line["person"]) & (Entry.book == book) & (Entry.state == "active")
        row = Entry.get_or_none(same)
    found: Entry | None = row
    return found


def _line(entry: record.RecordedEntry) -> Line:
    return {
        "entry": entry.id,
        "person": entry.person,
        "unit": entry.unit,
        "path": " / ".join(path_of(entry.unit)[1:]),
        "kind": entry.kind,
        "joined": entry.joined,
        "values": {name: list(given) for name, given in entry.values.items()},
    }
