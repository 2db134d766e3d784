"""The ranking of a period and commendations (B.7.1)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from db.desk import Invalid
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.ranking import Ranked
from db.desk.cases.work import CaseWork
from db.desk.requests.objecting import Objections
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import Commendation, Notice, NoticeRecipient
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.reviewing import all_right, last_record, open_all, refused, things
from tests.wider_world import build_wider_world
from tests.world import World

QUARTER = (date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture
def safety(world: World, clock: Clock) -> World:
    """The officer of the first workshop collected in time and all was right; the second workshop is late,
    and what was found of it was wrong."""
    wide = build_wider_world("safety", beside=world)
    campaigns = open_all("safety")
    officer = wide.desk("dingyi")
    for kind in ("collection", "self-check"):
        all_right(officer, campaigns[kind])
    office = wide.desk("kangle")
    review = campaigns["full-review"]
    rows = things(office, review)
    for name in ("丁一", "卫国"):
        Reviews(office).decide(review, rows[name].id, "right", rows[name].version)
    Reviews(office).decide(review, rows["牛二"].id, "removed", rows["牛二"].version)
    case = Cases(wide.desk("niuer")).error(wide.entry("niuer", "safety"), "本人手机已换", "mobile")
    CaseWork(office).answer(case, "corrected", "已更正")
    clock.set("2027-01-04T09:00+08:00")
    run(RunnerPlace("host", "test"))
    return wide


def named(rows: tuple[Ranked, ...], name: str, *, person: bool = False) -> Ranked:
    return next(row for row in rows if row.name == name and (row.entry is not None) == person)


@pytest.mark.clause("B.7.1")
def test_the_timely_and_accurate_come_first(safety: World) -> None:
    rows = Praise(safety.desk("panan")).ranking("safety", *QUARTER)
    first, second = named(rows, "一车间"), named(rows, "二车间")
    assert (first.accuracy, second.accuracy) == (100, 0)
    assert (first.timeliness or 0) > (second.timeliness or 0)
    assert first.place < second.place
    assert named(rows, "丁一", person=True).accuracy == 100
    assert named(rows, "牛二", person=True).wrong >= 1
    record = last_record("praise.ranking")
    assert (record.outcome, record.clause, record.book) == ("done", "B.7.1", "safety")


@pytest.mark.clause("B.7.1")
def test_what_is_open_past_its_day_counts_against_whoever_does_it(safety: World) -> None:
    """The second officer collected nothing and checked nothing, in that quarter or since."""
    for quarter in (QUARTER, (date(2027, 1, 1), date(2027, 3, 31))):
        rows = Praise(safety.desk("panan")).ranking("safety", *quarter)
        for person in (False, True):
            late = named(rows, "牛二" if person else "二车间", person=person)
            assert late.overdue >= 2
            assert late.timeliness == 100 * late.on_time // late.due < 50
            assert late.against


@pytest.mark.clause("B.7.1")
def test_praise_against_the_figures_is_warned_of_with_the_figures(safety: World) -> None:
    """Only who says so all the same praises whoever left things undone; it is on record."""
    desk = safety.desk("panan")
    row = named(Praise(desk).ranking("safety", *QUARTER), "二车间")
    with pytest.raises(Invalid) as caught:
        Praise(desk).commend("safety", *QUARTER, row.unit)
    (problem,) = caught.value.problems
    assert problem.field == "anyway"
    said = say(problem.message, "en")
    assert f"{row.on_time} of {row.due} in time, {row.overdue} overdue" in said
    assert "B.7.1" in said
    assert not Commendation.select().exists()
    Praise(desk).commend("safety", *QUARTER, row.unit, word="带头整改", anyway=True)
    assert '"against":true' in detail_of(last_record("praise.commend"))


@pytest.mark.threat(18)
@pytest.mark.clause("B.7.1")
def test_nobody_commends_the_department_that_they_are_in_or_head(safety: World) -> None:
    """Others who may do it commend it; somebody who keeps the directory commends any other."""
    for login in ("dingyi", "weiguo"):
        safety.grant(login, "safety", "safety")
    safety.grant("weiguo", "head", "safety", "二车间")
    for login, unit in (("dingyi", "一车间"), ("panan", "安全管理部"), ("weiguo", "二车间")):
        commend = partial(Praise(safety.desk(login)).commend, "safety", *QUARTER)
        assert refused(partial(commend, safety.unit("safety", unit), anyway=True)).clause == "B.7.1"
    assert not Commendation.select().exists()
    Praise(safety.desk("dingyi")).commend("safety", *QUARTER, safety.unit("safety", "一车间/装配班"))


@pytest.mark.clause("B.7.1")
def test_a_commendation_is_on_record_and_heard(safety: World) -> None:
    """By the safety department; the person hears it; nobody twice, nobody themselves, no officer praises."""
    desk = safety.desk("panan")
    unit, entry = safety.unit("safety", "一车间"), safety.entry("dingyi", "safety")
    Praise(desk).commend("safety", *QUARTER, unit, entry, "报送及时，信息准确")
    (row,) = Praise(safety.desk("niuer")).list("safety")
    assert (row.whom, row.word, row.clause) == ("丁一", "报送及时，信息准确", "B.7.1")
    told = [one for one in safety.desk("dingyi").notices.unread() if one.kind == "commended"]
    assert [one.clause for one in told] == ["B.7.1"]
    Praise(desk).commend("safety", *QUARTER, unit)
    heard = [one for one in safety.desk("weiguo").notices.unread() if one.kind == "commended"]
    assert len(heard) == 1
    with pytest.raises(Invalid):
        Praise(desk).commend("safety", *QUARTER, unit, entry)
    with pytest.raises(Invalid):
        Praise(desk).commend("safety", *QUARTER, unit, 987654)
    with pytest.raises(Invalid):
        Praise(desk).commend("safety", date(2027, 1, 1), date(2027, 3, 31), unit)
    refusal = refused(lambda: Praise(safety.desk("dingyi")).commend("safety", *QUARTER, unit))
    assert refusal.clause == "B.7.1"
    assert refused(lambda: Praise(safety.desk("dingyi")).ranking("safety", *QUARTER)).clause == "B.7.1"
    assert Commendation.select().count() == 2


@pytest.mark.threat(99)
@pytest.mark.clause("B.7.1")
def test_praise_is_taken_back_by_whoever_may_praise_and_heard(safety: World) -> None:
    """By whoever holds the office now; who was praised, who praised and who watches hear it."""
    desk, entry = safety.desk("panan"), safety.entry("dingyi", "safety")
    unit = safety.unit("safety", "一车间")
    number = Praise(desk).commend("safety", *QUARTER, unit, entry, "报送及时")
    assert refused(lambda: Praise(safety.desk("dingyi")).take_back(number)).clause == "B.7.1"
    other = Praise(safety.desk("zhangwei"))
    hidden, nobody = (refused(partial(other.take_back, one)).message for one in (number, 987654))
    assert hidden == nobody
    Praise(safety.desk("kangle")).take_back(number)
    assert Praise(desk).list("safety") == ()
    for login in ("dingyi", "panan"):
        assert "uncommended" in {one.kind for one in safety.desk(login).notices.unread()}
    assert (last_record("praise.take_back").outcome, last_record("praise.take_back").clause) == (
        "done",
        "B.7.1",
    )
    Praise(desk).commend("safety", *QUARTER, unit, entry)


@pytest.mark.threat(99)
@pytest.mark.clause("B.7.1")
def test_whoever_was_told_of_praise_by_one_hand_has_it_taken_back(safety: World) -> None:
    Praise(safety.desk("panan")).commend("safety", *QUARTER, safety.unit("safety", "一车间"))
    told = Notice.select().where(Notice.kind == "power-done").order_by(Notice.id.desc()).get()
    watcher = NoticeRecipient.get(NoticeRecipient.notice == told).account.login
    Objections(safety.desk(watcher)).object(told.id)
    assert not Commendation.select().exists()


@pytest.mark.clause("B.7.1")
def test_nobody_commends_themselves(safety: World) -> None:
    desk = safety.desk("kangle")
    mine = named(Praise(desk).ranking("safety", *QUARTER), "康乐", person=True)
    refusal = refused(lambda: Praise(desk).commend("safety", *QUARTER, mine.unit, mine.entry))
    assert refusal.clause == "B.7.1"
    assert not Commendation.select().exists()
