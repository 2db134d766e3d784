"""A person's own requests: where they stand, withdrawing, amending after a return."""

from __future__ import annotations

import pytest

from db.desk import Overtaken, Refused
from db.store.tables import Request
from tests.conftest import Clock
from tests.db.desk.asking import PDF, STORED_MOBILE, approve, change, mobile_of, names
from tests.world import World


def test_it_says_for_whom_it_waits(world: World) -> None:
    request = change(world, "zhangwei")
    (row,) = world.desk("zhangwei").requests.mine()
    assert (row.id, row.waits_for, row.step, row.steps, row.evidence) == (request, ("王芳",), 1, 2, 1)
    approve(world, "wangfang", request)
    (row,) = world.desk("zhangwei").requests.mine()
    assert (row.waits_for, row.step) == (("刘洋", "曾晴"), 2)


def test_only_the_own_ones_are_listed(world: World) -> None:
    change(world, "zhangwei")
    assert world.desk("zhangwen").requests.mine() == ()
    assert world.desk("wangfang").requests.mine() == ()


def test_a_withdrawn_request_is_decided_by_nobody(world: World) -> None:
    request = change(world, "zhangwei")
    digest = Request.get_by_id(request).digest
    world.desk("zhangwei").requests.withdraw(request)
    with pytest.raises(Overtaken):
        world.desk("wangfang").queue.approve(request, digest)
    assert names(world.desk("wangfang")) == set()
    with pytest.raises(Overtaken):
        world.desk("zhangwei").requests.withdraw(request)


@pytest.mark.threat(18)
def test_nobody_withdraws_or_amends_for_another(world: World) -> None:
    request = change(world, "zhangwei")
    for login in ("wangfang", "liuyang", "zhangwen"):
        with pytest.raises(Refused):
            world.desk(login).requests.withdraw(request)
        with pytest.raises(Refused):
            world.desk(login).changes.amendment(request)
    with pytest.raises(Refused):
        world.desk("zhangwei").changes.amend(request, 1, {"mobile": "139 0000 3333"}, "换号")
    assert Request.get_by_id(request).state == "open"


def test_a_decided_request_is_not_withdrawn(world: World) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    approve(world, "luoyan", request)
    with pytest.raises(Overtaken):
        world.desk("majun").requests.withdraw(request)


@pytest.mark.clause("E.13.2", "E.13.3")
def test_an_amended_request_is_decided_anew_from_its_first_step(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    desk = world.desk("luoyan")
    desk.queue.return_(request, desk.queue.one(request).digest, "证明不清楚")
    requester = world.desk("majun")
    assert requester.requests.one(request).row.state == "returned"
    clock.forward(days=1)
    form = requester.changes.amendment(request)
    assert form.amends is not None
    requester.changes.amend(request, form.version, form.amends.asked, "换号，附新证明", form.amends.evidence)
    assert names(world.desk("luoyan")) == set()
    assert names(world.desk("huangbo")) == {request}
    view = requester.requests.one(request)
    assert [event.act.text for event in view.history] == ["submitted", "approved", "returned", "amended"]
    approve(world, "huangbo", request)
    approve(world, "luoyan", request)
    assert mobile_of(world, "majun", "group") == STORED_MOBILE


@pytest.mark.threat(96)
def test_a_file_that_a_decider_was_shown_stays_with_the_request(world: World) -> None:
    """Amended with another file, the one it was returned for could be removed with its key."""
    desk = world.desk("zhangwei")
    forged = desk.evidence.add("a.pdf", PDF + b"% forged").id
    form = desk.changes.form(world.entry("zhangwei"))
    request = desk.changes.submit(form.entry, form.version, {"extension": "8013"}, "换座", [forged])
    decider = world.desk("wangfang")
    decider.queue.return_(request, decider.queue.one(request).digest, "这份证明是伪造的")
    genuine = desk.evidence.add("b.pdf", PDF).id
    desk.changes.amend(request, form.version, {"extension": "8013"}, "换座", [genuine])
    assert {one.id for one in decider.queue.one(request).evidence} == {forged, genuine}
    assert world.desk("wangfang").evidence.open(forged).endswith(b"% forged")
    with pytest.raises(Refused) as caught:
        desk.evidence.remove(forged)
    assert "stays on record" in caught.value.message.text


def test_a_returned_request_waits_for_its_requester(world: World) -> None:
    request = change(world, "zhangwei")
    desk = world.desk("wangfang")
    digest = desk.queue.one(request).digest
    desk.queue.return_(request, digest, "请补充")
    with pytest.raises(Overtaken):
        desk.queue.approve(request, digest)
    (row,) = world.desk("zhangwei").requests.mine()
    assert (row.state, row.waits_for) == ("returned", ("张伟",))
