"""How far one sees: who acts, came yesterday, goes tonight, stands in, or is in two books. Names by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from db.desk import SessionOver
from tests.conftest import Clock
from tests.variants.acting import leave
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
Given = Callable[[World], None]
SOFTWARE = {"高山", "林晓", "唐雨", "许宁", "邓超", "方敏", "叶青", "潘龙", "欧阳雪"}
PRODUCT = {"高山", "林晓", "唐雨", "许宁"}
NEBULA = {"陆总", "黄蓉", "徐然", "蔡明", "舒琪", "毛晓"}
ANXIN = {"辛安", "傅华", "甘棠", "石布", "秦玉"}
TRADING = {"谭兰", "金瑞", "余慧", "杜北", "鲁南"}
DINGXIN = {"高远", "倪岚", "田禾", "邹童", "钟灵", "雷钧", "葛园", "林安"}
WORKSHOP = {"卫国", "丁一", "任和"}


def listed(house: World, login: str, book: str, side: str = "internal") -> set[str]:
    """The names that ``login`` finds in ``book``."""
    desk = house.desk(login)
    return {line.name for line in desk.directory.list(book, side=side)}  # type: ignore[arg-type]


def now(who: str, role: str, book: str, path: str = "") -> Given:
    """``who`` holds an office since yesterday."""
    return lambda house: succeed(house, who, role, book, path)


def acting(who: str, role: str, book: str, path: str = "") -> Given:
    """``who`` acts in a vacant office."""
    return lambda house: act_for(house, who, role, book, path)


def instead(absent: str, who: str, role: str, book: str) -> Given:
    """``who`` stands in for ``absent``."""
    return lambda house: deputise(house, absent, who, role, book)


def both(who: str, other: str, book: str) -> Given:
    """``who`` is somebody in ``book`` too."""
    return lambda house: also_in(house, who, other, book)


OFFICE, MAKE_UP, FESTIVAL = "office-changed", "make-up", "spring-festival"
MOMENTS = {OFFICE: "2026-11-24T09:00+08:00", MAKE_UP: "2026-11-28T09:00+08:00",
           FESTIVAL: "2027-02-06T09:00+08:00", "usual": "2026-11-23T09:00+08:00"}  # fmt: skip

SEEN = [
    # the employee (C.10.1), the head (C.10.2), information security (C.10.3)
    ("C.10.1", "two-books", "usual", both("zhangwen", "tangyu", "subsidiary"), "zhangwen", "subsidiary",
     {"林晓", "唐雨"}),
    ("C.10.1", "two-books", "usual", both("zhangwen", "tangyu", "subsidiary"), "zhangwen", "staff",
     {"王芳", "张伟", "张文", "郑微"}),
    ("C.10.1", "successor", OFFICE, now("xuning", "head", "subsidiary", "产品部"), "gaoshan", "subsidiary",
     {"高山", "许宁"}),
    ("C.10.2", "successor", OFFICE, now("xuning", "head", "subsidiary", "产品部"), "xuning", "subsidiary",
     PRODUCT),
    ("C.10.2", "deputy", "usual", instead("gaoshan", "xuning", "head", "subsidiary"), "xuning", "subsidiary",
     {"高山", "许宁"}),
    ("C.10.2", "acting", MAKE_UP, acting("tangyu", "head", "subsidiary", "产品部"), "tangyu", "subsidiary",
     PRODUCT),
    ("C.10.3", "successor", OFFICE, now("tangyu", "security", "subsidiary"), "tangyu", "subsidiary",
     SOFTWARE),
    ("C.10.3", "successor", OFFICE, now("tangyu", "security", "subsidiary"), "panlong", "subsidiary",
     {"潘龙"}),
    ("C.10.3", "acting", FESTIVAL, acting("dengchao", "security", "subsidiary"), "dengchao", "subsidiary",
     SOFTWARE),
    ("C.10.3 C.10.1", "composed", "usual", lambda _house: None, "linan", "combined", DINGXIN),
    ("C.10.1", "composed", OFFICE, now("geyuan", "head", "combined", "研发部/测试组"), "geyuan", "combined",
     {"葛园"}),
    ("C.10.2 A.13", "composed", OFFICE, now("geyuan", "head", "combined", "研发部"), "geyuan", "combined",
     {"雷钧", "钟灵", "葛园"}),
    # a class: by person, and no more for who heads it (D.4, D.9)
    ("D.4 D.9.2", "acting", "usual", acting("jiangtao", "head", "class", "高一（3）班"), "jiangtao", "class",
     {"江涛", "罗茜"}),
    ("D.4 D.3", "successor", OFFICE, now("panan", "teacher", "class"), "yanlaoshi", "class", set()),
    ("D.4 D.3", "successor", OFFICE, now("panan", "teacher", "class"), "panan", "class",
     {"江涛", "罗茜", "孟飞"}),
    ("D.9.1", "acting", FESTIVAL, acting("panan", "school", "class"), "panan", "class",
     {"江涛", "罗茜", "孟飞"}),
    ("D.9.2", "two-books", MAKE_UP, both("zhangwei", "luoxi", "class"), "zhangwei", "class",
     {"江涛", "罗茜"}),
    # by post and need (F.5.1)
    ("F.5.1", "successor", OFFICE, now("dubei", "director", "general"), "dubei", "general", TRADING),
    ("F.5.1", "successor", OFFICE, now("dubei", "director", "general"), "tanlan", "general", {"谭兰"}),
    ("F.5.1", "deputy", "usual", instead("dubei", "lunan", "head", "general"), "lunan", "general", {"鲁南"}),
    # leaders, the general manager and human resources (G)
    ("G.3.1 G.5.1", "acting", MAKE_UP, acting("shuqi", "head", "wecom", "产品部"), "shuqi", "wecom",
     {"蔡明", "舒琪", "毛晓"}),
    ("G.5.1", "successor", OFFICE, now("shuqi", "head", "wecom", "产品部"), "caiming", "wecom", {"蔡明"}),
    ("G.3.2", "acting", FESTIVAL, acting("caiming", "general-manager", "wecom"), "caiming", "wecom", NEBULA),
    ("G.3.2", "successor", OFFICE, now("caiming", "general-manager", "wecom"), "luzong", "wecom", {"陆总"}),
    ("G.5.2", "successor", OFFICE, now("maoxiao", "hr", "wecom"), "maoxiao", "wecom", NEBULA),
    ("G.5.2", "successor", OFFICE, now("maoxiao", "hr", "wecom"), "xuhr", "wecom", {"黄蓉", "徐然"}),
    ("G.5.2", "two-books", "usual", both("huanghr", "lunan", "general"), "huanghr", "general", {"鲁南"}),
    # need to know (H.6.3)
    ("H.6.3", "successor", OFFICE, now("qinyu", "security", "secured"), "qinyu", "secured", ANXIN),
    ("H.6.3", "successor", OFFICE, now("qinyu", "security", "secured"), "xinan", "secured", {"辛安"}),
    ("H.6.3", "two-books", "usual", lambda _house: None, "shibu", "secured", {"石布", "秦玉"}),
    ("H.6.3", "two-books", "usual", lambda _house: None, "shibu", "partners", {"石布"}),
    # officers see and serve their own department (B.3.2)
    ("B.3.2", "acting", MAKE_UP, acting("renhe", "head", "safety", "一车间"), "renhe", "safety", WORKSHOP),
    ("B.3.2", "two-books", "usual", both("zhangwei", "renhe", "safety"), "zhangwei", "safety", {"任和"}),
    ("B.3.1 B.2", "successor", OFFICE, now("niuer", "safety", "safety"), "panan", "safety", {"潘安", "康乐"}),
    ("B.3.1", "acting", FESTIVAL, acting("niuer", "safety", "safety"), "niuer", "safety",
     {"潘安", "康乐", "牛二", *WORKSHOP}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "given", "login", "book", "expected"),
    [row(day, *values, of=of, person=person, day=day) for of, person, day, *values in SEEN],
)
def test_one_sees_what_the_office_of_today_shows(
    house: World, clock: Clock, day: str, given: Given, login: str, book: str, expected: set[str]
) -> None:
    given(house)
    clock.set(MOMENTS[day])
    assert listed(house, login, book) == expected


@pytest.mark.parametrize(
    ("book", "login", "keeper", "others", "of"),
    [
        row("subsidiary", "tangyu", "fangmin", {"林晓", "唐雨"}, "linxiao",
            of="C.10.1", person="leaver", day="last-day"),
        row("subsidiary", "gaoshan", "fangmin", PRODUCT, "tangyu",
            of="C.10.2", person="leaver", day="last-day"),
        row("subsidiary", "panlong", "fangmin", SOFTWARE, "tangyu",
            of="C.10.3", person="leaver", day="last-day"),
        row("wecom", "caiming", "huanghr", {"蔡明", "舒琪", "毛晓"}, "shuqi",
            of="G.3.1 G.5.1", person="leaver", day="last-day"),
        row("wecom", "luzong", "huanghr", NEBULA, "shuqi", of="G.3.2", person="leaver", day="last-day"),
        row("wecom", "xuhr", "luzong", NEBULA, "shuqi", of="G.5.2", person="leaver", day="last-day"),
        row("general", "tanlan", "jinhr", TRADING, "lunan", of="F.5.1", person="leaver", day="last-day"),
        row("secured", "xinan", "fuhr", ANXIN, "qinyu", of="H.6.3", person="leaver", day="last-day"),
        row("combined", "linan", "tianhr", DINGXIN, "geyuan",
            of="A.10 C.10.3", person="composed", day="last-day"),
    ],
)  # fmt: skip
def test_who_leaves_sees_as_much_to_the_last_minute_and_nothing_after_it(
    house: World, clock: Clock, book: str, login: str, keeper: str, others: set[str], of: str
) -> None:
    heir = "邓超" if login == "gaoshan" else ""
    leave(house, keeper, book, login, "2026-11-27", heir)
    clock.set("2026-11-27T23:59+08:00")
    desk = house.desk(login)
    assert listed(house, login, book) == others
    clock.set("2026-11-28T00:00:01+08:00")
    with pytest.raises(SessionOver):
        desk.directory.card(house.entry(of, book))


@walks("E.5", person="leaver", day="last-day")
def test_outside_contacts_go_to_whom_the_leaver_named(house: World, clock: Clock) -> None:
    assert listed(house, "songjia", "group", "external") == {"谢军"}
    assert listed(house, "huangbo", "group", "external") == {"韩梅"}
    leave(house, "luoyan", "group", "songjia", "2026-11-27", "黄博")
    clock.set("2026-11-27T20:00+08:00")
    assert listed(house, "songjia", "group", "external") == {"谢军"}
    clock.set("2026-11-28T08:00+08:00")
    house.desk("luoyan").me.who()
    request = next(row.id for row in house.desk("liuyang").queue.window().rows)
    desk = house.desk("liuyang")
    desk.queue.approve(request, desk.queue.one(request).digest)
    assert listed(house, "huangbo", "group", "external") == {"谢军", "韩梅"}


@walks("E.5", person="two-books")
def test_outside_contacts_of_one_book_are_nothing_to_who_is_in_two(house: World) -> None:
    """张伟 is in the staff book and in the group's, and answers for nobody."""
    assert listed(house, "zhangwei", "group", "external") == set()
    cites("default", lambda: house.desk("zhangwei").directory.card(house.entry("xiejun", "group"), "group"))


