"""Access beyond the own scope: reason, decision, and an end (A.13)."""

from __future__ import annotations

import json

import pytest

from db.desk import Invalid, Overtaken, Refused
from db.desk.audit.act_names import act_label
from db.desk.authority.offices import end_headships
from db.desk.authority.permissions import permissions_of, policy_of
from db.desk.notifications.notices import OUTCOME
from db.desk.requests.flow import not_an_own_request
from db.desk.requests.power_telling import DONE
from db.desk.requests.request_views import WHO_MAY_SEE, RequestRow, RequestView, state_words
from db.language import LANGUAGES, say
from db.store import clock
from db.store.engine import Store
from db.store.tables import (
    AccessGrant,
    AuditRecord,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Request,
    RequestStep,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, names, refusal
from tests.db.desk.lives import move
from tests.wider_world import build_wider_world
from tests.world import World


def granted(world: World, login: str) -> set[int | None]:
    permissions = permissions_of(world.actor(login))
    return {reach.entry for _book, reach in permissions.grants}


@pytest.mark.clause("A.13")
def test_reason_then_approver_then_access_that_ends(world: World, clock: Clock) -> None:
    request = ask_access(world.desk("zhangwei"), "staff", "客户现场对接", name="赵敏", days=7)
    assert granted(world, "zhangwei") == set()
    assert names(world.desk("zhaomin")) == {request}
    approve(world, "zhaomin", request)
    (row,) = world.desk("zhangwei").requests.mine()
    assert [say(row.state_label, one) for one in LANGUAGES] == ["已批准", "granted"], "not merely done"
    assert state_words("access", "applied") == row.state_label, "and where it is announced"
    assert granted(world, "zhangwei") == {world.entry("zhaomin")}
    (grant,) = world.desk("zhangwei").access.mine()
    assert (grant.name, grant.clause, grant.until[:10]) == ("赵敏", "A.13, own", "2026-11-30")
    clock.forward(days=7)
    assert granted(world, "zhangwei") == set()
    assert world.desk("zhangwei").access.mine() == ()


@pytest.mark.clause("A.13", "C.10.1")
@pytest.mark.parametrize(
    ("login", "book", "of", "clause"),
    [("zhangwei", "staff", "zhaomin", "A.13"), ("tangyu", "subsidiary", "dengchao", "C.10.1")],
)
def test_a_look_up_beyond_reach_is_refused_by_the_clause_that_says_how_far_one_sees(
    world: World, login: str, book: str, of: str, clause: str
) -> None:
    """Never by a default; the same for somebody who is there and for nobody."""
    directory = world.desk(login).directory
    for entry in (world.entry(of, book), 987_654):
        for look in (
            lambda entry=entry: directory.card(entry, book),
            lambda entry=entry: directory.reveal(entry, "mobile", "work", book=book),
            lambda entry=entry: directory.contact(entry, "work", book=book),
        ):
            with pytest.raises(Refused) as caught:
                look()
            assert caught.value.clause == clause
            assert AuditRecord.select().order_by(AuditRecord.seq.desc()).get().clause == clause


@pytest.mark.clause("A.13")
def test_who_was_granted_access_is_told_until_when_and_that_it_is_over(world: World, clock: Clock) -> None:
    """On their own request; the entry itself answers as one that was never there (C.10)."""
    desk, whom = world.desk("zhangwei"), world.entry("zhaomin")
    request = ask_access(desk, "staff", "客户现场对接", name="赵敏", days=7)

    def said() -> str:
        return say(desk.requests.one(request).lines[1].after, "en")

    assert said() == "for 7 days"
    approve(world, "zhaomin", request)
    assert said() == "for 7 days, until 2026-11-30 09:00"
    desk.directory.card(whom)
    clock.forward(days=7)
    desk = world.desk("zhangwei")
    assert said() == "for 7 days, over since 2026-11-30 09:00"


@pytest.mark.clause("A.13")
def test_what_was_granted_is_given_back_before_its_days_are_over(world: World) -> None:
    desk = world.desk("zhangwei")
    request = ask_access(desk, "staff", "客户现场对接", name="赵敏", days=7)
    approve(world, "zhaomin", request)
    with pytest.raises(Refused):
        world.desk("zhangwen").requests.withdraw(request)
    desk.requests.withdraw(request)
    assert granted(world, "zhangwei") == set()
    assert world.desk("zhangwei").access.mine() == ()
    assert say(desk.requests.one(request).history[-1].act, "en") == "given back"
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.outcome, record.clause) == ("requests.give_back", "done", "A.13")
    assert say(act_label(record.act), "en") == "give back what was opened"
    assert Request.get_by_id(request).state == "applied"
    with pytest.raises(Overtaken):
        desk.requests.withdraw(request)


