"""The tasks of reviews: whom one asks, and when theirs ends."""

from __future__ import annotations

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.entry.record import remove_entry
from db.desk.reviews.opening import open_by_cycle
from db.desk.reviews.review_kinds import label_of
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.finishing import finish_if_complete
from db.language import say
from db.store.tables import Account, Entry, ReviewItem, Task
from db.store.transactions import writing
from tests.at_once import second_of_two
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import leave
from tests.db.desk.reviewing import open_all, own_right, refused, things
from tests.world import World

BOOKS_OF = {"wide": ("safety", "general")}


@pytest.fixture
def wide(world: World) -> World:
    """Books with reviews: officers (B), the company's (E), and a general one (F)."""
    return world


@pytest.mark.clause("E.10", "B.3.3")
@pytest.mark.parametrize(
    ("book", "login", "clause"), [("group", "majun", "E.10"), ("safety", "renhe", "B.3.3")]
)
def test_everybody_is_asked_whether_their_own_entry_is_right(
    wide: World, book: str, login: str, clause: str
) -> None:
    campaign = open_all(book)["confirmation"]
    desk = wide.desk(login)
    (mine,) = Reviews(desk).items(campaign)
    assert mine.entry == wide.entry(login, book)
    (task,) = (row for row in desk.tasks.mine().rows if row.thing == campaign)
    assert (task.entry, task.due.clause, task.state) == (mine.entry, f"{clause}, default", "open")
    Reviews(desk).decide(campaign, mine.id, "right", mine.version)
    assert Task.get_by_id(task.id).state == "done"
    assert Entry.get_by_id(mine.entry).verified_at is not None
    other = ReviewItem.get((ReviewItem.campaign == campaign) & (ReviewItem.entry != mine.entry))
    version = Entry.get_by_id(other.entry_id).version
    assert refused(lambda: Reviews(desk).decide(campaign, other.id, "right", version)).clause == clause


