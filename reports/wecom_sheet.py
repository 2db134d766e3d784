"""The file that WeCom imports members from, where it is not reached through its API.

The sheet and its columns are called and ordered as in WeCom's own template for members; after them comes the
custom attribute that holds the WeChat ID, which WeCom takes once an attribute of that name is there.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from db.desk import Desk
from db.desk.notation.cells import one_line
from db.desk.outside.outside import Outside
from db.desk.outside.people import OutsidePerson
from db.store.engine import store

WECHAT_ATTRIBUTE = "微信号"
COLUMNS: tuple[tuple[str, Callable[[OutsidePerson, str], str]], ...] = (
    ("姓名", lambda one, _top: one.values.get("name", "")),
    ("帐号", lambda one, _top: one.account),
    ("别名", lambda _one, _top: ""),
    ("职务", lambda one, _top: one.values.get("position", "")),
    ("部门", lambda one, top: "/".join([top, *(place.name for place in one.places)])),
    ("性别", lambda _one, _top: ""),
    ("手机", lambda one, _top: one.values.get("mobile", "")),
    ("座机", lambda one, _top: one.values.get("office_phone", "")),
    ("个人邮箱", lambda one, _top: one.values.get("email", "")),
)
"""Headings with what stands below them; ``top`` is the organisation, whose name begins every path."""


@dataclass(frozen=True, slots=True)
class MemberFile:
    """The file, and what is on record of it."""

    content: bytes
    sha256: str
    rows: int


def member_file(desk: Desk, book: str) -> MemberFile:
    """Return a workbook of everybody of ``book`` for WeCom's import, once it is recorded that it leaves, with
    its digest and its mark, which stands in its properties (A.12, C.9.1). Raises Refused."""
    people = Outside(desk).members(book)
    settings = store().settings
    wechat = settings.wecom.wechat_attribute if settings.wecom is not None else ""
    mark = desk.overview.mark()
    content = write(people, settings.organisation, wechat or WECHAT_ATTRIBUTE, mark)
    digest = sha256(content).hexdigest()
    Outside(desk).export(book, sha256=digest, size=len(content), rows=len(people), mark=mark)
    return MemberFile(content, digest, len(people))


def write(people: Sequence[OutsidePerson], top: str, wechat: str, mark: str) -> bytes:
    """Return the workbook, every cell as text, so that none is ever taken for a formula or a number. ``mark``
    stands among its properties, as WeCom's template has no room for one."""
    import xlsxwriter

    out = io.BytesIO()
    headings = [heading for heading, _value in COLUMNS]
    told_wechat = any("wechat" in one.values for one in people)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"comments": mark})
        sheet, text = book.add_worksheet("成员列表"), book.add_format({"num_format": "@"})
        for column, heading in enumerate([*headings, *([wechat] if told_wechat else [])]):
            sheet.write_string(0, column, heading)
            sheet.set_column(column, column, 16, text)
        for row, one in enumerate(people, start=1):
            cells = [value(one, top) for _heading, value in COLUMNS]
            for column, cell in enumerate([*cells, *([one.values.get("wechat", "")] if told_wechat else [])]):
                sheet.write_string(row, column, one_line(cell), text)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
