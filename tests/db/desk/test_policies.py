"""Regulations revised: effective dates, requests under way, the notice, the undertaking; new books."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.desk.entry.units import create_book
from db.desk.policies.rule_words import SECTIONS
from db.language import Label, say
from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.loader import REGULATIONS, builtin, load
from db.policy.regulation import PolicyError
from db.store.engine import Store
from db.store.tables import (
    Account,
    AuditRecord,
    Book,
    Grant,
    Notice,
    NoticeRecipient,
    RegulationText,
    Request,
)
from db.store.transactions import writing
from reports.regulation import document, facts_of
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.rules import issue, put_under
from tests.wider_world import build_wider_world
from tests.world import World, build_world


def shipped_version(name: str) -> str:
    """The version of the built-in regulation."""
    return load((REGULATIONS / f"{name}.toml").read_text("utf-8")).version


def revision(name: str, version: str, effective: str, *changes: tuple[str, str]) -> str:
    """The built-in regulation with another version and date, and ``changes`` to its text."""
    text = (REGULATIONS / f"{name}.toml").read_text("utf-8")
    replaced = [
        (f'version = "{shipped_version(name)}"', f'version = "{version}"'),
        ("effective = 2026-01-01", f"effective = {effective}"),
    ]
    for before, after in [*replaced, *changes]:
        assert before in text
        text = text.replace(before, after)
    return text


def operator(world: World) -> str:
    """The host's operator: an administrator of every book."""
    account = Account.create(login="host", state="active", created_at="2026-01-01T00:00:00.000000Z")
    Grant.create(account=account, role="admin", granted_at="2026-01-01T00:00:00.000000Z")
    world.accounts["host"] = account.id
    return "host"


TWO_STEPS = ('steps = ["maintainer"], evidence = false', 'steps = ["head", "maintainer"], evidence = true')


@pytest.mark.clause("G.9")
def test_a_revision_is_announced_to_all_and_acknowledged_by_each(store: Store, clock: Clock) -> None:
    wider = build_wider_world("wecom", "safety")
    operator(wider)
    assert issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS)) == (("wecom",), 6)
    record = AuditRecord.get((AuditRecord.act == "policies.add") & (AuditRecord.outcome == "done"))
    assert (record.clause, record.account) == ("G.9", wider.accounts["huanghr"])

    desk = wider.desk("shuqi")
    (notice,) = desk.notices.unread()
    assert (notice.kind, notice.acknowledge, notice.clause) == ("revision", True, "G.9")
    assert (notice.detail["version"], notice.detail["effective"]) == ("2", "2026-12-01")
    desk.notices.mark_seen(notice.id)
    assert len(desk.notices.unread()) == 1
    (open_,) = wider.desk("xuhr").policies.revisions("wecom")
    assert (open_.told, len(open_.missing)) == (6, 6)
    assert wider.desk("xuhr").policies.rules("wecom").revisions == (open_,)
    assert desk.policies.rules("wecom").revisions == (), "who has not acknowledged is not for everybody"
    desk.notices.acknowledge(notice.id)
    assert desk.notices.unread() == ()
    (after,) = wider.desk("xuhr").policies.revisions("wecom")
    assert "舒琪" not in after.missing
    assert len(after.missing) == 5
    recipient = NoticeRecipient.get(NoticeRecipient.account == wider.accounts["shuqi"])
    assert recipient.acknowledged_at is not None
    for outsider in ("panan", "shuqi"):
        with pytest.raises(Refused):
            wider.desk(outsider).notices.acknowledge(notice.id)
    assert wider.desk("panan").notices.unread() == ()


