"""Reviews through the screens, key by key: right, wrong, gone; sign, keep, find (B.5.3, H.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.review_kinds import label_of
from db.desk.reviews.review_views import Spread, UnitPart
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.language import say
from db.store.tables import Campaign, Entry, Finding, Grant, Request, ReviewItem, StaleSign
from db.store.transactions import writing
from tests.db.desk.asking import approve
from tests.db.desk.reviewing import own_right
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.reviews_stage import SIZE, Morning, Room, enter, reviews
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, TextInput
from tui.kit.choosing import Choose
from tui.kit.dialogs import AskText
from tui.kit.refusal import Refusal
from tui.screens.asking.change import ChangeScreen
from tui.screens.directory.card import CardScreen
from tui.screens.reviews.entries import ReviewEntries
from tui.screens.reviews.list import SETTLED
from tui.screens.reviews.reviews import ReviewsScreen
from tui.screens.reviews.units import ReviewUnits
from tui.screens.sheets.list import screen_of
from tui.screens.tasks.tasks import TasksScreen
from tui.sheets.reviews import REVIEW_PROGRESS
from tui.sheets.rules import SUMMARY

__all__ = ["reviews"]


def names(app: Room) -> list[str]:
    """What the list on the screen holds."""
    rows = app.screen.query_one(DataList)
    return [str(row.name) for _at, row in sorted(rows._rows.items()) if not isinstance(row, UnitPart)]


def verdicts(campaign: int) -> list[str | None]:
    """What was said of each thing, in order."""
    items = ReviewItem.select().where(ReviewItem.campaign == campaign).order_by(ReviewItem.ord)
    return [item.verdict for item in items]


async def test_a_review_opens_at_the_first_that_is_open(reviews: World) -> None:
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        check = await enter(app, pilot, "check")
        assert isinstance(app.screen, ReviewEntries)
        first = next(row for row in Reviews(app.desk).items(check.id) if row.status == "open")
        assert app.screen.current == first


@pytest.mark.clause("E.6.2", "E.14")
async def test_entries_are_decided_one_key_each(reviews: World) -> None:
    """Every entry of the book in as many keys as there are entries; nothing else is touched."""
    app = Room(reviews, "luoyan")
    check = next(row.id for row in Reviews(reviews.desk("luoyan")).campaigns() if row.kind == "check")
    assert own_right(reviews, check, "luoyan") == 1
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "check")
        assert isinstance(app.screen, ReviewEntries)
        count = Entry.select().where((Entry.book == "group") & (Entry.state == "active")).count()
        await press(pilot, *["a"] * (count - 1))
        assert verdicts(row.id) == ["right"] * count
        await press(pilot, "escape")
        await press(pilot, "x", "y")
    assert Campaign.get_by_id(row.id).closed_at is not None


@pytest.mark.clause("B.5.3")
async def test_each_key_decides_one_that_is_open_wherever_it_stands(reviews: World) -> None:
    """The screen begins at the first open entry, and what is decided is passed over."""
    desk = reviews.desk("kangle")
    campaign = next(row.id for row in Reviews(desk).campaigns() if row.kind == "full-review")
    first = Reviews(desk).items(campaign)[0]
    if first.status == "open":
        Reviews(desk).decide(campaign, first.id, "right", first.version)
    own_right(reviews, campaign, "kangle")
    app = Room(reviews, "kangle")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "full-review")
        await press(pilot, *["a"] * verdicts(campaign).count(None))
    assert None not in verdicts(campaign)


@pytest.mark.clause("B.5.3")
async def test_everything_shows_ones_own_entry_too_which_another_decides(reviews: World) -> None:
    app = Room(reviews, "kangle")
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "full-review")
        assert "康乐" not in names(app)
        await press(pilot, "f", "3")
        assert "康乐" in names(app)
        parts = [one for one in app.screen.query_one(DataList)._rows.values() if isinstance(one, UnitPart)]
        assert sum(part.count.total for part in parts) == row.count.total


@pytest.mark.clause("B.5.3")
async def test_what_another_decides_is_not_offered_and_its_key_says_so(reviews: World) -> None:
    """One's own entry, among everything."""
    app = Room(reviews, "kangle")
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "full-review")
        await press(pilot, "f", "3")
        rows = app.screen.query_one(DataList)
        for offered in (True, False):
            rows.go(next(at for at, one in rows._rows.items() if getattr(one, "mine", None) is offered))
            await pilot.pause()
            assert ("a 无误" in text_of(app)) == offered
        for key in ("a", "x"):
            await press(pilot, key)
            assert "由他人决定" in text_of(app)
            assert row.clause in text_of(app)


