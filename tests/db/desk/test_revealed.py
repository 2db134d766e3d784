"""A revealed number stays in clear for a while, by one record, as long as the reader may reveal it (A.11)."""

from __future__ import annotations

import pytest

from db.desk import Desk, Refused
from db.desk.directory.revealed import LASTS
from db.desk.entry.record import apply_values
from db.store.tables import AccessGrant, AuditRecord
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access
from tests.world import World

CLEAR, MASKED = "139 0000 1507", "139••••07"


def seen(desk: Desk, entry: int) -> set[str]:
    """The mobile number as the card, both lists and the contact card show it."""
    card, contact = desk.directory.card(entry), desk.directory.contact(entry, "work")
    lines = [*desk.directory.list("staff"), *desk.directory.search("staff", "张文")]
    shown = [line.text("mobile") for line in lines if line.entry == entry]
    shown += [str(field.text) for field in (*card.fields, *contact.numbers) if field.name == "mobile"]
    return set(shown)


def reveals() -> int:
    return AuditRecord.select().where(AuditRecord.act.in_(["directory.reveal", "directory.shown"])).count()


@pytest.mark.threat(43)
@pytest.mark.clause("A.11")
def test_a_revealed_number_stays_for_half_an_hour_by_one_record(world: World, clock: Clock) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwen")
    assert seen(desk, entry) == {MASKED}
    desk.directory.reveal(entry, "mobile", "work")
    assert seen(desk, entry) == {CLEAR}
    assert reveals() == 1
    clock.forward(seconds=LASTS.total_seconds() - 1)
    assert seen(desk, entry) == {CLEAR}
    clock.forward(seconds=1)
    assert seen(desk, entry) == {MASKED}


@pytest.mark.threat(43)
def test_a_revealed_number_is_clear_to_nobody_else_and_in_no_other_session(world: World) -> None:
    entry = world.entry("zhangwen")
    world.desk("zhangwei").directory.reveal(entry, "mobile", "work")
    assert seen(world.desk("zhangwei"), entry) == {MASKED}
    assert seen(world.desk("zhengwei"), entry) == {MASKED}


@pytest.mark.threat(43)
def test_what_was_changed_meanwhile_takes_a_look_of_its_own(world: World) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwen")
    desk.directory.reveal(entry, "mobile", "work")
    with writing():
        apply_values(
            entry, {"mobile": ("+8613900009907",)}, source="更正", verifier=world.accounts["liuyang"]
        )
    assert seen(desk, entry) == {MASKED}


@pytest.mark.threat(20)
@pytest.mark.clause("A.13")
def test_a_revealed_number_is_gone_with_the_access_that_opened_it(world: World) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhaomin")
    approve(world, "zhaomin", ask_access(desk, "staff", "客户现场对接", name="赵敏", days=1))
    desk.directory.reveal(entry, "mobile", "work")
    assert {str(one.text) for one in desk.directory.card(entry).fields if one.name == "mobile"} == {
        "135 0000 8201"
    }
    AccessGrant.update(until="2026-11-23T00:00:00.000000Z").execute()
    with pytest.raises(Refused):
        desk.directory.card(entry)
    assert desk.directory.search("staff", "赵敏") == ()


def test_the_words_stand_in_the_purpose_that_was_stated(world: World) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwen")
    assert desk.directory.preview(entry).words is None
    desk.directory.reveal(entry, "mobile", "work")
    found = desk.directory.preview(entry)
    assert found.stated is not None
    assert found.stated.purpose == "work"
    assert found.words is not None
    assert found.words.name == "张文"
