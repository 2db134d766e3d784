"""Files of other programs put as this one reads them: two rows of headings made one, names put together from
their parts, numbers told apart by what stands beside them. Rows keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from db.desk.importing.columns import head_key

Row = Sequence[str]
SHOWN: Final = ("displayname", "cn")
"""Whole names, where no other column holds them."""
GIVEN: Final = ("firstname", "givenname", "名")
BETWEEN: Final = ("middlename", "additionalname", "中间名")
FAMILY: Final = ("lastname", "familyname", "surname", "sn", "姓")
PHONE: Final = ("phone", "电话")
SALUTATION: Final = "Salutation"
"""What Outlook's Title is beside a Job Title: Mr, Dr."""
OF_GOOGLE: Final[Mapping[str, str]] = {
    "email1value": "email",
    "organization1name": "organisation",
    "organization1title": "position",
    "organization1department": "unit",
    "organizationname": "organisation",
    "organizationtitle": "position",
    "organizationdepartment": "unit",
}
_PHONE: Final = re.compile(r"phone(\d)value")
_MOBILE: Final = re.compile(r"mobile|cell|手机|移动", re.IGNORECASE)
_HOME: Final = re.compile(r"home|家|住宅|fax|传真", re.IGNORECASE)
NUMERALS: Final = "一二三四五六七八12345678"
_LEVEL: Final = re.compile(rf"[{NUMERALS}]级(部门|单位|机构|组织)(名称)?")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def arrange_rows(rows: Sequence[Row], top: int, column: Callable[[str], str | None]) -> Sequence[Row]:
    """Return ``rows``, whose headings are in row ``top``, as this program reads them: one row of headings,
    whole names put together from their parts, phones sorted by what stands beside them. ``column`` tells
    which column a text heads. Without any of these the rows are returned as they are."""
    rows, top = _one_row_of_headings(rows, top, column)
    keys = [head_key(heading) for heading in rows[top]]
    headings, makes = list(rows[top]), list[Callable[[list[str]], None]]()
    _rename(headings, keys)
    if "name" not in map(column, headings):
        shown = next((keys.index(one) for one in SHOWN if one in keys), None)
        if shown is not None:
            headings[shown] = "name"
        else:
            _compose_names(headings, keys, makes)
    _sort_phones(headings, keys, makes)
    if "unit" not in map(column, headings):
        _compose_units(headings, keys, makes)
    if headings == list(rows[top]) and not makes:
        return rows
    changed: list[Row] = [*rows[:top], headings]
    for row in rows[top + 1 :]:
        cells = [*row, *[""] * (len(headings) - len(row))]
        for make in makes:
            make(cells)
        changed.append(cells)
    return changed


def _one_row_of_headings(
    rows: Sequence[Row], top: int, column: Callable[[str], str | None]
) -> tuple[Sequence[Row], int]:
    """Return the rows with one row of headings, and its place: columns without a heading take theirs from a
    second row of headings above or below."""
    for other in (top + 1, top - 1):
        if not 0 <= other < len(rows):
            continue
        width = max(len(rows[top]), len(rows[other]))
        mine, theirs = ([*row, *[""] * (width - len(row))] for row in (rows[top], rows[other]))
        more = [bool(column(two)) and not column(one) for one, two in zip(mine, theirs, strict=True)]
        # A row below is people unless it holds headings alone; one above may name groups of columns.
        pairs = zip(mine, theirs, strict=True)
        clear = other < top or all(not two.strip() or two == one or column(two) for one, two in pairs)
        if any(more) and clear:
            both = [two if new else one for one, two, new in zip(mine, theirs, more, strict=True)]
            first, second = sorted((top, other))
            return [*rows[:first], [""] * width, both, *rows[second + 1 :]], second
    return rows, top


