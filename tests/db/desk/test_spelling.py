"""How a name may be spelt: what looks like another name does not come in (row 45)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.desk import Invalid
from db.desk.entry.record import create_entry
from db.desk.entry.units import create_book, create_unit
from db.desk.importing.cells import quick_rule
from db.desk.lifecycle.twins import looks_like
from db.desk.notation.values import clean, normalise
from db.desk.refusal import Problem
from db.language import Label, say
from db.policy.rules import FieldRule
from db.store.engine import Store
from db.store.name_spelling import find_misspelling, spell_name
from db.store.transactions import writing
from tests.db.desk.lives import joiner
from tests.world import World

NAME = FieldRule(
    "name", Label("姓名", "Name"), "name", True, False, False, False, "maintainer", (), (), (), ()
)

REAL = [
    "张伟", "欧阳娜娜", "阿依古丽·买买提", "𠮷田茂", "\U00031350明", "陈㐂", "高橋みなみ", "ジョン・スミス",
    "김철수", "བསོད་ནམས་རྒྱ་མཚོ", "ئايگۈل مەمەت", "ᠪᠠᠶᠠᠷ", "ꆈꌠ", "ㄓㄤ", "Nguyễn Thị Ánh", "O'Brien",
    "Jean-Luc", "Иванов", "Ёлкин 叶尔金", "Παπαδόπουλος", "สมชาย", "राम",
    "Zhang 张伟", "X射线部", "β射线组", "A&B公司", "研发中心（北京）",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_everybody_is_entered_in_their_own_script(name: str) -> None:
    assert normalise(NAME, name, "CN") == name


@pytest.mark.threat(45)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张\u3164伟", "张伟"), ("张\uffa0伟", "张伟"), ("张\u034f伟", "张伟"), ("张\ufe0f伟", "张伟"),
        ("张\U000e0100伟", "张伟"), ("⼀⼆", "一二"), ("豈", "豈"), ("Ｌｉ", "Li"),
        ("阿依古丽.买买提", "阿依古丽·买买提"), ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽。买买提", "阿依古丽·买买提"), ("J. 史密斯", "J. 史密斯"),
        ("阿依古丽•买买提", "阿依古丽·买买提"), ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("O’Brien", "O'Brien"),
    ],
)  # fmt: skip
def test_what_looks_the_same_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert normalise(NAME, typed, "CN") == kept


@pytest.mark.threat(45)
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Zhаngwei", "U+0430"), ("Аnna", "U+0410"), ("А座", "U+0410"), ("Αlex", "U+0391"), ("ꓮnna", "U+A4EE"),
        ("⻰伟", "U+2EF0"), ("⿰亻伟", "U+2FF0"), ("\ue863田", "U+E863"), ("张😀", "U+1F600"),
        ("张⠀伟", "U+2800"),
        ("𝌆伟", "U+1D306"), ("𓀀", "U+13000"),
    ],
)  # fmt: skip
def test_a_lookalike_is_refused_and_told_by_its_number(typed: str, named: str) -> None:
    wrong = normalise(NAME, typed, "CN")
    assert isinstance(wrong, Problem)
    for language in ("en", "zh_CN"):
        assert named in say(wrong.message, language)


@pytest.mark.threat(45)
def test_a_letter_bears_three_marks_at_most() -> None:
    assert normalise(NAME, "a" + "\u0316\u0317\u0318", "CN") == "a\u0316\u0317\u0318"
    for count in (4, 60):
        wrong = normalise(NAME, "a" + "\u0316" * count, "CN")
        assert isinstance(wrong, Problem)
        assert "3" in say(wrong.message, "en")


@given(st.text(max_size=40))
@example("0 \x1b\x850")
@example("e\u200d\u0301")
def test_what_is_kept_is_kept_as_it_is_the_next_time(text: str) -> None:
    once = spell_name(clean(text))
    if find_misspelling(once) is None:
        assert spell_name(clean(once)) == once


@given(st.text(max_size=12))
def test_the_quick_way_of_an_import_lets_nothing_else_in(text: str) -> None:
    quick = quick_rule(NAME, "CN")(text)
    assert quick is None or quick == normalise(NAME, text, "CN")


@pytest.mark.threat(45)
def test_no_unit_and_no_book_is_called_by_a_lookalike(world: World) -> None:
    with pytest.raises(Invalid), writing():
        create_unit("staff", "Аdmin", world.unit("staff"))
    with pytest.raises(Invalid), writing():
        create_book("new", Label("Аdmin", "Admin"), ["enterprise"], root=Label("甲", "A"))


@pytest.mark.threat(45)
def test_who_is_expected_is_called_by_no_lookalike_either(world: World) -> None:
    desk = world.desk("liuyang")
    values = {**joiner(world, "销售中心").values, "name": "Zh\u0430ngwei"}
    with pytest.raises(Invalid) as caught:
        desk.lifecycle.expect(joiner(world, "销售中心", values=values))
    assert [problem.field for problem in caught.value.problems] == ["name"]


@pytest.mark.threat(45)
def test_two_names_that_look_the_same_are_told_to_whoever_keeps_the_book(world: World) -> None:
    with writing():
        create_entry("staff", world.unit("staff", "销售中心"), "full-time", {"name": ("coco",)})
    assert looks_like("staff", {"name": ["сосо"]}) == "coco"
    assert looks_like("staff", {"name": ["coco"]}) == ""
    desk = world.desk("liuyang")
    values = {**joiner(world, "销售中心").values, "name": "сосо"}
    problems = desk.lifecycle.check_join(joiner(world, "销售中心", values=values)).problems
    assert [say(one.message, "en") for one in problems if one.field == "name"] == [
        "It looks like coco, who is here already, in other letters; write it in those."
    ]
    assert [line.name for line in desk.directory.search("staff", "сосо")] == ["coco"]


def test_what_was_entered_before_is_shown_as_it_is(store: Store, world: World) -> None:
    with writing():
        entry = create_entry("staff", world.unit("staff", "销售中心"), "full-time", {"name": ("Аnnа⠀",)})
    assert world.desk("liuyang").directory.card(entry).name == "Аnnа⠀"
