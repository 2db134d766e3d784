"""Files as other programs write them, made after their published formats: three people in each."""

# ruff: noqa: E501 - each line is one of a table

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, Final

import xlsxwriter

PEOPLE: Final = (
    ("童童", "研发中心", "工程师", "010-88886601", "13800000101", "tongtong@example.com"),
    ("欧阳娜", "研发中心/研发一部", "高级工程师", "010-88886602", "13800000102", "ouyang.na@example.com"),
    ("高洁", "人力资源部", "专员", "010-88886603", "13800000103", "gaojie@example.com"),
)
ZH: Final = ("姓名", "部门", "职务", "办公电话", "手机", "邮箱")
EN: Final = ("Name", "Department", "Job Title", "Business Phone", "Mobile Phone", "E-mail Address")
PHOTO: Final = base64.b64encode(bytes(range(256)) * 2).decode()
Made = Iterator[tuple[str, bytes]]


def every_file() -> Made:
    """Yield each file with what it is called."""
    for make in (tables, templates, workbooks, cards, directories, lists):
        yield from make()


def tables() -> Made:
    """CSV and text of every character set, separator, quoting and line end."""
    sets = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
    for charset, mark, quoted, headings in product(sets, ",;\t|", (0, 1), (ZH, EN)):
        text = _csv((headings, *PEOPLE), mark, quoting=quoted)
        yield f"{charset} {mark!r} {quoted} {headings[0]}.csv", text.encode(charset)
    for charset, above in product(
        ("utf-8-sig", "gbk"), ("花名册\r\n", "花名册\r\n\r\n", "sep=;\r\n", "\r\n")
    ):
        yield f"{charset} below {above!r}.csv", (above + _csv((ZH, *PEOPLE), ";")).encode(charset)
    for charset, end in product(("utf-8", "gbk"), ("\n", "\r")):
        yield f"{charset} lines {end!r}.csv", _csv((ZH, *PEOPLE), ",").replace("\r\n", end).encode(charset)
    for charset, mark in product(("utf-8", "gbk"), ";\t|"):
        placed = _csv(([*ZH, "地址"], *([*p, "北京, 长安街 1 号, 3 层, 301"] for p in PEOPLE)), mark)
        yield f"{charset} {mark!r} with commas.csv", placed.encode(charset)
    for charset, mark in product(("utf-8-sig", "gb18030"), ",;\t"):
        ended = _csv(([*ZH, "", ""], *([*p, "", ""] for p in PEOPLE), [""] * 8), mark)
        yield f"{charset} {mark!r} with empty ends.csv", ended.encode(charset)
    spaced = [tuple(f" {cell}\u3000" for cell in row) for row in (ZH, *PEOPLE)]
    yield "blanks.csv", _csv(spaced, ",").encode()
    wide = str.maketrans({chr(0x30 + n): chr(0xFF10 + n) for n in range(10)})
    yield "full width.csv", _csv((ZH, *([*p[:4], p[4].translate(wide), p[5]] for p in PEOPLE)), ",").encode()
    for form in ("+86 {}", "+86-{}", "0086{}", "(+86) {}", "{}.0", "{}\u00a0", "'{}", "86{}"):
        rows = [[*p[:4], form.format(p[4]), p[5]] for p in PEOPLE]
        yield f"mobile {form}.csv", _csv((ZH, *rows), ",").encode()
    noted = _csv(([*ZH, "备注"], *([*p, "他说“好”，\n第二行"] for p in PEOPLE)), ",")
    yield "lines in cells.csv", noted.encode("gbk")


def templates() -> Made:
    """Tables with the headings of other programs' templates."""
    for name, (headings, row) in TEMPLATES.items():
        rows = [row(p) for p in PEOPLE]
        for charset in ("utf-8-sig", "gb18030"):
            yield f"{name} {charset}.csv", _csv((headings, *rows), ",").encode(charset)
        yield f"{name}.xlsx", _book(lambda _book, sheet, rows=(headings, *rows): _fill(sheet, rows))  # type: ignore[misc]


