"""Importing a spreadsheet: all of it or nothing, by those who maintain the book."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.desk.authority.offices import UnitHead, head_of
from db.desk.authority.permissions import policy_of
from db.desk.entry import record
from db.desk.importing.cells import normalise_column, quick_rule
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.notation.values import make_national_digits, national_digits, normalise
from db.language import say
from db.store import audit
from db.store.engine import Store
from db.store.searchindex import keys_of
from db.store.tables import AuditRecord, Entry, EntryField, Person, Unit, UnitAbove
from tests.audited import detail_of
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book, person, sheet

SOURCE = Source("staff.xlsx", "0" * 64)


def test_rows_become_entries_units_values_and_search_keys(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    rows = sheet(
        person(1, "张伟", head="是"),
        person(2, "欧阳娜", "华星集团 / 研发中心 / 研发二部"),
        person(3, "李雷", "行政部"),
    )
    report = desk.importing.load("staff", rows, SOURCE)

    assert (report.entries, report.units, report.heads) == (
        3,
        ("研发中心", "行政部", "研发中心/研发一部", "研发中心/研发二部"),
        1,
    )
    zhang = Entry.get(Entry.name == "张伟")
    loaded = record.load_entry(zhang.id)
    assert loaded.values["mobile"] == ("+8613800000001",)
    assert loaded.values["office_phone"] == ("+861088886666",)
    assert loaded.values["email"] == ("u1@example.com",)
    unit = Unit.get(Unit.name == "研发一部")
    assert (zhang.unit_id, head_of(unit)) == (unit.id, UnitHead(zhang.id, zhang.person_id, "holder"))
    assert UnitAbove.select().where(UnitAbove.unit == unit.id).count() == 3
    assert unit.id in {scope for scope, _key in keys_of(zhang.id)}


def test_protected_values_are_sealed(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1)), SOURCE)
    mobile = EntryField.get(EntryField.name == "mobile")
    assert mobile.value is None
    assert mobile.sealed is not None
    assert b"13800000001" not in bytes(mobile.sealed)


def test_what_is_found_is_the_same_as_for_an_entry_written_alone(store: Store) -> None:
    """A thousand rows go the quick way, one entry the slow one; the search keys must not differ."""
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(*(person(number) for number in range(1, 600))), SOURCE)
    entry = Entry.get(Entry.name == f"王{chr(0x4E00 + 7)}")

    def keys() -> set[tuple[int, str]]:
        return keys_of(entry.id)

    before = keys()
    record.reindex_entry(entry.id)
    assert keys() == before
    assert before


@pytest.mark.clause("A.7")
def test_one_bad_row_keeps_all_rows_out(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    bad = list(person(2, "李雷"))
    bad[4] = "1380000"
    with pytest.raises(BadRows) as caught:
        desk.importing.load("staff", sheet(person(1), tuple(bad)), SOURCE)
    assert [(error.row, say(error.column, "zh_CN")) for error in caught.value.errors] == [(3, "手机")]
    assert (Entry.select().count(), Person.select().count(), Unit.select().count()) == (0, 0, 1)
    assert not AuditRecord.select().where(AuditRecord.act == "importing.load").exists()


def test_a_dry_run_says_everything_and_changes_nothing(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    report = desk.importing.check("staff", sheet(person(1), person(2)))
    assert (report.entries, report.units) == (2, ("研发中心", "研发中心/研发一部"))
    assert Entry.select().count() == 0


def test_the_import_is_one_record_with_the_files_digest(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1)), SOURCE)
    found = AuditRecord.get(AuditRecord.act == "importing.load")
    assert (found.outcome, found.clause) == ("done", "A.6")
    assert SOURCE.digest in detail_of(found)
    assert audit.verify().sound


ERRORS = [
    (("张伟", "研发部", "工程师", "010-88886666", "13800000001", "a@example.com", "maybe"), "负责人"),
    (("张伟", "研发部//一组", "工程师", "010-88886666", "13800000001", "a@example.com"), "部门"),
    (("张伟", "", "工程师", "010-88886666", "13800000001", "a@example.com"), "部门"),
    (("", "研发部", "工程师", "010-88886666", "13800000001", "a@example.com"), "姓名"),
    (("张伟", "研发部", "", "010-88886666", "13800000001", "a@example.com"), "职务"),
    (("张伟", "研发部", "工程师", "01-8", "13800000001", "a@example.com"), "办公电话"),
    (("张伟", "研发部", "工程师", "010-88886666", "", "a@example.com"), "手机"),
    (("张伟", "研发部", "工程师", "010-88886666", "13800000001", "example.com"), "邮箱"),
]


@pytest.mark.clause("A.3", "C.8")
@pytest.mark.parametrize(("row", "column"), ERRORS)
def test_an_error_names_its_row_and_column(store: Store, row: tuple[str, ...], column: str) -> None:
    desk = desk_of("hr", make_book(), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(1), row))
    assert [(error.row, say(error.column, "zh_CN")) for error in caught.value.errors] == [(3, column)]
    assert all(say(error.advice, "zh_CN") for error in caught.value.errors)
    is_empty = "" in row
    assert all(("必填" in say(error.reason, "zh_CN")) == is_empty for error in caught.value.errors)


def test_headings_may_be_english_and_in_any_order(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    headings = ["E-mail", "Mobile", "office phone", "Position", "Department", "NAME", "Extension"]
    row = ("a@example.com", "13800000001", "010-88886666", "Engineer", "R&D", "张伟", "8012")
    assert desk.importing.check("staff", sheet(row, headings=headings)).entries == 1


@pytest.mark.parametrize("headings", [["姓名", "部门"], ["姓名", "部门", ""]])
def test_no_cell_is_left_unread_because_it_has_no_heading(store: Store, headings: list[str]) -> None:
    desk = desk_of("hr", make_book(), "hr")
    headings = [*headings[:2], "职务", "办公电话", "手机", "邮箱", *headings[2:]]
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(1)[:6], (*person(2)[:6], "高级"), headings=headings))
    assert [(error.row, say(error.column, "zh_CN")) for error in caught.value.errors] == [(3, "第 7 列")]


def test_a_sheet_with_headings_alone_imports_nobody_and_says_so(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.load("staff", sheet(), SOURCE)
    assert "no row" in say(caught.value.errors[0].reason, "en")


@pytest.mark.clause("H.4.3")
def test_a_file_without_headings_is_told_so_and_no_number_in_it_is_repeated(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", [["张伟", "110101199003074477", "a@example.com"], ["李雷"]])
    told = [say(error.column, "zh_CN") for error in caught.value.errors]
    assert told[:3] == ["张伟", "第 2 列", "第 3 列"]
    shown = "".join(say(error.reason, "zh_CN") + say(error.advice, "zh_CN") for error in caught.value.errors)
    assert "不是列标题" in shown
    assert "4477" not in shown + "".join(told)


def test_an_unknown_a_doubled_and_a_missing_heading_are_told_with_what_is_wrong_below(store: Store) -> None:
    """All at once: whoever mends the headings is not told of the cells only then."""
    desk = desk_of("hr", make_book(), "hr")
    headings = ["姓名", "姓名", "部门", "职务", "办公电话", "邮箱", "星座"]
    row = ("张伟", "张纬", "研发部", "工程师", "12", "zw@example.com", "天蝎")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(row, headings=headings))
    assert [(error.row, say(error.column, "zh_CN")) for error in caught.value.errors] == [
        (1, "姓名"),
        (1, "星座"),
        (1, "手机"),
        (2, "办公电话"),
    ]
    assert "已知" not in "".join(say(error.advice, "zh_CN") for error in caught.value.errors)
    assert caught.value.known is not None
    assert "手机" in say(caught.value.known, "zh_CN")


def test_a_person_who_comes_twice_is_an_error_and_one_who_is_there_stays(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1, "张伟")), SOURCE)
    rows = sheet(person(1, "张伟"), person(2, "李雷"), person(2, "李雷"), person(3, "张伟"))
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", rows)
    assert [error.row for error in caught.value.errors] == [4]
    changed = list(person(1, "张伟"))
    changed[2] = "总工程师"
    report = desk.importing.load("staff", sheet(tuple(changed), person(2, "李雷")), SOURCE)
    assert (report.entries, report.known) == (1, 1)
    assert [row.position for row in Entry.select().where(Entry.name == "张伟")] == ["工程师"]


@pytest.mark.threat(52)
def test_a_trial_does_not_tell_whether_a_protected_number_is_somebodys(store: Store) -> None:
    """Rows are held against what is open of people on record; against one another by everything."""
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1, "张伟")), SOURCE)
    guess = list(person(4, "张伟"))
    guess[4] = person(1)[4]
    assert desk.importing.check("staff", sheet(tuple(guess))).entries == 1
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(2, "李雷"), (*person(3, "李雷")[:4], *person(2)[4:])))
    assert [error.row for error in caught.value.errors] == [3]


def test_the_same_name_with_the_same_email_is_the_same_person(store: Store) -> None:
    place = 5
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1, "张伟")), SOURCE)
    other, twin = list(person(4, "张伟")), list(person(3, "张伟"))
    other[place] = person(1)[place]
    twin[place] = person(2)[place]
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(tuple(other), person(2, "张伟"), tuple(twin)))
    assert [error.row for error in caught.value.errors] == [4]
    assert desk.importing.check("staff", sheet(tuple(other), person(2, "张伟"))).known == 1


def test_a_unit_has_one_head(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(1, head="是"), person(2, head="是")))
    assert [error.row for error in caught.value.errors] == [3]
    desk.importing.load("staff", sheet(person(1, head="是")), SOURCE)
    with pytest.raises(BadRows):
        desk.importing.check("staff", sheet(person(2, head="是")))


EXTERNAL = [*HEADINGS[:6], "类别", "单位", "内部对接人"]


def outside(
    number: int, owner: str, unit: str = "合作伙伴", organisation: str = "远景公司"
) -> tuple[str, ...]:
    return *person(number, unit=unit)[:6], "合作伙伴", organisation, owner


@pytest.mark.clause("C.7", "E.5")
def test_outside_contacts_have_an_organisation_and_an_inside_owner(store: Store) -> None:
    desk = desk_of("hr", make_book(policies=("company",)), "hr")
    rows = sheet(person(1, "张伟")[:6], outside(2, "张伟"), headings=EXTERNAL)
    report = desk.importing.load("staff", rows, SOURCE)
    assert (report.internal, report.external) == (1, 1)
    contact = Entry.get(Entry.kind == "partner")
    assert (contact.organisation, contact.inside_owner) == ("远景公司", Entry.get(Entry.name == "张伟").id)
    assert Unit.get(Unit.name == "合作伙伴").side == "external"


@pytest.mark.parametrize(
    ("said", "wrong"), [("华星集团", 0), ("华星集团有限公司", 0), ("华星", 0), ("远景公司", 1)]
)
def test_a_colleague_may_be_said_to_be_of_ones_own_organisation(store: Store, said: str, wrong: int) -> None:
    """As directory servers and cards say of everybody; of another's it is told, for that is a contact."""
    desk = desk_of("hr", make_book(policies=("company",)), "hr")
    row = (*person(1, "张伟")[:6], "", said, "")
    view = desk.importing.view("staff", sheet(row, headings=EXTERNAL))
    assert view.count("wrong") == wrong


