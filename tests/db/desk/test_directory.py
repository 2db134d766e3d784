"""The directory by role: how far each sees, what is masked, and on what terms it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from db.desk import Desk, Refused
from db.desk.entry.record import apply_values, create_entry, remove_entry
from db.desk.entry.units import create_unit
from db.store import clock as store_clock
from db.store.audit import verify
from db.store.tables import AuditRecord, Grant, SignInSession
from db.store.transactions import writing
from tests.audited import detail_of, purpose_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access
from tests.world import World


def listed(desk: Desk, book: str, **more: object) -> set[str]:
    return {line.name for line in desk.directory.list(book, **more)}  # type: ignore[arg-type]


def found(desk: Desk, book: str, text: str, **more: object) -> list[str]:
    return [line.name for line in desk.directory.search(book, text, **more)]  # type: ignore[arg-type]


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def last() -> AuditRecord:
    record: AuditRecord = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    return record


SUBSIDIARY = {"高山", "林晓", "唐雨", "许宁", "邓超", "方敏", "叶青", "潘龙", "欧阳雪"}


@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3")
@pytest.mark.parametrize(
    ("login", "seen", "clause"),
    [
        ("tangyu", {"林晓", "唐雨"}, "C.10.1"),
        ("xuning", {"高山", "许宁"}, "C.10.1"),
        ("gaoshan", {"高山", "林晓", "唐雨", "许宁"}, "C.10.2"),
        ("panlong", SUBSIDIARY, "C.10.3"),
        ("yeqing", SUBSIDIARY, "C.4"),
        ("ouyangxue", {"欧阳雪"}, "C.10.1"),
    ],
)
def test_each_role_sees_as_far_as_its_clause_says(
    world: World, login: str, seen: set[str], clause: str
) -> None:
    desk = world.desk(login)
    assert listed(desk, "subsidiary") == seen
    for name in sorted(SUBSIDIARY):
        assert (name in found(desk, "subsidiary", name)) == (name in seen)
    mine = world.entry(login, "subsidiary")
    others = [line.entry for line in desk.directory.list("subsidiary") if line.entry != mine]
    for entry in others:
        assert desk.directory.card(entry).entry == entry
    if others:
        cited = {ground.clause for entry in others for ground in desk.directory.why(entry).because}
        assert clause in cited
    colleagues = [e for (book, who), e in world.entries.items() if book == "subsidiary" and who != "wuhao"]
    for entry in colleagues:
        if entry not in (*others, mine):
            assert refused(partial(desk.directory.card, entry)).clause == "C.10.1"
            assert last().outcome == "refused"
            assert last().entry == entry


def test_an_employee_above_a_unit_does_not_see_into_it(world: World) -> None:
    """Own department means the department's own members; only its head sees what is below."""
    world.hire("assistant", "助理", "研发中心")
    assert listed(world.desk("assistant"), "staff") == {"李伟", "助理"}
    assert {"李伟", "助理", "张伟", "周围"} <= listed(world.desk("liwei"), "staff")


def test_the_tree_leads_to_what_is_within_reach_and_counts_nothing_else(world: World) -> None:
    directory = world.desk("zhangwei").directory
    (root,) = directory.units("staff")
    (centre,) = directory.units("staff", root.id)
    (unit,) = directory.units("staff", centre.id)
    assert [(node.name, node.count, node.within) for node in (root, centre, unit)] == [
        ("华星集团", 4, False), ("研发中心", 4, False), ("研发一部", 4, True),
    ]  # fmt: skip
    assert unit.own
    assert unit.leaf
    security = world.desk("panlong").directory
    (root,) = security.units("subsidiary")
    assert root.count == len(SUBSIDIARY)
    assert [node.name for node in security.units("subsidiary", root.id)] == [
        "产品部", "交付部", "人事部", "信息安全组", "信息技术组",
    ]  # fmt: skip


