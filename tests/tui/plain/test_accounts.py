"""Accounts by plain commands: all of it without a screen."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.signin import SignIn
from db.desk import SessionOver
from db.store.tables import Account, AuditRecord, Grant, Request
from tests.auth.conftest import enrolled
from tests.db.desk.asking import approve
from tests.tui.plain.conftest import Ask
from tests.tui.plain.running import Answer
from tests.wider_world import build_wider_world
from tests.world import World

ADDRESS = "203.0.113.7"


def code_in(answer: Answer) -> str:
    assert answer.status == 0, answer.err
    return next(word for word in answer.text.replace("：", " ").split() if word.count("-") == 4)


def test_who_can_sign_in_is_listed_found_and_shown(ask: Ask) -> None:
    rows = ask("zengqing", "accounts --json").data
    (guotao,) = (row for row in rows if row["login"] == "guotao")
    assert (guotao["state"], guotao["roles"]) == ("active", ["admin", "it"])
    found = ask("zengqing", "accounts --find 张文 --json").data
    assert [row["login"] for row in found] == ["zhangwen"]
    assert "郭涛" in ask("zengqing", "accounts guotao").text
    assert ask("zengqing", "accounts guota").status == 1


@pytest.mark.parametrize(
    "line",
    [
        "accounts",
        "findings add --what 名册摊在桌上 --owner 张伟 --due 2026-12-31",
        "delegation add --to 1 --from 2026-12-01 --until 2026-12-02 --reason 休假",
        "emergency",
    ],
)
def test_who_has_no_right_at_all_reads_that_the_default_denies_and_what_to_do(ask: Ask, line: str) -> None:
    refused = ask("zhangwei", line)
    assert (refused.status, "→ " in refused.err, "默认规则" in refused.err) == (1, True, True), refused.err


@pytest.mark.parametrize("at_once", [2, 3, 15])
def test_a_long_list_is_read_piece_by_piece_by_one_act(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    whole = [row["login"] for row in ask("zengqing", "accounts --json").data]
    assert len(whole) == 15
    monkeypatch.setattr("db.desk.accounts.charge.AT_ONCE", at_once)
    before = AuditRecord.select().count()
    assert [row["login"] for row in ask("zengqing", "accounts --json").data] == whole
    assert AuditRecord.select().count() == before + 1


def test_a_person_without_an_account_gets_one(ask: Ask, world: World) -> None:
    Account.update(person=None).where(Account.login == "zhangwen").execute()
    (row,) = ask("zengqing", "accounts lacking --find 张文 --json").data
    taken = ask("zengqing", f"accounts lacking make {row['entry']} --login zhangwei")
    assert taken.status == 1
    missing = ask("zengqing", f"accounts lacking make {row['entry']}")
    assert (missing.status, "--login" in missing.err) == (2, True)
    code = code_in(ask("zengqing", f"accounts lacking make {row['entry']} --login wen.zhang"))
    assert SignIn("wen.zhang", ADDRESS, "ssh").answer(code, "") is not None
    assert ask("zengqing", "accounts lacking --find 张文").err


def test_a_new_code_and_a_reset(ask: Ask, world: World) -> None:
    Account.update(state="invited").where(Account.login == "zhangwen").execute()
    code = code_in(ask("zengqing", "accounts code zhangwen"))
    assert SignIn("zhangwen", ADDRESS, "ssh").answer(code, "") is not None
    assert "请改为申请重置" in ask("zengqing", "accounts code zhengwei").err
    assert ask("zengqing", "accounts reset zhengwei").status == 2
    asked = ask("zengqing", "accounts reset zhengwei --reason 电话丢失")
    assert asked.status == 0, asked.err
    assert "等待" in asked.text, "for whom, at once"
    (view,) = world.desk("zengqing").resets.open()
    assert view.login == "zhengwei"


def test_an_account_is_disabled_and_enabled_and_its_sessions_end(ask: Ask, world: World) -> None:
    enrolled(world, "zhangwen")
    session = world.actor("zhangwen").session
    assert "zhangwen" in {row["login"] for row in ask("zengqing", "accounts inside --json").data}
    assert ask("zengqing", "accounts end zhangwen").status == 0
    with pytest.raises(SessionOver):
        sessions.resume(session)
    assert ask("zengqing", "accounts disable zhangwen").status == 0
    assert Account.get(Account.login == "zhangwen").state == "disabled"
    assert ask("zengqing", "accounts enable zhangwen").status == 0
    assert Account.get(Account.login == "zhangwen").state == "active"


@pytest.mark.clause("F.5.1")
@pytest.mark.parametrize("act", ["code", "disable", "end", "enable"])
def test_nobody_does_it_to_themselves(ask: Ask, world: World, act: str) -> None:
    build_wider_world("general", beside=world)
    refused = ask("yuhr", f"accounts {act} yuhr")
    assert (refused.status, "F.5.1" in refused.err) == (1, True)


@pytest.mark.clause("A.6")
def test_a_role_is_given_from_a_unit_down_and_taken_back(ask: Ask, world: World) -> None:
    day = ask("zengqing", "accounts grant zhangwei --role it --until morgen")
    assert day.status == 2
    nowhere = ask("zengqing", "accounts grant zhangwei --role it --unit 研发中心/无")
    assert (nowhere.status, Grant.get_or_none(Grant.account == world.accounts["zhangwei"])) == (1, None)
    given = ask("zengqing", "accounts grant zhangwei --role it --unit 研发中心/研发一部 --until 2030-12-31")
    assert (given.status, "何磊" in given.err) == (0, True), "for whom it waits"
    approve(world, "helei", Request.get().id)
    grant = Grant.get(Grant.account == world.accounts["zhangwei"])
    assert (grant.role, grant.unit_id) == ("it", world.units["staff", "研发中心/研发一部"])
    assert "研发一部" in ask("zengqing", "accounts zhangwei").text
    assert ask("zengqing", "accounts revoke zhangwei --role admin").status == 2
    assert ask("zengqing", "accounts revoke zhangwei --role it").status == 0
    approve(world, "helei", Request.select().order_by(Request.id.desc()).get().id)
    assert Grant.get_by_id(grant.id).revoked_at is not None


def test_who_looks_after_nobody_is_told_so(ask: Ask) -> None:
    said = ask("zhangwei", "accounts")
    assert (said.status, said.text) == (1, "")
    assert "不负责" in said.err