Person = tuple[str, str, str, str, str, str]
TEMPLATES: Final[Mapping[str, tuple[Sequence[str], Callable[[Any], Sequence[str]]]]] = {
    "wecom": (
        ("姓名", "帐号", "别名", "职务", "部门", "性别", "手机", "座机", "个人邮箱", "地址", "企业简称"),
        lambda p: (p[0], p[5].split("@")[0], "", p[2], p[1], "女", p[4], p[3], p[5], "北京", "华星"),
    ),
    "wecom required": (
        ("姓名(必填)", "账号(必填)", "职务", "部门(必填)", "性别", "手机号", "座机", "企业邮箱"),
        lambda p: (p[0], p[5].split("@")[0], p[2], p[1], "男", p[4], p[3], p[5]),
    ),
    "dingtalk": (
        ("员工UserID", "部门", "职位", "姓名", "性别", "工号", "是否此部门主管(是/否)", "手机号", "邮箱", "分机号",
         "办公地点", "备注", "办公电话"),
        lambda p: ("", p[1].replace("/", "-"), p[2], p[0], "女", "7", "否", p[4], p[5], "", "北京", "", p[3]),
    ),
    "dingtalk long": (
        ("*姓名", "*手机号", "*部门", "职位", "员工工号", "邮箱", "分机号", "入职时间", "隐藏手机号", "直属主管",
         "办公电话"),
        lambda p: (p[0], f"+86-{p[4]}", p[1].replace("/", "-"), p[2], "7", p[5], "", "2024-03-01", "否", "", p[3]),
    ),
    "dingtalk export": (
        ("员工UserID", "姓名", "手机号", "部门", "职位", "邮箱", "座机"),
        lambda p: ("7", p[0], p[4], f"华星集团-{p[1].replace('/', '-')}", p[2], p[5], p[3]),
    ),
    "thunderbird": (
        ("First Name", "Last Name", "Display Name", "Nickname", "Primary Email", "Secondary Email", "Work Phone",
         "Home Phone", "Mobile Number", "Job Title", "Department", "Organization", "Notes"),
        lambda p: (p[0][-1], p[0][:-1], p[0], "", p[5], f"home.{p[5]}", p[3], "", p[4], p[2], p[1], "华星", ""),
    ),
    "feishu": (
        ("姓名", "手机号", "邮箱", "性别", "部门", "直属上级", "职务", "工号", "人员类型", "工作城市", "座机号"),
        lambda p: (p[0], f"+86{p[4]}", p[5], "女", p[1], "", p[2], "7", "全职员工", "北京", p[3]),
    ),
    "feishu export": (
        ("姓名（必填）", "别名", "手机号码（必填）", "工作邮箱", "部门（必填）", "职务", "员工 ID", "座机"),
        lambda p: (p[0], "", p[4], p[5], p[1], p[2], "ou_7", p[3]),
    ),
    "roster": (
        ("序号", "工号", "姓 名", "性别", "部 门", "岗位", "入职日期", "联系电话", "办公电话", "电子邮箱", "备 注"),
        lambda p: ("1", "7", p[0], "女", p[1], p[2], "2024/3/1", p[4], p[3], p[5], ""),
    ),
    "roster of a school": (
        ("教职工姓名", "所在部门", "职务名称", "办公室电话", "移动电话", "E-mail"),
        lambda p: p,
    ),
    "outlook": (
        ("Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Department", "Job Title",
         "Business Street", "Business Phone", "Home Phone", "Mobile Phone", "E-mail Address", "E-mail Type",
         "E-mail Display Name", "Birthday", "Notes"),
        lambda p: ("", p[0][-1], "", p[0][:-1], "", "华星", p[1], p[2], "长安街 1 号", p[3], "", p[4], p[5], "SMTP",
                   p[0], "0/0/00", ""),
    ),
    "outlook zh": (
        ("称谓", "名", "中间名", "姓", "后缀", "单位", "部门", "职务", "商务 街道", "商务电话", "住宅电话",
         "移动电话", "电子邮件地址", "电子邮件类型", "电子邮件显示名称", "生日", "附注"),
        lambda p: ("", p[0][-1], "", p[0][:-1], "", "华星", p[1], p[2], "长安街 1 号", p[3], "", p[4], p[5], "SMTP",
                   p[0], "0/0/00", ""),
    ),
    "google": (
        ("Name", "Given Name", "Family Name", "E-mail 1 - Type", "E-mail 1 - Value", "Phone 1 - Type",
         "Phone 1 - Value", "Phone 2 - Type", "Phone 2 - Value", "Organization 1 - Name",
         "Organization 1 - Title", "Organization 1 - Department"),
        lambda p: (p[0], p[0][-1], p[0][:-1], "* Work", p[5], "Mobile", p[4], "Work", p[3], "华星", p[2], p[1]),
    ),
    "google new": (
        ("First Name", "Middle Name", "Last Name", "Organization Name", "Organization Title",
         "Organization Department", "Labels", "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Label",
         "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value"),
        lambda p: (p[0][-1], "", p[0][:-1], "华星", p[2], p[1], "* myContacts", "Work", p[5], "Mobile", p[4], "Work",
                   p[3]),
    ),
    "workspace": (
        ("First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Work Phone",
         "Mobile Phone", "Employee Title", "Department", "Employee ID"),
        lambda p: (p[0][-1], p[0][:-1], p[5], p[3], p[4], p[2], p[1], "7"),
    ),
    "orangehrm": (
        ("first_name", "middle_name", "last_name", "employee_id", "gender", "mobile", "work_telephone",
         "work_email", "Department", "Job Title"),
        lambda p: (p[0][-1], "", p[0][:-1], "7", "F", p[4], p[3], p[5], p[1], p[2]),
    ),
    "ad csvde": (
        ("DN", "objectClass", "cn", "sn", "givenName", "displayName", "title", "department", "telephoneNumber",
         "mobile", "mail", "sAMAccountName"),
        lambda p: (f"CN={p[0]},OU=a,DC=b", "user", p[0], p[0][:-1], p[0][-1], p[0], p[2], p[1], p[3], p[4], p[5],
                   p[5].split("@")[0]),
    ),
    "entra": (
        ("userPrincipalName", "displayName", "surname", "givenName", "jobTitle", "department",
         "telephoneNumber", "mobilePhone", "mail", "accountEnabled"),
        lambda p: (p[5], p[0], p[0][:-1], p[0][-1], p[2], p[1], p[3], p[4], p[5], "True"),
    ),
    "exchange": (
        ("DisplayName", "Alias", "Department", "Title", "Phone", "MobilePhone", "PrimarySmtpAddress"),
        lambda p: (p[0], p[5].split("@")[0], p[1], p[2], p[3], p[4], p[5]),
    ),
}  # fmt: skip


