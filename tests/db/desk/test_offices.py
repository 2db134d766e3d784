"""Offices: appointed, replaced, relieved, acting, deputised, vacant; and in which one somebody decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from db.desk import Desk, Invalid, Refused, open_desk
from db.desk.accounts.appointing import UNHELD
from db.desk.authority.offices import heads_in, held_now, is_single, vacant_offices
from db.desk.authority.permissions import permissions_of, policy_of
from db.desk.entry.indexing import index_all
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_views import RequestEventView
from db.desk.reviews.rights import rights_in_force
from db.language import say
from db.store.backups.dump import dump
from db.store.engine import Store
from db.store.migrations import OFFICES, STEPS, migrate
from db.store.proof.judging import judge_tables
from db.store.tables import Account, AuditRecord, Entry, Grant, Notice, NoticeRecipient, Request, Unit
from db.store.transactions import writing
from tests.audited import detail_of
from tests.before_offices import make_as_before_offices
from tests.conftest import Clock
from tests.db.desk.asking import approve, change, names, refusal
from tests.db.desk.test_policies import operator
from tests.wider_world import build_wider_world, employ
from tests.world import World
from tui.sheets.notice_words import happened
from tui.sheets.notices import OBJECT

UNIT = "研发中心/研发一部"


def ask(desk: Desk, what: str, whom: str, *, role: str = "head", book: str = "staff", **more: str) -> int:
    asked = {"what": what, "whom": whom, "role": role, "unit": "" if role != "head" else UNIT, **more}
    return desk.asking.ask("office", book, asked, "人事安排")


def appointed(world: World, what: str, whom: str, **more: str) -> int:
    """Asked for by one of human resources, agreed to by the head above."""
    request = ask(world.desk("zengqing"), what, whom, **more)
    approve(world, "liwei", request)
    return request


def heads(world: World, login: str) -> bool:
    return "head" in permissions_of(world.actor(login)).roles("staff")


def holders(world: World, role: str = "head", day: str = "") -> list[tuple[str, str, str, str, str]]:
    """Who holds ``role`` (of the one department), as human resources see it."""
    return [
        (row.holder, row.capacity, row.since, row.until, row.state)
        for row in world.desk("liuyang").offices.held("staff", day)
        if row.role == role and (role != "head" or row.unit == world.unit("staff", UNIT))
    ]


def history(world: World, request: int, login: str) -> list[str]:
    """Who did what in which office, as its asker reads it."""
    events: tuple[RequestEventView, ...] = world.desk(login).requests.one(request).history
    return [f"{say(one.act, 'en')}: {one.who}, {say(one.office, 'en')}" for one in events if one.office]


@pytest.mark.clause("C.5", "E.7", "H.3.2")
def test_a_head_is_replaced_on_the_day_and_what_was_is_still_told(world: World, clock: Clock) -> None:
    waits = change(world, "zhangwei")
    before = change(world, "zhangwen")
    approve(world, "wangfang", before)
    appointed(world, "holder", "张文", **{"from": "2026-11-26"})
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (True, False)
    clock.forward(days=2)
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (True, False), "the day before"
    clock.forward(days=1)
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (False, True)
    assert names(world.desk("wangfang")) == set()
    assert names(world.desk("zhangwen")) == {waits}, "it waits for the office, not for the person"
    approve(world, "zhangwen", waits)
    assert history(world, waits, "zhangwei") == ["approved: 张文, head of 研发一部"]
    assert history(world, before, "zhangwen") == ["approved: 王芳, head of 研发一部"]
    assert holders(world) == [("张文", "holder", "2026-11-26", "", "held")]
    assert holders(world, day="2026-11-25") == [("王芳", "holder", "2026-11-23", "2026-11-25", "held")]


@pytest.mark.clause("A.13", "C.10.2")
def test_an_acting_head_decides_in_that_capacity_while_the_office_is_vacant(
    world: World, clock: Clock
) -> None:
    request = ask(world.desk("zengqing"), "relieve", "王芳")
    (row,) = world.desk("liwei").queue.window().rows
    said = [(say(one.label, "en"), say(one.after, "en")) for one in row.summary]
    assert ("what ends", "head of 研发一部, held by 王芳") in said, "who approves it reads what ends"
    approve(world, "liwei", request)
    assert holders(world) == [("", "holder", "", "", "vacant")]
    waits = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {waits}, "the head above, while nobody acts"
    (first, _second) = world.desk("zhangwei").requests.one(waits).steps
    assert [say(one, "en") for one in first.who] == ["李伟 (head of 研发中心)"]
    appointed(world, "acting", "张文", until="2026-11-30")
    assert names(world.desk("zhangwen")) == {waits}
    (first, _second) = world.desk("zhangwei").requests.one(waits).steps
    assert [say(one, "en") for one in first.who] == ["张文 (acting head of 研发一部)"]
    approve(world, "zhangwen", waits)
    assert history(world, waits, "zhangwei") == ["approved: 张文, acting head of 研发一部"]
    act = AuditRecord.select().where(AuditRecord.request == waits).order_by(AuditRecord.seq.desc()).get()
    assert '"capacity":"acting"' in detail_of(act).replace(" ", "")
    clock.forward(days=8)
    assert not heads(world, "zhangwen"), "for the time being alone"


def test_who_may_not_fill_an_office_is_told_who_does(world: World) -> None:
    for login in ("zhangwei", "wangfang"):
        with pytest.raises(Refused) as refused:
            ask(world.desk(login), "holder", "张文")
        assert "unit above it" in say(refused.value.message, "en")
    ask(world.desk("liwei"), "holder", "张文")


def test_nobody_decides_on_an_office_of_their_own(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "刘洋")
    assert refusal(world.desk("liuyang"), request, Request.get_by_id(request).digest)
    assert refusal(world.desk("zengqing"), request, Request.get_by_id(request).digest)
    approve(world, "helei", request)
    assert "head" in permissions_of(world.actor("liuyang")).roles("staff")
    (given,) = [one for one in world.desk("liuyang").notices.unread() if one.kind == "right-given"]
    assert say(happened(given), "en").startswith("曾晴 gave you the role"), "who asked for it"
    assert say(happened(given), "en").endswith("; 何磊 agreed to it"), "and who agreed"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-11-22"}, "from"),
        ({"from": "2028-01-01"}, "from"),
        ({"from": "2026-12-02", "until": "2026-12-01"}, "until"),
        ({"from": "morgen"}, "from"),
        ({"whom": "没有此人"}, "whom"),
        ({"role": "employee"}, "role"),
        ({"unit": ""}, "unit"),
        ({"what": "crown"}, "what"),
        ({"what": "relieve", "whom": "张文"}, "whom"),
        ({"whom": "王芳"}, "whom"),
    ],
)
def test_what_is_unfit_is_said_at_its_field(world: World, asked: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        ask(world.desk("zengqing"), **({"what": "holder", "whom": "张文"} | asked))
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_unit_has_one_head_whoever_was_to_come(world: World, clock: Clock) -> None:
    """Of two that were appointed ahead the one decided last counts from its own day on."""
    appointed(world, "holder", "张文", **{"from": "2026-12-10"})
    appointed(world, "holder", "张伟", **{"from": "2026-12-05"})
    clock.forward(days=30)
    assert [row[0] for row in holders(world)] == ["张伟"]
    assert Grant.select().where((Grant.role == "head") & Grant.in_force()).count() == len(
        {row.unit_id for row in Grant.select().where((Grant.role == "head") & Grant.in_force())}
    )


def test_an_office_whose_holder_is_suspended_stands_vacant_in_effect(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["wangfang"])
    assert [row[4] for row in holders(world)] == ["vacant", "held"]
    waits = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {waits}, "the head above decides meanwhile"
    appointed(world, "acting", "张文")
    assert [(row[0], row[4]) for row in holders(world)] == [("王芳", "held"), ("张文", "held")]
    assert names(world.desk("zhangwen")) == {waits}


def test_others_see_the_offices_of_people_within_their_reach(world: World) -> None:
    rows = world.desk("zhangwei").offices.held("staff")
    assert {row.holder for row in rows} == {"王芳"}
    assert all(row.state == "held" for row in rows)
    with pytest.raises(Invalid):
        world.desk("zhangwei").offices.held("staff", "2027-01-01")
    with pytest.raises(Refused):
        world.desk("zhangwei").offices.held("subsidiary")


@pytest.mark.clause("E.13.2")
def test_whom_a_holder_named_to_stand_in_is_told_below_them(world: World, clock: Clock) -> None:
    days = ("2026-11-25", "2026-11-27")
    named = world.desk("wangfang").delegation
    number = named.delegate("head", "staff", world.accounts["zhangwen"], *days, "休假")
    assert holders(world) == [
        ("王芳", "holder", "2026-11-23", "", "held"),
        ("张文", "stand-in", *days, "coming"),
    ]
    clock.forward(days=2)
    row = next(row for row in world.desk("zhangwei").offices.held("staff") if row.capacity == "stand-in")
    assert (row.holder, row.state, say(row.office, "en")) == ("张文", "held", "head of 研发一部, for 王芳")
    beyond = world.desk("zhaomin").offices.held("staff")
    assert not any(row.capacity == "stand-in" for row in beyond), "who is out of reach"
    named.revoke(number)
    clock.forward(days=3)
    assert [row[0] for row in holders(world)] == ["王芳"]
    assert [row[0] for row in holders(world, day="2026-11-24")] == ["王芳"], "it was still to come"


def test_an_upgrade_keeps_who_heads_what_and_who_holds_what(world: World) -> None:
    heads_before, rights = heads_in("staff"), Grant.select().where(Grant.role != "head").count()
    make_as_before_offices()
    assert dump(BytesIO(), bytes(32), None).schema == OFFICES - 1, "an upgrade begins with a backup"
    assert migrate() == list(range(OFFICES, len(STEPS) + 1))
    with writing():
        index_all()
    assert heads_in("staff") == heads_before
    assert Grant.select().where(Grant.role != "head").count() == rights
    assert [row[:3] for row in holders(world)] == [("王芳", "holder", "")], "since when is not on record"
    appointed(world, "acting", "张文")
    assert judge_tables().sound


@pytest.mark.clause("D.3")
def test_a_teacher_who_is_gone_is_replaced_by_the_school_though_the_deputy_asked(
    store: Store, clock: Clock
) -> None:
    school = build_wider_world("class")
    Account.update(state="disabled").where(Account.id == school.accounts["yanlaoshi"]).execute()
    asked = {"what": "holder", "role": "teacher", "whom": "shilaoshi", "deputy": "none"}
    request = school.desk("shilaoshi").asking.ask("office", "class", asked, "严老师离职")
    (step,) = school.desk("shilaoshi").requests.one(request).steps
    assert [say(one, "zh_CN") for one in step.who] == ["教务处"]
    approve(school, "jiaowuchu", request)
    roles = permissions_of(school.actor("shilaoshi")).roles("class")
    assert roles == {"teacher"}, "who becomes teacher is deputy no more"
    assert history(school, request, "shilaoshi") == ["approved: 教务处, School administration"]


@pytest.mark.clause("B.3.2", "G.3.1")
@pytest.mark.parametrize(("book", "unit"), [("safety", ()), ("wecom", ("运营组",))])
def test_a_department_lacks_a_head_only_where_a_regulation_has_heads_see_to_something(
    store: Store, book: str, unit: tuple[str, ...]
) -> None:
    build_wider_world(book)
    lacking = [one for one in vacant_offices(policy_of(book)) if one.role == "head"]
    assert tuple(Unit.get_by_id(one.unit).name for one in lacking) == unit


@pytest.mark.clause("D.3")
def test_a_class_is_handed_over_whole_on_its_day(store: Store, clock: Clock) -> None:
    """To the deputy, who has no entry among the pupils, by name."""
    school = build_wider_world("class")
    asked = {"what": "holder", "role": "teacher", "whom": "施老师", "from": "2026-12-01", "deputy": "无"}
    request = school.desk("yanlaoshi").asking.ask("office", "class", asked, "学期末移交")
    approve(school, "jiaowuchu", request)
    assert "teacher" in permissions_of(school.actor("yanlaoshi")).roles("class")
    clock.forward(days=10)
    assert permissions_of(school.actor("yanlaoshi")).roles("class") == frozenset()
    assert "teacher" in permissions_of(school.actor("shilaoshi")).roles("class")
    assert school.desk("shilaoshi").changes.form(school.entry("mengfei", "class"))


@pytest.mark.clause("D.3")
def test_a_handover_to_come_is_not_dropped_unsaid(store: Store, clock: Clock) -> None:
    school = build_wider_world("class")
    with writing():
        employ(school, "xinlaoshi", "辛老师", "class", ())
    desk, asked = school.desk("jiaowuchu"), {"what": "holder", "role": "teacher", "deputy": "none"}
    assert "辛老师" not in said_beside(desk)
    later = {**asked, "whom": "xinlaoshi", "from": "2026-12-20"}
    assert desk.asking.ask("office", "class", later, "学期末移交") == 0
    assert "Class teacher (to begin on 2026-12-20), by 辛老师" in said_beside(desk), "before it is asked"
    assert desk.asking.ask("office", "class", {**asked, "whom": "shilaoshi"}, "即日更换") == 0
    said = [say(happened(one), "en") for one in school.desk("xinlaoshi").notices.unread()]
    assert "You are no longer Class teacher (to begin on 2026-12-20), as of Mon 23 Nov; by 教务处" in said


def said_beside(desk: Desk) -> str:
    """What the form says beside whom it asks for."""
    (field,) = [one for one in desk.asking.form("office", "class").fields if one.name == "whom"]
    return say(field.hint, "en")


@pytest.mark.clause("D.3")
def test_of_two_teachers_called_alike_none_is_appointed_by_name(store: Store) -> None:
    school = build_wider_world("class")
    with writing():
        employ(school, "shilaoshi2", "施老师", "class", ("deputy-teacher",))
    desk, asked = school.desk("yanlaoshi"), {"what": "holder", "role": "teacher", "whom": "施老师"}
    with pytest.raises(Invalid) as several:
        desk.asking.ask("office", "class", asked, "学期末移交")
    assert say(several.value.problems[0].message, "zh_CN") == "有多人同名，请填写登录名，或 姓名/部门/职务。"
    with pytest.raises(Invalid):
        desk.asking.ask("office", "class", {**asked, "whom": "无此人"}, "学期末移交")


@pytest.mark.clause("D.3")
@pytest.mark.threat(50)
@pytest.mark.parametrize("suspended", [False, True])
def test_the_school_alone_replaces_a_teacher_and_it_is_seen(
    store: Store, clock: Clock, suspended: bool
) -> None:
    """At once, also one who is suspended; outgoing and incoming teacher and the next deputy hear of it."""
    school = build_wider_world("class")
    with writing():
        employ(school, "jiaodao", "教导处", "class", ("school",))
        employ(school, "xinlaoshi", "辛老师", "class", ())
    if suspended:
        Account.update(state="disabled").where(Account.id == school.accounts["yanlaoshi"]).execute()
    desk = school.desk("jiaowuchu")
    asked = {"what": "holder", "role": "teacher", "whom": "shilaoshi"}
    with pytest.raises(Invalid) as without:
        desk.asking.ask("office", "class", asked, "学期中更换")
    assert [one.field for one in without.value.problems] == ["deputy"]
    assert desk.asking.ask("office", "class", {**asked, "deputy": "xinlaoshi"}, "学期中更换") == 0
    assert permissions_of(school.actor("shilaoshi")).roles("class") == {"teacher"}
    assert "deputy-teacher" in permissions_of(school.actor("xinlaoshi")).roles("class")
    for login in ("yanlaoshi", "shilaoshi", "xinlaoshi"):
        assert told(school, login) & {"power-done", "right-given"}, login
    act = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (act.act, act.outcome, act.clause) == ("offices.fill", "done", "D.3")


@pytest.mark.clause("D.3")
def test_who_was_replaced_reads_that_they_hold_it_no_longer_and_is_offered_no_objection(
    store: Store, clock: Clock
) -> None:
    school = build_wider_world("class")
    asked = {"what": "holder", "role": "teacher", "whom": "shilaoshi", "deputy": "无"}
    assert school.desk("jiaowuchu").asking.ask("office", "class", asked, "学期中更换") == 0
    (notice,) = [one for one in school.desk("yanlaoshi").notices.unread() if one.kind == "power-done"]
    assert say(happened(notice), "en") == "You are no longer Class teacher, as of Mon 23 Nov; by 教务处"
    assert say(happened(notice, whole=True), "en").startswith(
        say(happened(notice), "en") + ": fill an office"
    )
    assert not OBJECT.offered(notice), "it is not taken back by one act"
    assert not any(one.ended for one in school.desk("shilaoshi").notices.unread()), "nor is it told others so"


def told(world: World, login: str) -> set[str]:
    """The kinds of notices to ``login``."""
    rows = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts[login])
    return {row.kind for row in rows}


@pytest.mark.clause("D.3")
@pytest.mark.threat(50)
def test_the_school_does_not_make_itself_the_teacher(store: Store, clock: Clock) -> None:
    school = build_wider_world("class")
    asked = {"what": "holder", "role": "teacher", "whom": "jiaowuchu"}
    request = school.desk("jiaowuchu").asking.ask("office", "class", asked, "学期中更换")
    assert request
    assert Request.get_by_id(request).state == "open"


@pytest.mark.clause("D.3")
def test_a_class_does_not_lose_its_only_deputy_unsaid(store: Store, clock: Clock) -> None:
    school = build_wider_world("class")
    desk, asked = school.desk("jiaowuchu"), {"what": "relieve", "role": "deputy-teacher", "whom": "shilaoshi"}
    with pytest.raises(Invalid):
        desk.asking.ask("office", "class", asked, "调离")
    desk.asking.ask("office", "class", {**asked, "deputy": "none"}, "调离")
    assert permissions_of(school.actor("shilaoshi")).roles("class") == frozenset()


def class_with(*logins: str) -> World:
    """A class with a second person of the school's, and teachers who hold nothing there yet."""
    school = build_wider_world("class")
    with writing():
        employ(school, "jiaodao", "教导处", "class", ("school",))
        for login in logins:
            employ(school, login, f"{login[0].upper()}老师", "class", ())
    return school


