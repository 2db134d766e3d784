"""Whether somebody who joins is in the directory already (C.8): an import asks the same of its rows.

Only what is open is compared, as a form would else tell whether a protected number was guessed. Not an
operation.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.authority.permissions import policy_of
from db.desk.entry.alike import looking_like
from db.desk.entry.record import Values, load_entry, personal_fields
from db.store.tables import Entry


def is_there(book: str, values: Values) -> bool:
    """Return whether an active entry in ``book`` bears the name in ``values`` and an open mobile or e-mail of
    theirs."""
    fields = personal_fields(policy_of(book))
    theirs = _personal(values, fields)
    rows = Entry.select().where(
        (Entry.book == book) & (Entry.state == "active") & Entry.name.in_(values.get("name", ()))
    )
    return bool(theirs) and any(theirs & _personal(load_entry(row.id).values, fields) for row in rows)


def looks_like(book: str, values: Values) -> str:
    """Return the name of an active entry that looks alike but is spelt otherwise (UTS 39), or ""."""
    found = looking_like(book, values.get("name", ()))
    return next((str(row.name) for rows in found.values() for row in rows), "")


def _personal(values: Values, fields: Sequence[str]) -> set[tuple[str, str]]:
    return {(field, value) for field in fields for value in values.get(field, ())}