async def test_a_review_is_closed_by_one_word_in_chinese(reviews: World) -> None:
    """What the footer offers, what is asked and what the answer says are the same word."""
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        await press(pilot, "escape")
        assert "x 结束核查" in text_of(app)
        await press(pilot, "x")
        assert "关闭" not in text_of(app)


@pytest.mark.clause("B.5.3")
async def test_a_review_with_anything_undecided_is_not_closed(reviews: World) -> None:
    app = Room(reviews, "kangle")
    async with app.run_test(size=SIZE) as pilot:
        rows = Reviews(app.desk).campaigns()
        place = next(number for number, row in enumerate(rows) if row.kind == "full-review")
        app.screen.query_one(DataList).go(place)
        await press(pilot, "x", "y")
        assert isinstance(app.screen, Refusal)
        assert "B.5.3" in str(app.screen._clause)
        await press(pilot, "enter")
    assert Campaign.get_by_id(rows[place].id).closed_at is None


@pytest.mark.clause("B.5.3", "B.5.2")
async def test_wrong_opens_the_change_form_and_is_decided_once_that_is_applied(reviews: World) -> None:
    app = Room(reviews, "kangle")
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "full-review")
        found = app.screen.query_one(DataList)
        found.go(next(at for at, one in found._rows.items() if str(one.name) == "丁一"))
        await press(pilot, "b")
        assert isinstance(app.screen, ChangeScreen)
        app.screen.query_one("#field-area TextInput").focus()
        await press(pilot, "end", "2", "ctrl+s")
        assert isinstance(app.screen, ReviewEntries)
        await press(pilot, "x", "y")
    last = Request.select().order_by(Request.id.desc()).get()
    assert last.entry_id == reviews.entry("dingyi", "safety")
    item = ReviewItem.get((ReviewItem.campaign == row.id) & (ReviewItem.entry == last.entry_id))
    assert (item.verdict, item.request_id) == ("corrected", last.id)
    assert "removed" in verdicts(row.id)
    approve(reviews, "panan", last.id)
    states = {str(one.name): one.status for one in Reviews(reviews.desk("panan")).items(row.id)}
    assert states["丁一"] == "decided"


@pytest.mark.clause("E.6.2", "B.5.3")
@pytest.mark.threat(73)
async def test_a_review_is_done_by_exception_in_few_keys(reviews: World) -> None:
    """Scroll to the end, mark all that was read, look at the names, decide."""
    app = Room(reviews, "luoyan")
    check = next(row.id for row in Reviews(reviews.desk("luoyan")).campaigns() if row.kind == "check")
    assert own_right(reviews, check, "luoyan") == 1
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        await press(pilot, *["pagedown"] * 6, "asterisk", "a")
        assert isinstance(app.screen, Choose)
        shown = text_of(app)
        assert "马军" in shown
        assert set(verdicts(check)) == {"right", None}, "nothing before the names were seen"
        await press(pilot, "y")
        assert set(verdicts(check)) == {"right"}
        assert names(app) == [], "all units are folded"
        assert "罗燕" in text_of(app), "who decided how much stands above the list"


