"""Cases in every state, and the application over one person's desk among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.screen import Screen

from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.editions.editions import Editions
from db.desk.reviews.reviews import Reviews
from tests.conftest import Clock
from tests.db.desk.casework import found, judged, manage, party, sentenced, under_investigation
from tests.db.desk.reviewing import all_right, open_all, things
from tests.editions_world import build_editions_world
from tests.tui.conftest import View
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.kit import KitApp
from tui.screens.modes import ANYWHERE


class Bureau(Stage):
    """Today and the directory, with what opens over any screen."""

    SHOWN = ("today", "directory")

    def __init__(
        self,
        world: World,
        login: str,
        view: View | None = None,
        over: Callable[[KitApp], Screen[object]] | None = None,
    ) -> None:
        super().__init__(world, login, view, over)
        self.anywhere = ANYWHERE


@pytest.fixture
def bureau(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A week of cases, seen on Monday 2026-11-23."""
    with templates.copy(CASES, tmp_path / "state", clock) as world:
        yield world


def _fill(clock: Clock) -> World:
    world = build_editions_world(build_wider_world("safety", "secured", beside=build_world()))
    world.desk("tangyu").directory.reveal(world.entry("linxiao", "subsidiary"), "mobile", "work")
    world.desk("tangyu").directory.card(world.entry("linxiao", "subsidiary"))
    leak = Cases(world.desk("xuning")).report("subsidiary", "客户手里有设计组的整页名册", "leak")
    clock.forward(hours=3)
    investigator = world.desk("ouyangxue")
    CaseWork(investigator).involve(leak, found(investigator, leak, "唐雨"))
    desk = under_investigation(world, leak, "leak")
    CaseWork(desk).attach(leak, "audit", str(CaseWork(desk).trail(leak)[-1].seq))
    misuse = Cases(world.desk("gaoshan")).report("subsidiary", "有人用名册推销保险", "misuse")
    CaseWork(world.desk("panlong")).triage(misuse, "misuse", "可以立案")
    Cases(world.desk("dengchao")).error(world.entry("dengchao", "subsidiary"), "手机少了一位", "mobile")
    Cases(world.desk("xuning")).report("subsidiary", "打印机旁有一份名册，没有人认领")
    assistant = world.desk("zhuli")
    issue = Editions(assistant).issue("controlled", "internal").id
    copy = next(row.number for row in Editions(assistant).copies(issue) if row.name == "陶军")
    passed_on = Cases(world.desk("xiepi")).report("controlled", "在打印室找到", "forwarding", copy)
    under_investigation(world, passed_on, "forwarding")
    judged(world, passed_on)
    fine = Sentence(party(passed_on, "陶军"), ("fine",))
    sentenced(world, passed_on, fine, word="本人承认")
    manage(world, "subsidiary")
    campaigns = open_all("safety")
    for kind in ("collection", "self-check"):
        all_right(world.desk("dingyi"), campaigns[kind])
    office, review = world.desk("kangle"), campaigns["full-review"]
    rows = things(office, review)
    for name in ("丁一", "卫国"):
        Reviews(office).decide(review, rows[name].id, "right", rows[name].version)
    Reviews(office).decide(review, rows["牛二"].id, "removed", rows["牛二"].version)
    return world


CASES = Template(begin="2026-11-16T09:00+08:00", seen=MONDAY, fill=_fill)
