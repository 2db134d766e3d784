"""Whether somebody who joins is in the directory already (C.8): an import asks the same of its rows. Not an
operation."""

from __future__ import annotations

from typing import Final

from db.desk.record import Values, load
from db.desk.standing import root_of
from db.store.lookalikes import skeleton
from db.store.searchkeys import alike, entry_of, folded
from db.store.tables import Entry, SearchKey

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
    for name in values.get("name", ()):
        keys = [alike(name, side) for side in ("internal", "external")]
        lines = SearchKey.select(SearchKey.line).where(
            (SearchKey.scope == root_of(book)) & SearchKey.key.in_(keys)
        )
        rows = Entry.select().where(Entry.id.in_([entry_of(row.line) for row in lines]))
        for row in rows:
            if folded(row.name) != folded(name) and skeleton(folded(row.name)) == skeleton(folded(name)):
                return str(row.name)
    return ""


def _personal(values: Values) -> set[tuple[str, str]]:
    return {(field, value) for field in PERSONAL for value in values.get(field, ())}
