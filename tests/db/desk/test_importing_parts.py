"""A large file, imported part by part while others write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from db.desk import Refused
from db.desk.entry import record
from db.desk.importing import importing
from db.desk.importing.importing import Source
from db.store import audit
from db.store.engine import Store
from db.store.record_words import words_of
from db.store.tables import AuditRecord, Entry, Unit
from db.store.transactions import writing
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book, person, sheet
from tests.db.desk.test_importing import SOURCE


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Sequence[tuple[str, ...]]:
    """Rows that come in three at a time: colleagues in two units, one of whom the contact names."""
    monkeypatch.setattr(importing, "PART", 3)
    contact = (*person(9, "供应商甲", "外部联系人/供应商")[:6], "", "合作伙伴", "远景公司", "王5")
    inside = [
        (
            *person(number, f"王{number}", f"研发中心/研发{number % 2}部", "是" if number < 3 else ""),
            "",
            "",
            "",
        )
        for number in range(1, 8)
    ]
    return [contact, *inside]


def parts() -> list[dict[str, Any]]:
    """What the record says of each part, in order."""
    rows = AuditRecord.select().where((AuditRecord.act == "importing.load") & (AuditRecord.outcome == "done"))
    return [dict(words_of(row).detail) for row in rows.order_by(AuditRecord.seq)]


CONTACTS = [*HEADINGS, "类别", "单位", "内部对接人"]


def test_many_come_in_part_by_part_and_others_write_meanwhile(
    store: Store, in_parts: Sequence[tuple[str, ...]]
) -> None:
    """Each part is whole and on record; the contact comes last, as it names somebody of the same file."""
    desk, told = desk_of("hr", make_book(policies=("company",)), "hr"), []

    def progress(phase: str, done: int, of: int) -> None:
        told.append((phase, done, of))
        if phase == "taken":
            assert not store.database.in_transaction()
            with writing():
                audit.append(act="test", outcome="done")

    rows = sheet(*in_parts, headings=CONTACTS)
    report = desk.importing.load("staff", rows, SOURCE, progress)
    assert (report.entries, report.external, report.heads) == (8, 1, 2)
    assert [one[1:] for one in told if one[0] == "taken"] == [(3, 8), (6, 8), (8, 8)]
    assert [(part["entries"], part["taken"], part["of"], part["first_load"]) for part in parts()] == [
        (3, 3, 8, True), (3, 6, 8, True), (2, 8, 8, True),
    ]  # fmt: skip
    contact = Entry.get(Entry.kind == "partner")
    assert contact.inside_owner == Entry.get(Entry.name == "王5").id
    assert Entry.select().count() == 8
    assert audit.verify().sound


def test_a_file_that_was_broken_off_goes_on_from_there(
    store: Store, in_parts: Sequence[tuple[str, ...]]
) -> None:
    desk = desk_of("it", make_book(policies=("company",)), "it")
    rows = sheet(*in_parts, headings=CONTACTS)

    def progress(phase: str, done: int, _of: int) -> None:
        if (phase, done) == ("taken", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.importing.load("staff", rows, SOURCE, progress)
    assert Entry.select().count() == 3
    with pytest.raises(Refused):  # another file is no part of what the operator began
        desk.importing.load("staff", rows, Source("other.xlsx", "1" * 64))
    assert desk.importing.check("staff", rows, source=SOURCE).before == 3
    report = desk.importing.load("staff", rows, SOURCE)
    assert (report.entries, report.before) == (5, 3)
    assert [part["taken"] for part in parts()] == [3, 6, 8]
    assert sorted(row.name for row in Entry.select()) == sorted(row[0] for row in in_parts)
    with pytest.raises(Refused):
        desk.importing.load("staff", rows, SOURCE)


def test_who_was_entered_meanwhile_does_not_come_in_again(
    store: Store, in_parts: Sequence[tuple[str, ...]]
) -> None:
    """The look at the whole is of before; each part is held against the record as it is then."""
    desk = desk_of("hr", make_book(policies=("company",)), "hr")

    def progress(phase: str, done: int, _of: int) -> None:
        if (phase, done) == ("taken", 3):
            unit = Unit.get(Unit.name == "研发0部")
            with writing():
                values = {"name": ("王7",), "mobile": ("+8613800000007",), "email": ("u7@example.com",)}
                record.create_entry("staff", unit.id, "full-time", values)

    desk.importing.load("staff", sheet(*in_parts, headings=CONTACTS), SOURCE, progress)
    assert Entry.select().where(Entry.name == "王7").count() == 1
