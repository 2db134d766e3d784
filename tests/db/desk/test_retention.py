"""What is at the end of its time is erased by the duty runner: by its key, once, on record, and nothing
that must be kept; the audit stays proved, and tells what was let go."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest

from db.desk import Refused
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.due_dates import months_before
from db.desk.entry import record
from db.desk.hooks import hooks
from db.desk.lifecycle.archive import unseal_archive
from db.desk.privacy import older, periods, thinning
from db.desk.privacy.erasing import erase_person
from db.desk.privacy.older import seal_older
from db.desk.requests import files
from db.desk.requests.payload import open_payload as asked
from db.desk.tasks import duties as runner
from db.language import say
from db.policy.compose import compose
from db.policy.loader import load
from db.policy.schema.work import RetentionRule
from db.store import audit, subject_copies, subjects
from db.store.backups.rows import BY_NAME
from db.store.engine import store
from db.store.journal import capture
from db.store.keys import read_backup_keys
from db.store.record_words import words_of
from db.store.sealing import seal
from db.store.settings import Home
from db.store.subjects import Destroyed
from db.store.tables import (
    Archive,
    AuditRecord,
    Entry,
    Evidence,
    LetGo,
    Person,
    Request,
    ThingKey,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import PDF, approve, change
from tests.db.desk.lives import HERE, approved, leave
from tests.world import World

REASON = "客户来访对接"


def looked_up(world: World) -> int:
    """A look-up with purpose and reason; its record's number."""
    world.desk("wangfang").directory.reveal(world.entry("zhangwei"), "mobile", "meeting", REASON)
    return int(AuditRecord.select().order_by(AuditRecord.seq.desc()).get().seq)


def later(clock: Clock, moment: str) -> int:
    """What the runner erases at ``moment``, by a clock that went on all the time until then."""
    clock.set(moment)
    clock.forward(days=-10)
    with writing():
        audit.append(act="test", outcome="done")
    clock.forward(days=10)
    return due()


def due() -> int:
    """What the runner erases now."""
    with patch.object(runner, "hooks", lambda: replace(hooks(), openers=())):
        return runner.run(HERE).erased


def acts(act: str) -> list[AuditRecord]:
    return list(AuditRecord.select().where(AuditRecord.act == act).order_by(AuditRecord.seq))


@pytest.mark.threat(24)
def test_why_somebody_was_looked_up_lies_sealed_and_opens_by_its_key_alone(world: World) -> None:
    row = AuditRecord.get_by_id(looked_up(world))
    assert (row.purpose, row.detail) == ("", "{}")
    assert REASON not in repr(row.__data__)
    said = words_of(row)
    assert (said.purpose, said.detail["reason"]) == ("meeting", REASON)
    with writing():
        ThingKey.delete().where(ThingKey.name.startswith("purpose:staff:")).execute()
    assert words_of(row).gone == ("purpose",)
    found = audit.verify()
    assert (found.bad, found.reason) == (row.seq, "words"), "nobody said that it was let go"


@pytest.mark.threat(24)
def test_another_key_in_the_place_of_a_month_s_is_found(world: World) -> None:
    seq = looked_up(world)
    with writing():
        ThingKey.delete().where(ThingKey.name.startswith("detail:staff:")).execute()
        subjects.key_for("detail:staff:2026-11")
    found = audit.verify()
    assert found.reason == "words"
    assert found.bad is not None
    assert found.bad <= seq


@pytest.mark.threat(24)
def test_sealed_words_can_t_be_altered_cut_off_or_moved(world: World) -> None:
    first, second = looked_up(world), looked_up(world)
    other = AuditRecord.get_by_id(second).why
    for why in (other, "", None):
        kept = AuditRecord.get_by_id(first).why
        AuditRecord.update(why=why).where(AuditRecord.seq == first).execute()
        assert (audit.verify().bad, audit.verify().reason) == (first, "altered")
        AuditRecord.update(why=kept).where(AuditRecord.seq == first).execute()
    assert audit.verify().sound


def test_a_month_is_let_go_when_all_of_it_is_old_enough_and_the_chain_says_so(
    world: World, clock: Clock
) -> None:
    """The default: purposes after 24 months, the rest after 36."""
    row = AuditRecord.get_by_id(looked_up(world))
    assert later(clock, "2028-11-30T12:00+08:00") == 0
    assert later(clock, "2028-12-02T12:00+08:00") > 0
    assert words_of(row).gone == ("purpose",)
    said = next(one for one in acts("retention.let_go") if one.book == "staff")
    detail = json.loads(said.detail)
    assert (detail["key"], said.clause, said.account) == ("purpose:staff:2026-11", "default", None)
    assert detail["records"] >= 1
    assert audit.verify().sound
    assert later(clock, "2029-12-02T12:00+08:00") > 0
    assert words_of(row).gone == ("purpose", "detail")
    assert (row.act, row.entry, row.clause != "") == ("directory.reveal", world.entry("zhangwei"), True)
    assert audit.verify().sound
    looks = {one.id: one for one in world.desk("zhangwei").privacy.mine()}["looks"].rows
    assert any("deleted" in say(cell, "en") for look in looks for cell in look)


