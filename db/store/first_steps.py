"""The first steps of the schema (`db.store.migrations`), up to where offices have a beginning and an end."""

from __future__ import annotations

from db.store import audit, tables
from db.store.addresses import source_of
from db.store.binding import UNBOUND, as_bound, binding_digest
from db.store.engine import database, store
from db.store.journal.capture import FLEETING, install
from db.store.proof.making_sums import make_sums
from db.store.schema_changes import Step, add_columns, adding, creating, indexing, journal_changes, no_as_yet
from db.store.tables.base import Table

SEARCH_KEY = """
CREATE TABLE search_key (
    scope INTEGER NOT NULL,
    key {text} NOT NULL,
    line BIGINT NOT NULL,
    PRIMARY KEY (scope, key, line)
){without_rowid}
"""


OUTSIDE: tuple[type[Table], ...] = (
    tables.OutsideChange,
    tables.OutsideMember,
    tables.OutsideUnit,
    tables.OutsideSurvey,
    tables.OutsideFinding,
)


def _first() -> None:
    database.create_tables([table for table in tables.ALL if table not in OUTSIDE], safe=False)
    # Bytewise order makes a prefix one index range on both engines; without a row id the index is the table.
    postgresql = store().is_postgresql
    database.execute_sql(
        SEARCH_KEY.format(
            text='TEXT COLLATE "C"' if postgresql else "TEXT",
            without_rowid="" if postgresql else " WITHOUT ROWID",
        )
    )
    bytewise = ' COLLATE "C"' if postgresql else ""
    database.execute_sql(f"CREATE INDEX unit_book_name ON unit (book_id, name{bytewise})")
    tables.AuditHead.create(id=1, seq=0, hash="0" * 64)


def _outside() -> None:
    """Create the tables of outside systems that books are kept in step with."""
    database.create_tables(OUTSIDE, safe=False)


def _journal() -> None:
    database.create_tables([tables.JournalHead], safe=True)
    tables.JournalHead.create(id=1, position=0)


def _subjects() -> None:
    """Create the tables of persons' keys and erasures, and encrypt what the audit holds under such keys;
    digests stay."""
    database.create_tables([tables.SubjectKey, tables.Erasure], safe=True)
    if add_columns("audit_record", subject="INTEGER"):
        audit.seal_for_subjects()


def _retention() -> None:
    """Create the tables of keys with a retention time, and columns for two encrypted texts in audit
    records."""
    database.create_tables([tables.ThingKey, tables.LetGo], safe=True)
    add_columns("audit_record", why="TEXT", told="TEXT")


def _recalled() -> None:
    """Add the reason of a recall to copies; those recalled with their whole issue get the issue's."""
    if add_columns("edition_copy", recall_reason="VARCHAR(255) NOT NULL DEFAULT ''"):
        database.execute_sql(
            "UPDATE edition_copy SET recall_reason = (SELECT recall_reason FROM edition_issue"
            " WHERE edition_issue.id = edition_copy.issue_id) WHERE recalled_at ="
            " (SELECT recalled_at FROM edition_issue WHERE edition_issue.id = edition_copy.issue_id)"
        )


def drop_search_keys() -> None:
    """Delete all search keys. `db.desk.entry.indexing` makes them from the entries again when the store is
    next opened."""
    for name in ("search_key", "search_line", "search_entry"):
        database.execute_sql(f"DELETE FROM {name}")


def _bound() -> None:
    """Sign passwords and codes for their accounts, add bindings to sessions and known sources, and create the
    tables of refusals. Stop journaling what strangers can write. Existing sessions are no longer valid."""
    postgresql = store().is_postgresql
    add_columns("sign_in_session", errand=no_as_yet(), bound="VARCHAR(80) NOT NULL DEFAULT ''")
    add_columns("known_source", bound="VARCHAR(80) NOT NULL DEFAULT ''")
    database.create_tables([tables.RefusalTally, tables.FailedSignIns], safe=True)
    if postgresql:
        for name in FLEETING:
            database.execute_sql(f'DROP TRIGGER IF EXISTS journal_change ON "{name}"')
    for name, columns in UNBOUND.items():
        _bind(name, columns[0][1], [column for column, *_rest in columns])
    _group_sources()


def _bind(table: str, owner: str, columns: list[str]) -> None:
    keys, mark = store().keys, database.param
    for column in columns:
        rows = database.execute_sql(
            f'SELECT "{owner}", "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'
        ).fetchall()
        for account, value in rows:
            made = as_bound(keys, table, {owner: account, column: value})[column]
            database.execute_sql(
                f'UPDATE "{table}" SET "{column}" = {mark} WHERE "{owner}" = {mark} AND "{column}" = {mark}',
                (made, account, value),
            )


def _group_sources() -> None:
    """Replace known IPv6 addresses by their /64 networks with the last time used, and bind every row under
    the digest key."""
    known: dict[tuple[int, str], str] = {}
    for account, source, last in database.execute_sql(
        "SELECT account_id, source, last_at FROM known_source ORDER BY last_at"
    ).fetchall():
        known[account, source_of(source)] = last
    tables.KnownSource.delete().execute()
    for (account, source), last in known.items():
        digest = binding_digest(store().keys, *tables.KnownSource.binds(account, source, last))
        tables.KnownSource.create(account=account, source=source, last_at=last, bound=digest)


def _proof() -> None:
    """Create the table sums of what is there now, and the proving key (a file) if it is missing; add the
    triggers."""
    database.create_tables([tables.ProofHead], safe=True)
    journal_changes(install)
    make_sums()


_entries_in_order = indexing("search_entry_root_line ON search_entry (root, line)")
FIRST_STEPS: tuple[Step, ...] = (
    _first,
    _outside,
    _journal,
    # Where a session runs. A new store has the column from its first step.
    adding("sign_in_session", server="VARCHAR(255) NOT NULL DEFAULT ''"),
    creating(tables.CaseFile, tables.CaseParty, tables.CaseEvent, tables.CaseAttachment, tables.Commendation),
    creating(tables.CallAttempt),
    # The owners of outside contacts, asked for at every operation; most entries are colleagues.
    indexing("entry_answered_for ON entry (inside_owner) WHERE inside_owner IS NOT NULL"),
    _subjects,
    _retention,
    _recalled,
    drop_search_keys,
    # What an account did of late, asked for at every protected value that is shown.
    indexing("audit_record_account_at ON audit_record (account, at)"),
    _bound,
    # Who had a hand in a code; earlier ones bring in nobody who is more than an employee.
    creating(tables.Activation, tables.HelpCall),
    _proof,
    # When a book was made: what fell due before that is nobody's.
    adding("book", made_at="VARCHAR(27) NOT NULL DEFAULT ''"),
    adding("journal_head", hosts="TEXT NOT NULL DEFAULT '{}'"),
    # SQLite preferred the index on states although almost all entries are active.
    indexing(drops=("entry_state",)),
    # The audit is counted by book and account where it is opened.
    indexing("audit_record_book_account ON audit_record (book, account)"),
    _entries_in_order,
    indexing('entry_left ON entry ("left")'),
    # How far a review is comes of the verdicts, unit by unit.
    indexing(
        "review_item_campaign_id_unit_id_verdict ON review_item (campaign_id, unit_id, verdict)",
        drops=("review_item_campaign_id_unit_id",),
    ),
)
BINDING = FIRST_STEPS.index(_bound) + 1
"""The first version whose rows are bound to their accounts (`db.store.binding`)."""
PROVING = FIRST_STEPS.index(_proof) + 1
"""From this version on the present is proved, and so is every backup."""
