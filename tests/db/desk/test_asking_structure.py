"""Structure and company contacts after the CEO's approval (I.4.2.4), departments' own in 3 days (I.4.2.3)."""

from __future__ import annotations

from threading import Thread

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.authority.offices import set_head
from db.desk.cases.cases import Cases
from db.desk.cases.naming_handlers import fits_anybody
from db.desk.cases.work import CaseWork
from db.desk.entry.unit_contacts import contacts_of, put_contacts
from db.desk.entry.units import change_obstacle, close_unit, create_unit
from db.desk.importing.importing import Source
from db.desk.importing.outcome import UnfitRows
from db.desk.lifecycle.ends import check_unit_open
from db.desk.refusal import SILENT
from db.language import Message, say
from db.store.engine import Store
from db.store.tables import AuditRecord, Entry, Request, Unit, UnitAbove
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, names, refusal
from tests.db.desk.casework import under_investigation
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "controlled"
BOOKS_OF = {"wider": (BOOK,)}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


def ask(wider: World, login: str = "zhuli", **asked: str) -> int:
    """The assistant hands in a change of the structure."""
    return wider.desk(login).asking.ask("structure", BOOK, asked, "机构调整")


def digest(request: int) -> str:
    return str(Request.get_by_id(request).digest)


def found(desk: Desk, text: str) -> set[str]:
    return {row.name for row in desk.directory.search(BOOK, text)}


def above(unit: int) -> list[tuple[int, int]]:
    rows = UnitAbove.select().where(UnitAbove.unit == unit).order_by(UnitAbove.distance)
    return [(row.above_id, row.distance) for row in rows]


@pytest.mark.clause("I.4.2.4")
def test_nothing_changes_before_the_chief_executive_agrees(wider: World) -> None:
    request = ask(wider, what="create", to="技术部", name="数据组")
    assert Request.get_by_id(request).clause == "I.4.2.4"
    for login in ("zhuli", "fengdir", "taojs"):
        refused = refusal(wider.desk(login), request, digest(request))
        assert Unit.get_or_none(Unit.name == "数据组") is None, refused
    assert refusal(wider.desk("zhuli"), request, digest(request)).clause == "I.4.2.4"
    assert names(wider.desk("tangceo")) == {request}
    approve(wider, "tangceo", request)
    made = Unit.get(Unit.name == "数据组")
    root, parent = wider.unit(BOOK), wider.unit(BOOK, "技术部")
    assert above(made.id) == [(made.id, 0), (parent, 1), (root, 2)]
    view = wider.desk("zhuli").requests.one(request)
    assert (view.row.requester, view.row.state) == ("朱丽", "applied")
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).offset(1).get()
    assert (last.act, last.account, last.clause) == ("queue.approve", wider.accounts["tangceo"], "I.4.2.4")


@pytest.mark.clause("I.4.2.4", "I.3.2", "I.3.3")
def test_a_head_or_the_assistant_hands_it_in(wider: World) -> None:
    """The head of the department that it is about; nothing is changed before the chief executive agrees."""
    request = ask(wider, "taojs", what="create", to="技术部", name="数据组")
    assert names(wider.desk("tangceo")) == {request}
    assert refusal(wider.desk("zhuli"), request, digest(request))
    assert Unit.get_or_none(Unit.name == "数据组") is None
    approve(wider, "tangceo", request)
    assert Unit.get_or_none(Unit.name == "数据组") is not None
    for login in ("xiepi", "baizl"):
        with pytest.raises(Refused) as caught:
            ask(wider, login, what="create", to="技术部", name="数据组")
        assert caught.value.clause == "I.4.2.4"
        assert "structure" not in {offer.id for offer in wider.desk(login).asking.offers()}


