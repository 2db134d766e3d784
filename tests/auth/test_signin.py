"""Signing in: one answer and one cost for everything that is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import time
from statistics import median

import bcrypt
import psycopg
import pytest

from auth import delays, passwords, sessions
from auth.codes import new_code
from auth.login_names import name_digest
from auth.recovery import stored_code
from auth.signin import SignIn
from auth.totp import CodeUsed
from db.desk import Invalid, Refused, SessionOver, Unavailable, open_desk
from db.desk.frame import OPERATIONS
from db.desk.lifecycle.forms import LeaveAsked
from db.language import say
from db.store import audit, write_queue
from db.store.engine import Store, close_store, database, store
from db.store.opening import open_store
from db.store.tables import Account, AuditRecord, Entry, RecoveryCode, SignInSession
from db.store.transactions import writing
from tests.audited import detail_of
from tests.auth.conftest import HOME, Owner, answered, enrolled, stored
from tests.conftest import Clock
from tests.db.desk.lives import approved, leave, take_out
from tests.forked import forget_connections
from tests.wider_world import build_wider_world
from tests.world import World


def test_password_and_code_let_the_owner_in(owner: Owner, clock: Clock) -> None:
    signed = owner.sign_in()
    assert signed is not None
    assert (signed.account, signed.login, signed.strength) == (owner.account, "liwei", "full")
    actor = sessions.resume(signed.session, "en")
    assert (actor.login, actor.source, actor.front, actor.language) == ("liwei", HOME, "ssh", "en")


@pytest.mark.threat(6)
@pytest.mark.parametrize("login", ["ＬＩＷＥＩ", " liwei ", "LiWei"])
def test_every_spelling_of_the_login_is_the_account_s(owner: Owner, clock: Clock, login: str) -> None:
    signed = answered(login, HOME, owner.password, owner.code())
    assert signed is not None
    assert signed.login == "liwei"


@pytest.mark.parametrize("login", ["", "x" * 300, "li\x00wei", "li\ud800wei", "李" * 65, "'; --"])
def test_no_login_however_odd_breaks_the_door(owner: Owner, clock: Clock, login: str) -> None:
    attempt = SignIn(login, HOME, "ssh")
    assert attempt.answer("p\ud800\x00" * 100, "\ud800") is None
    assert attempt.delay() == 1.0


@pytest.mark.threat(3)
def test_unknown_known_and_disabled_cost_the_same_work(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker times the answers to find out which names exist."""
    real, costs = bcrypt.checkpw, []

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed[:7])
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    assert answered("liwei", HOME, "wrong password", "000000") is None
    assert answered("nobody", HOME, "wrong password", "000000") is None
    Account.update(state="disabled").execute()
    assert answered("liwei", HOME, "wrong password", "000000") is None
    Account.update(state="invited", password=None).execute()
    assert answered("liwei", HOME, "wrong password", "") is None
    assert costs == [b"$2b$04$"] * 4


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_the_very_first_sign_in_after_the_last_day_is_refused_with_the_clause(
    world: World, clock: Clock
) -> None:
    """At 23:59 the owner comes in, at 0:00 not, and reads why; who knows one of the secrets reads nothing."""
    owner = enrolled(world, "wangfang")
    world.desk("liuyang").lifecycle.leave(LeaveAsked(world.entry("wangfang"), "2026-11-27"))
    clock.set("2026-11-27T23:59:10+08:00")
    assert owner.sign_in() is not None
    clock.set("2026-11-28T00:00:00+08:00")
    attempt = SignIn("wangfang", HOME, "ssh")
    assert attempt.answer(owner.password, owner.code()) is None
    assert attempt.ended is not None
    assert attempt.ended.params["clause"] == "A.10"
    assert detail_of(AuditRecord.select().order_by(AuditRecord.seq.desc()).get()).count("last-day") == 1
    for password, code in ((owner.password, "000000"), ("wrong", None), (owner.password, "")):
        clock.forward(minutes=10)
        wrong = SignIn("wangfang", HOME, "ssh")
        assert wrong.answer(password, owner.code() if code is None else code) is None
        assert wrong.ended is None


