"""The values of fields: cleaned and checked on the way in (C.8), grouped or masked on the way out.

A value is kept in one spelling: numbers as E.164 (``+8613800002121``, with ``;ext=12`` where there is
an extension), addresses in lower case, dates as ``YYYY-MM-DD``, choices as their ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from db.desk.due_dates import today
from db.desk.notation.parsing import read_day
from db.desk.refusal import Problem
from db.language import Label, Message, MessageError, Text, _
from db.policy.rules import FieldRule
from db.store.name_spelling import find_misspelling, spell_name

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

LONGEST = {"name": 64, "text": 200, "address": 200}
NAMES = frozenset({"organisation"})
"""Fields of text that hold a name."""
PAST = frozenset({"birth_date"})
"""Fields of a day that is never to come."""
NUMBERS = frozenset({"phone", "mobile", "fax", "extension"})
MASK = "••••"

# Category C but for private use: control, format (bidi, zero width), surrogates, unassigned.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Cn"})
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What else is not drawn (Default_Ignorable_Code_Point): fillers, joiners, variation selectors."""
_LINE_ENDS = re.compile(r"[\s\u2028\u2029\u0085]+")
_CHINESE_MOBILE = re.compile(r"\+86(1\d\d)(\d{4})(\d{4})")
_CHINESE_LANDLINE = re.compile(r"\+86(10|2\d|(?![48]00)[3-9]\d\d)(\d{3,4})(\d{4})")
_EXTENSION_WORDS = re.compile(r"转接?|分机")
_LAST_GROUP = re.compile(r"[-–—](?=\d{1,5}$)")
"""Stands before an extension, or before the last group of the number itself."""
LONGEST_EXTENSION = 6
_SHAPES = {
    "number": (r"[0-9A-Za-z-]{1,32}", _("Use up to 32 letters, digits and hyphens.")),
    "extension": (r"[0-9]{2,8}", _("An extension has 2 to 8 digits.")),
    "qq": (r"[1-9][0-9]{4,11}", _("A QQ number has 5 to 12 digits and does not begin with 0.")),
    "wechat": (
        r"[A-Za-z][A-Za-z0-9_-]{5,19}|1[0-9]{10}",
        _("A WeChat ID has 6 to 20 letters, digits, _ or -, and begins with a letter."),
    ),
    "person": (r"[1-9][0-9]{0,17}", _("Choose one from the list.")),
    "unit": (r"[1-9][0-9]{0,17}", _("Choose one from the list.")),
    "photo": (r"[0-9a-f]{10}", _("Choose a picture from your tray.")),
}


_APART = re.compile("[;；\n]")
_APART_WITH_COMMAS = {
    "name": re.compile("[;；、\n,，]"),
    "email": re.compile("[;；、\n,，]"),
    "mobile": re.compile("[;；、\n,，/／]"),
    "phone": re.compile("[;；、\n,，/／]"),
}
"""Signs between several values of one field; a comma too where no value of its kind holds one."""

PHOTO = "▣"
"""Stands for a picture in text; behind it the file's number."""


class _Wrong(MessageError):
    """The text is no value of its kind; ``message`` says why in words."""


def normalise(rule: FieldRule, text: str, region: str) -> str | Problem:
    """Return ``text`` as the value of ``rule``'s field in its one spelling, or what is wrong with it.
    ``region`` (ISO 3166) is whose numbers are written without a country code. An empty text is the empty
    value, and a problem where the field is required."""
    cleaned = clean(text)
    if not cleaned:
        return Problem(rule.name, _("{field} is required.", field=rule.label)) if rule.required else ""
    try:
        return _checked(rule, cleaned, region)
    except _Wrong as wrong:
        return Problem(rule.name, wrong.message, typed=cleaned)


def parts_of(rule: FieldRule, text: str) -> list[str]:
    """Split what was typed for a field into its several values, where it takes several; blank ones are left
    out."""
    parts = _APART_WITH_COMMAS.get(rule.kind, _APART).split(text) if rule.multiple else [text]
    return [part.strip() for part in parts if part.strip()]


