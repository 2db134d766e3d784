"""What is personal of a person in the tables, and how it is kept in backups and in the journal: under the
person's own key, so that neither tells it any more once that is destroyed (`db.store.subjects`).

`PERSONAL` names the columns, the way from a row to its person, and what stands in their place once the key is
gone: what erasing leaves in the database itself, which goes by the same table. A row that leads to nobody,
such as an announcement to a whole unit, is kept as it is.

`OTHERWISE` names every other column that holds text, a day or something sealed, by why it is not in that; a
test fails where a column is in neither. Numbers, moments and references tell nothing without the rest.
"""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store import subjects
from db.store.engine import database
from db.store.journal.capture import Change
from db.store.sealing import NONCE_BYTES, SealBroken
from db.store.sql import among

Row = dict[str, Any]

NUMBER, LOGIN = "#number", "erased-id"
"""Stand for the person's number, as an erased person is called, and for a login that nobody else has."""
SHORT, JSON = 200, (b"{", b"[")
"""What is longer, in bytes, is compressed before it is sealed, as sealed it can't be; what was not compressed
begins with one of these."""
SEALED = ""
"""Where a row holds what is sealed of it: the person, and the sealed text or None where it was erased."""


@dataclass(frozen=True, slots=True)
class Personal:
    """The personal columns of a table, each with what stands in its place; without any, it is whole rows,
    of which nothing stays. A row's person is found in the first of the columns ``by`` that is not null,
    which names a row of the table beside it."""

    by: Mapping[str, str]
    columns: Mapping[str, str | None] | None = None


PERSON = "person"
ENTRY = {"entry_id": "entry"}
ACCOUNT = {"account_id": "account"}
REQUEST = {"request_id": "request"}

PERSONAL: Mapping[str, Personal] = {
    PERSON: Personal({"id": PERSON}, {"name": NUMBER}),
    "entry": Personal(
        {"person_id": PERSON}, {"name": NUMBER, "position": "", "organisation": "", "joined": None}
    ),
    "entry_field": Personal(ENTRY),
    "entry_tag": Personal(ENTRY),
    "account": Personal(
        {"person_id": PERSON}, {"login": LOGIN, "password": None, "totp": None, "activation": None}
    ),
    "past_password": Personal(ACCOUNT),
    "recovery_code": Personal(ACCOUNT),
    "known_source": Personal(ACCOUNT),
    "sign_in_session": Personal(ACCOUNT, {"source": ""}),
    "delegation": Personal(ACCOUNT, {"reason": ""}),
    "evidence": Personal(ACCOUNT, {"name": ""}),
    "request": Personal(ENTRY | {"about_id": "account"}, {"reason": ""}),
    "request_step": Personal(REQUEST, {"comment": ""}),
    "request_event": Personal(REQUEST, {"comment": ""}),
    "consent": Personal(ENTRY, {"fields": "[]"}),
    "review_item": Personal(ENTRY, {"comment": ""}),
    "task_proof": Personal({"task_id": "task"}, {"word": ""}),
    "hand_back": Personal(ENTRY, {"word": ""}),
    "notice": Personal(ENTRY, {"detail": "{}"}),
    "commendation": Personal(ENTRY, {"word": ""}),
    "edition_copy": Personal(ENTRY, {"name": NUMBER, "post": "", "unit": ""}),
    "outgoing_mail": Personal(ENTRY, {"detail": "{}", "problem": ""}),
    "outside_change": Personal(ENTRY, {"problem": ""}),
    "outside_finding": Personal(ENTRY, {"account": "", "name": ""}),
    "outside_member": Personal({"person_id": PERSON}),
}
WAYS: Mapping[str, Mapping[str, str]] = {name: one.by for name, one in PERSONAL.items()} | {"task": ENTRY}

