"""People in files that are no tables, made into one: vCard 2.1 to 4.0, LDIF (RFC 2849), SCIM 2.0 (RFC 7643).

What a directory has a field for gets the field's name as its heading; everything else keeps the name that the
file gives it, so that it is told which of it is not taken. Pictures and keys are left out.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from db.confined.why import FileRefusal, Unreadable

People = list[dict[str, list[str]]]
"""Of each person, what stands under which heading."""

VCARD: Final = re.compile(r"\s*BEGIN:VCARD\b", re.IGNORECASE)
LDIF: Final = re.compile(r"(\s|#.*\n)*(version:\s*1\s|dn::?\s)", re.IGNORECASE)
_FOLDED: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:\"[^\"]*\"|[^:;\"])*)*):(.*)", re.DOTALL)
_PARTS: Final = re.compile(r"(?<!\\);")
_ESCAPED: Final = re.compile(r"\\([\\;,:nN])")
_RDN: Final = re.compile(r"(?<!\\),")
_HEX: Final = re.compile(rb"\\(?:([0-9a-fA-F]{2})|(.))")
_CUSTOM: Final = re.compile(r"X-CUSTOM\(.*,(.*)\)")
"""How Android writes a label of its own, in quoted-printable."""
_LABELS: Final = (
    ("CELL", re.compile(r"mobile|cell|iphone|手机|移动", re.IGNORECASE)),
    ("FAX", re.compile(r"fax|传真", re.IGNORECASE)),
    ("HOME", re.compile(r"home|家|住宅", re.IGNORECASE)),
    ("WORK", re.compile(r"work|office|company|单位|工作|公司|办公", re.IGNORECASE)),
)
"""The type of vCard that each label stands for which people write themselves."""
_ONE: Final = ("email", "mobile", "office_phone", "fax")
"""Fields that mostly take one value: the preferred one. Further values go into a column of their own."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_CARD_FIELDS: Final = {
    "FN": "name",
    "TITLE": "position",
    "X-WECHAT": "wechat",
    "X-QQ": "qq",
}
_UNSAID: Final = {
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "REV",
    "UID",
    "PHOTO",
    "LOGO",
    "SOUND",
    "KEY",
    "KIND",
    "CLIENTPIDMAP",
}
_LDAP_FIELDS: Final = {
    "cn": "name",
    "displayname": "name",
    "title": "position",
    "telephonenumber": "office_phone",
    "mobile": "mobile",
    "facsimiletelephonenumber": "fax",
    "mail": "email",
    "employeenumber": "employeeNumber",
    "o": "organisation",
}
_NO_PEOPLE: Final = {"organizationalunit", "organization", "dcobject", "domain", "groupofnames", "posixgroup",
                     "groupofuniquenames", "country", "locality", "container", "group",
                     "computer"}  # fmt: skip
_NO_RDN: Final = {"ou", "o", "dc", "c", "l"}
"""What names a department, or what stands above one."""
_CONTAINERS: Final = {"people", "users", "user", "staff", "accounts", "employees", "members", "用户", "人员"}
"""Departments of a directory server that are none: what it keeps all people in."""
_SCIM: Final = "urn:ietf:params:scim:"


def table_of(text: str) -> Sequence[Sequence[str]] | None:
    """Return the people of a vCard or LDIF as rows below headings; None if neither. Raises Unreadable if
    nobody is in it."""
    if VCARD.match(text):
        return _as_rows(_cards(text))
    if LDIF.match(text):
        return _as_rows(_entries(text))
    return None


def scim_table(found: object) -> Sequence[Sequence[str]] | None:
    """Return the users of a SCIM list, or a single user, as rows below headings; groups are skipped. None if
    it is neither."""
    match found:
        case {"Resources": [*listed]} | [*listed]:
            users: list[Any] = listed
        case _:
            users = [found]
    people = [one for one in users if not _is_group(one)]
    return _as_rows(list(map(_user, people))) if people and all(map(_is_user, people)) else None


def _as_rows(people: People) -> Sequence[Sequence[str]]:
    people = list(map(_parted, people))
    headings = list(dict.fromkeys(heading for person in people for heading in person))
    if not people:
        raise Unreadable(FileRefusal.NOT_A_SHEET)
    return [headings, *([";".join(person.get(one, ())) for one in headings] for person in people)]


