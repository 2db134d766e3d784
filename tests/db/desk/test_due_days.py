"""The own due days as a calendar: recorded before they leave, and naming nobody."""

from __future__ import annotations

from datetime import date

import pytest

from db.store.record_words import words_of
from db.store.tables import AuditRecord
from reports.due_days import FOLDED, due_calendar
from tests.db.desk.asking import change
from tests.world import World


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.threat(15)
def test_due_days_leave_on_record_and_name_nobody(world: World) -> None:
    """Neither whom a request is about nor who asked for it; each line is as long as a calendar reads."""
    request = change(world, "zhangwei", asked={"extension": "8099"})
    days = world.desk("wangfang").waiting.calendar()
    read = AuditRecord.select().where(AuditRecord.act == "waiting.calendar").get()
    assert (read.book, words_of(read).detail["rows"], words_of(read).detail["form"]) == (
        "staff",
        len(days),
        "ics",
    )
    content = due_calendar(days, "zh_CN")
    lines = unfolded(content)
    assert f"UID:request-{request}@mingce" in lines
    assert not any(name in content.decode() for name in ("张伟", "8099", "zhangwei"))
    assert all(len(line) <= FOLDED for line in content.split(b"\r\n"))
    begin = lines[lines.index(f"UID:request-{request}@mingce") + 2]
    row = next(one for one in days if one.number == request)
    assert begin == f"DTSTART;VALUE=DATE:{date.fromisoformat(row.due.day):%Y%m%d}"
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


@pytest.mark.parametrize("login", ["zhangwei", "helei"])
def test_whoever_has_nothing_due_has_an_empty_calendar(world: World, login: str) -> None:
    change(world, "zhangwei", asked={"extension": "8099"})
    assert [one for one in world.desk(login).waiting.calendar() if one.id.startswith("request")] == []
