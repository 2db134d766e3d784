"""What strangers can have written: a bounded number of records, and owners hear of what concerns them."""

from __future__ import annotations

import json

import pytest

from auth import failed_signins
from auth.failed_signins import IN_ALL, PER_SOURCE, keep_watch
from db.store.engine import Store, database, store
from db.store.journal.writing import journal_position
from db.store.tables import (
    AuditRecord,
    FailedSignIns,
    FailureCount,
    Notice,
    NoticeRecipient,
    OutgoingMail,
    RefusalTally,
)
from tests.audited import detail_of
from tests.auth.conftest import HOME, Owner, answered, stored
from tests.conftest import Clock
from tests.world import World

ATTACKER = "198.51.100.66"


def fail(login: str, source: str) -> None:
    assert answered(login, source, "not the password at all", "000000") is None


def refused() -> list[AuditRecord]:
    return list(AuditRecord.select().where(AuditRecord.outcome == "failed").order_by(AuditRecord.seq))


@pytest.mark.threat(40)
def test_1500_made_up_names_are_counted_and_not_kept_one_by_one(store: Store, clock: Clock) -> None:
    for number in range(1500):
        fail(f"nobody{number}", ATTACKER)
    assert len(refused()) == PER_SOURCE
    before = journal_position(database)
    fail("nobody", ATTACKER)
    assert journal_position(database) == before, "nor does the journal grow by them"
    clock.forward(hours=1)
    fail("another", "192.0.2.1")
    told = refused()[PER_SOURCE]
    assert (told.source, told.account) == (ATTACKER, None)
    assert json.loads(detail_of(told)) == {
        "count": 1481, "hour": "2026-11-23T01:00:00.000000Z", "why": "many",
    }  # fmt: skip
    assert len(refused()) == PER_SOURCE + 2
    assert RefusalTally.select().where(RefusalTally.hour == "2026-11-23T01").count() == 0


@pytest.mark.threat(40)
def test_a_known_name_with_wrong_passwords_is_bounded_too(owner: Owner, clock: Clock) -> None:
    for number in range(40):
        fail("liwei", f"2001:db8:1:1::{number}")
        clock.set("2026-11-23T09:00+08:00")
        FailureCount.delete().execute()
    assert len(refused()) == PER_SOURCE


@pytest.mark.threat(40)
def test_ever_new_sources_are_bounded_together(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner of a /48 has 65,536 sources."""
    monkeypatch.setattr(failed_signins, "IN_ALL", 30)
    for number in range(100):
        fail("nobody", f"2001:db8:1:{number:x}::1")
    assert len(refused()) == 30
    assert RefusalTally.select().count() == 31
    clock.forward(hours=1)
    assert keep_watch() == 0
    (told,) = refused()[30:]
    assert (told.source, json.loads(detail_of(told))["count"]) == ("", 70)
    assert IN_ALL == 500


@pytest.mark.threat(40)
def test_past_hours_are_recorded_though_nobody_fails_again(store: Store, clock: Clock) -> None:
    for number in range(PER_SOURCE + 3):
        fail(f"nobody{number}", ATTACKER)
    clock.forward(hours=2)
    keep_watch()
    assert json.loads(detail_of(refused()[-1]))["count"] == 3
    keep_watch()
    assert len(refused()) == PER_SOURCE + 1


@pytest.fixture
def zhangwen(world: World, clock: Clock) -> Owner:
    """张文, enrolled, in a book."""
    from auth.totp import new_secret, seal_secret
    from db.store.tables import Account
    from tests.auth.conftest import PASSWORD

    owner = Owner(world.accounts["zhangwen"], "zhangwen", new_secret())
    Account.update(
        state="active",
        password=stored(owner.account, PASSWORD),
        totp=seal_secret(owner.account, owner.secret),
    ).where(Account.id == owner.account).execute()
    return owner


def told(owner: Owner) -> list[dict[str, object]]:
    rows = (
        Notice.select()
        .join(NoticeRecipient)
        .where((NoticeRecipient.account == owner.account) & (Notice.kind == "sign-ins-failed"))
    )
    details = [json.loads(row.detail) for row in rows]
    return [{name: detail[name] for name in ("count", "knowing")} for detail in details]


@pytest.mark.threat(38)
@pytest.mark.parametrize("times", [4, 5])
def test_the_owner_hears_of_five_failures_at_the_next_sign_in(
    zhangwen: Owner, clock: Clock, times: int
) -> None:
    for number in range(times):
        fail("zhangwen", f"198.51.100.{number}")
    clock.forward(days=3)
    assert zhangwen.sign_in() is not None
    assert told(zhangwen) == ([{"count": 5, "knowing": 0}] if times == 5 else [])
    clock.forward(minutes=1)
    assert zhangwen.sign_in() is not None
    assert len(told(zhangwen)) == (times == 5), "and is told once"


@pytest.mark.threat(38)
def test_the_owner_hears_how_often_the_password_was_right(zhangwen: Owner, clock: Clock) -> None:
    for number in range(4):
        fail("zhangwen", f"198.51.100.{number}")
    for number in range(3):
        assert answered("zhangwen", f"198.51.101.{number}", zhangwen.password, "000000") is None
    clock.forward(minutes=1)
    assert zhangwen.sign_in() is not None
    assert told(zhangwen) == [{"count": 7, "knowing": 3}]


@pytest.mark.threat(38)
def test_a_burst_is_told_by_mail_once(zhangwen: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from db.store.settings import Mail

    monkeypatch.setattr(
        "db.desk.notifications.post.store",
        lambda: type("Sends", (), {"settings": store().settings.model_copy(
            update={"mail": Mail(host="localhost", sender="a@example.com", tls="none")})}),
    )  # fmt: skip
    for number in range(4):
        fail("zhangwen", f"198.51.100.{number}")
    assert keep_watch() == 0
    fail("zhangwen", ATTACKER)
    assert keep_watch() == 1
    fail("zhangwen", ATTACKER)
    assert keep_watch() == 0
    assert [json.loads(row.detail) for row in OutgoingMail.select()] == [{"count": 5, "knowing": 0}]
    clock.forward(hours=25)
    for number in range(5):
        fail("zhangwen", f"198.51.101.{number}")
    assert keep_watch() == 1, "another burst"


@pytest.mark.threat(40)
def test_names_that_nobody_has_make_one_row_at_the_most(store: Store, clock: Clock) -> None:
    for number in range(30):
        fail(f"nobody{number}", HOME)
    assert FailedSignIns.select().count() == 1