@pytest.mark.clause("E.5")
def test_colleagues_and_outside_contacts_are_browsed_and_searched_apart(world: World) -> None:
    desk = world.desk("luoyan")
    assert listed(desk, "group", side="external") == {"谢军", "韩梅"}
    assert not listed(desk, "group") & {"谢军", "韩梅"}
    assert found(desk, "group", "谢") == []
    assert found(desk, "group", "谢", side="external") == ["谢军"]
    (unit,) = desk.directory.units("group", desk.directory.units("group")[0].id, "external")
    assert (unit.name, unit.count) == ("外部联系人", 2)
    card = desk.directory.card(world.entry("xiejun", "group"))
    assert (card.side, card.organisation, card.inside_owner) == ("external", "东方贸易", "宋佳")
    employee = world.desk("majun")
    assert listed(employee, "group", side="external") == set()
    (book,) = employee.directory.books()
    assert book.sides == ("internal",)


def test_protected_numbers_are_masked_until_they_are_revealed_with_a_purpose(world: World) -> None:
    directory = world.desk("zhangwei").directory
    entry = world.entry("zhangwen")
    line = next(line for line in directory.list("staff") if line.entry == entry)
    card = directory.card(entry)
    shown = card.field("mobile")
    assert line.text("mobile") == "139••••07"
    assert shown is not None
    assert (shown.texts, shown.look) == (("139••••07",), "masked")
    revealed = directory.reveal(entry, "mobile", "work")
    assert (revealed.text, revealed.look) == ("139 0000 1507", "shown")
    record = last()
    assert (record.act, record.outcome, purpose_of(record), record.entry) == (
        "directory.reveal",
        "done",
        "work",
        entry,
    )
    assert "1507" not in detail_of(record)


def test_one_sees_one_s_own_numbers_and_the_maintainer_sees_all(world: World) -> None:
    own = world.desk("zhangwei").directory.card(world.entry("zhangwei")).field("mobile")
    assert own is not None
    assert own.text == "138 0000 2121"
    card = world.desk("liuyang").directory.card(world.entry("zhangwei"))
    assert card.may_propose
    assert [field.look for field in card.fields if field.name == "mobile"] == ["shown"]


@pytest.mark.parametrize(
    ("login", "book", "of", "purpose", "clause"),
    [
        pytest.param("zhangwei", "staff", "zhangwen", "personal", "A.11", marks=pytest.mark.clause("A.11")),
        pytest.param("zhangwei", "staff", "zhangwen", "commercial", "A.11", marks=pytest.mark.clause("A.11")),
        pytest.param("tangyu", "subsidiary", "linxiao", "personal", "C.11", marks=pytest.mark.clause("C.11")),
        pytest.param("tangyu", "subsidiary", "linxiao", "unlawful", "C.11", marks=pytest.mark.clause("C.11")),
        pytest.param("majun", "group", "huangbo", "commercial", "E.11", marks=pytest.mark.clause("E.11")),
        pytest.param("majun", "group", "huangbo", "unlawful", "E.11", marks=pytest.mark.clause("E.11")),
    ],
)
def test_a_purpose_other_than_work_is_denied_by_its_clause(
    world: World, login: str, book: str, of: str, purpose: str, clause: str
) -> None:
    directory = world.desk(login).directory
    entry = world.entry(of, book)
    for act in (
        lambda: directory.reveal(entry, "mobile", purpose),
        lambda: directory.contact(entry, purpose),
    ):
        refusal = refused(act)
        assert refusal.clause == clause
        assert refusal.advice
        assert (last().outcome, last().clause, purpose_of(last())) == ("refused", clause, purpose)


@pytest.mark.clause("A.13")
@pytest.mark.parametrize("purpose", ["", "no such purpose"])
def test_a_look_up_without_a_purpose_is_denied(world: World, purpose: str) -> None:
    directory = world.desk("zhangwei").directory
    assert "A.13" in refused(lambda: directory.reveal(world.entry("zhangwen"), "mobile", purpose)).clause


