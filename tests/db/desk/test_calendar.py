"""The calendar of the organisation: a file of days, what moves by it, whom it is told, who may change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from unittest.mock import patch

import pytest

from db.desk.calendars.days_file import read_days_file
from db.desk.calendars.unknown import alarm_unknown, unknown_years
from db.desk.due_dates import calendar
from db.desk.hooks import Hooks
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.refusal import Invalid, Refused
from db.desk.requests.files import MAX_BYTES
from db.desk.requests.request_kinds import DiffLine
from db.desk.tasks import duties as runner
from db.language import say
from db.policy.clock import WorkingCalendar
from db.store import audit
from db.store.engine import Store
from db.store.migrations import CALENDAR, STEPS, migrate
from db.store.tables import (
    Account,
    AuditRecord,
    CalendarChange,
    CalendarDay,
    Campaign,
    Entry,
    Notice,
    NoticeRecipient,
    Request,
    Task,
)
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.agreed import asked, carried_through, settle
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.db.desk.lives import HERE, leave
from tests.db.desk.reviewing import open_all, refused
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World
from tui.host import doctor_checks
from tui.sheets.notice_words import describe_notice

FILE = Source("2026.csv", "ab" * 32)
HEADS = ["日期", "类型", "名称"]
WEDNESDAY, SATURDAY = "2026-11-25", "2026-11-28"


def add(world: World, *lines: str, login: str = "liuyang", book: str = "") -> tuple[int, int, int]:
    """Send ``lines`` of day, kind and name: days, deadlines moved, people told."""
    rows = [HEADS, *(line.split(" ") for line in lines)]
    desk = world.desk(login)
    through(world, lambda: desk.calendar.add(book, rows, FILE))
    return last("calendar.add")


def last(act: str) -> tuple[int, int, int]:
    """What the last ``act`` on the calendar came to: days, deadlines moved, people told."""
    done = (AuditRecord.act == act) & (AuditRecord.outcome == "done")
    made = json.loads(detail_of(AuditRecord.select().where(done).order_by(AuditRecord.seq.desc()).get()))
    return made.get("days", 0), made.get("moved", 0), made.get("told", 0)


def through(world: World, act: Callable[[], object]) -> None:
    """Change the calendar with the agreement of information security, if it takes two."""
    carried_through(act, world.desk("helei"))


def wrong(world: World, *lines: str, book: str = "") -> list[tuple[int, str]]:
    """What is said of each line that can't be taken in."""
    with pytest.raises(BadRows) as bad:
        add(world, *lines, book=book)
    return [(error.row, say(error.reason, "en")) for error in bad.value.errors]


def told(kind: str) -> set[int]:
    """Accounts that a notice of ``kind`` is to."""
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == kind)
    return {row.account_id for row in rows}


@pytest.mark.clause("A.8", "A.9", "A.10")
def test_deadlines_under_way_are_counted_anew_and_those_concerned_told_once(
    world: World, clock: Clock
) -> None:
    request = change(world, "zhangwei")
    leave(world, "liuyang", "zhangwen", day="2026-11-23")
    task = Task.get(Task.kind == "leaver")
    assert (Request.get_by_id(request).due, task.due) == ("2026-11-26", "2026-11-30")
    days, moved, _people = add(world, f"{WEDNESDAY} 放假 公司日", f"{SATURDAY} 补班 公司日调休")
    assert days == 2
    assert Request.get_by_id(request).due == "2026-11-27", "a day off before it"
    assert Task.get_by_id(task.id).due == "2026-11-30", "a day off and a day worked before it"
    assert moved == 1
    (notice,) = Notice.select().where(Notice.kind == "deadline-moved")
    assert (notice.clause, json.loads(notice.detail)["was"]) == ("A.9", "2026-11-26")
    assert world.accounts["zhangwei"] in told("deadline-moved")
    (mine,) = [one for one in world.desk("zhangwei").notices.unread() if one.kind == "deadline-moved"]
    said = say(describe_notice(mine), "en")
    assert "27 Nov" in said
    assert "26 Nov" in said
    assert add(world, f"{WEDNESDAY} 放假 公司日") == (0, 0, 0), "nothing new"
    assert Notice.select().where(Notice.kind == "deadline-moved").count() == 1
    assert audit.verify().sound


