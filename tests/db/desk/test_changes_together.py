"""Two corrections of one entry: a conflict is one of the same field alone (A.15, G.4.2)."""

from __future__ import annotations

import pytest

from db.desk.entry import record
from db.desk.refusal import SILENT
from db.language import say
from db.store.tables import Entry, Request
from tests.db.desk.asking import approve, change, refusal
from tests.db.desk.lives import move
from tests.db.desk.reviewing import refused
from tests.world import World

BOTH = {"mobile": "13900002222", "extension": "8099"}


def on_record(world: World, field: str) -> str:
    return record.load_entry(world.entry("zhangwei")).first(field)


def apply_request(world: World, request: int) -> None:
    """Decide all that waits of ``request``, by whoever may."""
    for login in world.accounts:
        if Request.get_by_id(request).state == "open" and request in [
            row.id for row in world.desk(login).queue.window().rows
        ]:
            approve(world, login, request)
    assert Request.get_by_id(request).state == "applied"


@pytest.mark.clause("A.15", "G.4.2")
@pytest.mark.parametrize("first", list(BOTH))
def test_two_corrections_of_different_fields_are_both_put_in_force(world: World, first: str) -> None:
    """Whichever is decided first."""
    numbers = {field: change(world, "zhangwei", asked={field: value}) for field, value in BOTH.items()}
    for field in (first, *(field for field in BOTH if field != first)):
        apply_request(world, numbers[field])
    assert (on_record(world, "extension"), on_record(world, "mobile")) == ("8099", "+8613900002222")


@pytest.mark.clause("A.15")
def test_two_corrections_of_the_same_field_are_a_conflict_and_said_so(world: World) -> None:
    first = change(world, "zhangwei", asked={"extension": "8098"})
    second = change(world, "zhangwei", asked=BOTH)
    apply_request(world, first)
    desk = world.desk("wangfang")
    denied = refusal(desk, second, desk.queue.one(second).digest)
    assert denied.clause == SILENT
    assert "changed since" in say(denied.message, "en")
    assert (on_record(world, "extension"), Request.get_by_id(second).state) == ("8098", "open")


@pytest.mark.clause("A.9", "A.15")
@pytest.mark.parametrize("moved_first", [False, True])
def test_a_move_and_a_correction_disturb_one_another_in_the_same_field_alone(
    world: World, moved_first: bool
) -> None:
    correction = change(world, "zhangwei", asked={"extension": "8099"})
    moved = move(world, "liuyang", "zhangwei", "研发中心/研发二部")
    for request in (moved, correction) if moved_first else (correction, moved):
        apply_request(world, request)
    entry = Entry.get_by_id(world.entry("zhangwei"))
    assert (entry.unit.name, on_record(world, "extension")) == ("研发二部", "8099")


@pytest.mark.clause("A.15")
def test_a_form_that_lies_open_is_handed_in_where_another_field_changed(world: World) -> None:
    """What was typed is kept; of the field that changed meanwhile it is refused."""
    desk = world.desk("zhangwei")
    form = desk.changes.form(world.entry("zhangwei"))
    shown = {field.name: field.value for field in form.fields}
    apply_request(world, change(world, "zhangwei", asked={"extension": "8098"}))
    evidence = [desk.evidence.add("换号.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n").id]
    for typed in ({"extension": "8099"}, {**shown, "extension": "8099"}):
        denied = refused(
            lambda typed=typed: desk.changes.submit(  # type: ignore[misc]
                form.entry, form.version, typed, "换座", evidence, shown=shown
            )
        )
        assert denied.clause == SILENT
    number = desk.changes.submit(
        form.entry, form.version, {**shown, "mobile": "13900002222"}, "换号", evidence, shown=shown
    )
    assert [line.field for line in desk.requests.one(number).lines] == ["mobile"]
