"""What waits for whom, each matter once, and whose the time is while a request lies with its author."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Desk
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.task_views import TaskRow
from db.language import say
from db.store.tables import Account, Notice, NoticeRecipient, RequestStep, Task
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import approved, duties, joiner, leave
from tests.wider_world import build_wider_world
from tests.world import World

LAST = date(2026, 12, 31)


def send_back(world: World, login: str, request: int, word: str = "请附证明") -> None:
    """Return what waits for ``login``."""
    desk = world.desk(login)
    desk.queue.return_(request, desk.queue.one(request).digest, word)


def requests_of(desk: Desk) -> list[int]:
    """The requests that wait for somebody, in the order of the list."""
    return [row.id for row in desk.waiting.mine().rows if isinstance(row, RequestRow)]


@pytest.mark.clause("A.15")
def test_what_was_returned_waits_for_its_author_first_and_says_why(world: World) -> None:
    decided = change(world, "zhangwen", mobile="139 0000 2122")
    own = change(world, "wangfang")
    send_back(world, "liwei", own, "请写明楼层")
    desk = world.desk("wangfang")
    assert requests_of(desk) == [own, decided]
    (first, _other) = desk.waiting.mine().rows
    assert isinstance(first, RequestRow)
    assert first.returned is not None
    assert (say(first.returned.who, "en"), first.returned.word, first.waits_for) == (
        "李伟 (head of 研发中心)",
        "请写明楼层",
        ("王芳",),
    )
    count = desk.waiting.count()
    assert (count.all, count.returned) == (2, (own,))
    assert desk.waiting.others().total == 0


def test_a_return_is_told_to_its_author_and_stands_on_today_once(world: World) -> None:
    request = change(world, "zhangwei")
    send_back(world, "wangfang", request)
    notice = Notice.get(Notice.kind == "returned")
    told = [row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == notice)]
    assert (told, notice.request_id) == ([world.accounts["zhangwei"]], request)
    desk = world.desk("zhangwei")
    assert [one.kind for one in desk.notices.unread()] == ["returned"]
    assert desk.waiting.news() == ()
    assert requests_of(desk) == [request]


@pytest.mark.clause("A.9")
def test_the_days_of_who_keeps_the_directory_stand_still_while_the_author_has_it(
    world: World, clock: Clock
) -> None:
    """They were answered by the return, and begin anew: what the author takes is nobody's lateness."""
    request = change(world, "zhangwei")
    send_back(world, "wangfang", request)
    clock.set("2026-12-10T09:00+08:00")
    (row,) = world.desk("zhangwei").requests.mine()
    assert (row.due, row.returned.clause if row.returned else "") == (None, "A.9")
    table = world.desk("liuyang").overview.compliance("staff", None, date(2026, 11, 1), LAST)
    assert [(one.on_time, one.overdue) for one in table.rows if one.due] == [(1, 0)]
    desk = world.desk("zhangwei")
    form = desk.changes.amendment(request)
    assert form.amends is not None
    desk.changes.amend(request, form.version, form.amends.asked, "换号", form.amends.evidence)
    (again,) = desk.requests.mine()
    assert again.due is not None
    assert (again.due.day, again.due.clause) == ("2026-12-15", "A.9")


