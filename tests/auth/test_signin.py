"""Signing in: one answer and one cost for everything that is wrong."""

from __future__ import annotations

import json
import time
from statistics import median

import bcrypt
import pytest

from auth import delays, passwords, sessions
from auth.codes import new_code
from auth.recovery import stored_code
from auth.signin import SignIn
from auth.totp import CodeUsed
from db.desk import SessionOver
from db.store import audit
from db.store.engine import Store, database
from db.store.tables import Account, AuditRecord, RecoveryCode, SignInSession
from db.store.transactions import writing
from tests.audited import detail_of
from tests.auth.conftest import HOME, Owner, answered, stored
from tests.conftest import Clock


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
    monkeypatch.setattr(delays, "code_failed", lambda account, _source: guesses.append(account))
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
    sessions.end(first.session, "cut")
    with pytest.raises(SessionOver):
        sessions.resume(first.session)
    sessions.resume(second.session)
    Account.update(state="disabled").execute()
    with pytest.raises(SessionOver):
        sessions.resume(second.session)


def test_how_a_session_ended_is_recorded_once(owner: Owner, clock: Clock) -> None:
    signed = owner.sign_in()
    assert signed is not None
    sessions.end(signed.session, "cut")
    sessions.end(signed.session, "closed")
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
