"""Values on the way in and on the way out (C.8, threat 12)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.desk.notation.values import clean, display, masked_value, national_digits, normalise
from db.desk.refusal import Problem
from db.language import Label, say
from db.policy.rules import FieldRule
from db.policy.schema.book import Choice
from db.policy.vocabulary import ValueKind


def rule(kind: ValueKind, *, required: bool = False, choices: tuple[Choice, ...] = ()) -> FieldRule:
    return FieldRule(
        name="f", label=Label("字段", "Field"), kind=kind, required=required, protected=False, private=False,
        multiple=False, edited_by="person", visible_to=(), applies_to=(), choices=choices, clauses=(),
    )  # fmt: skip


@pytest.mark.clause("C.8")
@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("mobile", "138 0000 2121", "+8613800002121"),
        ("mobile", "138-0000-2121", "+8613800002121"),
        ("mobile", "１３８００００２１２１", "+8613800002121"),
        ("mobile", "+86 13800002121", "+8613800002121"),
        ("phone", "010-62345678", "+861062345678"),
        ("phone", "010-62345678-801", "+861062345678;ext=801"),
        ("phone", "021 5888 0000 转 8012", "+862158880000;ext=8012"),
        ("phone", "+852 5123 4567", "+85251234567"),
        ("phone", "010-6234-5678", "+861062345678"),
        ("phone", "010-6234-5678-801", "+861062345678;ext=801"),
        ("phone", "010-62345678-8012", "+861062345678;ext=8012"),
        ("phone", "400-800-1234", "+864008001234"),
        ("phone", "400-800-1234-12", "+864008001234;ext=12"),
        ("phone", "+1 415-555-2671", "+14155552671"),
        ("phone", "+33 1-42-68-53-00", "+33142685300"),
        ("mobile", "+852-9123-4567", "+85291234567"),
        ("mobile", "+81 90-1234-5678", "+819012345678"),
        ("mobile", "+86-138-0000-2121", "+8613800002121"),
        ("mobile", "手机：138-0000-2121", "+8613800002121"),
        ("phone", "Tel. 010 6234 5678 ext. 801", "+861062345678;ext=801"),
        ("extension", " 80 12 ", "8012"),
        ("email", "Zhang.Wei@HuaXing.example", "zhang.wei@huaxing.example"),
        ("email", "wang@XN--fiqs8s.example", "wang@xn--fiqs8s.example"),
        ("email", "ｗａｎｇ＠huaxing.example", "wang@huaxing.example"),
        ("qq", "10001", "10001"),
        ("wechat", "zw_2121", "zw_2121"),
        ("date", "2026年1月5日", "2026-01-05"),
        ("date", "2026/11/23", "2026-11-23"),
        ("name", "  张\u200b伟 ", "张伟"),
        ("text", "甲\n乙", "甲 乙"),
    ],
)
def test_a_value_is_kept_in_one_spelling(kind: ValueKind, text: str, value: str) -> None:
    assert normalise(rule(kind), text, "CN") == value


@pytest.mark.clause("C.8")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("mobile", "010-62345678"), ("mobile", "1380000212"), ("mobile", "phone"), ("phone", "8012"),
        ("phone", "021-62345678,62345679"), ("phone", "6234-5678"), ("mobile", "139OOOO2121"),
        ("mobile", "１３９ＯＯＯＯ２１２１"), ("mobile", "手机 139OOOO2121"), ("phone", "010 6234 BEST"),
        ("extension", "8"), ("extension", "80x"), ("email", "zhangwei"), ("email", "a@b"), ("qq", "0123456"),
        ("wechat", "1abc"), ("date", "2026-02-30"), ("date", "today"), ("name", "123"), ("name", "张" * 70),
        ("text", "长" * 201), ("person", "张伟"), ("photo", "me.png"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_said_in_words(kind: ValueKind, text: str) -> None:
    wrong = normalise(rule(kind), text, "CN")
    assert isinstance(wrong, Problem)
    assert wrong.field == "f"


@pytest.mark.parametrize("text", ["wang@华星.example", "王芳@huaxing.example", "wang@huaxing。example"])
def test_an_address_that_not_all_mail_reaches_is_refused_with_the_form_that_it_does(text: str) -> None:
    """A domain of Han characters has one of letters, which is kept as it is written."""
    wrong = normalise(rule("email"), text, "CN")
    assert isinstance(wrong, Problem)
    assert "xn--" in say(wrong.message, "zh_CN")


def test_a_blank_is_no_value_of_a_required_field() -> None:
    assert isinstance(normalise(rule("text", required=True), " \u202e ", "CN"), Problem)
    assert normalise(rule("text"), " ", "CN") == ""


def test_a_choice_is_taken_in_either_language() -> None:
    sex = rule("choice", choices=(Choice(id="female", zh="女", en="Female"),))
    assert normalise(sex, "女", "CN") == normalise(sex, "Female", "CN") == "female"
    assert isinstance(normalise(sex, "other", "CN"), Problem)


@pytest.mark.threat(12)
@given(st.text())
def test_no_control_bidi_or_invisible_character_comes_in(text: str) -> None:
    """OSC 52, C1 bytes and right-to-left overrides arrive inside a value."""
    for char in clean(text + "\x1b]52;c;eA==\x07\x9b31m\u202e\u2066\u200f"):
        assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


@pytest.mark.parametrize(
    ("kind", "value", "shown", "hidden"),
    [
        ("mobile", "+8613800002121", "138 0000 2121", "138••••21"),
        ("phone", "+861062345678;ext=801", "010 6234 5678-801", "010••••78"),
        ("phone", "+85251234567", "+852 5123 4567", "512••••67"),
        ("phone", "+864008001234", "400 800 1234", "400••••34"),
        ("email", "zhangwei@huaxing.example", "zhangwei@huaxing.example", "z••••@huaxing.example"),
        ("wechat", "zw_2121", "zw_2121", "••••"),
        ("text", "", "", ""),
    ],
)
def test_a_value_is_shown_grouped_or_masked(kind: str, value: str, shown: str, hidden: str) -> None:
    assert display(kind, value) == shown
    assert masked_value(kind, value) == hidden


def test_the_digits_are_those_one_dials_at_home() -> None:
    assert national_digits("+8613800002121") == "13800002121"
    assert national_digits("+861062345678;ext=801") == "01062345678"
    assert national_digits("+864008001234") == "4008001234"
    assert national_digits("8012") == "8012"
