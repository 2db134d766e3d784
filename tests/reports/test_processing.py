"""The record of processing says of all data whose it is, who sees it, how long, and by which clause."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.desk.due_dates import today
from db.desk.privacy.processing import seen_by
from db.language import Language, say
from db.policy.compose import compose
from db.policy.telling import Teller
from db.store.engine import Store
from reports.processing import KIND
from reports.report import Period, Report, spoken_cell
from tests.conftest import Clock
from tests.db.policy.texts import regulation
from tests.wider_world import build_wider_world
from tests.world import World


def drawn(world: World, login: str, book: str) -> Report:
    return KIND.build(world.desk(login), book, None, Period(today(), today()))


def row(report: Report, what: str, language: Language = "en") -> dict[str, str]:
    """The row of that name, as words."""
    for cells in report.rows:
        if spoken_cell(cells[0], language) == what:
            heads = [column.id for column in report.columns]
            return {head: spoken_cell(cell, language) for head, cell in zip(heads, cells, strict=True)}
    raise KeyError(what)


@pytest.mark.clause("A.10", "A.11")
def test_each_field_and_what_comes_of_use_stand_there_with_their_clauses(world: World) -> None:
    report = drawn(world, "liuyang", "staff")
    mobile = row(report, "Mobile")
    assert (mobile["nature"], mobile["clause"]) == ("required, protected", "A.3, A.7")
    assert "Human resources: the whole directory" in mobile["who"]
    assert "Contact about work" in mobile["why"]
    assert mobile["kept"] == "while in the directory, then 36 months"
    assert row(report, "purposes and reasons of look-ups")["kept"] == "24 months"
    assert row(report, "archive")["clause"] == "A.10"
    assert row(report, "手机", "zh_CN")["kept"] == "在册期间，其后 36 个月"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_who_sees_a_field_is_told_as_the_directory_shows_it(
    store: Store, clock: Clock, language: Language
) -> None:
    """Of the pupils' book: what classmates see, what only the school may, and what nobody else does."""
    world = build_wider_world("class")
    said = {
        name: row(drawn(world, "yanlaoshi", "class"), heads[language == "zh_CN"], language)["who"]
        for name, heads in {
            "open": ("Contact for classmates", "同学间联系方式"), "kept": ("Parents' phones", "家长电话"),
        }.items()
    }  # fmt: skip
    if language == "zh_CN":
        assert "班级成员：本班级" in said["open"]
        assert said["kept"].startswith("本人、")
        assert "部门" not in said["open"].replace("部门负责人", "")
        return
    assert "Member of the class: the own class" in said["open"]
    assert said["kept"] == (
        "the person, Class teacher, Deputy of the class teacher: the whole directory, "
        "School administration: the whole directory, once a purpose is stated"
    )


SEEN = """
[[kinds]]
id = "nurse"
zh = "护士"
en = "Nurse"
side = "internal"
clause = "X.1"
[[kinds]]
id = "partner"
clause = "X.1"
[[fields]]
name = "mobile"
protected = true
applies_to = ["nurse"]
clause = "X.3"
[[fields]]
name = "shift"
zh = "班次"
en = "Shift"
kind = "text"
visible_to = ["unit"]
clause = "X.3"
[[fields]]
name = "contract"
zh = "合同"
en = "Contract"
kind = "text"
applies_to = ["partner"]
clause = "X.3"
[[scopes]]
role = "employee"
side = "internal"
reach = "unit"
protected = "masked"
clause = "X.4"
[[scopes]]
role = "employee"
side = "external"
reach = "none"
propose = "none"
clause = "X.4"
[[scopes]]
role = "security"
side = "internal"
reach = "unit"
protected = "reveal"
clause = "X.4"
[[scopes]]
role = "it"
reach = "book"
protected = "hidden"
propose = "none"
clause = "X.4"
[[scopes]]
role = "inside-owner"
side = "external"
reach = "self"
protected = "reveal"
clause = "X.4"
"""


def test_who_sees_a_field_differs_by_side_by_relation_and_by_terms() -> None:
    """A role of the same reach on other terms is named; whoever sees of another side alone is not."""
    policy = compose("book", [regulation('maintainer = { role = "hr", clause = "X.1" }\n' + SEEN)])
    told = {
        field.name: say(seen_by(Teller(policy), field), "en")
        for field in policy.fields
        if field.name in ("mobile", "shift", "contract")
    }
    before, _terms, _after = told["mobile"].partition(": the own department, once a purpose is stated")
    assert "Information security" in before
    assert "Employee: the own department, after a granted request" in told["mobile"]
    assert "IT" not in told["mobile"]
    assert told["shift"] == "the person, the same department"
    assert "the person" not in told["contract"]
    assert "Employee" not in told["contract"]
    assert "Inside owner: the outside contacts that name them" in told["contract"]


def test_no_value_of_anybody_is_in_it(world: World) -> None:
    told = "".join(
        spoken_cell(cell, "zh_CN") for cells in drawn(world, "helei", "staff").rows for cell in cells
    )
    assert "张伟" not in told
    assert "13800002121" not in told


@pytest.mark.parametrize(
    ("login", "allowed"),
    [("liuyang", True), ("helei", True), ("guotao", True), ("zhangwei", False), ("liwei", False)],
)
def test_the_maintainer_the_supervisor_and_administrators_draw_it(
    world: World, login: str, allowed: bool
) -> None:
    if allowed:
        assert say(drawn(world, login, "staff").title, "en") == "Record of processing"
    else:
        with pytest.raises(Refused):
            drawn(world, login, "staff")