@pytest.mark.clause("G.9")
def test_whoever_is_in_two_books_reads_and_acknowledges_a_revision_once(store: Store, clock: Clock) -> None:
    """Both books know it; nobody acknowledges for a book that they are not in."""
    wider = build_wider_world("wecom")
    with writing():
        title, root = Label("分公司通讯录", "Branch"), Label("星云分公司", "Nebula branch")
        wider.units["branch", ""] = create_book("branch", title, ["wecom"], root=root)
    for login in ("huanghr", "xuhr"):
        wider.grant(login, "hr", "branch")
    books, told = issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    assert (set(books), told) == ({"wecom", "branch"}, 6)
    desk = wider.desk("xuhr")
    (notice,) = [one for one in desk.notices.unread() if one.kind == "revision"]
    of_branch = Notice.get((Notice.book == "branch") & (Notice.kind == "revision")).id
    with pytest.raises(Refused):
        wider.desk("shuqi").notices.acknowledge(of_branch)
    desk.notices.acknowledge(notice.id)
    assert "revision" not in {one.kind for one in desk.notices.unread()}
    missing = {book: desk.policies.revisions(book)[0].missing for book in books}
    assert (len(missing["wecom"]), missing["branch"]) == (5, ("黄蓉",))
    wider.desk("shuqi").notices.acknowledge(wider.desk("shuqi").notices.unread()[0].id)
    wider.desk("huanghr").notices.acknowledge(of_branch)
    assert "revision" not in {one.kind for one in wider.desk("huanghr").notices.unread()}
    assert [len(desk.policies.revisions(book)[0].missing) for book in ("wecom", "branch")] == [3, 0]


@pytest.mark.clause("G.9")
def test_a_revision_that_asks_for_no_acknowledgement_is_seen_once_too(store: Store, clock: Clock) -> None:
    wider = build_wider_world("secured", "partners")
    rule = 'notices = [{ about = "revision", to = "everyone", clause = "H.3.1" }]'
    unasked = ("effective = 2026-12-01", f"effective = 2026-12-01\n{rule}")
    issue(wider, operator(wider), revision("information-security", "2", "2026-12-01", unasked))
    desk = wider.desk("shibu")
    (notice,) = desk.notices.unread()
    assert not notice.acknowledge
    desk.notices.mark_seen(notice.id)
    assert desk.notices.unread() == ()
    assert len(wider.desk("fuhr").notices.unread()) == 1


def test_where_no_regulation_says_so_each_acknowledges_a_revision(store: Store, clock: Clock) -> None:
    """A default: it is asked of everybody, once, and cited as none."""
    wider = build_wider_world("secured")
    issue(wider, operator(wider), revision("information-security", "2", "2026-12-01"))
    (notice,) = wider.desk("shibu").notices.unread()
    assert (notice.acknowledge, notice.clause) == (True, "default")


@pytest.mark.clause("G.9", "H.8.1")
def test_a_revision_is_a_document_with_its_number_and_signatory(store: Store, clock: Clock) -> None:
    """For everybody whom it binds, before its day and after; in words, from the text on record."""
    wider = build_wider_world("wecom", "safety")
    operator(wider)
    numbered = ('version = "2"', 'version = "2"\nnumber = "星云人〔2026〕12号"')
    issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS, numbered))
    view = wider.desk("shuqi").policies.document("wecom", "wecom", "2")
    assert (view.number, view.version, view.effective, view.before) == (
        "星云人〔2026〕12号", "2", "2026-12-01", "1.4",
    )  # fmt: skip
    assert view.signed_by, "whoever agreed to it signs it, with the office"
    assert {clause.partition(".")[0] for clause, _heading in view.headings} == {"G"}
    assert {one.begins for one in view.changes} == {True, False}
    assert document(view, "zh_CN").startswith(b"%PDF")
    first = wider.desk("shuqi").policies.document("wecom", "wecom", "1.4")
    assert (first.before, first.changes, first.signed_by) == ("", (), ())
    assert "Issued on" in [say(name, "en") for name, _told in facts_of(view)]
    assert "Issued on" not in [say(name, "en") for name, _told in facts_of(first)], (
        "the day it was put on record is no day of issue: it may be in force since before that"
    )
    for login, book, version in (("shuqi", "wecom", "3"), ("panan", "wecom", "2"), ("shuqi", "safety", "2")):
        with pytest.raises(Refused):
            wider.desk(login).policies.document(book, "wecom", version)
    taken = ('version = "2"', 'version = "2"\nnumber = "星云人〔2026〕12号"')
    with pytest.raises(Invalid) as caught:
        wider.desk("kangle").policies.add(revision("safety-officers", "2", "2026-12-01", taken))
    assert "星云人〔2026〕12号" in say(caught.value.problems[0].message, "zh_CN")
    clock.set("2027-03-01T09:00+08:00")
    assert wider.desk("shuqi").policies.document("wecom", "wecom", "2").number == view.number