def workbooks() -> Made:
    """Workbooks with titles, hidden sheets and columns, numbers for texts, days as numbers."""
    rows = (ZH, *PEOPLE)
    floats = (ZH, *([*p[:4], float(p[4]), p[5]] for p in PEOPLE))
    whole = (ZH, *([*p[:4], int(p[4]), p[5]] for p in PEOPLE))
    day, headed = date(2024, 3, 1), ([*ZH, "入职日期"],)
    for above in range(12):
        yield f"titles {above}.xlsx", _book(lambda book, sheet, n=above: _titled(book, sheet, n, rows))  # type: ignore[misc]
    for name, given in {"text": rows, "float": floats, "whole": whole}.items():
        yield f"mobiles as {name}.xlsx", _book(lambda _book, sheet, given=given: _fill(sheet, given))  # type: ignore[misc]
    for name, cell in {
        "day": day, "serial": 45352, "text": "2024-03-01", "dots": "2024.3.1", "slashes": "2024/03/01",
        "chinese": "2024年3月1日", "digits": "20240301", "number": 20240301,
    }.items():  # fmt: skip
        given = (*headed, *([*p, cell] for p in PEOPLE))
        yield f"day as {name}.xlsx", _book(lambda book, sheet, given=given: _fill(sheet, given, book))  # type: ignore[misc]
    yield "hidden sheet first.xlsx", _book(_hidden_first)
    yield "cover first.xlsx", _book(_cover_first)
    yield (
        "hidden columns.xlsx",
        _book(lambda _b, s: (_fill(s, rows), s.set_column(3, 3, 5, None, {"hidden": 1}))),
    )
    yield "beside.xlsx", _book(lambda _b, s: _fill(s, [["", "", *row] for row in rows], skip=2))
    yield "far away.xlsx", _book(lambda _b, s: (_fill(s, rows), s.write_string(0, 180, " ")))
    yield "below nothing.xlsx", _book(lambda _b, s: (_fill(s, rows), s.write_string(900, 0, "  ")))
    yield "formulas.xlsx", _book(_formulas)
    yield (
        "filtered.xlsx",
        _book(lambda _b, s: (_fill(s, rows), s.autofilter(0, 0, 3, 5), s.freeze_panes(1, 0))),
    )
    yield (
        "sums.xlsx",
        _book(lambda _b, s: _fill(s, [*rows, ("合计", "3 人"), ("制表人：王芳", "", "2024-03-01")])),
    )
    for unit, place in product(range(2), range(2)):
        listed = [([""] * place, p, [p[1]] * unit) for p in PEOPLE]
        named = [(*blank, p[0], *p[2:], *own) for blank, p, own in listed]
        over = [["序号"] * place + [ZH[0], *ZH[2:]] + [ZH[1]] * unit]
        under = [
            row for p, own in zip(PEOPLE, named, strict=True) for row in ((f"部门：{p[1]}（1人）",), own)
        ]
        yield f"sections {unit} {place}.xlsx", _book(lambda _b, s, given=(*over, *under): _fill(s, given))  # type: ignore[misc]
    yield "two rows.xlsx", _book(lambda _b, s: _fill(s, [
        ("姓名", "组织", "", "联系方式", "", ""), ("", *ZH[1:]), *PEOPLE]))  # fmt: skip
    yield (
        "numbered.xlsx",
        _book(lambda _b, s: _fill(s, [["序号", *ZH], *([n, *p] for n, p in enumerate(PEOPLE))])),
    )