@pytest.mark.clause("C.7", "E.2")
def test_an_unknown_kind_is_told_with_the_kinds_in_the_reader_s_language(store: Store) -> None:
    desk = desk_of("hr", make_book(policies=("company",)), "hr")
    row = (*person(1, "张伟")[:6], "外星人", "", "")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(row, headings=EXTERNAL))
    told = next(error.reason for error in caught.value.errors if say(error.column, "zh_CN") == "类别")
    assert "全职员工、兼职" in say(told, "zh_CN")
    assert say(told, "en").startswith("Choose one of: Full-time, Part-time")


@pytest.mark.clause("H.2")
def test_a_partner_names_the_organisation_and_an_inside_colleague(store: Store) -> None:
    book = make_book("partners", ("information-security",))
    headings = ["姓名", "部门", "职务", "办公电话", "邮箱", "类别", "单位", "内部对接人"]
    inside = ("张伟", "市场部", "经理", "010-66001200", "zhangwei@example.com", "全职员工", "", "")
    contact = ("苗可", "合作单位", "商务经理", "010-66001234", "miaoke@partner.example.com", "合作伙伴")
    desk = desk_of("fuhua", book, "hr")
    for lacking in (("", "张伟"), ("启明广告", "")):
        with pytest.raises(BadRows):
            desk.importing.load(book, sheet(inside, (*contact, *lacking), headings=headings), SOURCE)
    desk.importing.load(book, sheet(inside, (*contact, "启明广告", "张伟"), headings=headings), SOURCE)
    entry = Entry.get((Entry.book == book) & (Entry.kind == "partner"))
    assert (entry.organisation, entry.inside_owner) == ("启明广告", Entry.get(Entry.name == "张伟").id)


