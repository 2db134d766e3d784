"""The schema, step by step. A store at version N has had the first N steps, each in one transaction, in which
what it made is put under the journal too: whenever it is interrupted, it is before or after a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import peewee

from db.store import audit, clock, tables
from db.store.addresses import source_of
from db.store.binding import UNBOUND, as_bound, binding_digest
from db.store.engine import database, moved_to, store
from db.store.journal.capture import FLEETING, install, paused, prepare
from db.store.proof.making import carried, make_sums, promote_key
from db.store.tables.base import SchemaVersion, Table
from db.store.tables.cases import CASE_STATES
from db.store.transactions import writing

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


OFFICE = {"office": "VARCHAR(64)", "office_unit": "INTEGER", "capacity": "VARCHAR(16)"}
"""In which office something was done."""


def _add(table: str, **columns: str) -> bool:
    """Add ``columns`` that ``table`` lacks; return whether any did."""
    known = {column.name for column in database.get_columns(table)}
    missing = {name: kind for name, kind in columns.items() if name not in known}
    for name, kind in missing.items():
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {name} {kind}')
    return bool(missing)


def _no() -> str:
    """The type of a truth that is not one as yet."""
    return "BOOLEAN NOT NULL DEFAULT FALSE" if store().is_postgresql else "INTEGER NOT NULL DEFAULT 0"


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
    """Systems outside that books are kept in step with."""
    database.create_tables(OUTSIDE, safe=False)


def _journal() -> None:
    database.create_tables([tables.JournalHead], safe=True)
    tables.JournalHead.create(id=1, position=0)


def _server() -> None:
    """Where a session runs. A new store has the column from its first step."""
    _add("sign_in_session", server="VARCHAR(255) NOT NULL DEFAULT ''")


def _cases() -> None:
    database.create_tables(
        [tables.CaseFile, tables.CaseParty, tables.CaseEvent, tables.CaseAttachment, tables.Commendation],
        safe=True,
    )


def _emergency() -> None:
    """Calls that were tried in an emergency. A new store has them from its first step."""
    database.create_tables([tables.CallAttempt], safe=True)


def _answering() -> None:
    """Who answers for which outside contacts is asked at every operation; most entries are colleagues."""
    database.execute_sql(
        "CREATE INDEX IF NOT EXISTS entry_answered_for ON entry (inside_owner) WHERE inside_owner IS NOT NULL"
    )


def _subjects() -> None:
    """A key for each person. What the audit kept before is sealed under them too; its digests stay."""
    database.create_tables([tables.SubjectKey, tables.Erasure], safe=True)
    if _add("audit_record", subject="INTEGER"):
        audit.seal_for_subjects()


def _retention() -> None:
    """Keys of what is kept for a time, and two sealed texts in new records of the audit."""
    database.create_tables([tables.ThingKey, tables.LetGo], safe=True)
    _add("audit_record", why="TEXT", told="TEXT")


def _recalled() -> None:
    """Why a copy was called back; of those called back with their whole issue, the issue says it."""
    if _add("edition_copy", recall_reason="VARCHAR(255) NOT NULL DEFAULT ''"):
        database.execute_sql(
            "UPDATE edition_copy SET recall_reason = (SELECT recall_reason FROM edition_issue"
            " WHERE edition_issue.id = edition_copy.issue_id) WHERE recalled_at ="
            " (SELECT recalled_at FROM edition_issue WHERE edition_issue.id = edition_copy.issue_id)"
        )


def _search_keys() -> None:
    """Digests of protected values are made by a key of each field and book. They are made from the entries by
    whoever opens the store (`db.desk.entry.indexing`)."""
    for name in ("search_key", "search_line", "search_entry"):
        database.execute_sql(f"DELETE FROM {name}")


def _acts_by_time() -> None:
    """What an account did of late is asked at every protected value that is shown."""
    database.execute_sql("CREATE INDEX IF NOT EXISTS audit_record_account_at ON audit_record (account, at)")


def _bound() -> None:
    """Passwords and codes are bound to their accounts, sessions and known sources say whose they are, and
    what strangers can write is kept for a time alone. Sessions of before are over."""
    postgresql = store().is_postgresql
    _add("sign_in_session", errand=_no(), bound="VARCHAR(80) NOT NULL DEFAULT ''")
    _add("known_source", bound="VARCHAR(80) NOT NULL DEFAULT ''")
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
    """Known IPv6 addresses as the networks that they are of, each with the time it was last used."""
    known: dict[tuple[int, str], str] = {}
    for account, source, last in database.execute_sql(
        "SELECT account_id, source, last_at FROM known_source ORDER BY last_at"
    ).fetchall():
        known[account, source_of(source)] = last
    tables.KnownSource.delete().execute()
    for (account, source), last in known.items():
        digest = binding_digest(store().keys, *tables.KnownSource.binds(account, source, last))
        tables.KnownSource.create(account=account, source=source, last_at=last, bound=digest)


def _resets() -> None:
    """Note who had a hand in a code; earlier ones bring in nobody who is more than an employee."""
    database.create_tables([tables.Activation, tables.HelpCall], safe=True)


def _proof() -> None:
    """The sums that prove the present, of what is there now; an older installation gets their key too."""
    database.create_tables([tables.ProofHead], safe=True)
    _journal_changes(install)
    make_sums()


def _books_made() -> None:
    """When a book was made: what fell due before that is nobody's."""
    _add("book", made_at="VARCHAR(27) NOT NULL DEFAULT ''")