@pytest.mark.clause("E.6.2", "B.5.3")
@pytest.mark.threat(73)
async def test_what_was_never_drawn_is_never_decided(reviews: World) -> None:
    """All are marked on a screen of a few lines: those below are left out, and said to be."""
    app = Room(reviews, "luoyan")
    check = next(row.id for row in Reviews(reviews.desk("luoyan")).campaigns() if row.kind == "check")
    async with app.run_test(size=(80, 16)) as pilot:
        await enter(app, pilot, "check")
        rows = app.screen.query_one(DataList)
        drawn = {key for key in rows.drawn if isinstance(key, int)}
        assert len(drawn) < verdicts(check).count(None)
        await press(pilot, "asterisk")
        assert set(rows.marked) <= drawn
        assert "尚未看到" in text_of(app)
        rows.mark_rows(row for row in Reviews(reviews.desk("luoyan")).items(check))  # by whatever way
        await press(pilot, "a", "y")
    decided = {row.id for row in ReviewItem.select().where(ReviewItem.campaign == check) if row.verdict}
    assert decided
    assert decided <= drawn


@pytest.mark.threat(73)
async def test_what_changed_since_it_was_drawn_is_left_out_and_told(reviews: World) -> None:
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        rows = app.screen.query_one(DataList)
        rows.go(next(at for at, row in rows._rows.items() if isinstance(row, UnitPart) and row.count.open))
        await press(pilot, "asterisk", "a")
        marked = list(app.screen_stack[-2].query_one(DataList).marked)
        item = ReviewItem.get_by_id(marked[0])
        with writing():
            Entry.update(version=Entry.version + 1).where(Entry.id == item.entry_id).execute()
        await press(pilot, "y", *(["enter"] if len(marked) == 1 else []))
        assert ReviewItem.get_by_id(item.id).verdict is None


async def test_a_review_is_searched_and_goes_on_from_what_a_colleague_decided(reviews: World) -> None:
    app = Room(reviews, "luoyan")
    check = next(row.id for row in Reviews(reviews.desk("luoyan")).campaigns() if row.kind == "check")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        name = names(app)[-1]
        await press(pilot, "slash")
        app.screen.query_one(TextInput).value = name
        await pilot.pause()
        assert set(names(app)) == {name}
        await press(pilot, "enter")
        assert app.focused is app.screen.query_one(DataList)
        assert set(names(app)) == {name}, "its department is not folded by that"
        await press(pilot, "escape")
        assert len(names(app)) > 1
        screen = app.screen
        assert isinstance(screen, ReviewEntries)
        screen.perform("next")
        under = screen.current
        assert under is not None
        other = Reviews(reviews.desk("liuyang"))
        row = next(one for one in other.items(check) if one.status == "open" and one.id != under.id)
        other.decide(check, row.id, "right", row.version)
        screen.catch_up()
        await pilot.pause()
        assert screen.current == under, "the cursor stays"
        assert "刘洋" in text_of(app)


@pytest.mark.parametrize("key", ["right_square_bracket", "left_square_bracket", "asterisk"])
async def test_a_review_of_many_departments_reads_those_that_are_near(
    reviews: World, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    asked, items, spread = list[int | None](), Reviews.items, Reviews.spread

    def among_many(self: Reviews, *given: Any, **named: Any) -> Spread:
        real = spread(self, *given, **named)
        others = [replace(real.parts[0], unit=10**6 + number) for number in range(500)]
        return replace(real, parts=(real.parts[0], *others, *real.parts[1:]))

    def noted(
        self: Reviews, campaign: int, which: Any, offset: int, limit: int, unit: int, words: str = ""
    ) -> Any:
        asked.append(unit)
        return items(self, campaign, which, offset, limit, unit, words=words)

    monkeypatch.setattr(Reviews, "spread", among_many)
    monkeypatch.setattr(Reviews, "items", noted)
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        await press(pilot, key)
        assert isinstance(app.screen, ReviewEntries)
        assert app.screen.current is not None
    assert len(set(asked)) < 60, "each page of the list, and the entry that is sought"


@pytest.mark.clause("E.10", "B.3.3")
async def test_everybody_confirms_their_own_entry_with_two_keys(reviews: World) -> None:
    app = Room(reviews, "majun")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert names(app) == ["马军"]
        await press(pilot, "a")
    assert Entry.get_by_id(reviews.entry("majun", "group")).verified_at is not None


@pytest.mark.clause("C.5", "E.7", "H.3.2")
async def test_a_head_looks_at_the_entries_and_signs(reviews: World) -> None:
    app = Room(reviews, "huangbo")
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "sign-off")
        assert isinstance(app.screen, ReviewUnits)
        await press(pilot, "enter")
        assert names(app) == ["黄博", "马军"]
        await press(pilot, "escape", "a")
    unit = reviews.unit("group", "财务中心/会计部")
    item = ReviewItem.get((ReviewItem.campaign == row.id) & (ReviewItem.unit == unit))
    assert (item.verdict, item.decided_by_id) == ("right", reviews.accounts["huangbo"])


