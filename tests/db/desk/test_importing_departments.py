"""Departments that a spreadsheet writes otherwise than they are on record."""

from __future__ import annotations

import pytest

from db.desk import Desk
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import BadRows, ImportReport
from db.language import say
from db.store.engine import Store
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book, person, sheet

SOURCE = Source("花名册.xlsx", "0" * 64)
ON_RECORD = ("研发中心/研发一部", "研发中心/研发二部", "研发中心/测试组", "华东区/测试组", "市场-公关部")


@pytest.fixture
def hr(store: Store) -> Desk:
    """Whoever maintains a book in which everybody of `ON_RECORD` is."""
    desk = desk_of("hr", make_book(), "hr")
    desk.importing.load("staff", sheet(*(person(i, unit=unit) for i, unit in enumerate(ON_RECORD))), SOURCE)
    return desk


def checked(desk: Desk, *units: str, new: tuple[str, ...] = ()) -> ImportReport:
    rows = sheet(*(person(20 + place, unit=unit) for place, unit in enumerate(units)))
    return desk.importing.check("staff", rows, ImportWishes(new_units=new))


def asked(desk: Desk, *units: str) -> list[str]:
    """What is asked of rows in ``units``, one reason a row."""
    with pytest.raises(BadRows) as caught:
        checked(desk, *units)
    return [say(error.reason, "en") for error in caught.value.errors]


@pytest.mark.parametrize(
    "written",
    [
        "研发一部",
        "研发中心-研发一部",
        "研发中心 - 研发一部",
        "研发中心/研发一部",
        "华星集团/研发中心/研发一部",
        "华星集团-研发中心-研发一部",
    ],
)
def test_a_last_name_or_a_path_with_hyphens_is_the_department_on_record(hr: Desk, written: str) -> None:
    report = checked(hr, written)
    assert report.units == ()
    assert report.matched in ((), ((written, "研发中心/研发一部"),))


def test_an_office_of_another_kind_is_asked_about(hr: Desk) -> None:
    assert asked(hr, "测试所") == ["It is not on record, and looks like 华东区/测试组, 研发中心/测试组."]


def test_hyphens_behind_the_organisation_part_a_new_department(store: Store) -> None:
    """As DingTalk writes them, and where nobody is in the directory yet."""
    desk = desk_of("hr", make_book(), "hr")
    assert checked(desk, "华星集团-研发中心-研发一部").units == ("研发中心", "研发中心/研发一部")


def test_a_name_with_a_hyphen_that_is_on_record_is_no_path(hr: Desk) -> None:
    assert checked(hr, "市场-公关部").units == ()


def test_a_last_name_that_two_departments_have_is_asked_about(hr: Desk) -> None:
    [reason] = asked(hr, "测试组")
    assert "Several" in reason
    assert "研发中心/测试组" in reason
    assert "华东区/测试组" in reason


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ("研发1部", "研发中心/研发一部"),
        ("研发中心/研发一", "研发中心/研发一部"),
        ("研发中芯", "研发中心"),
        ("研发中心/研发一组", "研发中心/研发一部"),
        ("研发中芯/架构组", "研发中心"),
    ],
)
def test_a_new_department_that_looks_like_one_on_record_is_asked_about(
    hr: Desk, written: str, like: str
) -> None:
    [reason] = asked(hr, written)
    assert like in reason
    assert checked(hr, written, new=(written,)).units


@pytest.mark.parametrize("written", ["研发中心/研发三部", "华东区/研发一部", "财务部", "研发中心-架构组"])
def test_one_that_looks_like_none_is_new(hr: Desk, written: str) -> None:
    assert checked(hr, written).units == (written.replace("-", "/"),)


def test_two_new_ones_of_a_file_that_look_alike_are_asked_about(hr: Desk) -> None:
    assert len(asked(hr, "销售中心/销售一部", "销售中心/销售1部")) == 1
    assert len(asked(hr, "北京分公司/财务部", "财务部")) == 1
    assert len(checked(hr, "北京分公司/财务部", "财务部", new=("财务部",)).units) == 3
    assert len(checked(hr, "北京分公司/财务部", "上海分公司/财务部").units) == 4


def test_a_column_with_the_departments_above_leaves_nothing_out(hr: Desk) -> None:
    """Of two departments of one name the one at the top stands there, as our own reports write it."""
    headings = [*HEADINGS, "上级部门"]
    rows = [(*person(30, unit="测试组"), "研发中心"), (*person(31, unit="研发一部"), "")]
    report = hr.importing.check(
        "staff", sheet(*rows, headings=headings), ImportWishes(new_units=("研发一部",))
    )
    assert report.units == ("研发一部",)


def test_what_was_asked_once_is_not_asked_part_by_part(hr: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.desk.importing.importing.PART", 2)
    rows = sheet(
        *(person(40 + place, unit=unit) for place, unit in enumerate(["北京分公司/财务部", "财务部"] * 3))
    )
    loaded = hr.importing.load(
        "staff", rows, Source("b.xlsx", "1" * 64), wishes=ImportWishes(new_units=("财务部",))
    )
    assert loaded.entries == 6
    assert set(loaded.units) == {"北京分公司", "北京分公司/财务部", "财务部"}