@pytest.mark.clause("G.9")
def test_what_a_revision_changes_is_read_before_it_is_acknowledged(store: Store, clock: Clock) -> None:
    """By everybody whom it binds: what begins and what ends with it, before that day and after it."""
    wider = build_wider_world("wecom")
    desk = wider.desk("shuqi")
    assert desk.policies.rules("wecom").changes == ()
    issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    for day in ("2026-11-24T10:00+08:00", "2026-12-02T10:00+08:00"):
        clock.set(day)
        rules = wider.desk("shuqi").policies.rules("wecom")
        told = [(one.day, one.begins, say(one.rule.text, "en")) for one in rules.changes]
        assert ("2026-12-01", True, "with evidence attached") in told
        assert ("2026-12-01", False, "step 1: Human resources") in told
        begun = {one.rule for one in rules.changes if one.begins}
        assert (begun <= set(rules.lines)) is (day > "2026-12-01")


@pytest.mark.clause("G.9", "B.8")
def test_only_who_interprets_a_regulation_revises_it(store: Store, clock: Clock) -> None:
    wider = build_wider_world("wecom", "safety")
    for login in ("caiming", "shuqi", "panan"):
        with pytest.raises(Refused) as caught:
            wider.desk(login).policies.add(revision("wecom", "2", "2026-12-01"))
        assert caught.value.clause == "G.9"
    with pytest.raises(Refused) as caught:
        wider.desk("dingyi").policies.add(revision("safety-officers", "2", "2026-12-01"))
    assert caught.value.clause == "B.8"
    assert {row.version for row in RegulationText.select()} == {"1.4", "1.5"}
    assert issue(wider, "kangle", revision("safety-officers", "2", "2026-12-01"))[1] == 6
    (announced,) = wider.desk("kangle").policies.rules("safety").revisions
    assert say(announced.state, "en") == "version 2 from 2026-12-01 on: 6 of 6 have not acknowledged it"


@pytest.mark.clause("H.3.1", "H.8.1")
def test_the_information_department_revises_its_rules(store: Store, clock: Clock) -> None:
    wider = build_wider_world("secured")
    with pytest.raises(Refused) as caught:
        wider.desk("fuhr").policies.add(revision("information-security", "2", "2026-12-01"))
    assert caught.value.clause == "H.8.1"
    assert issue(wider, "xinan", revision("information-security", "2", "2026-12-01"))[0] == ("secured",)


@pytest.mark.threat(18)
@pytest.mark.clause("H.8.1", "I.3.1", "C.3")
def test_a_regulation_of_several_is_revised_by_whom_it_names_itself(store: Store, clock: Clock) -> None:
    """The owners and the interpreters of all of them stand side by side, and none revises another's."""
    wider = build_wider_world("combined")
    together = ["directory-security", "information-security", "controlled-document"]
    put_under("combined", *together)
    rules = wider.desk("geyuan").policies.rules("combined")
    assert [(one.role.zh, one.clause) for one in rules.interpreters] == [
        ("信息管理部门", "H.8.1"), ("行政人事总监", "I.3.1"),
    ]  # fmt: skip
    assert [(one.role.zh, one.clause) for one in rules.owners] == [
        ("人力资源", "C.3, C.4, C.5"),
        ("行政人事总监", "default"),
    ]
    for login, clause, other in (
        ("nidir", "H.8.1", "information-security"),
        ("linan", "I.3.1", "controlled-document"),
    ):
        with pytest.raises(Refused) as caught:
            wider.desk(login).policies.add(revision(other, "2", "2026-12-01"))
        assert caught.value.clause == clause
    assert issue(wider, "linan", revision("information-security", "2", "2026-12-01"))[1] == 8
    assert issue(wider, "nidir", revision("controlled-document", "2", "2026-12-01"))[1] == 8


