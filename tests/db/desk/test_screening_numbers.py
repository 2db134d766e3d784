"""What reads as an identity-card or bank-card number, and what does not, however it is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.desk.content_filter.numbers import (
    has_bank_card,
    has_identity_card,
    is_card_number,
    is_identity_number,
)
from db.desk.content_filter.word_list import WordList
from db.desk.notation.values import display, national_digits

GAPS = ["", " ", "-", " - ", "\u3000", "–", "\u200b", "."]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

parted = st.lists(st.sampled_from(GAPS), min_size=20, max_size=20)
days = st.dates(date(1930, 1, 1), date(2025, 12, 31)).map(lambda day: day.strftime("%Y%m%d"))


def identity(area: str, born: str, serial: int) -> str:
    """A number with its right check character."""
    body = f"{area}{born}{serial:03}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def card(body: str) -> str:
    """A number with its Luhn digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(number - 9 if number > 9 else number for number in doubled) % 10)


identities = st.builds(
    identity, st.sampled_from(["110101", "310115", "440305", "650102"]), days, st.integers(0, 999)
)
cards = st.from_regex(r"62[0-9]{13,16}|4[0-9]{14}|5[1-5][0-9]{13}|3[47][0-9]{12}", fullmatch=True).map(card)
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.from_regex(r"0(10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}", fullmatch=True)


def written(number: str, gaps: list[str], *, wide: bool) -> str:
    """``number`` with a gap after each digit, in full width or not."""
    text = "".join(digit + gap for digit, gap in zip(number, gaps, strict=False))
    return text.translate(WIDE) if wide else text


@pytest.mark.clause("H.4.3")
@given(identities, parted, st.booleans(), st.sampled_from(["", "证号", "ID:", "身份证 "]))
def test_an_identity_number_is_found_however_it_is_written(
    number: str, gaps: list[str], wide: bool, before: str
) -> None:
    assert is_identity_number(number)
    assert has_identity_card(before + written(number, gaps, wide=wide))


@given(identities, st.integers(0, 17))
def test_a_wrong_check_character_makes_it_another_number(number: str, place: int) -> None:
    digit = str((int(number[place]) + 1) % 10) if number[place] != "X" else "3"
    assert not is_identity_number(number[:place] + digit + number[place + 1 :])


@pytest.mark.clause("H.4.3")
@given(cards, st.sampled_from([" ", "-", "  ", "\u3000"]), st.booleans())
def test_a_card_number_is_found_however_it_is_written(number: str, gap: str, wide: bool) -> None:
    assert is_card_number(number)
    grouped = gap.join(number[place : place + 4] for place in range(0, len(number), 4))
    for text in (number, grouped, f"卡号{grouped}。", "-".join(number)):
        assert has_bank_card(text.translate(WIDE) if wide else text)


@given(
    st.one_of(mobiles, landlines),
    st.one_of(mobiles, landlines),
    st.sampled_from([" ", "、", "/", ";", " / "]),
)
def test_telephone_numbers_are_none_of_them(first: str, second: str, between: str) -> None:
    """As they are kept, as they are shown, and two of them in one text."""
    for number in (first, second):
        kept = f"+86{number.removeprefix('0')}"
        for text in (number, kept, f"{kept};ext=8012", display("phone", kept), national_digits(kept)):
            assert not has_identity_card(text)
            assert not has_bank_card(text)
    if first.startswith("1") and second.startswith("1"):
        shown = [f"{number[:3]} {number[3:7]} {number[7:]}" for number in (first, second)]
        for text in (f"{first}{between}{second}", between.join(shown)):
            assert not has_bank_card(text)


@given(
    st.sampled_from(["", "E", "HX-", "G"]), st.integers(1990, 2030), st.integers(0, 99_999_999),
    st.sampled_from(["", "-", " "]),
)  # fmt: skip
def test_employee_numbers_and_days_are_none_of_them(prefix: str, year: int, number: int, gap: str) -> None:
    for text in (
        f"{prefix}{year}{gap}{number:06}",
        f"{year}-11-23",
        f"{year}-11-23 {year + 1}-12-24",
        str(number),
    ):
        assert not has_identity_card(text)
        assert not has_bank_card(text)


@given(st.text(max_size=40))
def test_any_text_can_be_looked_at(text: str) -> None:
    has_identity_card(text)
    has_bank_card(text)
    WordList(["秘密", "[内部]", "secret"]).find(text)


@pytest.mark.parametrize(
    "text", ["绝密", "绝 密", "【绝-密】", "SECRET", "ｓｅｃｒｅｔ!", "s.e.c.r.e.t", "内部", "(内部)★"]
)
def test_words_are_found_in_any_width_case_and_spacing(text: str) -> None:
    assert WordList(["绝密", "[内部]", "secret"]).find(text)


@pytest.mark.parametrize("text", ["内部审计部", "秘书", "Secretary", "secretariat", "密云区绝对路"])
def test_words_within_other_words_are_not_meant(text: str) -> None:
    assert not WordList(["绝密", "[内部]", "secret"]).find(text)