def names_in(text: str) -> list[str]:
    """Split ``text`` into the names it lists, each once, with whatever signs between them (张三、李四)."""
    names = map(clean, _APART_WITH_COMMAS["name"].split(text))
    return list(dict.fromkeys(filter(None, names)))


def clean(text: str) -> str:
    """Return ``text`` in NFC on one line, without control, bidi and invisible characters."""
    line = _LINE_ENDS.sub(" ", unicodedata.normalize("NFC", text))
    if line.isprintable() and line.isascii():
        return line.strip()
    seen = "".join(char for char in line if _is_safe(char))
    return _LINE_ENDS.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def said_in(text: str) -> str:
    """Return ``text`` in NFC on one line, without control and invisible characters; "" if it has neither a
    letter nor a digit."""
    cleaned = clean(text)
    return cleaned if any(map(str.isalnum, cleaned)) else ""


def _is_safe(char: str) -> bool:
    """Return whether ``char`` is visible; also one that Unicode adds later to the two planes reserved for
    ideographs."""
    if "\U00020000" <= char <= "\U0003fffd":
        return True
    return unicodedata.category(char) not in _UNSAFE and not _IGNORABLE.fullmatch(char)


def joined_values(values: Sequence[str]) -> Text:
    """Return the values of one field side by side, with the semicolon of either language."""
    return "".join(values) if len(values) < 2 else Label("；".join(values), "; ".join(values))


def display(kind: str, value: str) -> str:
    """Return ``value`` for a reader: a number grouped as in its country, a photo as a sign."""
    if kind == "photo":
        return f"{PHOTO} {value}"
    if kind not in NUMBERS or not value.startswith("+"):
        return value
    number, _mark, extension = value.partition(";ext=")
    shown = _grouped(number)
    return f"{shown}-{extension}" if extension else shown


def _grouped(number: str) -> str:
    """Return an E.164 number in groups. Chinese ones, which are most, don't use the library, which takes 100
    µs for each."""
    mobile = _CHINESE_MOBILE.fullmatch(number)
    if mobile:
        return " ".join(mobile.groups())
    landline = _CHINESE_LANDLINE.fullmatch(number)
    if landline:
        return f"0{' '.join(landline.groups())}"
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    parsed = phonenumbers.parse(number)
    chinese = parsed.country_code == 86
    style = PhoneNumberFormat.NATIONAL if chinese else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def masked_value(kind: str, value: str) -> str:
    """Hide ``value`` but for what tells its owner which one it is: ``138••••21``, ``z••••@mail.cn``."""
    if not value:
        return ""
    if _CHINESE_MOBILE.fullmatch(value):
        return f"{value[3:6]}{MASK}{value[-2:]}"
    if kind in ("mobile", "phone", "fax"):
        digits = national_digits(value)
        if len(digits) >= 8:
            return f"{digits[:3]}{MASK}{digits[-2:]}"
    if kind == "email":
        local, _at, domain = value.rpartition("@")
        return f"{local[:1]}{MASK}@{domain}"
    return MASK


