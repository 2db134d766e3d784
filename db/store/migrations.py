"""The schema, step by step. A store at version N has had the first N steps, each in one transaction, in which
what it made is put under the journal too: whenever it is interrupted, it is before or after a step."""

from __future__ import annotations

from datetime import timedelta

from db.store import clock, tables
from db.store.engine import database, moved_to, store
from db.store.first_steps import FIRST_STEPS, drop_search_keys
from db.store.journal.capture import install, paused, prepare
from db.store.proof.head import is_kept, sealed_head
from db.store.proof.making_sums import promote_key, updating_sums
from db.store.schema_changes import (
    OFFICE,
    Step,
    add_columns,
    adding,
    creating,
    indexing,
    journal_changes,
    let_be_null,
    loosen,
    no_as_yet,
)
from db.store.tables.base import SchemaVersion
from db.store.tables.cases import CASE_STATES
from db.store.transactions import writing


def _offices() -> None:
    """Make offices rows with a holder, a capacity and dates, heads of units included; and add to decisions
    the office in which they were taken."""
    words = "VARCHAR(16) NOT NULL DEFAULT 'holder' CHECK (capacity IN ('holder', 'acting', 'deputy'))"
    add_columns(
        "grant",
        person_id="INTEGER REFERENCES person (id)",
        capacity=words,
        from_at="VARCHAR(27) NOT NULL DEFAULT ''",
    )
    add_columns("request_step", **OFFICE)
    add_columns("request_event", **OFFICE)
    let_be_null("grant", "account_id")
    for column in ("person_id", "unit_id", "role"):
        database.execute_sql(f'CREATE INDEX IF NOT EXISTS grant_{column} ON "grant" ({column})')
    database.execute_sql("DROP INDEX IF EXISTS unit_head")
    heads_as_offices()


def heads_as_offices() -> None:
    """Insert an office row for each head that an earlier version kept in the unit, and clear it there. For a
    migration, and after restoring an older backup."""
    newer = any(column.name == "alone" for column in database.get_columns("grant"))
    column, value = (", alone", ", FALSE") if newer else ("", "")
    database.execute_sql(
        f'INSERT INTO "grant" (person_id, role, book_id, unit_id, capacity, granted_at, from_at{column})'
        f" SELECT e.person_id, 'head', u.book_id, u.id, 'holder', '', ''{value}"
        " FROM unit u JOIN entry e ON e.id = u.head WHERE u.active ORDER BY u.id"
    )
    database.execute_sql("UPDATE unit SET head = NULL WHERE head IS NOT NULL")


def _discipline() -> None:
    """Add tables and columns for appeals, for further words of a party, and for the office in which a step of
    a case was taken."""
    add_columns("case_file", concluded="INTEGER NOT NULL DEFAULT 0")
    add_columns("case_party", further="BYTEA" if store().is_postgresql else "BLOB")
    add_columns("case_event", on_behalf_of_id="INTEGER REFERENCES account (id)", **OFFICE)
    database.execute_sql(
        "CREATE INDEX IF NOT EXISTS case_event_on_behalf_of_id ON case_event (on_behalf_of_id)"
    )
    if store().is_postgresql:
        check = f"CONSTRAINT case_file_state_check CHECK (state IN ({CASE_STATES}))"
        database.execute_sql("ALTER TABLE case_file DROP CONSTRAINT IF EXISTS case_file_state_check")
        database.execute_sql(f"ALTER TABLE case_file ADD {check}")
    else:
        loosen("case_file", "'reported', 'triaged', 'investigating', 'decided', 'closed'", CASE_STATES)
    database.create_tables([tables.CaseNamed, tables.CaseAppeal], safe=True)


def _handed_out() -> None:
    """Add the entries that a notice opened to its recipient, and copies limited to these (A.8)."""
    add_columns("notice_recipient", opens="TEXT NOT NULL DEFAULT ''")
    add_columns("copy_grant", within_reach=no_as_yet())


def _kept_numbers() -> None:
    """Let copies of an edition go to recipients without an account, and let one be closed with a reason
    (I.4.3)."""
    let_be_null("edition_copy", "account_id")
    add_columns("edition_copy", closed_at="VARCHAR(27)", close_reason="VARCHAR(255) NOT NULL DEFAULT ''")


CONFIRMED_BEFORE = timedelta(days=30)
"""For how long an account depended on who enrolled it, before that took a confirmation."""


def _confirmations() -> None:
    """Create confirmations of accounts by another office. Accounts whose enrolment is old enough to count as
    independent get one; open steps of vouching become steps of a second."""
    database.create_tables([tables.Confirmation], safe=True)
    add_columns("grant", alone=no_as_yet())
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


def _last_days() -> None:
    """Create the table of last days, and add to entries the time when access ended."""
    add_columns("entry", ended_at="VARCHAR(27)")
    database.create_tables([tables.LastDay], safe=True)


