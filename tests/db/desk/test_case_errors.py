"""Errors in entries that people report, and what their reporters hear."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.refusal import SILENT
from db.language import say
from db.store.tables import CaseFile
from tests.db.desk.casework import (
    heard,
)
from tests.db.desk.reviewing import last_record, refused
from tests.world import World

BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


@pytest.mark.clause("H.5.3")
def test_an_error_is_reported_and_the_reporter_hears_the_outcome(wide: World) -> None:
    """Anybody who sees the entry; the information department answers; the reporter is told."""
    reporter = wide.desk("qinyu")
    entry = wide.entry("qinyu", "secured")
    other = wide.hire("lisan", "黎三", "市场部/策划组", book="secured")
    case = Cases(reporter).error(other, "手机打不通", "mobile")
    record = last_record("cases.error")
    assert (record.outcome, record.clause, record.entry) == ("done", "H.5.3", other)
    desk = wide.desk("xinan")
    (row,) = [one for one in Cases(desk).queue() if one.id == case]
    assert (row.sort, row.clause, row.concerned) == ("error", "H.5.3", ("黎三",))
    assert Cases(wide.desk("fuhr")).queue() == (), "nobody investigates an error"
    with pytest.raises(Invalid):
        CaseWork(desk).answer(case, "breach", "已改")
    CaseWork(desk).answer(case, "corrected", "已由人力更正")
    (told,) = heard(wide.desk("qinyu"), "case-outcome")
    assert (told["outcome_en"], told["clause"]) == ("corrected", "H.5.3")
    assert CaseFile.get_by_id(case).state == "closed"
    assert refused(lambda: CaseWork(desk).answer(case, "right", "再看")).clause == SILENT
    with pytest.raises(Invalid):
        Cases(reporter).error(entry, "")
    with pytest.raises(Invalid):
        Cases(reporter).error(entry, "不对", "no-such-field")


@pytest.mark.clause("H.5.3")
def test_who_reported_an_error_reads_the_answer(wide: World) -> None:
    """What they said, of which entry, how far it is, and the word it was answered with."""
    other = wide.hire("lisan", "黎三", "市场部/策划组", book="secured")
    case = Cases(wide.desk("qinyu")).error(other, "手机打不通", "mobile")
    own = Cases(wide.desk("qinyu")).own(case)
    assert (own.words, own.entry_name, own.answer, own.row.state) == ("手机打不通", "黎三", "", "reported")
    assert last_record("cases.own").clause == "H.5.3"
    CaseWork(wide.desk("xinan")).answer(case, "corrected", "已由人力更正，谢谢")
    own = Cases(wide.desk("qinyu")).own(case)
    assert (own.answer, own.row.outcome) == ("已由人力更正，谢谢", "corrected")
    assert [say(step, "en") for _at, step in own.steps] == ["reported", "closed"]
    assert refused(lambda: Cases(wide.desk("shibu")).own(case)).clause == "default"


@pytest.mark.clause("H.5.3", "C.10")
def test_an_error_in_an_entry_out_of_reach_is_answered_like_in_none(wide: World) -> None:
    desk = wide.desk("qinyu")
    beyond = refused(lambda: Cases(desk).error(wide.entry("fuhr", "secured"), "不对"))
    never = refused(lambda: Cases(desk).error(987654, "不对"))
    assert (beyond.clause, say(beyond.message, "en")) == (never.clause, say(never.message, "en"))
    assert not CaseFile.select().exists()
