"""Pupils' contacts and enrolments while others teach the class."""

from __future__ import annotations

import pytest

from db.desk import Refused
from tests.conftest import Clock
from tests.variants.acting import change, join
from tests.variants.registry import row, walks
from tests.variants.setting import succeed
from tests.variants.test_changes_by_others import goes
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


@pytest.mark.parametrize(
    ("login", "of", "waiting"),
    [
        row("jiangtao", "jiangtao", {"panan"}, of="D.5.2 D.3", person="successor", day="office-changed"),
        row("shilaoshi", "jiangtao", {"panan"}, of="D.5.2", person="deputy", day="office-changed"),
        row("panan", "jiangtao", {"shilaoshi"}, of="D.3 D.4", person="successor", day="office-changed"),
    ],
)
def test_a_pupils_contacts_wait_for_the_teacher_of_today(
    house: World, clock: Clock, login: str, of: str, waiting: set[str]
) -> None:
    succeed(house, "panan", "teacher", "class")
    clock.forward(days=1)
    request = change(house, login, "class", of)
    goes(house, request, (waiting, min(waiting)))
    with pytest.raises(Refused):
        house.desk("yanlaoshi").changes.form(house.entry(of, "class"))


@walks("D.5.1 D.3", person="deputy", day="spring-festival")
def test_the_deputy_enrols_and_the_teacher_confirms_in_the_holidays(house: World, clock: Clock) -> None:
    clock.set("2027-02-08T10:00+08:00")
    request = join(house, "shilaoshi", "class", "高一（3）班", "2027-02-08")
    goes(house, request, ({"yanlaoshi"}, "yanlaoshi"))