def test_a_renamed_unit_is_found_by_its_new_name(wider: World) -> None:
    desk = wider.desk("zhuli")
    assert found(desk, "解平 平台组") == {"解平"}
    request = ask(wider, what="rename", unit="平台组", name="架构组")
    approve(wider, "tangceo", request)
    desk = wider.desk("zhuli")
    assert found(desk, "解平 架构组") == {"解平"}
    assert found(desk, "解平 平台组") == set()


@pytest.mark.parametrize(("typed", "called"), [("", "Platform"), ("Architecture", "Architecture")])
def test_a_unit_that_is_renamed_keeps_the_english_name_unless_another_is_typed(
    wider: World, typed: str, called: str
) -> None:
    unit = wider.unit(BOOK, "技术部/平台组")
    Unit.update(name_en="Platform").where(Unit.id == unit).execute()
    approve(wider, "tangceo", ask(wider, what="rename", unit="平台组", name="架构组", name_en=typed))
    row = Unit.get_by_id(unit)
    assert (row.name, row.name_en) == ("架构组", called)


def test_a_moved_unit_is_seen_from_where_it_stands_now(wider: World) -> None:
    with writing():
        inner = create_unit(BOOK, "内核小组", wider.unit(BOOK, "技术部/平台组"))
    assert found(wider.desk("taojs"), "解平") == {"解平"}
    assert found(wider.desk("shenjl"), "解平") == set()
    request = ask(wider, what="move", unit="平台组", to="上海办事处")
    approve(wider, "tangceo", request)
    moved, office = wider.unit(BOOK, "技术部/平台组"), wider.unit(BOOK, "上海办事处")
    assert above(inner) == [(inner, 0), (moved, 1), (office, 2), (wider.unit(BOOK), 3)]
    assert found(wider.desk("taojs"), "解平") == set()
    assert found(wider.desk("shenjl"), "解平") == {"解平"}
    assert [row.name for row in wider.desk("shenjl").directory.list(BOOK, moved)] == ["解平"]


def test_a_unit_is_closed_only_when_it_is_empty(wider: World) -> None:
    with pytest.raises(Invalid):
        ask(wider, what="close", unit="平台组")
    with writing():
        empty = create_unit(BOOK, "空部门", wider.unit(BOOK))
    request = ask(wider, what="close", unit="空部门")
    Entry.update(unit=empty).where(Entry.id == wider.entry("xiepi", BOOK)).execute()
    refused = refusal(wider.desk("tangceo"), request, digest(request))
    assert refused.clause == SILENT
    Entry.update(unit=wider.unit(BOOK, "技术部")).where(Entry.id == wider.entry("xiepi", BOOK)).execute()
    approve(wider, "tangceo", request)
    assert not Unit.get_by_id(empty).active
    assert "空部门" not in {node.name for node in wider.desk("zhuli").directory.units(BOOK, wider.unit(BOOK))}


@pytest.mark.clause("B.7.2")
def test_a_unit_that_was_closed_is_found_by_its_name_where_people_look_for_it(wider: World) -> None:
    """In the tree and by Go, behind those that are there, and as whom a report is about and a case names."""
    with writing():
        create_unit(BOOK, "技术资料部", wider.unit(BOOK))
        Unit.update(name_en="Technical Archive").where(Unit.name == "技术资料部").execute()
        close_unit(Unit.get(Unit.name == "技术资料部").id)
    for text in ("技术", "jszlb", "jishuziliao"):
        found = wider.desk("zhuli").directory.units_named(BOOK, text)
        assert found[-1].name == "技术资料部", text
        assert found[-1].path == (wider.unit(BOOK),), "it leads to what it stood in"
        assert say(found[-1].place, "zh_CN").startswith("已撤销，原属 ")
        assert [one.active for one in found[:-1]] == [True] * (len(found) - 1)
    assert fits_anybody("技术资料部", BOOK)
    case = Cases(wider.desk("xiepi")).report(BOOK, "名册外泄", "forwarding")
    desk = under_investigation(wider, case, "forwarding")
    for called in ("技术资料部", "Technical Archive", "technical"):
        (one,) = CaseWork(desk).people(case, called)
        assert say(one.position, "en") == "closed down", called
    CaseWork(desk).involve(case, one.whom)
    (named,) = Cases(desk).one(case).parties
    assert (named.name, say(named.position, "zh_CN")) == ("技术资料部", "已撤销")