@pytest.mark.threat(72)
@pytest.mark.clause("A.10", "H.5.4")
def test_after_the_last_day_one_signs_in_to_hand_copies_back_and_to_nothing_else(
    store: Store, clock: Clock
) -> None:
    """By password and code alone, while a copy is in one's hands; each is signed off by whoever receives
    it."""
    world = build_wider_world("secured")
    owner = enrolled(world, "shibu")
    take_out(world, "shibu", "ABCD-EFGH")
    request = leave(world, "fuhr", "shibu", "secured", day="2026-11-27")
    approved(world, "ganhr", request)
    clock.set("2026-11-28T00:00:00+08:00")
    assert owner.sign_in(password="wrong") is None
    signed = owner.sign_in()
    assert signed is not None
    assert signed.strength == "leaving"
    desk = open_desk(sessions.resume(signed.session))
    assert sessions.end_expired([signed.session]) == {}
    assert desk.me.who().books == ()
    with pytest.raises(Refused) as refused:
        desk.directory.search("secured", "石布")
    assert "hands copies back" in say(refused.value.message, "en")
    (copy,) = desk.tasks.own_copies()
    assert (copy.copy, copy.outcome) == ("ABCD-EFGH", "")
    with pytest.raises(Invalid):
        desk.tasks.say_copy(copy.id, "lost")
    desk.tasks.say_copy(copy.id, "returned", "交前台")
    (told,) = desk.tasks.own_copies()
    assert (say(told.outcome, "zh_CN"), told.word) == ("已交还（本人说明）", "交前台")
    entry = Entry.get_by_id(world.entry("shibu", "secured"))
    assert entry.state == "active", "what they say signs nothing off"
    world.desk("xinan").tasks.sign_off(copy.id, "returned")
    assert desk.tasks.own_copies() == ()
    with pytest.raises(Refused):
        desk.tasks.say_copy(copy.id, "lost", "丢了")
    clock.forward(minutes=1)
    assert owner.sign_in() is None


@pytest.mark.threat(72)
def test_a_sign_in_after_the_last_day_opens_no_other_operation() -> None:
    opened = {name for name, made in OPERATIONS.items() if "leaving" in made.strengths}
    assert opened - {"tasks.own_copies", "tasks.say_copy"} == {
        name for name, made in OPERATIONS.items() if "expired" in made.strengths
    }


@pytest.mark.threat(3)
def test_the_time_of_an_answer_tells_no_name(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker asks for both again and again. At a work factor that tests can afford, by the processor's
    time; 200 tries each at the real one, by the clock, are in `python -m tests.bench signin`."""
    monkeypatch.setattr(passwords, "COST", 8)
    Account.update(password=stored(owner.account, owner.password)).execute()
    taken: dict[str, list[float]] = {"liwei": [], "nobody": []}
    for _try in range(30):
        for login, times in taken.items():
            clock.forward(minutes=1)
            attempt = SignIn(login, HOME, "ssh")
            begun = time.thread_time()
            assert attempt.answer("wrong password", "000000") is None
            times.append(time.thread_time() - begun)
    assert 0.9 <= median(taken["liwei"]) / median(taken["nobody"]) <= 1.1


def test_the_dummy_hash_lets_nobody_in(owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a password that the dummy hash accepted opens no account that has none."""
    Account.update(password=None).execute()
    monkeypatch.setattr(bcrypt, "checkpw", lambda password, hashed: True)
    assert owner.sign_in() is None


@pytest.mark.parametrize("wrong", ["password", "code", "disabled", "unknown"])
def test_every_failure_is_recorded_and_none_tells_a_secret(owner: Owner, clock: Clock, wrong: str) -> None:
    typed = {"password": "天涯共此时不是这个密码啊", "code": "246810"}
    if wrong == "disabled":
        Account.update(state="disabled").execute()
    login = "correct horse battery" if wrong == "unknown" else "liwei"
    password = owner.password if wrong == "code" else typed["password"]
    assert answered(login, HOME, password, typed["code"]) is None
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.outcome, record.source, record.front) == (
        "auth.sign_in",
        "failed",
        HOME,
        "ssh",
    )
    assert record.account == (None if wrong == "unknown" else owner.account)
    assert f'"why":"{wrong}"' in detail_of(record)
    for secret in (*typed.values(), owner.password, owner.secret, "correct horse battery"):
        assert secret not in detail_of(record)


def test_success_is_recorded_with_its_session(owner: Owner, clock: Clock) -> None:
    signed = owner.sign_in()
    assert signed is not None
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.outcome, record.session, record.account) == ("done", signed.session, owner.account)
    assert detail_of(record) == '{"factor":"code","strength":"full"}'


