"""The record of processing says of all data whose it is, who sees it, how long, and by which clause."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.desk.clockwork import today
from db.language import Language, say
from reports.processing import build
from reports.report import Period, Report, spoken
from tests.world import World


def drawn(world: World, login: str, book: str) -> Report:
    return build(world.desk(login), book, None, Period(today(), today()))


def row(report: Report, what: str, language: Language = "en") -> dict[str, str]:
    """The row of that name, as words."""
    for cells in report.rows:
        if spoken(cells[0], language) == what:
            heads = [column.id for column in report.columns]
            return {head: spoken(cell, language) for head, cell in zip(heads, cells, strict=True)}
    raise KeyError(what)


@pytest.mark.clause("A.10", "A.11")
def test_each_field_and_what_comes_of_use_stand_there_with_their_clauses(world: World) -> None:
    report = drawn(world, "liuyang", "staff")
    mobile = row(report, "Mobile")
    assert (mobile["nature"], mobile["clause"]) == ("required, protected", "A.3, A.7")
    assert "Human resources: the whole book" in mobile["who"]
    assert "Contact about work" in mobile["why"]
    assert mobile["kept"] == "while in the directory, then 36 months"
    assert row(report, "purposes and reasons of look-ups")["kept"] == "24 months"
    assert row(report, "archive")["clause"] == "A.10"
    assert row(report, "手机", "zh_CN")["kept"] == "在册期间，其后 36 个月"


def test_no_value_of_anybody_is_in_it(world: World) -> None:
    told = "".join(spoken(cell, "zh_CN") for cells in drawn(world, "helei", "staff").rows for cell in cells)
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