@pytest.mark.threat(99)
@pytest.mark.clause("A.13")
@pytest.mark.parametrize(
    ("ends", "login"),
    [("whoever approved it", "zhouwei"), ("whom it shows", "shanhong"), ("who watches", "helei")],
)
def test_what_was_granted_is_ended_by_others_too_and_its_asker_is_told(
    world: World, ends: str, login: str
) -> None:
    """By who approved it, whom it shows and who supervises the directory; to others it is not there."""
    desk = world.desk("zhangwei")
    request = ask_access(desk, "staff", "客户现场对接", name="单宏", days=7)
    with pytest.raises(Refused):
        world.desk(login).requests.withdraw(request)
    approve(world, "zhouwei", request)
    (shown,) = world.desk(login).access.opened()
    whom = "one colleague" if login == "shanhong" else "张伟"
    assert (shown.request, shown.whose, say(shown.to, "en"), shown.own) == (request, ("单宏",), whom, False)
    assert shown.about_me == (login == "shanhong")
    for own in (True, False):
        assert [row.own for row in desk.access.opened(own)] == [True]
    for other in ("wangfang", "qianjin"):
        assert world.desk(other).access.opened() == ()
        with pytest.raises(Refused) as caught:
            world.desk(other).requests.withdraw(request)
        assert caught.value.message == not_an_own_request().message
    world.desk(login).requests.withdraw(request)
    assert granted(world, "zhangwei") == set(), ends
    assert world.desk(login).access.opened() == desk.access.opened() == ()
    (*_earlier, last) = desk.requests.one(request).history
    assert (last.who, say(last.act, "en")) == (world.desk(login).me.who().name, "stopped")
    told = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts["zhangwei"])
    outcomes = told.where(Notice.kind == OUTCOME).order_by(Notice.id.desc())
    assert json.loads(outcomes.get().detail)["state"] == "withdrawn"
    watched = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts["helei"])
    acts = [json.loads(row.detail)["operation"] for row in watched.where(Notice.kind == DONE)]
    assert acts == (["requests.withdraw"] if login != "helei" else []), "who watches hears of it"
    with pytest.raises(Refused):
        world.desk(login).requests.withdraw(request)


@pytest.mark.threat(101)
@pytest.mark.clause("A.13")
def test_who_supervises_a_part_ends_no_access_of_another(world: World) -> None:
    supervisor = policy_of("staff").supervisor.role
    world.grant("qianjin", supervisor, "staff", "销售中心/华东销售部")
    world.grant("sunli", supervisor, "staff", "研发中心")
    request = ask_access(world.desk("zhangwei"), "staff", "客户现场对接", name="单宏", days=7)
    approve(world, "zhouwei", request)
    with pytest.raises(Refused):
        world.desk("qianjin").requests.withdraw(request)
    assert world.desk("qianjin").access.opened() == ()
    assert [row.request for row in world.desk("sunli").access.opened()] == [request]
    world.desk("sunli").requests.withdraw(request)
    assert granted(world, "zhangwei") == set()


@pytest.mark.threat(99)
@pytest.mark.clause("A.13")
def test_what_was_granted_for_a_post_ends_with_a_move_from_it(world: World) -> None:
    """What opened an entry was the work of the old department, on its head's word."""
    request = ask_access(world.desk("zhangwei"), "staff", "客户现场对接", name="单宏", days=7)
    approve(world, "zhouwei", request)
    approve(world, "zengqing", move(world, "liuyang", "zhangwei", "销售中心/华东销售部"))
    assert granted(world, "zhangwei") == set()


