"""Resets by plain commands: all of it without a screen."""

from __future__ import annotations

import pytest

from auth.signin import SignIn
from db.store.engine import Store
from db.store.tables import Request
from tests.auth.conftest import enrolled
from tests.tui.plain.test_ask import run
from tests.world import World


@pytest.mark.threat(32)
def test_asked_vouched_shown_and_used(store: Store, world: World) -> None:
    enrolled(world, "zhangwen")
    asked = run(world, "guotao", "ask reset whom=zhangwen --reason 电话丢失")
    assert asked.status == 0, asked.err
    number = Request.get().id
    assert run(world, "guotao", f"resets half {number}").status == 1
    code = next(
        line.split()[-1]
        for line in run(world, "wangfang", f"queue {number}").text.splitlines()
        if line.startswith("Its code")
    )
    vouched = run(world, "wangfang", f"approve {number} {code}")
    assert vouched.status == 0
    assert f"`resets half {number}`" in vouched.text
    shown = [run(world, login, f"resets half {number} --json") for login in ("guotao", "wangfang")]
    halves = [one.data["facts"][0][1] for one in shown]
    assert run(world, "wangfang", f"resets half {number}").status == 1
    assert SignIn("zhangwen", "203.0.113.7", "ssh").answer(" ".join(halves), "") is not None


@pytest.mark.threat(32)
def test_the_owner_sees_it_and_stops_it(store: Store, world: World) -> None:
    enrolled(world, "zhangwen")
    run(world, "guotao", "ask reset whom=zhangwen --reason 电话丢失")
    number = Request.get().id
    assert f"resets stop {number}" in run(world, "zhangwen", "resets").text
    assert run(world, "zhangwen", f"resets stop {number}").status == 0
    assert "No reset" in run(world, "zhangwen", "resets").err
    assert run(world, "zhengwei", f"resets stop {number}").status == 1