@walks("F.5.2", person="leaver", day="last-day")
def test_a_partner_is_revealed_to_whom_the_leaver_named(house: World, clock: Clock) -> None:
    entry = house.entry("hezuo", "general")
    assert house.desk("lunan").directory.reveal(entry, "mobile", "work")
    cites("F.5.1", lambda: house.desk("dubei").directory.card(entry))
    leave(house, "jinhr", "general", "lunan", "2026-11-27", "杜北")
    clock.set("2026-11-28T08:00+08:00")
    desk = house.desk("yuhr")
    request = next(row.id for row in desk.queue.window().rows)
    desk.queue.approve(request, desk.queue.one(request).digest)
    assert house.desk("dubei").directory.reveal(entry, "mobile", "work")


@walks("F.5.2", person="successor", day="office-changed")
def test_who_came_to_direct_sees_no_partner_in_full(house: World, clock: Clock) -> None:
    """Directing shows everybody's number for work; a partner's is the owner's and the maintainer's."""
    succeed(house, "yuhr", "hr", "general", instead_of="jinhr")
    clock.forward(days=1)
    card = house.desk("yuhr").directory.card(house.entry("vipke", "general"))
    mobile = card.field("mobile")
    assert mobile is not None
    assert mobile.look == "shown"
    assert listed(house, "jinhr", "general", "external") == set()


