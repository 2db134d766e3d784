"""``mydata`` and ``leavers``."""

from __future__ import annotations

import hashlib
import json

import pytest

from db.desk.entry.record import apply_values, load_entry, remove_entry
from db.desk.notation.values import display
from db.store.tables import AuditRecord, Entry
from db.store.transactions import writing
from tests.agreed import settle
from tests.audited import detail_of
from tests.db.desk.asking import change
from tests.tui.plain.conftest import Ask
from tests.world import World


def test_mydata_is_for_people_and_for_programs(ask: Ask, world: World) -> None:
    own = load_entry(world.entry("zhangwei"))
    said = ask("zhangwei", "mydata")
    assert (said.status, "通讯录中您的信息" in said.text) == (0, True)
    assert display("mobile", own.first("mobile")) in said.text
    data = json.loads(ask("zhangwei", "mydata --json").text)
    assert own.first("mobile") in [row["value"] for row in data["values"]]
    assert all(row["started"] and row["source"] for row in data["sessions"])
    assert set(data) == {
        "values", "requests", "looks", "grants", "editions", "consents", "trainings", "sessions",
        "sources",
    }  # fmt: skip


@pytest.mark.parametrize("field", ["qq", "QQ", "group/qq"])
def test_what_rests_on_consent_is_taken_out_by_the_name_of_the_field(
    ask: Ask, world: World, field: str
) -> None:
    """Where only one directory has it; its label will do."""
    entry = world.entry("helei", "group")
    with writing():
        apply_values(entry, {"qq": ("1810406976",)}, source="", verifier=None)
    assert ask("helei", f"optional withdraw {field}").status == 0
    assert not load_entry(entry).first("qq")
    assert ask("helei", "optional withdraw mobile").status == 1


@pytest.mark.clause("E.6.4")
def test_a_leaver_is_erased_for_whoever_maintains_the_directory_once_another_agrees(
    ask: Ask, world: World
) -> None:
    entry = world.entry("helei", "group")
    with writing():
        for row in list(Entry.select().where(Entry.person == Entry.get_by_id(entry).person_id)):
            remove_entry(row.id, "2026-11-20")
    listed = ask("luoyan", "leavers --book group")
    assert str(entry) in listed.text
    assert ask("zhangwei", f"leavers erase {entry} --book group --reason please").status != 0
    assert ask("luoyan", f"leavers erase {entry} --book group --reason 'asked for by the person'").status == 0
    missing = ask("luoyan", f"leavers erase {entry} --book group")
    assert (missing.status, "--reason" in missing.err) == (2, True)
    assert ask("luoyan", f"leavers erase {entry} --book group --reason again").status == 1
    assert str(entry) in ask("luoyan", "leavers --book group").text, "it waits for a second office"
    settle(world.desk("chenjing"))
    assert str(entry) not in ask("luoyan", "leavers --book group").text


def test_what_no_clause_holds_is_called_the_safe_default(ask: Ask, world: World) -> None:
    """Not by the word that stands for it inside."""
    change(world, "helei", "group", asked={"office_phone": "01059230001"})
    with writing():
        remove_entry(world.entry("helei", "group"), "2026-11-20")
    said = ask("luoyan", "leavers --book group").text
    assert "默认规则" in said
    assert "default" not in said


def test_mydata_leaves_as_one_document_marked_and_recorded(ask: Ask, world: World) -> None:
    shown = display("mobile", load_entry(world.entry("zhangwei")).first("mobile"))
    said = ask("zhangwei", "mydata --format md")
    assert (said.status, shown in said.text) == (0, True)
    row = AuditRecord.get(AuditRecord.act == "privacy.taken")
    assert json.loads(detail_of(row))["sha256"] == hashlib.sha256(said.out).hexdigest()
    assert ask("zhangwei", "mydata --format odt").status == 2