def ask_for(school: World, what: str, role: str, whom: str, **more: str) -> int:
    asked = {"what": what, "role": role, "whom": whom, **more}
    return school.desk("jiaowuchu").asking.ask("office", "class", asked, "学期中更换")


def of_class(school: World, login: str) -> frozenset[str]:
    return permissions_of(school.actor(login)).roles("class")


@pytest.mark.clause("D.3")
@pytest.mark.parametrize(
    ("what", "role", "whom", "more", "field"),
    [
        ("holder", "deputy-teacher", "yanlaoshi", {}, "whom"),
        ("relieve", "deputy-teacher", "shilaoshi", {"deputy": "yanlaoshi"}, "deputy"),
        ("holder", "deputy-teacher", "xinlaoshi", {}, "whom"),
        ("relieve", "deputy-teacher", "shilaoshi", {"deputy": "xinlaoshi"}, "deputy"),
    ],
)
def test_nobody_deputises_for_themselves(
    store: Store, clock: Clock, what: str, role: str, whom: str, more: dict[str, str], field: str
) -> None:
    """Neither the teacher, nor who becomes it on a day that is set already."""
    school = class_with("xinlaoshi")
    ask_for(school, "holder", "teacher", "xinlaoshi", **{"from": "2026-12-10"})
    with pytest.raises(Invalid) as caught:
        ask_for(school, what, role, whom, **more)
    assert [one.field for one in caught.value.problems] == [field]
    assert of_class(school, "shilaoshi") == {"deputy-teacher"}