@walks("D.9.1", person="successor", day="office-changed")
def test_a_new_school_office_reaches_parents_and_the_former_one_does_not(house: World, clock: Clock) -> None:
    succeed(house, "panan", "school", "class")
    clock.forward(days=1)
    entry = house.entry("jiangtao", "class")
    assert house.desk("panan").directory.reveal(entry, "parent_phones", "school")
    cites("default", lambda: house.desk("jiaowuchu").directory.reveal(entry, "parent_phones", "school"))


@walks("D.2.2 D.2.3 D.9.2", person="two-books")
@walks("D.2.1", person="acting")
def test_no_classmate_sees_what_is_the_familys(house: World) -> None:
    """Neither who is in another book too, nor who heads the class."""
    also_in(house, "zhangwei", "luoxi", "class")
    act_for(house, "jiangtao", "head", "class", "高一（3）班")
    private = {
        "birth_date", "native_place", "parent_names", "parent_phones", "home_address", "emergency_name",
        "emergency_phone", "emergency_relation",
    }  # fmt: skip
    for login, other in (("zhangwei", "jiangtao"), ("jiangtao", "luoxi")):
        card = house.desk(login).directory.card(house.entry(other, "class"))
        assert not private & {field.name for field in card.fields}
        assert "other_contact" in {field.name for field in card.fields}
        for field, clause in (
            ("parent_phones", "D.2.2"),
            ("emergency_phone", "D.2.3"),
            ("birth_date", "D.2.1"),
        ):
            reveal = house.desk(login).directory.reveal
            cites(clause, partial(reveal, house.entry(other, "class"), field, "class"))
