"""Search keys: what finds an entry, and the ranges a question reaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.store.engine import Store
from db.store.sealing import blind_digest, search_key
from db.store.searchkeys import (
    Findable,
    as_number,
    blind_keys,
    blind_range,
    fold_text,
    initials_of,
    key_ranges,
    open_keys,
    readings,
)


def findable(name: str = "张小伟", **more: object) -> Findable:
    return Findable(**{"entry": 1, "book": "staff", "unit": 1, "side": "internal", "name": name, **more})  # type: ignore[arg-type]


def finds(text: str, one: Findable) -> bool:
    """Whether a question reaches a key of ``one``."""
    keys = open_keys(one)
    return any(span.low <= key < span.high for span in key_ranges(text, one.side) for key in keys)


@pytest.mark.parametrize(
    "text",
    ["张", "张小", "张小伟", "小伟", "伟", "zhangxiaowei", "zhang xiao", "ZXW", "zx", "xiaowei", " 张 小伟 "],
)
def test_a_name_is_found_by_its_parts_its_pinyin_and_its_initials(text: str) -> None:
    assert finds(text, findable())


@pytest.mark.parametrize("text", ["李", "大伟", "%", "_", "*", "zhangda", "xw", "", " "])
def test_nothing_else_finds_it(text: str) -> None:
    assert not finds(text, findable())


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("单雄信", "shanxiongxin"),
        ("单雄信", "danxiongxin"),
        ("曾国藩", "zeng"),
        ("仇英", "qiu"),
        ("解缙", "xie"),
        ("吕布", "lv"),
        ("卜算子", "busuanzi"),
        ("尉缭", "yuliao"),
        ("尉缭", "weiliao"),
        ("柏杨", "boyang"),
        ("都穆", "dumu"),
    ],
)
def test_a_surname_is_found_as_it_is_read_and_as_its_character_usually_is(name: str, spelled: str) -> None:
    assert finds(spelled, findable(name))


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("方飞", "wang"),
        ("许仲琳", "hu"),
        ("叶圣陶", "xie"),
        ("王维", "yu"),
        ("沈从文", "chen"),
        ("朱熹", "sx"),
    ],
)
def test_a_surname_is_not_found_by_what_its_character_is_read_in_no_name(name: str, spelled: str) -> None:
    assert not finds(spelled, findable(name))


def test_two_character_surnames_and_foreign_names() -> None:
    assert finds("ouyangxue", findable("欧阳雪"))
    assert finds("weber", findable("Anna Weber"))
    assert finds("anna w", findable("Anna Weber"))
    assert finds("阿依古丽买", findable("阿依古丽·买买提"))


def test_numbers_are_found_by_their_beginning_and_by_any_part_of_their_end() -> None:
    one = findable(numbers=("8012", "01062345678"))
    for text in ("8012", "80", "12", "2", "5678", "45678", "010 6234", "010-6234-5678"):
        assert finds(text, one), text
    assert not finds("6234", one)


def test_a_position_is_found_by_its_beginning_and_without_its_rank() -> None:
    one = findable(position="高级工程师")
    assert finds("高级", one)
    assert finds("工程师", one)


@pytest.mark.clause("E.5")
def test_colleagues_and_outside_contacts_are_asked_for_apart() -> None:
    inside, outside = open_keys(findable()), open_keys(findable(side="external"))
    assert not inside & outside
    assert all(span.low[0].isupper() for span in key_ranges("张", "internal"))
    assert all(span.low[0].islower() for span in key_ranges("张", "external"))


@pytest.mark.threat(52)
def test_a_covered_number_is_found_as_a_whole_alone_and_never_stands_in_clear(store: Store) -> None:
    one = findable(covered=(("mobile", "13800002121"),))
    keys = blind_keys(one, store.keys)
    assert len(keys) == 1
    whole = blind_range("staff", "mobile", "13800002121", "internal", store.keys)
    assert whole is not None
    assert [whole.low <= key < whole.high for key in keys] == [True]
    assert blind_range("staff", "mobile", "121", "internal", store.keys) is None
    parts = [("13800002121"[start:], "mobile") for start in range(1, 8)]
    for text, field in (*parts, ("1380000212", "mobile"), ("13800002121", "fax")):
        span = blind_range("staff", field, text, "internal", store.keys)
        assert span is not None
        assert not any(span.low <= key < span.high for key in keys)
    assert not any("2121" in key or "1212" in key for key in open_keys(one))


@pytest.mark.threat(48)
def test_a_digest_says_nothing_of_another_field_nor_of_another_book(store: Store) -> None:
    """A database administrator sees which digest is looked for; in another book it is another one."""
    number = (("mobile", "13800002121"), ("phone", "13800002121"))
    staff, group = (
        blind_keys(findable(book=book, covered=number), store.keys) for book in ("staff", "group")
    )
    assert len(staff) == len(group) == 2
    assert not staff & group


@pytest.mark.threat(48)
def test_a_covered_number_has_no_key_of_an_ending(store: Store) -> None:
    """Whoever sees the database finds no digest that could be extended digit by digit."""
    keys = blind_keys(findable(covered=(("mobile", "13800002121"),)), store.keys)
    key = search_key(store.keys.search, "staff", "mobile")
    assert keys == {f"Z{blind_digest(key, '13800002121')}"}


def test_a_reading_has_one_syllable_a_character() -> None:
    assert readings("张伟") == [("zhang", "wei")]
    assert {reading[0] for reading in readings("单宏")} >= {"dan", "shan"}


def test_full_width_and_country_codes_are_read_as_one_writes_them_here() -> None:
    assert as_number("＋８６ １３８ ００００ ２１２１") == "13800002121"
    assert as_number("8612") == "8612"
    assert as_number("a12") == ""
    assert fold_text("ＺＷ Ｌü") == "zwlv"


@given(st.text(max_size=40))
def test_any_text_makes_ranges_that_are_ranges(text: str) -> None:
    for span in key_ranges(text, "internal"):
        assert span.low < span.high
        assert "\n" not in span.low


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("研发一部", "yfyb"),
        ("总经理办公室", "zjlbgs"),
        ("WeCom 组", "wecomz"),
        ("座谈啊匝", "ztaz"),
        ("镕", ""),
    ],
)
def test_the_initials_of_common_characters_need_no_dictionary(name: str, letters: str) -> None:
    """A rare character has none, and spoils those of the others no more than that."""
    assert initials_of(name) == letters


@pytest.mark.parametrize(
    "text",
    ["买买提", "maimaiti", "阿卜杜拉•买买提", "阿卜杜拉买买提", "阿卜", "阿卜杜拉.买买提", "阿卜杜拉。买"],
)
def test_a_name_with_a_dot_is_found_by_each_of_its_parts(text: str) -> None:
    assert finds(text, findable("阿卜杜拉·买买提"))


@pytest.mark.parametrize("text", ["Seán", "sean", "SEAN", "obrien", "o'brien", "O’Brien", "seán o'brien"])
def test_accents_and_apostrophes_need_not_be_typed(text: str) -> None:
    assert finds(text, findable("Seán O'Brien"))


@pytest.mark.clause("E.6.3")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Đỗ Văn Hùng", "hung"), ("Đỗ Văn Hùng", "do van hung"), ("Łukasz Żółć", "lukasz"),
        ("Łukasz Żółć", "zolc"), ("Søren Ærø", "soren"), ("Søren Ærø", "aero"), ("Анна Иванова", "Иванова"),
        ("Ελένη Παππά", "παππά"), ("محمد علي", "علي"), ("José García-López", "lopez"), ("渡辺 曜子", "曜子"),
        ("John Smith", "smith john"), ("Анна Иванова", "иванова анна"), ("Đỗ Văn Hùng", "hung do van"),
    ],
)  # fmt: skip
def test_a_name_of_any_script_is_found_by_each_of_its_words(name: str, text: str) -> None:
    assert finds(text, findable(name))


def test_marks_that_make_another_letter_are_none_to_leave_out() -> None:
    assert fold_text("がぎ") != fold_text("かき")
    assert fold_text("ü") == "v", "as pinyin is typed"


def test_ideographs_alone_are_folded_as_they_are_among_other_letters() -> None:
    every = "".join(map(chr, range(0x3400, 0xA000)))
    assert fold_text(every) + "a" == fold_text(every + "Ａ")
