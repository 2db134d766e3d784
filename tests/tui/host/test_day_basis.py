"""By which country and time zone days are counted is on record: an edited file moves no day unseen."""

from __future__ import annotations

import json

import pytest

from db.desk.due_dates import calendar, today
from db.language import say
from db.store import clock
from db.store.engine import close_store, store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, DayBasis, Request
from tests.audited import detail_of
from tests.db.desk.asking import change
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import installation
from tests.world import World
from tui.host import doctor_checks

__all__ = ["installation"]


def write_settings(home: Home, **other: str) -> None:
    with home.settings_file.open("a", encoding="utf-8") as settings:
        settings.writelines(f'{name} = "{value}"\n' for name, value in other.items())


def begin(installation: Host, home: Home) -> None:
    """The settings' first word is on record, and is told to nobody."""
    assert installation.run("duties", "run").status == 0
    open_store(home)
    (first,) = DayBasis.select()
    assert (first.country, first.time_zone) == ("CN", "Asia/Shanghai")


def told(world: World, login: str) -> list[str]:
    return [str(one.detail) for one in world.desk(login).notices.unread() if one.kind == "days-counted"]


@pytest.mark.threat(111)
def test_an_edited_file_counts_no_day_until_it_is_on_record_and_told(
    installation: Host, home: Home, world: World
) -> None:
    begin(installation, home)
    assert told(world, "guotao") == []
    number = change(world, "zhangwei")
    due = Request.get_by_id(number).due
    close_store()
    write_settings(home, country="US", time_zone="America/New_York")
    open_store(home)
    assert (store().settings.country, store().settings.time_zone) == ("CN", "Asia/Shanghai")
    assert (calendar().country, today()) == ("CN", clock.local_date(clock.now(), "Asia/Shanghai"))
    close_store()
    said = installation.run("duties", "run")
    assert (said.status, "America/New_York" in said.out) == (0, True)
    open_store(home)
    assert calendar().country == "US"
    counted = AuditRecord.select().where(AuditRecord.act == "days.counted")
    record = counted.order_by(AuditRecord.seq.desc()).get()
    assert json.loads(detail_of(record))["was"] == "CN, Asia/Shanghai"
    assert record.source.startswith("host:")
    for login in ("helei", "liuyang", "guotao"):  # HR, supervision and IT
        (one,) = told(world, login)  # of two books once
        assert all(word in one for word in ("US", "America/New_York", "CN, Asia/Shanghai", "host:")), login
    assert due != Request.get_by_id(number).due
    (notice,) = [one.id for one in world.desk("helei").notices.unread() if one.kind == "days-counted"]
    world.desk("helei").notices.acknowledge(notice)
    assert told(world, "helei") == []
    close_store()
    assert installation.run("duties", "run").status == 0
    open_store(home)
    assert DayBasis.select().count() == 2


@pytest.mark.threat(111)
def test_an_unknown_country_leaves_the_days_as_they_were(
    installation: Host, home: Home, world: World
) -> None:
    begin(installation, home)
    close_store()
    write_settings(home, country="XX")
    said = installation.run("duties", "run")
    assert (said.status, "XX" in said.err, "CN" in said.err) == (0, True, True)
    open_store(home)
    assert (DayBasis.select().count(), store().settings.country) == (1, "CN")


def test_doctor_tells_of_settings_that_do_not_count_yet(installation: Host, home: Home) -> None:
    begin(installation, home)
    close_store()
    write_settings(home, time_zone="Asia/Tokyo")
    open_store(home)
    with pytest.raises(doctor_checks.Remark) as remark:
        doctor_checks.calendar(home)
    assert "settings.toml" in say(remark.value.found, "en")
