"""What a school's people are offered to do is called by what their directory holds."""

from __future__ import annotations

from db.store.engine import Store
from tests.wider_world import build_wider_world
from tests.world import World
from tui.jobs import find_jobs, list_jobs


def titles(world: World, login: str) -> set[str]:
    return {job.zh for job in list_jobs(world.desk(login))}


def test_a_pupil_enrols_where_a_directory_holds_pupils(store: Store, world: World) -> None:
    """“Somebody joins” stood among what a teacher often does; they find it by that word still."""
    school = build_wider_world("class", beside=world)
    theirs = titles(school, "yanlaoshi")
    assert {"有学生入学", "有学生转班", "有学生离校"} <= theirs
    assert not theirs & {"有人入职", "有人调动", "有人离职"}
    assert {"有人入职", "有人调动", "有人离职"} <= titles(world, "liuyang")
    (found,) = [job for job in find_jobs("入职", list_jobs(school.desk("yanlaoshi"))) if job.may == "enters"]
    assert found.zh == "有学生入学"
