"""What an entry holds and under what it is found, when others write it: who acts, is new, or it is about."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.entry.unit_contacts import put_contacts
from db.desk.importing.importing import Source
from db.language import say
from db.store.tables import AuditRecord, Entry, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import VALUES, joiner
from tests.variants.acting import approve, change, join, leave, move
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
IDENTITY = "110101199003074477"

LACKING = [
    ("A.3 A.7", "staff", "zhengwei", "hr", "liuyang", "研发中心/研发一部", "mobile"),
    ("A.7", "staff", "zhengwei", "hr", "liuyang", "研发中心/研发一部", "position"),
    ("B.4.1", "safety", "niuer", "safety", "panan", "一车间", "mobile"),
    ("B.4.2", "safety", "niuer", "safety", "panan", "一车间", "area"),
    ("B.4.2", "safety", "niuer", "safety", "panan", "一车间", "duties"),
    ("C.7", "subsidiary", "tangyu", "hr", "fangmin", "交付部", "office_phone"),
    ("D.2.1", "class", "panan", "teacher", "", "高一（3）班", "student_number"),
    ("D.2.2", "class", "panan", "teacher", "", "高一（3）班", "parent_phones"),
    ("D.2.3", "class", "panan", "teacher", "", "高一（3）班", "emergency_relation"),
    ("E.4", "group", "majun", "hr", "luoyan", "法务部", "email"),
    ("G.4.1", "wecom", "caiming", "hr", "huanghr", "产品部/运营组", "wechat"),
    ("H.4.1", "secured", "shibu", "hr", "fuhr", "市场部", "position"),
]


@pytest.mark.parametrize(
    ("book", "new", "role", "former", "unit", "field", "acts"),
    [row(*values, True, of=of, person="acting", day="make-up") for of, *values in LACKING]
    + [row(*values, False, of=of, person="successor", day="office-changed") for of, *values in LACKING],
)
def test_an_entry_without_what_is_required_is_completed_by_nobody(
    house: World, clock: Clock, book: str, new: str, role: str, former: str, unit: str, field: str,
    acts: bool,
) -> None:  # fmt: skip
    """Neither by who acts for the keeper nor by who came yesterday; the field is named, and nothing made."""
    (act_for if acts else succeed)(house, new, role, book, instead_of=former)
    clock.set("2026-11-28T10:00+08:00" if acts else "2026-11-24T10:00+08:00")
    with pytest.raises(Invalid) as caught:
        join(house, new, book, unit, "2026-11-24", **{field: ""})
    assert field in {problem.field for problem in caught.value.problems}
    assert not Request.select().where(Request.kind == "join").exists()


@pytest.mark.parametrize(
    ("book", "login", "field"),
    [
        row("staff", "zhangwei", "email", of="A.3 A.7", person="oneself"),
        row("staff", "liuyang", "office_phone", of="A.3", person="head-and-keeper"),
        row("safety", "dingyi", "area", of="B.4.2", person="oneself"),
        row("safety", "panan", "mobile", of="B.4.1", person="head-and-keeper"),
        row("subsidiary", "tangyu", "email", of="C.7 C.8", person="oneself"),
        row("class", "jiangtao", "parent_phones", of="D.2.2", person="oneself"),
        row("class", "jiangtao", "emergency_phone", of="D.2.3", person="oneself"),
        row("group", "majun", "mobile", of="E.4", person="oneself"),
        row("group", "zhangwei", "office_phone", of="E.4", person="two-books"),
        row("wecom", "maoxiao", "wechat", of="G.4.1", person="oneself"),
        row("secured", "qinyu", "email", of="H.4.1 H.4.2", person="oneself"),
        row("secured", "fuhr", "office_phone", of="H.4.1 H.4.2", person="head-and-keeper"),
        row("combined", "geyuan", "email", of="A.7 C.7", person="composed"),
    ],
)
def test_nobody_empties_what_is_required_of_their_own(
    house: World, book: str, login: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        change(house, login, book, **{field: ""})
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not Request.select().where(Request.kind == "change").exists()


@pytest.mark.parametrize(
    ("book", "login", "field", "typed", "shown"),
    [
        row("group", "majun", "office_phone", "010-6234-5678", "010 6234 5678",
            of="E.4", person="oneself", day="make-up"),
        row("staff", "zhangwei", "office_phone", "400-800-1234", "400 800 1234",
            of="A.7", person="oneself", day="make-up"),
        row("group", "zhangwei", "mobile", "+852-9123-4567", "+852 9123 4567",
            of="E.4", person="two-books", day="make-up"),
        row("class", "jiangtao", "parent_phones", "+1 415-555-2671", "+1 415-555-2671",
            of="D.2.2 D.9.3", person="oneself", day="make-up"),
        row("combined", "geyuan", "mobile", "+81 90-1234-5678", "+81 90-1234-5678",
            of="A.7 C.7 I.4.1.2", person="composed", day="make-up"),
    ],
)  # fmt: skip
def test_a_number_is_taken_as_people_write_it(
    house: World, clock: Clock, book: str, login: str, field: str, typed: str, shown: str
) -> None:
    """With hyphens between its groups, of which the last is no extension; a parent lives abroad."""
    clock.set("2026-11-28T10:00+08:00")
    request = change(house, login, book, **{field: typed})
    (line,) = house.desk(login).requests.one(request).lines
    assert (line.field, line.after) == (field, shown)


@pytest.mark.parametrize(
    ("login", "field", "typed", "values"),
    [
        row("jiangtao", "parent_phones", "136 0000 1234、138-0000-5678", ["136 0000 1234", "138 0000 5678"],
            of="D.2.2 D.9.3", person="oneself", day="make-up"),
        row("shilaoshi", "parent_phones", "13600001234，010-6234-5678/400-800-1234",
            ["136••••34", "010••••78", "400••••34"],
            of="D.2.2 D.9.3", person="deputy", day="spring-festival"),
        row("jiangtao", "parent_names", "江大海、阿依古丽.买买提", ["江大海", "阿依古丽·买买提"],
            of="D.2.2", person="oneself", day="make-up"),
    ],
)  # fmt: skip
def test_both_parents_are_told_apart_as_people_write_them(
    house: World, clock: Clock, login: str, field: str, typed: str, values: list[str]
) -> None:
    """In a form as in a file: else the second number is none that can be called."""
    clock.set("2026-11-28T10:00+08:00" if login == "jiangtao" else "2027-02-08T10:00+08:00")
    request = change(house, login, "class", "jiangtao", **{field: typed})
    (line,) = house.desk(login).requests.one(request).lines
    assert say(line.after, "en") == "; ".join(values)


@pytest.mark.clause("B.4.1")
def test_an_officer_in_a_workshop_needs_no_office_phone(house: World) -> None:
    """It says telephone: a mobile number is one."""
    assert join(house, "panan", "safety", "一车间", "2026-11-24", office_phone="")


@pytest.mark.parametrize(
    ("book", "login", "of", "field", "value"),
    [
        row("secured", "qinyu", "qinyu", "email", f"{IDENTITY}@qq.com", of="H.4.3", person="oneself"),
        row("secured", "fuhr", "fuhr", "position", "联络人（机密）", of="H.4.3", person="head-and-keeper"),
        row("secured", "qinyu", "shibu", "position", "特价专员", of="H.4.3", person="acting", day="make-up"),
        row("partners", "fuhr", "miaoke", "position", "招商加盟经理", of="H.4.3 H.2", person="two-books"),
    ],
)
def test_what_must_not_stand_in_an_entry_is_written_by_nobody(
    house: World, clock: Clock, book: str, login: str, of: str, field: str, value: str
) -> None:
    if (login, of) == ("qinyu", "shibu"):
        act_for(house, "qinyu", "hr", "secured", instead_of="fuhr")
        clock.set("2026-11-28T10:00+08:00")
    cites("H.4.3", lambda: change(house, login, book, of, **{field: value}))
    assert IDENTITY not in str(AuditRecord.select().order_by(AuditRecord.seq.desc()).get().detail)


@walks("E.2 G.2", person="acting", day="make-up")
def test_who_acts_takes_part_timers_and_interns_in(house: World, clock: Clock) -> None:
    """On a Saturday that is worked; each is told apart from the full-timers."""
    act_for(house, "majun", "hr", "group", instead_of="luoyan")
    act_for(house, "caiming", "hr", "wecom", instead_of="huanghr")
    clock.set("2026-11-28T10:00+08:00")
    for login, second, book, unit, kind, called in (
        ("majun", "liuyang", "group", "法务部", "part-time", "兼职人员"),
        ("caiming", "xuhr", "wecom", "产品部/运营组", "intern", "实习生"),
    ):
        names = ("name", "position", "mobile", "wechat") if book == "wecom" else VALUES.keys()
        values = {name: {**VALUES, "wechat": "wx_xinlai"}[name] for name in names}
        request = house.desk(login).lifecycle.join(joiner(house, unit, book, kind=kind, values=values))
        approve(house, second, request)
        (line,) = house.desk(second).directory.search(book, VALUES["name"])
        assert say(house.desk(second).directory.card(line.entry).kind, "zh_CN") == called


@walks("E.2", person="two-books")
def test_a_part_timer_of_one_book_is_a_full_timer_in_another(house: World) -> None:
    also_in(house, "majun", "shuqi", "wecom")
    card = house.desk("majun").directory.card(house.entry("shuqi", "wecom"))
    assert say(card.kind, "zh_CN") == "兼职人员"
    own = house.desk("majun").directory.card(house.entry("majun", "group"), "group")
    assert say(own.kind, "zh_CN") != "兼职人员"


@walks("G.2", person="successor", day="office-changed")
def test_an_intern_who_comes_to_lead_is_an_intern_still(house: World, clock: Clock) -> None:
    succeed(house, "maoxiao", "head", "wecom", "产品部")
    clock.forward(days=1)
    lines = house.desk("maoxiao").directory.list("wecom", facets=["kind=intern"])
    assert [line.name for line in lines] == ["毛晓"]


@walks("E.4", person="oneself", day="spring-festival")
def test_one_names_further_ways_to_be_reached_oneself(house: World, clock: Clock) -> None:
    clock.set("2027-02-08T10:00+08:00")
    request = change(house, "majun", "group", qq="20270208", wechat="wx_majun_2")
    approve(house, "huangbo", request)
    approve(house, "luoyan", request)
    card = house.desk("majun").directory.card(house.entry("majun", "group"))
    assert {"qq", "wechat"} <= {field.name for field in card.fields}


@walks("C.7", person="leaver", day="last-day")
def test_a_leaver_with_outside_contacts_names_who_answers_for_them(house: World) -> None:
    with pytest.raises(Invalid):
        leave(house, "fangmin", "subsidiary", "gaoshan", "2026-11-27")
    request = leave(house, "fangmin", "subsidiary", "gaoshan", "2026-11-27", "邓超")
    approve(house, "yeqing", request)
    assert Entry.get_by_id(house.entry("wuhao", "subsidiary")).inside_owner is not None


@walks("H.2 H.6.3", person="two-books")
def test_who_answers_for_a_partner_sees_what_they_decide_and_corrects_it(house: World) -> None:
    """Their work needs it. Human resources' changes wait for them too, as the head of outside contacts."""
    desk, entry = house.desk("shibu"), house.entry("miaoke", "partners")
    assert [line.name for line in desk.directory.list("partners", side="external")] == ["苗可"]
    assert desk.directory.reveal(entry, "mobile", "work").texts == ("139 0000 1991",)
    request = change(house, "fuhr", "partners", "miaoke")
    assert approvers(request) == {"shibu"}
    approve(house, "shibu", request)
    own = change(house, "shibu", "partners", "miaoke", mobile="139 0000 2122")
    assert "shibu" not in approvers(own)


