"""Which column of a spreadsheet is what, by its heading in Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from db.desk.entry.record import PERSONAL, is_open
from db.desk.importing.cells import Quick, quick_rule
from db.desk.importing.outcome import RowError
from db.language import Label, Message, Text, _, listed
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule

KIND = Label("类别", "Kind")
HEAD = Label("负责人", "Head")
JOINED = Label("入职日期", "Joined")
TAGS = Label("标签", "Tags")
UNIT_REGION = Label("部门地区", "Department region")
UNIT_KIND = Label("部门类型", "Department kind")
UNIT_ABOVE = Label("上级部门", "Department above")
ON_RECORD = Label("已有账号", "Existing account")
PROBLEM = Label("问题", "Problem")
"""What heads the column of a mended file that says what was wrong."""
DIVISION = "division"
"""A column that names a unit somewhere above, or the person's own, as an edition has it."""
LOGIN = "login"
SAID_TO_BE = "on_record"
"""A column that says who of those on record the person of a row is."""
MATCHING = (*PERSONAL, "employee_number")
"""Fields by which people may be matched, where they are open to everybody (C.10)."""
LOGINS = ("帐号", "账号", "登录名", "员工UserID", "login", "uid", "userName")
EXTRA = {"kind": KIND, "unit_above": UNIT_ABOVE, "head": HEAD, "joined": JOINED}

OFFICE_PHONE = (
    "座机", "座机号", "座机号码", "办公电话", "办公室电话", "办公座机", "商务电话", "工作电话",
    "固定电话", "公司电话", "单位电话", "辦公電話", "office", "tel", "telephone", "telephone number",
    "business phone", "work phone", "work telephone", "office tel", "office phone",
)  # fmt: skip
OTHER_NAMES = {
    "name": (
        "名字",
        "员工姓名",
        "成员姓名",
        "教职工姓名",
        "真实姓名",
        "中文姓名",
        "full name",
        "employee name",
        "staff name",
    ),
    "unit": ("单位路径", "所属部门", "所在部门", "部門", "组织", "unit", "division", "dept"),
    "unit_above": ("上级单位", "parent department"),
    "position": (
        "职务",
        "岗位",
        "职位",
        "岗位/职务",
        "职务/岗位",
        "职务名称",
        "岗位名称",
        "職務",
        "post",
        "title",
        "job title",
        "designation",
        "employee title",
    ),
    "kind": ("用工形式", "人员类别", "员工类型", "employment"),
    "head": ("部门负责人", "是否负责人", "部门主管", "是否此部门主管", "head of department"),
    "tags": ("标记", "tag"),
    "unit_region": ("部门所在地区", "所在地区", "region of department"),
    "unit_kind": ("单位类型", "kind of department"),
    "joined": (
        "入职日",
        "入学日",
        "入职时间",
        "到岗日期",
        "joins on",
        "enrols on",
        "join date",
        "date of joining",
    ),
    "mobile": (
        "手机号",
        "手机号码",
        "移动电话",
        "手機",
        "mobile phone",
        "mobile no",
        "mobile number",
        "cell phone",
        "cell",
    ),
    "office_phone": OFFICE_PHONE,
    "landline": ("office_phone", *OFFICE_PHONE),
    "extension": ("分机号", "分机号码", "ext"),
    "email": (
        "邮箱",
        "个人邮箱",
        "企业邮箱",
        "电子邮箱",
        "电子邮箱地址",
        "电子邮件",
        "邮件地址",
        "郵箱",
        "email",
        "e-mail address",
        "mail",
        "work email",
        "工作邮箱",
        "电邮",
        "primary smtp address",
        "primary email",
        "secondary email",
        "电子邮件地址",
        "其他邮箱",
        "私人邮箱",
        "email id",
        "personal email",
        "private email",
    ),
    "wechat": ("微信号",),
    "qq": ("qq号",),
    "fax": ("传真号", "传真号码"),
    "organisation": ("公司", "所在单位", "company", "organization"),
    "inside_owner": ("对接人", "内部负责人", "owner"),
    SAID_TO_BE: ("已有帐号", "在册账号", "在册帐号", "existing login", "login on record"),
}

