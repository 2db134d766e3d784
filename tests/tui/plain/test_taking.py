"""More than a screenful by a command takes the right to a copy, a mark and a digest, and is on record."""

from __future__ import annotations

import hashlib
import json

import pytest

from db.store.tables import AuditRecord
from tests.audited import detail_of
from tests.db.desk.reviewing import open_all
from tests.tui.plain.running import answered
from tests.world import World

EVERYBODY = "find 研发一部 --book staff --limit"


@pytest.fixture(autouse=True)
def small_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("find", "sheets"):
        monkeypatch.setattr(f"tui.plain.{module}.SCREENFUL", 3)


def exports() -> list[AuditRecord]:
    rows = AuditRecord.select().where(AuditRecord.act == "overview.export")
    return list(rows.order_by(AuditRecord.seq))


@pytest.mark.threat(64)
@pytest.mark.clause("A.12", "C.9.1")
@pytest.mark.parametrize("form", ["", " --json"])
def test_who_may_take_no_copy_gets_no_more_than_a_screenful(world: World, form: str) -> None:
    """In JSON, and in lines, which a program reads as well."""
    few = answered(world, "zhangwei", f"{EVERYBODY} 3{form}")
    assert (few.status, bool(few.out)) == (0, True)
    many = answered(world, "zhangwei", f"{EVERYBODY} 100{form}")
    assert (many.status, many.out) == (1, b"")
    assert "A.12" in many.err
    (record,) = exports()
    assert (record.outcome, record.book, record.clause) == ("refused", "staff", "A.12")


@pytest.mark.threat(64)
@pytest.mark.clause("A.12", "C.9.1")
@pytest.mark.parametrize("form", ["", " --json"])
def test_more_than_a_screenful_is_a_copy_with_a_mark_and_a_digest_on_record(world: World, form: str) -> None:
    many = answered(world, "liuyang", f"{EVERYBODY} 100{form}")
    assert many.status == 0
    (record,) = exports()
    said = json.loads(detail_of(record))
    assert (record.outcome, record.book) == ("done", "staff")
    assert said["sha256"] == hashlib.sha256(many.out).hexdigest()
    assert said["mark"] in many.err
    if form:
        assert {one["copy"] for one in many.data} == {said["mark"]}
        assert len(many.data) == said["rows"] > 3
    else:
        assert said["mark"] in many.text


@pytest.mark.threat(64)
@pytest.mark.clause("C.9.1")
def test_a_head_takes_the_own_department_and_nothing_beyond(world: World) -> None:
    whole = answered(world, "wangfang", "find 研发一部 --book staff --limit 100 --json")
    assert (whole.status, whole.out) == (1, b"")
    own = answered(world, "wangfang", "find 研发一部 --unit 研发一部 --book staff --limit 100 --json")
    assert own.status == 0
    assert len(own.data) == 4


@pytest.mark.threat(64)
@pytest.mark.clause("C.9.1")
def test_a_copy_is_of_one_directory(world: World) -> None:
    several = answered(world, "liuyang", "find 人力资源部 --limit 100 --json")
    assert (several.status, several.out) == (2, b"")
    assert "--book" in several.err
    assert exports() == []


@pytest.mark.threat(64)
@pytest.mark.clause("A.12", "C.9.1")
def test_a_list_as_json_is_a_copy_too(world: World) -> None:
    """What leaves as a file by right leaves as JSON by the same, marked and on record."""
    number = open_all("group")["check"]
    listed = answered(world, "luoyan", f"reviews items --review {number} --json")
    assert listed.status == 0
    (record,) = exports()
    said = json.loads(detail_of(record))
    assert (said["report"], said["format"]) == ("list reviews items", "json")
    assert said["sha256"] == hashlib.sha256(listed.out).hexdigest()
    assert {one["copy"] for one in listed.data} == {said["mark"]}
