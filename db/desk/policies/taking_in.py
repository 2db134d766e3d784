"""Taking regulations into the record that an earlier version read from files: those of the organisation's
folder, and of the product's own those that books use. Not an operation.

It runs once, for whoever opens the store of such a version, in a transaction that is journaled and recorded:
a restore from before it does the same again from the journal, whatever became of the folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from db.desk.authority.putting_on_record import put_text
from db.desk.authority.rules_on_record import NOTHING, rules_on_record
from db.language import _
from db.policy.loader import builtin, digest_of, load_folder, text_of
from db.policy.regulation import PolicyError, Regulation
from db.policy.rules import Fault
from db.store import audit
from db.store.tables import Book

TAKEN_IN = "policies.taken_in"


def is_to_take_in() -> bool:
    return rules_on_record().digest == NOTHING and Book.select().exists()


def take_in(folder: Path, source: str) -> tuple[str, ...]:
    """Store the versions of regulations in ``folder`` and of the product, within the running transaction, and
    record that beside; return which versions. Raises PolicyError for a file that can't be read, and where a
    book rests on a regulation whose file is missing: to take in the others without it would put other rules
    in force."""
    own: dict[str, list[Regulation]] = {}
    for one in load_folder(folder):
        own.setdefault(one.id, []).append(one)
    used = {name: book.id for book in Book.select() for name in json.loads(book.policies)}
    taken: list[tuple[str, str, str]] = []
    for name in sorted({*used, *own}):
        versions = list(_versions(name, own.get(name, [])))
        if not versions:
            message = _(
                "The directory {book} rests on the regulation {name}, whose file is not in policies/. "
                "Put it back there first.",
                book=used[name],
                name=name,
            )
            raise PolicyError((Fault(0, "", message),))
        for one in versions:
            text, day = text_of(one), one.file.effective.isoformat()
            put_text(text, one, day)
            taken.append((f"{one.id} {one.version}", day, digest_of(text)))
    audit.append(
        act=TAKEN_IN,
        outcome="done",
        source=source,
        front="host",
        detail={"policies": [" ".join(one) for one in taken]},
    )
    return tuple(name for name, _day, _digest in taken)


def _versions(name: str, own: list[Regulation]) -> Iterator[Regulation]:
    """Yield the versions of a regulation, the earliest first; the product's own counts until the
    organisation's first."""
    shipped = builtin().get(name)
    if shipped is not None and not any(
        one.file.effective <= shipped.file.effective or one.version == shipped.version for one in own
    ):
        yield shipped
    yield from own
