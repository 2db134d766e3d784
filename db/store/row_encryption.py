"""What is personal, sealed on the way into backups and into the journal, and opened on the way back.

A row of the journal loses its personal columns and gets `SEALED` instead; whole rows that follow on each
other and are of one person become one change. `db.store.backups.dump` makes such lines of backups.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json, to_json

from db.store import subjects
from db.store.engine import database
from db.store.journal.capture import Change
from db.store.personal import PERSON, PERSONAL, WAYS, Row, instead, person_of
from db.store.sealing import NONCE_BYTES, SealBroken
from db.store.sql import is_among

SHORT, JSON = 200, (b"{", b"[")
"""What is longer, in bytes, is compressed before it is sealed, as sealed it can't be; what was not compressed
begins with one of these."""
WINDOW = 1024
"""Bytes of the smallest window that compresses well enough."""
SEALED = ""
"""Where a row holds what is sealed of it: the person, and the sealed text or None where it was erased."""


def hide_changes(changes: Sequence[Change], keys: dict[int, bytes]) -> list[Change]:
    """Return the running transaction's changes for the journal, with personal values encrypted under their
    persons' keys. Missing keys are created in this transaction. ``keys`` caches them, and is added to."""
    rows = [_rows(change) for change in changes]
    persons = _persons([(change[0], row) for change, row in zip(changes, rows, strict=True)])
    keys |= subjects.keys_of({person for person in persons if person is not None} - keys.keys())
    hiding = Hiding(keys)
    kept: list[Change] = []
    together = groupby(zip(changes, rows, persons, strict=True), key=lambda one: (one[0][0], one[2]))
    for (table, person), group in together:
        if person is None:
            kept += [change for change, _rows, _person in group]
        elif not PERSONAL[table]:
            kept.append(
                (table, None, hiding.hide_rows(table, [change for change, _rows, _person in group], person))
            )
        else:
            kept += [
                (table, hiding.text(table, was, person), hiding.text(table, will, person))
                for _change, (will, was), _person in group
            ]
    return kept


class Hiding:
    """Seals what is personal under ``keys``; whoever has none of them was erased."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = keys

    def content(self, table: str, person: int, content: bytes) -> str | None:
        """Encrypt ``content``, JSON of rows of ``table``, under the person's key; None if that is
        destroyed."""
        key = self._keys.get(person)
        if key is None:
            return None
        if len(content) > SHORT:
            content = _compressed(content)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + _cipher(key).encrypt(nonce, content, table.encode())
        return base64.b64encode(sealed).decode("ascii")

    def text(self, table: str, row: Row | None, person: int) -> str | None:
        """Return a row of ``person`` as JSON, its personal columns encrypted together."""
        if row is None:
            return None
        apart = {name: row[name] for name in PERSONAL[table] if name in row}
        plain = {name: row[name] for name in row if name not in apart}
        return to_json({**plain, SEALED: [person, self.content(table, person, to_json(apart))]}).decode()

    def hide_rows(self, table: str, changes: Sequence[Change], person: int) -> str:
        """Encrypt changes of rows that are wholly ``person``'s as one text."""
        pairs = (f"[{was or 'null'},{will or 'null'}]" for _table, was, will in changes)
        content = f"[{','.join(pairs)}]".encode()
        return to_json({SEALED: [person, self.content(table, person, content)]}).decode()


class Showing:
    """Opens what `Hiding` sealed. ``keys`` are of persons, or of things too; whom neither those nor ``gone``,
    the erased, name is in ``shut`` afterwards."""

    def __init__(self, keys: Mapping[Any, bytes], gone: Collection[subjects.KeyOwner] = ()) -> None:
        self._keys, self._gone = keys, gone
        self.shut: set[int] = set()

    def persons_without_key(self, persons: Collection[int]) -> set[int]:
        """Return those of ``persons`` whose key is not here and who were not erased."""
        return {person for person in persons if person not in self._keys and person not in self._gone}

    def content(self, table: str, person: int, sealed: str | None) -> bytes | None:
        """Decrypt what `Hiding.content` encrypted; None if the key is not here, adding the person to ``shut``
        unless erased. Raises SealBroken."""
        key = self._keys.get(person)
        if sealed is None or key is None or person in self._gone:
            self.shut |= self.persons_without_key([person]) if sealed is not None else set()
            return None
        try:
            whole = base64.b64decode(sealed, validate=True)
            content = _cipher(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], table.encode())
            return content if content[:1] in JSON else zlib.decompress(content)
        except (InvalidTag, ValueError, zlib.error):
            raise SealBroken(table) from None

    def changes(self, table: str, was: Row | None, will: Row | None) -> list[tuple[Row | None, Row | None]]:
        """Decrypt the rows before and after a journaled change. Without the key, the one after gets
        substitutes, the one before keeps plain columns alone, and wholly personal rows give []. Raises
        SealBroken."""
        if will is not None and SEALED in will and not PERSONAL[table]:
            content = self.content(table, *will[SEALED])
            return [] if content is None else [(before, after) for before, after in from_json(content)]
        return [(self._row(table, was, blanks=False), self._row(table, will, blanks=True))]

    def _row(self, table: str, row: Row | None, *, blanks: bool) -> Row | None:
        if row is None or SEALED not in row:
            return row
        person, sealed = row[SEALED]
        content = self.content(table, person, sealed)
        rest = {name: row[name] for name in row if name != SEALED}
        if content is None:
            return rest | (instead(table, person, rest) if blanks else {})
        opened: Row = from_json(content)
        return rest | opened


def _rows(change: Change) -> tuple[Row | None, Row | None]:
    """Return the rows after and before a change; None for those of a table that holds nothing personal."""
    table, before, after = change
    if table not in PERSONAL:
        return None, None
    return None if after is None else from_json(after), None if before is None else from_json(before)


def _persons(rows: Sequence[tuple[str, tuple[Row | None, Row | None]]]) -> list[int | None]:
    """Return the person of each change, looked up in the database for all of a table at once; None for
    nobody."""
    wanted: dict[str, set[int]] = {}
    for table, images in rows:
        for row in filter(None, images):
            for column, of in WAYS[table].items():
                if row[column] is not None and of != PERSON:
                    wanted.setdefault(of, set()).add(row[column])
    known: dict[str, dict[int, int]] = {}
    for of, ids in wanted.items():
        where, values = is_among("id", ids)
        found = database.execute_sql(f'SELECT id, {person_of(of)} FROM "{of}" WHERE {where}', values)
        known[of] = dict(found.fetchall())

    def person(table: str, row: Row) -> int | None:
        for column, of in WAYS[table].items():
            of_it = row[column] if of == PERSON else known.get(of, {}).get(row[column])
            if of_it is not None:
                return int(of_it)
        return None

    return [
        next((one for row in images if row is not None and (one := person(table, row)) is not None), None)
        for table, images in rows
    ]


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """Return the cipher of ``key``. Cached, as rows of one person often follow on each other."""
    return AESGCM(key)


def _compressed(content: bytes) -> bytes:
    """Compress ``content``, short texts in a small window: setting the usual one up takes five times as long
    as the rest."""
    if len(content) > WINDOW:
        return zlib.compress(content, 1)
    pressing = zlib.compressobj(1, wbits=WINDOW.bit_length() - 1, memLevel=4)
    return pressing.compress(content) + pressing.flush()
