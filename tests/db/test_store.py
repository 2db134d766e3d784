"""The store: both engines, sealed values, and the chain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from db.store import audit, clock, transactions
from db.store.bulk import AT_ONCE, insert_rows
from db.store.engine import Store, close_store, database
from db.store.first_steps import _entries_in_order
from db.store.journal.writing import Written
from db.store.keys import (
    SIGN_AUDIT,
    KeyRingError,
    add_missing_keys,
    read_keys,
    read_public,
    read_signer,
)
from db.store.migrations import (
    STEPS,
    _handed_out,
    _steps_elsewhere,
    migrate,
    missing_schema,
    stored_schema_version,
)
from db.store.opening import open_store
from db.store.sealing import SealBroken, seal, unseal
from db.store.settings import Home
from db.store.signing import is_signed
from db.store.tables import ALL, AuditRecord, DutyMark
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.before_kept_numbers import ADDED, KEPT_NUMBERS, make_as_before_kept_numbers

KNOWN = Path(__file__).with_name("known_schema.txt")
"""The tables and columns of a version that is in use, below its number. It need not be written anew."""


def test_a_new_store_has_every_table_and_is_at_the_newest_version(store: Store) -> None:
    assert stored_schema_version() == len(STEPS)
    assert migrate() == []
    assert missing_schema() == ()


def test_a_store_of_before_gets_every_table_and_column_by_a_step(store: Store) -> None:
    """A new store has them without, from its first step; whoever has one already would not."""
    version, *lines = KNOWN.read_text("utf-8").splitlines()
    known = {name: set(columns.split()) for name, _colon, columns in (line.partition(":") for line in lines)}
    with writing():
        for table in reversed(ALL):
            name = str(table._meta.table_name)
            if name not in known:
                database.execute_sql(f'DROP TABLE "{name}"')
                continue
            for column in {one.column_name for one in table._meta.sorted_fields} - known[name]:
                database.execute_sql(f'ALTER TABLE "{name}" DROP COLUMN "{column}"')
        SchemaVersion.delete().where(SchemaVersion.version > int(version)).execute()
    migrate()
    told = "add a step to STEPS in db/store/migrations.py: creating(tables.TABLE), adding(TABLE, COLUMN=…)"
    assert missing_schema() == (), told


def test_an_older_store_learns_where_its_sessions_run(store: Store) -> None:
    with writing():
        database.execute_sql("ALTER TABLE sign_in_session DROP COLUMN server")
        SchemaVersion.delete().where(SchemaVersion.version >= 4).execute()
    assert migrate() == list(range(4, len(STEPS) + 1))
    assert "server" in {column.name for column in database.get_columns("sign_in_session")}


def test_an_older_store_learns_of_which_unit_a_step_waits_for_an_office(store: Store) -> None:
    before = STEPS.index(_steps_elsewhere)
    with writing():
        database.execute_sql("DROP INDEX request_step_unit")
        database.execute_sql("ALTER TABLE request_step DROP COLUMN unit")
        SchemaVersion.delete().where(SchemaVersion.version > before).execute()
    assert migrate() == list(range(before + 1, len(STEPS) + 1))
    assert "unit" in {column.name for column in database.get_columns("request_step")}


def test_an_older_store_learns_what_an_announcement_opened_to_whom(store: Store) -> None:
    before, columns = STEPS.index(_handed_out), {"notice_recipient": "opens", "copy_grant": "within_reach"}
    with writing():
        for table, column in columns.items():
            database.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        SchemaVersion.delete().where(SchemaVersion.version > before).execute()
    assert migrate() == list(range(before + 1, len(STEPS) + 1))
    for table, name in columns.items():
        assert name in {column.name for column in database.get_columns(table)}


def test_an_older_store_keeps_numbers_for_who_has_no_account(store: Store) -> None:
    def columns() -> dict[str, bool]:
        """Whether each may be empty."""
        return {column.name: column.null for column in database.get_columns("edition_copy")}

    make_as_before_kept_numbers()
    assert columns().keys().isdisjoint(ADDED)
    assert columns()["account_id"] is False
    assert migrate() == list(range(KEPT_NUMBERS, len(STEPS) + 1))
    assert [columns()[name] for name in ("account_id", *ADDED)] == [True, True, False]


def test_an_older_store_gets_the_indexes_of_a_new_one(store: Store) -> None:
    names = ("search_entry", "entry", "review_item", "audit_record")
    before = STEPS.index(_entries_in_order)
    new = {name: {(one.name, tuple(one.columns)) for one in database.get_indexes(name)} for name in names}
    with writing():
        newer = {
            "search_entry_root_line", "entry_left", "review_item_campaign_id_unit_id_verdict",
            *(name for name, _columns in new["audit_record"] if name != "audit_record_account_at"),
        }  # fmt: skip
        for index in newer - {"audit_record_pkey"}:
            database.execute_sql(f"DROP INDEX {index}")
        for older in (
            "review_item_campaign_id_unit_id ON review_item (campaign_id, unit_id)",
            "audit_record_book_account ON audit_record (book, account)",
            *(f"audit_record_{column} ON audit_record ({column})" for column in ("act", "entry", "account")),
        ):
            database.execute_sql(f"CREATE INDEX {older}")
        SchemaVersion.delete().where(SchemaVersion.version > before).execute()
    assert migrate() == list(range(before + 1, len(STEPS) + 1))
    for name in names:
        assert {(one.name, tuple(one.columns)) for one in database.get_indexes(name)} == new[name]


def test_acts_are_found_by_their_index_and_not_by_how_they_ended(home: Home) -> None:
    """SQLite has no figures: it can't know that almost all acts are done."""
    open_store(home)
    migrate()
    asked = "SELECT detail FROM audit_record WHERE act IN ('a', 'b') AND outcome = 'done'"
    plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {asked}").fetchall()]
    assert plan == ["SEARCH audit_record USING INDEX audit_record_act_seq (act=?)"]