ORGANISATION = "the organisation's own: books, units, regulations, reviews"
WORD = "one of the policy's or the program's own words"
MARK = "a number, a mark or a keyed digest that tells nothing without the rest"
DAY = "of an act, a duty or a right, which tells nothing without the rest"
OWN_KEY = "sealed under a key that goes with the person already"
LASTS = "kept beyond the person, sealed under a field key: it is of several, or of an offence"
AUDIT = "the chain covers it; what is personal in it is sealed already"
OTHERWISE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "book": {ORGANISATION: ("id", "title_zh", "title_en", "policies", "decisions")},
    "unit": {ORGANISATION: ("name", "name_en", "side", "region", "kind")},
    "unit_contact": {ORGANISATION: ("name", "value", "sealed", "source")},
    "entry": {WORD: ("kind", "state"), DAY: ("left",)},
    "account": {WORD: ("state", "language", "theme")},
    "grant": {WORD: ("role",)},
    "sign_in_session": {WORD: ("front", "strength", "ended_how"), ORGANISATION: ("server",)},
    "failure_count": {MARK: ("subject",)},
    "undertaking_accepted": {ORGANISATION: ("policy", "version")},
    "delegation": {WORD: ("role",), DAY: ("from_day", "until_day")},
    "evidence": {MARK: ("id", "digest"), WORD: ("media_type",), OWN_KEY: ("content",)},
    "request": {
        WORD: ("kind", "state", "policy_version", "clause", "due_clause", "report_clause"),
        OWN_KEY: ("payload",), MARK: ("digest",), ORGANISATION: ("rules",),
        DAY: ("due", "changed_on", "report_due"),
    },
    "request_step": {WORD: ("role", "clause", "state"), MARK: ("digest",)},
    "request_event": {WORD: ("act",)},
    "task": {
        WORD: ("kind", "role", "clause", "state", "detail"), MARK: ("duty",), DAY: ("started_on", "due"),
    },
    "task_proof": {WORD: ("what", "clause")},
    "duty_mark": {MARK: ("key",)},
    "archive": {WORD: ("clause",), OWN_KEY: ("content",), MARK: ("digest",), DAY: ("keep_until",)},
    "hand_back": {MARK: ("copy",), ORGANISATION: ("what",), WORD: ("outcome",)},
    "notice": {WORD: ("kind", "clause")},
    "consent": {WORD: ("state", "clause"), DAY: ("due",)},
    "copy_grant": {MARK: ("mark",)},
    "campaign": {
        WORD: ("kind", "of", "by", "runs", "clause", "policy_version"), ORGANISATION: ("reason",),
        MARK: ("occasion",), DAY: ("due",),
    },
    "review_item": {WORD: ("point", "signs", "verdict")},
    "finding": {ORGANISATION: ("what",), WORD: ("state",), DAY: ("due",)},
    "finding_event": {ORGANISATION: ("word",), WORD: ("act",)},
    "stale_sign": {WORD: ("field", "sign"), MARK: ("mark",)},
    "trained": {WORD: ("topic", "version"), ORGANISATION: ("source",), DAY: ("on_day",)},
    "call_attempt": {WORD: ("field", "outcome")},
    "edition_issue": {
        WORD: ("edition", "policy_version", "clause"), LASTS: ("content",), MARK: ("key", "digest"),
        ORGANISATION: ("recall_reason",), DAY: ("period",),
    },
    "edition_copy": {
        MARK: ("key", "code", "secret", "password"), WORD: ("clause",), ORGANISATION: ("recall_reason",),
    },
    "edition_file": {WORD: ("way",), MARK: ("sha256",)},
    "outgoing_mail": {WORD: ("kind", "state")},
    "outside_change": {WORD: ("system", "event", "state")},
    "outside_unit": {WORD: ("system",)},
    "outside_survey": {WORD: ("system",), ORGANISATION: ("problem",)},
    "outside_finding": {WORD: ("problem", "fields")},
    "case_file": {
        WORD: ("sort", "kind", "field", "state", "clause", "policy_version", "outcome"),
        LASTS: ("words",), MARK: ("key",),
    },
    "case_party": {WORD: ("sanctions", "currency", "clause")},
    "case_event": {WORD: ("act",), LASTS: ("word",), MARK: ("key",)},
    "case_attachment": {WORD: ("what",), MARK: ("number",)},
    "commendation": {WORD: ("kind", "clause"), DAY: ("first", "last")},
    "audit_record": {
        AUDIT: (
            "source", "front", "act", "outcome", "clause", "book", "purpose", "detail", "why", "told",
            "journal", "journal_digest", "prev", "hash",
        ),
    },
    "audit_head": {AUDIT: ("hash",)},
    "let_go": {MARK: ("name",)},
}  # fmt: skip