NOBODYS = (
    "序号", "帐号", "账号", "别名", "性别", "座机", "个人邮箱", "地址", "企业简称", "问题 / Problem",
    "Salutation", "员工UserID", "工号", "员工编号", "employeeNumber", "employee_id",
    "uid", "userName", "办公地点", "备注",
    "Notes", "Remarks", "激活状态", "禁用状态", "微信插件", "员工状态", "在职状态", "active",
    "accountEnabled", "userAccountControl", "nsAccountLock", "changetype",
)  # fmt: skip
"""Headings of WeCom's template for members, and of lists at large, that are passed over where the book has no
field of that name."""
WECOMS = ("姓名", "帐号", "别名", "手机")
"""Headings by which WeCom's template is known, whose required ones may have a star before."""
IN_NO_TEMPLATE = frozenset({"wechat"})
"""What that template has no column for."""
GUESSED = ("mobile", "email")
"""Columns that are known by their cells, too."""
SAMPLE = 200
SEARCHED = 20
"""Rows among which the headings are looked for: titles and instructions may stand above them."""

_AT_WORK = re.compile(r"企业|工作|公司|单位|办公|主要|work|business|company|office|primary", re.IGNORECASE)
_BESIDE = re.compile(r"个人|私人|其他|其它|辅助|personal|private|home|other|secondary", re.IGNORECASE)

NOTHING = 3
"""Further from what is meant than any column that has cells."""

UNIT_SEPARATORS = re.compile(r"\s*[/／>＞›→\\|]\s*")


PUT_ABOVE = _("Write the headings into a row above the people.")
CORRECT_HEADING = _(
    "Correct it, or leave out what the directory has no place for: e on the screen, `--leave-rest` in a "
    "command."
)


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column that may stand in a spreadsheet for a book."""

    name: str
    label: Label
    required: bool


def columns_of(policy: EffectivePolicy) -> tuple[ImportColumn, ...]:
    fields = [ImportColumn(f.name, f.label, f.required and not f.applies_to) for f in typed_fields(policy)]
    more = {**extra_columns(policy), SAID_TO_BE: ON_RECORD}
    return (*fields, *(ImportColumn(name, label, False) for name, label in more.items()))


def match_keys(policy: EffectivePolicy) -> tuple[tuple[str, Text], ...]:
    """Return the keys by which a file's people may be matched to those on record, each with its label; first
    by their names alone."""
    fields = [(rule.name, rule.label) for rule in policy.fields if rule.name in MATCHING and is_open(rule)]
    return (("name", policy.field("name").label), *fields, (LOGIN, _("Login")))


def extra_columns(policy: EffectivePolicy) -> Mapping[str, Label]:
    """Return the columns that a spreadsheet may have besides the fields of the book, as our own exports do,
    with their labels."""
    extra = dict(EXTRA)
    if policy.tags:
        extra["tags"] = TAGS
    if any(facet.by == "region" for facet in policy.facets):
        extra["unit_region"] = UNIT_REGION
    if policy.unit_kinds:
        extra["unit_kind"] = UNIT_KIND
    return extra


def typed_fields(policy: EffectivePolicy) -> Iterator[FieldRule]:
    return (field for field in policy.fields if field.kind != "photo" and not _is_division(field))


def _is_division(field: FieldRule) -> bool:
    """Return whether the field names a unit other than the person's own, such as a division, which follows
    from the unit's place."""
    return field.kind == "unit" and field.name != "unit"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, by name; several places where a heading comes more than once. ``row`` is the
    number of the row that holds the headings. ``passed``: places and headings of columns that are not taken;
    ``lacking``: columns that the file can't have."""

    places: dict[str, tuple[int, ...]]
    headings: Sequence[str]
    row: int = 1
    passed: tuple[tuple[int, str], ...] = ()
    lacking: tuple[Label, ...] = ()
    guessed: tuple[tuple[str, Text], ...] = ()
    """Headings that are not known, with the column that the cells below look like."""

    @property
    def headed_columns(self) -> set[int]:
        """The columns that have a heading, also one that is not known."""
        return {place for place, heading in enumerate(self.headings) if head_key(heading)}


