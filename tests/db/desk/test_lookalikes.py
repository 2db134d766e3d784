"""Names that look like another person's: told on import, on a change of name, and in lists (row 45)."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.entry.record import create_entry
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import BadRows
from db.desk.requests.lookalikes import lookalike_warnings
from db.desk.requests.request_kinds import DiffLine
from db.language import say
from db.policy.loader import check
from db.store.engine import Store
from db.store.tables import Request, Unit
from db.store.transactions import writing
from tests.db.desk.asking import approve, change
from tests.db.desk.importing_world import desk_of, make_book, person, sheet
from tests.db.desk.lives import joiner
from tests.db.policy.texts import text
from tests.world import World

SOURCE = Source("名单.xlsx", "0" * 64)
CYRILLIC = "\u0441\u043e\u0441\u043e"
"""Looks like coco."""


@pytest.mark.threat(45)
def test_an_import_tells_of_a_name_that_looks_like_one_on_record(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(person(1, "coco", unit="销售部")), SOURCE)
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(2, CYRILLIC)))
    [error] = caught.value.errors
    assert (error.row, say(error.reason, "en")) == (2, "It looks like coco in 销售部, in other letters.")


@pytest.mark.threat(45)
def test_an_import_tells_of_two_rows_whose_names_look_the_same(store: Store) -> None:
    desk = desk_of("hr", make_book(), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.load("staff", sheet(person(1, "coco"), person(2, CYRILLIC), person(3, "coco")), SOURCE)
    assert [error.row for error in caught.value.errors] == [3]


@pytest.mark.parametrize("known", [False, True])
def test_two_people_who_are_really_called_alike_come_in_when_that_is_confirmed(
    store: Store, known: bool
) -> None:
    desk = desk_of("hr", make_book(), "hr")
    rows = sheet(person(2, CYRILLIC), *(() if known else (person(1, "coco"),)))
    if known:
        desk.importing.load("staff", sheet(person(1, "coco")), SOURCE)
    assert (
        desk.importing.load("staff", rows, SOURCE, wishes=ImportWishes(alike=True)).entries == len(rows) - 1
    )


@pytest.fixture
def office(world: World) -> World:
    """The organisation with somebody called coco in it."""
    with writing():
        create_entry("staff", world.unit("staff", "销售中心"), "full-time", {"name": ("coco",)})
    return world


@pytest.mark.threat(45)
def test_whoever_decides_on_a_new_name_reads_whom_it_looks_like(office: World) -> None:
    request = change(office, "liuyang", "staff", of="zhangwei", asked={"name": CYRILLIC}, reason="改名")
    mine = office.desk("liuyang").requests.one(request)
    assert "alike" not in [line.field for line in mine.lines]
    head = office.desk("wangfang").queue.one(request)
    assert "alike" not in [line.field for line in head.lines], "it would tell who else is in the book (C.10)"
    approve(office, "wangfang", request)
    hr = office.desk("zengqing")
    for lines in (hr.queue.one(request).lines, hr.queue.window().rows[-1].summary):
        told = [say(line.after, "en") for line in lines if line.field == "alike"]
        assert told == ["coco (销售中心), in other letters"]


@pytest.mark.threat(45)
@pytest.mark.parametrize(
    ("policy", "clause"),
    [
        ("directory-security", "C.8"),
        ("information-security", "H.4.2"),
        ("enterprise", "safe default"),
    ],
)
def test_a_misspelt_name_is_refused_by_a_clause(store: Store, policy: str, clause: str) -> None:
    desk = desk_of("hr", make_book(policies=(policy,)), "hr")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", sheet(person(1, "Zh\u0430ng")))
    told = [say(error.reason, "en") for error in caught.value.errors if error.column]
    assert any("U+0430" in line and line.endswith(f"({clause})") for line in told)


def test_a_joiners_form_says_the_clause_too(world: World) -> None:
    desk = world.desk("liuyang")
    values = {**joiner(world, "销售中心").values, "name": "Zh\u0430ngwei"}
    asked = joiner(world, "销售中心", values=values)
    found = {one.field: say(one.message, "zh_CN") for one in desk.lifecycle.check_join(asked).problems}
    assert found["name"].endswith("（默认规则）")
    with pytest.raises(Invalid) as caught:
        desk.lifecycle.expect(asked)
    assert say(caught.value.problems[0].message, "en").endswith("(safe default)")


@pytest.mark.threat(45)
def test_names_that_were_entered_before_there_was_a_rule_are_listed(office: World) -> None:
    place = office.unit("staff", "销售中心")
    with writing():
        for name in (CYRILLIC, "Zh\u0430ng", "张\u2e80"):
            create_entry("staff", place, "full-time", {"name": (name,)})
        Unit.update(name="\u0410dmin").where(Unit.id == office.unit("staff", "研发中心/研发二部")).execute()
    rows = office.desk("liuyang").overview.names("staff").rows
    assert [(row.is_unit, row.name) for row in rows] == [
        (True, "\u0410dmin"), (False, "coco"), (False, CYRILLIC), (False, "Zh\u0430ng"), (False, "张\u2e80"),
    ]  # fmt: skip
    assert rows[1].others == ((CYRILLIC, "销售中心"),)
    assert rows[1].wrong is None
    assert "U+0430" in say(rows[3].wrong or "", "en")
    assert office.desk("fangmin").overview.names("subsidiary").rows == ()


@pytest.mark.threat(45)
@pytest.mark.parametrize(
    ("rules", "line", "told"),
    [
        ('roles = [{ id = "front", zh = "前台", en = "Fr\u043ent", clause = "X.1" }]', 4, "U+043E"),
        ('tags = [{ id = "vip", zh = "VIP\u200b", en = "VIP", clause = "X.1" }]', 4, "U+200B"),
        (
            f'tags = [\n  {{ id = "a", zh = "甲", en = "coco", clause = "X.1" }},\n'
            f'  {{ id = "b", zh = "乙", en = "{CYRILLIC}", clause = "X.1" }},\n]',
            6,
            "looks like “coco”",
        ),
    ],
)
def test_labels_of_a_policy_file_are_held_to_it(rules: str, line: int, told: str) -> None:
    found = [finding for finding in check(text(rules)) if told in say(finding.message, "en")]
    assert [finding.line for finding in found] == [line]


@pytest.mark.threat(65)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("张\u0301伟", "a Chinese character has a mark that"),
        ("张伟2", "digits beside Chinese"),
        ("张伟", ""),
        ("Li Wei 2", ""),
    ],
)
def test_whoever_decides_on_a_name_that_is_spelt_as_none_is_told_so(name: str, said: str) -> None:
    request = Request(kind="change", state="open", book="staff")
    permissions = NoKeeper()
    lines = lookalike_warnings(request, (DiffLine("name", "", "", name, ("", "")),), permissions)  # type: ignore[arg-type]  # stands in
    assert [say(line.after, "en")[: len(said)] for line in lines] == ([said] if said else [])


class NoKeeper:
    """The standing of somebody who keeps no book."""

    def keeps_book(self, _book: str) -> bool:
        return False


@pytest.mark.threat(45)
@pytest.mark.parametrize("name", ["张伟（代王芳）", "何磊、郭涛", "张伟/王芳"])
def test_whoever_decides_is_told_of_a_name_that_reads_as_another_s_office(world: World, name: str) -> None:
    """Wherever deciders are named it would say that somebody else had decided."""
    request = change(world, "liuyang", "staff", of="zhangwei", asked={"name": name}, reason="改名")
    lines = world.desk("wangfang").queue.one(request).lines
    assert "unusual" in [line.field for line in lines]