def person_of(table: str) -> str:
    """The SQL of the person of a row of ``table``; NULL where it leads to nobody."""
    found = [
        f'"{table}"."{column}"'
        if of == PERSON
        else f'(SELECT {person_of(of)} FROM "{of}" WHERE "{of}".id = "{table}"."{column}")'
        for column, of in WAYS[table].items()
    ]
    return found[0] if len(found) == 1 else f"COALESCE({', '.join(found)})"


def blank(person: int, but: Collection[str] = ()) -> None:
    """Within the running transaction, put in the place of everything personal of ``person`` what stands
    there afterwards; tables in ``but`` stay as they are."""
    for table, personal in PERSONAL.items():
        if table in but:
            continue
        where, mark = _rows_of(table, database.param), database.param
        values = (person,) * where.count(mark)
        if personal.columns is None:
            database.execute_sql(f'DELETE FROM "{table}" WHERE {where}', values)
            continue
        changes, given = [], []
        for column, instead in personal.columns.items():
            changes.append(f'"{column}" = ' + ("'erased-' || id" if instead == LOGIN else mark))
            given += [] if instead == LOGIN else [_instead(instead, person, {})]
        database.execute_sql(f'UPDATE "{table}" SET {", ".join(changes)} WHERE {where}', (*given, *values))


def hidden(changes: Sequence[Change]) -> list[Change]:
    """Changes of the running transaction as the journal keeps them. Persons who have no key yet get one."""
    rows = [_images(change) for change in changes]
    persons = _persons([(change[0], row) for change, row in zip(changes, rows, strict=True)])
    hiding = Hiding(subjects.keys_of({person for person in persons if person is not None}))
    kept: list[Change] = []
    together = groupby(zip(changes, persons, strict=True), key=lambda one: (one[0][0], one[1]))
    for (table, person), group in together:
        own = [change for change, _person in group]
        if person is None:
            kept += own
        elif PERSONAL[table].columns is None:
            kept.append((table, None, hiding.whole(table, own, person)))
        else:
            kept += [
                (table, hiding.text(table, was, person), hiding.text(table, will, person))
                for _table, was, will in own
            ]
    return kept


class Hiding:
    """Seals what is personal under ``keys``; whoever has none of them was erased."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = keys

    def content(self, table: str, person: int, content: bytes) -> str | None:
        """``content``, JSON of rows of ``table``, under the person's key; None where that is destroyed."""
        key = self._keys.get(person)
        if key is None:
            return None
        if len(content) > SHORT:
            content = zlib.compress(content, 1)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + _cipher(key).encrypt(nonce, content, table.encode())
        return base64.b64encode(sealed).decode("ascii")

    def text(self, table: str, row: str | None, person: int) -> str | None:
        """A row of ``person`` that is JSON, with what is personal in it sealed."""
        if row is None:
            return None
        loaded = json.loads(row)
        apart = {name: loaded.pop(name) for name in PERSONAL[table].columns or () if name in loaded}
        return _json({**loaded, SEALED: [person, self.content(table, person, _json(apart).encode())]})

    def whole(self, table: str, changes: Sequence[Change], person: int) -> str:
        """Changes of whole rows of ``person`` as one: most of all changes are of such rows."""
        pairs = (f"[{was or 'null'},{will or 'null'}]" for _table, was, will in changes)
        content = f"[{','.join(pairs)}]".encode()
        return _json({SEALED: [person, self.content(table, person, content)]})


