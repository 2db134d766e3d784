"""The demonstration: believable, fixed by its seed, with a way in for every role."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from auth import passwords
from auth.signin import SignIn
from db.desk import record
from db.desk.standing import policy_of
from db.store import audit, clock
from db.store.engine import close_store, open_store, store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home, Settings
from db.store.tables import AuditRecord, Book, Delegation, Entry, Evidence, Notice, Request, UnitAbove
from tests.tui.host.conftest import Host
from tui.host.demo import start
from tui.host.demo.build import DemoAccount, build
from tui.host.shell import Failure

PRESENT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def built(folder: Path) -> list[DemoAccount]:
    """Build it in a new, open store."""
    home = Home(folder)
    folder.mkdir(parents=True)
    make_keys(home.keys)
    start_settings = Settings(organisation="华星集团")
    open_store(home, start_settings)
    migrate()
    return build(PRESENT)


@pytest.fixture(scope="module")
def cheap_hashes() -> Iterator[None]:
    """bcrypt at its lowest cost."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "COST", 4)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Iterator[list[DemoAccount]]:
    """The demonstration as it is built on a Tuesday evening in Shanghai."""
    yield built(tmp_path_factory.mktemp("demo") / "state")
    close_store()


def story() -> list[object]:
    """Everything that is fixed by the seed, in plain values."""
    entries = [
        (row.name, row.position, row.unit.name, row.kind, sorted(record.load(row.id).values.items()))
        for row in Entry.select().order_by(Entry.id)
    ]
    requests = [
        (row.kind, row.state, row.reason, row.submitted_at, row.due, row.closed_at)
        for row in Request.select().order_by(Request.id)
    ]
    records = [
        (row.act, row.outcome, row.clause, row.at, row.account, row.entry)
        for row in AuditRecord.select().order_by(AuditRecord.seq)
    ]
    return [entries, requests, records]


def test_it_is_the_same_whenever_it_is_built(demo: list[DemoAccount], tmp_path: Path) -> None:
    first, home = story(), store().home
    settings = store().settings
    close_store()
    again = built(tmp_path / "again")
    second = story()
    close_store()
    open_store(home, settings)
    assert second == first
    assert [account.login for account in again] == [account.login for account in demo]
    assert again[0].password != demo[0].password


def test_it_is_about_600_people_in_three_books_and_three_levels(demo: list[DemoAccount]) -> None:
    assert 550 <= Entry.select().count() <= 650
    books = {row.id: json.loads(row.policies) for row in Book.select()}
    assert books == {"staff": ["enterprise"], "subsidiary": ["directory-security"], "group": ["company"]}
    assert max(row.distance for row in UnitAbove.select()) == 3
    kinds = Counter(row.kind for row in Entry.select())
    assert min(kinds[kind] for kind in ("full-time", "part-time", "partner", "customer", "supplier")) >= 10
    assert Entry.select().where(Entry.position == "实习生").count() >= 5
    names = "".join(row.name for row in Entry.select())
    assert all(surname in names for surname in ("欧阳", "单", "·"))
    assert Entry.select().where(Entry.name == "王芳").exists()


def test_requests_stand_in_every_state_and_some_are_overdue(demo: list[DemoAccount]) -> None:
    states = Counter(row.state for row in Request.select())
    assert set(states) == {"open", "returned", "applied", "rejected", "withdrawn"}
    overdue = Request.select().where((Request.state == "open") & (Request.due < "2026-11-24")).count()
    assert overdue >= 3
    assert {row.kind for row in Request.select()} == {"change", "access"}
    types = {row.media_type for row in Evidence.select(Evidence.media_type)}
    assert types == {"application/pdf", "image/png", "text/plain"}
    assert Delegation.select().count() == 2
    assert Notice.select().count() >= 5


