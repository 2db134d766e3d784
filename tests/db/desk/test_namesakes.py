"""People of one name: each can be named, by where they are and what they do, wherever a name is typed."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid
from db.desk.entry.namesakes import entries_called, places_of
from db.desk.entry.record import apply_values
from db.desk.entry.units import create_unit
from db.desk.privacy.erasing import erase_person
from db.language import say
from db.store.engine import Store
from db.store.tables import AccessGrant, Consent, Entry, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, names, refusal
from tests.db.desk.test_kept_fields import BOOK, KEPT, WARD, a_ward
from tests.wider_world import OFFICER
from tests.world import Somebody, World, settle

HERE = "销售中心/华东销售部"
BOOKS_OF = {"wider": ("safety",)}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


@pytest.fixture
def twins(world: World) -> tuple[int, int]:
    """Two of one name in one unit, of different positions."""
    return tuple(  # type: ignore[return-value]
        world.hire(login, "林静", HERE, values={"position": position, "extension": extension})
        for login, position, extension in (("lin1", "客户经理", "8211"), ("lin2", "销售助理", "8212"))
    )


def granted(world: World, login: str) -> set[int]:
    rows = AccessGrant.select(AccessGrant.entry).where(AccessGrant.account == world.accounts[login])
    return {row.entry_id for row in rows}


def problem(desk: Desk, **asked: str) -> tuple[str, str]:
    """Where a look-up is refused that is asked for so, and in which words."""
    with pytest.raises(Invalid) as caught:
        ask_access(desk, "staff", "对接", **asked)
    (one,) = caught.value.problems
    return one.field, say(one.message, "en")


@pytest.mark.clause("A.13")
def test_of_two_in_one_department_the_position_tells_which(world: World, twins: tuple[int, int]) -> None:
    desk, keeper = world.desk("zhangwei"), world.desk("liuyang")
    unclear = ask_access(desk, "staff", "对接", name="林静", unit="华东销售部")
    refused = refusal(keeper, unclear, keeper.queue.one(unclear).digest)
    assert "销售中心/华东销售部/客户经理, 销售中心/华东销售部/销售助理" in say(refused.message, "en")
    keeper.queue.return_(unclear, keeper.queue.one(unclear).digest, "请写明职务")
    desk.asking.amend(unclear, {"name": "林静", "unit": "华东销售部/销售助理"}, "对接")
    assert (names(world.desk("qianjin")), names(keeper)) == ({unclear}, set())
    approve(world, "qianjin", unclear)
    assert granted(world, "zhangwei") == {twins[1]}


@pytest.mark.clause("A.13")
@pytest.mark.parametrize(
    "place",
    [
        "销售助理",
        "华东销售部/销售助理",
        "华星集团／销售中心 ／华东 销售部／销售助理",
        "华东销售部/8212",
        "lin2@HUAXING.example",
    ],
)
def test_which_one_is_written_as_people_write_it(world: World, twins: tuple[int, int], place: str) -> None:
    request = ask_access(world.desk("zhangwei"), "staff", "对接", name="林 静", unit=place)
    approve(world, "qianjin", request)
    assert granted(world, "zhangwei") == {twins[1]}


def test_a_name_is_compared_as_search_compares_it(world: World) -> None:
    for login, name in (("anna", "Anna Lee"), ("guli", "古丽·买买提")):
        world.hire(login, name, HERE)
    for name in ("anna  lee", "ＡＮＮＡ ＬＥＥ", "古丽买买提", "古丽•买买提"):
        assert len(entries_called("staff", name)) == 1, name
    assert entries_called("staff", "Anna") == entries_called("staff", "·") == []


@pytest.mark.clause("A.13")
def test_of_two_with_one_position_the_extension_tells_which(world: World, twins: tuple[int, int]) -> None:
    third = world.hire("lin3", "林静", HERE, values={"position": "销售助理", "extension": "8213"})
    desk = world.desk("liuyang")
    field, said = problem(desk, name="林静", unit="华东销售部/销售助理")
    assert (field, said.count("销售助理/821"), "8211" in said) == ("unit", 2, False)
    request = ask_access(desk, "staff", "对接", name="林静", unit="华东销售部/8213")
    assert Request.get_by_id(request).state == "open"
    assert [row.id for row in entries_called("staff", "林静", "8213")] == [third]


def test_what_is_told_of_each_is_taken_as_an_answer(world: World, twins: tuple[int, int]) -> None:
    """Even of two who differ in nothing that all may see."""
    with writing():
        Entry.update(position="客户经理").where(Entry.id == twins[1]).execute()
    same = {"extension": "8299", "email": "sales@huaxing.example"}
    alike = [world.hire(login, "林静", "销售中心", values=same) for login in ("l4", "l5")]
    for entry in alike:
        with writing():
            Entry.update(position="").where(Entry.id == entry).execute()
    desk = world.desk("liuyang")
    _field, said = problem(desk, name="林静")
    told = said.partition(": ")[2].split(", ")
    found = [[row.id for row in entries_called("staff", "林静", place.rstrip("."))] for place in told]
    assert found == [[entry] for entry in (*twins, *alike)]


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_several_out_of_reach_and_nobody_are_told_the_asker_alike(
    world: World, twins: tuple[int, int]
) -> None:
    told = []
    for name, unit in (
        ("林静", "华东销售部"),
        ("林静", "华东销售部/客户经理"),
        ("林不在", "华东销售部/客户经理"),
    ):
        desk = world.desk("zhangwei")
        seen = desk.requests.one(ask_access(desk, "staff", "对接", name=name, unit=unit))
        told.append((seen.row.waits_for, seen.row.name, seen.row.unit, seen.steps, seen.lines[0].after))
    assert [one[:4] for one in told[1:]] == [told[0][:4]] * 2
    assert [one[4] for one in told] == [
        "林静 华东销售部",
        "林静 华东销售部/客户经理",
        "林不在 华东销售部/客户经理",
    ]


@pytest.mark.threat(23)
@pytest.mark.clause("C.10")
def test_a_namesake_out_of_reach_changes_nothing_of_what_is_said_of_those_within(
    world: World, twins: tuple[int, int]
) -> None:
    """Neither whom a name means, nor what tells them apart."""
    head, places = world.desk("qianjin"), ("", "华东销售部", "销售中心")
    before = problem(head, name="林静")
    assert before[0] == "unit"
    world.hire("lin6", "林静", "研发中心/研发一部", values={"position": "客户经理"})
    world.hire("lin7", "林静", "销售中心", values={"position": "华东销售部"})
    assert [problem(head, name="林静", unit=place) for place in places] == [before] * 3


def test_who_stands_in_the_unit_itself_goes_before_those_below_it(world: World) -> None:
    """A unit's whole path goes before the ends of longer ones, as wherever a unit is written."""
    above, below = world.hire("l1", "林静", "销售中心"), world.hire("l2", "林静", HERE)
    with writing():
        world.units["staff", "研发中心/销售中心"] = create_unit(
            "staff", "销售中心", world.unit("staff", "研发中心")
        )
    other = world.hire("l3", "林静", "研发中心/销售中心")

    def found(place: str) -> list[int]:
        return [row.id for row in entries_called("staff", "林静", place)]

    assert (found("销售中心"), found("华东销售部"), found("销售中心/专员")) == ([above], [below], [above])
    assert (found("研发中心"), found("研发中心/销售中心"), found("信息技术部")) == ([other], [other], [])
    assert found("华星集团") == found("") == found("专员") == [above, below, other]
    assert found("华东销售部/销售中心") == []


