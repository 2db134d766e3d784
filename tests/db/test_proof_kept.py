"""The proof of the present in backups, through rotations of its key and changes of the schema, and seen while
others write."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from db.desk.backups.running import run_backup
from db.desk.backups.verifying import Outcome
from db.desk.tasks.duties import RunnerPlace
from db.language import say
from db.store import audit, first_steps, migrations, subjects
from db.store.backups import dump as dumping
from db.store.backups.backup_store import manifests
from db.store.backups.proving import NotProved, prove_backup
from db.store.checkpoints import Notary, expected_hashes, read, signed_states
from db.store.engine import Store, close_store, database, store
from db.store.journal import capture
from db.store.journal.capture import paused
from db.store.keys import (
    PROOF,
    SIGN_AUDIT,
    KeyRingError,
    proof_file,
    read_backup_key,
    read_keys,
    read_public,
    read_signer,
)
from db.store.opening import open_store
from db.store.proof import parallel, scanning
from db.store.proof.head import ChainHead
from db.store.proof.judging import (
    EDITED,
    GONE,
    INSERTED,
    REWRITTEN,
    OpenedHead,
    Tampering,
    judge_tables,
    open_head,
    present_end,
)
from db.store.proof.making_sums import recorded_ends, store_head, updating_sums
from db.store.proof.parallel import judge_in_parts
from db.store.rotation import proving
from db.store.row_encryption import Showing
from db.store.settings import Home
from db.store.tables import Account, OutsideFinding, OutsideSurvey, Person, base
from db.store.transactions import writing
from tests.db.thief import Thief
from tests.forked import forget_connections
from tests.world import World

pytestmark = pytest.mark.threat(33)


def act(number: int = 1) -> None:
    with writing():
        audit.append(act="test", outcome="done", journal={"after": {"n": number}})


def tamper() -> Tampering:
    """Somebody gives themselves a role."""
    account = Account.select().order_by(Account.id).first()
    with closing(Thief(store())) as thief:
        thief.do(
            'INSERT INTO "grant" (id, account_id, role, granted_at, from_at, capacity, alone)'
            " VALUES (777, ?, ?, ?, '', 'holder', ?)",
            (account.id, "admin", "2026-11-23T01:00:00.000000Z", False),
        )
    return Tampering("grant", INSERTED, "777")


@pytest.fixture
def backed(world: World, home: Home) -> World:
    url = json.dumps(store().settings.database)
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {url}\n[backups]\nto = ["one"]\n', "utf-8"
    )
    return world


def back_up(home: Home) -> tuple[Outcome, ...]:
    close_store()
    try:
        return run_backup(home, RunnerPlace("host", "host:test"), lambda: None)
    finally:
        open_store(home)


def test_no_backup_is_made_of_what_was_tampered_with_and_the_row_is_named(backed: World, home: Home) -> None:
    assert [one.problem for one in back_up(home)] == [""]
    tamper()
    (outcome,) = back_up(home)
    assert "table grant, row 777: was put in" in say(outcome.problem, "en")
    assert len(list((home.folder / "one").glob("*.backup"))) == 1


@pytest.mark.parametrize("forged", ["row", "proof", "format"])
def test_a_backup_forged_with_the_backups_key_alone_does_not_prove(
    backed: World, home: Home, monkeypatch: pytest.MonkeyPatch, forged: str
) -> None:
    """They have the key under which backups lie, and make one in which they hold a role."""
    if forged == "format":
        monkeypatch.setattr(dumping, "is_kept", lambda _database: False)
    else:
        monkeypatch.setattr(dumping._Lines, "proof", lambda _lines, _key: "0" * 64 if forged == "row" else "")
    file, key = home.folder / "forged", read_backup_key(home.keys)
    with file.open("wb") as stream:
        dumping.dump(stream, key, None)
    monkeypatch.undo()
    people = Showing({}, ())
    close_store()
    try:
        with pytest.raises(NotProved, match="proof does not fit" if forged != "format" else "not proved"):
            prove_backup(file, [key], read_keys(home.keys), people, home.folder)
    finally:
        open_store(home)


def test_a_rotated_key_proves_what_there_is_and_backups_of_before(backed: World, home: Home) -> None:
    assert [one.problem for one in back_up(home)] == [""]
    before, showing = store().keys.proof, at_hand()
    proving.rotate(home.keys, act)
    assert store().keys.proof != before
    act()
    assert judge_tables().findings == ()
    (manifest,) = manifests(home.folder / "one")
    close_store()
    file = home.folder / "one" / manifest.name
    prove_backup(file, [read_backup_key(home.keys)], read_keys(home.keys), showing, home.folder)
    open_store(home)
    assert judge_tables().findings == ()


def at_hand() -> Showing:
    return Showing(subjects.all_keys(), subjects.destroyed_owners())


def test_no_key_is_rotated_over_what_was_tampered_with(world: World, home: Home) -> None:
    found = tamper()
    before = proof_file(home.keys).read_bytes()
    with pytest.raises(proving.NotSound) as caught:
        proving.rotate(home.keys, act)
    assert caught.value.found.findings == (found,)
    assert proof_file(home.keys).read_bytes() == before
    assert judge_tables().findings == (found,)


def test_a_writer_with_the_old_key_in_memory_takes_the_new_one_up(world: World, home: Home) -> None:
    """A session that began before the rotation, and the keys it came with."""
    ring = store().ring
    old = ring.proof
    proving.rotate(home.keys, act)
    ring.proof = old
    act()
    assert ring.proof != old
    assert judge_tables().findings == ()


@pytest.mark.parametrize("done", [False, True], ids=["before its end", "after its end"])
def test_a_rotation_that_was_killed_is_settled(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    def die(*_given: object) -> None:
        os._exit(0)

    monkeypatch.setattr(proving, "promote" if done else "make_anew", die)
    if (child := os.fork()) == 0:
        try:
            settings = store().settings
            forget_connections()
            capture.forget_triggers()
            open_store(home, settings)
            proving.rotate(home.keys, act)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    monkeypatch.undo()
    act()
    assert judge_tables().findings == ()
    assert proving.settle_proving(home.keys) is done
    assert proving.settle_proving(home.keys) is None
    act()
    assert judge_tables().findings == ()


def test_nobody_writes_without_the_key_and_a_lost_one_is_not_made_anew(world: World, home: Home) -> None:
    settings = store().settings
    proof_file(home.keys).unlink()
    close_store()
    with pytest.raises(KeyRingError) as caught:
        open_store(home, settings)
    assert caught.value.message.params == {"file": str(home.keys / PROOF)}
    assert not proof_file(home.keys).exists()


def test_an_older_database_is_proved_as_it_is_and_gets_the_key(world: World, home: Home) -> None:
    settings = store().settings
    with paused(store().database), writing():
        database.execute_sql("DROP TABLE proof_head")
        base.SchemaVersion.delete().where(base.SchemaVersion.version >= first_steps.PROVING).execute()
    proof_file(home.keys).unlink()
    close_store()
    open_store(home, settings)
    assert migrations.migrate() == list(range(first_steps.PROVING, len(migrations.STEPS) + 1))
    assert proof_file(home.keys).stat().st_mode & 0o777 == 0o400
    act()
    assert judge_tables().findings == ()
    close_store()
    open_store(home, settings)
    assert judge_tables().findings == ()


@pytest.mark.parametrize("gone", ["version", "sums"])
def test_who_makes_the_database_seem_older_has_no_sums_made_of_what_there_is(
    world: World, home: Home, gone: str
) -> None:
    """The step is to be done again at the next start; the key says that it was done."""
    settings = store().settings
    found = tamper()
    with closing(Thief(store())) as thief:
        thief.do("DELETE FROM schema_version WHERE version >= ?", (first_steps.PROVING,))
        if gone == "sums":
            thief.do("DROP TABLE proof_head")
    close_store()
    open_store(home, settings)
    migrations.migrate()
    findings = judge_tables().findings
    assert (found in findings) if gone == "version" else findings == (Tampering("proof_head", GONE),)


def test_a_step_of_the_schema_carries_the_sums_and_launders_nothing(world: World) -> None:
    found = tamper()
    with paused(store().database), writing(), updating_sums():
        database.execute_sql("ALTER TABLE notice ADD COLUMN more INTEGER")
        Person.update(name="改名").where(Person.id == 1).execute()
    assert judge_tables().findings == (found,)
    act()
    assert judge_tables().findings == (found,)


def test_what_was_signed_of_the_sums_is_held_against_who_has_the_proving_key_too(
    world: World, home: Home
) -> None:
    place, public = home.folder / "outside", read_public(home.keys, SIGN_AUDIT)
    act()
    seq, hashed, position, state = present_end()
    Notary(read_signer(home.keys, SIGN_AUDIT), [place]).sign(seq, hashed, "2026", position, state)
    signed = read(place, public)
    assert judge_tables().hold_against(signed_states(signed)).findings == ()
    assert audit.verify(outside=expected_hashes(signed)).sound
    tamper()
    making = judge_tables().state.partition("-")[0]
    with paused(store().database), writing():
        forge_sums(int(making))
    assert judge_tables().findings == ()
    assert judge_tables().hold_against(signed_states(signed)).findings == (
        Tampering("proof_head", REWRITTEN),
    )


def forge_sums(making: int) -> None:
    head = ChainHead(*recorded_ends(), making=making)
    key = store().keys.proof
    assert key is not None
    for table, found in scanning.totals(key).items():
        head.set_sum(table, found)
    store_head(key, head)


def test_a_large_store_is_scanned_in_parts_in_one_view_while_others_write(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come and go all the while; none of it is taken for tampering."""
    home.settings_file.write_text(
        f'organisation = "x"\ndatabase = {json.dumps(store.settings.database)}\n', "utf-8"
    )
    with writing():
        for number in range(300):
            Person.create(name=f"{number}")
    stop = threading.Event()
    writer = threading.Thread(target=_write_until, args=(home, stop))
    writer.start()
    try:
        assert [judge_in_parts(large=1).findings for _time in range(2)] == [(), ()]
    finally:
        stop.set()
        writer.join()
    row = Person.select().order_by(Person.id.desc()).first().id
    with closing(Thief(store)) as thief:
        thief.do("UPDATE person SET name = ? WHERE id = ?", ("another", row))
    assert (
        judge_in_parts(large=1).findings
        == judge_tables().findings
        == (Tampering("person", EDITED, str(row)),)
    )


