"""What is personal of a person in the tables, and how it is kept in backups and in the journal: under the
person's own key, so that neither tells it any more once that is destroyed (`db.store.subjects`).

`PERSONAL` names the columns, the way from a row to its person, and what stands in their place once the key is
gone: what erasing leaves in the database itself, which goes by the same table. A row that leads to nobody,
such as an announcement to a whole unit, is kept as it is; it has persons by number (`db.desk.entry.naming`).

`OTHERWISE` names every other column that holds text, a day or something sealed, by why it is not in that; a
test fails where a column is in neither. Numbers, moments and references tell nothing without the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from db.store.engine import database

Row = dict[str, Any]

NUMBER, LOGIN = "#number", "erased-id"
"""Stand for the person's number, as an erased person is called, and for a login that nobody else has."""


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
    "help_call": Personal(ACCOUNT),
    "sign_in_session": Personal(ACCOUNT, {"source": ""}),
    "delegation": Personal(ACCOUNT, {"reason": ""}),
    "evidence": Personal(ACCOUNT, {"name": ""}),
    "request": Personal(ENTRY | {"about_id": "account", "requester_id": "account"}, {"reason": ""}),
    "request_step": Personal(REQUEST, {"comment": ""}),
    "request_event": Personal(REQUEST, {"comment": ""}),
    "consent": Personal(ENTRY, {"fields": "[]"}),
    "review_item": Personal(ENTRY | {"right_id": "grant"}, {"comment": ""}),
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
WAYS: Mapping[str, Mapping[str, str]] = {name: one.by for name, one in PERSONAL.items()} | {
    "task": ENTRY | ACCOUNT,
    "grant": ACCOUNT,
}

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
    "activation": {WORD: ("how",), MARK: ("first", "second")},
    "sign_in_session": {
        WORD: ("front", "strength", "ended_how"), ORGANISATION: ("server",), MARK: ("bound",),
    },
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


def instead(table: str, person: int, row: Row) -> Row:
    """What stands in the place of what is personal in ``row``."""
    columns = PERSONAL[table].columns or {}
    return {name: _instead(given, person, row) for name, given in columns.items()}


def _instead(given: str | None, person: int, row: Row) -> str | None:
    if given == LOGIN:
        return f"erased-{row['id']}"
    return f"#{person}" if given == NUMBER else given


def _rows_of(table: str, mark: str) -> str:
    """The condition that a row of ``table`` is of a person; ``mark`` stands in it for their number."""
    found, before = [], ""
    for column, of in WAYS[table].items():
        inner = f"= {mark}" if of == PERSON else f'IN (SELECT id FROM "{of}" WHERE {_rows_of(of, mark)})'
        found.append(f'{before}"{column}" {inner}')
        before += f'"{column}" IS NULL AND '
    return " OR ".join(found)
