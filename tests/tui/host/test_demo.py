"""The demonstration: believable, fixed by its seed, with a way in for every role."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from auth import passwords, sessions
from auth.signin import SignIn
from db.desk import Desk, open_desk
from db.desk.authority.permissions import permissions_of, policy_of
from db.desk.cases.cases import Cases
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.emergency.emergencies import Emergencies
from db.desk.entry import record
from db.desk.requests.queue import to_decide
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.tasks import tasks_to_do
from db.desk.training.trainings import Trainings
from db.language import Language
from db.policy.loader import builtin
from db.store import audit, clock, engine
from db.store.engine import close_store, store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.tables import (
    Account,
    AuditRecord,
    Book,
    CallAttempt,
    Delegation,
    Entry,
    Evidence,
    Notice,
    OutsideFinding,
    Request,
    Task,
    UnitAbove,
)
from db.store.transactions import writing
from tests.tui.host.wecom_standin import connected_settings, no_wait, reached
from tui.host.demo import start
from tui.host.demo.build import DemoAccount, build
from tui.host.demo.cast import organisation
from tui.host.demo.outside import standing_in
from tui.host.demo.wecom import FILE
from tui.host.document import TRY, with_people
from tui.outside import reaching
from tui.outside.wecom.syncing import compare

DEFAULT = "default"
"""The clause of a rule that no regulation states."""
PRESENT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def built(folder: Path, present: datetime = PRESENT) -> list[DemoAccount]:
    """Build it in a new, open store, as of ``present``."""
    home = Home(folder)
    folder.mkdir(parents=True)
    make_keys(home.keys)
    start_settings = Settings(organisation="华星集团")
    open_store(home, start_settings)
    migrate()
    return build(present)


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


def values(entry: int) -> list[tuple[str, tuple[str, ...]]]:
    """What an entry holds, without the number of its photo's file, which is drawn by lot."""
    return sorted(
        (name, held if name != "photo" else ()) for name, held in record.load_entry(entry).values.items()
    )


