"""Kinds of unit and tags by which somebody receives an edition: who says them, and who agrees."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.importing.outcome import BadRows
from db.language import say
from db.store.engine import Store
from db.store.tables import (
    EntryTag,
    Notice,
    NoticeRecipient,
    Request,
    RequestStep,
    Unit,
)
from tests.agreed import asked
from tests.conftest import Clock
from tests.db.desk.test_editions import last_record, refusal
from tests.editions_world import BOOK, assistant, build_editions_world, with_its_office
from tests.world import World

BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World) -> World:
    """The controlled book with one office; nothing is issued yet."""
    return with_its_office(begun)


@pytest.mark.clause("I.4.1.1", "I.4.3.2")
def test_the_assistant_says_which_units_are_offices_and_who_is_often_in_touch(
    store: Store, clock: Clock
) -> None:
    world = build_editions_world()
    desk = assistant(world)
    unit = world.unit(BOOK, "技术部/平台组")
    assert {row.name: (row.kind, row.own) for row in Sorting(desk).units(BOOK)}["平台组"] == (
        "headquarters", False,
    )  # fmt: skip
    Sorting(desk).set_kind(world.unit(BOOK, "技术部"), "office")
    assert {row.id: row.kind for row in Sorting(desk).units(BOOK)}[unit] == "office"
    assert last_record("sorting.set_kind").clause == "I.4.1.1"
    entry = world.entry("xiepi", BOOK)
    Sorting(desk).tag(entry, "office-contact", True)
    Sorting(desk).tag(entry, "office-contact", True)
    assert [tag.id for tag in Sorting(desk).tags(entry) if tag.on] == ["office-contact"]
    assert "解平" in {row.name for row in Editions(desk).preview(BOOK, "external").content.rows}
    Sorting(desk).tag(entry, "office-contact", False)
    assert "解平" not in {row.name for row in Editions(desk).preview(BOOK, "external").content.rows}
    with pytest.raises(Invalid):
        Sorting(desk).tag(entry, "nosuch", True)
    with pytest.raises(Invalid):
        Sorting(desk).set_kind(unit, "moon")
    xie = world.accounts["xiepi"]
    assert (
        NoticeRecipient.select()
        .join(Notice)
        .where((Notice.kind == "power-done") & (Notice.entry == entry) & (NoticeRecipient.account == xie))
    ), "whoever is handed out by a tag hears of it"
    told = [
        say(one.task, "zh_CN") for one in world.desk("xiepi").notices.unread() if one.kind == "power-done"
    ]
    assert told
    assert all("；" in one and not one.endswith("：") for one in told), "nothing is told that is empty"
    assert refusal(Sorting(world.desk("taojs")).set_kind, unit, "office").clause == "I.3.2"
    assert refusal(Sorting(world.desk("taojs")).tag, entry, "office-contact", True).clause == "I.3.2"


@pytest.mark.threat(50)
@pytest.mark.clause("I.4.3.1")
def test_who_receives_an_edition_for_being_in_touch_outside_is_named_by_the_director(
    store: Store, clock: Clock
) -> None:
    """The assistant asks; whoever decides on a copy for work agrees, by default, for I.4.3.1 says who
    receives and not who names them; what is taken off is at once."""
    world = build_editions_world()
    keeper, entry = assistant(world), world.entry("xiepi", BOOK)
    request = asked(lambda: Sorting(keeper).tag(entry, "outside-contact", True))
    carried = EntryTag.select().where(EntryTag.entry == entry)
    assert not carried.exists()
    queue = world.desk("fengdir").queue
    step = RequestStep.get(RequestStep.request == request)
    assert (step.role, step.clause, step.request.clause) == ("director", "default", "I.4.3.1")
    assert last_record("power.ask").clause == "I.4.3.1"
    said = {say(line.label, "zh_CN"): say(line.after, "zh_CN") for line in queue.one(request).lines}
    assert (said["标签"], said["收到"]) == ("常与外部联系", "通讯录（内部）")
    with pytest.raises(Refused):
        keeper.queue.approve(request, queue.one(request).digest)
    queue.approve(request, queue.one(request).digest)
    assert [tag.id for tag in Sorting(keeper).tags(entry) if tag.on] == ["outside-contact"]
    Sorting(keeper).tag(entry, "outside-contact", False)
    assert not carried.exists()


@pytest.mark.threat(50)
@pytest.mark.clause("I.4.3.1", "I.4.4.2")
def test_a_kind_of_unit_by_which_somebody_receives_an_edition_takes_two(store: Store, clock: Clock) -> None:
    """Else the assistant alone would hand everybody's numbers to the managers of an office, or take them from
    a department for a while; what only takes copies away is told."""
    world = build_editions_world()
    keeper, unit = assistant(world), world.unit(BOOK, "技术部")
    Sorting(keeper).set_kind(unit, "office")
    request = asked(lambda: Sorting(keeper).set_kind(unit, "headquarters"))
    assert Request.get_by_id(request).clause == "I.4.1.1", "which says for whom the internal edition is"
    assert Unit.get_by_id(unit).kind == "office"
    queue = world.desk("fengdir").queue
    lines = {say(line.label, "zh_CN"): say(line.after, "zh_CN") for line in queue.one(request).lines}
    assert (lines["类别"], lines["收到"]) == ("总部部门", "通讯录（内部）")
    queue.approve(request, queue.one(request).digest)
    assert Unit.get_by_id(unit).kind == "headquarters"


@pytest.mark.clause("I.4.3.1")
def test_an_import_names_nobody_to_receive_an_edition(store: Store, clock: Clock) -> None:
    world = build_editions_world()
    rows = [
        ["姓名", "部门", "岗位", "手机", "邮箱", "标签"],
        ["新人", "技术部", "职员", "13900001111", "xinren@huaxing.example", "outside-contact"],
    ]
    with pytest.raises(BadRows) as caught:
        assistant(world).importing.check(BOOK, rows)
    assert [say(one.column, "zh_CN") for one in caught.value.errors] == ["标签"]
