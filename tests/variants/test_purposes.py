"""A purpose that a regulation excludes is refused to everybody: its keeper, who acts, who goes, who came."""

from __future__ import annotations

import pytest

from db.desk import SessionOver
from tests.conftest import Clock
from tests.variants.acting import leave
from tests.variants.registry import row
from tests.variants.setting import act_for, cites, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
EXCLUDED = {
    "A.11": ("staff", "commercial", "work"),
    "B.6.3": ("safety", "work", "safety"),
    "C.11": ("subsidiary", "unlawful", "work"),
    "D.6": ("class", "commercial", "class"),
    "D.7": ("class", "unlawful", "school"),
    "D.10": ("class", "personal", "class"),
    "E.11": ("group", "commercial", "meeting"),
    "F.6.1": ("general", "personal", "work"),
    "G.6.2": ("wecom", "marketing", "work"),
    "G.7.2": ("wecom", "personal", "work"),
    "H.5.2": ("secured", "personal", "work"),
}
"""By clause: the book, a purpose that it excludes, and one that it is there for."""
KEEPERS = {
    "staff": ("liuyang", "zhangwei"), "safety": ("panan", "niuer"), "subsidiary": ("fangmin", "tangyu"),
    "group": ("liuyang", "majun"), "general": ("jinhr", "lunan"), "wecom": ("huanghr", "shuqi"),
    "secured": ("fuhr", "qinyu"), "class": ("yanlaoshi", "jiangtao"),
}  # fmt: skip
"""Who heads the department that keeps the book, and whom they look up."""
MEMBERS = {
    "staff": ("zhangwen", "研发中心/研发一部", "zhangwei", "liuyang"),
    "safety": ("renhe", "一车间", "dingyi", "panan"),
    "subsidiary": ("xuning", "产品部", "gaoshan", "fangmin"),
    "group": ("majun", "财务中心/会计部", "huangbo", "liuyang"),
    "general": ("lunan", "华北区", "dubei", "jinhr"),
    "wecom": ("shuqi", "产品部/运营组", "maoxiao", "huanghr"),
    "secured": ("qinyu", "市场部", "shibu", "fuhr"),
    "combined": ("geyuan", "研发部", "leijun", "tianhr"),
}
"""An employee, the unit that they come to head, whom they look up there, and who takes leavers out."""


def refused_for(house: World, login: str, book: str, of: str, clause: str, purpose: str, good: str) -> None:
    """Assert that nothing is shown for ``purpose``, and what is asked for is for a ``good`` one."""
    directory, entry = house.desk(login).directory, house.entry(of, book)
    field = "parent_phones" if book == "class" else "mobile"
    for act in (
        lambda: directory.reveal(entry, field, purpose),
        lambda: directory.contact(entry, purpose),
    ):
        cites(clause, act)
    assert directory.reveal(entry, field, good)
    assert purpose not in {one.id for one in directory.purposes(book) if one.allowed}


@pytest.mark.parametrize(
    ("clause", "book", "purpose", "good"),
    [
        row(clause, *values, of=clause, person="head-and-keeper")
        for clause, values in EXCLUDED.items()
        if values[0] != "class"
    ],
)
def test_whoever_keeps_the_book_has_no_more_purposes(
    house: World, clause: str, book: str, purpose: str, good: str
) -> None:
    login, of = KEEPERS[book]
    refused_for(house, login, book, of, clause, purpose, good)


@pytest.mark.parametrize(
    ("clause", "book", "purpose", "good"),
    [
        row(clause, *values, of=clause, person="acting", day="make-up")
        for clause, values in EXCLUDED.items()
        if values[0] != "class"
    ]
    + [row("A.11", "combined", "personal", "work", of="A.11 C.11", person="composed", day="make-up")],
)
def test_who_acts_for_a_head_on_a_saturday_that_is_worked_has_no_more_purposes(
    house: World, clock: Clock, clause: str, book: str, purpose: str, good: str
) -> None:
    login, unit, of, _keeper = MEMBERS[book]
    act_for(house, login, "head", book, unit)
    clock.set("2026-11-28T10:00+08:00")
    refused_for(house, login, book, of, clause, purpose, good)


