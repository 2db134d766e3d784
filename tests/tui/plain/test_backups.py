"""A class teacher backs the class up and puts a loss back by commands (D.8, D.11.1)."""

from __future__ import annotations

import pytest

from db.desk.entry.record import apply_values, load_entry
from db.store.tables import Request
from db.store.transactions import writing
from tests.db.desk.lives import approved
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.mark.clause("D.8", "D.11.1")
def test_the_teacher_backs_up_and_puts_back(world: World, ask: Ask) -> None:
    build_wider_world("class", beside=world)
    pupil = world.entry("jiangtao", "class")
    before = load_entry(pupil).values["parent_phones"]
    assert "D.8" in ask("yanlaoshi", "backup").text, "one is due"
    assert ask("yanlaoshi", "backup compare --backup newest").status == 2
    assert ask("yanlaoshi", "backup make").status == 0
    (made,) = ask("yanlaoshi", "backup --json").data
    assert made["places"] >= 1
    assert ask("yanlaoshi", "backup compare --backup newest --json").data == []
    with writing():
        apply_values(pupil, {"parent_phones": ("+8613600009999",)}, source="误改", verifier=None)
    (lost,) = ask("yanlaoshi", "backup compare --backup newest --json").data
    assert (lost["entry"], lost["gone"]) == (pupil, False)
    missing = ask("yanlaoshi", f"backup compare restore {pupil}")
    assert (missing.status, "--backup" in missing.err) == (2, True)
    back = f"backup compare restore {pupil} --backup {made['backup']}"
    assert ask("yanlaoshi", back).status == 0
    assert load_entry(pupil).values["parent_phones"] == ("+8613600009999",), "somebody else decides"
    approved(world, "shilaoshi", Request.get(Request.kind == "change").id)
    assert load_entry(pupil).values["parent_phones"] == before
    again = ask("yanlaoshi", back)
    assert (again.status, again.out) == (1, b""), "it is not lost any more"


@pytest.mark.clause("D.8")
def test_whoever_does_not_answer_for_the_class_is_refused_by_its_clause(world: World, ask: Ask) -> None:
    build_wider_world("class", beside=world)
    for line in ("backup", "backup make", "backup compare --backup newest"):
        refused = ask("jiangtao", line)
        assert (refused.status, refused.out, "D.8" in refused.err) == (1, b"", True), line


@pytest.mark.clause("F.4.1", "H.6.4")
def test_who_answers_for_the_hosts_backups_sees_them_though_no_entry_is_theirs_to_see(
    world: World, ask: Ask
) -> None:
    build_wider_world("general", beside=world)
    world.grant("guotao", "it", "general")
    assert "general" not in {book.id for book in world.desk("guotao").directory.books()}
    for line in ("backup runs", "backup runs --book general"):
        listed = ask("guotao", line)
        assert (listed.status, "F.4.1" in listed.text) == (0, True), line