@pytest.mark.clause("A.13")
def test_a_granted_request_opens_one_entry_until_it_ends(world: World, clock: Clock) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhaomin")
    request = ask_access(desk, "staff", "客户现场对接", name="赵敏", days=7)
    assert found(desk, "staff", "赵敏") == []
    assert refused(lambda: desk.directory.reveal(entry, "mobile", "work"))
    approve(world, "zhaomin", request)
    assert found(desk, "staff", "赵敏") == found(desk, "staff", "zhaom") == ["赵敏"]
    assert found(desk, "staff", "敏") == ["赵敏"]
    card = desk.directory.card(entry)
    assert (card.clause, card.until is not None) == ("A.13, own", True)
    assert desk.directory.reveal(entry, "mobile", "work").text == "135 0000 8201"
    assert last().clause == "A.13"
    clock.forward(days=7)
    assert found(desk, "staff", "赵敏") == []
    assert refused(lambda: desk.directory.card(entry))


@pytest.mark.clause("A.14")
def test_the_call_card_says_who_calls_from_where_and_why(world: World) -> None:
    contact = world.desk("zhangwei").directory.contact(world.entry("zhangwen"), "meeting")
    assert contact.clause == "A.14"
    said = contact.call[1]
    assert not isinstance(said, str)
    params = getattr(said, "params", {})
    assert (params["me"], params["unit"], params["purpose"].zh) == ("张伟", "研发一部", "安排会议")
    assert [field.name for field in contact.numbers] == ["office_phone", "extension", "mobile"]
    assert contact.numbers[2].text == "139••••07"
    assert (last().act, purpose_of(last())) == ("directory.contact", "meeting")


def test_why_not_says_the_same_for_hidden_entries_and_for_none(world: World) -> None:
    directory = world.desk("tangyu").directory
    hidden = directory.why(world.entry("fangmin", "subsidiary"), book="subsidiary")
    nobody = directory.why(10**6, book="subsidiary")
    assert hidden == nobody == directory.why(None, book="subsidiary")
    assert not hidden.can
    assert "C.10.1" in {ground.clause for ground in hidden.because}


def test_why_a_field_is_masked_cites_what_opens_it(world: World) -> None:
    why = world.desk("tangyu").directory.why(world.entry("linxiao", "subsidiary"), "mobile")
    assert why.can
    assert why.because[0].clause == "C.11"
    assert why.because[0].summary is not None


@pytest.mark.clause("A.5")
def test_a_look_up_is_recorded_when_it_settles_and_never_with_a_whole_number(world: World) -> None:
    directory = world.desk("zhangwei").directory
    before = AuditRecord.select().count()
    for text in ("z", "zh", "zha"):
        directory.search("staff", text)
    assert AuditRecord.select().count() == before
    directory.settled("staff", "zha")
    assert (last().act, "zha" in detail_of(last())) == ("directory.settled", True)
    directory.settled("staff", "13800002121")
    assert "13800002121" not in detail_of(last())
    assert verify().sound


@pytest.mark.threat(20)
def test_a_right_that_is_withdrawn_is_gone_at_the_very_next_operation(world: World, clock: Clock) -> None:
    desk = world.desk("liuyang")
    assert found(desk, "staff", "张伟") == ["张伟"]
    assert desk.directory.card(world.entry("zhangwei"))
    Grant.update(revoked_at=store_clock.now()).where(Grant.account == world.accounts["liuyang"]).execute()
    assert found(desk, "staff", "张伟") == []
    assert refused(lambda: desk.directory.card(world.entry("zhangwei")))
    assert [node.name for node in desk.directory.units("staff", desk.directory.units("staff")[0].id)] == [
        "人力资源部"
    ]


@pytest.mark.threat(20)
def test_a_moved_reader_sees_the_new_unit_and_no_longer_the_old(world: World) -> None:
    desk = world.desk("zhangwei")
    assert "张文" in listed(desk, "staff")
    unit = world.unit("staff", "销售中心/华东销售部")
    with writing():
        apply_values(world.entry("zhangwei"), {"unit": (str(unit),)}, source="", verifier=None)
    assert listed(desk, "staff") == {"张伟", "钱进", "孙丽"}
    assert found(desk, "staff", "张") == ["张伟"]
    assert "张伟" not in listed(world.desk("zhangwen"), "staff")


@pytest.mark.threat(20)
def test_an_ended_session_ends_the_directory(world: World) -> None:
    from db.desk import SessionOver

    desk = world.desk("zhangwei")
    SignInSession.update(ended_at=store_clock.now()).execute()
    with pytest.raises(SessionOver):
        desk.directory.search("staff", "张")


