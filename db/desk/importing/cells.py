"""Many values of one column at once: what `values.normalise` says, found faster for plain cases.

A quick rule must give exactly what `normalise` gives, or None where it is not sure. The patterns of
telephone numbers are those of the ``phonenumbers`` library itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from db.desk.notation.values import LONGEST, MASK, normalise
from db.desk.refusal import Problem
from db.language import Message, _
from db.policy.rules import FieldRule

Quick = Callable[[str], str | None]

_ROUNDED = re.compile(r"[+-]?\d(\.\d+)?[eE]\+\d{1,3}")
"""How a spreadsheet shows a number that is longer than its column, and saves it as CSV."""
_NO_RESULT = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|BLOCKED!)")
_PARTED = re.compile(r"[;；、,，/／|\n]|(?<=\d{11})\s+(?=\d)")
"""Parts numbers from one another where there are several."""
_PADDING = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
"""Blanks that make names of two characters as wide as others."""
SEVERAL_NUMBERS = _("Several numbers stand here, and the field takes one. Leave the one that counts.")
_DECIMAL = re.compile(r"(\d+)\.0+")
_NOTHING = re.compile(r"[-—–/]{1,3}|暂?无|没有|n/?a|none|null", re.IGNORECASE)
"""How people write that there is nothing."""
_ENDS = " \t;；,，、"
_REMARK = re.compile(
    r"[(（](微信同号|同微信|常用|办公|工作|单位|公司|手机|移动|联通|电信|座机|直线|总机|本人|主"
    r"|work|office|mobile|main)[)）]$",
    re.IGNORECASE,
)
"""Matches a remark in brackets behind a number or an address that its field says already: 手机, work."""
_ADDRESSED = re.compile(r"[^<>]*<([^<>@]+@[^<>@]+)>|mailto:\s*(\S+)", re.IGNORECASE)
"""An address as mail programs write it, with whose it is."""
_MIDNIGHT = re.compile(r"(?<=\d)[ T]0{1,2}:00(:00(\.0+)?)?$")
_SERIALS_BEGIN, _FIRST_SERIAL, _LAST_SERIAL = date(1899, 12, 30), 14_611, 73_050
"""How spreadsheets count days, and the numbers of 1940 to 2099."""
_LOCAL_PART = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_SEPARATORS = re.compile(r"[ -]")
_PLAIN_NAME = re.compile(rf"[A-Za-z\u4e00-\u9fff]{{1,{LONGEST['name']}}}")
"""A name in which there is nothing to look at."""


def normalise_column(
    rule: FieldRule, texts: Sequence[str], region: str
) -> Iterator[tuple[int, str | Message]]:
    """Yield each text's place in the column with its normalised value, or with the message that says what is
    wrong with it."""
    quick = quick_rule(rule, region)
    known: dict[str, str | Message] = {}
    for place, text in enumerate(texts):
        value: str | Message | None = quick(text)
        if value is None:
            value = known.get(text)
            if value is None:
                value = known[text] = lost_content(text) or _normalised(rule, _as_meant(rule, text), region)
        yield place, value


def _normalised(rule: FieldRule, text: str, region: str) -> str | Message:
    value = normalise(rule, text, region)
    if rule.kind in ("mobile", "phone", "fax") and (rule.kind == "mobile" or isinstance(value, Problem)):
        parts = [part for part in _PARTED.split(text.strip()) if sum(map(str.isdigit, part)) > 1]
        if len(parts) > 1:
            return SEVERAL_NUMBERS
    return value.message if isinstance(value, Problem) else value


def _as_meant(rule: FieldRule, text: str) -> str:
    """Return ``text`` without what spreadsheets and people add: days as numbers, telephones with a decimal,
    addresses with a name, remarks, words for nothing, blanks in names."""
    if rule.kind == "name":
        return _PADDING.sub("", text)
    if rule.kind not in ("mobile", "phone", "fax", "email", "date"):
        return text
    digits = _REMARK.sub("", text.strip(_ENDS)).rstrip()
    if _NOTHING.fullmatch(digits):
        return ""
    if rule.kind == "email":
        found = _ADDRESSED.fullmatch(digits)
        return next(filter(None, found.groups())) if found else digits
    if rule.kind != "date":
        return _DECIMAL.sub(r"\1", digits) if _DECIMAL.fullmatch(digits) else digits
    digits = _MIDNIGHT.sub("", digits)
    if not (digits.isascii() and digits.isdigit()):
        return digits
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    if len(digits) == 5 and _FIRST_SERIAL <= int(digits) <= _LAST_SERIAL:
        return (_SERIALS_BEGIN + timedelta(days=int(digits))).isoformat()
    return digits


def lost_content(text: str) -> Message | None:
    """Return the message for a cell that lost its content: a rounded number, a masked one, a formula without
    a result. None for any other."""
    if _NO_RESULT.fullmatch(text.strip()):
        return _(
            "A formula has no result here. Let the spreadsheet calculate it, put the value in place of the "
            "formula, and save."
        )
    if _ROUNDED.fullmatch(text.strip()):
        return _(
            "The spreadsheet has rounded this number, and its other digits are gone. Format the column as "
            "text, then enter the numbers again from their source."
        )
    if MASK in text:
        return _("This is masked: the number itself is not in this file. Have it written by who may see it.")
    return None


def quick_rule(rule: FieldRule, region: str) -> Quick:
    if rule.kind in ("mobile", "phone"):
        return _quick_phone(rule.kind, region)
    if rule.kind == "email":
        return _QuickEmail()
    if rule.kind == "name":
        return _quick_name
    return _unsure


def _unsure(_text: str) -> None:
    """Return None: this kind of field has no quick rule."""


def _quick_name(text: str) -> str | None:
    return text if _PLAIN_NAME.fullmatch(text) else None


def _quick_phone(kind: str, region: str) -> Quick:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.fixed_line is None or metadata.mobile is None:
        return _unsure
    mobile = re.compile(metadata.mobile.national_number_pattern or r"(?!)")
    fixed = re.compile(metadata.fixed_line.national_number_pattern or r"(?!)")
    prefix, code = metadata.national_prefix or "", f"+{metadata.country_code}"

    def quick(text: str) -> str | None:
        digits = text if text.isdigit() else _SEPARATORS.sub("", text)
        if not (digits.isascii() and digits.isdigit()):
            return None
        if mobile.fullmatch(digits):
            return code + digits
        if kind == "phone" and prefix and digits.startswith(prefix):
            # An extension after a hyphen would run into the number: only one hyphen, after the area code.
            national = digits.removeprefix(prefix)
            if text.count("-") <= 1 and len(text) - text.rfind("-") > 7 and fixed.fullmatch(national):
                return code + national
        return None

    return quick


class _QuickEmail:
    """Plain addresses; each domain is checked in full once."""

    def __init__(self) -> None:
        self._domains: dict[str, bool] = {}

    def __call__(self, text: str) -> str | None:
        local, at, domain = text.partition("@")
        if not at or len(local) > 64 or not _LOCAL_PART.fullmatch(local):
            return None
        if domain not in self._domains:
            self._domains[domain] = _is_plain_domain(domain)
        return text if self._domains[domain] else None


def _is_plain_domain(domain: str) -> bool:
    """Return whether the library takes ``domain`` and leaves it as it is."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return (
            validate_email(f"a@{domain}", check_deliverability=False).normalized
            == f"a@{domain}".lower()
            == f"a@{domain}"
        )
    except EmailNotValidError:
        return False
