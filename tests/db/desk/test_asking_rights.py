"""Rights on request: HR assigns, a second person for HR's own, never one's own (G.3.1–G.3.3, F.5.1)."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.permissions import permissions_of
from db.language import say
from db.store.engine import Store
from db.store.tables import Grant, Request
from tests.agreed import asked
from tests.conftest import Clock
from tests.db.desk.asking import approve, names, refusal
from tests.wider_world import build_wider_world
from tests.world import World

BOOKS_OF = {"wider": ("wecom", "general")}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


def ask(wider: World, login: str, whom: str, role: str, book: str = "wecom", **more: str) -> int:
    typed = {"what": "give", "whom": whom, "role": role, **more}
    return wider.desk(login).asking.ask("right", book, typed, "接替离任同事")


def digest(request: int) -> str:
    return str(Request.get_by_id(request).digest)


def roles(wider: World, login: str, book: str = "wecom") -> frozenset[str]:
    return permissions_of(wider.actor(login)).roles(book)


@pytest.mark.clause("G.3.3")
def test_hr_assigns_what_a_leader_asks_for_one_of_their_people(wider: World) -> None:
    request = ask(wider, "caiming", "shuqi", "general-manager", until="2026-12-31")
    assert Request.get_by_id(request).clause == "G.3.3"
    assert "general-manager" not in roles(wider, "shuqi")
    for login in ("luzong", "caiming", "shuqi"):
        refusal(wider.desk(login), request, digest(request))
    approve(wider, "huanghr", request)
    assert "general-manager" not in roles(wider, "shuqi"), "management comes by another office still"
    approve(wider, "luzong", request)
    assert "general-manager" in roles(wider, "shuqi")
    grant = Grant.get(Grant.account == wider.accounts["shuqi"])
    assert (grant.granted_by_id, str(grant.until)[:10]) == (wider.accounts["caiming"], "2026-12-31")


@pytest.mark.clause("G.3.3")
def test_a_right_of_hrs_own_takes_a_second_person(wider: World) -> None:
    own = ask(wider, "huanghr", "huanghr", "general-manager")
    refused = refusal(wider.desk("huanghr"), own, digest(own))
    assert refused.clause == "default"
    assert names(wider.desk("xuhr")) == set(), "of the same office"
    assert names(wider.desk("luzong")) == {own}
    direct = asked(
        lambda: wider.desk("huanghr").accounts.grant(
            wider.accounts["huanghr"], "wecom", "general-manager", None, date(2026, 12, 31)
        )
    )
    assert names(wider.desk("luzong")) == {own, direct}, "one way, by a form or without"
    approve(wider, "luzong", own)
    assert "general-manager" in roles(wider, "huanghr")


@pytest.mark.clause("G.3.1", "G.3.2")
def test_leaders_ask_for_their_own_people_only_and_maintain_them(wider: World) -> None:
    for whom in ("xuhr", "徐然", "nobody"):
        with pytest.raises(Invalid) as caught:
            ask(wider, "caiming", whom, "general-manager")
        assert caught.value.problems[0].message.text == "There is nobody of that name for whom you may ask."
    leader = wider.desk("caiming").changes.form(wider.entry("shuqi", "wecom"))
    assert next(field for field in leader.fields if field.name == "name").editable
    with pytest.raises(Refused):
        wider.desk("caiming").changes.form(wider.entry("xuhr", "wecom"))
    manager = wider.desk("luzong").changes.form(wider.entry("xuhr", "wecom"))
    assert next(field for field in manager.fields if field.name == "name").editable


@pytest.mark.clause("F.5.1")
def test_access_by_need_is_asked_for_and_given_above(wider: World) -> None:
    request = ask(wider, "lunan", "lunan", "director", "general", unit="华南区")
    assert refusal(wider.desk("lunan"), request, digest(request)).clause == "default"
    first = approve(wider, "jinhr", request)
    assert "director" not in roles(wider, "lunan", "general")
    refusal(first, request, digest(request))
    approve(wider, "yuhr", request)
    approve(wider, "tanlan", request)
    (held,) = permissions_of(wider.actor("lunan")).own_holdings("director", "general")
    assert held.unit == wider.unit("general", "华南区")


@pytest.mark.clause("F.5.1")
def test_a_right_is_taken_back_on_request(wider: World) -> None:
    wider.grant("lunan", "security", "general")
    typed = {"what": "take", "whom": "tanlan", "role": "director"}
    request = wider.desk("jinhr").asking.ask("right", "general", typed, "不再需要")
    refusal(wider.desk("yuhr"), request, digest(request))
    assert "director" in roles(wider, "tanlan", "general")
    approve(wider, "lunan", request)
    assert "director" not in roles(wider, "tanlan", "general")


def test_what_is_unfit_is_said(wider: World) -> None:
    for typed in (
        {"role": "employee"}, {"role": "no-such-role"}, {"role": "general-manager", "unit": "没有"},
        {"role": "general-manager", "until": "2026-1-1"}, {"role": "general-manager", "until": "2020-01-01"},
        {"role": "general-manager", "what": "take"}, {"role": "general-manager", "what": "other"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            ask(wider, "huanghr", "shuqi", **{"role": "", **typed})


@pytest.mark.clause("G.3.3", "F.5.1")
def test_nobody_decides_on_their_right_where_they_have_no_entry_either(store: Store, clock: Clock) -> None:
    wider = build_wider_world("class")
    wider.grant("jiaowuchu", "teacher", "class")
    request = ask(wider, "jiaowuchu", "yanlaoshi", "school", "class")
    refused = refusal(wider.desk("yanlaoshi"), request, digest(request))
    assert refused.message.text == "Nobody decides on their own request."
    assert names(wider.desk("yanlaoshi")) == set()


@pytest.mark.clause("G.3.3")
def test_the_same_right_is_not_asked_for_twice(wider: World) -> None:
    request = ask(wider, "caiming", "shuqi", "general-manager")
    with pytest.raises(Refused) as caught:
        ask(wider, "caiming", "shuqi", "general-manager")
    assert say(caught.value.message, "en") == f"You asked for the same already: request {request}."
    assert caught.value.clause == "G.3.3"
    with pytest.raises(Refused) as second:
        ask(wider, "huanghr", "shuqi", "general-manager")
    assert say(second.value.message, "en") == f"Somebody else asked for the same already: request {request}."
    assert say(second.value.advice, "zh_CN").startswith("蔡明已于2026-11-23提出"), (
        "and whoever is second hears it"
    )
    ask(wider, "caiming", "shuqi", "general-manager", until="2026-12-31")
    wider.desk("caiming").requests.withdraw(request)
    ask(wider, "caiming", "shuqi", "general-manager")
