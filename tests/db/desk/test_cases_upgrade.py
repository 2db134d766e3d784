"""An installation of before discipline comes through its upgrade, with its cases as they stood."""

from __future__ import annotations

from io import BytesIO

import pytest

from db.desk.authority.permissions import root_of
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.store.backups.dump import dump
from db.store.engine import database, store
from db.store.journal.capture import forget_triggers, paused
from db.store.migrations import STEPS, _discipline, migrate
from db.store.proof.judging import judge_tables
from db.store.proof.making_sums import updating_sums
from db.store.tables import CaseAppeal, CaseEvent, CaseFile, CaseNamed, CaseParty, Task
from db.store.tables.base import SchemaVersion
from db.store.tables.cases import CASE_STATES
from db.store.transactions import writing
from tests.db.desk.casework import judged, sentenced, turn, under_investigation
from tests.wider_world import employ
from tests.world import World

DISCIPLINE = STEPS.index(_discipline) + 1
"""The first version in which who investigates a case does not decide it."""
BEFORE = """
CREATE TABLE case_event (
    "id" INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(32) NOT NULL, "case_id" INTEGER NOT NULL,
    "at" VARCHAR(27) NOT NULL, "account_id" INTEGER NOT NULL, "act" VARCHAR(16) NOT NULL, "word" BLOB NOT NULL
)
"""
KEPT = ("id", "key", "case_id", "at", "account_id", "act", "word")
OLD_STATES = "'reported', 'triaged', 'investigating', 'decided', 'closed'"


def _as_before_discipline() -> None:
    """Leave the open database as the version before discipline left it."""
    if not store().is_postgresql:
        for name in ("case_file", "case_party", "case_event"):
            for event in ("INSERT", "UPDATE", "DELETE"):
                database.execute_sql(f'DROP TRIGGER IF EXISTS temp."journal_{name}_{event}"')
        forget_triggers()
    for table in (CaseAppeal, CaseNamed):
        database.drop_tables([table])
    for column in ("concluded", "named_at"):
        database.execute_sql(f"ALTER TABLE case_file DROP COLUMN {column}")
    database.execute_sql("ALTER TABLE case_party DROP COLUMN further")
    if store().is_postgresql:
        for column in ("on_behalf_of_id", "office", "office_unit", "capacity"):
            database.execute_sql(f"ALTER TABLE case_event DROP COLUMN {column}")
        database.execute_sql("ALTER TABLE case_file DROP CONSTRAINT case_file_state_check")
        database.execute_sql(f"ALTER TABLE case_file ADD CHECK (state IN ({OLD_STATES}))")
    else:
        names = ", ".join(f'"{name}"' for name in KEPT)
        rows = database.execute_sql(f"SELECT {names} FROM case_event").fetchall()
        database.execute_sql("DROP TABLE case_event")
        database.execute_sql(BEFORE)
        for row in rows:
            database.execute_sql(f"INSERT INTO case_event VALUES ({', '.join('?' * len(KEPT))})", row)
        database.execute_sql("PRAGMA writable_schema = ON")
        database.execute_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'case_file'",
            (CASE_STATES, OLD_STATES),
        )
        ((version,),) = database.execute_sql("PRAGMA schema_version").fetchall()
        database.execute_sql(f"PRAGMA schema_version = {version + 1}")
        database.execute_sql("PRAGMA writable_schema = OFF")
    SchemaVersion.delete().where(SchemaVersion.version >= DISCIPLINE).execute()


@pytest.mark.clause("C.12")
def test_a_case_of_before_goes_on_where_it_stood(world: World) -> None:
    """Who investigated it is on record, and so is barred from judging it."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    under_investigation(world, case, "leak", "唐雨")
    with writing():
        Task.update(unit=CaseFile.get_by_id(case).unit_id).where(Task.kind == "case").execute()
    acts = [event.act for event in CaseEvent.select().order_by(CaseEvent.id)]
    with paused(store().database), writing(), updating_sums():
        _as_before_discipline()
    assert dump(BytesIO(), bytes(32), None).schema == DISCIPLINE - 1, "an upgrade begins with a backup"
    assert migrate() == list(range(DISCIPLINE, len(STEPS) + 1))
    assert [event.act for event in CaseEvent.select().order_by(CaseEvent.id)] == acts
    assert CaseFile.get_by_id(case).state == "investigating"
    assert {task.unit_id for task in Task.select().where(Task.kind == "case")} == {root_of("subsidiary")}
    judged(world, case)
    sentence = Sentence(CaseParty.get(CaseParty.case == case).id, ("downgrade",))
    sentenced(world, case, sentence)
    with writing():
        employ(world, "cenfu", "岑副", "subsidiary", ("chief-executive",))
    Cases(world.desk("tangyu")).appeal(case, "名单是按要求发送的")
    assert turn(world, case).actor.login == "cenfu"
    assert judge_tables().sound
