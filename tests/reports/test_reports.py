"""Reports as their readers get them."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.offices import end_headships
from db.language import LANGUAGES, say
from db.store.tables import AuditRecord
from reports.catalogue import KINDS, catalogue, kind_named
from reports.export import export
from reports.formats.text import render
from reports.period import parse_period
from reports.report import Period, Report
from tests.audited import detail_of
from tests.db.desk.asking import approve, change
from tests.reports.answered import answered
from tests.world import World

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_the_catalogue_lists_what_the_reader_may_have(world: World) -> None:
    assert [offer.kind.name for offer in catalogue(world.desk("zhangwei"))] == []
    offers = catalogue(world.desk("wangfang"))
    offered = [offer.kind.name for offer in offers]
    assert offered == ["directory", "changes", "compliance", "incomplete", "movements"]
    assert [unit.name for unit in offers[0].books[0].units] == ["研发一部"]


def test_every_report_is_complete_in_both_languages(world: World) -> None:
    desk = world.desk("helei")
    offers = catalogue(desk)
    offered = {offer.kind.name for offer in offers}
    assert {"directory", "access", "changes", "compliance", "coverage", "incomplete"} <= offered
    for kind, book in ((offer.kind, book.id) for offer in offers for book in offer.books):
        report = kind.build(desk, book, None, NOVEMBER)
        assert report.name == kind.name
        assert len({column.id for column in report.columns}) == len(report.columns)
        assert all(len(row) == len(report.columns) for row in report.rows)
        if kind.name in ("directory", "names", "processing"):
            assert answered(desk, report) == (len(report.rows),)
        for language in LANGUAGES:
            text = render(report, language, 80)
            assert say(report.title, language) in text
            assert "helei" in text
            assert say(kind.about, language)


def said(report: Report) -> tuple[str, ...]:
    """What stands above the table."""
    return tuple(say(report.note or "", language) for language in LANGUAGES)


def test_every_table_says_what_it_comes_to(world: World) -> None:
    number = change(world, "zhangwei")
    for head in ("wangfang", "zengqing"):
        approve(world, head, number)
    desk = world.desk("helei")
    changed = KINDS["changes"].build(desk, "staff", None, NOVEMBER)
    assert said(changed) == (
        "变更 1 项，涉及 1 人。最多的是手机，1 项。",
        "Changes: 1, people: 1. Most often: Mobile, 1.",
    )
    none = KINDS["changes"].build(desk, "group", None, NOVEMBER)
    assert said(none) == ("变更 0 项，涉及 0 人。", "Changes: 0, people: 0.")
    listed = KINDS["directory"].build(desk, "staff", None, NOVEMBER)
    units = len({row[listed.column("unit")] for row in listed.rows})
    assert said(listed)[1].startswith(f"Entries: {len(listed.rows)}. Department: {units}.")
    assert (
        "entries have values"
        in said(KINDS["directory"].build(world.desk("wangfang"), "staff", None, NOVEMBER))[1]
    )


@pytest.mark.clause("A.12", "E.4")
@pytest.mark.threat(18)
def test_a_report_shows_only_what_its_reader_may_see(world: World) -> None:
    desk = world.desk("wangfang")
    report = KINDS["directory"].build(desk, "staff", None, NOVEMBER)
    for format in ("text", "csv", "md", "json"):
        text = export(desk, report, format, "zh_CN").content.decode("utf-8-sig")
        assert "张伟" in text
        assert "周围" not in text
        assert "13800002121" not in text.replace(" ", "")


@pytest.mark.clause("C.9.1", "A.12")
def test_a_copy_is_recorded_with_its_digest_and_carries_the_readers_mark(world: World) -> None:
    desk = world.desk("fangmin")
    report = KINDS["directory"].build(desk, "subsidiary", None, NOVEMBER)
    document = export(desk, report, "csv", "zh_CN")
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    detail = json.loads(detail_of(record))
    assert (record.act, record.account, record.book) == (
        "overview.export",
        world.accounts["fangmin"],
        "subsidiary",
    )
    assert detail["sha256"] == hashlib.sha256(document.content).hexdigest() == document.sha256
    assert detail["mark"] == document.mark
    text = document.content.decode("utf-8-sig")
    assert document.mark in text
    assert "fangmin" in text
    assert export(desk, report, "csv", "zh_CN").mark != document.mark


@pytest.mark.threat(25)
def test_nothing_leaves_where_it_cannot_be_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = world.desk("fangmin")
    report = KINDS["directory"].build(desk, "subsidiary", None, NOVEMBER)

    def full_disk(**_more: object) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr("db.store.audit.append", full_disk)
    with pytest.raises(OSError, match="no space"):
        export(desk, report, "csv", "zh_CN")


@pytest.mark.threat(20)
def test_a_report_on_the_screen_does_not_leave_after_its_right_has_gone(world: World) -> None:
    desk = world.desk("fangmin")
    report = KINDS["directory"].build(desk, "subsidiary", None, NOVEMBER)
    from db.store.tables import Entry, Grant

    Grant.update(revoked_at="2026-11-23T01:00:00.000000Z").execute()
    end_headships(book="subsidiary", person=Entry.get_by_id(world.entry("fangmin", "subsidiary")).person_id)
    assert Entry.get_by_id(world.entry("fangmin", "subsidiary")).state == "active"
    with pytest.raises(Refused):
        export(desk, report, "csv", "zh_CN")


def test_an_unknown_format_or_report_says_which_there_are(world: World) -> None:
    desk = world.desk("fangmin")
    report = KINDS["coverage"].build(desk, "subsidiary", None, NOVEMBER)
    with pytest.raises(Invalid) as wrong:
        export(desk, report, "docx", "en")
    assert "csv" in say(wrong.value.problems[0].message, "en")
    with pytest.raises(Invalid) as unknown:
        kind_named("salaries")
    assert "compliance" in say(unknown.value.problems[0].message, "en")


@pytest.mark.parametrize(("word", "name"), [("deadlines", "compliance"), ("moves", "movements")])
def test_a_report_comes_by_the_word_of_the_screen_too(word: str, name: str) -> None:
    assert kind_named(word) is KINDS[name]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026q1", "2026-01-01", "2026-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        ("2026-11-01..2026-11-15", "2026-11-01", "2026-11-15"),
        ("30d", "2026-10-25", "2026-11-23"),
        ("2026-W48", "2026-11-23", "2026-11-29"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
    ],
)
def test_periods_as_people_write_them(text: str, first: str, last: str) -> None:
    period = parse_period(text, date(2026, 11, 23))
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-Q5", "2026-11-31", "9999d9", "2026-11-01.."])
def test_what_is_no_period_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid):
        parse_period(text, date(2026, 11, 23))


@pytest.mark.parametrize("document", ["reports-and-audit.md", "reports-and-audit.zh.md"])
def test_every_report_is_documented(document: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / document).read_text("utf-8")
    missing = {name for name in KINDS if f"| `{name}` |" not in text}
    assert missing == set(), f"add its row to the table of reports in docs/{document}"