def test_the_chain_tells_weeks_of_look_ups_decisions_and_refusals(demo: list[DemoAccount]) -> None:
    assert audit.verify().sound
    first, last = (
        AuditRecord.select().order_by(order).first().at for order in (AuditRecord.seq, AuditRecord.seq.desc())
    )
    assert clock.moment(last) <= PRESENT
    assert clock.moment(last) - clock.moment(first) > timedelta(days=35)
    times = [row.at for row in AuditRecord.select(AuditRecord.at).order_by(AuditRecord.seq)]
    assert times == sorted(times)
    refused = {row.clause for row in AuditRecord.select().where(AuditRecord.outcome == "refused")}
    assert {"A.6", "A.11", "A.15"} <= refused
    acts = {row.act for row in AuditRecord.select(AuditRecord.act)}
    wanted = {"directory.settled", "directory.card", "directory.reveal", "queue.approve", "queue.reject"}
    assert wanted | {"importing.load", "me.accept", "delegation.delegate", "auth.sign_in"} <= acts


def test_there_is_an_account_for_every_role_of_every_book(demo: list[DemoAccount]) -> None:
    for book in Book.select():
        held = {role for account in demo if book.id in account.books for role in account.roles}
        assert {role.id for role in policy_of(book.id).roles} <= held, book.id


def test_accounts_are_enrolled_and_one_waits_for_its_first_sign_in(demo: list[DemoAccount]) -> None:
    clock.use_source(lambda: PRESENT + timedelta(minutes=5))
    try:
        for account in demo[:3]:
            code = pyotp.TOTP(account.totp_secret).at(clock.utcnow())
            signed = SignIn(account.login, "127.0.0.1", "ssh").answer(account.password, code)
            assert signed is not None
            assert signed.strength == "full"
        [newcomer] = [account for account in demo if account.first_sign_in]
        signed = SignIn(newcomer.login, "127.0.0.1", "ssh").answer(newcomer.activation_code, "")
        assert signed is not None
        assert signed.strength == "enrolling"
    finally:
        clock.use_source(None)
    assert set(demo[0].to_json()) == {"login", "password", "totp_secret", "name", "roles", "books"}


def test_an_activation_code_that_ran_out_is_replaced(demo: list[DemoAccount], tmp_path: Path) -> None:
    accounts = [account.to_json() for account in demo]
    [newcomer] = [account for account in accounts if account.get("first_sign_in")]
    before = newcomer["activation_code"]
    home = Home(tmp_path)
    clock.use_source(lambda: PRESENT + timedelta(hours=1))
    try:
        start.renew_activations(home, accounts)
        assert newcomer["activation_code"] == before
        clock.use_source(lambda: PRESENT + timedelta(hours=100))
        start.renew_activations(home, accounts)
    finally:
        clock.use_source(None)
    assert newcomer["activation_code"] != before
    assert json.loads((tmp_path / start.ACCOUNTS).read_text("utf-8")) == accounts


def test_four_ways_in_are_printed_with_codes(
    demo: list[DemoAccount], capsys: pytest.CaptureFixture[str]
) -> None:
    start.say_how([account.to_json() for account in demo], Home(Path("x")), 8022)
    said = capsys.readouterr().out
    for login in ("zhangwei", "wangfang", "chenjing", "hejun", "zhengwei"):
        assert f"ssh -p 8022 {login}@127.0.0.1" in said
        account = next(account for account in demo if account.login == login)
        assert (account.activation_code if account.first_sign_in else account.password) in said


def test_reset_touches_only_a_folder_of_its_own(installed: Host, tmp_path: Path) -> None:
    before = sorted(installed.folder.rglob("*"))
    with pytest.raises(Failure):
        start.clear(Home(installed.folder), yes=True)
    assert sorted(installed.folder.rglob("*")) == before
    with pytest.raises(Failure):
        start.create(Home(installed.folder.parent), 8022)
    own = Home(tmp_path / "own")
    own.folder.mkdir()
    (own.folder / start.MARK).touch()
    with pytest.raises(Failure):
        start.clear(own, yes=False)
    start.clear(own, yes=True)
    assert not own.folder.exists()