def _write_until(home: Home, stop: threading.Event) -> None:
    child = os.fork()
    if child == 0:
        try:
            settings = store().settings
            forget_connections()
            capture.forget_triggers()
            open_store(home, settings)
            for number in range(10_000):
                with writing():
                    Person.create(name=f"new {number}")
                    Person.delete().where(Person.id == number).execute()
                    audit.append(act="test", outcome="done")
        finally:
            os._exit(0)
    stop.wait()
    os.kill(child, 9)
    os.waitpid(child, 0)


def test_parts_cover_a_table_from_before_its_first_key_to_beyond_its_last(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PART", 10)
    with writing():
        for number in range(35):
            Person.create(id=number * 7 - 20, name=f"{number}")
    key = store.keys.proof
    assert key is not None
    known = open_head()
    assert isinstance(known, OpenedHead)
    with scanning.one_view():
        found = [part for part in scanning.parts(known.head) if part.table == "person"]
        sums = [scanning.total(key, part) for part in found]
    assert len(found) > 2
    assert sum(one.rows for one in sums) == 35
    assert (found[0].low, found[-1].high) == (None, None)


def test_rows_that_go_with_others_are_followed(world: World, store: Store, home: Home) -> None:
    """The statement does not name their table, and nothing has yet on this connection."""
    with writing():
        survey = OutsideSurvey.create(system="wecom", book="staff")
        OutsideFinding.create(survey=survey, problem="lost")
    settings = store.settings
    close_store()
    open_store(home, settings)
    with writing():
        database.execute_sql("DELETE FROM outside_survey")
    assert OutsideFinding.select().count() == 0
    assert judge_tables().findings == ()


def test_the_views_of_all_processes_begin_while_nobody_writes(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever begins waits for the others, and for that moment nobody else writes."""
    if store.is_postgresql:
        pytest.skip("there one view is handed to the others")
    held: list[bool] = []

    class Watching:
        def __init__(self, barrier: Any) -> None:
            self._barrier = barrier

        def wait(self, _seconds: float) -> None:
            held.append(database.in_transaction())

    class Done:
        def __init__(self, value: object) -> None:
            self._value = value

        def result(self) -> object:
            return self._value

    class Pool:
        def __init__(self, *_given: object) -> None:
            return

        def __enter__(self) -> Pool:
            return self

        def __exit__(self, *_given: object) -> None:
            return

        def submit(self, work: Callable[..., object], *given: Any) -> Done:
            return Done(work(*given))

    class Context:
        def Barrier(self, parties: int) -> Watching:
            return Watching(parties)

    monkeypatch.setattr(parallel, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(parallel, "get_context", lambda _how: Context())
    assert parallel.judge_in_parts(large=0).findings == ()
    assert held == [False, True, True]
