"""A byte of the journal flips: it is named, a backup is made at once, and what lies behind comes back."""

from __future__ import annotations

import pytest

from db.desk.backups.running import run_if_due
from db.store import audit
from db.store.engine import close_store
from db.store.journal import frames
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, RequestStep
from db.store.verifying import verify_in_parts
from tests.db.desk.asking import approve, change
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import PLACE, back_up, destroy, installation
from tests.world import World
from tui.front.checkpoints import sign_quietly

__all__ = ["installation"]


def act(home: Home, world: World, count: int) -> None:
    """``count`` recorded acts of as many people."""
    open_store(home)
    for number in range(count):
        login = ("zhangwei", "wangfang", "liwei")[number % 3]
        world.desk(login).me.choose_language(("en", "zh_CN")[number // 3 % 2])
    sign_quietly(home)
    close_store()


def flip(home: Home, share: float) -> None:
    """Alter one byte of the journal's newest file."""
    file = max(home.journal_place(home.settings()).glob(f"*{frames.SUFFIX}"))
    data = bytearray(file.read_bytes())
    data[int(len(data) * share)] ^= 0xFF
    file.write_bytes(data)


@pytest.mark.threat(59)
@pytest.mark.clause("F.4.2")
def test_a_restore_takes_what_stands_behind_the_damage_once_told_to(
    installation: Host, home: Home, world: World
) -> None:
    back_up(home)
    act(home, world, 60)
    flip(home, 0.6)
    open_store(home)
    before = audit.head()[0]
    close_store()
    destroy(home)
    listed = installation.run("restore", "--list")
    assert "damaged" in listed.err
    refused = installation.run("restore", "--yes")
    assert (refused.status, "--skip-damaged" in refused.err) == (1, True)
    assert not (home.folder / "restoring.db").exists()
    done = installation.run("restore", "--yes", "--skip-damaged", "--json")
    assert done.status == 0, done.err
    (lost,) = done.data["lost"]
    assert lost["upto"] - lost["after"] <= 2, "one transaction, and no more"
    assert (done.data["gap"], done.data["seq"]) == (None, before)
    open_store(home)
    assert audit.verify().sound
    assert verify_in_parts({}, part=20).sound
    there = {row.seq for row in AuditRecord.select(AuditRecord.seq)}
    assert set(range(1, before + 1)) - there == set(range(lost["after"] + 1, lost["upto"] + 1))
    assert Account.get_by_id(world.accounts["liwei"]).language == "zh_CN"
    record = AuditRecord.get(AuditRecord.act == audit.HOLE)
    assert record.seq == before + 1
    close_store()
    verified = installation.run("audit", "verify")
    assert verified.status == 0, verified.out
    back_up(home)
    destroy(home)
    again = installation.run("restore", "--yes")
    assert again.status == 0, again.err


@pytest.mark.threat(59)
def test_what_was_decided_on_a_request_comes_back_though_its_beginning_is_lost(
    installation: Host, home: Home, world: World
) -> None:
    """The steps hang on the request's row, which only a later transaction of the journal still tells."""
    back_up(home)
    open_store(home)
    file = max(home.journal_place(home.settings()).glob(f"*{frames.SUFFIX}"))
    world.desk("zhangwei").me.choose_language("en")
    begin = file.stat().st_size
    request = change(world, "zhangwei")
    end = file.stat().st_size
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    steps = [(row.state, row.decided_by_id) for row in RequestStep.select().order_by(RequestStep.ord)]
    assert {state for state, _by in steps} == {"approved"}
    close_store()
    data = bytearray(file.read_bytes())
    data[end - 40] ^= 0xFF
    assert begin < end - 40
    file.write_bytes(data)
    destroy(home)
    done = installation.run("restore", "--yes", "--skip-damaged", "--json")
    assert done.status == 0, done.err
    open_store(home)
    assert [(row.state, row.decided_by_id) for row in RequestStep.select().order_by(RequestStep.ord)] == steps


@pytest.mark.threat(59)
def test_a_hole_in_the_chain_that_no_restore_signed_is_found(
    installation: Host, home: Home, world: World
) -> None:
    """Whoever takes records out and writes into the chain that a restore lost them has no key to sign it."""
    act(home, world, 12)
    open_store(home)
    last = audit.head()[0]
    gone = AuditRecord.get_by_id(last - 3)
    from db.store.transactions import writing

    with writing():
        told = {"after": last - 4, "upto": last - 3, "hash": gone.hash}
        audit.append(act=audit.HOLE, outcome="done", front="host", detail=told)
        AuditRecord.delete().where(AuditRecord.seq == last - 3).execute()
    assert audit.verify().sound
    close_store()
    verified = installation.run("audit", "verify")
    assert (verified.status, str(last - 3) in verified.out) == (1, True)


@pytest.mark.threat(59)
@pytest.mark.clause("F.4.1")
def test_doctor_names_the_damage_and_a_backup_is_made_at_once(
    installation: Host, home: Home, world: World
) -> None:
    back_up(home)
    act(home, world, 30)
    assert "read to its end" in installation.run("doctor").out
    flip(home, 0.7)
    found = installation.run("doctor").out
    (line,) = [one for one in found.splitlines() if "damaged" in one]
    assert line.startswith("FAIL")
    made = run_if_due(home, PLACE, lambda: None)
    assert [one.problem for one in made] == [""] * len(made)
    assert made
    open_store(home)
    assert AuditRecord.select().where(AuditRecord.act == "journal.damaged").count() == 1
    close_store()
    (line,) = [one for one in installation.run("doctor").out.splitlines() if "damaged" in one]
    assert line.startswith("note")
    assert run_if_due(home, PLACE, lambda: None) == ()
    destroy(home)
    done = installation.run("restore", "--yes", "--json")
    assert (done.status, done.data["lost"], done.data["gap"]) == (0, [], None)


@pytest.mark.threat(59)
def test_the_end_of_the_journal_is_read_too(installation: Host, home: Home, world: World) -> None:
    back_up(home)
    act(home, world, 6)
    flip(home, 0.97)
    assert any("damaged" in one for one in installation.run("doctor").out.splitlines())