@pytest.mark.parametrize(
    "text", ["", "2026-W47-1T09:00:00.000000Z", "2026-11-23T09:00:00.000000+00:00", "2026-11-23"]
)
def test_only_a_time_as_it_is_stored_is_read_as_one(text: str) -> None:
    assert clock.stamp(clock.moment("2026-11-23T09:00:00.000001Z")) == "2026-11-23T09:00:00.000001Z"
    with pytest.raises(ValueError, match=re.escape(text)):
        clock.moment(text)


@pytest.mark.clause("C.9.2", "H.6.2")
def test_the_sqlcipher_file_reveals_nothing(home: Home) -> None:
    open_store(home)
    migrate()
    close_store()
    assert not (home.folder / "mingce.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.threat(26)
def test_a_key_that_others_can_read_is_refused(home: Home) -> None:
    (home.keys / "pepper").chmod(0o440)
    with pytest.raises(KeyRingError) as caught:
        read_keys(home.keys)
    assert "pepper" in str(caught.value.message.params["file"])


@pytest.mark.threat(27)
def test_a_sealed_value_opens_only_where_it_was_sealed(home: Home) -> None:
    """The attacker copies the ciphertext of one person's number into another person's row."""
    keys = read_keys(home.keys)
    sealed = seal(keys, "entry_field:1:mobile:0:sealed", b"13800002121")
    assert unseal(keys, "entry_field:1:mobile:0:sealed", sealed) == b"13800002121"
    for place in ("entry_field:2:mobile:0:sealed", "entry_field:1:home:0:sealed"):
        with pytest.raises(SealBroken):
            unseal(keys, place, sealed)


def test_a_failed_act_leaves_no_record(store: Store) -> None:
    def fail_after_recording() -> None:
        with writing():
            audit.append(act="test", outcome="done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()
    assert AuditRecord.select().count() == 0
    assert audit.verify().sound


def test_a_signature_holds_for_its_content_and_context_alone(home: Home) -> None:
    signer, public = read_signer(home.keys, SIGN_AUDIT), read_public(home.keys, SIGN_AUDIT)
    signature = signer.sign("checkpoint", b"content")
    assert is_signed(public, "checkpoint", b"content", signature)
    assert not is_signed(public, "checkpoint", b"Content", signature)
    assert not is_signed(public, "gap", b"content", signature)
    assert not is_signed(public, "checkpoint", b"content", "no signature")


def test_an_older_installation_gets_the_keys_it_lacks_and_no_other(home: Home) -> None:
    kept = read_keys(home.keys)
    for name in ("journal", "backup", "sign-audit", "sign-audit.pub"):
        (home.keys / name).unlink()
    assert add_missing_keys(home.keys, {"backup"}) == ["journal", "sign-audit"], "a lost one is not made anew"
    assert add_missing_keys(home.keys) == ["backup"]
    assert add_missing_keys(home.keys) == []
    assert read_keys(home.keys).database == kept.database


def test_keys_are_made_once(home: Home) -> None:
    from db.store.keys import make_keys

    before = {path: path.read_text() for path in Path(home.keys).iterdir()}
    with pytest.raises(FileExistsError):
        make_keys(home.keys)
    assert {path: path.read_text() for path in Path(home.keys).iterdir()} == before


def test_a_transaction_is_known_by_its_record_and_not_by_its_number_alone(store: Store) -> None:
    """A server that crashed gives the number of what was lost to somebody else's next transaction."""
    if not store.is_postgresql:
        pytest.skip("SQLite knows itself whether it committed")
    migrate()
    with writing():
        audit.append(act="test", outcome="done")
        (number,) = database.execute_sql("SELECT pg_current_xact_id()::text").fetchone()
    seq, hashed = audit.head()
    for end, done in (((seq, hashed), True), ((seq, "0" * 64), False), ((seq + 1, hashed), False)):
        assert transactions._was_committed(Written(Path(), 1, number, end=end)) is done


@pytest.mark.parametrize("count", [1, AT_ONCE, 5 * AT_ONCE + 1])
def test_many_rows_are_written_in_few_statements(home: Home, count: int) -> None:
    """Within a savepoint each costs SQLite as much as all before it."""
    open_store(home)
    migrate()
    executed: list[str] = []
    with writing(), writing():
        database.connection().set_trace_callback(executed.append)
        insert_rows(DutyMark, ("key", "at"), ((f"bench:{number}", "then") for number in range(count)))
        database.connection().set_trace_callback(None)
    # Those of triggers are told by the text of what set them off.
    written = {one for one in executed if one.startswith("INSERT INTO duty_mark")}
    assert len(written) == -(-count // AT_ONCE)
    assert DutyMark.select().where(DutyMark.key.startswith("bench:")).count() == count