@pytest.mark.clause("D.3")
@pytest.mark.threat(50)
@pytest.mark.parametrize("suspended", [False, True])
def test_the_only_person_of_the_school_replaces_a_teacher_at_once(
    store: Store, clock: Clock, suspended: bool
) -> None:
    """Where nobody but those whom it concerns could be told; neither of them could stop it."""
    school = build_wider_world("class")
    if suspended:
        Account.update(state="disabled").where(Account.id == school.accounts["yanlaoshi"]).execute()
    assert ask_for(school, "holder", "teacher", "shilaoshi", deputy="none") == 0
    assert of_class(school, "shilaoshi") == {"teacher"}
    assert told(school, "shilaoshi") & {"power-done", "right-given"}
    assert "power-asked" not in told(school, "shilaoshi") | told(school, "yanlaoshi")


@pytest.mark.clause("D.3")
def test_the_teacher_of_before_may_become_the_next_deputy(store: Store, clock: Clock) -> None:
    school = build_wider_world("class")
    assert ask_for(school, "holder", "teacher", "shilaoshi", deputy="yanlaoshi") == 0
    assert of_class(school, "shilaoshi") == {"teacher"}
    assert of_class(school, "yanlaoshi") == {"deputy-teacher"}


@pytest.mark.clause("D.3", "D.4")
@pytest.mark.parametrize("following", ["yanlaoshi", "xinlaoshi"])
def test_whom_the_school_made_teacher_and_deputy_decide_for_one_another(
    store: Store, clock: Clock, following: str
) -> None:
    """Also on what the teacher of before handed in: that both hold what one person gave them doesn't make
    them one, where the regulation lets that person give it."""
    school = class_with("xinlaoshi")
    asked = {"other_contact": "QQ 100001"}
    left = change(school, "yanlaoshi", "class", of="jiangtao", asked=asked)
    assert ask_for(school, "holder", "teacher", "shilaoshi", deputy=following) == 0
    assert left in names(school.desk("shilaoshi"))
    mine = change(school, "shilaoshi", "class", of="luoxi", asked=asked)
    assert mine in names(school.desk(following))
    approve(school, following, mine)