def test_whoever_headed_a_unit_that_is_closed_hears_of_it(wider: World) -> None:
    """Also who acts for its head: an office that ends is never without a word."""
    with writing():
        empty = create_unit(BOOK, "空部门", wider.unit(BOOK))
        set_head(empty, wider.entry("taojs", BOOK))
    request = ask(wider, what="close", unit="空部门")
    approve(wider, "tangceo", request)
    told = [one for one in wider.desk("taojs").notices.unread() if one.kind == "unit-closed"]
    assert [(one.unit, one.clause) for one in told] == [("空部门", "I.4.2.4")]
    assert not [one for one in wider.desk("tangceo").notices.unread() if one.kind == "unit-closed"]


def test_a_unit_is_not_closed_over_whoever_moves_in_meanwhile(wider: World) -> None:
    """The closing waits for a move that is being approved, and looks then who is in the unit."""
    with writing():
        empty = create_unit(BOOK, "空部门", wider.unit(BOOK))
    told = list[Message | None]()

    def close() -> None:
        with writing():
            told.append(change_obstacle("close", empty, None, ""))

    closing = Thread(target=close)
    with writing():
        check_unit_open(Request(clause="I.4.2.4"), empty)
        closing.start()
        closing.join(0.5)
        Entry.update(unit=empty).where(Entry.id == wider.entry("xiepi", BOOK)).execute()
    closing.join()
    assert [one is not None for one in told] == [True]


