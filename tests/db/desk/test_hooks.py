"""What subjects hook into what must not know them: each kind of hook runs where it says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from db.desk import Refused
from db.desk import hooks as module
from db.desk.accounts.new_accounts import new_account
from db.desk.audit.act_names import detail_label, value_words
from db.desk.audit.audit import AuditFilter
from db.desk.authority.permissions import Permissions
from db.desk.due_dates import Due
from db.desk.emergency.calls import OUTCOMES
from db.desk.emergency.emergencies import Emergencies
from db.desk.entry.noting import note_change, note_entered
from db.desk.extracts.report_rights import drawing_right, list_called
from db.desk.frame import operation_of
from db.desk.hooks import SUBJECTS, Hooks, hooks
from db.desk.papers.sheets import sheet_kinds
from db.desk.tasks.duties import Alarm, RunnerPlace, run
from db.desk.tasks.handback import copies_owed
from db.desk.today.waiting import OtherMatter
from db.language import Label, _
from db.store import clock
from db.store.tables import AuditRecord, Entry, Person
from db.store.transactions import writing
from tests.db.desk.asking import PDF, change
from tests.world import World

DESK = Path(module.__file__).parent


@contextmanager
def hooked(**parts: Any) -> Iterator[None]:
    """Let one more subject hook in, in the body."""
    made = {"db.desk.stand_in.hooks": SimpleNamespace(HOOKS=Hooks(**parts))}
    with patch.object(module, "SUBJECTS", (*SUBJECTS, "stand_in")), patch.dict(sys.modules, made):
        hooks.cache_clear()
        yield
    hooks.cache_clear()


def test_every_subject_with_hooks_is_listed_and_every_listed_one_has_them() -> None:
    """A hooks.py that the list does not name would be dropped in silence."""
    found = {path.parent.name for path in DESK.glob("*/hooks.py")}
    said = f"each folder of db/desk with a hooks.py has one line in SUBJECTS of {module.__file__}"
    assert sorted(SUBJECTS) == sorted(found), said


def test_a_listed_subject_without_hooks_is_told_at_once_and_in_words() -> None:
    with patch.object(module, "SUBJECTS", (*SUBJECTS, "nowhere")):
        hooks.cache_clear()
        with pytest.raises(RuntimeError, match=r"lists 'nowhere', but db/desk/nowhere/hooks\.py.*is missing"):
            hooks()
    hooks.cache_clear()


def test_what_is_missing_inside_a_subject_is_not_taken_for_a_missing_subject() -> None:
    fault = ModuleNotFoundError("No module named 'nowhere'", name="nowhere")
    with patch.object(module, "import_module", side_effect=fault), pytest.raises(ModuleNotFoundError):
        hooks.__wrapped__()


def _run(_world: World) -> None:
    run(RunnerPlace("host", "host:test"))


def _enter(world: World) -> None:
    with writing():
        note_entered("staff", [world.entry("zhangwei")])


def _change(world: World) -> None:
    with writing():
        note_change(Entry.get_by_id(world.entry("zhangwei")), "change", ["mobile"])


def _make_account(_world: World) -> None:
    with writing():
        new_account("another", Person.create(name="新来").id, "", clock.now())


def _withdraw(world: World) -> None:
    world.desk("zhangwei").requests.withdraw(change(world, "zhangwei"))


def _list_copies(world: World) -> None:
    assert copies_owed(Entry.get_by_id(world.entry("zhangwei")), leaves=True) == []


def _promote(world: World) -> None:
    change(world, "zhangwei", asked={"position": "高级工程师"})


def _look_at_a_promotion(world: World) -> None:
    desk = world.desk("zhangwei")
    desk.requests.one(change(world, "zhangwei", asked={"position": "高级工程师"}))


def _open_evidence(world: World) -> None:
    file = world.desk("zhangwei").evidence.add("受理单.pdf", PDF)
    with pytest.raises(Refused):
        world.desk("liuyang").evidence.open(file.id)


KEPT = ("groups", "labels", "words", "lists", "papers", "admits", "waits", "own_data")
"""Kinds of hook that have a test of their own."""
WHERE: Mapping[str, tuple[Callable[[World], object], object]] = {
    "owes": (lambda world: world.desk("helei").overview.unreached("staff"), []),
    "receives": (_look_at_a_promotion, []),
    "issued": (lambda world: world.desk("zhangwei").privacy.optional(), []),
    "begins": (_run, None),
    "ends": (_run, None),
    "erases": (_run, 0),
    "openers": (_run, []),
    "alarms": (_run, [Alarm("duties.parking", "A.1", {"told": 1})]),
    "entered": (_enter, None),
    "joined": (_enter, None),
    "changed": (_change, None),
    "posts": (_promote, None),
    "accounts": (_make_account, None),
    "turned_down": (_withdraw, None),
    "copies": (_list_copies, []),
    "reads_evidence": (_open_evidence, False),
    "hidden_tasks": (lambda world: world.desk("helei").overview.outlook(), []),
    "hidden_records": (lambda world: world.desk("helei").audit.window(AuditFilter()), []),
}
"""What makes each kind of hook run, and what one of it may give back."""


def test_each_kind_of_hook_is_tried() -> None:
    assert [one.name for one in fields(Hooks)] == [*KEPT, *WHERE]


def test_a_group_of_a_subject_is_a_plain_call_and_done_later_by_its_name(world: World) -> None:
    """Nothing else of the desk says the group's name."""
    desk = world.desk("zhangwei")
    assert {Emergencies} <= set(hooks().groups)
    assert Emergencies(desk).books() == operation_of(desk, "emergency.books")() == ()