@pytest.mark.clause("A.10", "C.5")
def test_days_taken_out_put_deadlines_back_and_all_of_it_is_on_record(world: World, clock: Clock) -> None:
    leave(world, "liuyang", "zhangwen", day="2026-11-23")
    campaigns = open_all("subsidiary")
    before = {row.id: row.due for row in Task.select()}, {row.id: row.due for row in Campaign.select()}
    assert campaigns
    add(world, f"{WEDNESDAY} holiday founding-day")
    after = {row.id: row.due for row in Task.select()}, {row.id: row.due for row in Campaign.select()}
    assert all(after[0][key] > due for key, due in before[0].items())
    assert all(after[1][key] > due for key, due in before[1].items())
    for task in Task.select().where(Task.kind == "review"):
        assert task.due == Campaign.get_by_id(json.loads(task.detail)["campaign"]).due
    desk = world.desk("liuyang")
    assert [(row.day, row.kind, row.name) for row in desk.calendar.days()] == [
        (WEDNESDAY, "holiday", "founding-day")
    ]
    through(world, lambda: desk.calendar.take_out("", [WEDNESDAY]))
    days, moved, _told = last("calendar.take_out")
    assert days == 1
    assert moved == len(before[0]) + 1, "the tasks, and the request"
    assert before == (
        {row.id: row.due for row in Task.select()},
        {row.id: row.due for row in Campaign.select()},
    )
    assert desk.calendar.days() == ()
    assert [(row.by, row.kind, row.day) for row in desk.calendar.history()] == [
        ("刘洋", "usual", WEDNESDAY),
        ("刘洋", "holiday", WEDNESDAY),
    ]
    with pytest.raises(Invalid):
        desk.calendar.take_out("", [WEDNESDAY])
    record = AuditRecord.get((AuditRecord.act == "calendar.take_out") & (AuditRecord.outcome == "done"))
    assert json.loads(detail_of(record))["moved"] == moved
    assert {row.act for row in AuditRecord.select()} >= {"calendar.add", "calendar.take_out"}


@pytest.mark.clause("A.10", "C.5")
def test_a_review_that_asks_everybody_is_told_of_by_one_notice_and_each_task_counts(
    world: World, clock: Clock
) -> None:
    open_all("group")
    asked = list(Task.select().where((Task.kind == "review") & (Task.role == "person")))
    theirs = {account.id for task in asked for account in _in_use(task)}
    assert len(theirs) > 2
    days, moved, people = add(world, f"{WEDNESDAY} holiday founding-day")
    assert (days, moved) == (1, Task.select().where(Task.state == "open").count())
    notices = [json.loads(one.detail) for one in Notice.select().where(Notice.kind == "deadline-moved")]
    (to_all,) = [one for one in notices if one["number"] == asked[0].id]
    assert to_all["due"] == Task.get_by_id(asked[-1].id).due > asked[-1].due == to_all["was"]
    assert theirs <= told("deadline-moved")
    assert people == len(told("deadline-moved"))


def _in_use(task: Task) -> list[Account]:
    person = Entry.get_by_id(task.entry_id).person_id
    return list(Account.select().where((Account.person == person) & (Account.state == "active")))


def test_each_line_that_is_wrong_is_named_and_nothing_is_taken(world: World) -> None:
    found = wrong(
        world,
        "2026-11-27 放假 甲",
        "2026-11-31 放假 乙",
        "2026-11-27 补班 丙",
        "2026-11-26 补班 丁",
        "2026-11-29 放假 戊",
        "2026-11-30 也许 己",
        "明天 放假 庚",
    )
    assert [row for row, _reason in found] == [3, 4, 5, 6, 7, 8]
    assert "no such day" in found[0][1]
    assert "Row 2" in found[1][1]
    assert "worked anyway" in found[2][1]
    assert "weekend" in found[3][1]
    assert "none of these" in found[4][1]
    assert wrong(world) == [(1, "The file names no day.")]
    with pytest.raises(BadRows) as bad:
        world.desk("liuyang").calendar.add("", [["日期", "甲"], ["2026-11-27", "放假"]], FILE)
    assert bad.value.errors[0].row == 1
    assert not CalendarChange.select().exists()
    assert not CalendarDay.select().exists()


