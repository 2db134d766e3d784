"""A class teacher backs up and mends a loss without leaving the screen (D.8, D.11.1)."""

from __future__ import annotations

import pytest

from db.desk.entry.record import apply_values, load_entry
from db.store.tables import Request
from db.store.transactions import writing
from tests.db.desk.lives import approved
from tests.tui.conftest import Snap, View
from tests.tui.screens.class_stage import BOOK, Classroom, school
from tests.tui.screens.directory_stage import SMALL, drawn
from tests.tui.screens.stage import press
from tests.world import World
from tui.screens.directory.backups import BackupsScreen, Losses

__all__ = ["school"]


@pytest.mark.clause("D.8", "D.11.1")
async def test_the_teacher_backs_up_and_puts_back_by_keys(school: World) -> None:
    pupil = school.entry("jiangtao", BOOK)
    before = load_entry(pupil).values["parent_phones"]
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "v", "3")
        assert isinstance(app.screen, BackupsScreen)
        assert "D.8" in drawn(app)
        await press(pilot, "n")
        with writing():
            apply_values(pupil, {"parent_phones": ("+8613600009999",)}, source="误改", verifier=None)
        await press(pilot, "enter")
        assert isinstance(app.screen, Losses)
        assert "江涛" in drawn(app)
        await press(pilot, "n", "y")
        await pilot.pause()
        assert isinstance(app.screen, Losses)
        await press(pilot, "escape")
        assert isinstance(app.screen, BackupsScreen)
        assert load_entry(pupil).values["parent_phones"] == ("+8613600009999",), "nobody has decided yet"
    approved(school, "shilaoshi", Request.get(Request.kind == "change").id)
    assert load_entry(pupil).values["parent_phones"] == before


async def test_nobody_else_has_the_key(school: World) -> None:
    app = Classroom(school, "jiangtao")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "v")
        assert not isinstance(app.screen, BackupsScreen)


def test_backups_of_a_class(snap_matrix: Snap, school: World) -> None:
    """When one was made, in how many places, and what it is called."""
    school.desk("yanlaoshi").backups.make(BOOK)
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=("v", "3"),
    )


def test_what_is_lost(snap_matrix: Snap, school: World) -> None:
    """An entry that was changed since the backup, with the field."""
    pupil = school.entry("jiangtao", BOOK)
    made = school.desk("yanlaoshi").backups.make(BOOK)
    with writing():
        apply_values(pupil, {"parent_phones": ("+8613600009999",)}, source="误改", verifier=None)

    def stage(view: View) -> Classroom:
        return Classroom(school, "yanlaoshi", view)

    assert made.places
    snap_matrix(stage, press=("v", "3", "enter"))
