"""A class, its teacher and deputy: handed over, replaced, relieved, and what the school does alone (D.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from db.desk import Desk, Invalid, Refused, open_desk
from db.desk.authority.permissions import permissions_of
from db.desk.requests.power_telling import ASKED
from db.desk.requests.request_approvers import RequestApprovers
from db.language import say
from db.store.engine import Store
from db.store.tables import Account, AuditRecord, Grant, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change, history, names, refusal
from tests.db.desk.lives import duties
from tests.db.desk.test_policies import operator
from tests.wider_world import build_wider_world, employ
from tests.world import World
from tui.sheets.accounts import account_facts
from tui.sheets.cell import cell_words
from tui.sheets.notice_words import describe_notice
from tui.sheets.notices import OBJECT


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


@pytest.mark.clause("D.3")
def test_a_class_is_handed_over_whole_on_its_day(store: Store, clock: Clock) -> None:
    """To the deputy, who has no entry among the pupils, by name."""
    school = build_wider_world("class")
    asked = {"what": "holder", "role": "teacher", "whom": "施老师", "from": "2026-12-01", "deputy": "无"}
    request = school.desk("yanlaoshi").asking.ask("office", "class", asked, "学期末移交")
    approve(school, "jiaowuchu", request)
    assert "teacher" in permissions_of(school.actor("yanlaoshi")).roles("class")
    assert "严老师 gave you the role Class teacher, from Tue 1 Dec; 教务处 agreed to it" in words_to(
        school, "shilaoshi"
    ), "and not that they are it already"
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
    said = [say(describe_notice(one), "en") for one in school.desk("xinlaoshi").notices.unread()]
    assert "You are no longer Class teacher (to begin on 2026-12-20), as of Mon 23 Nov; by 教务处" in said


def said_beside(desk: Desk, name: str = "whom") -> str:
    """What the form says beside whom it asks for."""
    (field,) = [one for one in desk.asking.form("office", "class").fields if one.name == name]
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
@pytest.mark.threat(53)
def test_the_school_hears_that_the_deputy_suspends_the_teacher(store: Store, clock: Clock) -> None:
    """Who stands in for the teacher gains by it; who appoints the teacher is to know, though others do."""
    school = build_wider_world("class")
    with writing():
        employ(school, "guanli", "管理员", "class", ("admin",))
    school.desk("shilaoshi").accounts.disable(school.accounts["yanlaoshi"])
    (one,) = [one for one in school.desk("jiaowuchu").notices.unread() if one.kind == "power-done"]
    assert (one.acknowledge, say(describe_notice(one), "zh_CN")) == (True, "施老师停用了严老师的账号")


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
    assert (
        say(describe_notice(notice), "en") == "You are no longer Class teacher, as of Mon 23 Nov; by 教务处"
    )
    assert say(describe_notice(notice, whole=True), "en").startswith(
        say(describe_notice(notice), "en") + ": fill an office"
    )
    assert not OBJECT.offered(notice), "it is not taken back by one act"
    assert not any(one.ended for one in school.desk("shilaoshi").notices.unread()), "nor is it told others so"


def told(world: World, login: str) -> set[str]:
    """The kinds of notices to ``login``."""
    rows = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts[login])
    return {row.kind for row in rows}


@pytest.mark.clause("D.3")
def test_who_is_told_of_a_handover_reads_first_whom_it_is_about(store: Store, clock: Clock) -> None:
    """In the order of the arguments, the directory first, the line was cut before anybody's name."""
    school = class_with()
    ask_for(school, "holder", "teacher", "shilaoshi", deputy="jiaowuchu")
    (asked,) = (one for one in school.desk("yanlaoshi").notices.unread() if one.kind == ASKED)
    words = say(describe_notice(asked), "zh_CN")
    assert words.startswith("教务处申请任命施老师为班主任，"), words


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