def _journal_hosts() -> None:
    _add("journal_head", hosts="TEXT NOT NULL DEFAULT '{}'")


def _entries_by_unit() -> None:
    """Drop the index on states that SQLite preferred although almost all entries are active."""
    database.execute_sql("DROP INDEX IF EXISTS entry_state")


def _audit_by_book() -> None:
    """How many records there are of a book, and of whom without one, is asked where the audit is opened."""
    index = "audit_record_book_account ON audit_record (book, account)"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")


def _entries_in_order() -> None:
    index = "search_entry_root_line ON search_entry (root, line)"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")


def _entries_by_last_day() -> None:
    database.execute_sql('CREATE INDEX IF NOT EXISTS entry_left ON entry ("left")')


def _review_items_by_verdict() -> None:
    """How far a review is comes of its verdicts, unit by unit."""
    database.execute_sql("DROP INDEX IF EXISTS review_item_campaign_id_unit_id")
    index = "review_item_campaign_id_unit_id_verdict ON review_item (campaign_id, unit_id, verdict)"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")


def _offices() -> None:
    """Offices are held from a day to a day, by a person: who heads a unit is on record like any other role,
    since when is not known of those of before. A decision says in which office it was taken."""
    words = "VARCHAR(16) NOT NULL DEFAULT 'holder' CHECK (capacity IN ('holder', 'acting', 'deputy'))"
    _add(
        "grant",
        person_id="INTEGER REFERENCES person (id)",
        capacity=words,
        from_at="VARCHAR(27) NOT NULL DEFAULT ''",
    )
    _add("request_step", **OFFICE)
    _add("request_event", **OFFICE)
    _let_be_null("grant", "account_id")
    for column in ("person_id", "unit_id", "role"):
        database.execute_sql(f'CREATE INDEX IF NOT EXISTS grant_{column} ON "grant" ({column})')
    database.execute_sql("DROP INDEX IF EXISTS unit_head")
    heads_as_offices()


def _let_be_null(table: str, column: str) -> None:
    if store().is_postgresql:
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN {column} DROP NOT NULL')
        return
    _rewrite(table, f'"{column}" INTEGER NOT NULL', f'"{column}" INTEGER')


def _rewrite(table: str, before: str, after: str) -> None:
    """Loosen a constraint of ``table`` in the embedded database."""
    kept = f"FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
    ((text,),) = database.execute_sql(f"SELECT sql {kept}").fetchall()
    free = text.replace(before, after, 1)
    if free != text:  # SQLite has no statement for it; this is how its documentation does it
        ((version,),) = database.execute_sql("PRAGMA schema_version").fetchall()
        database.execute_sql("PRAGMA writable_schema = ON")
        database.execute_sql(
            f"UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = '{table}'", (free,)
        )
        database.execute_sql(f"PRAGMA schema_version = {version + 1}")
        database.execute_sql("PRAGMA writable_schema = OFF")


def heads_as_offices() -> None:
    """Put who heads a unit on record as an office, where an earlier version kept it with the unit: in a step
    of the schema, and after a backup of before came back."""
    newer = any(column.name == "alone" for column in database.get_columns("grant"))
    column, value = (", alone", ", FALSE") if newer else ("", "")
    database.execute_sql(
        f'INSERT INTO "grant" (person_id, role, book_id, unit_id, capacity, granted_at, from_at{column})'
        f" SELECT e.person_id, 'head', u.book_id, u.id, 'holder', '', ''{value}"
        " FROM unit u JOIN entry e ON e.id = u.head WHERE u.active ORDER BY u.id"
    )
    database.execute_sql("UPDATE unit SET head = NULL WHERE head IS NOT NULL")


