"""Kinds, categories, regions, positions and tags: what lists are narrowed by and what comes first."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.entry.record import reindex_entry
from db.desk.entry.unit_contacts import put_contacts
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.store.engine import Store
from db.store.tables import AuditRecord, Entry, EntryTag
from db.store.transactions import writing
from tests.conftest import Clock
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "general"
BOOKS_OF = {"trading": (BOOK, "wecom")}


@pytest.fixture
def trading(begun: World) -> World:
    """A directory of people and partners in two regions, one of whose customers is a VIP."""
    jin = begun.desk("jinhr")
    Sorting(jin).tag(begun.entry("vipke", BOOK), "vip", True)
    return begun


def named(desk: Desk, *facets: str, side: str = "internal", book: str = BOOK) -> list[str]:
    """Who a list narrowed by ``facets`` holds."""
    return [line.name for line in desk.directory.list(book, side=side, facets=facets)]  # type: ignore[arg-type]


def found(desk: Desk, text: str, *facets: str, side: str = "internal") -> list[str]:
    """Who is found by ``text``."""
    return [line.name for line in desk.directory.search(BOOK, text, side=side, facets=facets)]  # type: ignore[arg-type]


@pytest.mark.clause("F.3.1", "E.6.3")
def test_a_list_is_narrowed_by_region_and_position(trading: World) -> None:
    hr = trading.desk("jinhr")
    assert named(hr, "region=华北") == ["杜北", "金瑞", "谭兰", "余慧"]
    assert named(hr, "region=华北", "position=区域经理") == ["杜北"]
    assert named(hr, "region=华南", "position=区域经理") == []
    assert found(hr, "yu", "region=华北") == ["余慧"]
    assert found(hr, "lu", "region=华北") == []


@pytest.mark.clause("F.3.1")
def test_a_word_beside_a_name_narrows_too(trading: World) -> None:
    hr = trading.desk("jinhr")
    assert found(hr, "华北 金") == ["金瑞"]
    assert found(hr, "华南 金") == []
    assert found(hr, "销售 lu") == ["鲁南"]
    assert found(hr, "华南") == ["鲁南"]


@pytest.mark.clause("F.3.2")
def test_a_tag_finds_and_comes_first(trading: World) -> None:
    hr = trading.desk("jinhr")
    assert found(hr, "VIP", side="external") == ["韦贵"]
    assert found(hr, "vip 韦", side="external") == ["韦贵"]
    assert found(hr, "vip 何", side="external") == []
    assert named(hr, "tag=VIP", side="external") == ["韦贵"]
    assert named(hr, side="external") == ["韦贵", "何左"], "by pinyin it would be the other way round"
    first = hr.directory.list(BOOK, side="external")[0]
    assert (first.tags, first.first) == (("vip",), True)
    assert [label.en for label in hr.directory.card(first.entry).tags] == ["VIP"]


@pytest.mark.clause("F.3.2")
def test_tagged_entries_rank_before_a_better_match(trading: World) -> None:
    hr = trading.desk("jinhr")
    with writing():
        Entry.update(name="韦左").where(Entry.id == trading.entry("hezuo", BOOK)).execute()
        reindex_entry(trading.entry("hezuo", BOOK))
    assert found(hr, "韦", side="external") == ["韦贵", "韦左"]
    Sorting(hr).tag(trading.entry("hezuo", BOOK), "partner", True)
    assert found(hr, "wei", side="external") == ["韦贵", "韦左"], "VIP ranks before partner"
    Sorting(hr).tag(trading.entry("vipke", BOOK), "vip", False)
    assert found(hr, "wei", side="external") == ["韦左", "韦贵"]


@pytest.mark.clause("F.3.1", "F.3.2", "C.10")
def test_facets_speak_of_nobody_out_of_reach(trading: World) -> None:
    sales = trading.desk("lunan")
    values = {value.facet: value.count for facet in sales.directory.facets(BOOK) for value in facet.values}
    assert values == {"position=销售": 1, "region=华南": 1, "category=individual": 1}
    assert named(sales, "region=华北") == []
    partners = {
        value.facet for facet in sales.directory.facets(BOOK, side="external") for value in facet.values
    }
    assert "tag=vip" not in partners
    assert found(sales, "VIP", side="external") == []
    assert found(sales, "金", "region=华北") == []


@pytest.mark.clause("F.2.1")
def test_categories_keep_people_and_partners_apart(trading: World) -> None:
    hr = trading.desk("jinhr")
    inside = {facet.by: facet for facet in hr.directory.facets(BOOK)}
    outside = {facet.by: facet for facet in hr.directory.facets(BOOK, side="external")}
    assert [(value.label.en, value.count) for value in inside["category"].values] == [("Individual", 5)]
    assert [(value.label.en, value.count) for value in outside["category"].values] == [("Partner", 2)]
    assert outside["category"].clause == "F.2.1"


@pytest.mark.clause("G.2", "E.2")
def test_kinds_of_employment_are_told_apart(trading: World) -> None:
    hr = trading.desk("huanghr")
    assert named(hr, "kind=实习生", book="wecom") == ["毛晓"]
    assert named(hr, "kind=part-time", book="wecom") == ["舒琪"]
    assert [line.name for line in hr.directory.search("wecom", "实习")] == ["毛晓"]
    card = hr.directory.card(trading.entry("maoxiao", "wecom"))
    assert card.kind.en == "Intern"  # type: ignore[union-attr]


@pytest.mark.clause("F.3.1")
def test_the_region_of_a_unit_holds_for_everybody_below(trading: World) -> None:
    hr = trading.desk("jinhr")
    unit = trading.unit(BOOK, "外部联系人")
    Sorting(hr).set_region(unit, "华东")
    assert sorted(named(hr, "region=华东", side="external")) == ["何左", "韦贵"]
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.unit, record.clause) == ("sorting.set_region", unit, "F.3.1")
    Sorting(hr).set_region(unit, "")
    assert named(hr, "region=华东", side="external") == []
    with pytest.raises(Invalid):
        Sorting(hr).set_region(unit, "很" * 30)


@pytest.mark.clause("F.3.2")
def test_only_the_maintainer_tags(trading: World) -> None:
    entry = trading.entry("lunan", BOOK)
    with pytest.raises(Refused):
        Sorting(trading.desk("lunan")).tag(entry, "vip", True)
    with pytest.raises(Refused):
        Sorting(trading.desk("lunan")).set_region(trading.unit(BOOK, "华南区"), "华东")
    assert not EntryTag.select().where(EntryTag.entry == entry).exists()


@pytest.mark.clause("F.2.1", "F.3.2")
def test_tags_come_in_with_a_spreadsheet(trading: World) -> None:
    hr = trading.desk("jinhr")
    rows = [
        ["姓名", "部门", "类别", "单位", "内部对接人", "标签", "地区"],
        ["阮鸣", "外部联系人", "客户", "长风公司", "杜北", "重要客户；VIP", "华东"],
        ["阿方", "外部联系人", "客户", "短风公司", "杜北", "", "华东"],
    ]
    hr.importing.load(BOOK, rows, Source("客户.xlsx", "0" * 64))
    assert named(hr, "region=华东", side="external") == ["阮鸣", "阿方"]
    assert named(hr, "tag=key-customer", side="external") == ["阮鸣"]
    rows[1][0], rows[1][5] = "阿元", "不存在"
    with pytest.raises(BadRows) as refused:
        hr.importing.load(BOOK, rows[:2], Source("客户.xlsx", "1" * 64))
    assert {error.row for error in refused.value.errors} == {2}


@pytest.mark.clause("B.4.3", "B.2", "B.3.1", "B.4.1", "B.4.2")
def test_the_safety_departments_contacts_head_its_book(store: Store, clock: Clock) -> None:
    world = build_wider_world("safety")
    unit = world.unit("safety", "安全管理部")
    with writing():
        put_contacts(unit, {"email": "anquan@huaxing.example"}, source="安全部公告", verifier=None)
    (book,) = world.desk("niuer").directory.books()
    (office,) = book.header
    assert (office.unit, office.clause) == ("安全管理部", "B.4.3")
    assert [value for _label, value in office.contacts] == ["010 6234 5678-3001", "anquan@huaxing.example"]
    card = world.desk("panan").directory.card(world.entry("dingyi", "safety"))
    assert {"area", "duties", "office_phone", "mobile", "email"} <= {field.name for field in card.fields}
    assert card.kind.en == "Safety officer"  # type: ignore[union-attr]


@pytest.mark.clause("B.2", "B.3.1")
def test_an_officer_is_the_same_person_as_in_the_staff_book(world: World) -> None:
    both = build_wider_world("safety", beside=world)
    with writing():
        entry = Entry.get_by_id(both.entry("dingyi", "safety"))
        Entry.update(person=both.people["zhangwei"]).where(Entry.id == entry.id).execute()
    books = {book.id: book.own_entry for book in both.desk("zhangwei").directory.books()}
    assert books["safety"] == both.entry("dingyi", "safety")
    assert books["staff"] == both.entry("zhangwei", "staff")


@pytest.mark.clause("I.4.2.3", "I.4.1.2")
def test_a_departments_own_contacts_are_seen_and_issued(store: Store, clock: Clock) -> None:
    world = build_wider_world("controlled")
    unit = world.unit("controlled", "技术部")
    with writing():
        put_contacts(unit, {"fax": "+862158880001"}, source="部门报告", verifier=None)
    seen = world.desk("taojs").directory.unit("controlled", unit)
    assert seen is not None
    assert ([value for _label, value in seen.contacts], seen.clause) == (["021 5888 0001"], "I.4.2.3")
    preview = Editions(world.desk("zhuli")).preview("controlled", "internal")
    fax = [column.name for column in preview.content.columns].index("fax")
    issued = {row.name: row.cells[fax] for row in preview.content.rows}
    assert issued["陶军"] == "021 5888 0001"
    assert issued["唐总"] == ""


@pytest.mark.clause("C.7", "E.5", "F.5.2")
def test_partners_stand_apart_and_are_masked(trading: World) -> None:
    sales, hr = trading.desk("dubei"), trading.desk("jinhr")
    assert named(sales, side="external") == ["韦贵"]
    assert {line.name for line in hr.directory.list(BOOK, side="internal")}.isdisjoint({"韦贵", "何左"})
    card = hr.directory.card(trading.entry("vipke", BOOK))
    assert (card.side, card.organisation, card.inside_owner) == ("external", "宏远集团", "杜北")
    assert sales.directory.card(trading.entry("vipke", BOOK)).clause == "F.5.1"
    with pytest.raises(Refused):
        trading.desk("lunan").directory.card(trading.entry("vipke", BOOK))


@pytest.mark.clause("C.10.3", "C.7")
def test_information_security_sees_employees_and_no_partners(world: World) -> None:
    security = world.desk("panlong")
    assert len(security.directory.list("subsidiary")) == 9
    assert security.directory.list("subsidiary", side="external") == ()
    with pytest.raises(Refused) as refused:
        security.directory.card(world.entry("wuhao", "subsidiary"))
    assert refused.value.clause == "C.10.1"


@pytest.mark.clause("F.5.2")
def test_a_partners_number_is_masked_by_who_reads_it(trading: World) -> None:
    entry = trading.entry("vipke", BOOK)
    looks = {}
    for login in ("tanlan", "jinhr"):
        mobile = trading.desk(login).directory.card(entry).field("mobile")
        assert mobile is not None
        looks[login] = (mobile.look, mobile.text)
    assert looks["jinhr"] == ("shown", "139 0000 2901")
    assert looks["tanlan"] == ("masked", "139••••01")


@pytest.mark.clause("H.4.1", "H.4.2")
def test_an_entry_holds_what_is_asked_for_and_it_is_checked(store: Store, clock: Clock) -> None:
    world = build_wider_world("secured")
    entry = world.entry("qinyu", "secured")
    changes = world.desk("qinyu").changes
    required = {field.name for field in changes.form(entry).fields if field.required}
    assert {"name", "position", "email"} <= required
    for asked in ({"email": ""}, {"email": "nobody"}, {"mobile": "123"}):
        assert [problem.field for problem in changes.check(entry, asked).problems] == list(asked)


@pytest.mark.clause("E.4", "A.7")
def test_qq_wechat_and_other_contacts_are_kept_and_checked(world: World) -> None:
    entry = world.entry("majun", "group")
    changes = world.desk("majun").changes
    assert changes.check(entry, {"qq": "10001", "wechat": "majun_2026"}).problems == ()
    for asked in ({"qq": "012"}, {"wechat": "1"}):
        assert [problem.field for problem in changes.check(entry, asked).problems] == list(asked)