@pytest.mark.clause("E.10")
def test_a_decision_goes_through_nobody_elses_task(wide: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred thousand people each would wait for all others' tasks to be looked at."""
    campaign, desk, looked_at = open_all("group")["confirmation"], wide.desk("majun"), list[Task]()
    (mine,) = Reviews(desk).items(campaign)

    def noted(task: Task, account: int | None) -> bool:
        looked_at.append(task)
        return finish_if_complete(task, account)

    monkeypatch.setattr("db.desk.reviews.duties.finish_if_complete", noted)
    Reviews(desk).decide(campaign, mine.id, "right", mine.version)
    assert Task.select().where(Task.kind == "review", Task.state == "open").count() > 3
    assert [task.entry_id for task in looked_at] == [mine.entry]


@pytest.mark.clause("E.10", "E.12")
def test_the_task_ends_with_the_correction(wide: World) -> None:
    """What was found wrong is undecided until its correction is applied, by whoever decides on that."""
    campaign = open_all("group")["confirmation"]
    desk = wide.desk("majun")
    (mine,) = Reviews(desk).items(campaign)
    request = change(wide, "majun", "group")
    Reviews(desk).decide(campaign, mine.id, "corrected", mine.version, request=request)
    (task,) = Task.select().where((Task.entry == mine.entry) & (Task.kind == "review"))
    assert task.state == "open"
    for decider in ("huangbo", "luoyan"):
        approve(wide, decider, request)
    assert Task.get_by_id(task.id).state == "done"


@pytest.mark.clause("B.5.3", "A.10")
def test_the_departments_task_ends_when_the_last_that_was_undecided_leaves(wide: World) -> None:
    campaign = open_all("safety")["full-review"]
    own_right(wide, campaign, "kangle")
    office = wide.desk("kangle")
    *others, last = things(office, campaign).values()
    for row in others:
        Reviews(office).decide(campaign, row.id, "right", row.version)
    (task,) = (one for one in office.tasks.mine().rows if one.thing == campaign)
    with writing():
        remove_entry(last.entry or 0, "2026-11-23")
    assert Task.get_by_id(task.id).state == "done"


@pytest.mark.threat(49)
def test_the_task_ends_when_two_decide_on_the_last_at_once(wide: World) -> None:
    campaign = open_all("safety")["full-review"]
    own_right(wide, campaign, "kangle")
    office, colleague = wide.desk("kangle"), wide.desk("kangle")
    *others, one, last = things(office, campaign).values()
    for row in others:
        Reviews(office).decide(campaign, row.id, "right", row.version)
    (task,) = (row for row in office.tasks.mine().rows if row.thing == campaign)
    second_of_two(
        lambda: Reviews(office).decide(campaign, one.id, "right", one.version),
        lambda: Reviews(colleague).decide(campaign, last.id, "right", last.version),
    )
    assert Task.get_by_id(task.id).state == "done"


@pytest.mark.clause("E.10")
def test_whoever_gets_an_account_only_later_is_asked_among_their_tasks_too(wide: World) -> None:
    """The review begins with the book, before anybody was let in."""
    with writing():
        Account.update(state="invited").where(Account.login == "majun").execute()
    campaign = open_all("group")["confirmation"]
    with writing():
        Account.update(state="active").where(Account.login == "majun").execute()
    desk = wide.desk("majun")
    (task,) = (row for row in desk.tasks.mine().rows if row.thing == campaign)
    assert (task.entry, task.kind) == (wide.entry("majun", "group"), "review")
    (mine,) = Reviews(desk).items(campaign)
    Reviews(desk).decide(campaign, mine.id, "right", mine.version)
    assert campaign not in {row.thing for row in desk.tasks.mine().rows}


@pytest.mark.clause("E.10", "B.3.3")
def test_who_runs_it_has_a_task_for_those_who_cannot_or_did_not_answer(wide: World, clock: Clock) -> None:
    def of_hr(campaign: int) -> list[int]:
        return [row.id for row in wide.desk("luoyan").tasks.mine().rows
                if row.thing == campaign and row.entry is None]  # fmt: skip

    with writing():
        Account.update(state="disabled").where(Account.login == "majun").execute()
    campaign = open_all("group")["confirmation"]
    (for_hr,) = of_hr(campaign)
    desk = wide.desk("luoyan")
    item = things(desk, campaign)["马军"]
    Reviews(desk).decide(campaign, item.id, "right", item.version, word="电话核实")
    assert of_hr(campaign) == []
    assert Task.get_by_id(for_hr).state == "done"

    clock.forward(days=30)
    assert of_hr(campaign) == [], "the others could answer until their day"
    with writing():
        open_by_cycle(policy_of("group"))
        open_by_cycle(policy_of("group"))
    assert len(of_hr(campaign)) == 1


@pytest.mark.clause("E.10", "B.3.3")
def test_the_runners_task_ends_when_who_could_not_answer_does(wide: World) -> None:
    """They were let in meanwhile, so that nothing of it is left to whoever runs the review."""
    with writing():
        Account.update(state="disabled").where(Account.login == "majun").execute()
    campaign = open_all("group")["confirmation"]
    (task,) = Task.select().where(
        (Task.role == "hr") & (Task.kind == "review") & (Task.clause == "E.10, default")
    )
    with writing():
        Account.update(state="active").where(Account.login == "majun").execute()
    desk = wide.desk("majun")
    (mine,) = Reviews(desk).items(campaign)
    Reviews(desk).decide(campaign, mine.id, "right", mine.version)
    assert Task.get_by_id(task.id).state == "done"


def test_a_task_says_which_review_it_is_of(world: World) -> None:
    open_all("group")
    tasks = world.desk("luoyan").tasks.mine().rows
    about = " / ".join(say(task.about, "en") for task in tasks if task.kind == "review")
    assert say(label_of("check"), "en") in about
    assert say(label_of("sign-off"), "en") in about


@pytest.mark.clause("E.12")
def test_two_reviews_of_a_kind_are_told_apart_by_their_day_and_reason(world: World, clock: Clock) -> None:
    open_all("group")
    clock.forward(days=2)
    Reviews(world.desk("luoyan")).open("group", "check", "搬迁后复核")
    about = [say(task.about, "zh_CN") for task in world.desk("luoyan").tasks.mine().rows]
    check = say(label_of("check"), "zh_CN")
    assert {f"11-23 {check}", f"11-25 {check}：搬迁后复核"} <= set(about)


@pytest.mark.clause("E.10", "E.6.4")
@pytest.mark.parametrize("how", ["leave", "delete"])
def test_nobody_is_reminded_to_confirm_an_entry_that_left(wide: World, how: str) -> None:
    open_all("group")
    task = Task.get((Task.kind == "review") & (Task.entry == wide.entry("majun", "group")))
    assert task.state == "open"
    if how == "leave":
        request = leave(wide, "luoyan", "majun", "group")
    else:
        request = wide.desk("luoyan").asking.ask("delete", "group", {"entry": "马军"}, "误录")
    approve(wide, "liuyang", request)
    assert Task.get_by_id(task.id).state == "done"