def test_days_are_written_as_people_write_them(world: World) -> None:
    rows = [["Date", "Kind", "Name"], ["2026/11/27", "Day Off", ""], ["2026年11月28日", "工作日", "调休"]]
    days = [*rows, ["2026-11-27 00:00:00", "off", ""], ["", "", ""]]
    through(world, lambda: world.desk("liuyang").calendar.add("", days, FILE))
    assert [(row.day, row.kind) for row in world.desk("zhangwei").calendar.days()] == [
        ("2026-11-27", "holiday"),
        (SATURDAY, "workday"),
    ]


def test_what_the_library_exchanged_can_be_declared_otherwise(world: World) -> None:
    made_up, free = "2026-10-10", "2026-10-07"
    assert add(world, f"{made_up} 补班 国庆")[0] == 1, "as the printed notice says of it"
    add(world, f"{made_up} 放假 不补班", f"{free} 上班 值班")
    assert [calendar().is_working_day(date.fromisoformat(day)) for day in (made_up, free)] == [False, True]


@pytest.mark.clause("D.5.1")
def test_a_book_has_days_of_its_own_besides(world: World, clock: Clock) -> None:
    build_wider_world("class", beside=world)
    keeper = "yanlaoshi"
    request = change(world, "zhangwei")
    before = Request.get_by_id(request).due
    assert add(world, f"{WEDNESDAY} 放假 运动会", login=keeper, book="class")[0] == 1
    assert Request.get_by_id(request).due == before, "of another book"
    on = date.fromisoformat(WEDNESDAY)
    assert (calendar("class").is_working_day(on), calendar("staff").is_working_day(on)) == (False, True)
    add(world, f"{SATURDAY} 补班 调休")
    saturday = date.fromisoformat(SATURDAY)
    assert calendar("class").is_working_day(saturday), "the organisation's days hold in every book"
    assert add(world, f"{SATURDAY} 放假 学校不补", login=keeper, book="class")[0] == 1
    assert not calendar("class").is_working_day(saturday)
    assert calendar("staff").is_working_day(saturday)
    assert refused(lambda: add(world, f"{WEDNESDAY} 放假 会", book="class")).clause == "default"


def test_the_organisations_days_are_kept_by_whoever_keeps_the_first_book_or_administers_it(
    world: World,
) -> None:
    assert add(world, f"{WEDNESDAY} 放假 会")[0] == 1
    assert add(world, "2026-11-26 放假 会", login="guotao")[0] == 1, "the administrator"
    for login in ("zhangwei", "wangfang", "helei", "fangmin", "ouyangxue"):
        desk = world.desk(login)
        assert [row.day for row in desk.calendar.days()] == [WEDNESDAY, "2026-11-26"]
        assert not desk.calendar.status().keeps
        for act in (
            lambda: add(world, "2026-11-27 放假 会", login=login),  # noqa: B023
            lambda: desk.calendar.take_out("", [WEDNESDAY]),  # noqa: B023
            lambda: desk.calendar.history(),  # noqa: B023
        ):
            no = refused(act)
            keeps = [one for one in desk.kept.permissions().books if desk.calendar.status(one).keeps]
            assert (no.clause, "--book" in say(no.advice, "en")) == ("default", bool(keeps)), login
    assert "--book subsidiary" in say(refused(world.desk("fangmin").calendar.history).advice, "en")
    assert CalendarChange.select().count() == 2


