"""Whether somebody who joins is in the directory already (C.8): an import asks the same of its rows. Not an
operation."""

from __future__ import annotations

from typing import Final

from db.desk.entry.alike import looking_like
from db.desk.entry.record import Values, load
from db.store.tables import Entry

PERSONAL: Final = ("mobile", "email")


def is_there(book: str, values: Values) -> bool:
    """Whether an entry in ``book`` bears the name in ``values`` and a mobile number or e-mail of theirs."""
    theirs = _personal(values)
    rows = Entry.select().where(
        (Entry.book == book) & (Entry.state == "active") & Entry.name.in_(values.get("name", ()))
    )
    return bool(theirs) and any(theirs & _personal(load(row.id).values) for row in rows)


def looks_like(book: str, values: Values) -> str:
    """The name of an active entry in ``book`` that looks like the one in ``values`` and is spelt otherwise
    (UTS 39); empty where there is none."""
    found = looking_like(book, values.get("name", ()))
    return next((str(row.name) for rows in found.values() for row in rows), "")


def _personal(values: Values) -> set[tuple[str, str]]:
    return {(field, value) for field in PERSONAL for value in values.get(field, ())}