def _parties() -> None:
    """Let a case be about a person, unit or office without an entry, with a statement and a time of
    circulation. Criticism decided before counts as circulated then."""
    let_be_null("case_party", "entry_id")
    moment, sealed = "VARCHAR(27)", "BYTEA" if store().is_postgresql else "BLOB"
    missing = add_columns(
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
    """Add whether an appeal reopened a case, and let one party appeal several times."""
    add_columns("case_appeal", reopened=no_as_yet())
    database.execute_sql("DROP INDEX IF EXISTS case_appeal_party_id")
    database.execute_sql("CREATE INDEX IF NOT EXISTS case_appeal_party_id ON case_appeal (party_id)")


def _script_tokens() -> None:
    """Create tokens of scripts, and add to sessions which of them began one."""
    database.create_tables([tables.ScriptToken], safe=True)
    add_columns("sign_in_session", **{"token": "VARCHAR(10)"})


def _bound_entries() -> None:
    """Add to entries when they were joined to a known person, and to whom until then. Pending entries are
    marked as joined now."""
    if add_columns("entry", bound_at="VARCHAR(27)", waited_as="INTEGER"):
        tables.Entry.update(bound_at=clock.now()).where(tables.Entry.state == "pending").execute()


def _named_once() -> None:
    """Add to cases when a report named somebody. Move the tasks of breaches to the root unit: the reporter's
    own unit would tell who reported."""
    add_columns("case_file", named_at="VARCHAR(27)")
    roots = "SELECT MIN(u.id) FROM unit u WHERE u.book_id = task.book_id AND u.parent_id IS NULL"
    key = "'case:' || c.id || ':'"
    breach = f"SELECT 1 FROM case_file c WHERE c.sort = 'incident' AND substr(duty, 1, length({key})) = {key}"
    database.execute_sql(f"UPDATE task SET unit_id = ({roots}) WHERE kind = 'case' AND EXISTS ({breach})")


def _case_hands() -> None:
    """Add to case parties the event that named them, and marks for words spoken in another's name. Existing
    parties get the last event of their case."""
    add_columns(
        "case_party",
        named_in="INTEGER",
        reached=no_as_yet(),
        spoken_for=no_as_yet(),
    )
    add_columns("case_appeal", lodged=no_as_yet())
    database.execute_sql(
        "UPDATE case_party SET named_in ="
        " (SELECT max(id) FROM case_event WHERE case_event.case_id = case_party.case_id)"
    )


def _struck_trainings() -> None:
    """Let a training be struck out with a reason, and the same day be recorded again."""
    add_columns(
        "trained",
        struck_at="VARCHAR(27)",
        struck_by_id="INTEGER REFERENCES account (id)",
        struck_why="VARCHAR(255) NOT NULL DEFAULT ''",
    )
    database.execute_sql("DROP INDEX IF EXISTS trained_book_id_topic_person_id_on_day")
    database.create_tables([tables.Trained], safe=True)


_calendar = creating(tables.CalendarChange, tables.CalendarDay)
_steps_elsewhere = adding("request_step", unit="INTEGER")
"""A step may wait for the office of another unit than its request's (A.13)."""
_rules = creating(tables.RegulationText, tables.BookRules, tables.RulesHead)
"""Regulations on record. Those of before are taken in by whoever opens the store
(`db.desk.policies.taking_in`), in a transaction that is journaled."""
_day_basis = creating(tables.DayBasis)
"""The country and time zone in which days are counted. Whoever opens the store next enters those
of its settings (`db.desk.calendars.basis`), in a transaction that is journaled."""
STEPS: tuple[Step, ...] = (
    *FIRST_STEPS,
    _offices,
    _calendar,
    _discipline,
    _steps_elsewhere,
    _handed_out,
    _kept_numbers,
    # What tells approvers: accounts in use by person, what waits elsewhere than in its request's unit, and a
    # little of each open request, whose rest is long. Of some kinds there are few requests.
    indexing(
        "account_person_id_state ON account (person_id, state)",
        "request_kind_state ON request (kind, state)",
        "request_open ON request (state, book_id, unit_id, id, kind, due, submitted_at, requester_id,"
        " about_id, entry_id) WHERE state = 'open'",
        "request_step_unit ON request_step (unit) WHERE unit IS NOT NULL",
        drops=("account_person_id",),
    ),
    # The few among many asked for by what they are: expected or gone, shut off, found wrong.
    indexing(
        "entry_expected ON entry (state, book_id, person_id) WHERE state = 'pending'",
        "entry_gone ON entry (state, book_id, person_id) WHERE state = 'left'",
        "account_shut_off ON account (state, person_id) WHERE state = 'disabled'",
        "review_item_wrong ON review_item (campaign_id, verdict) WHERE verdict IN ('corrected', 'removed')",
    ),
    # A list of the audit up to its newest record, for counting: a server read all of them for that.
    indexing(
        "audit_record_book_account_seq ON audit_record (book, account, seq)",
        drops=("audit_record_book_account",),
    ),
    # What the audit counts of each kind, and of some days: by book and actor, rather than by each record.
    # None begins with the outcome: almost all are done, and SQLite would look for those by it whatever else
    # is asked.
    indexing(
        "audit_record_act_seq ON audit_record (act, seq, outcome, clause, source, book, account)",
        "audit_record_entry_seq ON audit_record (entry, seq, book, account)",
        "audit_record_seq_outcome ON audit_record (seq, outcome, clause, source, book, account)",
        "audit_record_book_at ON audit_record (book, at)",
        drops=("audit_record_act", "audit_record_entry", "audit_record_account"),
    ),
    # Names are asked for of all entries and persons, exactly as written.
    indexing("entry_name ON entry (name)", "person_name ON person (name)"),
    # The few open tasks that are not a person's own, looked at at every sign-in: a review may give everybody
    # one.
    indexing(
        "task_few ON task (state, book_id, unit_id, account_id, kind, entry_id, id)"
        " WHERE role IS NULL OR role <> 'person'"
    ),
    # The things of a review that somebody decided on, to count those and not all.
    indexing(
        "review_item_judged ON review_item (campaign_id, verdict) WHERE verdict IS NOT NULL",
        drops=("review_item_wrong",),
    ),
    _confirmations,
    creating(),  # from here on the structure of the database is proved too; `updating_sums` does it
    creating(tables.DayCount),
    _last_days,
    drop_search_keys,  # digests of the endings of protected values, which are found as a whole alone
    _rules,
    creating(tables.FormDraft),
    _parties,
    _reopening,
    creating(tables.Paper, tables.PaperScan),
    creating(tables.CollectionNotice, tables.ConsentWithdrawn),
    adding("account", drawing="VARCHAR(8)"),
    creating(tables.KeptPeople),
    creating(tables.Pickup),
    creating(tables.HeldAct),
    adding("account", filters="VARCHAR(2000)"),
    _script_tokens,
    drop_search_keys,  # names are found without their accents, and by each part between dots
    _bound_entries,
    _named_once,
    _case_hands,
    drop_search_keys,  # names of any script are found by each word, and 400 numbers without a zero
    # A surname is found by what it is read in a name, not by whatever its character is read elsewhere.
    drop_search_keys,
    _struck_trainings,
    # A month's are counted on the first screen and in the calendar, of a review that gave everybody one.
    indexing("task_book_due ON task (book_id, due)"),
    # All by which they are counted, so that counting a month's reads none of them.
    indexing(
        "task_counted ON task (book_id, due, state, late, unit_id, entry_id, clause, done_at, handed_at)",
        drops=("task_book_due",),
    ),
    _day_basis,
)
OFFICES = STEPS.index(_offices) + 1
"""The first version that has who heads a unit as an office."""
CALENDAR = STEPS.index(_calendar) + 1
"""The first version with days that an organisation declares."""
RULES = STEPS.index(_rules) + 1
"""The first version that has the texts of regulations on record."""
BASIS = STEPS.index(_day_basis) + 1
"""The first version that has on record by which country and time zone days are counted."""


def stored_schema_version() -> int:
    """Return the schema version of the open store; 0 for a new one."""
    if not database.table_exists("schema_version"):
        return 0
    newest = SchemaVersion.select().order_by(SchemaVersion.version.desc()).first()
    return newest.version if newest else 0


def missing_schema() -> tuple[str, ...]:
    """Return the tables and TABLE.COLUMNs that this version needs and the store lacks: another build made
    it."""
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
    """Run the schema steps that the open store lacks, each in its own transaction (in a new store, the later
    ones in one), unjournaled, and carry the table sums over. Return the versions reached. Renames a new
    proving key to its final name."""
    reached: list[int] = []
    if stored_schema_version() == len(STEPS):
        promote_key()
        return reached
    with paused(store().database):
        with writing():
            journal_changes(prepare)
            database.create_tables([SchemaVersion], safe=True)
        here, is_new, left = (
            store().database,
            not stored_schema_version(),
            list(enumerate(STEPS, start=1))[stored_schema_version() :],
        )
        while left:
            with writing(), updating_sums():
                # The sums of a new store, which holds nothing yet, are carried over all steps at once.
                at_once = len(left) if is_new and is_kept(here) and sealed_head(here) is not None else 1
                for number, step in left[:at_once]:
                    SchemaVersion.create(version=number, at=clock.now())
                    step()
                    reached.append(number)
                journal_changes(install)
            moved_to(reached[-1])
            del left[:at_once]
    promote_key()
    return reached
