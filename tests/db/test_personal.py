"""What is personal in backups and in the journal: whoever has the keys finds nobody there who was erased."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from peewee import BlobField, CharField, TextField

from db.desk.backups import owners_backups
from db.desk.backups.running import make_backup, run_backup
from db.desk.entry.naming import by_number
from db.desk.notifications.notices import store_notice
from db.desk.privacy.erasing import OUTSIDE, erase_person
from db.desk.requests.payload import open_payload
from db.desk.tasks.duties import RunnerPlace
from db.language import say
from db.store import audit, subject_copies, subjects
from db.store.backups.dump import dump
from db.store.backups.rows import KEPT
from db.store.backups.vault import lines
from db.store.engine import close_store, store
from db.store.journal import frames
from db.store.journal.capture import paused
from db.store.keys import read_backup_key, read_journal_keys
from db.store.opening import open_store
from db.store.personal import PERSONAL, WAYS
from db.store.proof.making_sums import updating_sums
from db.store.row_encryption import Hiding, Showing
from db.store.sealing import SealBroken
from db.store.settings import Home
from db.store.tables import ALL, Entry, EntryField, Person, Request, SubjectKey, columns
from db.store.tables.base import Table
from db.store.tables.columns import MomentField
from db.store.tables.facts import ROW, UNKEPT, Fact, Personal
from db.store.transactions import writing
from tests.db.desk.asking import approve, ask_access
from tests.db.personal_rows import NUMBER, WHOLE, left_of, live, words
from tests.world import World

PLACE = RunnerPlace("host", "host:test")


@pytest.fixture
def installed(world: World, home: Home) -> World:
    """The organisation, in an installation with a folder for backups."""
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(store().settings.database)}\n', "utf-8"
    )
    return world


def back_up(home: Home) -> None:
    close_store()
    assert [one.problem for one in run_backup(home, PLACE, lambda: None)] == [""]
    open_store(home)


def in_clear(home: Home) -> str:
    """All that the keys `backup` and `journal` open in the places of backups and in the journal."""
    found: list[str] = []
    for file in (home.folder / "backups").glob("*.backup"):
        with file.open("rb") as stream:
            found += [line.decode("utf-8") for line in lines(stream, [read_backup_key(home.keys)])]
    assert found
    for file in store().journal.folder.glob(f"*{frames.SUFFIX}"):
        for frame in frames.read(file, read_journal_keys(home.keys)):
            found.append(frame.content.decode("utf-8"))
    # what stands in a text within a text is written with \\" there
    return "\n".join(found).replace("\\", "")


def facts(table: type[Table]) -> dict[str, Fact | None]:
    """What the columns of ``table`` say that hold text, days or something sealed."""
    return {
        field.column_name: getattr(field, "fact", None)
        for field in table._meta.sorted_fields
        if isinstance(field, CharField | TextField | BlobField) and not isinstance(field, MomentField)
    }


@pytest.mark.threat(28)
@pytest.mark.parametrize("table", KEPT, ids=lambda table: str(table._meta.table_name))
def test_of_every_column_it_is_said_whether_it_is_personal(table: type[Table]) -> None:
    said = facts(table)
    told = (
        "give each column a fact of db/store/tables/facts.py, first in its brackets; UNKEPT is for "
        "tables that no backup holds"
    )
    assert [column for column, fact in said.items() if fact in (None, UNKEPT)] == [], told
    whole = [fact == Personal(ROW) for fact in said.values()]
    assert all(whole) or not any(whole), "either the whole row is personal or each column for itself"


def test_nothing_is_personal_that_leads_to_nobody() -> None:
    told = "let a foreign key say to_person=, so that the row is found by its person"
    assert PERSONAL.keys() - WAYS.keys() == set(), told


def test_every_table_that_is_personal_is_tried() -> None:
    told = "name a column of it in WHOLE of tests/db/personal_rows.py, and have live() write a row of it"
    assert {table for table, columns in PERSONAL.items() if not columns} == WHOLE.keys(), told


@pytest.mark.parametrize("table", sorted(set(ALL) - set(KEPT), key=str), ids=str)
def test_what_is_in_no_backup_says_so(table: type[Table]) -> None:
    assert {fact for fact in facts(table).values() if fact is not None} <= {UNKEPT}


def test_a_column_of_words_cannot_be_made_without_a_fact() -> None:
    for kind in (columns.CharField, columns.TextField, columns.SealedField):
        made: Any = kind
        with pytest.raises(TypeError, match="fact"):
            made(null=True)


@pytest.mark.threat(28)
def test_an_erased_person_is_in_no_backup_and_no_journal_whoever_has_the_keys(
    installed: World, home: Home
) -> None:
    """All that was written before the erasure is kept by somebody with every key that is a file."""
    person = live(installed, "helei", "group")
    owners_backups.back_up_book("group")
    back_up(home)
    sealed = [
        bytes(row.sealed).hex()
        for row in EntryField.select().where(EntryField.entry == installed.entry("helei", "group"))
        if row.sealed is not None
    ]
    with writing():
        erase_person(person)
        audit.append(act="privacy.erase", outcome="done", detail={"person": person})
    said = in_clear(home)
    assert [one for one in (*words(), *sealed) if one in said] == []
    assert left_of(person) == [OUTSIDE]
    assert subjects.key_of(person) is None, "not even for the row as it was"


@pytest.mark.threat(28)
def test_who_was_asked_for_by_name_is_erased_from_the_request_and_from_every_backup(
    installed: World, home: Home
) -> None:
    """The request leads to nobody's entry, and whoever asked is still there."""
    name, desk = "何磊", installed.desk("zhangwei")
    request = ask_access(desk, "staff", "何磊的交接材料", name=name, days=7)
    approve(installed, "helei", request)
    back_up(home)
    row = Request.get_by_id(request)
    kept, person = bytes(row.payload), Entry.get_by_id(installed.entry("helei")).person_id
    assert name in json.dumps(open_payload(row), ensure_ascii=False)
    with writing():
        erase_person(person)
        audit.append(act="privacy.erase", outcome="done", detail={"person": person})
    assert name not in in_clear(home)
    row.payload = kept
    with pytest.raises(subjects.Destroyed):
        open_payload(row)
    row = Request.get_by_id(request)
    assert open_payload(row) == {"name": "", "unit": "", "days": 7}
    assert (row.reason, row.state) == ("", "applied")
    assert next(say(line.after, "en") for line in desk.requests.one(request).lines) == ""
    assert audit.verify().sound