def column_finder(policy: EffectivePolicy) -> Callable[[str], str | None]:
    """Return a function that gives the column of a book under ``policy`` that a heading names; None for an
    unknown one."""
    known = _names(policy)
    return lambda text: _known_column(" ".join(text.split()), known) if text.strip() else None


def heading_row(rows: Sequence[Sequence[str]], policy: EffectivePolicy) -> int:
    """Return the place of the row with the most headings of the first rows; the first if none has two."""
    known = _names(policy)
    counts = [len({name for cell in row if (name := _known_column(cell, known))}) for row in rows[:SEARCHED]]
    most = max(counts)
    return counts.index(most) if most > 1 else 0


def lay_out(
    rows: Sequence[Sequence[str]],
    policy: EffectivePolicy,
    left_out: Collection[str] = (),
    *,
    without_rest: bool = False,
    region: str = "",
    match: str = "",
) -> tuple[Layout, list[RowError]]:
    """Match the headings of ``rows`` to columns. Return the layout, and unknown, missing and doubled headings
    as errors of their row. Columns whose headings are ``left_out`` are passed over, and so are empty ones;
    with ``without_rest`` also all unknown ones."""
    known, top = _names(policy), heading_row(rows, policy)
    if match == LOGIN:
        known |= dict.fromkeys(map(head_key, LOGINS), LOGIN)
    headings, row = rows[top], top + 1
    unwanted = set(map(head_key, (*left_out, *NOBODYS)))
    multiple = {field.name for field in policy.fields if field.multiple}
    found: dict[str, list[int]] = {}
    passed: list[tuple[int, str]] = []
    errors = []
    guesses = _guess(rows, top, policy, known, region)
    for place, heading in enumerate(headings):
        heading = " ".join(heading.split())
        key = head_key(heading)
        name = _known_column(heading, known) if key not in set(map(head_key, left_out)) else None
        if not key:
            continue
        if key not in unwanted:
            name = name or guesses.get(place)
        if name is None and _is_value(heading):
            errors.append(
                RowError(row, column_number(place), _("This is a value and no heading."), PUT_ABOVE)
            )
        elif name is None and not _has_cells(rows[top + 1 :], place):
            continue
        elif name is None and (without_rest or key in unwanted):
            passed.append((place, heading))
        elif name is None:
            errors.append(RowError(row, heading, _("This heading is not known."), CORRECT_HEADING))
        elif name in found and name == LOGIN:
            passed.append((place, heading))
        elif name in found and name not in multiple:
            other, cells = found[name][0], rows[top + 1 :]
            mine, theirs = (
                _is_beside(headings[at]) if _has_cells(cells, at) else NOTHING for at in (place, other)
            )
            if mine != theirs:
                passed.append((place, heading) if mine > theirs else (other, headings[other].strip()))
                found[name] = [min((theirs, other), (mine, place))[1]]
                continue
            errors.append(
                RowError(row, heading, _("Two columns have this heading."), _("Leave one of them."))
            )
        else:
            found.setdefault(name, []).append(place)
    never = IN_NO_TEMPLATE if set(WECOMS) <= set(map(head_key, headings)) else frozenset()
    lacking: list[Label] = []
    for column in columns_of(policy):
        if column.required and column.name not in found and column.name in never:
            lacking.append(column.label)
        elif column.required and column.name not in found:
            message = _("Column {column} is missing.", column=column.label)
            errors.append(RowError(row, column.label, message, _("Add it; every row needs it.")))
    places = {name: tuple(at) for name, at in found.items()}
    labels = {column.name: column.label for column in columns_of(policy)}
    guessed = tuple((headings[place].strip(), labels[name]) for place, name in guesses.items())
    return Layout(places, headings, row, tuple(passed), tuple(lacking), guessed), errors


def _is_beside(heading: str) -> int:
    """Return 0 for a heading of a number or address at work, 2 for one beside that (home, other), 1 for one
    that says neither."""
    return 0 if _AT_WORK.search(heading) else 2 if _BESIDE.search(heading) else 1


