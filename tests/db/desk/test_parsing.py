"""Days and numbers as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Invalid
from db.desk.notation.parsing import UNFIT, read_count, read_day
from db.language import Message
from db.store.tables import Request
from tests.world import World


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        " 2026-11-3 ",
        "2026/11/03",
        "2026.11.3",
        "２０２６－１１－０３",
        "２０２６／１１／３",
        "2026年11月3日",
    ],
)
def test_a_day_is_taken_as_people_write_it(text: str) -> None:
    assert read_day(text) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write the date as 2026-11-23."),
        ("11-03", "Write the date as 2026-11-23."),
        ("03/11/2026", "Write the date as 2026-11-23."),
        ("2026-W45", "Write the date as 2026-11-23."),
        ("2026-02-30", "There is no such day."),
        ("2026-13-01", "There is no such day."),
        ("0000-01-01", "There is no such day."),
    ],
)
def test_what_is_no_day_is_said(text: str, said: str) -> None:
    found = read_day(text)
    assert isinstance(found, Message)
    assert found.text == said


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", None),
        (" 7 ", 7),
        ("７", 7),
        ("0", UNFIT),
        ("-1", UNFIT),
        ("1.5", UNFIT),
        ("七", UNFIT),
        ("9" * 9, UNFIT),
    ],
)
def test_a_count_is_read(text: str, count: int | None) -> None:
    assert read_count(text) == count


def test_since_when_it_is_so_is_kept_as_one_spelling(world: World) -> None:
    desk = world.desk("zhangwei")
    form = desk.changes.form(world.entry("zhangwei"))
    evidence = desk.evidence.add("受理单.txt", b"ok").id
    asked = {"extension": "8099"}

    def submit(day: str) -> None:
        desk.changes.submit(form.entry, form.version, asked, "换座位", evidence=(evidence,), changed_on=day)

    submit("２０２６/１１/２０")
    assert Request.get().changed_on == "2026-11-20"
    with pytest.raises(Invalid) as caught:
        submit("2026-11-31")
    assert [problem.field for problem in caught.value.problems] == ["changed_on"]
