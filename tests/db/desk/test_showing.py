"""How many people's protected values one person is shown within the hour, and what holds beyond (row 43)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.desk import Desk, Refused, open_desk
from db.desk.authority.permissions import policy_of
from db.desk.directory.directory_views import Card
from db.desk.emergency.emergencies import Emergencies
from db.desk.entry.record import create_entry
from db.language import say
from db.store import clock as store_clock
from db.store.engine import database
from db.store.record_words import words_of
from db.store.tables import Account, Archive, AuditRecord, Grant, Notice, NoticeRecipient
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import approved, leave
from tests.wider_world import build_wider_world
from tests.world import World

LIMIT = 30


@pytest.fixture
def people(world: World) -> list[int]:
    """Entries of forty colleagues in one department."""
    return colleagues(world, "staff", "研发中心/研发一部", LIMIT + 10)


def colleagues(world: World, book: str, unit: str, count: int) -> list[int]:
    with writing():
        return [
            create_entry(
                book, world.unit(book, unit), "full-time",
                {"name": (f"员工{chr(0x4E00 + number)}",), "mobile": (f"+861370000{number:04}",)},
            )
            for number in range(count)
        ]  # fmt: skip


def reveal(desk: Desk, entries: Iterable[int], reason: str = "") -> None:
    for entry in entries:
        desk.directory.reveal(entry, "mobile", "work", reason)


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def looks(card: Card) -> set[str]:
    return {field.look for field in card.fields if field.name == "mobile"}


def told(login: str, world: World) -> list[Notice]:
    rows = NoticeRecipient.select().where(NoticeRecipient.account == world.accounts[login])
    return [row.notice for row in rows if row.notice.kind == "reveal"]


@pytest.mark.threat(43)
def test_beyond_thirty_people_an_hour_each_takes_a_reason_and_the_supervisor_is_told_once(
    world: World, people: list[int]
) -> None:
    desk = world.desk("zhangwei")
    reveal(desk, people[:LIMIT])
    assert told("helei", world) == []
    refusal = refused(lambda: reveal(desk, people[LIMIT:]))
    assert "30" in say(refusal.message, "en")
    assert refusal.clause == "default"
    assert "--reason" in say(refusal.advice, "en")
    refused(lambda: reveal(desk, people[LIMIT:], " \t"))
    assert told("helei", world) == []
    reveal(desk, people[LIMIT : LIMIT + 3], "客户现场联络")
    (notice,) = told("helei", world)
    assert (notice.book_id, notice.clause) == ("staff", "default")
    record = (
        AuditRecord.select().where(AuditRecord.act == "directory.reveal").order_by(AuditRecord.seq.desc())
    )
    assert words_of(record.get()).detail["reason"] == "客户现场联络"
    refused(lambda: reveal(desk, people[LIMIT + 3 :]))


@pytest.mark.threat(43)
@pytest.mark.parametrize("shown", [LIMIT - 1, LIMIT])
def test_an_opened_archive_counts_as_shown_and_beyond_is_without_the_number(
    world: World, people: list[int], shown: int
) -> None:
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    desk = world.desk("zengqing")
    archive = Archive.get().id
    for entry in people[:shown]:
        desk.changes.form(entry)
    values = desk.lifecycle.open_archive(archive).values
    assert values["name"] == "张文"
    assert ("mobile" in values) == (shown < LIMIT)
    assert (told("helei", world) != []) == (shown == LIMIT)
    if shown < LIMIT:
        refused(lambda: reveal(desk, people[LIMIT - 1 : LIMIT]))


@pytest.mark.threat(43)
def test_who_was_shown_already_is_no_further_one_and_an_hour_ends_it(
    world: World, people: list[int], clock: Clock
) -> None:
    desk = world.desk("zhangwei")
    reveal(desk, [*people[:LIMIT], *people[:LIMIT]])
    reveal(desk, [world.entry("zhangwei")])
    refused(lambda: reveal(desk, people[LIMIT:]))
    clock.forward(minutes=61)
    reveal(world.desk("zhangwei"), people[LIMIT:])


@pytest.mark.threat(43)
def test_another_session_or_account_of_the_same_person_counts_along(world: World, people: list[int]) -> None:
    reveal(world.desk("zhangwei"), people[:LIMIT])
    moment = store_clock.now()
    second = Account.create(
        login="zhangwei2", person=world.people["zhangwei"], state="active", created_at=moment,
        password_set_at=moment,
    )  # fmt: skip
    world.accounts["zhangwei2"] = second.id
    for login in ("zhangwei", "zhangwei2"):
        refusing = world.desk(login)
        refused(lambda desk=refusing: reveal(desk, people[LIMIT:]))  # type: ignore[misc]
    reveal(world.desk("zhangwen"), people[LIMIT:])


@pytest.mark.threat(43)
def test_of_a_hundred_at_once_thirty_come_through(world: World, people: list[int]) -> None:
    everybody = [*people, *colleagues(world, "staff", "研发中心/研发一部", 60)]
    actors = [world.actor("zhangwei") for _session in range(10)]

    def take(number: int) -> int:
        shown = 0
        try:
            for entry in everybody[number::10]:
                try:
                    open_desk(actors[number]).directory.reveal(entry, "mobile", "work")
                    shown += 1
                except Refused:
                    pass
        finally:
            database.close()
        return shown

    with ThreadPoolExecutor(len(actors)) as pool:
        assert sum(pool.map(take, range(len(actors)))) == LIMIT


@pytest.mark.threat(43)
def test_whoever_sees_protected_values_without_asking_sees_masks_beyond_the_watch(
    world: World, people: list[int]
) -> None:
    """Human resources: cards, change forms, contact cards and revealed fields count alike."""
    desk = world.desk("liuyang")
    for entry in people[:10]:
        assert looks(desk.directory.card(entry)) == {"shown"}
    for entry in people[10:20]:
        assert {one.covered for one in desk.changes.form(entry).fields if one.name == "mobile"} == {False}
    for entry in people[20:LIMIT]:
        numbers = desk.directory.contact(entry, "work").numbers
        assert {one.look for one in numbers if one.name == "mobile"} == {"shown"}
    last = people[LIMIT]
    assert looks(desk.directory.card(last)) == {"masked"}
    assert {one.covered for one in desk.changes.form(last).fields if one.name == "mobile"} == {True}
    numbers = desk.directory.contact(last, "work").numbers
    assert {one.look for one in numbers if one.name == "mobile"} == {"masked"}
    (line,) = desk.changes.check(last, {"mobile": "13900007777"}).lines
    assert "0030" not in str(line)
    assert desk.directory.asks_reason("staff", last)
    assert desk.directory.asks_reason("staff", people[0]) is None
    refused(lambda: reveal(desk, [last]))
    reveal(desk, [last], "核对入职材料")
    assert looks(desk.directory.card(last)) == {"shown"}
    assert looks(desk.directory.card(people[0])) == {"shown"}


@pytest.mark.threat(43)
def test_a_list_shows_nobody_s_protected_values_but_one_s_own(world: World, people: list[int]) -> None:
    for login in ("liuyang", "zhangwei"):
        desk = world.desk(login)
        lines = [*desk.directory.list("staff", limit=200), *desk.directory.search("staff", "0000", limit=200)]
        for line in lines:
            clear = {field.look for field in line.fields if field.name == "mobile"} == {"shown"}
            assert clear == line.own, line.name


@pytest.mark.threat(43)
def test_a_copy_of_the_whole_book_is_told_to_the_supervisor(world: World, people: list[int]) -> None:
    table = world.desk("liuyang").overview.directory("staff")
    assert sum(row.shown for row in table.rows) > LIMIT
    assert len(told("helei", world)) == 1


@pytest.mark.threat(43)
@pytest.mark.clause("D.9.3", "D.11.2")
def test_calls_in_an_emergency_are_never_held_up_and_are_told(world: World) -> None:
    build_wider_world("class", beside=world)
    with writing():
        values = {"name": ("某同学",), "sex": ("female",), "student_number": ("1",),
                  "parent_phones": ("+8613700009999",)}  # fmt: skip
        unit = world.unit("class", "高一（3）班")
        pupils = [create_entry("class", unit, "student", values) for _number in range(LIMIT + 2)]
    teacher = world.desk("yanlaoshi")
    for entry in pupils:
        assert [one.text for one in Emergencies(teacher).open(entry).numbers] == ["137 0000 9999"]
    card = teacher.directory.card(world.entry("jiangtao", "class"))
    assert {field.look for field in card.fields if field.name == "parent_phones"} == {"masked"}
    (notice,) = list(Notice.select().where(Notice.kind == "reveal"))
    assert notice.clause == "D.11.2, default"
    heard = [row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == notice)]
    assert heard
    assert world.accounts["yanlaoshi"] not in heard, "the teacher watches, but not over themselves"


@pytest.mark.threat(43)
def test_the_supervisor_is_not_the_only_one_told_of_the_supervisor(world: World, people: list[int]) -> None:
    Grant.create(account=world.accounts["helei"], role="hr", book="staff", granted_at=store_clock.now())
    desk = world.desk("helei")
    for entry in people[:LIMIT]:
        desk.directory.card(entry)
    reveal(desk, [people[LIMIT]], "安全检查")
    assert told("helei", world) == []
    assert len(told("liuyang", world)) == 1


@pytest.mark.threat(43)
def test_every_book_has_the_watch_and_a_policy_may_make_it_stricter(world: World) -> None:
    for book in ("staff", "subsidiary", "group"):
        (rule,) = [one for one in policy_of(book).watches if one.what == "reveal"]
        assert (rule.people_an_hour, rule.clause) == (LIMIT, "default")