@pytest.mark.clause("A.13")
def test_the_own_unit_is_found_before_whom_one_was_given(world: World) -> None:
    desk = world.desk("zhangwei")
    approve(world, "zhaomin", ask_access(desk, "staff", "客户现场对接", name="赵敏", days=7))
    assert [line.name for line in desk.directory.search("staff", "z")] == ["张伟", "张文", "郑微", "赵敏"]
    assert [line.name for line in desk.directory.search("staff", "z", limit=2)] == ["张伟", "张文"]


@pytest.mark.clause("A.13")
@pytest.mark.parametrize("reason", ["", " \n\u3000"])
def test_a_blank_reason_is_denied(world: World, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        ask_access(world.desk("zhangwei"), "staff", reason, name="赵敏")
    assert caught.value.clause == "A.13"


@pytest.mark.clause("A.13")
def test_a_pending_a_rejected_and_a_withdrawn_request_open_nothing(world: World) -> None:
    desk = world.desk("zhangwei")
    pending, rejected, withdrawn = (ask_access(desk, "staff", "对接", name="赵敏") for _number in range(3))
    head = world.desk("zhaomin")
    head.queue.reject(rejected, head.queue.one(rejected).digest, "不必要")
    desk.requests.withdraw(withdrawn)
    assert pending
    assert granted(world, "zhangwei") == set()
    assert AccessGrant.select().count() == 0


@pytest.mark.clause("A.13")
def test_a_head_does_not_grant_themselves_access(world: World) -> None:
    request = ask_access(world.desk("wangfang"), "staff", "对接", name="赵敏")
    assert refusal(world.desk("wangfang"), request, Request.get_by_id(request).digest).clause == "A.13"
    assert names(world.desk("zhaomin")) == {request}


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_asking_for_somebody_out_of_scope_tells_nothing_of_whether_they_exist(world: World) -> None:
    desk = world.desk("tangyu")
    there = ask_access(desk, "subsidiary", "对接", name="邓超")
    nobody = ask_access(desk, "subsidiary", "对接", name="邓不在")
    seen = [desk.requests.one(request) for request in (there, nobody)]
    assert seen[0].row.waits_for == seen[1].row.waits_for
    assert seen[0].row.name == seen[1].row.name == ""
    refused = refusal(world.desk("fangmin"), nobody, Request.get_by_id(nobody).digest)
    assert "Nobody" in refused.message.text
    approve(world, "dengchao", there)
    assert granted(world, "tangyu") == {world.entry("dengchao", "subsidiary")}


@pytest.mark.clause("A.13")
def test_who_sees_everybody_is_told_at_once_that_a_name_is_nobody_s(world: World) -> None:
    desk = world.desk("liuyang")
    for name, unit in (("赵不在", ""), ("赵敏", "研发中心")):
        with pytest.raises(Invalid) as caught:
            ask_access(desk, "staff", "对接", name=name, unit=unit)
        assert [problem.field for problem in caught.value.problems] == ["name"]
    assert Request.select().count() == 0
    world.hire("zhaomin2", "赵敏", "销售中心")
    with pytest.raises(Invalid):
        ask_access(desk, "staff", "对接", name="赵敏", unit="销售中心")
    assert ask_access(desk, "staff", "对接", name="张伟")


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_who_decides_sees_at_once_that_a_name_is_nobody_s_and_who_asks_does_not(world: World) -> None:
    desk, head, keeper = world.desk("tangyu"), world.desk("dengchao"), world.desk("fangmin")
    there = ask_access(desk, "subsidiary", "对接", name="邓超")
    nobody = ask_access(desk, "subsidiary", "对接", name="邓不在")

    def said(view: RequestView) -> str:
        return say(view.lines[0].after, "en")

    assert said(head.queue.one(there)) == "邓超"
    assert (
        said(keeper.queue.one(nobody)) == "邓不在: nobody whom you may open, or more than one, of that name"
    )
    assert [said(desk.requests.one(request)) for request in (there, nobody)] == ["邓超", "邓不在"]
    summaries = {
        row.id: say(row.summary[0].after, "en") for one in (head, keeper) for row in one.queue.window().rows
    }
    assert summaries == {there: "邓超", nobody: "邓不在"}


def test_of_two_with_one_name_the_department_tells_which(world: World) -> None:
    wanted = world.hire("zhaomin2", "赵敏", "销售中心/华东销售部")
    desk = world.desk("zhangwei")
    unclear = ask_access(desk, "staff", "对接", name="赵敏")
    refusal(world.desk("liuyang"), unclear, Request.get_by_id(unclear).digest)
    keeper = world.desk("liuyang")
    keeper.queue.return_(unclear, keeper.queue.one(unclear).digest, "哪个部门的？")
    desk.asking.amend(unclear, {"name": "赵敏", "unit": "华东销售部"}, "对接")
    approve(world, "qianjin", unclear)
    assert granted(world, "zhangwei") == {wanted}


@pytest.mark.threat(18)
def test_no_access_is_asked_for_in_a_book_one_is_nothing_in(world: World) -> None:
    with pytest.raises(Refused):
        ask_access(world.desk("zhangwei"), "subsidiary", "对接", name="唐雨")


def test_a_grant_is_not_announced(world: World) -> None:
    request = ask_access(world.desk("zhangwei"), "staff", "对接", name="张文")
    approve(world, "wangfang", request)
    told = [(row.notice.kind, row.account_id) for row in NoticeRecipient.select()]
    assert told == [("request-outcome", world.accounts["zhangwei"])], "whoever asked alone"
    assert granted(world, "zhangwei") == {world.entry("zhangwen")}


@pytest.mark.threat(18)
@pytest.mark.clause("B.6.2")
def test_whom_only_a_disclosure_shows_no_superior_gives_away(store: Store, clock: Clock) -> None:
    """A head could otherwise open another department's officer without a word of the officer's."""
    wider = build_wider_world("safety")
    desk = wider.desk("dingyi")
    for name in ("牛二", "无此人"):
        with pytest.raises(Refused) as caught:
            ask_access(desk, "safety", "联合检查", name=name)
        assert caught.value.clause == "B.6.2"
        assert "disclosure" in say(caught.value.advice, "en")
    assert Request.select().count() == 0
    assert "access" not in {offer.id for offer in desk.asking.offers() if offer.book == "safety"}


@pytest.mark.clause("G.3.3", "D.4")
@pytest.mark.parametrize(
    ("book", "asker", "whom", "head", "decider"),
    [("wecom", "shuqi", "陆总", "caiming", "huanghr"), ("class", "jiangtao", "孟飞", "", "yanlaoshi")],
)
def test_who_gives_rights_gives_access_too(
    store: Store, clock: Clock, book: str, asker: str, whom: str, head: str, decider: str
) -> None:
    wider = build_wider_world(book)
    request = ask_access(wider.desk(asker), book, "对接", name=whom)
    digest = Request.get_by_id(request).digest
    if head:
        with pytest.raises(Refused):
            wider.desk(head).queue.approve(request, digest)
    wider.desk(decider).queue.approve(request, digest)
    (given,) = wider.desk(asker).access.mine()
    assert given.name == whom


@pytest.mark.clause("A.13")
def test_access_is_asked_for_on_the_form_that_every_other_request_has(world: World) -> None:
    desk = world.desk("zhangwei")
    assert "access" in {offer.id for offer in desk.asking.offers()}
    form = desk.asking.form("access", "staff")
    assert [step.who for step in form.route.steps] == [(WHO_MAY_SEE,)]
    assert say(form.fields[-1].hint, "en") == "1 to 30; blank: 30 (A.11, A.13, set by this organisation)"
    request = desk.asking.ask("access", "staff", {"name": "赵敏", "unit": "", "days": "７"}, "客户现场对接")
    head = world.desk("zhaomin")
    head.queue.return_(request, head.queue.one(request).digest, "请写明部门")
    form = desk.asking.amendment(request)
    assert {field.name: field.value for field in form.fields} == {"name": "赵敏", "unit": "", "days": "7"}
    desk.asking.amend(request, {"name": "赵敏", "unit": "", "days": "7"}, "客户现场对接")
    approve(world, "zhaomin", request)
    assert granted(world, "zhangwei") == {world.entry("zhaomin")}


@pytest.mark.parametrize("days", ["0", "31", "-1", "two", "1.5"])
def test_a_number_of_days_that_is_none_is_said_at_its_field(world: World, days: str) -> None:
    with pytest.raises(Invalid) as caught:
        world.desk("zhangwei").asking.ask("access", "staff", {"name": "赵敏", "days": days}, "对接")
    assert [problem.field for problem in caught.value.problems] == ["days"]


@pytest.mark.threat(23)
@pytest.mark.clause("A.13", "C.10.1")
def test_whoever_opens_somebody_to_others_is_entitled_to_see_them(world: World) -> None:
    """The asker's head where they are, a deputy and who acts as well; else the head of that department."""
    own = ask_access(world.desk("zhangwei"), "staff", "对接", name="张文")
    other = ask_access(world.desk("zhangwei"), "staff", "对接", name="单宏")
    assert names(world.desk("wangfang")) == {own}
    assert names(world.desk("zhouwei")) == {other}
    assert [str(who) for who in world.desk("zhouwei").queue.window().rows[0].waits_for] == ["周围"]
    with writing():
        Grant.create(
            person=world.people["shanhong"], role="head", book="staff", capacity="deputy",
            unit=world.unit("staff", "研发中心/研发二部"), granted_at=clock.now(),
        )  # fmt: skip
    assert names(world.desk("shanhong")) == {other}
    end_headships(unit=world.unit("staff", "研发中心/研发二部"))
    assert names(world.desk("liwei")) == {other}
    approve(world, "liwei", other)
    assert granted(world, "zhangwei") == {world.entry("shanhong")}


@pytest.mark.clause("A.13", "E.5")
def test_an_outside_contact_is_opened_in_the_department_that_answers_for_it(world: World) -> None:
    request = ask_access(world.desk("majun"), "group", "对账", name="谢军")
    assert (names(world.desk("huangbo")), names(world.desk("songjia"))) == (set(), {request})


@pytest.mark.clause("A.13")
def test_what_one_was_granted_oneself_is_not_handed_on(world: World) -> None:
    approve(world, "liwei", ask_access(world.desk("wangfang"), "staff", "对接", name="单宏"))
    assert granted(world, "wangfang") == {world.entry("shanhong")}
    request = ask_access(world.desk("zhangwei"), "staff", "对接", name="单宏")
    assert names(world.desk("wangfang")) == set()
    assert names(world.desk("zhouwei")) == {request}


@pytest.mark.clause("A.13")
def test_who_is_not_entitled_any_more_by_the_time_of_the_decision_opens_nobody(world: World) -> None:
    """The person asked for has moved in between: who keeps the book decides, and the old head does not."""
    request = ask_access(world.desk("zhangwei"), "staff", "对接", name="单宏")
    with writing():
        Entry.update(unit=world.unit("staff", "销售中心/华东销售部")).where(
            Entry.id == world.entry("shanhong")
        ).execute()
    refusal(world.desk("zhouwei"), request, Request.get_by_id(request).digest)
    assert names(world.desk("zhouwei")) == set()
    assert names(world.desk("liuyang")) == {request}


@pytest.mark.threat(23)
@pytest.mark.clause("C.10", "A.13")
@pytest.mark.parametrize("end", ["open", "rejected", "returned", "withdrawn"])
def test_who_decides_gives_away_neither_that_somebody_exists_nor_where(world: World, end: str) -> None:
    """List, steps, history and refusal are the same for somebody of another department, of a third, and for
    nobody; and the asker's own head is asked for none of them."""
    asked = {"赵敏": "zhaomin", "单宏": "zhouwei", "无此人": "liuyang"}
    told = []
    for name, decider in asked.items():
        desk, head = world.desk("zhangwei"), world.desk(decider)
        request = ask_access(desk, "staff", "对接", name=name)
        assert names(world.desk("wangfang")) == set()
        digest = head.queue.one(request).digest
        if end == "rejected":
            head.queue.reject(request, digest, "不必要")
        elif end == "returned":
            head.queue.return_(request, digest, "请说明")
        elif end == "withdrawn":
            desk.requests.withdraw(request)
        seen = desk.requests.one(request)
        row = next(one for one in desk.requests.mine() if one.id == request)
        today = [
            one
            for part in (desk.waiting.mine(0, 50), desk.waiting.others(0, 50))
            for one in part.rows
            if isinstance(one, RequestRow) and one.id == request
        ]
        with pytest.raises(Refused) as caught:
            desk.queue.one(request)
        told.append(
            [
                *(say(one, "en") for one in (*row.waits_for, *seen.row.waits_for)),
                *(say(one, "en") for each in today for one in each.waits_for),
                *(say(each.returned.who, "en") for each in today if each.returned),
                *((say(step.role, "en"), *(say(one, "en") for one in step.who)) for step in seen.steps),
                *((say(one.who, "en"), say(one.office, "en"), say(one.act, "en")) for one in seen.history),
                say(row.returned.who, "en") if row.returned else "",
                say(caught.value.message, "en"), say(caught.value.advice, "en"), caught.value.clause,
                row.unit, row.name,
            ]
        )  # fmt: skip
    assert told[0] == told[1] == told[2]


@pytest.mark.threat(23)
@pytest.mark.clause("A.13", "C.10")
def test_where_nobody_left_is_entitled_it_waits_for_who_keeps_the_book_and_opens_nobody(world: World) -> None:
    """It stands as one for nobody does: who keeps a part of the book alone is not told that there is
    somebody. Once the office is filled, it waits for its holder."""
    with writing():
        end_headships(book="staff")
        Grant.update(revoked_at=clock.now()).where(Grant.role == "hr").execute()
    world.grant("zengqing", "hr", "staff", "研发中心")
    hidden, nobody = (
        ask_access(world.desk("zhangwei"), "staff", "对接", name=name) for name in ("赵敏", "赵恩")
    )
    keeper, told = world.desk("zengqing"), []
    for request, name in ((hidden, "赵敏"), (nobody, "赵恩")):
        view = keeper.queue.one(request)
        refused = refusal(keeper, request, view.digest)
        said = [view.lines[0].after, refused.message, refused.advice]
        told.append([refused.clause, *(say(one, "en").replace(name, "") for one in said)])
    assert told[0] == told[1]
    assert (told[0][0], granted(world, "zhangwei")) == ("A.13", set())
    assert names(keeper) == {hidden, nobody}
    world.grant("zhaomin", "head", "staff", "销售中心")
    assert (names(world.desk("zhaomin")), names(keeper)) == ({hidden}, {nobody})
    approve(world, "zhaomin", hidden)
    assert granted(world, "zhangwei") == {world.entry("zhaomin")}
    keeper.queue.return_(nobody, keeper.queue.one(nobody).digest, "查无此人")


@pytest.mark.clause("A.13")
def test_a_look_up_of_before_an_upgrade_is_decided_by_who_may_see_the_person_too(world: World) -> None:
    """Its step names no department: whoever stands on the asker's own ladder and is entitled decides."""
    request = ask_access(world.desk("zhangwei"), "staff", "对接", name="单宏")
    with writing():
        RequestStep.update(unit=None).execute()
    assert (names(world.desk("wangfang")), names(world.desk("liwei"))) == (set(), {request})


@pytest.mark.clause("A.13")
def test_once_it_is_granted_the_asker_is_told_who_granted_it(world: World) -> None:
    desk = world.desk("zhangwei")
    request = ask_access(desk, "staff", "对接", name="单宏")
    approve(world, "zhouwei", request)
    assert [step.who for step in desk.requests.one(request).steps] == [("周围",)]
