"""What every list can do that is declared in `tui.sheets`, seen on training, findings and stand-ins."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from db.desk import Invalid
from db.desk.papers.sheets import sheet_kinds
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.language import Language
from db.language import say as spoken
from db.store.tables import Delegation, Finding, Trained
from tests.tui.plain.running import Answer, answered
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import BOOK, Classroom, school
from tests.tui.screens.reviews_stage import Room, reviews
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, KitApp
from tui.kit.choosing import Choose
from tui.kit.dialogs import AskText
from tui.screens.accounts.accounts import AccountsScreen
from tui.screens.sheets.list import screen_of
from tui.sheets.asks import At, OfferedAnswer, OneOf
from tui.sheets.findings import FINDINGS
from tui.sheets.papers import KIND
from tui.sheets.registry import SHEETS
from tui.sheets.sheet import Sheet, nothing
from tui.sheets.training import PEOPLE, TOPIC

__all__ = ["reviews", "school"]
SIZE = (120, 36)
Say = Callable[..., Answer]


def over(world: World, login: str) -> Room:
    """The people of the only topic, who are trained or not."""

    def people(app: KitApp) -> Any:
        return screen_of(PEOPLE)({TOPIC.id: Trainings(app.desk).topics()[0]})

    return Room(world, login, over=people)


def names(app: Room) -> list[str]:
    """The names of the list from top to bottom."""
    return [row.name for row in app.screen.query_one(DataList).in_sight]


def marked(app: Room) -> set[str]:
    return {row.name for row in app.screen.query_one(DataList).marked.values()}


async def test_a_list_is_sorted_by_any_column_and_again_the_other_way(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        own = names(app)
        await press(pilot, "s", "1")
        up = names(app)
        assert up == sorted(own, key=lambda name: name.encode("gb18030")) != own
        assert "按姓名 ↑" in text_of(app)
        await press(pilot, "s", "1")
        assert names(app) == up[::-1]
        await press(pilot, "s", "3")
        dates = [row.training.last for row in app.screen.query_one(DataList).in_sight]
        assert dates == [*sorted(filter(None, dates)), *([""] * dates.count(""))], "nothing comes last"


async def test_whose_attendance_is_taken_back_is_named_before(reviews: World) -> None:
    lunan, topic = reviews.entry("lunan", "general"), Trainings(reviews.desk("yuhr")).topics()[0]
    Trainings(reviews.desk("yuhr")).record("general", topic.topic.id, [lunan])
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "end", "x")
        assert "撤回这次签到？" in text_of(app)
        assert f"{topic.topic.label.zh}：鲁南" in text_of(app)
        await press(pilot, "y", *"error", "enter")
        assert "已撤回签到：1 人" in text_of(app)


async def test_a_list_is_narrowed_by_typing_and_by_a_value_and_esc_takes_it_back(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        everybody = names(app)
        held = everybody[2]
        await press(pilot, "down", "down", "slash", *held, "escape")
        assert names(app) == [held], "out of the field first"
        await press(pilot, "escape")
        assert names(app) == everybody
        current = app.screen.query_one(DataList).current
        assert current is not None
        assert current.name == held, "the cursor stays with its item"
        await press(pilot, "f")
        assert isinstance(app.screen, Choose)
        await press(pilot, "2", "1")
        few = names(app)
        assert 0 < len(few) < len(everybody)
        assert f"{len(everybody)} 项中的 {len(few)} 项" in text_of(app)
        await press(pilot, "escape")
        assert names(app) == everybody
        assert isinstance(app.screen, screen_of(PEOPLE))


async def test_what_is_marked_and_narrowed_away_is_said_and_named_before_anything_is_done(
    reviews: World,
) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        hidden, shown = names(app)[:2]
        await press(pilot, "space", "slash", *shown, "escape")
        assert "已选 1，1 条在筛选外（- 取消）" in text_of(app)
        await press(pilot, "space")
        assert "已选 2，1 条在筛选外" in text_of(app)
        await press(pilot, "up", "space", "a")
        assert f"不在当前筛选内：{hidden}" in text_of(app), "what is done is not to whom the cursor is on"
        await press(pilot, "escape", "minus")
        assert "在筛选外" not in text_of(app)


async def test_a_list_narrowed_past_its_cursor_has_it_on_the_first_that_is_left(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        everybody = names(app)
        sought = everybody[3]
        await press(pilot, "down", "space", "slash", *sought)
        assert (names(app), marked(app)) == ([sought], {everybody[1]})
        assert not app.screen.query_one(DataList).astray, "the reader left the other rows out: none is gone"
        assert "不在此列表" not in text_of(app)
        await press(pilot, "escape", "escape")
        current = app.screen.query_one(DataList).current
        assert current is not None
        assert current.name == sought, "what was found is what is meant among all again"


async def test_what_a_list_is_narrowed_to_is_the_same_in_the_other_language(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "2", "1")
        few = names(app)
        await press(pilot, "f9")
        assert names(app) == few
        assert f"{len(few)} of " in text_of(app)


async def test_rows_are_marked_one_by_one_in_a_range_alike_and_all(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        everybody = names(app)
        await press(pilot, "space")
        assert marked(app) == {everybody[0]}
        await press(pilot, "minus", "home", "m", "down", "down", "m")
        assert marked(app) == set(everybody[:3])
        await press(pilot, "minus")
        assert marked(app) == set()
        await press(pilot, "home", "equals_sign")
        rows = {row.name: (row.unit, row.training.state) for row in app.screen.query_one(DataList).in_sight}
        assert marked(app) == {name for name in everybody if rows[name] == rows[everybody[0]]}
        await press(pilot, "asterisk")
        assert marked(app) == set(everybody)
        await press(pilot, "slash", *everybody[0])
        assert marked(app) == set(everybody), "marks survive what narrows the list"


@pytest.mark.clause("F.6.2")
async def test_a_verb_is_done_to_all_that_are_marked(reviews: World) -> None:
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "home", "down", "down", "m", "down", "down", "m", "a")
        asked = text_of(app)
        assert all(name in asked for name in names_under(app)[2:])
        await press(pilot, "y")
    assert Trained.select().where(Trained.on_day == "2026-11-23").count() == 3


async def test_what_waits_is_counted_after_an_act_and_not_where_a_list_opens(
    reviews: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among 100,000 counting took longer than everything else at an opening."""
    counted = list[KitApp]()
    monkeypatch.setattr(Room, "recount", lambda app: counted.append(app))
    monkeypatch.setattr(Room, "is_counted", True)
    app = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        assert counted == []
        await press(pilot, "home", "down", "down", "m", "a", "y")
    assert counted