@pytest.mark.threat(29)
def test_it_is_done_once_a_day_and_never_by_a_clock_that_jumped(world: World, clock: Clock) -> None:
    looked_up(world)
    clock.set("2031-01-05T12:00+08:00")
    assert due() == 0, "nothing on record says that time went by"
    assert later(clock, "2031-01-15T12:00+08:00") > 0
    with patch.object(thinning._Work, "destroy_month_keys", side_effect=AssertionError("twice a day")):
        assert due() == 0


def test_words_stay_while_a_case_may_need_them(world: World, clock: Clock) -> None:
    row = AuditRecord.get_by_id(looked_up(world))
    Cases(world.desk("zhangwei")).report("staff", "名册外泄", "leak")
    assert later(clock, "2031-01-15T12:00+08:00") == 0
    assert words_of(row).gone == ()


def test_the_keys_of_things_are_in_no_backup_and_no_journal_and_leave_every_copy(
    world: World, clock: Clock, home: Home
) -> None:
    looked_up(world)
    assert "thing_key" not in BY_NAME
    assert "thing_key" in capture.UNJOURNALED
    place, keys, name = home.folder / "place", read_backup_keys(home.keys), "purpose:staff:2026-11"
    subject_copies.clear_copies([place], keys[0])
    assert name in subject_copies.found_in([place], keys)
    later(clock, "2028-12-02T12:00+08:00")
    assert subject_copies.copies_are_behind()
    subject_copies.clear_copies([place], keys[0])
    assert name not in subject_copies.found_in([place], keys)
    assert name in subject_copies.erased_in([place])
    assert not subject_copies.copies_are_behind()


@pytest.mark.clause("A.15")
def test_evidence_goes_when_its_last_request_is_long_over_and_its_digest_stays(
    world: World, clock: Clock
) -> None:
    request = change(world, "zhangwei")
    file = Evidence.get()
    old = bytes(file.content)
    assert files.content_of(file) == PDF
    clock.set("2028-06-01T12:00+08:00")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    later(clock, "2030-06-01T12:00+08:00")
    assert (Evidence.get().size, acts("retention.evidence")) == (len(PDF), [])
    later(clock, "2030-06-03T12:00+08:00")
    kept = Evidence.get_by_id(file.id)
    assert (kept.size, kept.name, kept.digest) == (0, "–", file.digest)
    assert json.loads(acts("retention.evidence")[0].detail or "{}") == {}
    assert words_of(acts("retention.evidence")[0]).detail == {"files": 1}
    kept.content, kept.size = old, file.size
    with pytest.raises(Destroyed):
        files.content_of(kept)
    with pytest.raises(Refused):
        world.desk("zhangwei").evidence.open(file.id)
    assert audit.verify().sound


