"""Identity-card and bank-card numbers in a text, however their digits are written or parted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

_SHORTEST = 14
_PARTED = r"[\s\-‐-―−－._·•]{0,3}"
_RUN = re.compile(rf"(?<!\d)\+?\d(?:{_PARTED}\d)*(?:{_PARTED}X(?![A-Z]))?", re.IGNORECASE)
_TOKEN = re.compile(r"\d+X?|X", re.IGNORECASE)

_PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66),
        (71, 81, 82, 83, 91),
    )
    for code in codes
)  # fmt: skip
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK = "10X98765432"

_ISSUERS: tuple[tuple[range, range], ...] = (
    (range(620000, 630000), range(16, 20)),  # UnionPay
    (range(955800, 956000), range(19, 20)),  # Chinese banks before UnionPay
    (range(400000, 500000), range(16, 20, 3)),  # Visa
    (range(510000, 560000), range(16, 17)),  # Mastercard
    (range(222100, 272100), range(16, 17)),  # Mastercard
    (range(340000, 350000), range(15, 16)),  # American Express
    (range(370000, 380000), range(15, 16)),  # American Express
    (range(352800, 359000), range(16, 20)),  # JCB
    (range(300000, 306000), range(14, 20)),  # Diners Club
    (range(360000, 370000), range(14, 20)),  # Diners Club
    (range(380000, 400000), range(14, 20)),  # Diners Club
    (range(601100, 601200), range(16, 20)),  # Discover
    (range(644000, 660000), range(16, 20)),  # Discover
)
"""The first six digits of an issuer's cards, and how many digits they have (ISO/IEC 7812)."""


def has_identity_card(text: str) -> bool:
    """Return whether ``text`` holds a Chinese identity number: area, date of birth, check character."""
    return any(is_identity_number(number) for tokens in _runs(text) for number in _joined_numbers(tokens))


def has_bank_card(text: str) -> bool:
    """Return whether ``text`` holds a bank card's number: an issuer's, of its length, with Luhn digit."""
    return any(
        is_card_number(number)
        for tokens in _runs(text)
        for part in _without_telephones(tokens)
        for number in _joined_numbers(part)
    )


def is_identity_number(digits: str) -> bool:
    """Return whether 17 digits and a check character (ISO 7064 MOD 11-2, GB 11643) are an identity number."""
    if len(digits) != 18 or not digits[:17].isdigit() or digits[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return 1850 <= born.year < 2150 and digits[17] == _CHECK[total % 11]


def is_card_number(digits: str) -> bool:
    if not digits.isdigit() or len(digits) < _SHORTEST:
        return False
    issuer = int(digits[:6])
    return any(issuer in prefixes and len(digits) in lengths for prefixes, lengths in _ISSUERS) and _luhn(
        digits
    )


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def plain_text(text: str) -> str:
    """Write every digit as an ASCII one and all in upper case, without invisible characters."""
    if text.isascii() or text.isalpha():
        return unicodedata.normalize("NFKC", text).upper()
    return "".join(_plain(char) for char in unicodedata.normalize("NFKC", text)).upper()


def _plain(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return "" if unicodedata.category(char) in ("Cf", "Mn") else char


def _runs(text: str) -> Iterator[list[str]]:
    if len(text) < _SHORTEST or sum(map(str.isdigit, text)) < _SHORTEST:
        return
    for found in _RUN.finditer(plain_text(text)):
        tokens = _TOKEN.findall(found[0])
        if not (found[0].startswith("+") and sum(map(len, tokens)) <= 15):
            yield tokens


def _without_telephones(tokens: list[str]) -> Iterator[list[str]]:
    """Yield the runs of ``tokens`` between telephone numbers as people write them: two of these side by side
    could be taken for a card."""
    part: list[str] = []
    place = 0
    while place < len(tokens):
        length = _telephone(tokens, place, begins=not part)
        if length:
            yield part
            part = []
        else:
            part.append(tokens[place])
        place += length or 1
    yield part


def _telephone(tokens: list[str], place: int, *, begins: bool) -> int:
    """Return how many tokens from ``place`` on make a telephone number: 13800002121, 138 0000 2121, 010
    62345678; 0 for none. An area code counts only where the run ``begins``: within a number, 0212 3456 7890
    is a part of it."""
    here = tokens[place : place + 3]
    if re.fullmatch(r"(86)?1[3-9]\d{9}", here[0]):
        return 1
    shape = " ".join(here)
    if re.fullmatch(r"1[3-9]\d \d{4} \d{4}", shape):
        return 3
    landline = re.match(r"0\d{2,3} (\d{7,8}|\d{3,4} \d{4})(?!\d)", shape) if begins else None
    return len(landline[0].split()) if landline else 0


def _joined_numbers(tokens: list[str]) -> Iterator[str]:
    """Yield every number of card length that neighbouring tokens may make together, with and without a final
    X."""
    for first in range(len(tokens)):
        number = ""
        for token in tokens[first:]:
            number += token
            if len(number) >= _SHORTEST:
                yield number
                yield number.removesuffix("X")
            if len(number) > 19:
                break
