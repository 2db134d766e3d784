"""An administrator restores an older backup: whatever came to be since by an act that moved power is there
again, given or taken; where the journal is gone too, those who watch are told (`test_restore`)."""

from __future__ import annotations

from typing import Any

import pytest

from db.desk.cases.cases import Cases
from db.desk.editions.tagging import Sorting
from db.desk.power.rows import MOVING
from db.store.engine import close_store, database
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Grant
from tests.agreed import carried_through
from tests.db.desk.asking import approve, change
from tests.db.desk.casework import decided
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, installation, restore
from tests.wider_world import build_wider_world
from tests.world import World
from tui.front.checkpoints import sign_quietly

__all__ = ["installation"]


def power_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of power."""
    return {
        name: sorted(database.execute_sql(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in MOVING
    }


def grant_of(world: World, login: str, role: str) -> int:
    return int(Grant.get((Grant.account == world.accounts[login]) & (Grant.role == role)).id)


@pytest.mark.threat(59, 67)
def test_what_moved_power_since_an_older_backup_is_neither_lost_nor_undone(
    installation: Host, home: Home, world: World
) -> None:
    open_store(home)
    build_wider_world("controlled", beside=world)
    world.grant("zhangwen", "it", "staff")
    close_store()
    back_up(home)
    open_store(home)
    before = power_rows()
    hr, second = world.desk("liuyang"), world.desk("guotao")

    def by_two(act: str, *given: object) -> None:
        carried_through(lambda: getattr(hr.accounts, act)(*given), second)

    by_two("grant", world.accounts["zhangwei"], "staff", "security", None, None)
    carried_through(lambda: hr.accounts.revoke(grant_of(world, "zhangwen", "it")), world.desk("helei"))
    carried_through(
        lambda: hr.delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-24", "2026-12-04", "出差"
        ),
        second,
    )
    second.accounts.disable(world.accounts["sunli"])
    tagged = world.desk("zhuli")
    Sorting(tagged).tag(world.entry("xiepi", "controlled"), "office-contact", True)
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    after = power_rows()
    moved = {name for name in MOVING if before[name] != after[name]}
    assert moved >= {"grant", "delegation", "account", "entry_tag", "case_party", "entry_field"}
    sign_quietly(home)
    close_store()
    destroy(home)
    restore(installation, home)
    back = power_rows()
    assert {name for name in MOVING if back[name] != after[name]} == set()
    close_store()
