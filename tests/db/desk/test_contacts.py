"""Outside contacts join like anybody else, and belong to whoever answers for them (E.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked
from db.language import say
from db.store.tables import AuditRecord, Entry, Notice, Request, Unit
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import approved, entry_of_request
from tests.world import OUTSIDE, World

BOOK = "group"
VALUES = {
    "name": "秦岚",
    "position": "采购总监",
    "office_phone": "021 6888 1001",
    "mobile": "139 0000 9103",
    "email": "qinlan@dongfang.example",
    "organisation": "东方贸易",
    "inside_owner": "马军",
}


def contact(world: World, **given: object) -> JoinAsked:
    asked = JoinAsked(BOOK, "customer", world.unit(BOOK, OUTSIDE), "2026-11-23", VALUES, "新客户")
    return replace(asked, **given)  # type: ignore[arg-type]  # as typed by the test


def listed(desk: Desk) -> list[str]:
    return [line.name for line in desk.directory.list(BOOK, side="external")]


@pytest.mark.clause("E.5", "E.6.1")
def test_an_outside_contact_joins_by_the_same_form_and_its_owner_is_told(world: World) -> None:
    hr = world.desk("luoyan")
    assert "join" in hr.lifecycle.begins(BOOK, "external")
    form = hr.lifecycle.join_form(BOOK, side="external")
    (kinds,) = (field.choices for field in form.fields if field.name == "kind")
    assert [kind.id for kind in kinds] == ["partner", "customer", "supplier"]
    assert [unit.name for unit in form.units] == [OUTSIDE]
    assert {"organisation", "inside_owner"} <= {field.name for field in form.fields if field.required}
    request = hr.lifecycle.join(contact(world))
    assert listed(world.desk("majun")) == []
    approved(world, "liuyang", request)
    entry = entry_of_request(request)
    assert (entry.state, entry.organisation) == ("active", "东方贸易")
    assert entry.inside_owner == world.entry("majun", BOOK)
    (notice,) = [one for one in world.desk("majun").notices.unread() if one.kind == "inside-owner"]
    assert (notice.entry, notice.clause) == (entry.id, "E.5")
    done = AuditRecord.select().where((AuditRecord.act == "lifecycle.join") & (AuditRecord.entry == entry.id))
    assert done.get().outcome == "done"


@pytest.mark.clause("E.5")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"inside_owner": ""}, "inside_owner"),
        ({"inside_owner": "没有此人"}, "inside_owner"),
        ({"inside_owner": "谢军"}, "inside_owner"),
        ({"organisation": ""}, "organisation"),
    ],
)
def test_a_contact_without_organisation_or_a_colleague_who_answers_is_not_taken(
    world: World, values: dict[str, str], field: str
) -> None:
    hr = world.desk("luoyan")
    asked = contact(world, values={**VALUES, **values})
    assert field in {problem.field for problem in hr.lifecycle.check_join(asked).problems}
    with pytest.raises(Invalid):
        hr.lifecycle.join(asked)
    assert not Entry.select().where(Entry.name == "秦岚").exists()


@pytest.mark.clause("E.5")
def test_colleagues_and_contacts_do_not_join_on_each_others_side(world: World) -> None:
    hr = world.desk("luoyan")
    for asked in (
        contact(world, unit=world.unit(BOOK, "法务部")),
        contact(world, kind="full-time"),
    ):
        with pytest.raises(Invalid) as invalid:
            hr.lifecycle.join(asked)
        assert "unit" in {problem.field for problem in invalid.value.problems}


@pytest.mark.clause("E.5", "E.6.1")
def test_only_the_maintainer_enters_outside_contacts(world: World) -> None:
    for login in ("majun", "songjia"):
        desk = world.desk(login)
        assert desk.lifecycle.begins(BOOK, "external") == (
            () if login == "majun" else ("join", "move", "leave")
        )
        with pytest.raises(Refused) as refused:
            desk.lifecycle.join(contact(world))
        assert refused.value.clause == "E.6.1"


@pytest.mark.threat(18)
@pytest.mark.clause("E.5")
def test_who_answers_for_a_contact_finds_it_and_nobody_else_does(world: World) -> None:
    owner, other = world.desk("huangbo"), world.desk("majun")
    entry = world.entry("hanmei", BOOK)
    assert listed(owner) == ["韩梅"]
    (book,) = owner.directory.books()
    assert book.sides == ("internal", "external")
    (root,) = owner.directory.units(BOOK, side="external")
    (unit,) = owner.directory.units(BOOK, root.id, "external")
    assert (root.count, unit.name, unit.count) == (1, OUTSIDE, 1)
    assert [line.name for line in owner.directory.list(BOOK, unit.id, "external")] == ["韩梅"]
    whole = owner.directory.by_value(BOOK, "13900009102", side="external")
    assert [line.name for line in whole.lines] == ["韩梅"]
    assert other.directory.by_value(BOOK, "13900009102", side="external").lines == ()
    for text in ("han", "韩"):
        assert [line.name for line in owner.directory.search(BOOK, text, side="external")] == ["韩梅"], text
    kinds = {value.facet for facet in owner.directory.facets(BOOK, side="external") for value in facet.values}
    assert "kind=supplier" in kinds
    assert [line.name for line in owner.directory.list(BOOK, side="external", facets=["kind=supplier"])] == [
        "韩梅"
    ]
    card = owner.directory.card(entry)
    mobile = card.field("mobile")
    assert mobile is not None
    assert (card.clause, card.may_propose, mobile.look) == ("E.5", True, "masked")
    assert owner.directory.reveal(entry, "mobile", "work").texts == ("139 0000 9102",)
    because = owner.directory.why(entry).because
    assert [(ground.clause, say(ground.text, "en")) for ground in because] == [
        ("E.5", "You see the outside contacts that you answer for.")
    ]
    assert listed(other) == []
    with pytest.raises(Refused):
        other.directory.card(entry)
    assert other.directory.search(BOOK, "han", side="external") == ()


@pytest.mark.clause("E.5", "E.13.1", "E.13.2")
def test_the_owner_proposes_for_the_contact_and_the_owners_head_decides(world: World) -> None:
    request = change(world, "huangbo", BOOK, of="hanmei")
    approve(world, "songjia", request)
    approve(world, "luoyan", request)
    row = Request.get_by_id(request)
    assert row.state == "applied"
    with pytest.raises(Refused):
        world.desk("majun").changes.form(world.entry("hanmei", BOOK))


@pytest.mark.clause("E.5")
def test_the_right_ends_when_somebody_else_answers(world: World) -> None:
    owner = world.desk("huangbo")
    assert listed(owner) == ["韩梅"]
    request = change(world, "luoyan", BOOK, of="hanmei", asked={"inside_owner": "宋佳/财务中心"})
    lines = world.desk("luoyan").requests.one(request).lines
    assert [(str(line.before), str(line.after)) for line in lines] == [("黄博/会计部", "宋佳/财务中心")]
    approve(world, "huangbo", request)
    approve(world, "liuyang", request)
    assert listed(world.desk("huangbo")) == []
    assert "inside-owner" in {notice.kind for notice in world.desk("songjia").notices.unread()}
    assert listed(world.desk("songjia")) == ["韩梅", "谢军"]


@pytest.mark.clause("E.5")
def test_who_leaves_hands_their_contacts_over(world: World, clock: Clock) -> None:
    hr, entry = world.desk("luoyan"), world.entry("huangbo", BOOK)
    form = hr.lifecycle.leave_form(entry)
    assert form.ending.answers_for == 1
    for successor in ("", "没有此人", "黄博"):
        with pytest.raises(Invalid) as invalid:
            hr.lifecycle.leave(LeaveAsked(entry, "2026-11-22", "离职", successor=successor))
        assert [problem.field for problem in invalid.value.problems] == ["successor"]
    request = hr.lifecycle.leave(LeaveAsked(entry, "2026-11-22", "离职", successor="马军"))
    approved(world, "liuyang", request)
    assert Entry.get_by_id(entry).state == "left"
    assert Entry.get_by_id(world.entry("hanmei", BOOK)).inside_owner == world.entry("majun", BOOK)
    heir = world.desk("majun")
    assert listed(heir) == ["韩梅"]
    (notice,) = [one for one in heir.notices.unread() if one.kind == "inside-owner"]
    assert notice.detail == {"count": 1, "from": "黄博"}
    assert "黄博" not in Notice.get_by_id(notice.id).detail, "on record it is a number"


@pytest.mark.clause("E.5", "E.6.4")
def test_nobody_goes_for_whose_contacts_nobody_would_answer(world: World) -> None:
    """The successor left meanwhile, or the entry is to be deleted instead."""
    hr, entry = world.desk("luoyan"), world.entry("huangbo", BOOK)
    request = hr.lifecycle.leave(LeaveAsked(entry, "2026-11-22", "离职", successor="马军"))
    other = hr.lifecycle.leave(LeaveAsked(world.entry("majun", BOOK), "2026-11-22", "离职"))
    approved(world, "liuyang", other)
    with pytest.raises(Refused) as refused:
        approved(world, "liuyang", request)
    assert refused.value.clause == "E.5"
    assert Entry.get_by_id(entry).state == "active"
    with pytest.raises(Refused) as refused:
        hr.asking.ask("delete", BOOK, {"entry": "黄博"}, "误录")
    assert refused.value.clause == "E.5"


@pytest.mark.clause("C.7", "C.10.1")
def test_a_regulation_that_shuts_everything_else_shuts_contacts_to_their_owner_too(world: World) -> None:
    owner = world.desk("gaoshan")
    assert [line.name for line in owner.directory.list("subsidiary", side="external")] == []
    with pytest.raises(Refused):
        owner.directory.card(world.entry("wuhao", "subsidiary"))


@pytest.mark.clause("E.5")
def test_a_unit_for_outside_contacts_is_made_on_request_and_stands_apart(world: World) -> None:
    hr = world.desk("luoyan")
    offered = {choice.id for field in hr.asking.form("structure", BOOK).fields for choice in field.choices}
    assert "outside" in offered
    with pytest.raises(Invalid) as invalid:
        hr.asking.ask("structure", BOOK, {"what": "outside", "to": "法务部", "name": "供应商"}, "分类")
    assert [problem.field for problem in invalid.value.problems] == ["name"]
    root = str(world.unit(BOOK))
    request = hr.asking.ask("structure", BOOK, {"what": "outside", "to": root, "name": "供应商"}, "分类")
    approve(world, "liuyang", request)
    approve(world, "helei", request)
    made = Unit.get(Unit.name == "供应商")
    assert (made.side, made.parent_id) == ("external", world.unit(BOOK))
    assert made.id in {unit.id for unit in hr.lifecycle.join_form(BOOK, side="external").units}
    assert made.id not in {unit.id for unit in hr.lifecycle.join_form(BOOK).units}


@pytest.mark.clause("E.5")
def test_nobody_is_made_to_answer_for_a_contact_who_left_meanwhile(world: World) -> None:
    joining = world.desk("luoyan").lifecycle.join(contact(world))
    changing = change(world, "luoyan", BOOK, of="xiejun", asked={"inside_owner": "马军"})
    leaving = world.desk("luoyan").lifecycle.leave(
        LeaveAsked(world.entry("majun", BOOK), "2026-11-22", "离职")
    )
    approved(world, "liuyang", leaving)
    for login, request in (("liuyang", joining), ("songjia", changing)):
        with pytest.raises(Refused) as refused:
            approved(world, login, request)
        assert (refused.value.clause, "马军" in say(refused.value.message, "en")) == ("E.5", True)
        assert Request.get_by_id(request).state == "open"
    assert Entry.get_by_id(world.entry("xiejun", BOOK)).inside_owner == world.entry("songjia", BOOK)