def _calendar() -> None:
    """Days that an organisation declares for itself."""
    database.create_tables([tables.CalendarChange, tables.CalendarDay], safe=True)


def _discipline() -> None:
    """A case is judged by another than who investigated, sanctioned by others still, and may be appealed
    against. Who did what is told by the history, of before without the office."""
    _add("case_file", concluded="INTEGER NOT NULL DEFAULT 0")
    _add("case_party", further="BYTEA" if store().is_postgresql else "BLOB")
    _add("case_event", on_behalf_of_id="INTEGER REFERENCES account (id)", **OFFICE)
    database.execute_sql(
        "CREATE INDEX IF NOT EXISTS case_event_on_behalf_of_id ON case_event (on_behalf_of_id)"
    )
    if store().is_postgresql:
        check = f"CONSTRAINT case_file_state_check CHECK (state IN ({CASE_STATES}))"
        database.execute_sql("ALTER TABLE case_file DROP CONSTRAINT IF EXISTS case_file_state_check")
        database.execute_sql(f"ALTER TABLE case_file ADD {check}")
    else:
        _rewrite("case_file", "'reported', 'triaged', 'investigating', 'decided', 'closed'", CASE_STATES)
    database.create_tables([tables.CaseNamed, tables.CaseAppeal], safe=True)


def _steps_elsewhere() -> None:
    """A step may wait for the office of another unit than its request's (A.13)."""
    _add("request_step", unit="INTEGER")


def _handed_out() -> None:
    """An announcement keeps what it opened to whom, and a copy may be of that alone (A.8)."""
    _add("notice_recipient", opens="TEXT NOT NULL DEFAULT ''")
    _add("copy_grant", within_reach=_no())


def _kept_numbers() -> None:
    """Who receives an edition has a copy of their own number also without an account, and one that nobody can
    acknowledge is closed with a reason (I.4.3)."""
    _let_be_null("edition_copy", "account_id")
    _add("edition_copy", closed_at="VARCHAR(27)", close_reason="VARCHAR(255) NOT NULL DEFAULT ''")


def _whose_turn() -> None:
    """Whose turn it is rests on accounts in use by person, on what waits elsewhere than in its request's
    unit, and on little of each open request, whose rest is long. Of some kinds there are few requests."""
    told = "state, book_id, unit_id, id, kind, due, submitted_at, requester_id, about_id, entry_id"
    database.execute_sql("DROP INDEX IF EXISTS account_person_id")
    for index in (
        "account_person_id_state ON account (person_id, state)",
        "request_kind_state ON request (kind, state)",
        f"request_open ON request ({told}) WHERE state = 'open'",
        "request_step_unit ON request_step (unit) WHERE unit IS NOT NULL",
    ):
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")


def _few() -> None:
    """The few among many that are asked for by what they are: expected or gone, shut off, found wrong."""
    for index in (
        "entry_expected ON entry (state, book_id, person_id) WHERE state = 'pending'",
        "entry_gone ON entry (state, book_id, person_id) WHERE state = 'left'",
        "account_shut_off ON account (state, person_id) WHERE state = 'disabled'",
        "review_item_wrong ON review_item (campaign_id, verdict) WHERE verdict IN ('corrected', 'removed')",
    ):
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")


def _audit_up_to() -> None:
    """A list of the audit is counted up to its newest record: a server read all of them for that."""
    index = "audit_record_book_account_seq ON audit_record (book, account, seq)"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")
    database.execute_sql("DROP INDEX IF EXISTS audit_record_book_account")


def _by_name() -> None:
    """Who is called so is asked of all entries and persons, exactly as it is written."""
    for table in ("entry", "person"):
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS {table}_name ON {table} (name)")


def _audit_by_what() -> None:
    """How many records there are of each kind, and what was done in some days, is told by indexes that have
    the book and whoever acted, rather than by each record. None begins with the outcome: almost all are done,
    and SQLite would look for those by it whatever else is asked."""
    for index in (
        "audit_record_act_seq ON audit_record (act, seq, outcome, clause, source, book, account)",
        "audit_record_entry_seq ON audit_record (entry, seq, book, account)",
        "audit_record_seq_outcome ON audit_record (seq, outcome, clause, source, book, account)",
        "audit_record_book_at ON audit_record (book, at)",
    ):
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")
    for column in ("act", "entry", "account"):
        database.execute_sql(f"DROP INDEX IF EXISTS audit_record_{column}")