@pytest.mark.clause("D.3")
@pytest.mark.threat(50)
def test_the_school_does_not_make_itself_the_next_deputy(store: Store, clock: Clock) -> None:
    school = class_with()
    request = ask_for(school, "holder", "teacher", "shilaoshi", deputy="jiaowuchu")
    assert Request.get_by_id(request).state == "open"
    assert of_class(school, "jiaowuchu") == {"school"}


@pytest.mark.clause("D.3")
@pytest.mark.threat(50)
def test_who_would_lose_the_office_by_now_does_not_agree_to_it(store: Store, clock: Clock) -> None:
    """Whoever held it when it was asked for; nor does the next deputy's predecessor, named since."""
    school = class_with("xinlaoshi")
    Grant.update(revoked_at="2026-11-23T00:00:00.000000Z").where(
        Grant.account == school.accounts["jiaodao"]
    ).execute()
    assert ask_for(school, "holder", "teacher", "shilaoshi", deputy="none") == 0
    number = ask_for(school, "holder", "teacher", "jiaowuchu", deputy="xinlaoshi")
    assert ask_for(school, "holder", "teacher", "yanlaoshi") == 0
    assert ask_for(school, "holder", "deputy-teacher", "shilaoshi") == 0
    request = Request.get_by_id(number)
    for login in ("yanlaoshi", "shilaoshi", "jiaowuchu"):
        assert number not in names(school.desk(login)), login
        assert RequestApprovers().is_barred(request, school.accounts[login]), login
        assert refusal(school.desk(login), number)


