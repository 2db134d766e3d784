"""Reports on people who join, move and leave, on receipts of copies, and on consents."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Refused
from db.desk.editions.report import EditionReports
from db.desk.entry.record import apply_values
from db.desk.importing.importing import Source
from db.language import LANGUAGES, say
from db.store.engine import Store
from db.store.tables import Entry
from db.store.transactions import writing
from reports import disclosures, movements, receipts
from reports.catalogue import catalogue
from reports.formats.text import render
from reports.period import parse_period
from reports.report import Period, Report, spoken_cell
from tests.conftest import Clock
from tests.db.desk.importing_world import person, sheet
from tests.db.desk.lives import approved, joiner, leave, move
from tests.editions_world import BOOK, a_week_later, assistant, build_editions_world
from tests.reports.answered import answered
from tests.wider_world import build_wider_world
from tests.world import World

TODAY = date(2026, 11, 23)
THIS_WEEK = Period(date(2026, 11, 23), date(2026, 11, 29))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def rows(report: Report, *columns: str) -> list[tuple[str, ...]]:
    """Some columns of a report, in English."""
    places = [report.column(name) for name in columns]
    return [tuple(spoken_cell(row[place], "en") for place in places) for row in report.rows]


def reads(report: Report) -> None:
    """It can be drawn in both languages, and every heading and word of it is translated."""
    texts = {language: render(report, language, 120) for language in LANGUAGES}
    assert texts["zh_CN"] != texts["en"]
    for language, text in texts.items():
        assert say(report.title, language) in text


@pytest.mark.clause("A.8", "A.9", "A.10")
def test_the_weeks_joiners_movers_and_leavers_with_how_long_it_took(world: World, clock: Clock) -> None:
    desk = world.desk("liuyang")
    desk.lifecycle.expect(joiner(world, "人力资源部", joined="2026-11-23", values={"name": "还没来"}))
    joins = desk.lifecycle.join(joiner(world, "研发中心/研发一部", joined="2026-11-17"))
    approved(world, "zengqing", joins)
    moves = move(world, "liuyang", "zhangwei", "研发中心/研发二部")
    approved(world, "zengqing", moves)
    leave(world, "liuyang", "zhouwei", day="2026-11-23")
    made = movements.KIND.build(world.desk("zengqing"), "staff", None, THIS_WEEK)
    assert rows(made, "event", "name", "unit", "to", "day", "entered", "late", "state") == [
        ("joins", "新来", "研发一部", "", "2026-11-17", "2026-11-23", "1", "entered"),
        ("joins", "还没来", "人力资源部", "", "2026-11-23", "", "0", "expected"),
        ("moves", "张伟", "研发一部", "研发二部", "2026-11-23", "2026-11-23", "0", "entered"),
        ("leaves", "周围", "研发二部", "", "2026-11-23", "", "0", "undecided"),
    ]
    reads(made)
    clock.forward(days=14)
    later = parse_period("7d", date(2026, 12, 7))
    waiting = movements.KIND.build(world.desk("zengqing"), "staff", None, later)
    assert rows(waiting, "name") == [("还没来",), ("周围",)]


@pytest.mark.clause("A.8", "I.4.2.1")
def test_who_came_in_by_a_file_joined_in_its_month(world: World, clock: Clock) -> None:
    """Once the book is in use; the unit that one heads tells of its own alone."""
    file = sheet(person(1, "林同", "研发中心/研发一部"), person(2, "林异", "人力资源部"))
    world.desk("liuyang").importing.load("staff", file, Source("new.xlsx", "0" * 64))
    with writing():
        apply_values(
            Entry.get(Entry.name == "林同").id, {"position": ("主管",)}, source="test", verifier=None
        )
    clock.forward(days=14)
    made = movements.KIND.build(world.desk("zengqing"), "staff", None, NOVEMBER)
    assert rows(made, "event", "name", "unit", "entered", "late", "state") == [
        ("joins", "林同", "研发一部", "2026-11-23", "", "imported"),
        ("joins", "林异", "人力资源部", "2026-11-23", "", "imported"),
    ]
    reads(made)
    own = movements.KIND.build(world.desk("wangfang"), "staff", None, NOVEMBER)
    assert rows(own, "name") == [("林同",)]
    december = parse_period("7d", date(2026, 12, 7))
    assert movements.KIND.build(world.desk("zengqing"), "staff", None, december).rows == ()


@pytest.mark.clause("A.12")
def test_a_head_sees_who_comes_to_and_goes_from_the_own_unit_only(world: World) -> None:
    leave(world, "liuyang", "zhangwei", day="2026-11-23")
    leave(world, "liuyang", "zhouwei", day="2026-11-23")
    made = movements.KIND.build(world.desk("wangfang"), "staff", None, THIS_WEEK)
    assert rows(made, "name") == [("张伟",)]


@pytest.mark.clause("I.4.3.1", "I.4.3.2")
def test_every_copy_and_who_has_not_acknowledged_it(store: Store, clock: Clock) -> None:
    world = build_editions_world()
    a_week_later(world, clock)
    made = receipts.KIND.build(assistant(world), BOOK, None, NOVEMBER)
    copies = rows(made, "edition", "name", "waiting")
    assert ("Internal directory", "唐总", "0") in copies
    assert ("Internal directory", "陶军", "1") in copies
    waiting = [waits for *_rest, waits in copies].count("1")
    assert 0 < waiting < len(copies)
    assert answered(assistant(world), made) == (waiting, len(copies))
    assert {edition for edition, *_rest in copies} == {
        "Internal directory",
        "External directory",
    }
    reads(made)
    assert receipts.KIND.build(world.desk("fengdir"), BOOK, None, NOVEMBER).rows == made.rows
    assert receipts.KIND.build(assistant(world), BOOK, None, Period(TODAY, TODAY)).rows == ()
    with pytest.raises(Refused) as refused:
        EditionReports(world.desk("taojs")).receipts(BOOK, None, NOVEMBER.first, NOVEMBER.last)
    assert refused.value.clause


@pytest.mark.clause("B.6.2")
def test_who_was_asked_what_they_said_and_what_was_given(store: Store, clock: Clock) -> None:
    world = build_wider_world("safety")
    asked = {
        "people": "牛二; 任和; 康乐",
        "what": "all",
        "to": str(world.unit("safety", "一车间")),
        "days": "7",
    }
    request = world.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合演练")
    first = disclosures.KIND.build(world.desk("panan"), "safety", None, NOVEMBER)
    assert answered(world.desk("panan"), first) == (3, 0, 3)
    niuer = world.desk("niuer").consents
    niuer.answer(niuer.mine()[0].id, "yes")
    renhe = world.desk("renhe").consents
    renhe.answer(renhe.mine()[0].id, "no")
    kangle = world.desk("kangle").consents
    kangle.answer(kangle.mine()[0].id, "open")
    approved(world, "panan", request)
    made = disclosures.KIND.build(world.desk("panan"), "safety", None, NOVEMBER)
    assert answered(world.desk("panan"), made) == (3, 2, 0)
    assert sorted(rows(made, "name", "asked_by", "to", "answer", "given", "until")) == [
        ("任和", "丁一", "一车间", "refuses", "", ""),
        ("康乐", "丁一", "一车间", "agrees, without Mobile", "2026-11-23", "2026-11-30"),
        ("牛二", "丁一", "一车间", "agrees", "2026-11-23", "2026-11-30"),
    ]
    reads(made)
    assert (
        disclosures.KIND.build(world.desk("panan"), "safety", None, parse_period("2026-10", TODAY)).rows == ()
    )
    with pytest.raises(Refused):
        world.desk("dingyi").overview.disclosures("safety", None, NOVEMBER.first, NOVEMBER.last)


def test_receipts_are_offered_where_something_is_issued(store: Store, clock: Clock, world: World) -> None:
    assert "receipts" not in {offer.kind.name for offer in catalogue(world.desk("zengqing"))}
    build_editions_world(beside=world)
    assert "receipts" in {offer.kind.name for offer in catalogue(world.desk("fengdir"))}


@pytest.mark.clause("D.2.1")
def test_reports_on_a_class_speak_of_classes(store: Store, clock: Clock) -> None:
    teacher = build_wider_world("class").desk("yanlaoshi")
    heads = [
        spoken_cell(column.head, "zh_CN")
        for offer in catalogue(teacher)
        for column in offer.kind.build(teacher, "class", None, NOVEMBER).columns
        if column.id == "unit"
    ]
    assert set(heads) == {"班级"}