def _rename(headings: list[str], keys: Sequence[str]) -> None:
    for place, key in enumerate(keys):
        if key == "title" and {"jobtitle", "organizationtitle"} & set(keys):
            headings[place] = SALUTATION
        elif key in OF_GOOGLE:
            headings[place] = OF_GOOGLE[key]
        elif key in PHONE and any(map(_MOBILE.search, headings)):
            headings[place] = "office_phone"


def _compose_names(
    headings: list[str], keys: Sequence[str], makes: list[Callable[[list[str]], None]]
) -> None:
    """Rename the headings, and add to ``makes`` a function, so that a whole name is put together from its
    parts in the column of the given name."""
    given, between, family = (_place(keys, among) for among in (GIVEN, BETWEEN, FAMILY))
    if given is None or family is None:
        return
    used = [place for place in (given, between, family) if place is not None]
    for place in used:
        headings[place] = ""
    headings[given] = "name"

    def make(cells: list[str]) -> None:
        parts = [cells[place].strip() for place in used]
        for place in used:
            cells[place] = ""
        is_han = bool(_HAN.search("".join(parts)))
        cells[given] = parts[-1] + parts[0] if is_han else " ".join(filter(None, parts))

    makes.append(make)


def _compose_units(
    headings: list[str], keys: Sequence[str], makes: list[Callable[[list[str]], None]]
) -> None:
    """Rename the headings, and add to ``makes`` a function, so that a unit's path is put together from its
    levels in the column of the first."""
    levels = [(NUMERALS.index(key[0]) % 8, place) for place, key in enumerate(keys) if _LEVEL.fullmatch(key)]
    if not levels:
        return
    used = [place for _level, place in sorted(levels)]
    for place in used:
        headings[place] = ""
    headings[used[0]] = "unit"

    def make(cells: list[str]) -> None:
        path = dict.fromkeys(filter(None, (cells[place].strip() for place in used)))
        for place in used:
            cells[place] = ""
        cells[used[0]] = "/".join(path)

    makes.append(make)


def _sort_phones(headings: list[str], keys: Sequence[str], makes: list[Callable[[list[str]], None]]) -> None:
    """Rename the headings, and add to ``makes`` a function, so that Google's numbers, each with its type in
    the column beside it, go to the columns of their kinds. Of several in a cell or of a kind the first
    counts; the others go to a column of their own."""
    pairs = [
        (_place(keys, (f"phone{found[1]}type", f"phone{found[1]}label")), place)
        for place, key in enumerate(keys)
        if (found := _PHONE.fullmatch(key))
    ]
    email = _place(keys, ("email1value",))
    if not pairs and email is None:
        return
    for place in (place for pair in pairs for place in pair if place is not None):
        headings[place] = ""
    names = ("mobile", "office_phone", "mobile 2", "office_phone 2", "TEL HOME", "email 2")
    targets = {name: len(headings) + number for number, name in enumerate(names)}
    headings += names if pairs else ("",) * 5 + names[5:]

    def make(cells: list[str]) -> None:
        cells += [""] * (len(headings) - len(cells))

        def append_texts(name: str, texts: Iterable[str]) -> None:
            for text in filter(None, map(str.strip, texts)):
                target = targets[name if not cells[targets[name]] or name not in MORE else MORE[name]]
                cells[target] = ";".join(filter(None, (cells[target], text)))

        for kind, place in pairs:
            said = cells[kind] if kind is not None else ""
            name = "TEL HOME" if _HOME.search(said) else "mobile" if _MOBILE.search(said) else "office_phone"
            append_texts(name, cells[place].split(SEVERAL))
            cells[place] = ""
            if kind is not None:
                cells[kind] = ""
        if email is not None:
            cells[email], *more = cells[email].split(SEVERAL)
            append_texts("email 2", more)

    makes.append(make)


MORE: Final = {"mobile": "mobile 2", "office_phone": "office_phone 2"}
SEVERAL: Final = ":::"
"""Stands between several values of a cell of Google's."""


def _place(keys: Sequence[str], among: Sequence[str]) -> int | None:
    return next((place for place, key in enumerate(keys) if key in among), None)
