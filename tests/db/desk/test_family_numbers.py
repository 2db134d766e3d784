"""What a pupil's family gives: a landline may be all it has (D.2.2, D.2.3), and a birth is past (D.2.1)."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.emergency.emergencies import Emergencies
from db.desk.entry.record import apply_values, load_entry
from db.desk.importing.importing import Source
from db.language import say
from db.store.tables import Entry
from db.store.transactions import writing
from tests.db.desk.asking import change
from tests.db.desk.importing_world import sheet
from tests.variants.acting import join
from tests.world import World

BOOK = "class"
LANDLINE = "0571 8888 1234"
BOOKS_OF = {"school": (BOOK,)}
HEADINGS = [
    "姓名", "班级", "性别", "学号", "出生日期", "籍贯", "家长姓名", "家长电话", "家庭住址", "紧急联系人",
    "紧急联系电话", "与学生关系",
]  # fmt: skip


@pytest.fixture
def school(begun: World) -> World:
    return begun


@pytest.mark.clause("D.2.2", "D.2.3", "D.5.2")
@pytest.mark.parametrize("field", ["parent_phones", "emergency_phone"])
@pytest.mark.parametrize("number", [LANDLINE, "0571-88881234", "+852 9123 4567", "010 6234 5678 转 12"])
def test_a_change_takes_a_landline(school: World, field: str, number: str) -> None:
    change(school, "yanlaoshi", BOOK, of="jiangtao", asked={field: number})


@pytest.mark.clause("D.2.2", "D.2.3")
def test_without_its_area_code_it_is_asked_for(school: World) -> None:
    with pytest.raises(Invalid) as caught:
        change(school, "yanlaoshi", BOOK, of="jiangtao", asked={"parent_phones": "8888 1234"})
    [problem] = caught.value.problems
    assert "区号" in say(problem.message, "zh_CN")
    assert "area code" in say(problem.message, "en")


@pytest.mark.clause("D.2.2", "D.5.1")
def test_a_pupil_of_such_a_family_is_entered(school: World) -> None:
    given = {"parent_phones": LANDLINE, "emergency_phone": LANDLINE}
    assert join(school, "yanlaoshi", BOOK, "高一（3）班", "2026-11-23", **given)


@pytest.mark.clause("D.2.2", "D.9.1", "D.9.3")
def test_it_is_called_first_and_masked_and_shown_as_a_mobile_is(school: World) -> None:
    pupil = school.entry("jiangtao", BOOK)
    with writing():
        apply_values(pupil, {"parent_phones": ("+8657188881234",)}, source="登记表", verifier=None)
    teacher, deputy = school.desk("yanlaoshi"), school.desk("shilaoshi")
    (line,) = [one for one in teacher.directory.search(BOOK, "江涛") if one.entry == pupil]
    (office,) = [one for one in school.desk("jiaowuchu").directory.search(BOOK, "江涛") if one.entry == pupil]
    assert LANDLINE not in (line.text("phone"), office.text("phone"))
    assert office.text("phone") == "057••••34"
    assert deputy.directory.reveal(pupil, "parent_phones", "class").texts == (LANDLINE,)
    assert Emergencies(teacher).open(pupil).numbers[0].text == LANDLINE


@pytest.mark.clause("D.2.2", "D.2.3", "D.5.1")
def test_a_class_sheet_brings_landlines_in(school: World) -> None:
    rows = sheet(
        (
            "买买提·艾力", "高一（3）班", "男", "20260398", "2010-05-04", "新疆喀什", "艾力；古丽",
            "0998-2821234、13600001234", "学院路 8 号", "艾力", "09982821234", "父亲",
        ),
        headings=HEADINGS,
    )  # fmt: skip
    (line,) = [one for one in school.desk("yanlaoshi").importing.view(BOOK, rows).lines if one.name]
    shown = {say(value, "zh_CN") for _label, value in line.values}
    assert {"男", "0998 282 1234", "136 0000 1234"} <= shown, "a choice by its name, a number as it is read"
    school.desk("yanlaoshi").importing.load(BOOK, rows, Source("class.xlsx", "0" * 64))
    values = load_entry(Entry.get(Entry.name == "买买提·艾力").id).values
    assert values["parent_phones"] == ("+869982821234", "+8613600001234")
    assert values["emergency_phone"] == ("+869982821234",)


@pytest.mark.clause("D.2.1")
def test_nobody_was_born_on_a_day_to_come(school: World) -> None:
    with pytest.raises(Invalid) as caught:
        change(school, "yanlaoshi", BOOK, of="jiangtao", asked={"birth_date": "2030-05-04"})
    assert [problem.field for problem in caught.value.problems] == ["birth_date"]
    change(school, "yanlaoshi", BOOK, of="jiangtao", asked={"birth_date": "2010-05-05"})