def names_under(app: Room) -> list[str]:
    return [row.name for row in app.screen_stack[-2].query_one(DataList).in_sight]


@pytest.mark.clause("C.6")
async def test_a_fault_of_an_earlier_answer_leads_back_to_it(reviews: World) -> None:
    """The day is read before the owner is asked for, the owner is judged by the act."""
    app = Room(reviews, "xinan", over=lambda _app: screen_of(FINDINGS)())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "enter", *"11010519491231002x", "enter", "1", "enter")
        assert isinstance(app.screen, AskText)
        assert "H.4.3" in text_of(app)
        await press(pilot, *"keys lie open", "enter")
        assert isinstance(app.screen, screen_of(FINDINGS))
    assert Finding.select().order_by(Finding.id.desc()).get().what == "keys lie open"


async def test_each_of_several_is_done_by_itself_and_what_is_refused_is_said(reviews: World) -> None:
    desk = reviews.desk("xinan")
    campaign = next(row.id for row in Reviews(desk).campaigns() if row.of == "points")
    own = Inspections(desk).find(campaign, "自己的", reviews.accounts["xinan"], "2026-12-07")
    other = Inspections(desk).find(campaign, "别人的", reviews.accounts["ganhr"], "2026-12-07")
    app = Room(reviews, "xinan", over=lambda _app: screen_of(FINDINGS)())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "end", "asterisk", "x")
        assert isinstance(app.screen, Choose), "it names all that are marked"
        await press(pilot, "y", *"seen", "enter")
        said = text_of(app)
        assert "结案：" in said
    states = {row.id: row.state for row in Finding.select()}
    assert states[other] == "closed"
    assert states[own] == "open", "nobody closes what they see to themselves"


async def test_a_column_is_called_what_the_book_calls_it(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(AccountsScreen(BOOK))
        await pilot.pause()
        (heads,) = (line for line in text_of(app).splitlines() if "班级" in line)
        assert "部门" not in heads
        await press(pilot, "enter")
        assert "班级" in text_of(app)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.id)
def test_what_is_declared_fits_together(sheet: Sheet[Any]) -> None:
    """Ids are told apart, headings too, and no verb takes a key of the list itself."""
    for ids in ([verb.id for verb in sheet.verbs], [column.id for column in sheet.columns]):
        assert len(ids) == len(set(ids))
    read = [column for column in sheet.columns if column.value is not nothing]
    headings = [spoken(column.title, "zh_CN") for column in read if not callable(column.title)]
    headings += ["编号"] if all(column.id != sheet.named for column in sheet.columns) else []
    assert len(headings) == len(set(headings)), "a command heads two columns alike"
    keys = {verb.key for verb in sheet.verbs if verb.key}
    assert not keys & {"s", "f", "m", "j", "k", "g", "q", "space", "slash", "minus", "asterisk"}


# The same by commands


@pytest.fixture
def say(reviews: World) -> Say:
    return partial(answered, reviews)


@pytest.mark.parametrize(("language", "called"), [("zh_CN", "班级"), ("en", "Class")])
def test_a_command_heads_a_column_by_what_the_book_calls_it(
    school: World, language: Language, called: str
) -> None:
    assert called in answered(school, "yanlaoshi", "accounts", language=language).text.splitlines()[0]
    assert called in answered(school, "yanlaoshi", "accounts luoxi", language=language).text