@pytest.mark.clause("A.10")
def test_who_has_left_or_not_come_yet_never_appears(world: World) -> None:
    desk, entry = world.desk("liuyang"), world.entry("zhangwei")
    unit = world.unit("staff", "研发中心/研发一部")
    with writing():
        remove_entry(entry, "2026-11-23")
        pending = create_entry("staff", unit, "full-time", {"name": ("张未到",)}, state="pending")
    assert "张伟" not in listed(desk, "staff")
    assert found(desk, "staff", "张") == ["张文"]
    for gone in (entry, pending):
        assert refused(partial(desk.directory.card, gone))


def test_a_list_is_a_window_in_the_order_of_pinyin(world: World) -> None:
    directory = world.desk("liuyang").directory
    whole = [line.name for line in directory.list("staff")]
    assert whole[:3] == ["陈静", "郭涛", "何磊"]
    assert whole.index("单宏") < whole.index("曾晴")
    with writing():
        for name in ("程可欣", "陈佳", "张安", "章一"):
            create_entry("staff", world.unit("staff"), "full-time", {"name": (name,)})
    whole = [line.name for line in directory.list("staff")]
    assert whole[:3] == ["陈佳", "陈静", "程可欣"]
    assert [name for name in whole if name[0] in "张章"] == ["张安", "张伟", "张文", "章一"]
    windows = [directory.list("staff", offset=offset, limit=4) for offset in range(0, 20, 4)]
    assert [line.name for window in windows for line in window] == whole


def test_own_unit_first_then_by_rank(world: World) -> None:
    unit = world.unit("staff", "研发中心/研发一部")
    with writing():
        create_entry("staff", unit, "full-time", {"name": ("赵张",)})
    world.hire("zhangjie", "张杰", "人力资源部")
    assert found(world.desk("liuyang"), "staff", "张") == ["张杰", "张伟", "张文", "赵张"]


def test_a_unit_of_another_book_or_beyond_reach_finds_nothing(world: World) -> None:
    desk = world.desk("zhangwei")
    for unit in (world.unit("staff", "销售中心"), world.unit("subsidiary"), 10**6):
        assert listed(desk, "staff", unit=unit) == set()
        assert found(desk, "staff", "张", unit=unit) == []
    assert desk.directory.list("subsidiary") == ()
    assert desk.directory.search("no such book", "张") == ()
    assert desk.directory.units("subsidiary") == ()


def test_a_new_unit_below_does_not_widen_an_employee_s_sight(world: World) -> None:
    above = world.unit("staff", "研发中心/研发一部")
    with writing():
        unit = create_unit("staff", "新组", above)
        create_entry("staff", unit, "full-time", {"name": ("新人",)})
    assert "新人" not in listed(world.desk("zhangwei"), "staff")
    assert "新人" in listed(world.desk("wangfang"), "staff")
    assert found(world.desk("wangfang"), "staff", "研发一部 新") == ["新人"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wangf", "王芳"), ("wang芳", "王芳"), ("w芳", "王芳"), ("王fang", "王芳"), ("王f", "王芳"),
        ("wnagfang", "王芳"), ("wangfan", "王芳"), ("wangfamg", "王芳"), ("wanfgang", "王芳"),
        ("zangwei", "张伟"), ("zhangweei", "张伟"),
        ("欧阳", None), ("zhao张", None), ("wang微", None), ("xxxx", None),
    ],
)  # fmt: skip
def test_a_name_is_found_mixed_or_with_one_wrong_letter(world: World, typed: str, name: str | None) -> None:
    desk = world.desk("liuyang")
    hits = found(desk, "staff", typed) or found(desk, "staff", typed, near=True)
    assert (name in hits) if name else (hits == [])


@pytest.mark.threat(23)
@pytest.mark.parametrize("typed", ["zhao敏", "赵min", "zhoamin", "zhaomim"])
def test_nobody_out_of_reach_is_found_by_what_is_nearly_their_name(world: World, typed: str) -> None:
    assert found(world.desk("liuyang"), "staff", typed, near=True) == ["赵敏"]
    assert found(world.desk("zhangwei"), "staff", typed, near=True) == []
