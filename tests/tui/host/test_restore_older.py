"""Recovery across an upgrade: the backup is of an earlier version, the journal goes on into this one."""

from __future__ import annotations

import pytest

from auth.delays import is_known, remember_success
from db.approval.capacity import ACTING, HOLDER
from db.desk.authority.offices import end_headships, heads_in
from db.desk.authority.permissions import policy_of
from db.desk.backups.running import make_backup
from db.desk.editions.editions import Editions
from db.desk.entry.record import remove_entry
from db.policy.vocabulary import HEAD
from db.store import audit, clock
from db.store.backups import dump, restoring
from db.store.backups.rows import BY_NAME, columns
from db.store.engine import close_store
from db.store.first_steps import BINDING
from db.store.migrations import OFFICES, migrate
from db.store.opening import open_store
from db.store.proof.judging import judge_tables
from db.store.settings import Home
from db.store.tables import (
    Account,
    AuditRecord,
    EditionCopy,
    Grant,
    KeptPeople,
    KnownSource,
    RegulationText,
)
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.audited import detail_of
from tests.before_kept_numbers import KEPT_NUMBERS, make_as_before_kept_numbers
from tests.before_offices import make_as_before_offices
from tests.before_rules import make_as_before_rules
from tests.db.desk.test_policies import revision
from tests.editions_world import BOOK, assistant, with_its_office, without_account
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, installation, lose_the_journal, restore
from tests.wider_world import build_wider_world
from tests.world import World
from tui.front.checkpoints import sign_quietly

__all__ = ["installation"]
SOURCE, NETWORK = "2001:db8::7", "2001:db8::/64"
FIRST, SECOND = "$2b$12$one", "$2b$12$another"
"""Bare hashes, as an earlier version had them."""


def act(**changes: object) -> None:
    """Something on record."""
    with writing():
        Account.update(**changes).where(Account.login == "zhangwei").execute()
        audit.append(act="test", outcome="done", journal={"after": {}})