@pytest.mark.clause("A.8")
def test_a_deadline_is_never_moved_into_the_past(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    clock.set("2026-11-26T09:00+08:00")
    add(world, "2026-11-24 放假 甲")
    assert Request.get_by_id(request).due == "2026-11-27"
    through(world, lambda: world.desk("liuyang").calendar.take_out("", ["2026-11-24"]))
    assert Request.get_by_id(request).due == "2026-11-26"
    clock.set("2026-11-30T09:00+08:00")
    add(world, "2026-11-27 放假 乙")
    assert Request.get_by_id(request).due == "2026-11-26", "late stays late"


@pytest.mark.threat(55)
def test_what_was_missed_stays_missed(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    clock.set("2026-11-30T09:00+08:00")
    add(world, "2026-11-25 放假 甲")
    assert Request.get_by_id(request).due == "2026-11-26"


@pytest.mark.threat(55)
def test_a_day_that_is_past_or_near_takes_a_second_office(world: World, clock: Clock) -> None:
    clock.set("2026-11-23T09:00+08:00")
    rows = [HEADS, ["2026-11-20", "放假", "甲"]]
    request = asked(lambda: world.desk("liuyang").calendar.add("", rows, FILE))
    assert not CalendarDay.select().exists()
    shown = [
        (say(line.label, "zh_CN"), say(line.after, "zh_CN")) for line in seen_by(world, "helei", request)
    ]
    assert shown[1:] == [("放假", "2026-11-20 甲")], "what was read, not the file"
    with pytest.raises(Refused):
        approve_power(world, "zengqing", request)
    approve_power(world, "helei", request)
    assert CalendarDay.select().exists()


def seen_by(world: World, who: str, request: int) -> Sequence[DiffLine]:
    return world.desk(who).queue.one(request).lines


def approve_power(world: World, by: str, request: int) -> None:
    desk = world.desk(by)
    desk.queue.approve(request, desk.queue.one(request).digest)


@pytest.mark.clause("A.8")
def test_a_year_that_deadlines_reach_into_and_nobody_announced_is_told_once(
    world: World, store: Store, clock: Clock
) -> None:
    assert not calendar().is_announced(2027)
    assert calendar().is_announced(2026)
    clock.set("2026-12-29T09:00+08:00")
    change(world, "zhangwei")
    assert unknown_years("staff") == {2027: 1}
    assert world.desk("zhangwei").calendar.status().unknown == (2027,)
    with pytest.raises(doctor_checks.Remark) as remark:
        doctor_checks.calendar(store.home)
    assert "2027 (1)" in say(remark.value.found, "en")
    with patch.object(runner, "hooks", lambda: Hooks(alarms=(alarm_unknown,))):
        runner.run(HERE)
        runner.run(HERE)
    assert Notice.select().where(Notice.kind == "calendar-unknown").count() == 1
    assert told("calendar-unknown") == {world.accounts["liuyang"], world.accounts["zengqing"]}
    (news,) = [one for one in world.desk("liuyang").notices.unread() if one.kind == "calendar-unknown"]
    assert "2027" in say(describe_notice(news), "zh_CN")
    add(world, "2027-01-01 放假 元旦")
    assert unknown_years("staff") == {}
    assert "are known" in say(doctor_checks.calendar(store.home), "en")


def test_a_file_comes_by_a_command_in_either_encoding(world: World) -> None:
    content = "日期,类型,名称\n2026-11-27,放假,公司日\n2026-11-28,补班,调休\n"
    sent = answered(world, "liuyang", "calendar add 2026.csv --json", content.encode("gb18030"))
    assert (sent.status, Request.get_by_id(sent.data["request"]).kind) == (0, "power")
    settle(world.desk("helei"))
    assert last("calendar.add")[0] == 2
    assert answered(world, "liuyang", "calendar add", content.encode()).status == 0
    settle(world.desk("helei"))
    rows = answered(world, "zhangwei", "calendar --only year=2026 --json").data
    assert [(row["day"], row["kind"], row["name"], row["source"]) for row in rows] == [
        ("2026-11-27", "holiday", "公司日", "2026.csv"),
        ("2026-11-28", "workday", "调休", "2026.csv"),
    ]
    bad = answered(world, "liuyang", "calendar add", b"day,kind\n2026-11-29,off\n", language="en")
    assert (bad.status, "Row 2" in bad.err, "Nothing was imported" in bad.err) == (1, True, True)
    assert answered(world, "zhangwei", "calendar add", content.encode()).status == 1
    for unfit in (b"\x00\x01", b"x" * (MAX_BYTES + 1)):
        assert answered(world, "liuyang", "calendar add", unfit).status == 1
    assert answered(world, "liuyang", "calendar remove 2026-11-27 2026-11-28").status == 0
    settle(world.desk("helei"))
    assert answered(world, "liuyang", "calendar remove 2026-11-27").status == 1
    lines = answered(world, "liuyang", "calendar history --json").data
    assert [row["kind"] for row in lines] == ["usual", "usual", "holiday", "workday"]
    assert answered(world, "zhangwei", "calendar add --book nowhere", content.encode()).status == 2


def test_a_file_is_taken_in_from_the_tray(world: World) -> None:
    content = b"day,kind,name\n2026-11-27,holiday,x\n"
    file = world.desk("liuyang").evidence.add("days.csv", content).id
    assert answered(world, "liuyang", f"calendar import --file {file}").status == 0
    settle(world.desk("helei"))
    assert [row.day for row in world.desk("liuyang").calendar.days()] == ["2026-11-27"]


def test_an_older_store_gets_the_tables(store: Store) -> None:
    with writing():
        for table in (CalendarDay, CalendarChange):
            table.drop_table()
        SchemaVersion.delete().where(SchemaVersion.version >= CALENDAR).execute()
    assert migrate() == list(range(CALENDAR, len(STEPS) + 1))
    assert not CalendarDay.select().exists()


NOTICE = (
    "国务院办公厅关于2027年部分节假日安排的通知",
    "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
    "一、元旦：2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。",
    "二、春节：2月5日（农历腊月二十九、周五）至13日（周六）放假调休，共9天。2月14日（周日）、2月20日（周六）上班。",
    "三、清明节：4月5日（周一）放假，与周末连休。",
    "四、劳动节：4月30日（周五）至5月4日（周二）放假调休，共5天。4月25日、5月8日（周六）上班。",
    "国务院办公厅",
)
"""In the form of the State Council's notices; the days are made up."""


def notice(text: str) -> dict[str, str]:
    """What the printed notice comes to: off or worked, by day."""
    found = read_days_file([[line] for line in text.split("\n")], WorkingCalendar())
    return {day.isoformat(): line.kind for day, line in found.items()}


@pytest.mark.clause("A.8")
def test_the_notice_is_taken_as_it_is_printed() -> None:
    """Its ranges hold weekend days; weekend days that are worked instead stand in the same paragraph."""
    found = notice("\n".join(NOTICE))
    off = [day for day, kind in found.items() if kind == "holiday"]
    assert off[:3] == ["2026-12-31", "2027-01-01", "2027-01-02"], "over the end of the year"
    assert off[3:12] == [f"2027-02-{day:02}" for day in range(5, 14)]
    assert off[12:] == ["2027-04-05", "2027-04-30", *(f"2027-05-0{day}" for day in range(1, 5))]
    worked = [day for day, kind in found.items() if kind == "workday"]
    assert worked == ["2027-02-14", "2027-02-20", "2027-04-25", "2027-05-08"]


def test_a_notice_of_a_year_that_is_known_already_is_taken_too() -> None:
    """The library has 2026 with its make-up days: whoever sends the notice all the same is not refused."""
    assert notice(
        "关于2026年部分节假日安排的通知\n一、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、28日（周六）上班。"
    ) == {
        **{f"2026-02-{day}": "holiday" for day in range(15, 24)},
        "2026-02-14": "workday",
        "2026-02-28": "workday",
    }


def test_its_year_is_that_of_its_title_and_not_of_the_pages_head() -> None:
    """It is published in the year before, which the page of gov.cn says above it."""
    head = "成文日期：2026年11月12日\n标题：国务院办公厅关于2027年部分节假日安排的通知\n"
    assert notice(f"{head}一、清明节：4月5日（周一）放假1天。") == {"2027-04-05": "holiday"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("一、元旦：1月1日放假。", "of which year"),
        ("2027年安排\n一、元旦：1月32日放假。", "no such day"),
        ("2027年安排\n一、元旦：1月1日至3月30日放假。", "up to 31 days"),
        ("2027年安排\n一、元旦：1月1日放假。1月4日（周一）上班。", "worked anyway"),
        ("2027年安排\n一、春节：2月5日（农历除夕、周四）至11日（周四）放假。", "2027-02-05 is not 周四"),
        ("2027年安排\n一、春节：2月5日（周五）至11日（星期三）放假。", "2027-02-11 is not 星期三"),
        ("2027年安排\n一、元旦：放假安排另行通知。", "names no day"),
    ],
)
def test_a_notice_that_can_not_be_meant_says_why(text: str, why: str) -> None:
    with pytest.raises(BadRows) as bad:
        notice(text)
    assert why in say(bad.value.errors[0].reason, "en")
    assert say(bad.value.errors[0].reason, "zh_CN") != say(bad.value.errors[0].reason, "en")


@pytest.mark.parametrize(
    "range",
    [
        "2027-02-05 至 2027-02-08",
        "2027年2月5日（周五）至8日（周一）",
        "2027/2/5～2027/2/8",
        "2027-02-05 - 2027-02-08",
    ],
)
def test_a_line_of_a_table_may_be_a_range_with_its_weekend(world: World, range: str) -> None:
    rows = [HEADS, [range, "放假", "春节"], ["2027-02-13", "补班", "春节"]]
    found = read_days_file(rows, WorkingCalendar())
    assert [day.isoformat() for day in found][:4] == [f"2027-02-0{day}" for day in (5, 6, 7, 8)]
    with pytest.raises(BadRows):
        read_days_file([HEADS, ["2027-02-08 至 2027-02-05", "放假", "春节"]], WorkingCalendar())
    with pytest.raises(BadRows):
        read_days_file([HEADS, ["2027-02-06 至 2027-02-07", "放假", "周末"]], WorkingCalendar())


@pytest.mark.clause("A.8")
def test_the_notice_comes_as_a_text_by_the_command(world: World) -> None:
    sent = answered(world, "liuyang", "calendar add 通知.txt", "\n".join(NOTICE).encode())
    assert sent.status == 0
    settle(world.desk("helei"))
    assert not calendar().is_working_day(date(2027, 2, 8))
    assert calendar().is_working_day(date(2027, 2, 20))
    assert calendar().is_announced(2026)


@pytest.mark.threat(107)
def test_who_may_stop_days_to_come_reads_which_they_are(world: World, clock: Clock) -> None:
    """Nobody decides on days that are far ahead: whoever is told is all there is."""
    rows = [HEADS, ["2026-12-14 至 2026-12-18", "放假", "会"], ["2026-12-21", "放假", "会"]]
    asked(lambda: world.desk("liuyang").calendar.add("staff", rows, FILE))
    settle(world.desk("helei"))
    asked(lambda: world.desk("liuyang").calendar.take_out("staff", ["2026-12-21"]))
    taken, put = [
        describe_notice(one) for one in world.desk("helei").notices.unread() if one.kind == "power-asked"
    ]
    assert "放假：2026-12-14 – 2026-12-18" in say(put, "zh_CN")
    assert "off: 2026-12-21" in say(put, "en")
    assert "taken out: 2026-12-21" in say(taken, "en")


@pytest.mark.threat(107)
def test_of_very_many_days_those_told_read_that_there_are_more(world: World, clock: Clock) -> None:
    rows = [
        HEADS,
        *([f"2027-0{month}-{day:02d}", "放假", ""] for month in range(2, 10) for day in range(1, 29)),
    ]
    usual = [row for row in rows[1:] if calendar().is_working_day(date.fromisoformat(row[0]))]
    asked(lambda: world.desk("liuyang").calendar.add("staff", [HEADS, *usual[::2]], FILE))
    (one,) = [one for one in world.desk("helei").notices.unread() if one.kind == "power-asked"]
    assert len(say(describe_notice(one), "en")) < 2000
    assert f"… {len(usual[::2]) - 40}" in say(describe_notice(one), "en")