def test_nobody_moves_into_a_unit_that_is_being_closed(wider: World) -> None:
    with writing():
        empty = create_unit(BOOK, "空部门", wider.unit(BOOK))
    told = list[Refused]()

    def move() -> None:
        with pytest.raises(Refused) as caught, writing():
            check_unit_open(Request(clause="I.4.2.4"), empty)
        told.append(caught.value)

    moving = Thread(target=move)
    with writing():
        assert change_obstacle("close", empty, None, "") is None
        moving.start()
        moving.join(0.5)
        close_unit(empty)
    moving.join()
    assert [refused.clause for refused in told] == ["I.4.2.4"]


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "create", "to": "技术部", "name": "平台组"},
        {"what": "create", "to": "技术部", "name": ""},
        {"what": "create", "to": "技术部", "name": "甲/乙"},
        {"what": "create", "to": "没有此部", "name": "新组"},
        {"what": "move", "unit": "技术部", "to": "平台组"},
        {"what": "rename", "unit": "技术部", "name": "行政人事部"},
        {"what": "dissolve", "unit": "技术部"},
    ],
)
def test_what_can_not_be_is_said_at_once(wider: World, asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        ask(wider, **asked)
    assert Request.select().count() == 0


def test_what_has_changed_meanwhile_is_not_overwritten(wider: World) -> None:
    first = ask(wider, what="rename", unit="平台组", name="架构组")
    second = ask(wider, what="rename", unit="平台组", name="基础组")
    approve(wider, "tangceo", first)
    assert "changed" in refusal(wider.desk("tangceo"), second, digest(second)).message.text
    assert Unit.get_by_id(wider.unit(BOOK, "技术部/平台组")).name == "架构组"


@pytest.mark.clause("I.4.2.4")
def test_the_companys_contacts_change_after_the_chief_executives_approval(wider: World) -> None:
    desk = wider.desk("zhuli")
    asked = {"office_address": "浦东新区世纪大道 8 号", "office_phone": "021 5888 0000"}
    request = desk.asking.ask("company-contact", BOOK, asked, "迁址")
    root = wider.unit(BOOK)
    assert refusal(wider.desk("fengdir"), request, digest(request)) is not None
    assert contacts_of(root) == {}
    approve(wider, "tangceo", request)
    assert contacts_of(root) == {"office_address": "浦东新区世纪大道 8 号", "office_phone": "+862158880000"}
    told = {label.en: value for label, value in wider.desk("xiepi").asking.contacts(BOOK)}
    assert "021 5888 0000" in told.values()
    with pytest.raises(Refused) as caught:
        wider.desk("taojs").asking.ask("unit-contact", BOOK, {"unit": str(root), "fax": "021 5888 0001"})
    assert caught.value.clause == "I.4.2.4"


@pytest.mark.clause("I.4.2.3")
@pytest.mark.parametrize("login", ["taojs", "baizl"])
def test_head_or_assistant_reports_a_departments_contact(wider: World, login: str) -> None:
    asked = {"unit": "技术部", "office_phone": "021 5888 0022"}
    request = wider.desk(login).asking.ask("unit-contact", BOOK, asked, changed_on="2026-11-20")
    row = Request.get_by_id(request)
    assert (row.clause, row.due, row.due_clause) == ("I.4.2.3", "2026-11-26", "I.4.2.3, own")
    reported = wider.desk(login).requests.one(request).reported
    assert reported is not None
    assert (reported.due, reported.late, reported.clause) == ("2026-11-25", 0, "I.4.2.3")
    approve(wider, "zhuli", request)
    assert contacts_of(wider.unit(BOOK, "技术部")) == {"office_phone": "+862158880022"}


@pytest.mark.clause("I.4.2.3")
def test_further_contacts_of_a_department_are_named(wider: World) -> None:
    """What is neither address nor phone nor fax is named by the assistant."""
    said = "值班室 021 5888 0030；前台微信 hongtu-front"
    asked = {"unit": "技术部", "other_contact": said}
    request = wider.desk("baizl").asking.ask("unit-contact", BOOK, asked, changed_on="2026-11-20")
    approve(wider, "zhuli", request)
    assert contacts_of(wider.unit(BOOK, "技术部")) == {"other_contact": said}


@pytest.mark.clause("I.4.2.3")
@pytest.mark.parametrize(
    ("offer", "login", "decides"),
    [("unit-contact", "taojs", "zhuli"), ("company-contact", "zhuli", "tangceo")],
)
def test_a_returned_contact_is_amended_as_one_writes_it(
    wider: World, offer: str, login: str, decides: str
) -> None:
    asked = {"office_phone": "02158880022", "office_address": "-"}
    root = wider.unit(BOOK)
    unit = wider.unit(BOOK, "技术部") if offer == "unit-contact" else root
    with writing():
        put_contacts(unit, {"office_address": "浦东新区世纪大道 8 号"}, source="import", verifier=None)
    request = wider.desk(login).asking.ask(offer, BOOK, asked | {"unit": "技术部"}, "换号")
    queue = wider.desk(decides).queue
    queue.return_(request, queue.one(request).digest, "请核对")
    form = wider.desk(login).asking.amendment(request)
    values = {field.name: field.value for field in form.fields}
    assert (values["office_phone"], values["office_address"]) == ("021 5888 0022", "-")


@pytest.mark.clause("I.4.2.3")
def test_others_do_not_and_a_late_report_is_on_record(wider: World, clock: Clock) -> None:
    asked = {"unit": "技术部", "fax": "021 5888 0023"}
    with pytest.raises(Refused) as caught:
        wider.desk("xiepi").asking.ask("unit-contact", BOOK, asked)
    assert caught.value.clause == "I.4.2.3"
    with pytest.raises(Invalid):
        wider.desk("shenjl").asking.ask("unit-contact", BOOK, asked)
    late = wider.desk("taojs").asking.ask("unit-contact", BOOK, asked, changed_on="2026-11-12")
    view = wider.desk("taojs").requests.one(late)
    assert view.reported is not None
    assert (view.reported.due, view.reported.late) == ("2026-11-17", 4)
    assert view.row.due is not None
    assert view.row.due.left == 3, "late is who reported it late, and not who enters it"
    with pytest.raises(Invalid):
        wider.desk("taojs").asking.ask("unit-contact", BOOK, asked, changed_on="2026-11-30")


@pytest.mark.parametrize("what", ["close", "rename", "move"])
def test_which_unit_is_meant_must_be_said(wider: World, what: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(wider, what=what, name="新名", to="技术部", unit="")
    assert [(one.field, one.message.text) for one in caught.value.problems] == [("unit", "Say which unit.")]


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_units_out_of_reach_are_neither_offered_nor_found(wider: World) -> None:
    desk = wider.desk("xiepi")
    (unit,) = desk.asking.form("copy", BOOK).fields
    assert [choice.label for choice in unit.choices] == ["宏图集团", "　技术部", "　　平台组"]
    for named in ("上海办事处", str(wider.unit(BOOK, "上海办事处")), "没有此部"):
        with pytest.raises(Invalid) as caught:
            desk.asking.ask("copy", BOOK, {"unit": named}, "接待")
        assert caught.value.problems[0].message.text == "There is no such unit in this directory."


@pytest.mark.clause("I.4.2.4")
def test_an_import_makes_no_unit_past_the_approval(wider: World) -> None:
    heads = ("姓名", "部门", "职位", "手机", "邮箱")
    rows = (heads, ("新来的", "数据部", "工程师", "138 1234 5699", "new@huaxing.example"))
    with pytest.raises(Refused) as caught:
        wider.desk("zhuli").importing.load(BOOK, rows, Source("新.csv", "0" * 64))
    assert caught.value.clause == "I.4.2.4"
    assert Unit.get_or_none(Unit.name == "数据部") is None
    worse = (*rows, ("又来的", "数据部", "工程师", "138", "new2@huaxing.example"))
    with pytest.raises(UnfitRows) as told:
        wider.desk("zhuli").importing.check(BOOK, worse)
    assert [(error.row, error.clause) for error in told.value.errors] == [(2, "I.4.2.4"), (3, "")]


@pytest.mark.threat(18)
@pytest.mark.clause("D.3", "D.4")
def test_a_class_is_divided_by_its_teacher_or_deputy_and_not_by_who_heads_it(
    store: Store, clock: Clock
) -> None:
    school = build_wider_world("class")
    with writing():
        set_head(school.unit("class", "高一（3）班"), school.entry("jiangtao", "class"))
    asked = {"what": "create", "to": str(school.unit("class", "高一（3）班")), "name": "第一组"}
    with pytest.raises(Refused) as refused:
        school.desk("jiangtao").asking.ask("structure", "class", asked, "分组")
    assert refused.value.clause == "D.3"
    school.desk("shilaoshi").asking.ask("structure", "class", asked, "分组")


@pytest.mark.clause("I.4.2.3", "I.4.2.4")
@pytest.mark.parametrize(
    ("login", "offer", "clause"),
    [
        ("baizl", "structure", "I.4.2.4"),
        ("baizl", "company-contact", "I.4.2.4"),
        ("xiepi", "structure", "I.4.2.4"),
        ("xiepi", "unit-contact", "I.4.2.3"),
    ],
)
def test_a_form_that_one_could_not_submit_is_refused_at_once(
    wider: World, login: str, offer: str, clause: str
) -> None:
    """It opened, and only what had been typed into it was refused."""
    asking = wider.desk(login).asking
    assert offer not in {one.id for one in asking.offers()}
    with pytest.raises(Refused) as caught:
        asking.form(offer, BOOK)
    assert caught.value.clause == clause
    with pytest.raises(Refused) as submitted:
        asking.ask(offer, BOOK, {"what": "create", "name": "数据组", "to": "技术部"}, "新设")
    assert submitted.value.message.text == caught.value.message.text