def national_digits(value: str) -> str:
    """Return the digits one dials at home for a stored number, without the extension: ``13800002121``."""
    number = value.partition(";")[0]
    if not number.startswith("+"):
        return re.sub(r"\D", "", number)
    if number.startswith("+86"):
        return re.sub(r"\D", "", _grouped(number))
    import phonenumbers

    parsed = phonenumbers.parse(number)
    return re.sub(r"\D", "", phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


@cache
def make_national_digits(region: str) -> Callable[[str], str]:
    """Return a function like `national_digits`, faster for fixed lines of ``region``; cached."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.fixed_line is None or metadata.mobile is None:
        return national_digits
    fixed = re.compile(metadata.fixed_line.national_number_pattern or r"(?!)")
    prefix, code = metadata.national_prefix or "", f"+{metadata.country_code}"

    def quick(value: str) -> str:
        number = value.removeprefix(code)
        if prefix and number is not value and fixed.fullmatch(number):
            return prefix + number
        return national_digits(value)

    return quick


def _checked(rule: FieldRule, text: str, region: str) -> str:
    match rule.kind:
        case "choice":
            return _choice(rule, text)
        case "phone" | "mobile" | "fax":
            return _phone(unicodedata.normalize("NFKC", text), rule.kind, region)
        case "email":
            return _email(unicodedata.normalize("NFKC", text))
        case "date":
            return _date(text, is_past=rule.name in PAST)
        case kind if kind in _SHAPES:
            shape, message = _SHAPES[kind]
            word = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
            if not re.fullmatch(shape, word):
                raise _Wrong(message)
            return word
        case kind:
            return _text(text, "name" if rule.name in NAMES else kind)


def _choice(rule: FieldRule, text: str) -> str:
    for choice in rule.choices:
        if text in (choice.id, choice.zh, choice.en):
            return choice.id
    zh, en = (
        sep.join(names)
        for sep, names in (
            ("、", [choice.zh for choice in rule.choices]),
            (", ", [choice.en for choice in rule.choices]),
        )
    )
    raise _Wrong(_("Choose one of: {choices}.", choices=Label(zh, en)))


def _text(text: str, kind: str) -> str:
    if kind == "name":
        text = spell_name(text)
        if wrong := find_misspelling(text):
            raise _Wrong(wrong)
    if kind == "name" and not any(char.isalpha() for char in text):
        raise _Wrong(_("A name has letters or characters."))
    longest = LONGEST.get(kind, LONGEST["text"])
    if len(text) > longest:
        raise _Wrong(_("This is longer than {count} characters.", count=longest))
    return text


def _phone(text: str, kind: str, region: str) -> str:
    import phonenumbers
    from phonenumbers import PhoneNumberType

    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    joined = re.sub(r"[\s()-]", "", text)
    if region != "CN" or not re.fullmatch(r"(\+?86)?1\d{10}", joined):
        joined = _EXTENSION_WORDS.sub(" ext. ", text, count=1)
    try:
        number = None if _spells(joined) else _number_in(joined, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(number.extension or "") > LONGEST_EXTENSION:
        raise _Wrong(_("This is not a telephone number; type its digits, as in 010 8866 8001."))
    if not phonenumbers.is_valid_number(number):
        if kind == "mobile":
            raise _Wrong(_("There is no such telephone number; check the digits."))
        raise _Wrong(_("There is no such telephone number; check the digits and the area code."))
    if kind == "mobile" and phonenumbers.number_type(number) not in mobile:
        raise _Wrong(_("This is not a mobile number; it looks like 139 0000 2121."))
    whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{whole};ext={number.extension}" if number.extension else whole


def _spells(text: str) -> bool:
    """Return whether ``text`` has letters that the library would dial: 139OOOO2121 would be 139 6666 2121."""
    import phonenumbers

    return phonenumbers.is_alpha_number(re.sub(r"^[^+\d]*", "", text))


def _number_in(text: str, region: str) -> PhoneNumber:
    """Parse ``text``; its last group after a hyphen is an extension where there is a number without it, which
    four digits are last, as in 010-6234-5678. Raises NumberParseException."""
    import phonenumbers

    extended = _LAST_GROUP.sub(" ext. ", text)
    readings = [phonenumbers.parse(one, region) for one in (extended, text)]
    if re.search(r"\D\d{3,4}[-–—]\d{4}$", text):
        readings.reverse()
    return next(filter(phonenumbers.is_valid_number, readings), readings[0])


def _email(text: str) -> str:
    if "@" in text and not text.isascii():
        raise _Wrong(
            _(
                "An address has letters of the alphabet, digits and signs alone, as not all mail gets "
                "through to others. A domain of other characters has such a form, too: it begins with xn--."
            )
        )
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False)
        return f"{checked.local_part}@{checked.ascii_domain}".lower()
    except EmailNotValidError:
        raise _Wrong(_("This is not an e-mail address; it looks like name@example.com.")) from None


def _date(text: str, *, is_past: bool) -> str:
    day = read_day(text)
    if isinstance(day, Message):
        raise _Wrong(day)
    if is_past and day > today():
        raise _Wrong(_("This day is still to come."))
    return day.isoformat()