@pytest.mark.clause("E.5")
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (outside(2, ""), "内部对接人"),
        (outside(2, "没有此人"), "内部对接人"),
        (outside(2, "张伟", organisation=""), "单位"),
        (outside(2, "张伟", unit="研发中心/研发一部"), "部门"),
    ],
)
def test_an_outside_contact_that_does_not_fit_is_an_error(
    store: Store, row: tuple[str, ...], column: str
) -> None:
    desk = desk_of("hr", make_book(policies=("company",)), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(1, "张伟")[:6], row, headings=EXTERNAL))
    assert {(error.row, say(error.column, "zh_CN")) for error in caught.value.errors} == {(3, column)}


def test_a_name_that_several_people_bear_is_no_inside_owner_but_their_address_is(store: Store) -> None:
    desk = desk_of("hr", make_book(policies=("company",)), "hr")
    two = person(1, "张伟")[:6], person(2, "张伟")[:6]
    with pytest.raises(BadRows):
        desk.importing.check("staff", sheet(*two, outside(3, "张伟"), headings=EXTERNAL))
    assert (
        desk.importing.check("staff", sheet(*two, outside(3, "u2@example.com"), headings=EXTERNAL)).external
        == 1
    )


SORTED = [*HEADINGS[:6], "部门地区"]