@walks("H.2", person="leaver", day="last-day")
def test_who_leaves_one_of_two_books_under_the_same_regulation_stays_in_the_other(
    house: World, clock: Clock
) -> None:
    leave(house, "fuhr", "secured", "shibu", "2026-11-27")
    clock.set("2026-11-28T08:00+08:00")
    desk = house.desk("shibu")
    assert [book.id for book in desk.me.who().books] == ["partners"]
    assert [line.name for line in desk.directory.list("partners")] == ["石布"]


def named(desk: Desk, *facets: str, book: str = "general", side: str = "internal") -> set[str]:
    """The names under ``facets``."""
    return {line.name for line in desk.directory.list(book, side=side, facets=facets)}  # type: ignore[arg-type]


@walks("F.3.1", person="successor", day="office-changed")
def test_who_moved_is_found_under_the_new_department_and_position(house: World, clock: Clock) -> None:
    request = move(house, "jinhr", "general", "lunan", "华北区", "2026-11-23")
    approve(house, min(approvers(request)), request)
    clock.forward(days=1)
    hr = house.desk("yuhr")
    unit = house.unit("general", "华北区")
    assert {line.name for line in hr.directory.list("general", unit)} == {"杜北", "鲁南"}
    assert named(hr, "position=销售") == {"鲁南"}
    assert {line.name for line in house.desk("dubei").directory.list("general")} == {"杜北", "鲁南"}