@pytest.mark.clause("A.9")
def test_a_return_after_the_due_day_is_late(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    clock.set("2026-11-30T09:00+08:00")
    send_back(world, "wangfang", request)
    clock.set("2026-12-10T09:00+08:00")
    table = world.desk("liuyang").overview.compliance("staff", None, date(2026, 11, 1), LAST)
    assert [(one.late, one.worst, one.overdue) for one in table.rows if one.due] == [(1, 2, 0)]


@pytest.mark.clause("A.8")
def test_the_days_since_somebody_joined_run_on_for_whoever_enters_them(world: World, clock: Clock) -> None:
    request = world.desk("liuyang").lifecycle.join(joiner(world, "研发中心"))
    send_back(world, "zengqing", request)
    clock.set("2026-11-30T09:00+08:00")
    (row,) = world.desk("liuyang").waiting.mine().rows
    assert isinstance(row, RequestRow)
    assert row.due is not None
    assert (row.due.left, row.due.clause) == (-2, "A.8")


@pytest.mark.clause("A.8", "A.10")
def test_a_matter_is_one_row_whichever_way_it_waits(world: World) -> None:
    """The request wins over its task. Who asked for it waits, who decides it decides, and nobody is shown a
    task that they can do nothing about as one that waits for them."""
    left = leave(world, "liuyang", "zhangwen")
    asked, decides = world.desk("liuyang"), world.desk("zengqing")
    assert Task.select().where((Task.request == left) & (Task.state == "open")).exists()
    assert asked.waiting.mine().rows == ()
    assert [row.id for row in asked.waiting.others().rows if isinstance(row, RequestRow)] == [left]
    assert len(asked.waiting.others().rows) == 1
    assert [type(row) for row in decides.waiting.mine().rows] == [RequestRow]
    assert decides.waiting.others().rows == ()


@pytest.mark.clause("A.8")
def test_a_task_whose_request_others_decide_waits_for_them_by_name(world: World) -> None:
    request = world.desk("liuyang").lifecycle.join(joiner(world, "研发中心/研发一部"))
    RequestStep.update(role="head").where(RequestStep.request == request).execute()
    desk = world.desk("zengqing")
    assert desk.waiting.count().all == 0
    (row,) = desk.waiting.others().rows
    assert isinstance(row, TaskRow)
    assert list(map(str, row.waits_for)) == ["王芳"]
    assert requests_of(world.desk("wangfang")) == [request]


@pytest.mark.clause("A.8")
def test_a_returned_joiner_is_the_authors_request_and_a_colleagues_task(world: World) -> None:
    request = world.desk("liuyang").lifecycle.join(joiner(world, "研发中心"))
    send_back(world, "zengqing", request)
    (own,), (other,) = world.desk("liuyang").waiting.mine().rows, world.desk("zengqing").waiting.mine().rows
    assert isinstance(own, RequestRow)
    assert isinstance(other, TaskRow)
    assert other.returned


@pytest.mark.clause("A.9", "A.10")
def test_reminders_of_what_waits_are_no_news_and_alarms_end_with_what_they_are_about(
    world: World, clock: Clock
) -> None:
    request = leave(world, "liuyang", "zhangwen")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert "decision-overdue" in {one.kind for one in world.desk("zengqing").notices.unread()}
    assert world.desk("zengqing").waiting.news() == ()
    assert [one.kind for one in world.desk("helei").waiting.news()] == ["last-day", "decision-escalated"]
    assert [one.kind for one in world.desk("wangfang").waiting.news()] == ["last-day", "duty-escalated"]
    approved(world, "zengqing", request)
    for login in ("helei", "wangfang"):
        assert [one.kind for one in world.desk(login).waiting.news()] == ["last-day"]


def test_everybody_has_the_tasks_that_are_theirs_whether_they_hold_an_office_or_not(world: World) -> None:
    for book in ("class", "secured", "safety"):
        build_wider_world(book, beside=world)
    leave(world, "liuyang", "zhangwen")
    leave(world, "fuhr", "shibu", "secured")
    duties()
    assignees = TaskAssignees()
    for login, account in world.accounts.items():
        if Account.get_by_id(account).state != "active":
            continue
        desk = world.desk(login)
        rows = Task.select().where(
            (Task.state == "open") & Task.book.in_([b.id for b in desk.me.who().books])
        )
        theirs = {row.id for row in rows if assignees.acting_capacity(row, account) is not None}
        assert {row.id for row in desk.tasks.mine().rows} == theirs, login


def test_who_might_have_decided_learns_who_did(world: World) -> None:
    withdrawn, approved_, own = (
        change(world, "zhangwei"),
        change(world, "zhangwen", mobile="139 0000 2122"),
        change(world, "liwei", mobile="139 0000 2123"),
    )
    head = world.desk("wangfang")
    assert head.queue.gone(withdrawn) is None, "it waits still"
    world.desk("zhangwei").requests.withdraw(withdrawn)
    last = head.queue.gone(withdrawn)
    assert last is not None
    assert (last.who, last.act.text) == ("张伟", "withdrawn")
    approve(world, "wangfang", approved_)
    assert head.queue.gone(approved_) is None, "they did it themselves"
    approve(world, "liuyang", approved_)
    last = world.desk("zengqing").queue.gone(approved_)
    assert last is not None
    assert (last.who, last.act.text, last.comment) == ("刘洋", "approved", "")
    assert head.queue.gone(own) is None
    assert world.desk("zhouwei").queue.gone(withdrawn) is None, "it was never theirs to decide"
    assert head.queue.gone(999_999) is None


def test_another_sessions_act_stirs_and_looks_and_own_acts_do_not(world: World, clock: Clock) -> None:
    desk = world.desk("zhangwei")
    assert not desk.pulse.has_changed(), "the first answer is what the next is held to"
    assert not desk.pulse.has_changed()
    world.desk("zhangwen").directory.card(world.entry("zhangwei"))
    assert not desk.pulse.has_changed()
    request = change(world, "zhangwen", mobile="139 0000 2122")
    assert desk.pulse.has_changed()
    assert not desk.pulse.has_changed()
    approve(world, "wangfang", request)
    assert desk.pulse.has_changed()
    desk.evidence.add("受理单.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    assert not desk.pulse.has_changed()
    clock.forward(days=1)
    assert desk.pulse.has_changed(), "what is due today is another day's"