def test_of_several_who_are_called_so_nobody_is_chosen(reviews: World) -> None:
    """The note tells them apart, and the number is written instead."""
    people = [
        OfferedAnswer(7, "张伟", "研发一部"),
        OfferedAnswer(8, "张伟", "研发二部"),
        OfferedAnswer(9, "李强", "研发二部"),
    ]
    to: OneOf[int] = OneOf("to", "", choices=lambda _at: people)
    at: At[object] = At(reviews.desk("xinan"))
    with pytest.raises(Invalid) as several:
        to.read(at, "张伟")
    assert "7（研发一部）、8（研发二部）" in spoken(several.value.problems[0].message, "zh_CN")
    assert (to.read(at, "8"), to.read(at, "李强")) == (8, 9)


@pytest.mark.clause("C.6", "H.3.1")
def test_a_finding_is_answered_closed_and_passed_on_by_command(say: Say, reviews: World) -> None:
    (row,) = say("xinan", "findings --json").data
    assert (row["state"], row["due"]) == ("answered", "2026-11-20")
    number = row["finding"]
    told = say("xinan", f"findings {number}").text
    assert "三个离岗账号未收回" in told
    assert "两个已收回" in told
    assert say("xinan", f"findings reopen {number} --word 还差一个").status == 0
    missing = say("xinan", f"findings pass-on {number} --due 2026-12-07")
    assert (missing.status, "--owner" in missing.err) == (2, True)
    wrong = say("xinan", f"findings pass-on {number} --owner 无此人 --due 2026-12-07")
    assert (wrong.status, "无此人" in wrong.err) == (2, True)
    owners = Inspections(reviews.desk("xinan")).owners(Finding.get_by_id(number).campaign_id, number)
    other = next(one for one in owners if one.account != reviews.accounts["xinan"])
    passed = say("xinan", f"findings pass-on {number} --owner {other.account} --due 2026-12-07")
    assert (passed.status, other.name in passed.text) == (0, True)
    assert Finding.get_by_id(number).owner_id == other.account
    assert say("xinan", f"findings close {number} --word 已看过").status == 0
    assert Finding.get_by_id(number).state == "closed"


@pytest.mark.clause("C.6")
def test_who_may_not_close_a_finding_is_refused_by_its_clause(say: Say) -> None:
    number = say("xinan", "findings --json").data[0]["finding"]
    refused = say("ganhr", f"findings close {number} --word fertig")
    assert refused.status == 1
    assert "依 " in refused.err
    assert say("ganhr", "findings close 99999 --word x").status == 1


@pytest.mark.clause("F.6.2")
def test_training_is_listed_and_recorded_by_command(say: Say, reviews: World) -> None:
    (topic,) = say("yuhr", "training --json").data
    people = say("yuhr", f"training people --topic {topic['topic']} --json").data
    own = reviews.entry("yuhr", "general")
    never = [str(one["entry"]) for one in people if one["stands"] == "never" and one["entry"] != own]
    assert never
    done = say("yuhr", f"training people attended {' '.join(never)} --topic {topic['topic']}")
    assert (done.status, str(len(never)) in done.text) == (0, True)
    left = say("yuhr", f"training people --topic {topic['topic']} --json").data
    assert [one["entry"] for one in left if one["stands"] == "never"] == [own], "another records their own"
    taken = say("yuhr", f"training people strike {never[0]} --topic {topic['topic']} --reason 记错了人")
    assert (taken.status, "已撤回签到" in taken.text) == (0, True)
    people = say("yuhr", f"training people --topic {topic['topic']} --json").data
    assert [str(one["entry"]) for one in people if one["struck"]] == [never[0]]
    assert say("yuhr", f"training people strike {own} --topic {topic['topic']} --reason x").status != 0
    reviews.desk("yuhr").evidence.add("签到.csv", "登录名\nlunan\nnobody\n".encode())
    file = reviews.desk("yuhr").evidence.tray()[0].id
    bad = say("yuhr", f"training people import --topic {topic['topic']} --file {file}")
    assert (bad.status, "通讯录中没有此登录名的人" in bad.err) == (1, True)
    refused = say("lunan", "training people")
    assert refused.status != 0


@pytest.mark.clause("A.15")
def test_a_stand_in_is_named_and_ended_by_command(say: Say, reviews: World) -> None:
    for line in ("delegation add --to 1", "delegation add --from 2026-11-24 --until 2026-11-27"):
        assert say("songjia", line).status == 2
    (role,) = {one.role: one for one in reviews.desk("songjia").delegation.roles()}.values()
    to = reviews.desk("songjia").delegation.candidates(role.book, role.role)[0]
    line = f"delegation add --to {to.name} --from 2026-11-24 --until 2026-11-27 --reason 休假"
    assert say("songjia", line).status == 0
    (row,) = say("songjia", "delegation --json").data
    assert (row["from"], row["until"], row["state"]) == ("2026-11-24", "2026-11-27", "to come")
    assert say("songjia", f"delegation end {row['delegation']}").status == 0
    assert Delegation.get_by_id(row["delegation"]).revoked_at is not None
    assert json.loads(say("songjia", "delegation --json").text)[0]["state"] == "revoked"
    assert say("songjia", "delegation", language="en").text.count("ended early") == 1


def test_the_help_names_every_kind_of_sheet_that_is_signed() -> None:
    assert all(kind in spoken(KIND.label, "en") for kind in sheet_kinds())