@pytest.mark.clause("E.13.2", "E.13.3")
def test_requests_under_way_stay_on_their_version_and_new_ones_follow_the_new(
    store: Store, clock: Clock
) -> None:
    wider = build_wider_world("wecom")
    desk = wider.desk("shuqi")

    def ask() -> int:
        form = desk.changes.form(wider.entry("shuqi", "wecom"))
        return desk.changes.submit(form.entry, form.version, {"wechat": "shuqi_new"}, "换号")

    before = ask()
    old = Request.get_by_id(before).policy_version
    announced = ('evidence = true, clause = "G.4.2"', 'evidence = true, announce = true, clause = "G.4.2"')
    issue(wider, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS, announced))
    assert policy_of("wecom").version == old
    clock.set("2026-12-01T09:00+08:00")
    assert policy_of("wecom").version != old
    with pytest.raises(Refused) as no_evidence:
        ask()
    assert no_evidence.value.clause == "G.4.2"
    view = wider.desk("shuqi").requests.one(before)
    assert (Request.get_by_id(before).policy_version, len(view.steps)) == (old, 1)
    approve(wider, "xuhr", before)
    assert Request.get_by_id(before).state == "applied"
    told = [row.account_id for row in NoticeRecipient.select().join(Notice).where(Notice.request == before)]
    assert told == [wider.accounts["shuqi"]], "whoever asked alone: it is not announced yet"

    after = change(wider, "shuqi", "wecom", asked={"wechat": "shuqi_next"})
    assert [step.role for step in wider.desk("shuqi").requests.one(after).steps] == [
        Label("部门负责人", "Head of department"), policy_of("wecom").role("hr").label,
    ]  # fmt: skip


@pytest.mark.clause("A.17")
def test_a_new_version_is_undertaken_again_from_the_day_it_takes_effect(world: World, clock: Clock) -> None:
    desk = world.desk("zhangwei")
    assert desk.me.undertakings() == ()
    issue(world, operator(world), revision("enterprise", "2", "2026-12-01"))
    assert desk.me.undertakings() == ()
    clock.set("2026-12-01T00:00+08:00")
    (due,) = desk.me.undertakings()
    assert (due.policy, due.version, due.clause) == ("enterprise", "2", "A.17")
    with pytest.raises(Refused) as caught:
        desk.directory.search("staff", "张文")
    assert caught.value.clause == "A.17"
    desk.me.accept("enterprise", "2")
    assert desk.directory.search("staff", "张文")


def test_a_file_that_can_not_be_used_changes_nothing(world: World) -> None:
    put_under("subsidiary", "enterprise", "directory-security")
    desk = world.desk(operator(world))
    before = sorted((row.regulation, row.version) for row in RegulationText.select())
    bad = revision("enterprise", "2", "2026-12-01", ('role = "hr", clause = "A.6"', 'role = "hr"'))
    with pytest.raises(PolicyError):
        desk.policies.add(bad)
    with pytest.raises(Invalid):
        desk.policies.add(revision("enterprise", "1", "2026-12-01"))
    two_maintainers = revision(
        "directory-security", "2", "2026-12-01",
        ('maintainer = { role = "hr"', 'maintainer = { role = "security"'),
    )  # fmt: skip
    with pytest.raises(PolicyError) as caught:
        desk.policies.add(two_maintainers)
    assert caught.value.findings[0].key == "maintainer"
    assert sorted((row.regulation, row.version) for row in RegulationText.select()) == before
    assert policy_of("staff").policies[0].version == "1.4"


@pytest.mark.clause("B.8")
def test_everyone_reads_who_interprets_the_rules_and_since_when(store: Store, clock: Clock) -> None:
    wider = build_wider_world("safety", "controlled")
    rules = wider.desk("renhe").policies.rules("safety")
    assert [(one.role.en, one.clause) for one in rules.interpreters] == [("Safety department", "B.8")]
    assert [(one.version, one.effective) for one in rules.regulations] == [("1.5", "2026-01-01")]
    assert rules.overrides == ("B.8",)
    assert any("B.6.2" in line.clause for line in rules.lines)
    with pytest.raises(Refused):
        wider.desk("renhe").policies.rules("controlled")