@walks("E.6.3 F.3.1", person="acting", day="make-up")
def test_who_acts_for_a_head_narrows_within_the_department_alone(house: World, clock: Clock) -> None:
    act_for(house, "zhangwei", "head", "group", "财务中心/会计部")
    act_for(house, "lunan", "head", "general", "华北区")
    clock.set("2026-11-28T10:00+08:00")
    assert named(house.desk("zhangwei"), "position=会计", book="group") == {"马军"}
    assert named(house.desk("zhangwei"), "position=财务总监", book="group") == set()
    assert named(house.desk("lunan"), "region=华北") == {"杜北"}


@walks("E.6.3", person="two-books")
def test_who_is_in_two_books_narrows_each_by_itself(house: World) -> None:
    desk = house.desk("liuyang")
    assert named(desk, "position=人事专员", book="group") == {"罗燕"}
    assert named(desk, "position=人事专员", book="staff") <= {"曾晴"}


@walks("F.3.2", person="successor", day="office-changed")
def test_a_new_keeper_tags_and_the_former_does_not(house: World, clock: Clock) -> None:
    succeed(house, "lunan", "hr", "general", instead_of="jinhr")
    clock.forward(days=1)
    entry = house.entry("vipke", "general")
    Sorting(house.desk("lunan")).tag(entry, "vip", True)
    assert house.desk("yuhr").directory.list("general", side="external")[0].name == "韦贵"
    with pytest.raises(Refused):
        Sorting(house.desk("jinhr")).tag(entry, "vip", False)