@pytest.mark.clause("B.5.1")
async def test_progress_lists_who_has_not_sent_theirs(reviews: World) -> None:
    app = Room(reviews, "panan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "collection")
        await press(pilot, "v")
        assert isinstance(app.screen, screen_of(REVIEW_PROGRESS))
        rows = [row for _at, row in sorted(app.screen.query_one(DataList)._rows.items())]
        assert {row.name for row in rows if row.count.undecided} == {"安全管理部", "二车间", "仓储部"}


@pytest.mark.clause("F.5.1", "H.6.3")
async def test_an_unused_right_is_withdrawn_or_kept_with_a_reason(reviews: World) -> None:
    with_time = Grant.update(granted_at="2026-01-01T00:00:00.000000Z").where(Grant.book == "general")
    with_time.execute()
    app = Room(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        row = await enter(app, pilot, "recertification")
        assert "余慧" not in names(app)
        app.screen.query_one(DataList).go(names(app).index("谭兰"))
        await press(pilot, "a")
        assert isinstance(app.screen, AskText)
        await press(pilot, *"tour", "enter")
        app.screen.query_one(DataList).go(names(app).index("金瑞"))
        await press(pilot, "x")
        assert isinstance(app.screen, Choose)
        await press(pilot, "y")
    kept = ReviewItem.get((ReviewItem.campaign == row.id) & (ReviewItem.verdict == "right"))
    assert kept.comment == "tour"
    gone = Grant.get((Grant.account == reviews.accounts["jinhr"]) & (Grant.book == "general"))
    assert gone.revoked_at is not None


@pytest.mark.clause("H.6.1")
async def test_what_the_system_knows_of_a_point_is_told_in_full_below_the_list(reviews: World) -> None:
    app = Room(reviews, "xinan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "inspection")
        rows = app.screen.query_one(DataList)
        rows.go(next(place for place, row in enumerate(rows.in_sight) if row.facts))
        await pilot.pause(SETTLED + 0.2)
        assert "目前情况" in text_of(app).split("─" * 80)[-1]


@pytest.mark.clause("C.6", "H.3.1", "H.6.1")
async def test_an_inspector_writes_down_a_finding_and_closes_another(reviews: World) -> None:
    app = Room(reviews, "xinan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "inspection")
        await press(pilot, "end", "b", *"keys lie open", "enter", "1", *"soon", "enter")
        assert isinstance(app.screen, AskText), "a slip in the day does not lose what was written before"
        assert "2026-11-23" in text_of(app)
        await press(pilot, *"2026-12-07", "enter")
        found = Finding.select().order_by(Finding.id.desc()).get()
        assert (found.what, found.due) == ("keys lie open", "2026-12-07")
        await press(pilot, "v")
        await press(pilot, "x", *"checked", "enter")
    first = Finding.select().order_by(Finding.id).get()
    assert first.state == "closed"


@pytest.mark.clause("C.6", "H.6.1")
async def test_an_inspector_names_another_owner_of_a_finding(reviews: World) -> None:
    finding = Finding.select().order_by(Finding.id).get()
    Inspections(reviews.desk("xinan")).settle(finding.id, "reopen", "还差一个")
    app = Room(reviews, "xinan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "inspection")
        await press(pilot, "v", "e", "1", "ctrl+u", *"2026-12-07", "enter")
    after = Finding.get_by_id(finding.id)
    assert (after.due, after.owner_id == finding.owner_id) == ("2026-12-07", False)


@pytest.mark.clause("H.3.1")
async def test_a_second_reminder_of_a_day_is_not_told_as_something_to_submit(reviews: World) -> None:
    finding = Finding.select().order_by(Finding.id).get()
    Inspections(reviews.desk("xinan")).settle(finding.id, "reopen", "还差一个")
    app = Room(reviews, "xinan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "inspection")
        await press(pilot, "v", "t", "t")
        assert "✗ 未办理" in text_of(app)
        assert "今天已" in text_of(app)
        assert "还不能提交" not in text_of(app)


@pytest.mark.clause("H.4.3")
async def test_a_finding_that_is_refused_stays_to_be_written_anew(reviews: World) -> None:
    """It is refused at the end, when owner and day are given; the text comes back under the clause."""
    before = Finding.select().count()
    app = Room(reviews, "xinan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "inspection")
        await press(pilot, "b", *"11010519491231002x", "enter", "1", "enter")
        assert isinstance(app.screen, AskText)
        assert app.screen.query_one(TextInput).value == "11010519491231002x"
        assert "H.4.3" in text_of(app)
        assert Finding.select().count() == before
        await press(pilot, *"keys lie open", "enter", "1", "enter")
    assert Finding.select().order_by(Finding.id.desc()).get().what == "keys lie open"


@pytest.mark.clause("E.12")
async def test_a_review_outside_its_cycle_asks_why(reviews: World) -> None:
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "1", "enter")
        assert "E.12" in text_of(app)
        await press(pilot, *"moved house", "enter")
    made = Campaign.select().order_by(Campaign.id.desc()).get()
    assert (made.reason, made.opened_by_id) == ("moved house", reviews.accounts["luoyan"])


@pytest.mark.clause("F.6.2")
async def test_everybody_finds_the_rules_in_brief_on_today(reviews: World) -> None:
    app = Morning(reviews, "lunan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        assert isinstance(app.screen, screen_of(SUMMARY))
        assert "仅供工作使用" in text_of(app)


@pytest.mark.clause("E.14")
async def test_a_dead_number_is_reported_on_the_card(reviews: World) -> None:
    entry = reviews.entry("huangbo", "group")
    app = Room(reviews, "majun", over=lambda app: CardScreen(app.desk.directory.card(entry)))
    async with app.run_test(size=SIZE) as pilot:
        await press_for(pilot, "c", "report")
        await press(pilot, "2")
    sign = StaleSign.get(StaleSign.entry == entry)
    assert (sign.sign, sign.field, sign.reported_by_id) == (
        "dead-number",
        "mobile",
        reviews.accounts["majun"],
    )


async def test_a_task_leads_to_the_very_review_that_it_is_of(reviews: World) -> None:
    app = Room(reviews, "luoyan", over=lambda _app: TasksScreen())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.desk.tasks.mine().rows
        about = [say(row.about, "en") for row in rows]
        app.screen.query_one(DataList).go(about.index(say(label_of("sign-off"), "en")))
        await press(pilot, "enter")
        assert isinstance(app.screen, ReviewsScreen)
        current = app.screen.query_one(DataList).current
        assert current is not None
        assert current.kind == "sign-off"


async def test_what_waits_is_counted_anew_with_each_decision(reviews: World) -> None:
    app = Room(reviews, "majun")
    async with app.run_test(size=SIZE) as pilot:
        app.recount()
        await press(pilot, "enter")
        waiting = app.waiting
        assert waiting
        await press(pilot, "a")
        assert app.waiting == waiting - 1


@pytest.mark.clause("E.14")
async def test_a_clean_up_says_which_number_is_dead(reviews: World) -> None:
    entry = reviews.entry("huangbo", "group")
    Stale(reviews.desk("majun")).report(entry, "mobile")
    Reviews(reviews.desk("luoyan")).open("group", "clean-up", "来电无人接听")
    app = Room(reviews, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "clean-up")
        assert "号码失效（手机）" in text_of(app)


@pytest.mark.clause("E.10", "B.3.3")
async def test_a_task_on_the_list_leads_to_the_review(reviews: World) -> None:
    app = Room(reviews, "majun", over=lambda _app: TasksScreen())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, ReviewsScreen)
        await press(pilot, "enter", "a")
        assert app.desk.tasks.mine().total == 0