@pytest.mark.clause("D.3")
@pytest.mark.parametrize("whom", ["yanlaoshi", "严老师"])
def test_a_suspended_teacher_is_relieved_by_login_or_name(store: Store, clock: Clock, whom: str) -> None:
    school = class_with()
    Account.update(state="disabled").where(Account.id == school.accounts["yanlaoshi"]).execute()
    assert ask_for(school, "relieve", "teacher", whom) == 0
    assert [row.role for row in Grant.select().where(Grant.role == "teacher") if row.revoked_at is None] == []
    with pytest.raises(Invalid):
        ask_for(school, "relieve", "teacher", whom)


@pytest.mark.clause("D.3")
def test_a_pupil_becomes_neither_teacher_nor_deputy(store: Store, clock: Clock) -> None:
    school = class_with()
    desk = school.desk("jiaowuchu")
    calls: tuple[Callable[[], object], ...] = (
        lambda: ask_for(school, "holder", "teacher", "jiangtao"),
        lambda: ask_for(school, "deputy", "teacher", "jiangtao"),
        lambda: ask_for(school, "holder", "deputy-teacher", "jiangtao"),
        lambda: ask_for(school, "relieve", "deputy-teacher", "shilaoshi", deputy="jiangtao"),
        lambda: desk.asking.ask("right", "class", {"whom": "jiangtao", "role": "school"}, "值日"),
    )
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.clause == "D.3"
    assert of_class(school, "jiangtao") == {"employee"}
    assert Request.select().count() == 0