class Showing:
    """Opens what `Hiding` sealed. ``keys`` are of persons, or of things too; whom neither those nor ``gone``,
    the erased, name is in ``shut`` afterwards."""

    def __init__(self, keys: Mapping[Any, bytes], gone: Collection[subjects.Subject] = ()) -> None:
        self._keys, self._gone = keys, gone
        self.shut: set[int] = set()

    def lacks(self, persons: Collection[int]) -> set[int]:
        """Those of ``persons`` who have no key here and were not erased."""
        return {person for person in persons if person not in self._keys and person not in self._gone}

    def content(self, table: str, person: int, sealed: str | None) -> bytes | None:
        """What `Hiding.content` sealed; None where the key is not there. Raises SealBroken."""
        key = self._keys.get(person)
        if sealed is None or key is None or person in self._gone:
            self.shut |= self.lacks([person]) if sealed is not None else set()
            return None
        try:
            whole = base64.b64decode(sealed, validate=True)
            content = _cipher(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], table.encode())
            return content if content[:1] in JSON else zlib.decompress(content)
        except (InvalidTag, ValueError, zlib.error):
            raise SealBroken(table) from None

    def changes(self, table: str, was: Row | None, will: Row | None) -> list[tuple[Row | None, Row | None]]:
        """The rows before and after that the journal holds as these two. Where the key is not there, the one
        after has what stands in its place, the one before only what was not sealed; of whole rows there is
        nothing. Raises SealBroken."""
        if will is not None and SEALED in will and PERSONAL[table].columns is None:
            content = self.content(table, *will[SEALED])
            return [] if content is None else [(before, after) for before, after in json.loads(content)]
        return [(self._row(table, was, blanks=False), self._row(table, will, blanks=True))]

    def _row(self, table: str, row: Row | None, *, blanks: bool) -> Row | None:
        if row is None or SEALED not in row:
            return row
        person, sealed = row[SEALED]
        content = self.content(table, person, sealed)
        rest = {name: row[name] for name in row if name != SEALED}
        if content is None:
            return rest | (instead(table, person, rest) if blanks else {})
        opened: Row = json.loads(content)
        return rest | opened


def instead(table: str, person: int, row: Row) -> Row:
    """What stands in the place of what is personal in ``row``."""
    columns = PERSONAL[table].columns or {}
    return {name: _instead(given, person, row) for name, given in columns.items()}


def _instead(given: str | None, person: int, row: Row) -> str | None:
    if given == LOGIN:
        return f"erased-{row['id']}"
    return f"#{person}" if given == NUMBER else given


def _images(change: Change) -> tuple[Row, ...]:
    """The rows of a change in whose person it may be, the newer first."""
    table, before, after = change
    if table not in PERSONAL:
        return ()
    return tuple(json.loads(row) for row in (after, before) if row is not None)


def _persons(rows: Sequence[tuple[str, tuple[Row, ...]]]) -> list[int | None]:
    """The person of each, looked up for all of a table at once."""
    wanted: dict[str, set[int]] = {}
    for table, images in rows:
        for row in images:
            for column, of in WAYS[table].items():
                if row[column] is not None and of != PERSON:
                    wanted.setdefault(of, set()).add(row[column])
    known: dict[str, dict[int, int]] = {}
    for of, ids in wanted.items():
        where, values = among("id", ids)
        found = database.execute_sql(f'SELECT id, {person_of(of)} FROM "{of}" WHERE {where}', values)
        known[of] = dict(found.fetchall())

    def person(table: str, row: Row) -> int | None:
        for column, of in WAYS[table].items():
            of_it = row[column] if of == PERSON else known.get(of, {}).get(row[column])
            if of_it is not None:
                return int(of_it)
        return None

    return [
        next((one for row in images if (one := person(table, row)) is not None), None)
        for table, images in rows
    ]


def _rows_of(table: str, mark: str) -> str:
    """The condition that a row of ``table`` is of a person; ``mark`` stands in it for their number."""
    found, before = [], ""
    for column, of in WAYS[table].items():
        inner = f"= {mark}" if of == PERSON else f'IN (SELECT id FROM "{of}" WHERE {_rows_of(of, mark)})'
        found.append(f'{before}"{column}" {inner}')
        before += f'"{column}" IS NULL AND '
    return " OR ".join(found)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """Rows of one person often follow on each other."""
    return AESGCM(key)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