@pytest.mark.clause("F.3.1")
def test_units_come_with_their_region_and_are_narrowed_by_it(store: Store) -> None:
    desk = desk_of("hr", make_book("trade", ("general",)), "hr")
    north, south = person(1, "杜北", "华北区")[:6], person(2, "鲁南", "华南区")[:6]
    rows = sheet((*north, "华北"), (*person(3, "金瑞", "华北区")[:6], ""), (*south, "华南"), headings=SORTED)
    desk.importing.load("trade", rows, SOURCE)
    assert {unit.name: unit.region for unit in Unit.select().where(Unit.region != "")} == {
        "华北区": "华北",
        "华南区": "华南",
    }
    assert {line.name for line in desk.directory.list("trade", facets=["region=华北"])} == {"杜北", "金瑞"}


@pytest.mark.clause("I.4.1.1")
def test_units_come_with_the_kind_that_editions_tell_apart(store: Store) -> None:
    book = make_book("controlled", ("controlled-document",))
    desk = desk_of("zhuli", book, policy_of(book).maintainer.role)
    headings = [column.label.zh for column in desk.importing.columns(book)]
    assert "部门类型" in headings
    assert "部门地区" not in headings, "nothing is narrowed by it here"


@pytest.mark.parametrize(("regions", "row"), [(("华北", "华南"), 3), (("长" * 25, ""), 2), (("华东", ""), 2)])
def test_rows_that_disagree_on_a_unit_are_errors(store: Store, regions: tuple[str, str], row: int) -> None:
    desk = desk_of("hr", make_book("trade", ("general",)), "hr")
    desk.importing.load("trade", sheet((*person(1, "杜北", "东区")[:6], "华北"), headings=SORTED), SOURCE)
    unit = "东区" if regions[0] == "华东" else "新区"
    rows = [(*person(n, unit=unit)[:6], region) for n, region in enumerate(regions, start=5)]
    with pytest.raises(BadRows) as caught:
        desk.importing.check("trade", sheet(*rows, headings=SORTED))
    assert [(error.row, say(error.column, "zh_CN")) for error in caught.value.errors] == [(row, "部门地区")]