@walks("F.3.2", person="oneself")
def test_nobody_but_the_keeper_puts_themselves_first(house: World) -> None:
    for login in ("lunan", "dubei", "tanlan"):
        with pytest.raises(Refused):
            Sorting(house.desk(login)).tag(house.entry(login, "general"), "vip", True)


@walks("F.2.1", person="acting", day="make-up")
def test_who_acts_takes_a_spreadsheet_in(house: World, clock: Clock) -> None:
    act_for(house, "tanlan", "hr", "general", instead_of="jinhr")
    clock.set("2026-11-28T10:00+08:00")
    rows = [
        ["姓名", "部门", "类别", "单位", "内部对接人", "地区"],
        ["阮鸣", "外部联系人", "客户", "长风公司", "杜北", "华东"],
    ]
    house.desk("tanlan").importing.load("general", rows, Source("客户.xlsx", "0" * 64))
    assert "阮鸣" in named(house.desk("yuhr"), "category=partner", side="external")


@walks("F.2.1", person="deputy")
def test_who_stands_in_for_the_keeper_takes_no_spreadsheet_in(house: World) -> None:
    from tests.variants.setting import deputise

    deputise(house, "jinhr", "dubei", "hr", "general")
    with pytest.raises(Refused):
        house.desk("dubei").importing.load(
            "general", [["姓名", "部门"], ["阮鸣", "华北区"]], Source("a", "0" * 64)
        )