def _parted(person: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return ``person`` with one value in each field of `_ONE`; further ones go to a second column. A home
    address is the e-mail where there is no other."""
    parted: dict[str, list[str]] = {}
    for heading, values in person.items():
        name = "email" if heading == AT_HOME and "email" not in person else heading
        parted[name] = values[:1] if name in _ONE else values
        if name in _ONE and values[1:]:
            parted[f"{name} 2"] = values[1:]
    return parted


AT_HOME: Final = "EMAIL HOME"


def _add(person: dict[str, list[str]], heading: str, text: str, *, first: bool = False) -> None:
    text = " ".join(text.split())
    if text and text not in person.setdefault(heading, []):
        person[heading].insert(0 if first else len(person[heading]), text)


def _name(family: str, given: str, *between: str) -> str:
    if _HAN.search(family + given):
        return family.strip() + given.strip()
    return " ".join(filter(None, map(str.strip, (given, *between, family))))


def _number(text: str) -> str:
    """Return a phone number; of a ``tel:`` address (RFC 3966) its digits and extension without separators."""
    if not text.lower().startswith("tel:"):
        return text
    number, _ext, extension = text[4:].partition(";ext=")
    return re.sub(r"[-.() ]", "", number.partition(";")[0]) + (f"-{extension}" if extension else "")


# vCard


def _cards(text: str) -> People:
    """Return the people of all cards. Skip lines that are no vCard lines: in 2.1, pieces of pictures."""
    people: People = []
    lines: list[_CardLine] = []
    for line in _card_lines(text):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        group, name, marks = (found[1] or "").upper(), found[2].upper(), _marks(found[3])
        value = _card_value(found[4], marks)
        if name in ("BEGIN", "END") and value.strip().upper() == "VCARD":
            people.append(_card(lines))
            lines = []
        else:
            lines.append((group, name, marks, value))
    people.append(_card(lines))
    return [person for person in people if person]


_CardLine = tuple[str, str, Mapping[str, str], str]
"""Group, name, marks and value."""


def _card(lines: Sequence[_CardLine]) -> dict[str, list[str]]:
    """Return the person of one card's lines by heading; {} for a group or an organisation."""
    labels = {group: value.strip(" _$!<>") for group, name, _marks, value in lines if name == "X-ABLABEL"}
    person: dict[str, list[str]] = {}
    for group, name, marks, value in lines:
        if name == "KIND" and value.strip().lower() != "individual":
            return {}
        if name not in _UNSAID:
            labelled = {"LABEL": labels[group]} if group and group in labels else {}
            _read_card_line(person, name, {**marks, **labelled}, value)
    composed = person.pop("N", [])
    if composed and "name" not in person:
        person["name"] = composed
    return person


def _card_lines(text: str) -> Iterator[str]:
    """Yield logical lines: folded ones joined, and quoted-printable ones that end in ``=``."""
    held = ""
    for line in _FOLDED.sub("", text).splitlines():
        line = held + line
        held = ""
        if line.endswith("=") and "QUOTED-PRINTABLE" in line.partition(":")[0].upper():
            held = line[:-1]
        else:
            yield line
    if held:
        yield held


def _marks(text: str) -> Mapping[str, str]:
    """Return the parameters of a line, names and values in capitals. One without a name counts as TYPE or
    ENCODING; Android's and X- labels as LABEL. Several values of one name are joined by commas."""
    marks: dict[str, str] = {}
    for mark in text.upper().split(";")[1:]:
        name, said, value = mark.partition("=")
        if mark.startswith("X-") and (custom := _CUSTOM.fullmatch(mark)):
            name, value = "LABEL", quopri.decodestring(custom[1].encode()).decode("utf-8", "replace")
        elif mark.startswith("X-") and not said:
            name, value = "LABEL", mark[2:]
        elif not said:
            name, value = ("ENCODING" if mark in ("BASE64", "QUOTED-PRINTABLE") else "TYPE"), mark
        marks[name] = f"{marks[name]},{value}" if name in marks else value.replace('"', "")
    return marks


def _card_value(value: str, marks: Mapping[str, str]) -> str:
    if marks.get("ENCODING") == "QUOTED-PRINTABLE":
        charset = marks.get("CHARSET", "UTF-8").lower()
        charset = "gb18030" if charset.startswith("gb") else "utf-8" if charset not in _CHARSETS else charset
        return quopri.decodestring(value.encode("utf-8")).decode(charset, "replace")
    return value


_CHARSETS: Final = ("utf-8", "big5", "cp1252", "latin-1")


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], text)


def _read_card_line(person: dict[str, list[str]], name: str, marks: Mapping[str, str], value: str) -> None:
    parts = [_plain(part) for part in _PARTS.split(value)]
    types, label = set(marks.get("TYPE", "").split(",")), marks.get("LABEL", "")
    meant = next((kind for kind, words in _LABELS if words.search(label)), "")
    types |= {meant}
    first = "PREF" in types or marks.get("PREF") == "1"
    if name == "N":
        _add(person, "N", _name(*[*parts, "", ""][:2], *parts[2:3]))
    elif name == "ORG":
        _add(person, "organisation", parts[0])
        _add(person, "unit", "/".join(filter(None, map(str.strip, parts[1:]))))
    elif name == "TEL":
        heading = "TEL HOME" if "HOME" in types else "office_phone" if "WORK" in types else "mobile"
        heading = "fax" if "FAX" in types else "mobile" if types & {"CELL", "IPHONE"} else heading
        if label and not meant:
            heading = f"TEL {label}"
        _add(person, heading, _number(_plain(value)), first=first)
    elif name == "EMAIL":
        _add(person, AT_HOME if "HOME" in types else "email", " ".join(parts), first=first)
    elif not name.startswith("X-AB") and marks.get("ENCODING") not in ("B", "BASE64"):
        _add(person, _CARD_FIELDS.get(name, name), " ".join(parts))


