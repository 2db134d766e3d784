"""No other way than a numbered copy hands out what is controlled (I.4.4.2): each way by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk import Refused
from db.desk.entry.noting import note_change
from db.desk.outside.outside import Outside
from db.store.engine import Store
from db.store.tables import Entry, OutsideChange
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.reviewing import open_all
from tests.tui.outside.wecom_world import connected
from tests.tui.plain.running import answered
from tests.wider_world import PLANS, build_wider_world
from tests.world import World

BOOK = "controlled"
CALLED = {"zhuli": "朱丽", "taojs": "陶军", "baizl": "白芷", "xiepi": "解平"}


@pytest.fixture
def wider(store: Store, clock: Clock) -> World:
    return build_wider_world(BOOK, "wecom")


def composed(monkeypatch: pytest.MonkeyPatch, book: str, maintainer: str) -> None:
    """Have ``book`` stand under the regulation on controlled documents too."""
    plan = PLANS[book]
    both = replace(
        plan, policies=[*plan.policies, "controlled-document"], decisions={"maintainer": maintainer}
    )
    monkeypatch.setitem(PLANS, book, both)


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.4.2", "A.12")
@pytest.mark.parametrize(("login", "seen"), [("zhuli", "陶军"), ("taojs", "白芷"), ("xiepi", "解平")])
def test_programs_get_nobodys_entry_but_ones_own(wider: World, login: str, seen: str) -> None:
    """Whoever keeps it, heads a department or works in one looks people up in words."""
    entry = wider.entry(next(one for one in CALLED if CALLED[one] == seen), BOOK)
    for line in (f"find {seen}", f"card {entry}", f"reveal {entry} mobile --purpose work"):
        answer = answered(wider, login, f"{line} --json")
        is_own = CALLED[login] == seen
        assert answer.status == (0 if is_own else 1), line
        assert ("I.4.4.2" in answer.err, bool(answer.out)) == (not is_own, is_own), line
    assert seen in answered(wider, login, f"find {seen}").text
    assert seen in answered(wider, login, f"card {entry}").text
    own = answered(wider, login, f"card {wider.entry(login, BOOK)} --json")
    assert [one["entry"] for one in own.data] == [wider.entry(login, BOOK)]
    assert answered(wider, "huanghr", "find 黄蓉 --json").data, "another directory keeps nothing in"


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.4.2")
def test_not_more_than_a_screenful_is_listed_at_once(wider: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(wider, "zhuli", "find 技术部 --limit 100").status == 0
    monkeypatch.setattr("tui.plain.find.SCREENFUL", 1)
    many = answered(wider, "zhuli", "find 技术部 --limit 100")
    assert (many.status, many.out) == (1, b"")
    assert "I.4.4.2" in many.err


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.4.2", "B.5.3")
def test_a_list_of_what_is_checked_stays_in_with_the_values_it_shows(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed(monkeypatch, "safety", "safety")
    wider = build_wider_world("safety")
    open_all("safety")
    with pytest.raises(Refused) as refused:
        wider.desk("kangle").overview.listed("reviews items", "safety")
    assert refused.value.clause == "I.4.4.2"
    assert wider.desk("kangle").overview.listed("reviews", "safety")


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.4.2", "G.4.1")
def test_a_system_outside_is_told_nothing_of_what_is_controlled(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by itself, nor on demand, nor by a file; somebody enters people there by hand."""
    composed(monkeypatch, "wecom", "hr")
    wider = build_wider_world("wecom")
    with connected(store, monkeypatch):
        desk = wider.desk("huanghr")
        for take in (Outside(desk).push, Outside(desk).members):
            with pytest.raises(Refused) as refused:
                take("wecom")
            assert refused.value.clause == "I.4.4.2"
        shuqi = Entry.get_by_id(wider.entry("shuqi", "wecom"))
        with writing():
            for event in ("join", "change", "leave"):
                note_change(shuqi, event, ["mobile"])
    assert OutsideChange.select().count() == 0


@pytest.mark.clause("I.4.4.2")
def test_what_is_kept_of_oneself_names_nobody_else(wider: World) -> None:
    """A person's own data is theirs; of the directory it holds their own entry alone."""
    mine = answered(wider, "xiepi", "mydata --format csv").text
    assert "4013" in mine
    assert not [name for name in CALLED.values() if name != "解平" and name in mine]
