"""A position is a title of a post however it is written, and a head who receives nothing is named (I.4.3)."""

from __future__ import annotations

import pytest

from db.desk.editions.editions import Editions
from db.language import say
from db.store.tables import Entry, Unit
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.db.desk.lives import move
from tests.editions_world import BOOK, assistant, with_its_office
from tests.world import World

BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World) -> World:
    return with_its_office(begun)


def titled(world: World, login: str, position: str) -> None:
    Entry.update(position=position).where(Entry.id == world.entry(login, BOOK)).execute()


def receives(world: World, edition: str, name: str) -> bool:
    return name in {one.name for one in Editions(assistant(world)).preview(BOOK, edition).receivers}


@pytest.mark.clause("I.4.3.1")
@pytest.mark.parametrize(
    ("login", "position"),
    [
        ("taojs", "技术部经理"),
        ("taojs", "技术部 经理"),
        ("taojs", "技术总监"),
        ("baizl", "技术部经理"),
        ("xiepi", "技术部经理"),
        ("baizl", "ＣＴＯ"),
        ("baizl", "ceo"),
        ("baizl", "首席技术官（CTO）"),
        ("baizl", "总裁兼CEO"),
        ("baizl", "总工程师/CTO"),
    ],
)
def test_a_title_counts_with_its_departments_name_in_any_width_and_beside_another(
    office: World, login: str, position: str
) -> None:
    titled(office, login, position)
    assert receives(office, "internal", str(Entry.get_by_id(office.entry(login, BOOK)).name))


@pytest.mark.clause("I.4.3.2")
def test_an_offices_manager_and_secretary_count_with_its_name(office: World) -> None:
    titled(office, "shenjl", "上海办事处经理")
    titled(office, "wenmi", "上海办事处文秘")
    assert [one.name for one in Editions(assistant(office)).preview(BOOK, "external").receivers] == [
        "沈杰", "温蜜",
    ]  # fmt: skip


@pytest.mark.clause("I.4.3.1")
@pytest.mark.parametrize(
    "position", ["技术经理", "副经理", "技术部副经理", "项目经理", "CEO助理", "总监秘书", "技术部工程师", ""]
)
def test_what_merely_sounds_like_a_title_receives_nothing(office: World, position: str) -> None:
    """One of many `技术经理` in a `技术部` manages a product, not the department."""
    titled(office, "xiepi", position)
    assert not receives(office, "internal", "解平")


@pytest.mark.clause("I.4.3.1")
def test_a_unit_named_like_a_trade_makes_no_managers_of_those_who_follow_it(office: World) -> None:
    titled(office, "xiepi", "产品经理")
    Unit.update(name="产品").where(Unit.id == office.unit(BOOK, "技术部")).execute()
    assert not receives(office, "internal", "解平")
    titled(office, "taojs", "产品经理")
    assert receives(office, "internal", "陶军"), "whoever heads it is its manager"


@pytest.mark.clause("I.4.3.1", "I.4.3.2")
def test_who_decides_on_a_position_reads_which_edition_comes_to_go_to_it(office: World, clock: Clock) -> None:
    """By a change or by a move; of who receives it already, and once it was decided, nothing is said."""

    def said(request: int) -> list[tuple[str, str, str]]:
        lines = office.desk("zhuli").requests.one(request).lines
        return [(one.field, say(one.label, "en"), say(one.after, "en")) for one in lines]

    told = ("editions", "Will receive", "Internal directory")
    request = change(office, "zhuli", BOOK, of="xiepi", asked={"position": "技术部经理"})
    assert told in said(request)
    office.desk("zhuli").requests.withdraw(request)
    assert told not in said(request)
    for login, title in (("xiepi", "高级工程师"), ("taojs", "技术总监")):
        request = change(office, "zhuli", BOOK, of=login, asked={"position": title})
        assert "editions" not in {line[0] for line in said(request)}, title
    request = move(office, "zhuli", "baizl", "上海办事处", BOOK, position="办事处文秘")
    assert ("editions", "Will receive", "External directory") in said(request)


@pytest.mark.clause("I.4.3.1", "I.4.3.2")
def test_the_preview_names_heads_who_would_receive_nothing(office: World) -> None:
    def left_out(edition: str) -> list[tuple[str, str]]:
        seen = Editions(assistant(office)).preview(BOOK, edition)
        return [(one.name, one.post) for one in seen.heads_left_out]

    assert left_out("internal") == left_out("external") == []
    titled(office, "taojs", "负责人")
    titled(office, "shenjl", "经理")
    assert left_out("internal") == [("陶军", "负责人")], "an office has its own edition"
    assert left_out("external") == [("沈杰", "经理")]
