"""WeCom kept in step: joiners, changes and leavers told once, failures shown, differences found (G.4)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from python_calamine import CalamineWorkbook

from db.desk import Refused
from db.desk.due_dates import today
from db.desk.entry.noting import queue_change
from db.desk.entry.record import create_entry
from db.desk.outside.drift_words import drift_reason
from db.desk.outside.outside import Outside
from db.desk.outside.queue import BACK_OFF, next_change
from db.desk.outside.report import DriftReport
from db.language import say
from db.store.engine import Store
from db.store.tables import (
    AuditRecord,
    Entry,
    Notice,
    NoticeRecipient,
    OutsideChange,
    OutsideMember,
    TaskProof,
)
from db.store.transactions import writing
from reports.wecom_sheet import member_file
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import approved, joiner, leave, move, task_of
from tests.tui.outside.wecom_server import WeCom
from tests.tui.outside.wecom_world import BOOK, compared, connected, in_step, told
from tests.world import World
from tui.outside.wecom.syncing import Synced

VALUES = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}
BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World) -> World:
    """The book, as it was before there was a WeCom."""
    return begun


@pytest.fixture
def wecom(office: World, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeCom]:
    """Its WeCom, with nobody in it."""
    with connected(store, monkeypatch) as server:
        yield server


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("ConnectError", "WeCom can't be reached"),
        ("ConnectTimeout", "WeCom does not answer"),
        ("ReadError", "the connection to WeCom broke off"),
        ("WeCom 45009", "called too often for now (WeCom 45009)"),
        ("ReadError: of a file", "ReadError: of a file"),
    ],
)
def test_a_failure_is_told_in_words(problem: str, said: str) -> None:
    assert say(drift_reason(problem), "en") == said


def join(office: World) -> int:
    """A joiner is entered and approved; their entry."""
    request = office.desk("huanghr").lifecycle.join(joiner(office, "产品部", BOOK, values=VALUES))
    approved(office, "xuhr", request)
    return int(task_of("joiner").entry_id or 0)


def fill(office: World, wecom: WeCom) -> None:
    """Everybody of the book is told to WeCom."""
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    assert told().dead == 0
    assert len(wecom.members) == 6


@pytest.mark.clause("G.4.1")
def test_a_joiner_is_entered_in_wecom_and_the_task_ends_by_itself(office: World, wecom: WeCom) -> None:
    entry = join(office)
    assert task_of("joiner").state == "open"
    assert wecom.calls == []
    assert told().told == 1
    task = task_of("joiner")
    assert task.state == "done"
    proof = TaskProof.get(TaskProof.task == task.id)
    assert (proof.what, proof.met_by_id) == ("sync", None)
    [member] = wecom.members.values()
    assert proof.word == f"WeCom: {member['userid']}"
    assert (member["name"], member["mobile"]) == ("新来", "13800008990")
    assert member["extattr"]["attrs"][0]["text"]["value"] == "wx_xinlai"
    assert [wecom.departments[number]["name"] for number in member["department"]] == ["产品部"]
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.outcome, last.entry, last.account) == ("outside.tell", "done", entry, None)
    assert "G.4.1" in last.clause
    assert "8990" not in detail_of(last)


@pytest.mark.clause("G.4.1")
def test_it_is_told_once_however_often_the_runner_runs(office: World, wecom: WeCom) -> None:
    join(office)
    told()
    calls = wecom.count("/user/create")
    in_step()
    in_step()
    assert wecom.count("/user/create") == calls == 1
    assert OutsideChange.select().where(OutsideChange.state == "waiting").count() == 0


@pytest.mark.clause("G.4.1")
def test_what_is_being_told_is_nobody_elses(office: World, wecom: WeCom, clock: Clock) -> None:
    join(office)
    first = next_change()
    assert first is not None
    assert next_change() is None
    clock.forward(minutes=11)
    again = next_change()
    assert again is not None
    assert (again.entry, again.attempts) == (first.entry, 2)


@pytest.mark.clause("G.4.2")
def test_an_own_change_reaches_wecom_once_it_is_approved(office: World, wecom: WeCom) -> None:
    fill(office, wecom)
    request = change(office, "shuqi", BOOK, mobile="139 0000 2121")
    assert told().told == 0
    approve(office, "huanghr", request)
    assert told().told == 1
    assert wecom.members["shuqi"]["mobile"] == "13900002121"
    request = move(office, "huanghr", "shuqi", "人事行政部", BOOK)
    approved(office, "xuhr", request)
    told()
    [number] = wecom.members["shuqi"]["department"]
    assert wecom.departments[number]["name"] == "人事行政部"


@pytest.mark.clause("G.4.3")
def test_a_leaver_is_deleted_in_wecom_and_the_task_ends_by_itself(office: World, wecom: WeCom) -> None:
    fill(office, wecom)
    approved(office, "xuhr", leave(office, "huanghr", "shuqi", BOOK))
    assert task_of("leaver").state == "open"
    told()
    assert "shuqi" not in wecom.members
    assert task_of("leaver").state == "done"
    assert OutsideMember.select().where(OutsideMember.account == "shuqi").count() == 0


@pytest.mark.clause("G.4.3")
def test_a_leaver_whom_somebody_deleted_there_is_gone_all_the_same(office: World, wecom: WeCom) -> None:
    fill(office, wecom)
    del wecom.members["shuqi"]
    approved(office, "xuhr", leave(office, "huanghr", "shuqi", BOOK))
    assert told().told == 1
    assert task_of("leaver").state == "done"


@pytest.mark.clause("G.4.1")
def test_a_failure_keeps_the_task_open_with_the_reason(office: World, wecom: WeCom, clock: Clock) -> None:
    wecom.refuse("/user/create", 60129)
    join(office)
    assert told().dead == 1
    task = task_of("joiner")
    assert task.state == "open"
    [proof] = office.desk("huanghr").tasks.one(task.id).proofs
    assert (proof.met_at, proof.word) == (None, "WeCom 60129: no 60129")
    notice = Notice.get(Notice.kind == "sync-failed")
    whom = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == notice)}
    assert office.accounts["huanghr"] in whom
    drift = Outside(office.desk("huanghr")).drift(BOOK)
    assert drift.dead == 1
    Outside(office.desk("huanghr")).push(BOOK)
    assert told().told == 1
    assert task_of("joiner").state == "done"


@pytest.mark.clause("G.4.1")
@pytest.mark.parametrize("trouble", ["drop", 45009])
def test_what_can_not_be_told_now_is_told_later(
    office: World, wecom: WeCom, clock: Clock, trouble: int | str
) -> None:
    join(office)
    for minutes in BACK_OFF[:2]:
        wecom.refuse("/user/create", *[trouble] * 5)
        assert told().failed == 1
        assert told().failed == 0
        clock.forward(minutes=minutes)
    assert told().told == 1
    assert task_of("joiner").state == "done"


def test_a_wrong_secret_gives_nothing_up_and_is_not_shown(office: World, wecom: WeCom, store: Store) -> None:
    secret = store.home.keys / "wecom"
    secret.chmod(0o600)
    secret.write_text("another-secret")
    secret.chmod(0o400)
    join(office)
    assert told().failed == 1
    problem = OutsideChange.get().problem
    assert "40001" in problem
    assert "another-secret" not in problem
    secret.chmod(0o644)
    compared()
    assert "can be read by others" in Outside(office.desk("huanghr")).drift(BOOK).problem


@pytest.mark.threat(45)
def test_a_name_that_comes_from_there_is_held_to_the_rules_of_names(office: World, wecom: WeCom) -> None:
    """Whoever looks for somebody there would take another one for them."""
    fill(office, wecom)
    with writing():
        create_entry(
            BOOK, Entry.select().where(Entry.book == BOOK).first().unit_id, "full-time", {"name": ("coco",)}
        )
    for account, name in (
        ("a", "Zh\u0430ng"),
        ("b", "\u0441\u043e\u0441\u043e"),
        ("c", "外\u200b人" + "长" * 100),
    ):
        wecom.members[account] = {"userid": account, "name": name, "department": [1]}
    compared()
    rows = {row.account: row for row in Outside(office.desk("huanghr")).drift(BOOK).rows}
    assert "U+0430" in say(rows["a"].stands, "en")
    assert say(rows["b"].stands, "en").startswith("It looks like coco in ")
    assert (rows["c"].stands, len(rows["c"].name), "\u200b" in rows["c"].name) == ("", 64, False)


@pytest.mark.clause("G.4.1", "G.4.3")
def test_the_differences_are_found_and_set_right(office: World, wecom: WeCom) -> None:
    fill(office, wecom)
    del wecom.members["maoxiao"]
    wecom.members["shuqi"]["mobile"] = "13900000000"
    wecom.members["caiming"]["department"] = [1]
    wecom.members["stranger"] = {"userid": "stranger", "name": "外人", "department": [1]}
    hr = office.desk("huanghr")
    assert compared().compared == 1
    drift = Outside(hr).drift(BOOK)
    assert (drift.here, drift.there, drift.by_digest) == (6, 6, False)
    found = {(row.what, row.account): [say(one, "en") for one in row.fields] for row in drift.rows}
    assert found == {
        ("missing-there", "maoxiao"): [],
        ("differs", "shuqi"): ["Mobile"],
        ("differs", "caiming"): ["Department"],
        ("missing-here", "stranger"): [],
    }
    numbers = {row.account: row.id for row in drift.rows}
    first = min(drift.rows, key=lambda row: (row.entry is None, row.id))
    assert Outside(hr).push(BOOK, numbers.pop(first.account)) == 1
    told()
    compared()
    again = {row.account: row.id for row in Outside(hr).drift(BOOK).rows}
    assert again == numbers, "the row under the cursor is the same one after a comparison"
    assert Outside(hr).push(BOOK) == 2
    told()
    compared()
    assert [row.account for row in Outside(hr).drift(BOOK).rows] == ["stranger"]
    assert "stranger" in wecom.members
    table = DriftReport(hr).sync(BOOK)
    assert [(row.what, row.name) for row in table.rows] == [("missing-here", "外人")]
    assert hr.overview.answer("sync", BOOK, None, today(), today()) == (1, 1)


@pytest.mark.clause("G.4.3")
def test_who_left_while_wecom_was_not_connected_is_found(
    office: World, wecom: WeCom, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(office, wecom)
    with monkeypatch.context() as unplugged:
        from db.store import engine

        unplugged.setattr(engine, "_open", store)
        approved(office, "xuhr", leave(office, "huanghr", "shuqi", BOOK))
        assert OutsideChange.select().where(OutsideChange.state == "waiting").count() == 0
    compared()
    hr = office.desk("huanghr")
    assert [(row.what, row.account) for row in Outside(hr).drift(BOOK).rows] == [("missing-here", "shuqi")]
    Outside(hr).push(BOOK)
    told()
    assert "shuqi" not in wecom.members
    assert task_of("leaver").state == "done"


@pytest.mark.clause("G.4.3")
def test_a_leaver_whom_wecom_knew_from_before_is_deleted_there_too(office: World, wecom: WeCom) -> None:
    """Both sides agreed already when they were connected, so nothing was ever told of anybody."""
    fill(office, wecom)
    OutsideMember.delete().execute()
    wecom.members["maoxiao"]["name"] = "他人"
    compared()
    known = {row.account for row in OutsideMember.select()}
    assert known == set(wecom.members) - {"maoxiao"}, "another name there is another person"
    approved(office, "xuhr", leave(office, "huanghr", "shuqi", BOOK))
    told()
    assert "shuqi" not in wecom.members
    assert task_of("leaver").state == "done"


def test_where_fields_can_not_be_read_the_last_told_stands_for_them(office: World, wecom: WeCom) -> None:
    wecom.reads = False
    fill(office, wecom)
    approve(office, "huanghr", change(office, "shuqi", BOOK))
    OutsideChange.delete().where(OutsideChange.state == "waiting").execute()
    compared()
    drift = Outside(office.desk("huanghr")).drift(BOOK)
    assert drift.by_digest
    assert [(row.what, row.account) for row in drift.rows] == [("differs", "shuqi")]


def test_somebody_who_was_there_before_is_taken_up_and_not_doubled(office: World, wecom: WeCom) -> None:
    wecom.members["old-shuqi"] = {
        "userid": "old-shuqi", "name": "舒琪", "mobile": "13800005012", "department": [1],
    }  # fmt: skip
    wecom.members["caiming"] = {"userid": "caiming", "name": "菜名", "department": [1]}
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    assert told().dead == 1
    assert "shuqi" not in wecom.members
    assert wecom.members["old-shuqi"]["department"] != [1]
    assert wecom.members["caiming"]["name"] == "菜名"


def test_numbers_of_other_countries_keep_their_code(office: World, wecom: WeCom) -> None:
    fill(office, wecom)
    approve(office, "huanghr", change(office, "shuqi", BOOK, mobile="+44 7400 123456"))
    told()
    assert wecom.members["shuqi"]["mobile"] == "+447400123456"
    compared()
    assert Outside(office.desk("huanghr")).drift(BOOK).rows == ()


def test_the_form_says_that_wecom_is_told_by_itself(office: World, wecom: WeCom) -> None:
    promises = office.desk("huanghr").lifecycle.join_form(BOOK).route.promises
    assert [one.by_itself for one in promises if one.what == "sync"] == [True]


def test_a_renamed_unit_is_renamed_there(office: World, wecom: WeCom) -> None:
    from db.desk.entry.units import rename_unit
    from db.store.transactions import writing

    fill(office, wecom)
    with writing():
        rename_unit(office.unit(BOOK, "产品部"), "产品中心", "Products")
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    told()
    names = [one["name"] for one in wecom.departments.values()]
    assert "产品中心" in names
    assert "产品部" not in names


@pytest.mark.clause("G.4.1", "C.9.1")
def test_the_import_file_has_wecoms_columns_and_is_recorded(office: World) -> None:
    hr = office.desk("huanghr")
    made = member_file(hr, BOOK)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_name("成员列表").to_python()
    assert rows[0] == ["姓名", "帐号", "别名", "职务", "部门", "性别", "手机", "座机", "个人邮箱", "微信号"]
    [shuqi] = [row for row in rows if row[0] == "舒琪"]
    assert shuqi[1:7] == ["shuqi", "", "运营", "华星集团/产品部/运营组", "", "13800005012"]
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.clause) == ("overview.export", "G.4.1, G.4.3")
    assert made.sha256 in detail_of(last)
    with pytest.raises(Refused) as caught:
        Outside(hr).push(BOOK)
    assert caught.value.clause == "G.4.1, G.4.3"


@pytest.mark.clause("G.5.2")
@pytest.mark.parametrize("login", ["caiming", "shuqi"])
def test_only_those_who_keep_the_directory_may(office: World, login: str) -> None:
    desk = office.desk(login)
    assert Outside(desk).books() == ()
    wecom = Outside(desk)
    for attempt in (wecom.drift, wecom.push, wecom.compare, wecom.members):
        with pytest.raises(Refused):
            attempt(BOOK)
    with pytest.raises(Refused):
        DriftReport(desk).sync(BOOK)


@pytest.mark.threat(74)
@pytest.mark.parametrize("reads", [True, False])
def test_a_department_that_was_deleted_there_is_made_anew_and_nobody_is_given_up(
    office: World, wecom: WeCom, reads: bool
) -> None:
    """Somebody tidies up in WeCom. A secret that may not read hears of it only when it tells of a person."""
    fill(office, wecom)
    wecom.reads = reads
    gone = {number for number, one in wecom.departments.items() if one["name"] == "产品部"}
    assert gone
    for number in gone:
        del wecom.departments[number]
    with writing():
        for entry in Entry.select().where(Entry.book == BOOK):
            queue_change(entry, "change")
    found = told()
    assert (found.told, found.failed, found.dead) == (6, 0, 0)
    (new,) = (number for number, one in wecom.departments.items() if one["name"] == "产品部")
    assert any(one["department"] == [new] for one in wecom.members.values())


@pytest.mark.threat(74)
def test_rows_say_that_the_department_is_missing_there(office: World, wecom: WeCom) -> None:
    """Of who is missing with it, too, and of a change that waits."""
    fill(office, wecom)
    (gone,) = (number for number, one in wecom.departments.items() if one["name"] == "产品部")
    (inside,) = (account for account, one in wecom.members.items() if one["department"] == [gone])
    del wecom.departments[gone]
    wecom.members[inside]["department"] = [1]
    for what in ("differs", "missing-there"):
        compared()
        rows = {row.account: row for row in Outside(office.desk("huanghr")).drift(BOOK).rows}
        assert rows[inside].what == what
        for row in rows.values():
            assert [say(field, "zh_CN") for field in row.fields] == ["企业微信中没有此部门"], row
            assert [say(field, "en") for field in row.fields] == ["department missing"]
        wecom.members.pop(inside, None)
        Outside(office.desk("huanghr")).compare(BOOK)
    said = say(drift_reason("WeCom 60003: department not found"), "en")
    assert said == "the department is missing there (WeCom 60003)"


@pytest.mark.threat(74)
def test_what_was_given_up_is_tried_again_each_day_and_told_once(
    office: World, wecom: WeCom, clock: Clock
) -> None:
    wecom.refuse("/user/create", 60129, 60129)
    join(office)
    assert told().dead == 1
    clock.forward(hours=23)
    assert told() == Synced()
    clock.forward(hours=2)
    assert told().dead == 1
    assert Notice.select().where(Notice.kind == "sync-failed").count() == 1
    clock.forward(days=1, minutes=1)
    assert told().told == 1
    assert task_of("joiner").state == "done"