@pytest.mark.threat(28)
def test_what_is_told_to_many_names_nobody_who_was_erased(installed: World, home: Home) -> None:
    """An announcement to a unit leads to no entry: it has its people by number."""
    person = Entry.get_by_id(installed.entry("majun", "group")).person_id
    told = {"changes": [["changed", by_number(person), ["mobile"]]], "who": by_number(person)}
    with writing():
        store_notice("update", "group", [installed.accounts["huangbo"]], clause="E.6.5", detail=told)
    (notice,) = [one for one in installed.desk("huangbo").notices.unread() if one.kind == "update"]
    assert notice.detail == {"changes": [["changed", "马军", ["mobile"]]], "who": "马军"}
    back_up(home)
    with writing():
        erase_person(person)
        audit.append(act="privacy.erase", outcome="done", detail={"person": person})
    assert "马军" not in in_clear(home)
    (notice,) = [one for one in installed.desk("huangbo").notices.unread() if one.kind == "update"]
    assert notice.detail["who"] == f"#{person}"


def test_what_is_of_nobody_who_was_erased_is_there_with_their_keys(installed: World, home: Home) -> None:
    live(installed, "helei", "group")
    owners_backups.back_up_book("group")
    (backup,) = owners_backups.recorded_backups("group")
    found = owners_backups.read_backup("group", backup.name)
    assert found is not None
    assert any(NUMBER in str(line["values"]) for line in found)
    other = installed.entry("helei", "group")
    with writing():
        erase_person(Entry.get_by_id(other).person_id)
    after = owners_backups.read_backup("group", backup.name)
    assert after is not None
    assert [line["entry"] for line in after] == [line["entry"] for line in found if line["entry"] != other]


@pytest.mark.threat(28)
def test_a_backup_has_keys_of_all_whom_it_holds(installed: World, home: Home) -> None:
    """Everybody came before backups needed one."""
    with writing():
        SubjectKey.delete().execute()
    assert len(subjects.persons_missing_keys()) > 1
    close_store()
    assert [one.problem for one in make_backup(home, lambda: None)] == [""]
    open_store(home)
    found = subject_copies.keys_in([home.folder / "backups"], [read_backup_key(home.keys)])
    assert {person.id for person in Person.select()} <= found.keys()


@pytest.mark.threat(28)
def test_who_comes_between_the_keys_and_the_look_at_the_record_gets_one_too(
    installed: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one, they would be left out of the backup like somebody who was erased."""
    with writing():
        SubjectKey.delete().execute()
    coming, made = ["乙", "甲"], subjects.keys_of

    def and_somebody_comes(persons: Collection[int]) -> dict[int, bytes]:
        keys = made(persons)
        if coming:
            with paused(store().database), writing(), updating_sums():
                Person.create(name=coming.pop())
        return keys

    monkeypatch.setattr(subjects, "keys_of", and_somebody_comes)
    with (home.folder / "file").open("wb") as stream:
        dump(stream, read_backup_key(home.keys), None)
    assert coming == []
    keys, people = subjects.all_keys(), Showing(subjects.all_keys())
    assert set(keys) == {person.id for person in Person.select()}
    with (home.folder / "file").open("rb") as dumped:
        held = [json.loads(line) for line in lines(dumped, [read_backup_key(home.keys)])]
    after = next(number for number, line in enumerate(held) if "table" in line and line["table"] == "entry")
    _plain, person, told = held[after - 1]
    assert people.content("person", person, told) == json.dumps([["乙"]], ensure_ascii=False).encode()


def test_keys_of_many_are_on_disk_at_once(installed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    durable: list[Path] = []

    def noted(file: Path, *_more: object, **_how: object) -> None:
        durable.append(file)

    monkeypatch.setattr(frames, "append", noted)
    with writing():
        SubjectKey.delete().execute()
    durable.clear()
    with writing():
        keys = subjects.keys_of([person.id for person in Person.select()])
    assert len(keys) == Person.select().count()
    assert [file.name for file in durable] == [subjects.COPY]


def test_a_row_opens_as_what_it_is_only(installed: World) -> None:
    """Sealed text moved to another table does not open there."""
    keys = subjects.all_keys()
    person = next(iter(keys))
    sealed = Hiding(keys).content("person", person, b"{}")
    assert Showing(keys).content("person", person, sealed) == b"{}"
    with pytest.raises(SealBroken):
        Showing(keys).content("entry", person, sealed)