def cards() -> Made:
    """vCards of phones and of Outlook."""
    for charset, photo, end in product(("GBK", "GB2312", "UTF-8"), (False, True), ("\r\n", "\n")):
        yield (
            f"2.1 {charset} {photo} {end!r}.vcf",
            end.join(line for p in PEOPLE for line in _card_21(p, charset, photo=photo)).encode()
            + end.encode(),
        )
    plain = "\r\n".join(line for p in PEOPLE for line in _card_30(p))
    for charset in ("utf-8", "utf-8-sig", "gbk", "utf-16"):
        yield f"3.0 {charset}.vcf", plain.encode(charset)
    for style in ("iphone", "android", "outlook", "folded", "photo", "caller"):
        yield f"3.0 {style}.vcf", "\r\n".join(line for p in PEOPLE for line in _card_30(p, style)).encode()
    for kind in ("text", "uri", "quoted", "kind"):
        yield f"4.0 {kind}.vcf", "\r\n".join(line for p in PEOPLE for line in _card_40(p, kind)).encode()
    yield "lower case.vcf", plain.lower().encode()


def directories() -> Made:
    """LDIF of OpenLDAP and of Active Directory."""
    for style, encoded, end, fold in product(("openldap", "ad"), (False, True), ("\n", "\r\n"), (0, 30)):
        text = end.join(_ldif(style, encoded=encoded, fold=fold))
        yield f"{style} {encoded} {end!r} {fold}.ldif", text.encode()
    text = "\n".join(_ldif("openldap", encoded=True, fold=0))
    yield "changes.ldif", text.replace("\nobjectClass: top", "\nchangetype: add\nobjectClass: top").encode()
    yield (
        "search.ldif",
        f"# extended LDIF\n#\n# LDAPv3\n# base <dc=x>\n#\n\n{text}\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 4\n".encode(),
    )
    yield "versionless.ldif", text.removeprefix("version: 1\n").lstrip("\n").encode()


def lists() -> Made:
    """SCIM lists and single answers."""
    core, enterprise = (
        f"urn:ietf:params:scim:schemas:{one}:2.0:User" for one in ("core", "extension:enterprise")
    )
    for named, marked, indent in product(("displayName", "name", "formatted"), (True, False), (None, 2)):
        users = []
        for p in PEOPLE:
            name = {"familyName": p[0][:-1], "givenName": p[0][-1]}
            user: dict[str, Any] = {
                "schemas": [core, enterprise], "id": "2819c223", "userName": p[5], "title": p[2], "active": True,
                "emails": [{"value": p[5], **({"type": "work", "primary": True} if marked else {})}],
                "phoneNumbers": [{"value": f"tel:{p[3]}", "type": "work"}, {"value": p[4], "type": "mobile"}],
                enterprise: {"department": p[1], "employeeNumber": "7"},
            }  # fmt: skip
            users.append(user | ({"displayName": p[0]} if named == "displayName" else {}) | {
                "name": {"formatted": p[0]} if named == "formatted" else name})  # fmt: skip
        whole = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 3,
                 "Resources": users}  # fmt: skip
        for of, content in (("list", whole), ("bare", users)):
            text = json.dumps(content, ensure_ascii=marked, indent=indent)
            yield f"{named} {marked} {indent} {of}.json", text.encode()