@walks("B.4.3", person="acting", day="office-changed")
def test_the_book_is_headed_by_the_department_whoever_acts_for_it(house: World, clock: Clock) -> None:
    with writing():
        put_contacts(
            house.unit("safety", "安全管理部"),
            {"email": "anquan@huaxing.example"},
            source="公告",
            verifier=None,
        )
    act_for(house, "kangle", "head", "safety", "安全管理部")
    clock.forward(days=1)
    for login in ("niuer", "kangle"):
        (book,) = [one for one in house.desk(login).directory.books() if one.id == "safety"]
        (office,) = book.header
        assert (office.unit, office.clause) == ("安全管理部", "B.4.3")
        assert "anquan@huaxing.example" in [value for _label, value in office.contacts]


@walks("B.4.3", person="two-books")
def test_the_header_is_shown_to_who_is_in_two_books_with_that_book_alone(house: World) -> None:
    also_in(house, "zhangwei", "renhe", "safety")
    with writing():
        put_contacts(
            house.unit("safety", "安全管理部"),
            {"email": "anquan@huaxing.example"},
            source="公告",
            verifier=None,
        )
    headers = {book.id: book.header for book in house.desk("zhangwei").directory.books()}
    assert headers["safety"]
    assert not headers["staff"]


@walks("A.2", person="two-books")
def test_coverage_counts_one_person_in_each_book_by_itself(house: World) -> None:
    """张伟 has an entry in both: neither book lacks him."""
    for book in ("staff", "group"):
        missing = house.desk("liuyang").overview.coverage(book, None)
        assert "张伟" not in str(missing)


@walks("A.2", person="leaver", day="last-day")
def test_coverage_shows_a_leaver_whose_entry_is_there_still(house: World, clock: Clock) -> None:
    before = str(house.desk("zengqing").overview.coverage("staff", None))
    assert "张文" not in before
    leave(house, "liuyang", "staff", "zhangwen", "2026-11-27")
    clock.set("2026-11-30T08:00+08:00")
    assert "张文" in str(house.desk("zengqing").overview.coverage("staff", None))


@pytest.mark.clause("I.4.2.1")
def test_who_issues_no_edition_is_refused_by_the_clause_on_issuing(house: World) -> None:
    """Of several regulations the one that knows the edition, also where others say who keeps the book."""
    cites("I.4.2.1", lambda: Editions(house.desk("geyuan")).issue("combined", "internal"))


@walks("H.5.1", person="oneself")
def test_whoever_adds_moves_or_changes_somebody_at_will_is_refused_by_what_forbids_it(house: World) -> None:
    """No clause of this regulation says who keeps the book; one says that nobody else writes in it."""
    house.hire("heqi", "何奇", "市场部/策划组", book="secured")
    cites("H.5.1", lambda: join(house, "qinyu", "secured", "市场部/策划组", "2026-11-23"))
    cites("H.5.1", lambda: move(house, "qinyu", "secured", "heqi", "市场部", "2026-11-23"))
    cites("H.5.1", lambda: change(house, "qinyu", "secured", "heqi"))
    cites("H.3.3", lambda: leave(house, "qinyu", "secured", "heqi", "2026-11-23"))
