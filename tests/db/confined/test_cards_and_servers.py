"""Cards, servers' lists and answers that hold more than one value, labels of their own, or no people."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import pytest

from db.confined import sheet
from db.confined.why import FileRefusal, Unreadable

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def table(text: str) -> list[dict[str, str]]:
    """The people of a file, each by headings."""
    headings, *people = [list(map(str, row)) for row in sheet.read(text.encode())]
    return [dict(zip(headings, person, strict=True)) for person in people]


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", "FN:童童", *lines, "END:VCARD"))


@pytest.mark.parametrize(
    ("lines", "email", "home"),
    [
        (
            ("EMAIL;type=WORK;type=pref:t@example.com", "EMAIL;type=HOME:t@home.example"),
            "t@example.com",
            "t@home.example",
        ),
        (
            ("EMAIL;TYPE=home;PREF=2:t@home.example", "EMAIL;TYPE=work:t@example.com"),
            "t@example.com",
            "t@home.example",
        ),
        (("EMAIL;HOME:t@home.example",), "t@home.example", ""),
    ],
)
def test_an_address_at_home_stands_apart_from_that_at_work(
    lines: Sequence[str], email: str, home: str
) -> None:
    [person] = table(card(*lines))
    assert (person["email"], person.get("EMAIL HOME", "")) == (email, home)


@pytest.mark.parametrize(
    ("lines", "first", "more"),
    [
        (("EMAIL:a@example.com", "EMAIL;PREF=1:b@example.com"), "b@example.com", "a@example.com"),
        (("EMAIL:a@example.com", "EMAIL;type=pref:b@example.com"), "b@example.com", "a@example.com"),
        (("EMAIL;PREF=2:a@example.com", "EMAIL;PREF=1:b@example.com"), "b@example.com", "a@example.com"),
    ],
)
def test_of_several_addresses_the_preferred_one_counts(lines: Sequence[str], first: str, more: str) -> None:
    [person] = table(card(*lines))
    assert (person["email"], person["email 2"]) == (first, more)


def test_two_mobiles_of_a_card_are_not_one() -> None:
    [person] = table(card("TEL;type=CELL:13800000101", "TEL;type=CELL;type=pref:13900000101"))
    assert (person["mobile"], person["mobile 2"]) == ("13900000101", "13800000101")


@pytest.mark.parametrize("label", ["单位", "工作", "公司", "_$!<Work>!$_", "Office"])
def test_a_phones_own_label_says_which_number_it_is(label: str) -> None:
    """As an iPhone writes them, which gives such a number no type."""
    [person] = table(card("TEL;type=CELL:13800000101", "item1.TEL:010-88886601", f"item1.X-ABLabel:{label}"))
    assert (person["mobile"], person["office_phone"]) == ("13800000101", "010-88886601")


@pytest.mark.parametrize(
    "line",
    ["TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=E7=9F=AD=E5=8F=B7):6201", "TEL;X-短号:6201"],
)
def test_a_number_of_another_kind_is_no_extension_of_a_mobile(line: str) -> None:
    """As an Android writes a short number."""
    [person] = table(card("TEL;CELL;PREF:138-0000-0101", line))
    assert person["mobile"] == "138-0000-0101"
    assert "6201" in [value for heading, value in person.items() if "短号" in heading]


def test_marks_that_say_nothing_of_a_number_change_nothing() -> None:
    [person] = table(card("TEL;TYPE=VOICE,PREF,MSG,MAIN:13800000101"))
    assert person["mobile"] == "13800000101"


def ldif(*lines: str, dn: str = "uid=u1,ou=People,dc=example", kind: str = "inetOrgPerson") -> str:
    return "\n".join((f"dn: {dn}", f"objectClass: {kind}", "cn: Ann Lee", *lines, ""))


def test_of_several_addresses_of_a_server_the_first_counts() -> None:
    [person] = table(ldif("mail: ann@example.com", "mail: ann.lee@example.com"))
    assert (person["email"], person["email 2"]) == ("ann@example.com", "ann.lee@example.com")


def test_a_department_written_in_hex_is_read() -> None:
    """RFC 4514: \\E7 and so on are the bytes of UTF-8."""
    coded = "".join(f"\\{byte:02x}" for byte in "研发一部".encode())
    [person] = table(ldif(dn=f"uid=u1,ou={coded},ou=R\\26D\\2c North,ou=People,dc=example"))
    assert person["unit"] == "R&D, North/研发一部"


def test_a_computer_is_nobody() -> None:
    """Active Directory calls them persons."""
    machine = ldif(dn="CN=PC-01,OU=Computers,DC=x", kind="person\nobjectClass: user\nobjectClass: computer")
    assert len(table(f"{machine}\n{ldif()}")) == 1


CHANGES = """dn: uid=u2,ou=People,dc=example
changetype: modify
replace: cn
cn: Somebody
-

dn: cn=Bo Li,ou=R,dc=example
changetype: delete

dn: uid=u4,dc=example
changetype: modrdn
newrdn: uid=u5
deleteoldrdn: 1

dn: ou=R,dc=example
changetype: delete
"""


def test_what_changes_or_deletes_an_entry_says_so_and_nothing_else() -> None:
    """Departments that change are nobody."""
    people = table(f"{ldif('changetype: add')}\n{CHANGES}")
    assert people[0]["name"] == "Ann Lee"
    assert [(one["name"], one["changetype"]) for one in people] == [
        ("Ann Lee", ""), ("u2", "modify"), ("Bo Li", "delete"), ("u4", "modrdn"),
    ]  # fmt: skip


def test_a_file_of_changes_alone_is_told_as_that() -> None:
    with pytest.raises(Unreadable) as caught:
        table(CHANGES)
    assert caught.value.why is FileRefusal.ONLY_CHANGES


def user(**said: object) -> dict[str, object]:
    return {"schemas": [CORE], "userName": "ann", "displayName": "Ann Lee", **said}


def test_the_address_of_a_user_is_the_primary_one_at_work() -> None:
    """RFC 7643, 8.2, has both."""
    emails = [
        {"value": "babs@home.example", "type": "home"},
        {"value": "b@example.com", "type": "work"},
        {"value": "bjensen@example.com", "type": "work", "primary": True},
    ]
    [person] = table(json.dumps([user(emails=emails)]))
    assert (person["email"], person["email 2"], person["EMAIL HOME"]) == (
        "bjensen@example.com", "b@example.com", "babs@home.example",
    )  # fmt: skip


def test_groups_among_users_are_passed_over() -> None:
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "all", "members": []}
    assert len(table(json.dumps({"Resources": [group, user()]}))) == 1
    with pytest.raises(Unreadable):
        table(json.dumps({"Resources": [group]}))


def test_a_picture_is_no_value() -> None:
    photo = base64.b64encode(bytes(range(256))).decode()
    [person] = table(ldif(f"thumbnailPhoto:: {photo}"))
    assert not [heading for heading in person if "photo" in heading.lower()]