@pytest.mark.threat(23)
def test_what_is_kept_to_some_tells_nobody_apart(store: Store, clock: Clock) -> None:
    """Neither is an extension found out by it, nor is it told."""
    kept = '{ name = "extension", visible_to = ["self", "maintainer"], clause = "W.3" },\n'
    world = a_ward(KEPT.replace('  { name = "birth_date"', kept + '{ name = "birth_date"'), in_force=True)
    with writing():
        pair = [
            settle(world, Somebody(login, "林静", BOOK, WARD, "", extension, ""), {})
            for login, extension in (("l1", "7001"), ("l2", "7002"))
        ]
    assert len(entries_called(BOOK, "林静")) == 2
    assert entries_called(BOOK, "林静", "7001") == []
    assert places_of([Entry.get_by_id(entry) for entry in pair]) == [f"{WARD}/#{entry}" for entry in pair]


@pytest.mark.clause("A.13", "E.5")
def test_of_outside_contacts_the_organisation_tells_which(world: World) -> None:
    wanted = world.entry("xiejun", "group")
    with writing():
        apply_values(world.entry("hanmei", "group"), {"name": ("谢军",)}, source="", verifier=None)
    assert [row.id for row in entries_called("group", "谢军", "外部联系人/东方贸易")] == [wanted]


