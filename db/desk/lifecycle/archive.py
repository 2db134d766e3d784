"""The sealed archive of an entry that was removed (A.10). Not an operation.

Once it is sealed, the values of the entry stand nowhere else on record: neither a list nor a search nor
a dump of the database shows them. It has a key of its own, so that an archive that is erased opens from no
old copy either.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import months_before, today
from db.desk.entry.record import load_entry, origins
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.audit import canonical
from db.store.engine import store
from db.store.sealing import SealBroken
from db.store.subjects import seal_for, unseal_for
from db.store.tables import Archive, EntryField, Request, Unit


@dataclass(frozen=True, slots=True)
class Archived:
    """What an archive holds. ``values`` are in the spelling in which they were kept."""

    name: str
    unit: str
    kind: str
    joined: str | None
    values: dict[str, tuple[str, ...]]


def archive_entry(request: Request, entry: int, clause: str) -> Archive:
    """Encrypt the entry as it is into an archive, with a key of its own, and delete its values; return the
    archive. The entry itself stays: the caller removes it."""
    row = load_entry(entry)
    content = canonical(
        {
            "name": row.first("name"),
            "unit": Unit.get_by_id(row.unit).name,
            "kind": row.kind,
            "joined": row.joined,
            "version": row.version,
            "values": {name: list(values) for name, values in row.values.items()},
            "origins": {
                name: [origin.source, origin.verifier, origin.verified_at]
                for name, origin in origins(entry).items()
            },
        }
    )
    made = Archive.create(
        book=row.book,
        entry=entry,
        person=row.person,
        request=request,
        clause=clause,
        content=seal_for(key_name(entry), Archive.content.place(entry), content),
        digest=_digest(content),
        at=clock.now(),
        keep_until=keep_until(policy_of(row.book), today()).isoformat(),
    )
    EntryField.delete().where(EntryField.entry == entry).execute()
    return made


def unseal_archive(row: Archive) -> Archived:
    """Return what an archive holds. Raises SealBroken where it was tampered with or its key is destroyed."""
    content = unseal_for(key_name(row.entry_id), Archive.content.place(row.entry_id), bytes(row.content))
    if not hmac.compare_digest(_digest(content), row.digest):
        raise SealBroken(Archive.content.place(row.entry_id))
    kept = json.loads(content)
    return Archived(
        name=kept["name"],
        unit=kept["unit"],
        kind=kept["kind"],
        joined=kept["joined"],
        values={name: tuple(values) for name, values in kept["values"].items()},
    )


def key_name(entry: int) -> str:
    """Return the name of the archive's key in `db.store.subjects`."""
    return f"archive:{entry}"


def keep_until(policy: EffectivePolicy, made: date) -> date:
    """Return the last day on which an archive ``made`` then is kept: by the rule for archives, else until
    leavers are erased."""
    rule = policy.retention_of("archive")
    years = rule.years if rule is not None else None
    return months_before(made, -(years * 12 if years is not None else policy.erased_after("leaver").months))


def _digest(content: bytes) -> str:
    return hmac.new(store().keys.digest, content, hashlib.sha256).hexdigest()
