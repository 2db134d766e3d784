"""Opened requests: a decider's card, and one's own, amended, withdrawn or given back (E.13, A.13)."""

from __future__ import annotations

import pytest

from db.desk.requests.request_kinds import DiffLine
from db.language import _, say
from db.store.tables import Request
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import school
from tests.tui.screens.requests_stage import SIZE, Office, current, fill, office, typed
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, FramedScreen, Styled
from tui.kit.choosing import Choose
from tui.screens.asking.change import ChangeScreen
from tui.screens.requests.card import RequestCard
from tui.screens.requests.mine import MyRequestsScreen
from tui.screens.requests.queue import SETTLED, QueueScreen
from tui.sheets.cell import cell_words
from tui.sheets.request_facts import changes, facts

__all__ = ["office", "school"]


def shown_in_footer(app: Office) -> set[str]:
    """The keys that stand in the footer."""
    screen = app.screen
    assert isinstance(screen, FramedScreen)
    return {one.id for one in screen.offered_commands() if screen.in_footer(one) and screen.can(one.id)}


@pytest.mark.clause("E.13.1")
async def test_a_returned_request_is_amended_from_the_list(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).state != "returned":
            await press(pilot, "down")
        request = current(app).id
        await press(pilot, "e")
        assert isinstance(app.screen, ChangeScreen)
        assert typed(app, "extension") == "8013"
        await fill(pilot, extension="8014")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    assert Request.get_by_id(request).state == "open"


async def test_own_requests_are_sorted_narrowed_and_searched_as_any_list(office: World) -> None:
    def shown(app: Office) -> list[int]:
        return [row.id for row in app.screen.query_one(DataList).in_sight]

    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=(120, 36)) as pilot:
        own = shown(app)
        await press(pilot, "s", "1")
        assert shown(app) == sorted(own) != own
        await press(pilot, "s", "1")
        assert shown(app) == sorted(own, reverse=True)
        await press(pilot, "slash", *"8013", "escape")
        (found,) = shown(app)
        assert Request.get_by_id(found).state == "returned"
        await press(pilot, "escape")
        assert len(shown(app)) == len(own)
        await press(pilot, "f")
        assert isinstance(app.screen, Choose)
        await press(pilot, "1", "1")
        kinds = {row.kind for row in app.screen.query_one(DataList).in_sight}
        assert len(kinds) == 1
        assert isinstance(app.screen, MyRequestsScreen)


async def test_brackets_lead_to_the_neighbours_from_the_list_and_from_a_card(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        listed = [row.id for row in app.screen.query_one(DataList).in_sight]
        await press(pilot, "right_square_bracket")
        assert current(app).id == listed[1]
        await press(pilot, "left_square_bracket", "enter", "right_square_bracket")
        assert isinstance(app.screen, RequestCard)
        assert app.screen.place().keys == (listed[1],)
        await press(pilot, "left_square_bracket")
        assert isinstance(app.screen, RequestCard)
        assert app.screen.place().keys == (listed[0],)
        await press(pilot, "escape")
        assert current(app).id == listed[0]


async def test_withdrawing_asks_first(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "x", "n")
        assert Request.get_by_id(request).state != "withdrawn"
        await press(pilot, "x", "y")
        assert Request.get_by_id(request).state == "withdrawn"
        shown = [value for _label, value in facts(app.desk.requests.one(request))]
        assert Styled(_("no longer needed"), "dim") in shown


@pytest.mark.parametrize(
    ("keys", "state"),
    [(("a",), "applied"), (("b", *"word", "enter"), "returned"), (("d", *"word", "enter"), "rejected")],
    ids=["approve", "return", "reject"],
)
async def test_the_card_decides_as_the_queue_does(office: World, keys: tuple[str, ...], state: str) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "enter")
        assert isinstance(app.screen, RequestCard)
        assert {"approve", "return", "reject"} <= shown_in_footer(app)
        await press(pilot, keys[0], "escape")  # whoever thinks again stays on the card
        if len(keys) > 1:
            assert isinstance(app.screen, RequestCard)
            await press(pilot, *keys)
        assert isinstance(app.screen, QueueScreen)
        assert current(app).id != request
        assert Request.get_by_id(request).state == state
    assert request not in {row.id for row in office.desk("liuyang").queue.window().rows}


@pytest.mark.parametrize("keys", [("a",), ("d", *"word", "enter")], ids=["approve", "reject"])
async def test_a_card_that_was_decided_meanwhile_leads_back_to_the_queue(
    office: World, keys: tuple[str, ...]
) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app)
        await press(pilot, "enter")
        office.desk("zengqing").queue.approve(request.id, request.digest)
        await pilot.pause(SETTLED + 0.2)
        await press(pilot, *keys)
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.query_one(DataList).current is None
        assert "曾晴" in text_of(app)


async def test_the_card_of_an_own_request_withdraws_it(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "enter", "x", "n")
        assert isinstance(app.screen, RequestCard)
        await press(pilot, "x", "y")
        assert isinstance(app.screen, MyRequestsScreen)
        while current(app).id != request:
            await press(pilot, "down")
        await press(pilot, "enter")
        assert not {"withdraw", "amend", "approve"} & shown_in_footer(app)
    assert Request.get_by_id(request).state == "withdrawn"


async def test_the_card_of_a_returned_request_opens_its_form_and_that_leads_to_the_list(
    office: World,
) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).state != "returned":
            await press(pilot, "down")
        await press(pilot, "enter")
        assert {"withdraw", "amend"} <= shown_in_footer(app)
        await press(pilot, "e")
        assert isinstance(app.screen, ChangeScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, MyRequestsScreen)
        assert current(app).state == "returned"


@pytest.mark.clause("A.13")
async def test_granted_access_is_given_back_by_keys(office: World) -> None:
    request = Request.get(Request.kind == "access")
    queue = office.desk("zhaomin").queue
    queue.approve(request.id, queue.one(request.id).digest)
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).id != request.id:
            await press(pilot, "down")
        screen = app.screen
        assert isinstance(screen, FramedScreen)
        assert "Give back" in {say(one.label, "en") for one in screen.offered_commands()}
        await press(pilot, "x")
        assert "交还“查阅”：赵敏，您可用至 11-30 " in text_of(app).replace("\n", "")
        await press(pilot, "y")
        assert app.desk.access.mine() == ()
        assert "withdraw" not in {one.id for one in screen.offered_commands() if screen.can(one.id)}


def test_what_a_request_asks_is_said_in_lines_that_begin_with_a_capital() -> None:
    """In English, beside "Asked by" and "Reason"; what is named by a word of the organisation's too."""
    lines = [DiffLine("who", label, "", "舒琪", ("", "")) for label in (_("who"), "school", "手机")]
    drawn = [(cell_words(label, "zh_CN"), cell_words(label, "en")) for label, _change in changes(lines)]
    assert drawn == [("涉及人员", "Who"), ("school", "School"), ("手机", "手机")]