@pytest.mark.clause("E.15", "E.16", "H.8.1", "H.8.2")
@pytest.mark.parametrize(
    ("login", "book", "role", "interpreter", "commencement"),
    [
        ("majun", "group", "Human resources", "E.15", "E.16"),
        ("qinyu", "secured", "Information department", "H.8.1", "H.8.2"),
    ],
)
def test_any_reader_is_shown_who_interprets_a_regulation_and_since_when_it_is_in_force(
    world: World, login: str, book: str, role: str, interpreter: str, commencement: str
) -> None:
    if book == "secured":
        world = build_wider_world(book)
    rules = world.desk(login).policies.rules(book)
    assert [(one.role.en, one.clause) for one in rules.interpreters] == [(role, interpreter)]
    (since,) = [line for line in rules.lines if line.clause == commencement]
    assert say(since.text, "en") == f"{say(rules.regulations[0].title, 'en')}: since 2026-01-01"
    assert {interpreter, commencement} <= {clause for clause, _words in rules.summary}


@pytest.mark.clause("B.8")
def test_a_regulation_that_overrides_replaces_what_earlier_ones_say(store: Store, clock: Clock) -> None:
    world = build_world()
    desk = world.desk(operator(world))
    carried_through(
        lambda: desk.policies.create_book(
            "officers", ["enterprise", "safety-officers"], title=Label("安全员", "Officers"),
            root=Label("安全员", "Officers"), decisions={}, maintainer="helei",
        ),
        world.desk("chenjing"),
    )  # fmt: skip
    policy = policy_of("officers")
    assert policy.maintainer.role == "safety"
    assert [step.role for step in policy.flow("change").steps] == ["safety"]
    allowed = {purpose.id for purpose in policy.allowed_purposes()}
    assert "safety" in allowed
    assert not allowed & {"work", "meeting"}
    rules = world.desk("helei").policies.rules("officers")
    gone = [say(line.text, "en") for line in rules.lines if line.clause == "B.8" and "displaced" in line.key]
    assert "Enterprise directory, A.6: maintained by" in gone
    assert "Enterprise directory, A.11: purpose of a look-up: Contact about work" in gone
    assert len(gone) == len(policy.displaced)


@pytest.mark.clause("D.3")
def test_a_book_that_asks_for_a_deputy_is_not_made_without_one(world: World) -> None:
    desk = world.desk(operator(world))
    wanted = {
        "title": Label("高二（1）班", "Class 1"), "root": Label("高二", "Year 11"), "decisions": {},
        "maintainer": "liuyang",
    }  # fmt: skip
    with pytest.raises(Refused) as caught:
        desk.policies.create_book("class", ["school-class"], **wanted)  # type: ignore[arg-type]
    assert caught.value.clause == "D.3"
    assert Book.get_or_none(Book.id == "class") is None
    carried_through(
        lambda: desk.policies.create_book("class", ["school-class"], deputy="zengqing", **wanted),  # type: ignore[arg-type]
        world.desk("chenjing"),
    )
    books = {book.id: book.roles for book in world.desk("zengqing").me.who().books}
    assert books["class"] == ("deputy-teacher",)
    assert world.desk("liuyang").importing.columns("class")
    for book, policies in (
        ("class", ["company"]),
        ("Big", ["company"]),
        ("other", ["nothing"]),
        ("other", []),
    ):
        with pytest.raises(Invalid):
            desk.policies.create_book(book, policies, deputy="", **wanted)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        world.desk("liuyang").policies.create_book("mine", ["company"], **wanted)  # type: ignore[arg-type]


def test_what_every_rule_is_about_is_said_in_words() -> None:
    """One without would be read by its key in the file, in whichever language."""
    keys = {line.key for one in builtin().values() for line in explain(compose("book", [one]))}
    assert {key.partition(".")[0] for key in keys} <= set(SECTIONS)