def test_what_a_subject_hooks_in_to_be_read_is_read(world: World) -> None:
    paper: Any = SimpleNamespace(id="pass")
    parking = {"place_of_car": {"roof": _("reached")}}
    label = {"place_of_car": _("place")}
    with hooked(words=parking, labels=label, lists={"cars": "coverage"}, papers=(paper,)):
        assert value_words("place_of_car") == parking["place_of_car"]
        assert set(value_words("result")) == set(OUTCOMES)
        assert detail_label("place_of_car") == label["place_of_car"]
        right = drawing_right(list_called("cars"))
        assert right is not None
        assert right.copies
        assert sheet_kinds()["pass"] is paper


def test_who_must_do_something_first_is_admitted_to_nothing_before(world: World) -> None:
    """And what waits for them is told all the same."""
    matter = OtherMatter(
        "parking",
        _("place"),
        "7",
        "P7",
        "staff",
        Label("册", "Book"),
        Due("2026-11-24", 1, "A.1"),
        "A.1",
        "cars",
    )

    def admit(permissions: Permissions, asked: Mapping[str, object] | None) -> Permissions:
        if asked is not None:
            raise Refused(_("place"), "A.1", "")
        return replace(permissions, holdings=(), derived={})

    desk = world.desk("zhangwei")
    with hooked(admits=(admit,), waits=(lambda _permissions: (matter,),)):
        assert desk.waiting.mine().rows[0] == matter
        assert [kind for kind, _label, _count in desk.waiting.tally().kinds] == ["parking"]
        with pytest.raises(Refused):
            desk.directory.books()
    assert desk.directory.books()


def test_what_somebody_underwent_stands_among_their_own_data(world: World) -> None:
    row = ("parked", "", "2026-11-23")
    with hooked(own_data=(lambda _permissions, stored: [("trainings", row)] if not stored else [],)):
        tables = {one.id: one.rows for one in world.desk("zhangwei").privacy.mine()}
        assert row in tables["trainings"]


@pytest.mark.parametrize("kind", WHERE)
def test_a_hook_runs_where_it_says(world: World, kind: str) -> None:
    calls: list[tuple[object, ...]] = []
    does, gives = WHERE[kind]

    def hook(*given: object) -> object:
        calls.append(given)
        return gives

    with hooked(**{kind: (hook,)}):
        does(world)
    assert calls
    if kind == "alarms":
        assert AuditRecord.select().where(AuditRecord.act == "duties.parking").count() == len(calls)
