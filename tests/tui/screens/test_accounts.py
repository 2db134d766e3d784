"""Accounts at the keyboard of those who look after them."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.signin import SignIn
from db.desk import SessionOver
from db.store.searchkeys import line_of
from db.store.tables import Account, AuditRecord, SignInSession
from tests.conftest import Clock
from tests.tui.conftest import SIZES, View
from tests.tui.screens.at_the_door import PASSWORD, enrol, invite, present_code, settled, text_of
from tests.tui.screens.stage import Stage, press
from tests.world import World
from tui.kit import DataList, TextInput, datalist
from tui.kit.dialogs import AskText
from tui.kit.topline import ModeBar
from tui.screens.accounts.accounts import AccountsScreen
from tui.screens.asking.form import AskForm
from tui.screens.door.account import MyAccount


class Office(Stage):
    """My account, and over it what is given."""

    SHOWN = ("account", "accounts")


def hr(world: World, view: View | None = None) -> Office:
    """曾晴 of human resources before the accounts."""
    return Office(world, "zengqing", view, lambda _app: AccountsScreen())


def last(act: str) -> AuditRecord:
    found: AuditRecord = (
        AuditRecord.select().where(AuditRecord.act == act).order_by(AuditRecord.seq.desc()).get()
    )
    return found


@pytest.mark.clause("A.6")
@pytest.mark.parametrize(("login", "offered"), [("zengqing", True), ("guotao", True), ("zhangwei", False)])
async def test_only_who_looks_after_accounts_finds_them(world: World, login: str, offered: bool) -> None:
    app = Office(world, login)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, MyAccount)
        await pilot.press("0", "f")
        await settled(pilot)
        assert isinstance(app.screen, AccountsScreen) is offered
        assert not offered or app.screen.query(ModeBar), "a place says where one is"


async def test_who_gives_no_roles_asks_for_one_from_the_account(world: World) -> None:
    """Whoever looks after accounts and gives no roles had to know of My requests; whoever gives them does."""
    app = Office(world, "guotao", None, lambda _app: AccountsScreen())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, AccountsScreen)
        assert app.screen.can("ask")
        row = app.screen.current
        assert row is not None
        app.screen.perform("ask")
        await settled(pilot)
        assert isinstance(app.screen, AskForm)
        assert row.login in text_of(app)
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, AccountsScreen)
        assert not app.screen.can("ask")


@pytest.mark.parametrize("view", SIZES)
async def test_a_person_without_an_account_gets_one(world: World, view: View) -> None:
    """The code is shown once, works at the door, and the act is on record."""
    Account.update(person=None).where(Account.login == "zhangwen").execute()
    app = hr(world, view)
    async with app.run_test(size=view.size) as pilot:
        await pilot.pause()
        await pilot.press("n", "1")
        await settled(pilot)
        await pilot.press("slash", *"张文", "enter")
        await settled(pilot)
        assert "张文" in text_of(app)
        await pilot.press("n")
        await settled(pilot)
        titles = ("为张文开通账号", "Account for 张文")
        assert any(one in text_of(app) for one in titles), "what is typed is no search: it says for whom"
        await pilot.press(*"wen.zhang", "enter")
        await settled(pilot)
        said = text_of(app)
        code = next(word for word in said.split() if word.count("-") == 4)
        await pilot.press("enter")
        await settled(pilot)
        assert code not in text_of(app)
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert "wen.zhang" in text_of(app)
    signed = SignIn("wen.zhang", "192.0.2.9", "ssh").answer(code, "")
    assert signed is not None
    assert signed.strength == "enrolling"
    assert last("accounts.create").outcome == "done"


async def test_a_login_that_is_taken_stays_in_the_field(world: World) -> None:
    Account.update(person=None).where(Account.login == "zhangwen").execute()
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("n", "1")
        await settled(pilot)
        await pilot.press("slash", *"张文", "enter")
        await settled(pilot)
        await pilot.press("n", *"zhangwei", "enter")
        await settled(pilot)
        assert isinstance(app.screen, AskText)
        assert app.screen.query_one(TextInput).value == "zhangwei"
        assert "✗" in text_of(app)
        await pilot.press(*"wen.zhang", "enter")
        await settled(pilot)
        assert "wen.zhang" in text_of(app)
    assert last("accounts.create").outcome == "done"


async def test_people_without_an_account_stand_in_the_order_of_lists(world: World) -> None:
    """张 is Z and 陈 is C, whatever numbers their characters have."""
    Account.update(person=None).where(Account.login.in_(["zhangwen", "zhangwei", "wangfang"])).execute()
    names = [row.name for row in world.desk("zengqing").accounts.lacking("staff", 0, 50)]
    assert names.index("王芳") < names.index("张伟") < names.index("张文")
    assert names == sorted(names, key=lambda name: line_of(0, name))


async def test_what_is_too_long_to_be_held_is_searched_first_and_then_sorted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def logins(app: Office) -> list[str]:
        return [row.login for row in app.screen.query_one(DataList).in_sight]

    monkeypatch.setattr(datalist, "HELD", 3)
    app = hr(world)
    async with app.run_test(size=(120, 36)) as pilot:
        everybody, screen = logins(app), app.screen
        assert isinstance(screen, AccountsScreen)
        assert len(everybody) > 3
        assert not {"sort", "filter", "range", "alike", "mark-all"} & {
            one.id for one in screen.offered_commands() if screen.can(one.id)
        }
        await press(pilot, "s")
        assert "列表超过 3 行，请先查找或筛选" in text_of(app)
        await press(pilot, "down", "space", "r")
        assert len(screen.query_one(DataList).marked) == 1, "marks of a long list stay"
        await press(pilot, "slash", *"zhangwe", "enter")
        few = logins(app)
        assert 1 < len(few) <= 3
        await press(pilot, "s", "1")
        up = logins(app)
        await press(pilot, "s", "1")
        assert logins(app) == up[::-1] != up
        await press(pilot, "escape")
        assert set(logins(app)) == set(everybody)


async def test_a_lost_code_is_replaced(world: World, clock: Clock) -> None:
    lost = invite(world.accounts["zhangwen"])
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"zhangwen", "enter")
        await settled(pilot)
        await pilot.press("n", "2")
        await settled(pilot)
        code = next(word for word in text_of(app).split() if word.count("-") == 4)
    assert SignIn("zhangwen", "192.0.2.9", "ssh").answer(lost, "") is None
    clock.forward(minutes=1)  # until the delay after a failure is over
    assert SignIn("zhangwen", "192.0.2.9", "ssh").answer(code, "") is not None


async def test_what_n_begins_says_for_whom(world: World) -> None:
    invite(world.accounts["zhangwen"])
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"zhangwen", "enter", "n")
        await settled(pilot)
        assert "为未开通的人开通账号" in text_of(app)
        assert "激活码：张文" in text_of(app)


async def test_sessions_are_ended_and_an_account_disabled_and_enabled(world: World) -> None:
    enrol(world.accounts["zhangwen"])
    signed = SignIn("zhangwen", "198.51.100.66", "ssh").answer(PASSWORD, present_code())
    assert signed is not None
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"张文", "enter")
        await settled(pilot)
        await pilot.press("x", "2")
        await settled(pilot)
        assert "198.51.100.66" in text_of(app)
        await pilot.press("y")
        await settled(pilot)
        with pytest.raises(SessionOver):
            sessions.resume(signed.session)
        assert SignInSession.get_by_id(signed.session).ended_how == "ended"
        assert Account.get(Account.login == "zhangwen").state == "active"
        await pilot.press("x", "y")
        await settled(pilot)
        assert "已停用" in text_of(app)
        await pilot.press("a")
        await settled(pilot)
        assert Account.get(Account.login == "zhangwen").state == "active"
    assert [last(f"accounts.{act}").outcome for act in ("end_sessions", "disable", "enable")] == ["done"] * 3


async def test_nobody_does_it_to_themselves(world: World) -> None:
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"zengqing", "enter")
        await settled(pilot)
        await pilot.press("x", "1", "y")
        await settled(pilot)
    assert Account.get(Account.login == "zengqing").state == "active"
    assert last("accounts.disable").outcome == "refused"


async def test_several_get_their_codes_at_once(world: World) -> None:
    """Each stands beside its login, and once under them what is to be known of it."""
    Account.update(state="invited").where(Account.login.in_(["zhangwei", "zhangwen"])).execute()
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"zhang", "enter")
        await settled(pilot)
        await pilot.press("space", "space", "n", "2", "y")
        await settled(pilot)
        said = text_of(app)
        assert {"zhangwei", "zhangwen"} <= set(said.split())
        assert sum(word.count("-") == 4 for word in said.split()) == 2
        assert said.count("72 小时") == 1


async def test_all_that_are_marked_are_named_and_a_refusal_stops_none_of_the_others(world: World) -> None:
    """曾晴 has marked herself above 张伟 and 张文."""
    app = hr(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*["down"] * 9, "space", "space", "space", "x", "1")
        await settled(pilot)
        assert "曾晴、张伟、张文" in text_of(app)
        await pilot.press("y")
        await settled(pilot)
        assert "不能对自己的账号进行此操作" in text_of(app)
    rows = Account.select().where(Account.state == "disabled").order_by(Account.login)
    assert [row.login for row in rows] == ["zhangwei", "zhangwen"]


async def test_whoever_gives_no_roles_is_not_asked_which(world: World) -> None:
    """Three questions led to the refusal."""
    app = Office(world, "guotao", over=lambda _app: AccountsScreen())
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.pause()
        await pilot.press("n")
        await settled(pilot)
        assert "为未开通的人开通账号" in text_of(app)
        assert "授予角色" not in text_of(app)


async def test_a_role_is_given_by_the_key_of_what_is_new(world: World) -> None:
    app = hr(world)
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.pause()
        await pilot.press("n")
        await settled(pilot)
        assert "授予角色" in text_of(app)
        await pilot.press("escape", "question_mark")
        await settled(pilot)
        assert "停用账号" in text_of(app)
        assert "授予本通讯录中的角色" in text_of(app)