def _few_tasks() -> None:
    """A review may give everybody a task of their own; all other open ones are few, and looked at by whoever
    comes in."""
    told_by = "state, book_id, unit_id, account_id, kind, entry_id, id"
    others = "role IS NULL OR role <> 'person'"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS task_few ON task ({told_by}) WHERE {others}")


def _review_items_judged() -> None:
    """How many of a review's things somebody decided on is counted among those, and not among all."""
    index = "review_item_judged ON review_item (campaign_id, verdict) WHERE verdict IS NOT NULL"
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {index}")
    database.execute_sql("DROP INDEX IF EXISTS review_item_wrong")


CONFIRMED_BEFORE = timedelta(days=30)
"""For how long an account depended on who enrolled it, before that took a confirmation."""


def _confirmations() -> None:
    """An account depends on whoever had a hand in its enrolment until somebody of another office confirms it.
    Those that counted as independent when this came stay so."""
    database.create_tables([tables.Confirmation], safe=True)
    _add("grant", alone=_no())
    now = clock.now()
    before = clock.stamp(clock.moment(now) - CONFIRMED_BEFORE)
    database.execute_sql(
        "INSERT INTO confirmation (account_id, office, at) SELECT account_id, '', {0} FROM activation"
        " WHERE used_at <= {0} GROUP BY account_id HAVING MAX(used_at) <= {0}".replace("{0}", database.param),
        (now, now, before),
    )
    database.execute_sql(
        "UPDATE request_step SET role = 'second' WHERE role = 'vouch' AND state IN ('open', 'waiting')"
    )


def _structure() -> None:
    """From here on tables, columns, indexes and constraints are proved too; `carried` does it."""


def _day_count() -> None:
    database.create_tables([tables.DayCount], safe=True)


def _last_days() -> None:
    """The last day of whoever leaves is on record where access can end by it, also before anybody decides."""
    _add("entry", ended_at="VARCHAR(27)")
    database.create_tables([tables.LastDay], safe=True)


def _whole_values() -> None:
    """Protected values are found as a whole alone: digests of their endings go. Whoever opens the store makes
    the search keys anew from the entries (`db.desk.entry.indexing`)."""
    _search_keys()


def _rules() -> None:
    """Regulations on record. Those of before are taken in by whoever opens the store
    (`db.desk.policies.taking_in`), in a transaction that is journaled."""
    database.create_tables([tables.RegulationText, tables.BookRules, tables.RulesHead], safe=True)


def _form_drafts() -> None:
    """What was typed into forms when a line was cut."""
    database.create_tables([tables.FormDraft], safe=True)


def _parties() -> None:
    """A case may be about whoever holds an office, a department, or an office itself. Whom it is about is
    heard before the sanction, and a criticism is circulated once it can't be appealed any more: what was
    decided before this came was circulated then."""
    _let_be_null("case_party", "entry_id")
    moment, sealed = "VARCHAR(27)", "BYTEA" if store().is_postgresql else "BLOB"
    missing = _add(
        "case_party",
        person_id="INTEGER REFERENCES person (id)",
        unit_id="INTEGER REFERENCES unit (id)",
        role="VARCHAR(64) NOT NULL DEFAULT ''",
        asked_at=moment,
        stated_at=moment,
        statement=sealed,
        circulated_at=moment,
    )
    for column in ("person_id", "unit_id"):
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS case_party_{column} ON case_party ({column})")
    if missing:
        database.execute_sql(
            "UPDATE case_party SET circulated_at = (SELECT decided_at FROM case_file"
            " WHERE case_file.id = case_party.case_id AND outcome = 'breach'"
            " AND state IN ('decided', 'closed')) WHERE sanctions <> ''"
        )


def _reopening() -> None:
    """What was decided in a case may be looked at again, so there may be several appeals about one party."""
    _add("case_appeal", reopened=_no())
    database.execute_sql("DROP INDEX IF EXISTS case_appeal_party_id")
    database.execute_sql("CREATE INDEX IF NOT EXISTS case_appeal_party_id ON case_appeal (party_id)")


def _papers() -> None:
    """Sheets for signatures and their scans. A new store has them from its first step."""
    database.create_tables([tables.Paper, tables.PaperScan], safe=True)


