"""Who is refused what belongs to an office is sent to whoever holds it, by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Desk
from db.desk.audit.audit import AuditFilter
from db.desk.refusal import Refused
from db.language import say
from db.store import clock
from db.store.tables import Account, Grant
from db.store.transactions import writing
from tests.world import World

ASKED: dict[str, tuple[str, Callable[[Desk], object]]] = {
    "audit": ("security", lambda desk: desk.audit.window(AuditFilter())),
    "report": ("hr", lambda desk: desk.overview.coverage("staff")),
    "notice": ("hr", lambda desk: desk.privacy.notice_readers("staff")),
    "leavers": ("hr", lambda desk: desk.privacy.leavers("staff")),
    "revisions": ("hr", lambda desk: desk.policies.revisions("staff")),
}


def refusal(desk: Desk, what: str) -> Refused:
    with pytest.raises(Refused) as caught:
        ASKED[what][1](desk)
    return caught.value


@pytest.mark.parametrize("what", ASKED)
def test_a_refusal_names_who_holds_the_office_or_says_that_nobody_does(world: World, what: str) -> None:
    """Nobody is told to ask an office that is empty: who can fill it is named instead."""
    role = ASKED[what][0]
    holders = {
        "hr": ("刘洋、曾晴（人力资源）", "刘洋, 曾晴 (Human resources)"),
        "security": ("何磊", "何磊"),
    }[role]
    told = refusal(world.desk("zhangwei"), what)
    assert holders[0] in say(told.advice, "zh_CN")
    assert holders[1] in say(told.advice, "en")
    with writing():
        Grant.update(revoked_at=clock.now()).where(Grant.role == role).execute()
    told = refusal(world.desk("zhangwei"), what)
    assert "目前没有人担任" in say(told.advice, "zh_CN")
    filled = "who could appoint somebody" if role == "hr" else "刘洋, 曾晴 (Human resources) can appoint"
    assert filled in say(told.advice, "en")


@pytest.mark.parametrize("what", ["report"])
def test_an_account_shut_off_is_not_who_to_ask(world: World, what: str) -> None:
    with writing():
        Account.update(state="disabled").where(Account.login == "liuyang").execute()
    assert "Ask 曾晴 (Human resources)" in say(refusal(world.desk("zhangwei"), what).advice, "en")