def _csv(rows: Sequence[Sequence[Any]], mark: str, quoting: Any = 0) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, quoting=quoting, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _book(fill: Callable[[Any, Any], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("成员列表"))
    return out.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[Any]], book: Any = None, top: int = 0, skip: int = 0) -> object:
    days = book.add_format({"num_format": "yyyy/m/d"}) if book is not None else None
    for line, row in enumerate(rows, start=top):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, days)
            elif place >= skip:
                sheet.write(line, place, cell)
    return sheet


def _titled(book: Any, sheet: Any, above: int, rows: Sequence[Sequence[Any]]) -> None:
    for line in range(above):
        sheet.merge_range(
            line, 0, line, 5, f"{line + 1}. 填写须知：带 * 的为必填项，请勿修改表头。", book.add_format({})
        )
    _fill(sheet, rows, top=above)


def _hidden_first(book: Any, sheet: Any) -> None:
    _fill(sheet, (ZH, ("旧人", *PEOPLE[0][1:])))
    other = book.add_worksheet("在职")
    _fill(other, (ZH, *PEOPLE))
    other.activate()
    sheet.hide()


def _cover_first(book: Any, sheet: Any) -> None:
    sheet.write(2, 1, "华星集团通讯录")
    _fill(book.add_worksheet("人员"), (ZH, *PEOPLE))


def _formulas(_book: Any, sheet: Any) -> None:
    _fill(sheet, (ZH, *PEOPLE))
    for line, p in enumerate(PEOPLE, start=1):
        sheet.write_formula(line, 5, f'=LOWER("{p[5]}")', None, p[5])


def _qp(text: str, charset: str) -> str:
    """Quoted-printable as phones write it: every byte, a soft line break in between."""
    coded = "".join(f"={byte:02X}" for byte in text.encode(charset))
    return "=\r\n".join(coded[at : at + 60] for at in range(0, len(coded), 60))


def _card_21(p: Person, charset: str, *, photo: bool) -> list[str]:
    marks = f";CHARSET={charset};ENCODING=QUOTED-PRINTABLE"
    said = {"N": f"{p[0][:-1]};{p[0][-1]}", "FN": p[0], "ORG": f"华星;{p[1]}", "TITLE": p[2]}
    lines = ["BEGIN:VCARD", "VERSION:2.1"]
    for name, value in said.items():
        coded = ";".join(_qp(part, charset) for part in value.split(";"))
        lines += f"{name}{marks}:{coded}".split("\r\n")
    lines += [f"TEL;WORK;VOICE:{p[3]}", f"TEL;CELL;VOICE:{p[4]}", f"EMAIL;PREF;INTERNET:{p[5]}"]
    if photo:
        lines += [
            "PHOTO;TYPE=JPEG;ENCODING=BASE64:",
            *(f" {PHOTO[at : at + 72]}" for at in range(0, 600, 72)),
            "",
        ]
    return [*lines, "REV:20240301T000000Z", "END:VCARD"]