def test_a_photo_that_an_entry_shows_stays(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    Evidence.update(media_type="image/png").execute()
    with patch.object(thinning, "_photos", return_value={Evidence.get().id}):
        later(clock, "2028-11-25T12:00+08:00")
    assert Evidence.get().size > 0


def test_evidence_of_an_open_request_stays(world: World, clock: Clock) -> None:
    change(world, "zhangwei")
    later(clock, "2031-01-15T12:00+08:00")
    assert Evidence.get().size > 0


def gone(world: World, login: str) -> int:
    """Somebody whose entries were all removed; the person."""
    person = int(Entry.get_by_id(world.entry(login, "group")).person_id)
    with writing():
        for row in list(Entry.select().where(Entry.person == person)):
            record.remove_entry(row.id, "2026-11-20")
    return person


def test_a_leaver_is_erased_when_the_time_is_over_in_every_book(world: World, clock: Clock) -> None:
    person = gone(world, "majun")
    later(clock, "2029-11-19T12:00+08:00")
    assert acts("retention.erase") == []
    later(clock, "2029-11-21T12:00+08:00")
    assert Person.get_by_id(person).name == f"#{person}"
    (said,) = acts("retention.erase")
    assert (json.loads(said.detail), said.clause) == ({"person": person}, "default")
    assert audit.verify().sound
    later(clock, "2029-11-25T12:00+08:00")
    assert len(acts("retention.erase")) == 1


@pytest.mark.clause("A.10")
@pytest.mark.clause("A.10")
@pytest.mark.parametrize("on_record", [True, False])
def test_an_archive_is_kept_until_the_day_that_it_says_and_no_longer(
    world: World, clock: Clock, on_record: bool
) -> None:
    """A.10 says no time, so it is the default's; also of one that was made when there was none on record. The
    list of leavers says the first day on which they are erased, which is the one after."""
    number = leave(world, "liuyang", "zhangwen")
    (said,) = [one for one in world.desk("zengqing").queue.one(number).lines if one.field == "archive"]
    assert say(said.after, "zh_CN") == "移除时封存，保存至 2029-11-23"
    approved(world, "zengqing", number)
    assert Archive.get().keep_until == "2029-11-23"
    if not on_record:
        Archive.update(keep_until=None).execute()
    with pytest.raises(Refused) as caught:
        world.desk("zengqing").privacy.erase("staff", world.entry("zhangwen"), "本人申请")
    assert (caught.value.clause, "2029-11-23" in say(caught.value.message, "en")) == ("A.10, default", True)
    (leaver,) = world.desk("zengqing").privacy.leavers("staff")
    assert (leaver.due, leaver.clause) == ("2029-11-24", "A.10, default")
    later(clock, "2029-11-23T12:00+08:00")
    assert acts("retention.erase") == []
    later(clock, f"{leaver.due}T12:00+08:00")
    assert Archive.select().count() == 0
    assert len(acts("retention.erase")) == 1


def test_an_archive_and_what_was_asked_for_open_from_no_old_copy_once_the_person_is_erased(
    world: World,
) -> None:
    """As they stood in a backup made before: the rows are put back, the keys are not."""
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    archive, before = Archive.get(), Request.get_by_id(request)
    file = Evidence.get(Evidence.account == world.accounts["zhangwei"])
    assert unseal_archive(archive).name == "张文"
    assert asked(before)["after"]["mobile"]
    with writing():
        erase_person(archive.person_id)
        erase_person(Entry.get_by_id(world.entry("zhangwei")).person_id)
    for old in (lambda: unseal_archive(archive), lambda: asked(before), lambda: files.content_of(file)):
        with pytest.raises(Destroyed):
            old()
    assert {row.name for row in LetGo.select()} >= {f"archive:{archive.entry_id}", f"evidence:{file.id}"}


def test_evidence_and_archives_from_before_get_keys_of_their_own_by_and_by(world: World) -> None:
    request = change(world, "zhangwei")
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    file, archive = Evidence.get(), Archive.get()
    name = f"archive:{archive.entry_id}"
    for table, row, place in (
        (Evidence, file, Evidence.content.place(file.id)),
        (Archive, archive, Archive.content.place(archive.entry_id)),
    ):
        key = name if table is Archive else files.key_name(file.id)
        content = subjects.unseal_for(key, place, bytes(row.content))
        table.update(content=seal(store().keys, place, content)).where(table.id == row.id).execute()
        ThingKey.delete().where(ThingKey.name == key).execute()
    assert (unseal_archive(Archive.get()).name, files.content_of(Evidence.get_by_id(file.id))) == (
        "张文",
        PDF,
    )
    with patch.object(older, "AT_ONCE", 1):
        assert seal_older() == 2
    assert {row.name for row in ThingKey.select()} >= {name, files.key_name(file.id)}
    assert (unseal_archive(Archive.get()).name, files.content_of(Evidence.get_by_id(file.id))) == (
        "张文",
        PDF,
    )
    assert world.desk("wangfang").queue.one(request).digest, "its digest is as it was"
    while seal_older():
        pass
    assert seal_older() == 0


POLICY = """
id = "{id}"
effective = 2026-01-01
title = {{ zh = "甲", en = "A" }}
erasure = [{{ what = "purpose", months = {months}, clause = "{clause}" }}]
"""


def test_the_shortest_time_of_several_regulations_holds_and_the_default_where_none_speaks() -> None:
    first = load(POLICY.format(id="first", months=12, clause="X.1"))
    second = load(POLICY.format(id="second", months=6, clause="Y.2"))
    policy = compose("book", [first, second])
    assert [(rule.what, rule.months, rule.clause) for rule in policy.erasure] == [
        ("leaver", 36, "default"),
        ("evidence", 24, "default"),
        ("purpose", 6, "X.1, Y.2"),
        ("detail", 36, "default"),
    ]


def test_what_must_be_kept_is_kept_whatever_is_to_be_erased(world: World) -> None:
    policy = policy_of("staff")
    for years, months, clause in ((10, 120, "Z.1"), (1, 24, "default"), (None, None, "Z.1")):
        rule = RetentionRule(what="evidence", years=years, clause="Z.1")
        kept = policy.__class__(**{**policy.__dict__, "retention": (rule,)})
        with patch.object(periods, "policy_of", return_value=kept):
            assert periods.period_of("staff", "evidence") == periods.RetentionPeriod(months, clause)


def test_months_are_counted_to_the_last_day_there_is() -> None:
    assert months_before(date(2027, 3, 31), 1) == date(2027, 2, 28)
    assert months_before(date(2027, 1, 15), 13) == date(2025, 12, 15)
    assert months_before(date(2026, 11, 20), -36) == date(2029, 11, 20)
