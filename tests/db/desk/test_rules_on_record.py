"""Rules on record: what is in force is what was put there, from its day on, alike for everybody."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.desk import Invalid, Refused, open_desk
from db.desk.authority import rules_on_record
from db.desk.authority.permissions import active_policies, policy_of
from db.desk.authority.rules_on_record import regulations_of
from db.desk.backups.backup_rules import backup_duty
from db.desk.policies.outlook import outlook_of_rules, outlooks_of_version, sight_line
from db.desk.policies.recorded import newer_shipped, recorded_versions, stray_files
from db.desk.policies.taking_in import is_to_take_in, take_in
from db.desk.refusal import Pending
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.policy.loader import REGULATIONS, builtin, builtin_by_digest, digest_of, load
from db.policy.regulation import PolicyError
from db.store.engine import Store, database, store
from db.store.migrations import RULES, migrate
from db.store.proof.judging import judge_tables
from db.store.tables import AuditRecord, Book, Notice, NoticeRecipient, RegulationText, Request
from db.store.transactions import writing
from tests.before_rules import make_as_before_rules
from tests.conftest import Clock
from tests.db.desk.test_policies import operator, revision, shipped_version
from tests.db.policy.texts import text
from tests.rules import in_force, issue, on_record, put_under
from tests.wider_world import build_wider_world
from tests.world import World

WIDE = (
    'role = "employee", reach = "unit", protected = "reveal"',
    'role = "employee", reach = "book", protected = "shown"',
)
"""Colleagues see everybody, in clear."""
SHORTER = ("max_age_days = 180", "max_age_days = 90")
OWN = 'maintainer = { role = "hr", clause = "X.1" }'


def forget_what_is_kept() -> None:
    """As a process that was started anew."""
    rules_on_record._kept.clear()
    for cached in (
        rules_on_record._in_force, rules_on_record._composed, rules_on_record.regulation_of,
        rules_on_record.local_day,
    ):  # fmt: skip
        cached.cache_clear()


def version_of(book: str) -> str:
    return policy_of(book).policies[0].version


@pytest.mark.threat(56)
def test_a_file_in_the_state_folder_changes_nothing(world: World) -> None:
    desk, before = world.desk("xuning"), policy_of("subsidiary")
    folder = Path(store().home.policies)
    (folder / "directory-security@2.toml").write_text(
        revision("directory-security", "2", "2026-01-02", WIDE), "utf-8"
    )
    forget_what_is_kept()
    assert policy_of("subsidiary") == before
    assert desk.directory.search("subsidiary", "方敏") == ()
    assert stray_files(folder) == ("directory-security@2.toml",)


@pytest.mark.threat(56)
def test_a_text_that_is_changed_in_the_database_is_not_in_force_and_is_found(world: World) -> None:
    """It cites by its id what is in force, and its digest tells that it is another one."""
    on_record(text(OWN, id="own"))
    put_under("subsidiary", "directory-security", "own")
    policy_of("subsidiary")
    assert judge_tables().sound
    database.execute_sql("UPDATE regulation_text SET text = text || '# longer' WHERE regulation = 'own'")
    forget_what_is_kept()
    with pytest.raises(PolicyError) as caught:
        policy_of("subsidiary")
    assert "own 1" in say(caught.value.findings[0].message, "en")
    assert not judge_tables().sound


@pytest.mark.threat(56)
@pytest.mark.clause("B.8")
def test_a_version_is_in_force_from_its_day_and_not_before(world: World, clock: Clock) -> None:
    desk = world.desk(operator(world))
    for day in ("2026-11-22", "2026-11-23"):
        with pytest.raises(Invalid) as caught:
            desk.policies.add(revision("enterprise", "2", day))
        assert "2026-11-24" in say(caught.value.problems[0].message, "en")
    with pytest.raises(Invalid):
        desk.policies.add(revision("enterprise", "2", "2026-12-01"), "2026-11-30")
    issue(world, "host", revision("enterprise", "2", "2026-11-24"), "2026-12-01")
    clock.set("2026-11-30T23:59+08:00")
    assert version_of("staff") == "1.4"
    clock.set("2026-12-01T00:00+08:00")
    assert version_of("staff") == "2"
    assert policy_of("staff").policies[0].effective == "2026-12-01"
    assert [(one.id, one.version, one.state) for one in recorded_versions() if one.id == "enterprise"] == [
        ("enterprise", "1.4", "past"), ("enterprise", "2", "in-force"),
    ]  # fmt: skip


@pytest.mark.threat(56)
def test_a_lower_version_and_an_earlier_day_than_on_record_are_refused(world: World) -> None:
    desk = world.desk(operator(world))
    issue(world, "host", revision("enterprise", "10", "2026-12-01"))
    for version, day, said in (
        ("9", "2026-12-02", "lower than 10"), ("1.5", "2026-12-02", "lower than 10"),
        ("10", "2026-12-02", "known already"), ("11", "2026-11-30", "2026-12-01"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            desk.policies.add(revision("enterprise", version, day))
        assert said in say(caught.value.problems[0].message, "en")
    assert issue(world, "host", revision("enterprise", "11", "2026-12-01"))[0] == ("staff",)


@pytest.mark.clause("G.9", "B.8")
def test_a_version_is_withdrawn_before_its_day_and_everybody_told_of_it_is_told(
    store: Store, clock: Clock
) -> None:
    wider = build_wider_world("wecom")
    hr = wider.desk("huanghr").policies
    issue(wider, "huanghr", revision("wecom", "2", "2026-12-01"))
    (coming,) = wider.desk("shuqi").policies.rules("wecom").coming
    assert (coming.id, coming.version, coming.day) == ("wecom", "2", "2026-12-01")
    with pytest.raises(Refused):
        wider.desk("shuqi").policies.withdraw("wecom", "2")
    assert hr.withdraw("wecom", "2") == 6
    assert wider.desk("shuqi").policies.rules("wecom").coming == ()
    notices = wider.desk("shuqi").notices.unread()
    assert [one.kind for one in notices] == ["revision-withdrawn", "revision"]
    assert not any(one.acknowledge for one in notices), "what is not to be needs nobody's word"
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.outcome) == ("policies.withdraw", "done")
    clock.set("2026-12-02T09:00+08:00")
    assert version_of("wecom") == "1.4"
    for version in ("1.3", "2", "3"):
        with pytest.raises(Invalid):
            wider.desk("huanghr").policies.withdraw("wecom", version)
    with pytest.raises(Invalid):
        wider.desk("huanghr").policies.add(revision("wecom", "2", "2026-12-05"))


@pytest.mark.threat(56)
@pytest.mark.clause("B.8")
def test_a_book_takes_a_regulation_and_loses_it_again_from_a_day_on(world: World, clock: Clock) -> None:
    desk = world.desk(operator(world))
    both = ["enterprise", "information-security"]
    with pytest.raises(Invalid):
        desk.policies.set_rules("staff", both, {}, "2026-11-23")
    with pytest.raises(Invalid):
        desk.policies.set_rules("staff", ["enterprise"], {}, "2026-12-01")
    with pytest.raises(Invalid):
        desk.policies.set_rules("staff", ["enterprise", "nothing"], {}, "2026-12-01")
    with pytest.raises(Refused):
        world.desk("zhangwei").policies.set_rules("staff", both, {}, "2026-12-01")
    with pytest.raises(PolicyError):
        desk.policies.set_rules("staff", ["enterprise", "controlled-document"], {}, "2026-12-01")
    in_force(world, lambda: desk.policies.set_rules("staff", both, {}, "2026-12-01"))
    assert Notice.select().where((Notice.kind == "book-rules") & (Notice.book == "staff")).count() == 1
    assert [one.day for one in world.desk("zhangwei").policies.rules("staff").coming] == ["2026-12-01"]
    assert desk.policies.withdraw_rules("staff", "2026-12-01") > 10
    in_force(world, lambda: desk.policies.set_rules("staff", both, {}, "2026-12-02"))
    assert regulations_of("staff").regulations == ("enterprise",)
    clock.set("2026-12-02T09:00+08:00")
    assert [one.id for one in policy_of("staff").policies] == both
    assert any(one.begins for one in world.desk("zhangwei").policies.rules("staff").changes)
    with pytest.raises(Invalid):
        world.desk("host").policies.withdraw_rules("staff", "2026-12-02")
    in_force(world, lambda: world.desk("host").policies.set_rules("staff", ["enterprise"], {}, "2026-12-03"))
    clock.set("2026-12-03T09:00+08:00")
    assert regulations_of("staff").regulations == ("enterprise",)


def test_who_hears_of_other_rules_reads_which_and_the_same_is_not_asked_for_twice(world: World) -> None:
    desk, both = world.desk(operator(world)), ["enterprise", "information-security"]
    with pytest.raises(Pending) as first:
        desk.policies.set_rules("staff", both, {}, "2026-12-01")
    rows = Notice.select().where(Notice.kind == "power-asked")
    reader = NoticeRecipient.get(NoticeRecipient.notice == rows.get()).account.login
    (notice,) = [one for one in world.desk(reader).notices.unread() if one.kind == "power-asked"]
    assert "regulations: enterprise, information-security" in say(notice.task, "en")
    with pytest.raises(Refused) as again:
        desk.policies.set_rules("staff", both, {}, "2026-12-01")
    said = f"You asked for the same already: request {first.value.request}."
    assert (say(again.value.message, "en"), Request.select().count()) == (said, 1)
    with pytest.raises(Pending):
        desk.policies.set_rules("staff", both, {}, "2026-12-02")


@pytest.mark.threat(56)
def test_who_gains_and_who_loses_sight_of_what_is_said_before(world: World) -> None:
    wide = revision("directory-security", "2", "2026-12-01", WIDE)
    (outlook,) = outlooks_of_version(load(wide), digest_of(wide), "2026-12-01")
    assert (outlook.book, outlook.day) == ("subsidiary", "2026-12-01")
    (reach, fields) = [one for one in outlook.sight if say(one.role, "en") == "Employee"][:2]
    assert (reach.gains, reach.people, reach.clause) == (True, 9, "C.10.1")
    assert "the own department → the whole directory" in say(sight_line(reach), "en")
    assert (fields.gains, "in clear" in say(fields.what, "en")) == (True, True)
    assert any(one.begins for one in outlook.rules)
    assert version_of("subsidiary") == shipped_version("directory-security")
    on_record(wide)
    narrow = revision("directory-security", "3", "2027-01-01")
    (back,) = outlooks_of_version(load(narrow), digest_of(narrow), "2027-01-01")
    assert not any(one.gains for one in back.sight)
    assert {say(one.role, "en") for one in back.sight} == {"Employee"}
    own = text(OWN, id="own")
    (taken,) = outlooks_of_version(load(own), digest_of(own), "2026-12-01", "group")
    assert taken.book == "group"
    assert outlook_of_rules("staff", ["enterprise", "company"], {}, "2026-12-01").rules


@pytest.mark.threat(56)
def test_a_newer_text_that_comes_with_the_product_is_offered_and_not_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = load(revision("enterprise", "2", "2026-01-01", ("max_age_days = 180", "max_age_days = 900")))
    shipped = {digest: one for digest, one in builtin_by_digest().items() if one.id != "enterprise"}
    shipped["x"] = newer
    monkeypatch.setattr("db.desk.policies.recorded.builtin_by_digest", lambda: shipped)
    monkeypatch.setattr(rules_on_record, "shipped", shipped.get)
    forget_what_is_kept()
    assert policy_of("staff").password.max_age_days == 180
    assert [(one.id, one.version) for one in newer_shipped()] == [("enterprise", "2")]
    on_record(revision("enterprise", "2-ours", "2026-12-01"))
    RegulationText.update(account=world.accounts["guotao"]).where(
        RegulationText.version == "2-ours"
    ).execute()
    assert newer_shipped() == (), "the organisation has its own"
    forget_what_is_kept()


@pytest.mark.threat(56)
def test_an_earlier_versions_files_are_taken_in_once_and_are_on_record(world: World, clock: Clock) -> None:
    """The organisation revised two regulations, one of them for a later day, and has one of its own."""
    before = {row.id: policy_of(row.id) for row in Book.select()}
    folder = Path(store().home.policies)
    for name, body in (
        ("enterprise@2", revision("enterprise", "2", "2026-12-01", SHORTER)),
        ("company@2", revision("company", "2", "2025-01-01")),
        ("own", text(OWN, id="own")),
    ):  # fmt: skip
        (folder / f"{name}.toml").write_text(body, "utf-8")
    make_as_before_rules()
    assert RULES in migrate()
    assert is_to_take_in()
    with writing():
        taken = take_in(folder, "host:test")
    shipped = tuple(f"{name} {shipped_version(name)}" for name in ("directory-security", "enterprise"))
    assert taken == ("company 2", *shipped, "enterprise 2", "own 1")
    assert not is_to_take_in()
    assert policy_of("group").policies[0].version == "2"
    for book in ("staff", "subsidiary"):
        assert policy_of(book) == before[book]
    clock.set("2026-12-01T09:00+08:00")
    assert policy_of("staff").password.max_age_days == 90
    record = AuditRecord.get(AuditRecord.act == "policies.taken_in")
    assert "enterprise" in record.detail
    assert judge_tables().sound


@pytest.mark.threat(56, 66)
def test_nothing_is_taken_in_where_a_file_is_missing_or_can_not_be_read(world: World) -> None:
    """Whoever left it out would put other rules in force."""
    put_under("group", "company", "gone")
    make_as_before_rules()
    migrate()
    folder = Path(store().home.policies)
    for name in ("gone", "policies/"):
        with pytest.raises(PolicyError) as caught, writing():
            take_in(folder, "host:test")
        assert name in say(caught.value.findings[0].message, "en")
    (folder / "gone.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError) as caught, writing():
        take_in(folder, "host:test")
    assert caught.value.findings[0].path.endswith("gone.toml")
    assert RegulationText.select().count() == 0


@pytest.mark.threat(66)
def test_a_book_whose_rules_can_not_be_read_stops_nothing_in_the_others(world: World) -> None:
    """Nobody is anything in it; its people are what they are elsewhere; backups are made daily."""
    somebody = world.actor("liuyang")
    put_under("group", "gone")
    assert active_policies()[1] == ["group"]
    assert (backup_duty().days, backup_duty().clauses != ()) == (1, True)
    assert run(RunnerPlace("host", "host:test")).unreadable == ("group",)
    assert {book.id for book in open_desk(somebody).me.who().books} == {"staff"}


OTHER_HOST = """
import sys
from pathlib import Path
from db.desk.authority.permissions import policy_of
from db.desk.backups.backup_rules import backup_duty
from db.desk.tasks.duties import RunnerPlace, run
from db.store.opening import open_store
from db.store.settings import Home
open_store(Home(Path(sys.argv[1])))
for line in sys.stdin:
    if line.strip() == "duties":
        print(*run(RunnerPlace("host", "host:other")).unreadable, backup_duty().days, flush=True)
        continue
    policy = policy_of("subsidiary")
    scope = policy.scope("employee")
    print(*(one.id + "@" + one.version for one in policy.policies), scope.reach, flush=True)
