"""Which column of a spreadsheet is what, by its heading in Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.desk.importing.outcome import RowError
from db.language import Label, Message, _, listed
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule

KIND = Label("类别", "Kind")
HEAD = Label("负责人", "Head")
JOINED = Label("入职日期", "Joined")
TAGS = Label("标签", "Tags")
UNIT_REGION = Label("部门地区", "Department region")
UNIT_KIND = Label("部门类型", "Department kind")
EXTRA = {"kind": KIND, "head": HEAD, "joined": JOINED}

OTHER_NAMES = {
    "name": ("名字", "full name"),
    "unit": ("单位路径", "所属部门", "组织", "unit", "division"),
    "position": ("岗位", "职位", "post", "title", "job title"),
    "kind": ("用工形式", "人员类别", "员工类型", "employment"),
    "head": ("部门负责人", "是否负责人", "head of department"),
    "tags": ("标记", "tag"),
    "unit_region": ("部门所在地区", "所在地区", "region of department"),
    "unit_kind": ("单位类型", "kind of department"),
    "joined": ("入职时间", "到岗日期", "join date", "date of joining"),
    "mobile": ("手机号", "手机号码", "移动电话", "mobile phone", "cell phone"),
    "office_phone": ("座机", "办公室电话", "office", "telephone"),
    "email": ("电子邮箱", "电子邮件", "email", "mail"),
    "wechat": ("微信号",),
    "qq": ("qq号",),
    "organisation": ("公司", "所在单位", "company", "organization"),
    "inside_owner": ("对接人", "内部负责人", "owner"),
}

UNIT_SEPARATORS = re.compile(r"\s*[/／>＞›→\\|]\s*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may stand in a spreadsheet for a book."""

    name: str
    label: Label
    required: bool


def columns_of(policy: EffectivePolicy) -> tuple[Column, ...]:
    """Every column that a spreadsheet for a book under ``policy`` may have."""
    fields = [Column(f.name, f.label, f.required and not f.applies_to) for f in typed_fields(policy)]
    extra = dict(EXTRA)
    if policy.tags:
        extra["tags"] = TAGS
    if any(facet.by == "region" for facet in policy.facets):
        extra["unit_region"] = UNIT_REGION
    if policy.unit_kinds:
        extra["unit_kind"] = UNIT_KIND
    return (*fields, *(Column(name, label, False) for name, label in extra.items()))


def typed_fields(policy: EffectivePolicy) -> Iterator[FieldRule]:
    """Fields whose values can be typed into a cell."""
    return (field for field in policy.fields if field.kind != "photo")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, by name; several places where a heading comes more than once."""

    places: dict[str, tuple[int, ...]]
    headings: Sequence[str]


def lay_out(headings: Sequence[str], policy: EffectivePolicy) -> tuple[Layout, list[RowError]]:
    """Match ``headings``; what is unknown, missing or doubled comes back as errors of row 1."""
    known = _names(policy)
    multiple = {field.name for field in policy.fields if field.multiple}
    found: dict[str, list[int]] = {}
    errors = []
    for place, heading in enumerate(headings):
        key = _key(heading)
        if not key:
            continue
        name = known.get(key)
        if name is None and _is_value(heading):
            errors.append(
                RowError(1, column_number(place), _("This is a value and no heading."), _expected(policy))
            )
        elif name is None:
            errors.append(RowError(1, heading, _("This heading is not known."), _expected(policy)))
        elif name in found and name not in multiple:
            advice = _("Leave one of them.")
            errors.append(RowError(1, heading, _("Two columns have this heading."), advice))
        else:
            found.setdefault(name, []).append(place)
    for column in columns_of(policy):
        if column.required and column.name not in found:
            message = _("Column {column} is missing.", column=column.label)
            errors.append(RowError(1, column.label, message, _("Add it; every row needs it.")))
    return Layout({name: tuple(places) for name, places in found.items()}, headings), errors


def column_number(place: int) -> Message:
    """A column without a heading, by its place from 0."""
    return _("column {number}", number=place + 1)


def _names(policy: EffectivePolicy) -> dict[str, str]:
    """Every spelling of every heading -> the column's name; a policy's own labels come first."""
    known: dict[str, str] = {}
    columns = columns_of(policy)
    for column in columns:
        for spelling in (column.label.zh, column.label.en, column.name):
            known.setdefault(_key(spelling), column.name)
    for column in columns:
        for spelling in OTHER_NAMES.get(column.name, ()):
            known.setdefault(_key(spelling), column.name)
    return known


def _key(heading: str) -> str:
    """``heading`` without case, width, blanks, hyphens and the marks of required columns."""
    return re.sub(r"[\s_*＊\-]+|[(（].*?[)）]", "", unicodedata.normalize("NFKC", heading)).casefold()


def _is_value(heading: str) -> bool:
    """Whether a file seems to begin without headings. Numbers and addresses are not repeated."""
    return "@" in heading or sum(map(str.isdigit, heading)) >= 7


def _expected(policy: EffectivePolicy) -> Message:
    return _("Known headings are: {names}.", names=listed(column.label for column in columns_of(policy)))