# LDIF


def _entries(text: str) -> People:
    people: People = []
    for block in re.split(r"\n\s*\n", _FOLDED.sub("", text.replace("\r\n", "\n"))):
        found: dict[str, list[str]] = {}
        for line in block.splitlines():
            name, said, value = line.partition(":")
            if said and not line.startswith("#") and not value.startswith("<"):
                with suppress(binascii.Error, UnicodeDecodeError):  # a picture, a password, a key
                    found.setdefault(name.partition(";")[0].strip().lower(), []).append(_ldap_value(value))
        classes = {one.lower() for one in found.pop("objectclass", ())}
        change = found.pop("changetype", ["add"])[0].lower()
        if "dn" not in found:
            continue
        if change != "add":
            kind, _is, value = _RDN.split(found["dn"][0])[0].partition("=")
            if kind.strip().lower() not in _NO_RDN:
                people.append({"name": [_unescaped(value).strip()], "changetype": [change]})
        elif not (classes & _NO_PEOPLE) and ("cn" in found or "sn" in found):
            people.append(_person(found))
    if people and all("changetype" in person for person in people):
        raise Unreadable(FileRefusal.ONLY_CHANGES)
    return people


def _ldap_value(value: str) -> str:
    if value.startswith(":"):
        return base64.b64decode(value[1:].strip(), validate=True).decode("utf-8")
    return value.strip()


def _person(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    person: dict[str, list[str]] = {}
    levels = [one.partition("=") for one in _RDN.split(found["dn"][0])[1:]]
    named = [_unescaped(value).strip() for kind, _is, value in levels if kind.strip().lower() == "ou"]
    units = [one for one in reversed(named) if one.lower() not in _CONTAINERS]
    own = found.get("ou", found.get("department", found.get("departmentnumber", [])))[:1]
    family, given = (found.get(one, [""])[0] for one in ("sn", "givenname"))
    full = _name(family, given) if given and _HAN.search(family) else ""
    _add(person, "name", full or found.get("displayname", found.get("cn", [family]))[0])
    _add(person, "unit", "/".join(units or own))
    for name, values in found.items():
        if name not in (
            "dn",
            "cn",
            "displayname",
            "sn",
            "givenname",
            "ou",
            "department",
            "departmentnumber",
            "version",
            "userpassword",
            "jpegphoto",
        ):
            for value in values:
                _add(person, _LDAP_FIELDS.get(name, name), value)
    return person


def _unescaped(text: str) -> str:
    """Return a value of a distinguished name with its escapes decoded, hexadecimal bytes as UTF-8 (RFC
    4514)."""
    plain = _HEX.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2], text.encode())
    return plain.decode("utf-8", "replace")


# SCIM


def _is_group(one: object) -> bool:
    match one:
        case {"schemas": [*schemas]}:
            return any(isinstance(name, str) and name.startswith(_SCIM) and name.endswith(":Group")
                       for name in schemas)  # fmt: skip
    return False


def _is_user(user: object) -> bool:
    match user:
        case {"schemas": [*schemas], "userName": str()}:
            return any(isinstance(one, str) and one.startswith(_SCIM) for one in schemas)
    return False


def _user(user: Mapping[str, Any]) -> dict[str, list[str]]:
    person: dict[str, list[str]] = {}
    name = user.get("name")
    name = name if isinstance(name, dict) else {}
    family, given = str(name.get("familyName") or ""), str(name.get("givenName") or "")
    _add(person, "name", str(user.get("displayName") or name.get("formatted") or _name(family, given)))
    extension: object = next((user[one] for one in user if one.endswith(":enterprise:2.0:User")), {})
    work = extension if isinstance(extension, dict) else {}
    for heading, value in (
        ("position", user.get("title")),
        ("unit", work.get("department")),
        ("employeeNumber", work.get("employeeNumber")),
        ("userName", user.get("userName")),
    ):
        _add(person, heading, str(value or ""))
    if user.get("active") is False:
        _add(person, "active", "false")
    for kind, address, first in _scim_values(user.get("emails")):
        _add(person, AT_HOME if kind == "home" else "email", address, first=first)
    for kind, number, first in _scim_values(user.get("phoneNumbers")):
        heading = {"mobile": "mobile", "fax": "fax", "home": "TEL HOME"}.get(kind, "office_phone")
        _add(person, heading, _number(number), first=first)
    return person


def _scim_values(values: object) -> Iterable[tuple[str, str, bool]]:
    """Yield the lower-case type, value and primary flag of each item of a SCIM list; nothing for anything
    else."""
    for one in values if isinstance(values, list) else ():
        if isinstance(one, dict) and one.get("value"):
            yield str(one.get("type") or "").lower(), str(one["value"]), one.get("primary") is True
