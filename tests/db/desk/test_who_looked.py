"""Who looked one up is told by unit, never by name; no unit is named that tells a few people apart."""

from __future__ import annotations

from collections import Counter

import pytest

from db.desk.emergency.emergencies import Emergencies
from db.desk.privacy.crowds import FEWEST, Crowds
from db.language import say
from db.store.clock import now
from db.store.tables import Entry, Grant, Unit
from db.store.transactions import writing
from tests.wider_world import build_wider_world
from tests.world import World


def looks(world: World, login: str) -> list[tuple[str, ...]]:
    """Act, by whom and purpose of each look at ``login``, the newest first."""
    [found] = [one for one in world.desk(login).privacy.mine() if one.id == "looks"]
    return [tuple(say(cell, "zh_CN") for cell in row[1:]) for row in found.rows]


def test_a_look_is_told_by_the_unit_of_the_viewer_with_its_purpose(world: World) -> None:
    for login in ("lixin", "zhaoyun"):
        world.hire(login, "新人", "人力资源部")
    entry = world.entry("zhangwei")
    world.desk("liuyang").directory.reveal(entry, "mobile", "work", "核对信息")
    world.desk("zhangwei").directory.card(entry)
    [own, revealed] = looks(world, "zhangwei")
    assert own[1] == "本人"
    assert revealed[1] == "人力资源部的一位同事"
    assert revealed[2], "with its purpose"
    assert "刘洋" not in repr(looks(world, "zhangwei"))


def test_it_stays_so_when_the_viewer_moves(world: World) -> None:
    """Else a look that changes its unit on the day of a move tells who it was."""
    for login in ("lixin", "zhaoyun"):
        world.hire(login, "新人", "人力资源部")
    world.desk("liuyang").directory.card(world.entry("zhangwei"))
    before = looks(world, "zhangwei")
    with writing():
        Entry.update(unit=world.unit("staff", "销售中心")).where(Entry.id == world.entry("liuyang")).execute()
    assert looks(world, "zhangwei") == before


def test_what_a_form_showed_is_a_look_too(world: World) -> None:
    """Whoever keeps the book is shown protected values by the form of a change."""
    world.desk("liuyang").changes.form(world.entry("zhangwei"))
    assert len(looks(world, "zhangwei")) == 1
    world.desk("liuyang").directory.contact(world.entry("zhangwei"), "work")
    assert len(looks(world, "zhangwei")) == 2, "a card that shows a number is one look"


@pytest.mark.threat(23)
def test_a_unit_of_one_person_is_not_named(world: World) -> None:
    """Nor one of two, nor one of three where the reader is the third."""
    world.desk("liuyang").directory.card(world.entry("zhangwei"))
    assert "人力资源部" not in repr(looks(world, "zhangwei")), "of two"
    world.desk("zhangwen").directory.card(world.entry("zhengwei"))
    named = looks(world, "zhengwei")[0][1]
    assert named == "研发一部的一位同事", "of four, three besides the reader"
    with writing():
        Entry.update(state="left").where(Entry.id == world.entry("zhangwei")).execute()
    assert looks(world, "zhengwei")[0][1] != named


def test_every_name_that_is_told_stands_for_three_or_more(world: World) -> None:
    for book in ("staff", "group", "subsidiary"):
        for login in ("zhangwei", "liuyang", "chenjing"):
            own = [entry for (_book, one), entry in world.entries.items() if one == login]
            _holds_of_all(book, own)


def _holds_of_all(book: str, own: list[int]) -> None:
    """Who looks is one of three or more by what is told, or "a colleague", which is any of three or more."""
    crowds, mine = Crowds(own), {row.person_id for row in Entry.select().where(Entry.id.in_(own))}
    others = [
        row
        for row in Entry.select().where((Entry.book == book) & (Entry.state == "active"))
        if row.person_id not in mine
    ]
    told = Counter(say(crowds.one_of(row.unit_id), "zh_CN") for row in others)
    assert min(told.values()) >= min(FEWEST, len(others)), told


@pytest.mark.threat(23)
@pytest.mark.parametrize("alone", [1, 2])
def test_the_few_at_the_top_are_not_told_apart_by_having_no_unit(world: World, alone: int) -> None:
    """Where all others have a unit to be named by, "a colleague" would be the managing director."""
    with writing():
        root = Unit.get((Unit.book == "staff") & Unit.parent.is_null())
        keep = [world.entry(one) for one in ("chenjing", "helei")[:alone]]
        first = world.unit("staff", "研发中心/研发一部")
        Entry.update(unit=first).where((Entry.book == "staff") & Entry.id.not_in(keep)).execute()
        Entry.update(unit=root.id).where(Entry.id.in_(keep)).execute()
    _holds_of_all("staff", [world.entry("zhangwei")])


def test_whoever_has_no_entry_here_is_told_by_their_unit_elsewhere_or_as_a_colleague(world: World) -> None:
    """Somebody of another book who holds an office in this one; a record from before units were noted."""
    world.grant("gaoshan", "hr", "staff")
    for login in ("lixin", "zhaoyun"):
        world.hire(login, "新人", "产品部", book="subsidiary")
    world.desk("gaoshan").directory.card(world.entry("zhangwei"))
    assert looks(world, "zhangwei")[0][1] == "产品部的一位同事"
    assert say(Crowds([]).one_of(None), "zh_CN") == "一位有权查看的人员"
    assert say(Crowds([]).one_of(10**6), "zh_CN") == "一位有权查看的人员"


@pytest.mark.clause("D.3", "D.9.1")
def test_a_pupil_reads_the_office_of_a_viewer_and_never_a_name(store: object) -> None:
    """The class's officers have no entry and so no unit; who held the office then is told by it still."""
    class_ = build_wider_world("class")
    entry = class_.entry("luoxi", "class")
    for login in ("yanlaoshi", "shilaoshi"):
        Emergencies(class_.desk(login)).open(entry)
    class_.desk("jiaowuchu").directory.card(entry)
    told = [row[1] for row in looks(class_, "luoxi")]
    with writing():
        Grant.update(revoked_at=now()).where(Grant.account == class_.accounts["yanlaoshi"]).execute()
    assert [row[1] for row in looks(class_, "luoxi")] == told == ["学校管理", "备份责任人", "班主任"]