@pytest.mark.threat(34)
def test_credentials_of_before_they_were_bound_come_back_bound(
    installation: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password was changed under the earlier version after the backup, the language under this one, and
    a source that was known by its address came to be known by its network in between."""
    account = world.accounts["zhangwei"]
    open_store(home)
    act(password=FIRST)
    with writing():
        KnownSource.create(account=account, source=SOURCE, last_at=clock.now())
    close_store()
    with monkeypatch.context() as earlier:
        earlier.setattr(dump, "stored_schema_version", lambda: BINDING - 1)
        back_up(home)
    open_store(home)
    act(password=SECOND)
    with writing():
        SchemaVersion.delete().where(SchemaVersion.version >= BINDING).execute()
    assert BINDING in migrate()
    with writing():
        remember_success("zhangwei", account, NETWORK)
    act(language="en")
    close_store()
    destroy(home)
    restore(installation, home)
    back = Account.get_by_id(account)
    assert (Account.hash_in(account, back.password), back.language) == (SECOND, "en")
    assert is_known(account, NETWORK)
    close_store()


def test_offices_of_before_they_were_kept_come_back_as_they_were(
    installation: Host, home: Home, world: World
) -> None:
    """The backup knows heads as numbers at their units; one was relieved since, under this version, and
    another acts in their place."""
    open_store(home)
    heads = heads_in("staff")
    department = world.unit("staff", "研发中心/研发一部")
    make_as_before_offices()
    close_store()
    assert [one.problem for one in make_backup(home, lambda: sign_quietly(home))] == [""]
    open_store(home)
    assert OFFICES in migrate()
    with writing():
        end_headships(unit=department)
        Grant.create(
            person=world.people["zhangwen"],
            role=HEAD,
            book="staff",
            unit=department,
            capacity=ACTING,
            granted_at=clock.now(),
        )
        audit.append(act="test", outcome="done", journal={"after": {}})
    after = heads_in("staff")
    assert (after.pop(department).capacity, heads.pop(department).capacity) == (ACTING, HOLDER)
    assert after == heads
    close_store()
    destroy(home)
    restore(installation, home)
    found = heads_in("staff")
    assert found.pop(department).person == world.people["zhangwen"]
    assert found == heads
    past = Grant.get((Grant.unit == department) & (Grant.capacity == HOLDER))
    assert (past.person_id, past.revoked_at is None) == (world.people["wangfang"], False)
    close_store()


def copies() -> list[tuple[int, int | None, str]]:
    """Each copy with its recipient's account, and why it is closed."""
    rows = EditionCopy.select().order_by(EditionCopy.id)
    return [(row.id, row.account_id, row.close_reason) for row in rows]


@pytest.mark.clause("I.4.3.1", "I.4.3.2")
def test_copies_of_before_numbers_were_kept_come_back_with_those_of_since(
    installation: Host, home: Home, world: World
) -> None:
    """The backup has an issue of the earlier version; since then one recipient left, another had no account
    at the next issue, and both copies were closed under this one."""
    open_store(home)
    with_its_office(build_wider_world(BOOK, beside=world))
    older = Editions(assistant(world)).issue(BOOK, "internal").id
    make_as_before_kept_numbers()
    close_store()
    assert [one.problem for one in make_backup(home, lambda: sign_quietly(home))] == [""]
    open_store(home)
    assert KEPT_NUMBERS in migrate()
    without_account(world, "jiyan", "纪言")
    with writing():
        remove_entry(world.entry("taojs", BOOK), "2026-11-23")
    newer = Editions(assistant(world)).issue(BOOK, "internal").id
    for issue, number in ((older, 4), (newer, 5)):
        Editions(assistant(world)).close(issue, "已有安排", f"C{issue:04d}-{number:03d}")
    before = copies()
    assert sum(account is None for _id, account, _reason in before) == 1
    close_store()
    destroy(home)
    restore(installation, home)
    assert copies() == before
    assert judge_tables().sound
    close_store()


def rules() -> list[tuple[str, str, str, str]]:
    """The versions on record, each with its day and its digest."""
    rows = RegulationText.select().order_by(RegulationText.id)
    return [(row.regulation, row.version, row.from_day, row.digest) for row in rows]


@pytest.mark.threat(56)
@pytest.mark.parametrize("with_journal", [True, False], ids=["with the journal", "without it"])
def test_rules_of_before_they_were_on_record_come_back_as_they_were(
    installation: Host, home: Home, world: World, with_journal: bool
) -> None:
    """The backup knows them as files of a folder; they were taken in since, and with the journal that folder
    may have changed meanwhile."""
    shorter = ("max_age_days = 180", "max_age_days = 90")
    file = home.policies / "enterprise@2.toml"
    file.write_text(revision("enterprise", "2", "2026-02-01", shorter), "utf-8")
    open_store(home)
    make_as_before_rules()
    close_store()
    assert [one.problem for one in make_backup(home, lambda: sign_quietly(home))] == [""]
    said = installation.run("duties", "run")
    assert "enterprise 1" in said.out
    assert "enterprise 2" in said.out
    open_store(home)
    before = rules()
    assert ("enterprise", "2", "2026-02-01") in {one[:3] for one in before}
    assert policy_of("staff").password.max_age_days == 90
    close_store()
    if with_journal:
        file.unlink()
    else:
        lose_the_journal(home)
    destroy(home)
    assert installation.run("restore", "--yes").status == 0
    if not with_journal:
        ill = {one["check"] for one in installation.run("doctor", "--json").data if not one["ok"]}
        assert "Regulations" in ill
        assert installation.run("duties", "run").status == 0
    open_store(home)
    assert rules() == before
    assert policy_of("staff").password.max_age_days == 90
    assert judge_tables().sound
    close_store()


def test_what_a_newer_version_did_and_this_one_has_no_place_for_is_named(
    installation: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Back to the version before: the journal goes on into a newer one, whose table of favourites and whose
    column of an account's drawing this version does not know. Each act is named with whoever did it."""
    back_up(home)
    open_store(home)
    act(language="en")
    with writing():
        Account.update(drawing="plain").where(Account.login == "zhangwei").execute()
        audit.append(act="test", outcome="done", account=world.accounts["zhangwei"], journal={"after": {}})
    with writing():
        KeptPeople.create(
            account=world.accounts["wangfang"], kind="favourite", content="[]", kept_at=clock.now()
        )
    close_store()
    destroy(home)
    known = {name: table for name, table in BY_NAME.items() if name != "kept_people"}
    with monkeypatch.context() as older:
        older.setattr(restoring, "BY_NAME", known)
        older.setattr(restoring, "TABLES", restoring.TABLES - {"kept_people"})
        older.setattr(restoring, "columns", lambda table: [one for one in columns(table) if one != "drawing"])
        listed = installation.run("restore", "--list")
        assert "zhangwei  test" in listed.out.partition("A newer version")[2]
        assert listed.out.count("account.drawing") == listed.out.count("kept_people") == 1
        unheld = installation.run("restore", "--list", "--json").data["unheld"]
        assert [one["of"] for one in unheld] == [["account.drawing"], ["kept_people"]]
        done = installation.run("restore", "--yes")
    assert done.status == 0
    assert "no place for it: account.drawing, kept_people" in done.err
    open_store(home)
    assert Account.get_by_id(world.accounts["zhangwei"]).language == "en"
    assert '"unheld":["account.drawing","kept_people"]' in detail_of(AuditRecord.get(act="restore.done"))
    close_store()
