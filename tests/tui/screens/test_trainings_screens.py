"""Trainings through the screens, key by key: attendance, courses, and what is due (F.6)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.today.waiting import OtherMatter
from db.desk.training.trainings import Trainings
from db.policy.lessons import questions
from db.store.tables import Trained
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.reviews_stage import SIZE, Morning, Room, reviews
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList
from tui.kit.choosing import Choose
from tui.screens.sheets.list import screen_of
from tui.screens.today.today import Today
from tui.sheets.training import COURSE, MINE

__all__ = ["reviews"]


@pytest.mark.clause("F.6.1", "F.6.2")
async def test_attendance_is_recorded_by_key_and_from_a_list(reviews: World) -> None:
    reviews.desk("yuhr").evidence.add("签到.csv", "姓名,日期\n鲁南,2026-11-20\n谭兰,2026-11-20\n".encode())
    app = Room(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "4", "enter")
        people = app.screen.query_one(DataList)
        first = people.current
        await press(pilot, "space", "a")
        assert isinstance(app.screen, Choose)
        asked = text_of(app)
        assert first is not None
        assert first.name in asked
        assert "11-23" in asked
        await press(pilot, "n")
        assert not Trained.select().where(Trained.on_day == "2026-11-23").exists()
        await press(pilot, "a", "y")
        assert Trained.select().where(Trained.on_day == "2026-11-23").count() == 1
        await press(pilot, "i", "enter")
    listed = Trained.select().where(Trained.on_day == "2026-11-20")
    assert {row.person_id for row in listed} == {reviews.people["lunan"], reviews.people["tanlan"]}
    assert all(row.source.startswith("签到.csv ") for row in listed)


@pytest.mark.clause("F.6.2")
async def test_a_course_is_read_and_its_test_passed_by_keys(reviews: World) -> None:
    """From Today: the topic, the course, one question after the other; what is wrong is said by clause."""
    app = Morning(reviews, "lunan")
    asked = questions(policy_of("general"))
    right = [one.right for one in asked]
    wrong = [(right[0] + 1) % len(asked[0].answers), *right[1:]]
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "enter")
        assert isinstance(app.screen, screen_of(COURSE))
        assert "对您" in text_of(app)
        await press(pilot, "n", *_choosing(wrong))
        assert f"! {len(asked)} 题中答错 1 题。请重读：{asked[0].clause}，" in text_of(app)
        assert "从未培训" in text_of(app)
        await press(pilot, "n", *_choosing(right))
        assert "✓ 已通过" in text_of(app)
        assert "从未培训" not in text_of(app), "the line above the course tells how it stands now"
        assert Trainings(app.desk).mine()[0].training.by_course


def _choosing(places: Sequence[int]) -> list[str]:
    """The keys that choose the answer at each place, of lists with the cursor on the first."""
    return [key for place in places for key in (*["down"] * place, "enter")]


@pytest.mark.clause("F.6.2")
async def test_a_training_that_is_due_waits_on_today(reviews: World) -> None:
    """Until it is recorded: counted with what waits, under its clause; Enter says more."""
    app = Morning(reviews, "lunan")
    async with app.run_test(size=SIZE) as pilot:
        line = next(line for line in text_of(app).splitlines() if "F.6.2" in line)
        for words in ("F.6.2、本单位设定", "逾期", "通讯录使用规定"):
            assert words in line, words
        assert app.waiting == app.desk.tasks.mine().total + 1
        rows = app.screen.query_one(DataList)
        assert isinstance(rows.current, OtherMatter), "before what is due later"
        await press(pilot, "enter")
        assert isinstance(app.screen, screen_of(MINE))
        assert "从未培训" in text_of(app)
        assert "Space" not in text_of(app), "who records nothing selects nobody"
        Trainings(reviews.desk("yuhr")).record(
            "general", "directory-rules", [reviews.entry("lunan", "general")]
        )
        await press(pilot, "escape")
        assert isinstance(app.screen, Today)
        assert not any(isinstance(row, OtherMatter) for row in app.screen.query_one(DataList).in_sight)
        assert app.waiting == app.desk.tasks.mine().total
    soon = Morning(reviews, "dubei")
    async with soon.run_test(size=(120, 36)) as pilot:
        line = next(line for line in text_of(soon).splitlines() if "F.6.2" in line)
        assert "剩 6 天" in line
        assert "剩 6" in line
        soon.recount()
        assert soon.waiting == soon.desk.queue.counts().all + soon.desk.tasks.mine().total + 1
    held = Morning(reviews, "jinhr")
    async with held.run_test(size=SIZE):
        assert not any(isinstance(row, OtherMatter) for row in held.screen.query_one(DataList).in_sight)


@pytest.mark.clause("F.6.2")
async def test_a_bad_attendance_list_is_explained_row_by_row(reviews: World) -> None:
    """Whoever keeps the list finds the cell again, and nothing of it was taken in."""
    reviews.desk("yuhr").evidence.add("签到.csv", "登录名\nlunan\nnobody\n".encode())
    app = Room(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "4", "enter", "i", "enter")
        shown = text_of(app)
        for words in ("签到.csv", "第 3 行", "登录名", "通讯录中没有此登录名的人"):
            assert words in shown, words
    assert not Trained.select().where(Trained.person == reviews.people["lunan"]).exists()
