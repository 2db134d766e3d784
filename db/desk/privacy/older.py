"""Evidence and archives from before version 9 of the database, put under keys of their own. Not an operation.

The duty runner does some at a time, as ordinary changes: they are journaled, so that a restore of a backup
from before still follows, and whatever stops it, the next run goes on with what has no key yet.
"""

from __future__ import annotations

from db.desk.lifecycle import archive
from db.desk.requests import files
from db.store.engine import database, store
from db.store.sealing import unseal
from db.store.subjects import WRAPPED, seal_for
from db.store.tables import Archive, Evidence
from db.store.transactions import writing

AT_ONCE = 50
WITHOUT_KEY = """
SELECT {column} FROM {table} WHERE {only}
NOT EXISTS (SELECT 1 FROM thing_key WHERE name = '{table}:' || CAST({column} AS TEXT))
ORDER BY {column} LIMIT {most}
"""


def seal_older() -> int:
    """Encrypt some of what has no key of its own, in a transaction of its own; return how many."""
    with writing():
        done = [_evidence(file) for file in _without_key("evidence", "id", "size > 0 AND")]
        done += [_archive(entry) for entry in _without_key("archive", "entry_id")]
    return sum(done)


def _without_key(table: str, column: str, only: str = "") -> list[str]:
    found = WITHOUT_KEY.format(table=table, column=column, only=only, most=AT_ONCE)
    return [row[0] for row in database.execute_sql(found).fetchall()]


def _evidence(file: str) -> bool:
    place, row = Evidence.content.place(file), Evidence.get_by_id(file)
    content = unseal(store().keys, place, bytes(row.content))
    if content.startswith(WRAPPED):
        return False
    Evidence.update(content=files.encrypt_file(file, content)).where(Evidence.id == file).execute()
    return True


def _archive(entry: str) -> bool:
    number = int(entry)
    place, row = Archive.content.place(number), Archive.get(Archive.entry == number)
    content = unseal(store().keys, place, bytes(row.content))
    if content.startswith(WRAPPED):
        return False
    sealed = seal_for(archive.key_name(number), place, content)
    Archive.update(content=sealed).where(Archive.id == row.id).execute()
    return True