def test_more_of_a_name_than_one_page_holds_are_told_apart(world: World) -> None:
    for number in range(24):
        world.hire(f"lin{number}", "林静", "法务部", book="group")
    wanted = world.hire("last", "林静", "财务中心", book="group")
    asked = {"entry": "林静/财务中心"}
    request = world.desk("luoyan").asking.ask("delete", "group", asked, "重复条目")
    assert Request.get_by_id(request).entry_id == wanted


@pytest.mark.clause("E.6.4")
def test_a_deletion_says_how_to_write_each_and_takes_it(world: World) -> None:
    desk = world.desk("luoyan")
    _first, second = (
        world.hire(f"lin{position}", "林静", "财务中心/会计部", book="group", values={"position": position})
        for position in ("会计", "出纳")
    )
    with pytest.raises(Invalid) as caught:
        desk.asking.ask("delete", "group", {"entry": "林静/会计部"}, "重复条目")
    said = say(caught.value.problems[0].message, "zh_CN")
    assert "林静/财务中心/会计部/会计、林静/财务中心/会计部/出纳" in said
    request = desk.asking.ask("delete", "group", {"entry": "林静/财务中心/会计部/出纳"}, "重复条目")
    assert Request.get_by_id(request).entry_id == second


@pytest.mark.clause("A.13")
def test_rights_resets_and_offices_take_the_same(world: World, twins: tuple[int, int]) -> None:
    desk, whom, account = world.desk("liuyang"), "林静/华东销售部/销售助理", world.accounts["lin2"]
    asks: tuple[tuple[str, dict[str, str]], ...] = (
        ("right", {"what": "give", "role": "hr"}),
        ("reset", {}),
        ("office", {"what": "deputy", "role": "head", "unit": "华东销售部"}),
    )
    for kind, asked in asks:
        with pytest.raises(Invalid) as caught:
            desk.asking.ask(kind, "staff", {**asked, "whom": "林静/华东销售部"}, "人事安排")
        assert [problem.field for problem in caught.value.problems] == ["whom"]
        request = Request.get_by_id(desk.asking.ask(kind, "staff", {**asked, "whom": whom}, "人事安排"))
        assert (request.about_id, request.entry_id) in (
            (account, None),
            (account, twins[1]),
            (None, twins[1]),
        )


@pytest.mark.clause("B.6.2")
def test_a_disclosure_names_one_of_two_in_one_department(wider: World) -> None:
    with writing():
        pair = [
            settle(
                wider,
                Somebody(
                    f"ma{number}", "马三", "safety", "二车间", position, f"30{number}", f"138000030{number}",
                    kind="safety-officer",
                ),
                OFFICER,
            )
            for number, position in ((71, "班长"), (72, "库管"))
        ]  # fmt: skip
    to = str(wider.unit("safety", "一车间"))

    def ask(people: str, login: str) -> int:
        asked = {"people": people, "what": "all", "to": to, "days": "7"}
        return wider.desk(login).asking.ask("disclosure", "safety", asked, "联合演练")

    ask("马三/二车间", "dingyi")
    assert Consent.select().count() == 0, "nobody is asked, and who asks is not told why"
    ask("马三/二车间/库管", "dingyi")
    assert [row.entry_id for row in Consent.select()] == [pair[1]]
    with pytest.raises(Invalid) as caught:
        ask("马三", "panan")
    assert "马三/二车间/班长, 马三/二车间/库管" in say(caught.value.problems[0].message, "en")


@pytest.mark.clause("A.10")
def test_a_look_up_by_another_spelling_is_erased_with_whom_it_names(world: World) -> None:
    world.hire("anna", "Anna Lee", HERE)
    desk, keeper = world.desk("zhangwei"), world.desk("qianjin")
    request = ask_access(desk, "staff", "对接", name="anna lee")
    keeper.queue.reject(request, keeper.queue.one(request).digest, "不必要")
    with writing():
        erase_person(world.people["anna"])
    assert Request.get_by_id(request).reason == ""
