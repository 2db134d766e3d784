"""Kinds and regions of units, tags, own access and units' contacts by plain commands."""

from __future__ import annotations

import pytest

from db.language import say
from db.store.tables import Request
from tests.db.desk.asking import approve
from tests.editions_world import BOOK, with_its_office
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.registry import SHEETS


@pytest.mark.clause("I.4.1.1", "I.3.2")
def test_units_are_given_a_kind(world: World, ask: Ask) -> None:
    with_its_office(build_wider_world(BOOK, beside=world))
    unit = world.unit(BOOK, "技术部")
    kinds = {row["name"]: row["kind"] for row in ask("zhuli", "units --json").data}
    assert (kinds["技术部"], kinds["上海办事处"]) == ("headquarters", "office")
    missing = ask("zhuli", f"units kind {unit}")
    assert (missing.status, "office" in missing.err) == (2, True)
    assert ask("zhuli", f"units kind {unit} --kind office").status == 0
    assert "office" in {row["kind"] for row in ask("zhuli", "units --json").data if row["unit"] == unit}
    assert ask("zhuli", f"units kind {unit} --kind none").status == 0
    refused = ask("taojs", f"units kind {unit} --kind office")
    assert (refused.status, "I.3.2" in refused.err) == (1, True)


@pytest.mark.clause("F.3.1", "F.3.2")
def test_entries_carry_tags_and_units_have_a_region(world: World, ask: Ask) -> None:
    build_wider_world("general", beside=world)
    entry, unit = world.entry("vipke", "general"), world.unit("general", "外部联系人")
    carried = {row["tag"]: row["on"] for row in ask("jinhr", f"tags --entry {entry} --json").data}
    assert carried["vip"] is False
    assert ask("jinhr", f"tags put vip --entry {entry}").status == 0
    assert [row["entry"] for row in ask("jinhr", "find --tag VIP --book general --json").data] == [entry]
    assert ask("jinhr", f"tags take vip --entry {entry}").status == 0
    assert ask("jinhr", "find --tag VIP --book general --json").data == []
    assert (ask("jinhr", "tags put vip").status, ask("jinhr", f"tags put x --entry {entry}").status) == (2, 1)
    assert ask("jinhr", f"units region {unit} --region 华东 --book general").status == 0
    (row,) = (row for row in ask("jinhr", "units --book general --json").data if row["unit"] == unit)
    assert row["region"] == "华东"
    assert ask("jinhr", f"units region {unit} --book general").status == 0
    refused = ask("lunan", f"tags put vip --entry {entry}", language="en")
    assert (refused.status, "Only " in refused.err) == (1, True)


@pytest.mark.clause("A.13")
def test_what_was_opened_is_listed_until_it_is_given_back(world: World, ask: Ask) -> None:
    assert "没有" in ask("zhangwei", "access").err
    ask("zhangwei", "ask access --book staff name=赵敏 days=7 --reason 对接")
    request = Request.get().id
    approve(world, "zhaomin", request)
    (row,) = ask("zhangwei", "access --json").data
    assert (row["request"], row["name"], row["unit"]) == (request, "赵敏", "销售中心")
    assert ask("zhangwei", f"requests withdraw {request}").status == 0
    assert ask("zhangwei", "access --json").data == []


@pytest.mark.clause("I.4.2.3")
def test_the_contacts_of_a_unit_are_told(world: World, ask: Ask) -> None:
    build_wider_world(BOOK, beside=world)
    assert "没有登记" in ask("taojs", "contacts --book controlled --unit 技术部").err
    ask("taojs", "ask unit-contact unit=技术部 fax='010 6234 5600' --reason 搬迁")
    approve(world, "zhuli", Request.get().id)
    (row,) = ask("xiepi", "contacts --unit 技术部 --json").data
    assert (row["label"], row["value"]) == ("传真", "010 6234 5600")
    assert ask("xiepi", "contacts --json").data == []
    assert ask("xiepi", "contacts --unit 火星部").status == 1


@pytest.mark.clause("F.6.2")
@pytest.mark.parametrize("words", ["summary --book staff", "summary --book general"])
def test_what_a_rule_means_for_its_reader_is_said_in_whole_sentences(
    world: World, ask: Ask, words: str
) -> None:
    build_wider_world("general", beside=world)
    login = "zhangwei" if "staff" in words else "dubei"
    assert "。、" not in ask(login, words).text
    said = ask(login, words, language="en").text
    assert ".," not in said
    assert "You may look people up for" in said


def test_what_a_list_can_be_sorted_by_is_said_in_words(ask: Ask) -> None:
    """The word that a command takes stands beside what it means, never beside itself."""
    said = ask("liuyang", "offices --book staff --sort nothing").err
    assert "role（角色）" in said
    assert "state（状态）" in said
    for sheet in SHEETS:
        for column in sheet.columns:
            title = column.title
            assert callable(title) or say(title, "zh_CN") not in ("", column.id), (sheet.id, column.id)
