"""Somebody took a role past the program: the host's commands name the row, and a restore undoes it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from db.store.engine import close_store, store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, Grant
from tests.db.thief import Thief
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, installation

__all__ = ["installation"]
ROW = "table grant, row 777: was put in"


@pytest.mark.threat(33)
def test_a_role_put_in_past_the_program_is_named_and_a_restore_undoes_it(
    installation: Host, home: Home
) -> None:
    back_up(home)
    assert installation.run("audit", "verify").status == 0
    open_store(home)
    account = Account.select().order_by(Account.id).first()
    with closing(Thief(store())) as thief:
        given = (account.id, "admin", "2026-11-23T01:00:00.000000Z", False)
        thief.do(
            'INSERT INTO "grant" (id, account_id, role, granted_at, from_at, capacity, alone)'
            " VALUES (777, ?, ?, ?, '', 'holder', ?)",
            given,
        )
    close_store()
    found = installation.run("audit", "verify")
    assert (found.status, ROW in found.out) == (1, True)
    told = json.loads(installation.run("audit", "verify", "--json").out)["present"]
    assert told["findings"] == [{"table": "grant", "what": "inserted", "row": "777"}]
    assert ROW in installation.run("doctor").out
    assert installation.run("backup", "run").status == 1
    destroy(home)
    assert installation.run("restore", "--yes").status == 0
    assert installation.run("audit", "verify").status == 0
    open_store(home)
    assert Grant.get_or_none(Grant.id == 777) is None
    close_store()