@pytest.mark.clause("C.5")
@pytest.mark.parametrize("what", ["deputy", "acting"])
def test_a_head_stands_in_for_nobody_but_others(world: World, what: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(world.desk("zengqing"), what, "王芳")
    assert [one.field for one in caught.value.problems] == ["whom"]


@pytest.mark.clause("D.4")
def test_whom_the_school_appointed_is_among_the_accounts_of_the_class(store: Store, clock: Clock) -> None:
    """An office is the person's, not the account's; who holds none any more is not."""
    school = class_with("xinlaoshi")
    with writing():
        employ(school, "guanli", "管理员", "class", ("admin",))
    assert ask_for(school, "holder", "teacher", "shilaoshi", deputy="xinlaoshi") == 0

    def listed() -> set[str]:
        return {row.login for row in school.desk("guanli").accounts.page("class", 0, None)}

    assert {"shilaoshi", "xinlaoshi"} <= listed()
    school.desk("guanli").accounts.disable(school.accounts["shilaoshi"])
    assert Account.get_by_id(school.accounts["shilaoshi"]).state == "disabled"
    assert ask_for(school, "holder", "teacher", "yanlaoshi") == 0
    assert "shilaoshi" not in listed()
    with pytest.raises(Refused):
        school.desk("guanli").accounts.enable(school.accounts["shilaoshi"])
    from_the_host = replace(school.actor(operator(school)), front="host")
    open_desk(from_the_host).accounts.enable(school.accounts["shilaoshi"])
    assert Account.get_by_id(school.accounts["shilaoshi"]).state != "disabled"


def test_what_the_host_does_to_whoever_is_in_no_directory_is_told_where_they_were(
    store: Store, clock: Clock
) -> None:
    """And not in whichever of the host's directories comes first."""
    wider = build_wider_world("general", "secured")
    gone = wider.accounts["ganhr"]
    Account.update(state="disabled").where(Account.id == gone).execute()
    Grant.update(revoked_at="2026-11-01T00:00:00.000000Z").where(Grant.account == gone).execute()
    Entry.update(state="left").where(Entry.id == wider.entry("ganhr", "secured")).execute()
    open_desk(replace(wider.actor(operator(wider)), front="host")).accounts.enable(gone)
    record = AuditRecord.get((AuditRecord.act == "accounts.enable") & (AuditRecord.outcome == "done"))
    assert record.book == "secured"
    assert {notice.book_id for notice in Notice.select()} == {"secured"}


@pytest.mark.clause("D.3")
def test_a_form_opens_again_though_whom_it_names_was_suspended(store: Store, clock: Clock) -> None:
    school = class_with("xinlaoshi")
    asked = {"what": "holder", "role": "teacher", "whom": "xinlaoshi"}
    number = school.desk("shilaoshi").asking.ask("office", "class", asked, "更换")
    queue = school.desk("jiaowuchu").queue
    queue.return_(number, queue.one(number).digest, "请补充")
    Account.update(state="disabled").where(Account.id == school.accounts["xinlaoshi"]).execute()
    form = school.desk("shilaoshi").asking.amendment(number)
    assert "xinlaoshi" in [field.value for field in form.fields]


@pytest.mark.clause("D.3")
def test_a_role_that_is_given_or_taken_makes_no_second_teacher_and_ends_no_last_deputy(
    store: Store, clock: Clock
) -> None:
    """By the form of roles, which replaces nobody and names no next deputy."""
    school = class_with("xinlaoshi")
    desk = school.desk("jiaowuchu")
    with pytest.raises(Refused) as second:
        desk.asking.ask("right", "class", {"whom": "shilaoshi", "role": "teacher"}, "更换")
    assert second.value.clause == "D.3"
    deputy = Grant.get(Grant.role == "deputy-teacher")
    with pytest.raises(Refused) as last:
        desk.accounts.revoke(deputy.id)
    assert last.value.clause == "D.3"
    assert Request.select().count() == 0


@pytest.mark.clause("D.3", "F.5.1", "G.3.3")
@pytest.mark.threat(18)
@pytest.mark.parametrize("book", ["safety", "class", "wecom", "general", "secured", "controlled", "combined"])
def test_who_gets_or_loses_an_office_decides_on_it_in_no_book(store: Store, clock: Clock, book: str) -> None:
    """Of every office that the regulation knows: appointed in the place of who holds it, and relieved."""
    wider = build_wider_world(book)
    login_of = {number: login for login, number in wider.accounts.items()}
    keepers = {login for login in wider.accounts if fills_offices(wider, login, book)}
    headed, tried = Grant.get_or_none((Grant.role == "head") & Grant.unit.is_null(False)), set()
    for role in sorted({rule.id for rule in policy_of(book).roles} - UNHELD):
        unit = headed.unit_id if role == "head" and headed is not None else None
        present = {
            login_of[one.account_id or Account.get(Account.person == one.person_id).id]
            for one in held_now(book, role, unit)
        }
        others = sorted(set(wider.accounts) - present)
        for what, whom in [*(("holder", one) for one in others[:2]), *(("relieve", one) for one in present)]:
            losing = present if what == "holder" and is_single(policy_of(book), role) else set()
            asked = {"what": what, "role": role, "whom": whom, "unit": str(unit or "")}
            for asker in sorted(keepers):
                try:
                    number = wider.desk(asker).asking.ask("office", book, asked, "轮换")
                except (Refused, Invalid):
                    continue
                if not number:
                    continue  # the school alone, who tells them
                request, request_approvers = Request.get_by_id(number), RequestApprovers()
                found = [
                    request_approvers.approvers(request, step) for step in request_approvers.steps(request)
                ]
                approvers = {login_of[one.account] for step in found for one in step}
                assert approvers or request.due, "or its day"
                assert not approvers & {asker, whom, *losing}, (role, what, whom, asker)
                for login in {whom, *losing}:
                    refusal(wider.desk(login), number, request.digest)
                wider.desk(asker).requests.withdraw(number)
                tried.add((role, what))
    assert len({role for role, _what in tried}) > 1
    assert {what for _role, what in tried} == {"holder", "relieve"}


def fills_offices(world: World, login: str, book: str) -> bool:
    """Whether who signs in as ``login`` is offered to ask for offices in ``book``."""
    return ("office", book) in {(one.id, one.book) for one in world.desk(login).asking.offers()}


@pytest.mark.clause("F.5.1", "G.3.3")
def test_an_office_is_recertified_with_the_rights_and_taken_back_by_a_request_alone(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "张文", role="security")
    approve(world, "guotao", request)
    held = Grant.get((Grant.role == "security") & Grant.person.is_null(False))
    assert held.id in {right.id for right in rights_in_force("staff")}
    assert not {right.role for right in rights_in_force("staff")} & {"head", "employee"}
    (shown,) = (row for row in world.desk("guotao").accounts.page("staff", 0, 100) if row.login == "zhangwen")
    assert [role.role for role in shown.roles] == ["security"]
    with pytest.raises(Refused) as refused:
        world.desk("liuyang").accounts.revoke(held.id)
    assert "request" in say(refused.value.message, "en")
    assert "security" in permissions_of(world.actor("zhangwen")).roles("staff")
