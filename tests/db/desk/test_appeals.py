"""Appeals: till when, who hears one, what can come of it, and what the person and the record show (C.12)."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.language import say
from db.store.clock import now
from db.store.tables import Account, CaseAppeal, CaseFile, CaseParty, Grant, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import decided, heard, judged, party, sentenced, turn, under_investigation
from tests.db.desk.reviewing import last_record, refused
from tests.wider_world import employ
from tests.world import World
from tui.sheets.asks import At
from tui.sheets.case_facts import case_state, facts

WHY = "名单是按部门经理要求发送的"


@pytest.fixture
def warned(world: World) -> int:
    """A case in which 唐雨 was criticised by one of the management."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    return case


@pytest.fixture
def demoted(world: World) -> int:
    """One in which both of the management had a part."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "downgrade")
    return case


def hear(desk: Desk, case: int, outcome: str, *sanctions: str) -> None:
    party = int(CaseParty.get(CaseParty.case == case).id)
    CaseWork(desk).hear(case, party, outcome, "情有可原", Sentence(party, sanctions) if sanctions else None)


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_the_person_sees_till_when_they_may_appeal_and_does(world: World, warned: int) -> None:
    """In the notice and on their own case; it goes to who decided nothing of it, and nobody else hears it."""
    person = world.desk("tangyu")
    (told,) = heard(person, "case-verdict")
    own = Cases(person).own(warned)
    assert own.appeal_until is not None
    assert (told["appeal_until"], own.appeal_until.left) == (own.appeal_until.day, 10)
    assert [one.due for one in Cases(person).mine()] == [own.appeal_until], "on their own list too"
    with pytest.raises(Invalid):
        Cases(person).appeal(warned, " ")
    Cases(person).appeal(warned, WHY)
    assert last_record("cases.appeal").clause == "default", "no regulation speaks of appeals"
    assert refused(lambda: Cases(person).appeal(warned, WHY)).clause == "default", "once"
    assert WHY.encode() not in bytes(CaseAppeal.get().words)
    assert refused(lambda: Cases(world.desk("xuning")).appeal(warned, WHY)).clause == "default"
    hearer = turn(world, warned)
    assert hearer.actor.login == "cenzong", "the director decided it"
    assert [one["case"] for one in heard(hearer, "case-appealed")] == [warned]
    (task,) = [one for one in hearer.tasks.mine().rows if one.thing == warned]
    assert say(task.about, "zh_CN").endswith("申诉")
    (row,) = [row for row in Cases(hearer).queue() if row.id == warned]
    assert (row.turn, row.appealed) == (True, True)
    assert [(one.appealed, one.due) for one in Cases(world.desk("tangyu")).mine()] == [(True, None)]
    assert [one.appealed for one in Cases(world.desk("xuning")).mine()] == [False], (
        "who reported it is not told"
    )
    for login in ("cendong", "panlong", "ouyangxue"):
        assert "C.12" in refused(partial(hear, world.desk(login), warned, "lifted")).clause, login


@pytest.mark.clause("C.12")
@pytest.mark.parametrize(
    ("outcome", "sanctions", "left"),
    [
        ("upheld", (), "circulated-criticism"),
        ("changed", ("warning",), "warning"),
        ("lifted", (), ""),
    ],
)
def test_what_comes_of_an_appeal_is_told_and_the_record_shows_both(
    world: World, warned: int, outcome: str, sanctions: tuple[str, ...], left: str
) -> None:
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    hear(turn(world, warned), warned, outcome, *sanctions)
    assert CaseParty.get(CaseParty.case == warned).sanctions == left
    record = last_record("casework.hear")
    assert (record.outcome, record.clause) == ("done", "default")
    (told,) = heard(world.desk("tangyu"), "case-heard")
    assert told["heard_en"] == f"decision {outcome}"
    again = [] if outcome == "upheld" else [f"decision {outcome}"]
    reported = [one["outcome_en"] for one in heard(world.desk("xuning"), "case-outcome")]
    assert reported == [*again, "breach found"], "whoever reported it hears what stands now, and no more"
    (verdict,) = Cases(world.desk("tangyu")).own(warned).verdicts
    assert verdict.appeal is not None
    assert (verdict.appeal.outcome, verdict.appeal.reason) == (outcome, "情有可原")
    assert [say(one, "en") for one in verdict.appeal.before] == ["Circulated criticism"]
    (party,) = Cases(world.desk("panlong")).one(warned).parties
    assert party.appeal == verdict.appeal
    assert not Task.select().where(Task.duty.startswith("case:%:appeal") & (Task.state == "open")).exists()
    assert not [one for one in world.desk("cenzong").tasks.mine().rows if one.thing == warned]


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_an_appeal_makes_nothing_harsher(world: World, warned: int) -> None:
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    desk = turn(world, warned)
    assert refused(lambda: hear(desk, warned, "changed", "downgrade")).clause == "default"
    for outcome, sanctions in (("changed", ()), ("upheld", ("warning",)), ("other", ())):
        with pytest.raises(Invalid):
            hear(desk, warned, outcome, *sanctions)
    assert CaseParty.get(CaseParty.case == warned).sanctions == "circulated-criticism"
    assert CaseAppeal.get().outcome == ""


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_after_its_time_an_appeal_is_refused_with_the_day(world: World, warned: int, clock: Clock) -> None:
    until = Cases(world.desk("tangyu")).own(warned).appeal_until
    assert until is not None
    clock.forward(days=21)
    refusal = refused(lambda: Cases(world.desk("tangyu")).appeal(warned, WHY))
    assert refusal.clause == "default"
    assert until.day in say(refusal.advice, "en")
    assert not CaseAppeal.select().exists()


@pytest.mark.clause("C.12")
def test_a_closed_case_is_appealed_against_too(world: World, warned: int) -> None:
    CaseWork(turn(world, warned)).close(warned, "已执行")
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    assert turn(world, warned).actor.login == "cenzong"
    hear(turn(world, warned), warned, "lifted")
    assert CaseFile.get_by_id(warned).state == "closed"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_an_appeal_is_decided_by_nobody_below_who_decided(world: World, demoted: int) -> None:
    """Director and chief executive decided: neither who keeps the book nor a general manager will do."""
    with writing():
        employ(world, "cenlai", "岑来", "subsidiary", ("general-manager",))
    Cases(world.desk("tangyu")).appeal(demoted, WHY)
    assert refused(partial(hear, world.desk("cenlai"), demoted, "lifted")).clause == "default"
    with writing():
        employ(world, "cenfu", "岑副", "subsidiary", ("chief-executive",))
    assert turn(world, demoted).actor.login == "cenfu"
    assert refused(partial(hear, world.desk("cenlai"), demoted, "lifted")).clause == "default"
    hear(turn(world, demoted), demoted, "changed", "warning")
    assert CaseParty.get(CaseParty.case == demoted).sanctions == "warning"


@pytest.mark.clause("C.12")
def test_who_alone_could_decide_an_appeal_decides_nothing_before(world: World) -> None:
    """Of director, general manager and chief executive the last is kept for it."""
    with writing():
        employ(world, "cenlai", "岑来", "subsidiary", ("general-manager",))
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    under_investigation(world, case, "leak", "唐雨")
    judged(world, case)
    able = [one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(case))]
    assert able == ["岑董", "岑来"]
    sentenced(world, case, Sentence(party(case, "唐雨"), ("downgrade",)))
    Cases(world.desk("tangyu")).appeal(case, WHY)
    assert [one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(case))] == ["岑总"]


@pytest.mark.clause("C.12")
def test_an_acting_manager_hears_it_in_that_office(world: World, demoted: int) -> None:
    """Whoever acts for the time being decides in their own name, and the history says so."""
    with writing():
        Grant.create(
            account=world.accounts["dengchao"], role="chief-executive", book="subsidiary", capacity="acting",
            granted_at=now(),
        )  # fmt: skip
    Cases(world.desk("tangyu")).appeal(demoted, WHY)
    desk = turn(world, demoted)
    assert desk.actor.login == "dengchao"
    hear(desk, demoted, "upheld")
    view = Cases(world.desk("panlong")).one(demoted)
    assert say(view.history[-1].who, "en") == "邓超 (acting: Chief executive)"


def minutes(desk: Desk, case: int) -> None:
    """Attach the minutes of a meeting."""
    kept = desk.evidence.add("会议纪要.txt", "11月30日，经理办公会与工会集体讨论。".encode())
    CaseWork(desk).minutes(case, kept.id, "经理办公会与工会集体讨论")


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_where_nobody_could_decide_an_appeal_a_meeting_does(world: World, demoted: int) -> None:
    """One director and one chief executive decided: the maintainer attaches the minutes, and another office
    enters what they say; neither could alone, and none of those who decided."""
    Cases(world.desk("tangyu")).appeal(demoted, WHY)
    desk = turn(world, demoted)
    assert heard(desk, "case-appealed")
    assert "C.12" in refused(partial(hear, desk, demoted, "lifted")).clause
    with pytest.raises(Invalid):
        CaseWork(desk).minutes(demoted, "none", "开会了")
    minutes(desk, demoted)
    assert "C.12" in refused(partial(hear, desk, demoted, "lifted")).clause, "nobody takes both steps"
    second = turn(world, demoted)
    assert second.actor.login not in (desk.actor.login, "cendong", "cenzong")
    for login in ("cendong", "cenzong"):
        assert "C.12" in refused(partial(hear, world.desk(login), demoted, "upheld")).clause, login
    hear(second, demoted, "changed", "warning")
    assert CaseParty.get(CaseParty.case == demoted).sanctions == "warning"
    (told,) = heard(world.desk("tangyu"), "case-heard")
    assert told["heard_zh"] == "变更处分"
    acts = [say(one.act, "zh_CN") for one in Cases(world.desk("panlong")).one(demoted).history][-3:]
    assert acts == ["申诉", "已附会议纪要", "申诉已复议"]
    view = Cases(world.desk("panlong")).one(demoted)
    *deciders, last = [say(one, "zh_CN") for one in view.decided_by]
    entered = say(view.history[-1].who, "zh_CN")
    assert entered not in deciders, "whoever enters minutes decides nothing"
    assert last == f"会议（{entered}录入）"


@pytest.mark.clause("C.12")
def test_an_appeal_for_which_nobody_is_there_waits_for_whom_the_book_appoints(
    world: World, demoted: int
) -> None:
    """On record in its time; who fills the offices is told, and it goes on once somebody is there."""
    taken = list(Grant.select().where((Grant.book == "subsidiary") & Grant.in_force()))
    with writing():
        for one in taken:
            if one.role not in ("director", "chief-executive"):
                one.revoked_at = now()
                one.save()
    Cases(world.desk("tangyu")).appeal(demoted, WHY)
    assert CaseRoles().waiting_approvers(CaseFile.get_by_id(demoted)) == ()
    assert CaseAppeal.get().outcome == ""
    with writing():
        employ(world, "cenfu", "岑副", "subsidiary", ("chief-executive",))
    hear(turn(world, demoted), demoted, "lifted")
    assert CaseParty.get(CaseParty.case == demoted).sanctions == ""


def standing_party(case: int) -> int:
    return int(CaseParty.get(CaseParty.case == case).id)


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_a_wrong_decision_is_opened_again_and_lifted_by_a_second(
    world: World, demoted: int, clock: Clock
) -> None:
    """Closed, and long after an appeal could be made; the record stays, and the sanction counts no more."""
    CaseWork(turn(world, demoted)).close(demoted, "已执行")
    clock.forward(days=400)
    first, party = world.desk("cenzong"), standing_party(demoted)
    for login in ("panlong", "tangyu", "xuning"):
        with pytest.raises(Refused):
            CaseWork(world.desk(login)).reopen(demoted, party, "另有其人")
    with pytest.raises(Invalid):
        CaseWork(first).reopen(demoted, party + 1, "另有其人")
    CaseWork(first).reopen(demoted, party, "另有其人")
    assert last_record("casework.reopen").clause == "default"
    decider = turn(world, demoted)
    (waiting,) = [one for one in Cases(decider).queue() if one.id == demoted]
    assert say(case_state(waiting).text, "en") == "opened again", "nobody appealed"
    _about, (_heading, status), *_rest = facts(At(decider), Cases(decider).one(demoted))
    assert status == [case_state(waiting)], "and not closed beside it"
    (task,) = [one for one in decider.tasks.mine().rows if one.thing == demoted]
    assert say(task.about, "en").endswith("opened again")
    assert CaseParty.get_by_id(party).sanctions == "downgrade", "until it is reviewed it stands"
    assert "C.12" in refused(partial(hear, first, demoted, "lifted")).clause
    second = world.desk("cendong")
    assert heard(second, "case-review")
    hear(second, demoted, "lifted")
    row, now_ = CaseFile.get_by_id(demoted), CaseParty.get_by_id(party)
    assert (row.state, now_.sanctions, now_.occurrences) == ("closed", "", 0)
    (told,) = heard(world.desk("tangyu"), "case-reviewed")
    assert told["heard_zh"] == "撤销处分"
    (verdict,) = Cases(world.desk("tangyu")).own(demoted).verdicts
    assert verdict.appeal is not None
    assert verdict.appeal.reopened
    assert [say(one, "zh_CN") for one in verdict.appeal.before] == ["降级"]
    ruled = [say(one, "zh_CN") for one in Cases(second).one(demoted).decided_by]
    assert len(ruled) == len(set(ruled)), "who ruled twice is named once"
    acts = [say(one.act, "zh_CN") for one in Cases(second).one(demoted).history][-2:]
    assert acts == ["重新审查原决定", "原决定已复核"], "nobody appealed"
    assert "reopen" not in Cases(second).one(demoted).steps, "nothing stands any more"
    assert Cases(world.desk("tangyu")).own(demoted).appeal_until is None, "nor is there anything to appeal"
    assert Cases(second).one(demoted).appeal_until is None
    assert [one.due for one in Cases(world.desk("tangyu")).mine()] == [None]
    assert "lifted" in refused(lambda: Cases(world.desk("tangyu")).appeal(demoted, WHY)).message.text


@pytest.mark.clause("C.12")
def test_the_sheet_of_a_reviewed_decision_tells_of_no_appeal_and_how_to_make_one(
    world: World, warned: int
) -> None:
    CaseWork(world.desk("cenzong")).reopen(warned, standing_party(warned), "证据有误")
    hear(turn(world, warned), warned, "upheld")
    desk = turn(world, warned)
    paper = desk.papers.draw_up("decision", str(warned), "把通讯录发到群里")
    words = "\n".join(str(one) for one in desk.papers.one(paper).content.pages[0].words)
    assert "2026-11-23 重新审查：维持原决定" in words, "nobody appealed"
    assert "申诉" in words, "they may, yet"
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    hear(turn(world, warned), warned, "upheld")
    paper = desk.papers.draw_up("decision", str(warned), "把通讯录发到群里")
    words = "\n".join(str(one) for one in desk.papers.one(paper).content.pages[0].words)
    assert "2026-11-23 的申诉：维持原决定" in words
    assert "可在" not in words, "nobody appeals twice"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_a_successor_opens_again_what_their_predecessor_decided(world: World, demoted: int) -> None:
    """The office does; nobody who is below who decided, and not together with one who is below too."""
    with writing():
        for one in Grant.select().where(Grant.role.in_(["director", "chief-executive"])):
            one.revoked_at = now()
            one.save()
        employ(world, "cenxin", "岑新", "subsidiary", ("chief-executive",))
        employ(world, "cenlai", "岑来", "subsidiary", ("director",))
    party = standing_party(demoted)
    CaseWork(world.desk("cenlai")).reopen(demoted, party, "证据有误")
    able = [one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(demoted))]
    assert able == ["岑新"], "the judge and the director together are below the chief executive who confirmed"
    hear(world.desk("cenxin"), demoted, "upheld")
    assert CaseParty.get_by_id(party).sanctions == "downgrade"
    assert heard(world.desk("tangyu"), "case-reviewed")
    Cases(world.desk("tangyu")).appeal(demoted, WHY)
    assert [one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(demoted))], (
        "their own appeal is left"
    )


@pytest.mark.clause("C.12")
def test_an_appeal_made_while_a_decision_is_reviewed_waits_behind_it(world: World, warned: int) -> None:
    party = standing_party(warned)
    CaseWork(world.desk("cenzong")).reopen(warned, party, "证据有误")
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    hear(turn(world, warned), warned, "upheld")
    assert CaseAppeal.select().where(CaseAppeal.outcome == "").count() == 1
    hear(turn(world, warned), warned, "lifted")
    assert not CaseAppeal.select().where(CaseAppeal.outcome == "").exists()


@pytest.mark.clause("C.12")
def test_what_is_lifted_in_a_review_ends_an_appeal_too(world: World, warned: int) -> None:
    party = standing_party(warned)
    CaseWork(world.desk("cenzong")).reopen(warned, party, "证据有误")
    Cases(world.desk("tangyu")).appeal(warned, WHY)
    hear(turn(world, warned), warned, "lifted")
    assert not CaseAppeal.select().where(CaseAppeal.outcome == "").exists()
    assert not Task.select().where(Task.duty.startswith("case:%:appeal") & (Task.state == "open")).exists()


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_who_has_no_account_appeals_on_paper(world: World, demoted: int, clock: Clock) -> None:
    """Whoever handles the case writes it down, within the time, once; nobody does for who has an account."""
    handler, party = turn(world, demoted), standing_party(demoted)
    with pytest.raises(Refused):
        CaseWork(handler).lodge(demoted, party, "书面申诉")
    with writing():  # as it was decided already
        Account.update(state="disabled").where(Account.id == world.accounts["tangyu"]).execute()
        CaseParty.update(reached=False).execute()
    with pytest.raises(Refused):
        CaseWork(world.desk("cendong")).lodge(demoted, party, "书面申诉")
    CaseWork(handler).lodge(demoted, party, "12月1日来信")
    view = Cases(handler).one(demoted)
    assert say(view.history[-1].act, "zh_CN") == "书面申诉"
    assert view.parties[0].appeal is not None
    assert not view.parties[0].appeal.reopened
    minutes(turn(world, demoted), demoted)
    hear(turn(world, demoted), demoted, "lifted")
    with pytest.raises(Refused):
        CaseWork(handler).lodge(demoted, party, "再次申诉")
    assert CaseAppeal.select().count() == 1


@pytest.mark.clause("A.12", "C.12")
@pytest.mark.parametrize("on_paper", [False, True])
def test_a_finding_without_a_sanction_is_appealed_on_paper_as_by_an_account(
    world: World, on_paper: bool
) -> None:
    Cases(world.desk("zhangwei")).report("staff", "名单外传", "leak")
    case = CaseFile.get().id
    assert decided(world, case, "leak", "张文")
    if on_paper:
        with writing():
            Account.update(state="disabled").where(Account.id == world.accounts["zhangwen"]).execute()
            CaseParty.update(reached=False).execute()
        CaseWork(turn(world, case)).lodge(case, party(case, "张文"), "12月1日来信")
    else:
        Cases(world.desk("zhangwen")).appeal(case, WHY)
    assert CaseAppeal.get().lodged == on_paper


@pytest.mark.clause("C.12")
def test_a_letter_after_the_time_is_refused_with_the_day(world: World, demoted: int, clock: Clock) -> None:
    handler = turn(world, demoted)
    with writing():
        Account.update(state="disabled").where(Account.id == world.accounts["tangyu"]).execute()
    clock.forward(days=21)
    with pytest.raises(Refused) as caught:
        CaseWork(handler).lodge(demoted, standing_party(demoted), "书面申诉")
    assert "2026-" in say(caught.value.advice, "en")
