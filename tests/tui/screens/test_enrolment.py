"""A first sign-in on the screen: five steps, a QR code that can be read, and nothing half done."""

from __future__ import annotations

import segno
from textual.strip import Strip

from auth.signin import SignIn
from auth.totp import LONGEST_URI, new_secret, uri_of
from db.store.engine import Store
from db.store.tables import Account, RecoveryCode, UndertakingAccepted
from tests.tui.conftest import SIZES
from tests.tui.screens.at_the_door import (
    PASSWORD,
    app_of,
    invite,
    keys,
    present_code,
    settled,
    text_of,
    type_in,
)
from tests.world import World
from tui.kit import Look
from tui.screens.door.enrolment import CODES, CONFIRM, SCAN, FirstSignIn
from tui.screens.door.qr_code import QrCode
from tui.screens.door.undertaking import ToAccept, UndertakingScreen

HALVES = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


def read_back(lines: list[Strip]) -> list[list[bool]]:
    """The modules that are drawn, row by row, without the margin."""
    rows: list[list[bool]] = []
    for line in lines:
        upper, lower = zip(*(HALVES[character] for character in line.text), strict=True)
        rows += [list(upper), list(lower)]
    used = [number for number, row in enumerate(rows) if any(row)]
    left = min(row.index(True) for row in rows if any(row))
    size = used[-1] - used[0] + 1
    return [row[left : left + size] for row in rows[used[0] : used[-1] + 1]]


async def test_an_invited_person_gets_in_by_five_steps(installation: Store, world: World) -> None:
    account = world.accounts["zhangwei"]
    app = app_of("zhangwei", invite(account), "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, FirstSignIn)
        await type_in(pilot, PASSWORD, PASSWORD)
        assert screen.step == SCAN
        await type_in(pilot, "")
        secret = screen.enrolment.secret
        await type_in(pilot, present_code(secret))
        assert screen.step == CODES
        assert Account.get_by_id(account).state == "invited"
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.screen is screen, "a hasty Enter does not say that the codes are noted"
        await pilot.press("enter", "y")
        await pilot.pause()
        assert isinstance(app.screen, UndertakingScreen)
        assert Account.get_by_id(account).state == "active"
        while isinstance(app.screen, ToAccept):
            await pilot.press("a")
            await pilot.pause()
        assert app.desk.actor.strength == "full"
        assert app.desk.me.undertakings() == ()
    assert {row.policy for row in UndertakingAccepted.select()} == {
        "enterprise",
        "notice:staff",
        "notice:group",
    }
    assert RecoveryCode.select().count() == 10


async def test_the_picture_is_the_code_and_stands_whole_on_80_by_24(
    installation: Store, world: World
) -> None:
    for view in SIZES:
        app = app_of("zhangwei", invite(world.accounts["zhangwei"]), "", view)
        async with app.run_test(size=view.size) as pilot:
            await pilot.pause()
            await type_in(pilot, PASSWORD, PASSWORD)
            screen = app.screen
            assert isinstance(screen, FirstSignIn)
            picture = screen.query_one(QrCode)
            assert picture.region.height >= len(picture.matrix) / 2
            assert screen.region.contains_region(picture.region)
            assert not any(picture.region.overlaps(other.region) for other in screen.query("#steps, Footer"))
            lines = [picture.render_line(y) for y in range(picture.size.height)]
            expected = segno.make(screen.enrolment.uri, error="l", boost_error=False, micro=False)
            assert read_back(lines) == [[bool(module) for module in row] for row in expected.matrix]
            styles = {(str(s.style.color), str(s.style.bgcolor)) for line in lines for s in line if s.style}
            assert len(styles) == 1
            shown = screen.enrolment.secret
            assert screen.query_one("#key").region.height >= 2
            assert " ".join(shown[start : start + 4] for start in range(0, 16, 4)) in text_of(app)


async def test_without_colour_it_is_light_on_dark_and_can_be_inverted(
    installation: Store, world: World
) -> None:
    app = app_of("zhangwei", invite(world.accounts["zhangwei"]), "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_in(pilot, PASSWORD, PASSWORD)
        picture = app.screen.query_one(QrCode)
        coloured = [picture.render_line(y).text for y in range(picture.size.height)]
        app.set_look(Look(depth=None))
        light = [picture.render_line(y).text for y in range(picture.size.height)]
        assert light[0].strip("█") == ""
        await pilot.press("v")
        assert [picture.render_line(y).text for y in range(picture.size.height)] == coloured


async def test_steps_back_lose_nothing_but_a_cut_line_loses_all(installation: Store, world: World) -> None:
    account = world.accounts["zhangwei"]
    code = invite(account)
    app = app_of("zhangwei", code, "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_in(pilot, PASSWORD, PASSWORD, "")
        screen = app.screen
        assert isinstance(screen, FirstSignIn)
        assert screen.step == CONFIRM
        await pilot.press("escape")
        assert screen.step == SCAN
        await type_in(pilot, "", present_code(screen.enrolment.secret))
        assert screen.step == CODES
        await pilot.press("escape")
        assert screen.step == CODES
        await pilot.press("f10")
    assert Account.get_by_id(account).password is None
    assert RecoveryCode.select().count() == 0
    again = SignIn("zhangwei", "192.0.2.7", "ssh").answer(code, "")
    assert again is not None


async def test_what_is_wrong_is_said_under_the_field(installation: Store, world: World) -> None:
    app = app_of("zhangwei", invite(world.accounts["zhangwei"]), "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_in(pilot, "short", "short")
        assert "至少 12 个字符" in text_of(app)
        await type_in(pilot, PASSWORD, PASSWORD + "x")
        assert "两次输入的密码不一致" in text_of(app)
        assert "•" not in text_of(app), "either of the two may be the wrong one"
        await type_in(pilot, PASSWORD, PASSWORD, "", "000000")
        assert "验证码不符" in text_of(app)
        assert "000000" not in text_of(app)


async def test_enter_twice_is_one_step(installation: Store, world: World) -> None:
    app = app_of("zhangwei", invite(world.accounts["zhangwei"]), "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys(PASSWORD), "enter", *keys(PASSWORD))
        screen = app.screen
        assert isinstance(screen, FirstSignIn)
        screen.perform("next")
        screen.perform("next")
        await settled(pilot)
        assert screen.step == SCAN


def test_a_long_name_still_makes_a_code_that_fits() -> None:
    for organisation in ("华星", "Acme", "中国华星科技集团股份有限公司", "A" * 200, ""):
        uri = uri_of(new_secret(), "ouyang.xiuying", organisation)
        assert len(uri) <= LONGEST_URI
        assert "ouyang.xiuying" in uri
        assert len(segno.make(uri, error="l", boost_error=False, micro=False).matrix) <= 37


async def test_what_was_wrong_is_not_said_of_the_next_password(installation: Store, world: World) -> None:
    account = world.accounts["zhangwei"]
    app = app_of("zhangwei", invite(account), "")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_in(pilot, "short", "short")
        field = app.screen.query_one("#field-password")
        assert field.has_class("-wrong")
        await pilot.press("x")
        await pilot.pause()
        assert not field.has_class("-wrong")
