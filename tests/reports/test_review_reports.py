"""Reports on reviews and stale entries: progress by department, who is late, what is out of date."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk.entry.stale import note_bounce
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.report import ReviewReports
from db.language import say
from reports import findings, reviews, stale
from reports.catalogue import catalogue
from reports.report import Period, Report
from tests.conftest import Clock
from tests.db.desk.reviewing import all_right, open_all, refused
from tests.reports.answered import answered
from tests.world import World

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
DAYS = (NOVEMBER.first, NOVEMBER.last)


def column(report: Report, name: str) -> list[object]:
    """One column of a report."""
    place = report.column(name)
    return [row[place] for row in report.rows]


@pytest.mark.clause("C.5", "B.5.1")
def test_missing_sign_offs_are_reported(world: World, clock: Clock) -> None:
    campaign = open_all("subsidiary")["sign-off"]
    all_right(world.desk("linxiao"), campaign)
    made = reviews.KIND.build(world.desk("fangmin"), "subsidiary", None, NOVEMBER)
    waiting = {
        str(unit): done
        for unit, done, review in zip(
            column(made, "unit"), column(made, "decided"), column(made, "review"), strict=True
        )
        if str(getattr(review, "text", "")) == "sign-off"
    }
    assert waiting["设计组"] == 1
    assert waiting["交付部"] == 0
    signed = dict(zip(column(made, "unit"), column(made, "signed"), strict=True))
    assert [say(signed[unit], "zh_CN") for unit in ("设计组", "交付部")] == ["林晓", ""]  # type: ignore[arg-type]  # cells
    assert set(column(made, "late")) == {0}
    clock.forward(days=30)
    late = reviews.KIND.build(world.desk("fangmin"), "subsidiary", None, NOVEMBER)
    assert sum(int(str(one)) for one in column(late, "late")) > 0


@pytest.mark.clause("E.7")
def test_a_head_reports_on_the_own_department_only(world: World) -> None:
    open_all("group")
    made = reviews.KIND.build(world.desk("huangbo"), "group", None, NOVEMBER)
    assert set(map(str, column(made, "unit"))) == {"会计部"}
    assert refused(
        lambda: ReviewReports(world.desk("huangbo")).reviews(
            "group", world.unit("group", "法务部"), NOVEMBER.first, NOVEMBER.last
        )
    ).message


@pytest.mark.clause("E.14")
def test_stale_entries_are_reported(world: World) -> None:
    assert stale.KIND.build(world.desk("luoyan"), "group", None, NOVEMBER).rows == ()
    note_bounce("majun@huaxing.example")
    made = stale.KIND.build(world.desk("luoyan"), "group", None, NOVEMBER)
    assert column(made, "name") == ["马军"]
    assert refused(lambda: ReviewReports(world.desk("majun")).stale("group")).message


def test_only_books_with_such_rules_offer_these_reports(world: World) -> None:
    offers = {
        offer.kind.name: [book.id for book in offer.books] for offer in catalogue(world.desk("liuyang"))
    }
    assert offers["reviews"] == offers["stale"] == ["group"]
    assert "training" not in offers


@pytest.mark.clause("C.6")
def test_findings_are_reported_with_those_that_are_late(world: World, clock: Clock) -> None:
    inspector = world.desk("panlong")
    campaign = open_all("subsidiary")["inspection"]
    first = Inspections(inspector).find(campaign, "柜门未锁", world.accounts["yeqing"], "2026-11-24")
    other = Inspections(inspector).find(campaign, "名单外泄", world.accounts["yeqing"], "2026-12-15")
    Inspections(world.desk("yeqing")).answer(first, "已上锁")
    Inspections(inspector).settle(first, "close", "已核对")
    clock.set("2026-12-16T09:00+08:00")
    made = findings.KIND.build(inspector, "subsidiary", None, NOVEMBER)
    assert column(made, "finding") == [first, other]
    assert answered(inspector, made) == (1, 1)
    assert (column(made, "late"), column(made, "closed")) == ([0, 1], ["2026-11-23", ""])
    after = findings.KIND.build(inspector, "subsidiary", None, Period(date(2026, 12, 1), date(2026, 12, 31)))
    assert column(after, "finding") == [other], "what was closed before is not of this period"
    assert refused(lambda: ReviewReports(world.desk("tangyu")).findings("subsidiary", None, *DAYS)).clause
