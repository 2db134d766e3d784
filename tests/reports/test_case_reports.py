"""Reports on cases and on the ranking: what was decided, what it cost, and who comes first."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk.cases.cases import Cases
from db.language import _
from reports import cases, ranking
from reports.catalogue import catalogue
from reports.report import Period
from tests.db.desk.casework import decided
from tests.db.desk.reviewing import all_right, open_all, refused
from tests.reports.answered import answered
from tests.wider_world import build_wider_world
from tests.world import World

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.clause("B.7.2")
def test_cases_are_reported_with_their_sanctions_and_fines(world: World) -> None:
    """To who maintains or supervises the book; a case about the reader is not in it."""
    wide = build_wider_world("safety", beside=world)
    case = Cases(wide.desk("dingyi")).report("safety", "迟报", "late")
    decided(wide, case, "late", "牛二", "fine", amount=50)
    own = Cases(wide.desk("dingyi")).report("safety", "误报", "wrong-data")
    decided(wide, own, "wrong-data", "潘安", "circulated-criticism")
    made = cases.KIND.build(wide.desk("kangle"), "safety", None, NOVEMBER)
    rows = {row[made.column("who")]: row for row in made.rows}
    assert set(rows) == {"牛二", "潘安"}
    assert rows["牛二"][made.column("fine")] == 50
    assert rows["牛二"][made.column("clause")] == "B.7.2"
    hers = cases.KIND.build(wide.desk("panan"), "safety", None, NOVEMBER)
    assert {row[hers.column("who")] for row in hers.rows} == {"牛二"}
    assert answered(wide.desk("kangle"), made) == (0, 2)
    assert answered(wide.desk("panan"), hers) == (0, 1)
    Cases(wide.desk("dingyi")).report("safety", "迟报", "late")
    assert answered(wide.desk("kangle"), made) == (1, 3)
    assert refused(lambda: cases.KIND.build(wide.desk("dingyi"), "safety", None, NOVEMBER))
    assert "cases" not in {offer.kind.name for offer in catalogue(wide.desk("renhe"))}


@pytest.mark.clause("B.7.1")
def test_the_ranking_is_reported_where_a_regulation_praises(world: World) -> None:
    wide = build_wider_world("safety", beside=world)
    all_right(wide.desk("dingyi"), open_all("safety")["self-check"])
    made = ranking.KIND.build(wide.desk("panan"), "safety", None, NOVEMBER)
    assert made.rows[0][made.column("place")] == 1
    units = [row for row in made.rows if row[made.column("unit")] == _("(department)")]
    counts = (sum(int(str(row[made.column(id)])) for row in units) for id in ("on_time", "due", "looked_at"))
    on_time, due, looked_at = counts
    assert looked_at
    assert answered(wide.desk("panan"), made) == (on_time, due, looked_at, looked_at)
    assert "一车间" in {row[made.column("name")] for row in made.rows}
    assert "ranking" not in {offer.kind.name for offer in catalogue(wide.desk("liuyang"))}
