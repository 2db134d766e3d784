"""What was typed when a line was cut: kept for its owner alone, and for seven days."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.requests.drafts import KEPT_DAYS, LONGEST, MOST, forget_old
from db.language import Label, say
from db.store.tables import FormDraft
from db.store.transactions import writing
from tests.conftest import Clock
from tests.world import World

TYPED = {"mobile": "139 0000 4321", "reason": "换号"}


def test_what_was_typed_is_there_for_its_owner_alone(world: World) -> None:
    drafts = world.desk("zhangwei").drafts
    drafts.save_form("change 17", Label("更正：张伟", "Change: 张伟"), TYPED)
    kept = world.desk("zhangwei").drafts.saved_form("change 17")
    assert kept is not None
    assert kept.typed == TYPED
    assert say(kept.title, "en") == "Change: 张伟", "in the language of whoever lists it"
    assert world.desk("wangfang").drafts.saved_form("change 17") is None
    assert world.desk("wangfang").drafts.mine() == ()
    world.desk("wangfang").drafts.discard("change 17")
    assert [one.place for one in drafts.mine()] == ["change 17"]


def test_it_lies_sealed(world: World) -> None:
    world.desk("zhangwei").drafts.save_form("change 17", "更正：张伟", TYPED)
    content = bytes(FormDraft.get().content)
    assert b"4321" not in content
    assert "张伟".encode() not in content


def test_the_last_of_a_form_is_kept_and_it_goes_when_it_is_thrown_away(world: World) -> None:
    drafts = world.desk("zhangwei").drafts
    drafts.save_form("change 17", "更正", {"mobile": "1"})
    drafts.save_form("change 17", "更正", {"mobile": "2"})
    (kept,) = drafts.mine()
    assert kept.typed == {"mobile": "2"}
    drafts.discard("change 17")
    assert drafts.mine() == ()


def test_it_is_thrown_away_after_seven_days(world: World, clock: Clock) -> None:
    clock.set("2026-11-23T10:00+08:00")
    world.desk("zhangwei").drafts.save_form("change 17", "更正", TYPED)
    clock.set("2026-11-30T09:59+08:00")
    with writing():
        assert forget_old() == 0
    clock.set("2026-11-30T10:01+08:00")
    with writing():
        assert forget_old() == 1
    assert KEPT_DAYS == 7


@pytest.mark.threat(58)
def test_it_has_an_end(world: World) -> None:
    drafts = world.desk("zhangwei").drafts
    for number in range(MOST + 3):
        drafts.save_form(f"change {number}", "更正", TYPED)
    assert len(drafts.mine()) == MOST
    with pytest.raises(Invalid):
        drafts.save_form("change 1", "更正", {"mobile": "1" * LONGEST})