def _guess(
    rows: Sequence[Sequence[str]], top: int, policy: EffectivePolicy, known: Mapping[str, str], region: str
) -> dict[int, str]:
    """Return which columns under an unknown heading hold mobiles or e-mail addresses, where no other does."""
    named = {_known_column(" ".join(heading.split()), known) for heading in rows[top]}
    unknown = [
        place
        for place, heading in enumerate(rows[top])
        if head_key(heading)
        and _known_column(" ".join(heading.split()), known) is None
        and not _is_value(heading)
    ]
    found: dict[int, str] = {}
    for rule in typed_fields(policy):
        if rule.name in GUESSED and rule.name not in named:
            quick = quick_rule(rule, region)
            fits = [place for place in unknown if _look_like(rows[top + 1 :][:SAMPLE], place, quick)]
            if len(fits) == 1:
                found[fits[0]] = rule.name
    return found


def _look_like(rows: Sequence[Sequence[str]], place: int, quick: Quick) -> bool:
    """Return whether most cells of a column are in order for a field, two of three and two at least: those
    that are not are told row by row."""
    texts = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
    return len(texts) > 1 and sum(quick(text) is not None for text in texts) * 3 >= len(texts) * 2


def _has_cells(rows: Sequence[Sequence[str]], place: int) -> bool:
    return any(place < len(row) and row[place].strip() for row in rows)


def column_number(place: int) -> Message:
    return _("column {number}", number=place + 1)


def _names(policy: EffectivePolicy) -> dict[str, str]:
    """Return the column of every spelling; the policy's labels come first, its editions' heads last."""
    known: dict[str, str] = {}
    columns = columns_of(policy)
    for column in columns:
        for spelling in (column.label.zh, column.label.en, column.name):
            known.setdefault(head_key(spelling), column.name)
    for field in policy.fields:
        if field.multiple:  # a card's other addresses and numbers
            known.setdefault(head_key(f"{field.name} 2"), field.name)
    for column in columns:
        for spelling in OTHER_NAMES.get(column.name, ()):
            known.setdefault(head_key(spelling), column.name)
    for field in filter(_is_division, policy.fields):
        known.update(dict.fromkeys(map(head_key, (field.label.zh, field.label.en)), DIVISION))
    for edition in policy.editions:  # a regulation may head its columns in words of its own
        for name, heading in zip(edition.columns, edition.headings, strict=False):
            for spelling in (heading.zh, heading.en):
                known.setdefault(head_key(spelling), known.get(head_key(name), name))
    return known


def _known_column(heading: str, known: Mapping[str, str]) -> str | None:
    parts = (known.get(head_key(part)) for part in (heading, *in_each_language(heading)))
    return next(filter(None, parts), None) or _named_twice(heading, known)


def _named_twice(heading: str, known: Mapping[str, str]) -> str | None:
    """Return the column that a heading names in Chinese and in English without a mark between."""
    found = _TWICE.fullmatch(heading)
    names = {known.get(head_key(part)) for part in found.groups() if part} if found else set()
    return names.pop() if len(names) == 1 else None


_TWICE = re.compile(r"([^A-Za-z]+)([A-Za-z][^\u3400-\u9fff]*)|([A-Za-z][^\u3400-\u9fff]*)([^A-Za-z]+)")


def in_each_language(text: str) -> Sequence[str]:
    """Return what ``text`` says in each language where it says it in both, as copies in both do; () for any
    other."""
    parts = text.split(" / ")
    return parts if len(parts) == 2 else ()


def head_key(heading: str) -> str:
    """Return ``heading`` without case, width, blanks, points, hyphens, marks of required columns, and
    anything in brackets, for comparison."""
    return re.sub(
        r"[\s_*＊.\-]+|[(（\[【].*?[)）\]】]", "", unicodedata.normalize("NFKC", heading)
    ).casefold()


def _is_value(heading: str) -> bool:
    """Return whether ``heading`` is a value, so that a file begins without headings; values don't repeat."""
    return "@" in heading or sum(map(str.isdigit, heading)) >= 7


def known_headings(policy: EffectivePolicy) -> Message:
    return _("Known headings are: {names}.", names=listed(column.label for column in columns_of(policy)))