@pytest.mark.clause("D.3")
@pytest.mark.parametrize("what", ["holder", "relieve"])
def test_a_class_without_a_deputy_gets_another_teacher_only_with_that_said(
    store: Store, clock: Clock, what: str
) -> None:
    """In the form, and once more before it is handed in; the next deputy can be named in the same act."""
    school = class_with("xinlaoshi")
    desk, whom = school.desk("jiaowuchu"), "shilaoshi" if what == "holder" else "yanlaoshi"
    assert "nobody is deputy now" not in said_beside(desk, "deputy")
    ask_for(school, "relieve", "deputy-teacher", "shilaoshi", deputy="none")
    assert "nobody is deputy now" in said_beside(desk, "deputy")
    with pytest.raises(Invalid) as without:
        ask_for(school, what, "teacher", whom)
    assert [one.field for one in without.value.problems] == ["deputy"]
    assert ask_for(school, what, "teacher", whom, deputy="xinlaoshi") == 0
    assert of_class(school, "xinlaoshi") == {"deputy-teacher"}


@pytest.mark.clause("D.3", "D.5.2")
def test_after_the_deputy_was_relieved_it_is_the_deputy_that_is_missing(store: Store, clock: Clock) -> None:
    """What the teacher handed in waits for nobody then; the teacher, whose office is held, reads why."""
    school = class_with("xinlaoshi")
    waiting = change(school, "yanlaoshi", "class", of="jiangtao", asked={"other_contact": "QQ 100001"})
    ask_for(school, "relieve", "deputy-teacher", "shilaoshi", deputy="none")
    duties()
    said = {one.kind: describe_notice(one) for one in school.desk("yanlaoshi").notices.unread()}
    assert say(said["request-stuck"], "zh_CN") == f"申请 {waiting} 无人可批：备份责任人空缺"
    assert say(said["office-vacant"], "zh_CN") == "备份责任人空缺"
    assert "不设备份责任人" in say(said["power-done"], "zh_CN")
    ask_for(school, "holder", "deputy-teacher", "xinlaoshi")
    approve(school, "xinlaoshi", waiting)


@pytest.mark.clause("D.3", "A.6")
def test_an_office_that_ends_is_read_with_its_last_day_wherever_it_stands(store: Store, clock: Clock) -> None:
    """It ends at midnight, which is the day after; a token does too."""
    school = class_with("xinlaoshi")
    with writing():
        employ(school, "guanli", "管理员", "class", ("admin",))
    ask_for(school, "holder", "teacher", "xinlaoshi", **{"from": "2026-12-11"})
    row = next(
        one for one in school.desk("guanli").accounts.page("class", 0, None) if one.login == "yanlaoshi"
    )
    assert "until Thu 10 Dec" in [cell_words(value, "en") for _label, value in account_facts(row)]
    offices = school.desk("jiaowuchu").offices.held("class")
    assert "2026-12-10" in [one.until for one in offices if one.role == "teacher"]


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
    assert words_to(school, "yanlaoshi") == {
        "教务处 gave 施老师 the role Class teacher",
        "You are no longer Class teacher, as of Mon 23 Nov; by 教务处",
        "教务处 gave you the role Deputy of the class teacher",
    }, "what is lost as well as what is given for it"
    assert words_to(school, "shilaoshi") == {
        "教务处 gave you the role Class teacher",
        "教务处 gave 严老师 the role Deputy of the class teacher",
    }


def words_to(world: World, login: str) -> set[str]:
    """What the unread notices to ``login`` say."""
    return {say(describe_notice(one), "en") for one in world.desk(login).notices.unread()}


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
    assert ask_for(school, "holder", "teacher", "yanlaoshi", deputy="none") == 0
    assert ask_for(school, "holder", "deputy-teacher", "shilaoshi") == 0
    request = Request.get_by_id(number)
    for login in ("yanlaoshi", "shilaoshi", "jiaowuchu"):
        assert number not in names(school.desk(login)), login
        assert RequestApprovers().is_barred(request, school.accounts[login]), login
        assert refusal(school.desk(login), number)


@pytest.mark.clause("D.3")
def test_who_was_to_become_teacher_and_does_not_stays_deputy_if_they_are_named(
    store: Store, clock: Clock
) -> None:
    """The handover that is dropped had ended their being deputy on its day, which would come all the same."""
    school = class_with("xinlaoshi")
    ask_for(school, "holder", "teacher", "shilaoshi", deputy="none", **{"from": "2026-12-20"})
    with pytest.raises(Invalid) as without:
        ask_for(school, "holder", "teacher", "xinlaoshi")
    assert [one.field for one in without.value.problems] == ["deputy"]
    assert ask_for(school, "holder", "teacher", "xinlaoshi", deputy="shilaoshi") == 0
    clock.forward(days=40)
    assert of_class(school, "shilaoshi") == {"deputy-teacher"}


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