"""


@pytest.mark.threat(69)
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_regulation_put_on_record_on_one_host_is_in_force_on_the_other(
    world: World, clock: Clock, tmp_path: Path
) -> None:
    """The other one runs all the while, and another begins afterwards; neither has a file of it."""
    other = tmp_path / "other"
    shutil.copytree(store().home.keys, other / "keys")
    (other / "settings.toml").write_text(f'database = "{store().settings.database}"\n', "utf-8")

    def begin() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", OTHER_HOST, str(other)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(process: subprocess.Popen[str], what: str = "") -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{what}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    own = text(OWN + '\nbackups = { every = "two-days", clause = "X.2" }', id="own")
    with begin() as running:
        assert ask(running) == f"directory-security@{builtin()['directory-security'].version} unit"
        on_record(own, revision("directory-security", "2", "2026-01-01", WIDE))
        assert ask(running) == "directory-security@2 book"
        put_under("subsidiary", "directory-security", "own")
        assert ask(running) == "directory-security@2 own@1 book"
        assert ask(running, "duties") == "1"
        with begin() as late:
            assert ask(late) == "directory-security@2 own@1 book"
            late.stdin.close()  # type: ignore[union-attr]
        running.stdin.close()  # type: ignore[union-attr]


def test_no_operation_reads_a_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What composes a book is kept by digest."""
    on_record(text(OWN, id="own"))
    put_under("staff", "enterprise", "own")
    desk = world.desk("zhangwei")
    desk.directory.search("staff", "张")
    monkeypatch.setattr(rules_on_record, "text_on_record", None)
    monkeypatch.setattr(rules_on_record, "read_rules", None)
    world.desk("zhangwen").directory.search("staff", "张")
    desk.directory.card(world.entry("zhangwei"))


@pytest.mark.threat(56)
def test_a_text_that_comes_with_the_product_keeps_its_version() -> None:
    """Whoever changes a shipped text gives it a higher version and adds its line to the list: what is on
    record of an installation is never another text of the same name."""
    listed = (Path(__file__).parent / "shipped_texts.txt").read_text("utf-8").split()
    known = dict(zip(listed[::2], listed[1::2], strict=True))
    for file in REGULATIONS.glob("*.toml"):
        body = file.read_text("utf-8")
        regulation = load(body)
        assert known.get(f"{regulation.id}@{regulation.version}") == digest_of(body), file.name