def story() -> list[object]:
    """Everything that is fixed by the seed, in plain values."""
    entries = [
        (row.name, row.position, row.unit.name, row.kind, values(row.id))
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


def test_it_is_some_hundred_people_in_a_book_under_each_regulation(demo: list[DemoAccount]) -> None:
    assert 800 <= Entry.select().count() <= 950
    assert Entry.select().where(Entry.book.in_(("staff", "subsidiary", "group"))).count() >= 550
    books = [json.loads(row.policies) for row in Book.select()]
    assert len(books) == 10
    assert sorted(name for policies in books if len(policies) == 1 for [name] in [policies]) == sorted(
        builtin()
    )
    assert max(row.distance for row in UnitAbove.select()) == 3
    kinds = Counter(row.kind for row in Entry.select())
    wanted = ("full-time", "part-time", "intern", "student", "partner", "customer", "supplier")
    assert min(kinds[kind] for kind in wanted) >= 5
    assert kinds["safety-officer"] >= 5
    names = "".join(row.name for row in Entry.select())
    assert all(surname in names for surname in ("欧阳", "单", "·"))
    assert Entry.select().where(Entry.name == "王芳").exists()


@pytest.mark.clause("B.2")
def test_a_safety_officer_is_the_same_person_as_in_the_staffs_book(demo: list[DemoAccount]) -> None:
    staff = Entry.select(Entry.person).where(Entry.book == "staff")
    officers = Entry.select().where((Entry.book == "safety") & (Entry.state == "active"))
    assert officers.count() >= 5
    assert officers.where(Entry.person.not_in(staff)).count() == 0


def test_requests_stand_in_every_state_and_some_are_overdue(demo: list[DemoAccount]) -> None:
    states = Counter(row.state for row in Request.select())
    assert set(states) == {"open", "returned", "applied", "rejected", "withdrawn"}
    overdue = Request.select().where((Request.state == "open") & (Request.due < "2026-11-24")).count()
    assert overdue >= 3
    asked = {"change", "access", "join", "move", "leave", "disclosure", "power", "structure", "delete"}
    assert asked | {"copy", "copy-private", "unit-contact"} == {row.kind for row in Request.select()}
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
    """For every role that a book's regulations name or give a function to, and for its own people."""
    for book in Book.select():
        policy = policy_of(book.id)
        named = {role.id for role in policy.roles if role.clause != DEFAULT}
        functions = {policy.maintainer.role, *policy.holders("owner"), "admin"}
        functions |= {held.role for held in policy.interpreters}
        held = {role for account in demo for role in account.places.get(book.id, ())}
        assert named | functions | {"employee"} <= held, book.id


DeskOf = Callable[[str], Desk]


@pytest.fixture
def desk(demo: list[DemoAccount]) -> Iterator[DeskOf]:
    """Whose desk, as they sign in a minute after the demonstration was built."""
    clock.use_source(lambda: PRESENT + timedelta(minutes=1))
    logins = {account.login for account in demo}

    def signed_in(login: str) -> Desk:
        assert login in logins
        with writing():
            session = sessions.start(Account.get(Account.login == login).id, "127.0.0.1", "ssh", "full")
        return open_desk(sessions.resume(session))

    yield signed_in
    clock.use_source(None)


def test_everybody_is_in_each_book_what_the_list_says(demo: list[DemoAccount], desk: DeskOf) -> None:
    for account in demo:
        if account.first_sign_in:
            continue
        permissions = permissions_of(desk(account.login).actor)
        for book, roles in account.places.items():
            assert set(roles) <= set(permissions.roles(book)), (account.login, book)
        assert account.tries["zh"]
        assert account.tries["en"]


def test_facts_read_at_once_tell_everybody_whose_turn_it_is_under_each_regulation(
    demo: list[DemoAccount], desk: DeskOf
) -> None:
    """As asked of each step and each task by itself."""
    books: Counter[str] = Counter()
    for login in [account.login for account in demo if not account.first_sign_in]:
        permissions = desk(login).kept.permissions()
        request_approvers, assignees = RequestApprovers(), TaskAssignees()
        open_ones = Request.select().where((Request.state == "open") & Request.book.in_(permissions.books))
        decides = {
            row.id: row.book_id for row in open_ones if request_approvers.capacity(row, permissions.account)
        }
        does = {
            row.id: row.book_id
            for row in Task.select()
            if assignees.acting_capacity(row, permissions.account)
            or assignees.may_sign_off(row, permissions.account)
        }
        assert {one.id for one in to_decide(permissions)[0]} == decides.keys(), login
        assert {row.id for row in tasks_to_do(permissions)} == does.keys(), login
        books.update([*decides.values(), *does.values()])
    assert len(books) == Book.select().count()


def test_who_stands_in_decides_what_waits_for_the_other(desk: DeskOf) -> None:
    waiting = {row.id for row in desk("zhangwei").queue.window().rows}
    assert waiting < {row.id for row in desk("wangfang").queue.window().rows}


def test_editions_wait_to_be_issued_and_copies_to_be_acknowledged(desk: DeskOf) -> None:
    for maintainer, book in (("zhuli", "estate"), ("tianhe", "international")):
        editions = Editions(desk(maintainer))
        for edition in ("internal", "external"):
            newest, *older = editions.issues(book, edition)
            assert len(older) == 3
            assert any(not copy.acknowledged_at for copy in editions.copies(newest.id))
        waiting = [task for task in desk(maintainer).tasks.mine().rows if task.kind == "edition"]
        assert {task.book for task in waiting} == {book}
    assert not Copies(desk("taojun")).mine()[0].acknowledged_at
    assert not Copies(desk("shenjie")).mine()[0].acknowledged_at
    assert Copies(desk("wenmi")).mine()[0].acknowledged_at
    assert desk("xieping").asking.copies()


def test_reviews_are_partly_decided_and_inspections_have_findings(desk: DeskOf) -> None:
    for login, kind in (("luoyan", "check"), ("hanmei", "check"), ("maxiao", "full-review")):
        [under_way] = [row for row in Reviews(desk(login)).campaigns() if row.kind == kind and row.reason]
        assert 0 < under_way.count.decided < under_way.count.total
        assert under_way.mine
    for inspector, owner in (("dengchao", "fangmin"), ("xinan", "fuhua")):
        findings = Inspections(desk(inspector)).findings()
        assert {row.state for row in findings} == {"open", "answered"}
        assert any(row.settles for row in findings)
        assert Inspections(desk(owner)).findings()
    assert any(row.mine for row in Inspections(desk("shibu")).findings())
    assert Stale(desk("luoyan")).entries("group")
    assert Reviews(desk("jinrui")).campaigns()


def test_a_class_has_pupils_a_deputy_and_a_pupil_who_enrols(desk: DeskOf) -> None:
    teacher = desk("yanlaoshi")
    assert Entry.select().where((Entry.book == "class") & (Entry.state == "active")).count() >= 30
    assert {row.kind for row in teacher.tasks.mine().rows} == {"enrolment", "withdrawal"}
    assert {row.kind for row in desk("shilaoshi").queue.window().rows} == {"join", "leave", "change"}
    assert CallAttempt.select().where(CallAttempt.outcome == "reached").exists()
    assert Emergencies(desk("shilaoshi")).roll("class")
    pupil = desk("jiangtao").directory.search("class", "鲁小满")[0]
    shown = desk("jiangtao").directory.card(pupil.entry)
    assert "parent_phones" not in {line.name for line in shown.fields if line.texts}


def test_joiners_movers_and_leavers_stand_in_every_state(desk: DeskOf) -> None:
    tasks = {(task.kind, task.name): task for task in desk("chenjing").tasks.mine().rows}
    assert any(task.due.left < 0 for task in tasks.values())
    assert tasks["joiner", "程诺"].pending
    assert {"joiner", "mover", "leaver"} <= {kind for kind, _name in tasks}
    assert [row.state for row in desk("liuyang").requests.mine() if row.kind == "join"].count("returned") == 1
    states = {row.state for row in Task.select().where(Task.book == "staff")}
    assert states == {"open", "done", "cancelled"}
    sync = [task for task in desk("huangrong").tasks.mine().rows if task.book == "cloud"]
    assert {task.kind for task in sync} == {"joiner", "leaver", "case"}
    [leaver] = [task for task in desk("fuhua").tasks.mine().rows if task.kind == "leaver"]
    assert desk("fuhua").tasks.one(leaver.id).copies
    assert [task.kind for task in desk("yanhe").tasks.mine().rows].count("hand-back") == 1
    assert any(task.kind == "filing" for task in desk("gutao").tasks.mine().rows)


def test_cases_are_reported_investigated_and_closed(desk: DeskOf) -> None:
    handlers = {
        "sunhao": "staff",
        "fengyi": "estate",
        "huangrong": "cloud",
        "luoyan": "group",
        "xinan": "data",
    }
    for login, book in handlers.items():
        assert book in {row.book for row in Cases(desk(login)).queue()}, login
    assert Cases(desk("zhangwei")).mine()


def test_consents_disclosures_trainings_and_rights_wait(desk: DeskOf) -> None:
    assert desk("zhaomin").consents.mine()[0].state == "asked"
    assert [one.name for one in desk("gutao").consents.received()] == ["赵敏"]
    assert {row.state for row in desk("maxiao").consents.register("safety")} == {"given", "refused", "asked"}
    assert {row.kind for row in desk("maxiao").queue.window().rows} == {"join", "disclosure"}
    trained = Trainings(desk("jinrui")).people("trade", "directory-rules")
    assert {one.training.state for one in trained} == {"never", "due", "soon", "trained"}
    assert Trainings(desk("lunan")).mine()[0].training.overdue
    assert "power" in {row.kind for row in desk("huangrong").queue.window().rows}
    assert {row.kind for row in desk("tangjun").queue.window().rows} == {"copy-private", "structure"}
    assert {row.kind for row in desk("fengyi").queue.window().rows} == {"copy"}
    assert {row.kind for row in desk("zhuli").queue.window().rows} >= {"unit-contact"}
    photo = next(row.entry for row in desk("songjia").directory.search("group", "唐雨"))
    assert desk("songjia").directory.photo(photo)
    assert "delete" in {row.kind for row in desk("luoyan").queue.window().rows}
    assert desk("geyuan").me.undertakings()


@pytest.mark.clause("G.4.1")
def test_its_wecom_differs_in_what_the_story_says(
    demo: list[DemoAccount], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = store().home.folder / FILE
    (tmp_path / FILE).write_text(held.read_text("utf-8"), "utf-8")
    with connected_settings(tmp_path) as settings, standing_in(Home(tmp_path)):
        monkeypatch.setattr(engine, "_open", replace(store(), settings=settings))
        monkeypatch.setattr(reaching, "_in_home", lambda name: tmp_path / name)
        reached(tmp_path)
        assert compare(("cloud",), sleep=no_wait).compared == 1
    found = OutsideFinding.select().order_by(OutsideFinding.id)
    kinds = Counter(row.problem for row in found)
    assert kinds == {"missing-there": 1, "missing-here": 2, "differs": 3}
    fields = {tuple(json.loads(row.fields)) for row in found if row.problem == "differs"}
    assert fields == {("mobile",), ("position", "unit"), ("wechat",)}


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
    assert set(demo[0].to_json()) == {
        "login", "password", "totp_secret", "name", "roles", "books", "places", "try",
    }  # fmt: skip


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


@pytest.mark.parametrize("language", TRY)
def test_the_people_of_the_demonstration_stand_in_its_page(language: Language) -> None:
    """`make docs` writes them."""
    page = TRY[language].read_text("utf-8")
    assert page == with_people(page, language)
    for book, role in organisation().everyone():
        assert f"`{role.login}` | {role.name} |" in page
        assert f"`{book.id}`" in page
