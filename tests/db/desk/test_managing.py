"""Leaders manage and complete their department's data, the general manager everybody's (G.3.1, G.3.2)."""

from __future__ import annotations

import json

import pytest

from db.desk import Refused
from db.language import say
from db.store.engine import Store
from db.store.tables import AuditRecord, Request, RequestStep
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, approve, change, mobile_of, names
from tests.db.desk.test_policies import revision
from tests.rules import on_record, put_under
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "wecom"
SECOND = ('second = { of = ["role"]', 'second = { of = ["role", "entry"]')


@pytest.fixture
def wecom(store: Store, clock: Clock) -> World:
    return build_wider_world(BOOK)


def state(request: int) -> str:
    return str(Request.get_by_id(request).state)


@pytest.mark.clause("G.3.1", "G.3.2")
@pytest.mark.parametrize(
    ("manager", "whom", "office"), [("caiming", "shuqi", "head"), ("luzong", "xuhr", "general-manager")]
)
def test_what_a_manager_writes_is_in_force_without_human_resources(
    wecom: World, manager: str, whom: str, office: str
) -> None:
    form = wecom.desk(manager).changes.form(wecom.entry(whom, BOOK))
    assert form.route.steps == ()
    request = change(wecom, manager, BOOK, of=whom)
    assert (state(request), mobile_of(wecom, whom, BOOK)) == ("applied", STORED_MOBILE)
    (step,) = RequestStep.select().where(RequestStep.request == request)
    assert (step.state, step.decided_by_id, step.office) == ("approved", wecom.accounts[manager], office)
    assert not any(names(wecom.desk(login)) for login in ("huanghr", "xuhr"))
    record = AuditRecord.get(AuditRecord.act == "changes.submit")
    detail = json.loads(detail_of(record))
    assert (detail["office"], detail["capacity"], detail["applied"]) == (office, "holder", True)
    view = wecom.desk(manager).requests.one(request)
    assert view.history[-1].office
    assert [row.id for row in wecom.desk(manager).requests.mine()] == [request]


@pytest.mark.clause("G.3.1", "G.4.2")
def test_nobody_manages_themselves_nor_another_department(wecom: World) -> None:
    for manager in ("caiming", "luzong"):
        own = change(wecom, manager, BOOK)
        assert state(own) == "open"
        assert own in names(wecom.desk("huanghr"))
    with pytest.raises(Refused):
        wecom.desk("caiming").changes.form(wecom.entry("xuhr", BOOK))
    assert state(change(wecom, "shuqi", BOOK)) == "open"


@pytest.mark.clause("G.3.1", "G.3.2")
def test_where_a_second_person_is_asked_for_who_heads_the_department_looks(wecom: World) -> None:
    on_record(revision(BOOK, "2", "2026-11-01", SECOND))
    request = change(wecom, "luzong", BOOK, of="shuqi")
    assert state(request) == "open"
    assert request not in names(wecom.desk("huanghr"))
    approve(wecom, "caiming", request)
    assert (state(request), mobile_of(wecom, "shuqi", BOOK)) == ("applied", STORED_MOBILE)


@pytest.mark.threat(18)
@pytest.mark.clause("G.3.1", "E.13.3", "E.6.4", "H.5.1")
@pytest.mark.parametrize(("other", "steps"), [("company", {"head", "hr"}), ("information-security", {"hr"})])
def test_what_another_regulation_has_reviewed_stays_so(wecom: World, other: str, steps: set[str]) -> None:
    """One asks for steps of its own, the other lets nothing be changed unreviewed."""
    put_under(BOOK, BOOK, other, supervisor="hr")
    request = change(wecom, "caiming", BOOK, of="shuqi")
    assert state(request) == "open"
    assert {step.role for step in RequestStep.select().where(RequestStep.request == request)} == steps


@pytest.mark.clause("G.3.1")
def test_the_person_is_told_each_time_also_where_a_second_person_looked(wecom: World) -> None:
    change(wecom, "caiming", BOOK, of="shuqi")
    (told,) = [one for one in wecom.desk("shuqi").notices.unread() if one.kind == "direct-change"]
    assert told.own
    assert told.clause == "G.3.1, G.5.1", "that a head manages the department's entries"
    assert [say(one, "zh_CN") for one in told.fields] == ["手机"], "which field, never the value"
    on_record(revision(BOOK, "2", "2026-11-01", SECOND))
    approve(wecom, "caiming", change(wecom, "luzong", BOOK, of="shuqi", mobile="13900003333"))
    kinds = [one.kind for one in wecom.desk("shuqi").notices.unread() if one.own]
    assert len(kinds) == 2, kinds


@pytest.mark.threat(18)
@pytest.mark.clause("G.3.1")
def test_the_person_objects_and_somebody_else_decides_whether_it_is_put_back(wecom: World) -> None:
    """Human resources does, never whoever wrote it, though they be of human resources too."""
    before = mobile_of(wecom, "shuqi", BOOK)
    wecom.grant("caiming", "hr", BOOK)
    change(wecom, "caiming", BOOK, of="shuqi")
    (told,) = [one for one in wecom.desk("shuqi").notices.unread() if one.kind == "direct-change"]
    with pytest.raises(Refused):
        wecom.desk("huanghr").objections.object(told.id)
    wecom.desk("shuqi").objections.object(told.id)
    assert mobile_of(wecom, "shuqi", BOOK) == STORED_MOBILE, "until somebody decides"
    (asked,) = [row.id for row in Request.select().where(Request.state == "open")]
    assert asked not in names(wecom.desk("caiming"))
    assert [one.kind for one in wecom.desk("caiming").notices.unread() if one.kind == "power-objected"]
    with pytest.raises(Refused):
        wecom.desk("shuqi").objections.object(told.id)
    approve(wecom, "huanghr", asked)
    assert (state(asked), mobile_of(wecom, "shuqi", BOOK)) == ("applied", before)


@pytest.mark.clause("G.3.1")
def test_a_leader_of_human_resources_leads_as_others_do(wecom: World) -> None:
    """Of their own department they need no second one of human resources; of another they do."""
    wecom.grant("caiming", "hr", BOOK)
    assert state(change(wecom, "caiming", BOOK, of="shuqi")) == "applied"
    assert state(change(wecom, "caiming", BOOK, of="xuhr")) == "open"
    assert state(change(wecom, "caiming", BOOK)) == "open", "nobody decides on themselves"