@pytest.mark.threat(25)
def test_no_sign_in_that_cannot_be_recorded(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(**facts: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "append", full_disk)
    with pytest.raises(OSError, match="disk full"):
        owner.sign_in()
    assert SignInSession.select().count() == 0
    assert Account.get_by_id(owner.account).totp_step == 0


@pytest.mark.threat(4)
def test_a_code_used_a_moment_ago_is_refused_with_that_reason_once_the_password_was_right(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no guess, so it takes none of the tries of the hour; and a wrong password is told nothing."""
    code, guesses = owner.code(), list[int]()
    assert owner.sign_in(code=code) is not None
    monkeypatch.setattr(delays, "count_wrong_code", lambda account, _source: guesses.append(account))
    with pytest.raises(CodeUsed):
        SignIn("liwei", HOME, "ssh").answer(owner.password, code)
    clock.forward(seconds=2)
    assert SignIn("liwei", HOME, "ssh").answer("not the password at all", code) is None
    assert guesses == []
    failed = AuditRecord.select().where(AuditRecord.outcome == "failed").order_by(AuditRecord.seq)
    assert [json.loads(detail_of(row))["why"] for row in failed] == ["used", "password"]


@pytest.mark.threat(10)
def test_a_recovery_code_stands_in_for_one_code_once(owner: Owner, clock: Clock) -> None:
    code = new_code()
    with writing():
        RecoveryCode.create(account=owner.account, digest=stored_code(owner.account, code))
    assert owner.sign_in(password="not the password at all", code=code) is None
    assert owner.sign_in(code=code.lower().replace("-", " ")) is not None
    assert owner.sign_in(code=code) is None


@pytest.mark.threat(10)
def test_another_account_s_recovery_code_is_no_use(owner: Owner, clock: Clock, store: Store) -> None:
    other = Account.create(login="other", state="active", created_at="x")
    code = new_code()
    with writing():
        RecoveryCode.create(account=other.id, digest=stored_code(other.id, code))
        RecoveryCode.create(account=other.id, digest=stored_code(owner.account, code))
    assert owner.sign_in(code=code) is None


@pytest.mark.threat(20)
def test_a_session_is_over_once_ended_or_disabled(owner: Owner, clock: Clock) -> None:
    first, second = owner.sign_in(), owner.sign_in(code=owner.code(1))
    assert first is not None
    assert second is not None
    sessions.end_session(first.session, "cut")
    with pytest.raises(SessionOver):
        sessions.resume(first.session)
    sessions.resume(second.session)
    Account.update(state="disabled").execute()
    with pytest.raises(SessionOver):
        sessions.resume(second.session)


def test_how_a_session_ended_is_recorded_once(owner: Owner, clock: Clock) -> None:
    signed = owner.sign_in()
    assert signed is not None
    sessions.end_session(signed.session, "cut")
    sessions.end_session(signed.session, "closed")
    ends = list(AuditRecord.select().where(AuditRecord.act == "auth.session_end"))
    assert [detail_of(record) for record in ends] == ['{"how":"cut"}']
    assert SignInSession.get_by_id(signed.session).ended_how == "cut"


@pytest.mark.threat(26)
def test_the_database_holds_no_secret_in_clear(owner: Owner, clock: Clock, store: Store) -> None:
    """Someone reads a dump: neither password, TOTP secret nor what was typed as a name is in it."""
    SignIn("my real password", HOME, "ssh").answer("x", "y")
    owner.sign_in()
    dump = "".join(
        repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])
        for table in ("account", "failure_count", "audit_record", "sign_in_session")
        for row in database.execute_sql(f"SELECT * FROM {table}").fetchall()
    )
    assert "liwei" in dump
    for secret in (owner.password, owner.secret, "my real password"):
        assert secret not in dump


@pytest.mark.threat(71)
def test_where_the_database_has_no_connection_left_no_code_is_used_and_it_is_told(
    owner: Owner, clock: Clock, store: Store
) -> None:
    """Whoever signed in would be thrown out again, with a code the poorer."""
    if not store.is_postgresql:
        pytest.skip("a file has no connections")
    before, held = AuditRecord.select().count(), []
    try:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(store.settings.database))
        with pytest.raises(Unavailable) as told:
            owner.sign_in()
    finally:
        for line in held:
            line.close()
    assert told.value.message.text.startswith("Nothing was changed: the database takes no more connections")
    assert (AuditRecord.select().count(), SignInSession.select().count()) == (before, 0)
    assert delays.failure_count(name_digest(owner.login)) == 0
    for _time in range(100):  # the server needs a moment to see that they have gone
        with contextlib.suppress(Unavailable):
            assert owner.sign_in() is not None
            return
        time.sleep(0.05)
    pytest.fail("nobody came in")


@pytest.mark.threat(25)
def test_a_sign_in_waits_for_whoever_writes_long(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody else is told that the turn did not come; whoever answered rightly is not sent away."""
    monkeypatch.setattr(write_queue, "PATIENCE", 1.0)
    home, settings = store().home, store().settings
    ready, writes = os.pipe()
    close_store()
    child = os.fork()
    if child == 0:
        try:
            forget_connections()
            open_store(home, settings)
            with writing():
                audit.append(act="test", outcome="done")
                os.write(writes, b"1")
                time.sleep(3)
        finally:
            os._exit(0)
    open_store(home, settings)
    os.read(ready, 1)
    with pytest.raises(Unavailable), writing():
        audit.append(act="test", outcome="done")
    assert owner.sign_in() is not None
    os.waitpid(child, 0)