@pytest.mark.parametrize(
    ("clause", "book", "purpose", "good"),
    [
        row(clause, *values, of=clause, person="leaver", day="last-day")
        for clause, values in EXCLUDED.items()
        if values[0] in ("staff", "subsidiary", "wecom", "secured", "group")
    ],
)
def test_who_leaves_looks_nothing_up_for_the_time_after(
    house: World, clock: Clock, clause: str, book: str, purpose: str, good: str
) -> None:
    """In the last hour the purpose counts still; a minute after it nothing is shown for any."""
    login, unit, of, keeper = MEMBERS[book]
    act_for(house, login, "head", book, unit)
    leave(house, keeper, book, login, "2026-11-27")
    clock.set("2026-11-27T23:30+08:00")
    refused_for(house, login, book, of, clause, purpose, good)
    desk = house.desk(login)
    clock.set("2026-11-28T00:01+08:00")
    with pytest.raises(SessionOver):
        desk.directory.reveal(house.entry(of, book), "mobile", good)


@pytest.mark.parametrize(
    ("login", "clause", "purpose", "good"),
    [
        row(login, clause, *values[1:], of=clause, person=person, day=day)
        for clause, values in EXCLUDED.items()
        for login, person, day in (
            ("shilaoshi", "deputy", "spring-festival"), ("panan", "successor", "office-changed"),
        )
        if values[0] == "class"
    ],
)  # fmt: skip
def test_a_deputy_in_the_holidays_and_a_new_teacher_have_no_more_purposes(
    house: World, clock: Clock, login: str, clause: str, purpose: str, good: str
) -> None:
    if login == "panan":
        succeed(house, login, "teacher", "class")
        clock.forward(days=1)
        cites("default", lambda: house.desk("yanlaoshi").directory.reveal(
            house.entry("jiangtao", "class"), "parent_phones", good))  # fmt: skip
    else:
        clock.set("2027-02-06T10:00+08:00")
    refused_for(house, login, "class", "jiangtao", clause, purpose, good)


PRIVATE = {
    "A.11": ("staff", "liuyang"), "B.6.3": ("safety", "panan"), "C.11": ("subsidiary", "fangmin"),
    "D.10": ("class", "yanlaoshi"), "F.6.1": ("general", "jinhr"), "G.7.2": ("wecom", "huanghr"),
    "H.5.2": ("secured", "fuhr"),
}  # fmt: skip
"""By clause: a book for no private ends, and who heads or keeps it."""


@pytest.mark.parametrize(
    ("clause", "book", "login"),
    [
        row(clause, *values, of=f"{clause} D.6" if clause == "D.10" else clause, person="head-and-keeper")
        for clause, values in PRIVATE.items()
    ]
    + [
        row("A.11", "staff", "zhangwen", of="A.11", person="acting", day="make-up"),
        row("D.10", "class", "shilaoshi", of="D.10 D.6", person="deputy", day="spring-festival"),
    ],
)
def test_nobody_has_a_private_copy_of_a_book_for_no_private_ends(
    house: World, clock: Clock, clause: str, book: str, login: str
) -> None:
    """What may not be looked up for oneself is not copied for oneself either, whoever would approve it."""
    if login == "zhangwen":
        act_for(house, login, "head", book, "研发中心/研发一部")
    asking = house.desk(login).asking
    cites(clause, lambda: asking.ask("copy-private", book, {"unit": ""}, "同乡会联系"))
    offered = {one.id for one in asking.offers() if one.book == book}
    assert "copy" in offered
    assert "copy-private" not in offered
    assert asking.ask("copy", book, {"unit": ""}, "接待")