def _card_30(p: Person, style: str = "") -> list[str]:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{p[0][:-1]};{p[0][-1]};;;", f"FN:{p[0]}", f"ORG:华星;{p[1]}",
             f"TITLE:{p[2]}"]  # fmt: skip
    if style == "iphone":
        return [*lines, f"EMAIL;type=INTERNET;type=WORK;type=pref:{p[5]}", f"TEL;type=CELL;type=VOICE;type=pref:{p[4]}",
                f"TEL;type=WORK;type=VOICE:{p[3]}", "item1.URL;type=pref:https://example.com",
                "item1.X-ABLabel:_$!<HomePage>!$_", "PRODID:-//Apple Inc.//iPhone OS 17.4//EN", "NOTE:同事\\, 常联系",
                "END:VCARD"]  # fmt: skip
    if style == "android":
        return [*lines, f"TEL;CELL:{p[4]}", f"TEL;WORK:{p[3]}", f"EMAIL;WORK:{p[5]}", "X-ANDROID-CUSTOM:vnd",
                "CATEGORIES:公司", "END:VCARD"]  # fmt: skip
    if style == "folded":
        lines = [*lines[:4], "ORG:华星;", f" {p[1]}", *lines[5:]]
    if style == "photo":
        lines += [
            "PHOTO;ENCODING=b;TYPE=JPEG:" + PHOTO[:60],
            *(f" {PHOTO[at : at + 72]}" for at in range(60, 600, 72)),
        ]
    if style == "outlook":
        lines += ["X-MS-OL-DEFAULT-POSTAL-ADDRESS:2", "ADR;TYPE=WORK:;;长安街 1 号;北京;;100000;中国"]
    types = ("cell,voice", "work,voice") if style == "caller" else ("CELL", "WORK")
    return [*lines, f"TEL;TYPE={types[1]}:{p[3]}", f"TEL;TYPE={types[0]}:{p[4]}", f"EMAIL;TYPE=WORK:{p[5]}",
            "END:VCARD"]  # fmt: skip


def _card_40(p: Person, kind: str) -> list[str]:
    tel = {"uri": ("TEL;VALUE=uri;TYPE=work:tel:+86-10-{}", "TEL;VALUE=uri;TYPE=cell:tel:+86-{}"),
           "quoted": ('TEL;TYPE="work,voice":010-{}', 'TEL;TYPE="voice,cell":{}')}  # fmt: skip
    work, cell = tel.get(kind, ("TEL;TYPE=work:010-{}", "TEL;TYPE=cell:{}"))
    return ["BEGIN:VCARD", "VERSION:4.0", *(["KIND:individual"] if kind == "kind" else []), f"FN:{p[0]}",
            f"N:{p[0][:-1]};{p[0][-1]};;;", f'ORG;SORT-AS="x":华星;{p[1]}', f"TITLE;LANGUAGE=zh:{p[2]}",
            work.format(p[3][4:]), cell.format(p[4]), f"EMAIL;PREF=1:{p[5]}", "UID:urn:uuid:4fbe8971",
            "END:VCARD"]  # fmt: skip


def _ldif(style: str, *, encoded: bool, fold: int) -> Iterator[str]:
    def line(name: str, value: str) -> Iterator[str]:
        coded = base64.b64encode(value.encode()).decode()
        text = f"{name}:: {coded}" if encoded and not value.isascii() else f"{name}: {value}"
        yield text[: fold or None]
        for at in range(fold, len(text) if fold else 0, fold - 1 if fold else 1):
            yield f" {text[at : at + fold - 1]}"

    yield "version: 1"
    yield ""
    yield from line("dn", "ou=people,dc=example,dc=com")
    yield from ("objectClass: top", "objectClass: organizationalUnit", "ou: people", "")
    for p in PEOPLE:
        login, units = p[5].split("@")[0], ",".join(f"ou={one}" for one in reversed(p[1].split("/")))
        first = f"cn={p[0]}" if style == "ad" else f"uid={login}"
        yield from line(
            "dn", f"{first},{units},{'ou=people,' if style == 'openldap' else ''}dc=example,dc=com"
        )
        yield "objectClass: top"
        yield from (f"objectClass: {one}" for one in (("user",) if style == "ad" else ("inetOrgPerson",)))
        names = {"cn": p[0], "sn": p[0][:-1], "givenName": p[0][-1], "title": p[2], "telephoneNumber": p[3],
                 "mobile": p[4], "mail": p[5]}  # fmt: skip
        if style == "ad":
            names |= {"displayName": p[0], "department": p[1], "sAMAccountName": login,
                      "distinguishedName": f"CN={p[0]},DC=example", "userAccountControl": "512",
                      "whenCreated": "20240301000000.0Z"}  # fmt: skip
        else:
            names |= {"uid": login}
        for name, value in names.items():
            yield from line(name, value)
        yield "jpegPhoto:: " + PHOTO[:40]
        yield ""