@pytest.mark.clause("A.6")
def test_it_fills_an_empty_book_and_never_one_in_use(store: Store) -> None:
    make_book()
    operator = desk_of("host", "staff", "admin")
    operator.importing.load("staff", sheet(person(1), person(2)), SOURCE)
    with pytest.raises(Refused) as caught:
        operator.importing.load("staff", sheet(person(3)), SOURCE)
    assert caught.value.clause == "A.6"
    assert Entry.select().count() == 2
    assert AuditRecord.select().where(AuditRecord.outcome == "refused").count() == 1


@pytest.mark.clause("A.6", "C.4")
@pytest.mark.parametrize(
    ("role", "front"), [("it", "ssh"), ("admin", "ssh"), ("security", "host"), ("employee", "ssh")]
)
def test_nobody_else_imports(store: Store, role: str, front: str) -> None:
    desk = desk_of("other", make_book(), role, "host" if front == "host" else "ssh")
    with pytest.raises(Refused):
        desk.importing.check("staff", sheet(person(1)))


def test_who_maintains_a_part_of_the_book_only_does_not_import(store: Store) -> None:
    first = desk_of("hr", make_book(), "hr")
    first.importing.load("staff", sheet(person(1)), SOURCE)
    part = desk_of("hr-part", "staff", "hr", unit=Unit.get(Unit.name == "研发一部").id)
    with pytest.raises(Refused):
        part.importing.check("staff", sheet(person(2)))


TELEPHONES = [
    "13800002121", "138 0000 2121", "+86 138 0000 2121", "010-88886666", "010-88886666-12", "01088886666",
    "0755-8888666", "0755-88886666", "11012345678", "19912345678", "12345", "88886666", "021-6666-8888",
    "021-66668888 转 12", "１３８００００２１２１", "+1 650 253 0000", "400-800-8888", "",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["mobile", "phone"])
@pytest.mark.parametrize("text", TELEPHONES)
def test_the_quick_rule_agrees_with_the_careful_one(store: Store, kind: str, text: str) -> None:
    make_book()
    rule = policy_of("staff").field("mobile" if kind == "mobile" else "office_phone")
    quick = quick_rule(rule, "CN")(text)
    if quick is not None:
        assert quick == normalise(rule, text, "CN")
        assert make_national_digits("CN")(quick) == national_digits(quick)


@pytest.mark.parametrize(
    "text",
    ["a@example.com", "A@example.com", "a.b-c@mail.example.com", "a..b@example.com", "a@-x", "ü@example.com"],
)
def test_addresses_come_out_the_same_either_way(store: Store, text: str) -> None:
    make_book()
    rule = policy_of("staff").field("email")
    careful = normalise(rule, text, "CN")
    [(_place, value)] = normalise_column(rule, [text], "CN")
    assert value == careful if isinstance(careful, str) else value == careful.message