def _notices_at_collection() -> None:
    """Notices at collection as they were accepted, and what people took out by themselves."""
    database.create_tables([tables.CollectionNotice, tables.ConsentWithdrawn], safe=True)


def _drawing() -> None:
    """How an account's lines and marks are drawn, where it chose."""
    _add("account", drawing="VARCHAR(8)")


def _kept_people() -> None:
    """Favourites, and whom somebody opened lately."""
    database.create_tables([tables.KeptPeople], safe=True)


def _pickups() -> None:
    """Pick-up codes, by which one file comes or goes."""
    database.create_tables([tables.Pickup], safe=True)


def _held_acts() -> None:
    """Decisions that can still be taken back."""
    database.create_tables([tables.HeldAct], safe=True)


def _filters() -> None:
    """What an account keeps of To do's chips."""
    _add("account", filters="VARCHAR(2000)")


def _script_tokens() -> None:
    """Tokens of scripts, and which of them began a session."""
    database.create_tables([tables.ScriptToken], safe=True)
    _add("sign_in_session", **{"token": "VARCHAR(10)"})


STEPS: tuple[Callable[[], None], ...] = (
    _first,
    _outside,
    _journal,
    _server,
    _cases,
    _emergency,
    _answering,
    _subjects,
    _retention,
    _recalled,
    _search_keys,
    _acts_by_time,
    _bound,
    _resets,
    _proof,
    _books_made,
    _journal_hosts,
    _entries_by_unit,
    _audit_by_book,
    _entries_in_order,
    _entries_by_last_day,
    _review_items_by_verdict,
    _offices,
    _calendar,
    _discipline,
    _steps_elsewhere,
    _handed_out,
    _kept_numbers,
    _whose_turn,
    _few,
    _audit_up_to,
    _audit_by_what,
    _by_name,
    _few_tasks,
    _review_items_judged,
    _confirmations,
    _structure,
    _day_count,
    _last_days,
    _whole_values,
    _rules,
    _form_drafts,
    _parties,
    _reopening,
    _papers,
    _notices_at_collection,
    _drawing,
    _kept_people,
    _pickups,
    _held_acts,
    _filters,
    _script_tokens,
)
BINDING = STEPS.index(_bound) + 1
"""The first version whose rows are bound to their accounts (`db.store.binding`)."""
PROVING = STEPS.index(_proof) + 1
"""From this version on the present is proved, and so is every backup."""
OFFICES = STEPS.index(_offices) + 1
"""The first version that has who heads a unit as an office."""
CALENDAR = STEPS.index(_calendar) + 1
"""The first version with days that an organisation declares."""
DISCIPLINE = STEPS.index(_discipline) + 1
"""The first version in which who investigates a case does not decide it."""
KEPT_NUMBERS = STEPS.index(_kept_numbers) + 1
"""The first version in which a copy may wait for its recipient to have an account."""
RULES = STEPS.index(_rules) + 1
"""The first version that has the texts of regulations on record."""


def current() -> int:
    """Version of the open store; 0 where it is new."""
    if not database.table_exists("schema_version"):
        return 0
    newest = SchemaVersion.select().order_by(SchemaVersion.version.desc()).first()
    return newest.version if newest else 0


def lacking() -> tuple[str, ...]:
    """Return tables and TABLE.COLUMNs that the store lacks: an unknown build made it."""
    there = set(database.get_tables())
    found: list[str] = []
    for table in tables.ALL:
        meta = table._meta
        name = str(meta.table_name)
        if name not in there:
            found.append(name)
            continue
        columns = {column.name for column in database.get_columns(name)}
        found += [f"{name}.{one.column_name}" for one in meta.sorted_fields if one.column_name not in columns]
    return tuple(found)


def migrate() -> list[int]:
    """Take the open store through the steps of the schema that it lacks, each in a transaction of its own;
    return the versions that were reached now. Not journaled: a restore makes the tables as they are now. What
    proves the present is carried over each step."""
    reached: list[int] = []
    if current() == len(STEPS):
        promote_key()
        return reached
    with paused(store().database):
        with writing():
            _journal_changes(prepare)
            database.create_tables([SchemaVersion], safe=True)
        for number, step in enumerate(STEPS, start=1):
            if number > current():
                with writing(), carried():
                    SchemaVersion.create(version=number, at=clock.now())
                    step()
                    _journal_changes(install)
                moved_to(number)
                reached.append(number)
    promote_key()
    return reached


def _journal_changes(how: Callable[[peewee.Database], None]) -> None:
    if store().is_postgresql:
        how(store().database)
