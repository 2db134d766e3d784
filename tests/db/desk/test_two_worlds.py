"""A value that is covered from a reader tells nothing: two worlds that differ in it alone answer alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.desk import Desk, Invalid, Refused
from db.desk.audit.act_names import act_label
from db.desk.disclosure_limits import MISSED, MOST_MISSES, SHOWN
from db.desk.entry.record import load_row, reindex_entry
from db.desk.reviews.signs import Stale
from db.language import say
from db.store.engine import Store, database, store
from db.store.sealing import seal
from db.store.tables import AuditRecord, Entry, EntryField
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import PDF, approve
from tests.db.desk.lives import VALUES
from tests.db.desk.own_rules import BOOK, own_book
from tests.world import World, build_world

CLOSED = """
[[fields]]
name = "mobile"
protected = true
clause = "X.2"
[[fields]]
name = "emergency_phone"
protected = true
visible_to = ["self", "maintainer"]
clause = "X.3"
[[scopes]]
role = "employee"
reach = "book"
protected = "masked"
clause = "X.5"
[[scopes]]
role = "head"
reach = "subtree"
protected = "masked"
propose = "subtree"
maintain = "subtree"
clause = "X.6"
"""
MIDDLES = st.lists(st.integers(0, 999999), min_size=2, max_size=2, unique=True)
READERS = (
    # who reads whom in which book, and who imports there
    ("zhangwei", "zhengwei", "staff"),
    ("wangfang", "zhangwei", "staff"),
    ("huangbo", "majun", "group"),
    ("chenjing", "songjia", "group"),
)
DIGEST = re.compile(r"'[0-9a-f]{64}'")
"""Keyed, so that nothing can be tried against it."""


@pytest.fixture
def shared(store: Store, clock: Clock) -> World:
    """One world; what a question changes is rolled back."""
    return build_world()


def put(entry: int, field: str, value: str) -> None:
    """Let the field hold ``value``, and nothing else of the world be another."""
    place = EntryField.sealed.place(entry, field, 0)
    with writing():
        EntryField.update(sealed=seal(store().keys, place, value.encode())).where(
            (EntryField.entry == entry) & (EntryField.name == field)
        ).execute()
        reindex_entry(entry)


def said(act: Callable[..., object], *asked: object) -> str:
    """What the desk answers, refusals and mistakes included; what it changed is undone."""
    with database.atomic() as example:
        try:
            answer: object = act(*asked)
        except (Refused, Invalid) as no:
            answer = (
                [(one.field, say(one.message, "en")) for one in no.problems]
                if isinstance(no, Invalid)
                else (say(no.message, "en"), no.clause, say(no.advice, "en"))
            )
        example.rollback()
    return DIGEST.sub("", repr(answer))


def fragments(*numbers: str) -> list[str]:
    """Every part of the numbers from two digits on, and the whole."""
    return sorted(
        {
            number[start:end]
            for number in numbers
            for start in range(len(number))
            for end in range(start + 2, len(number) + 1)
        }
    )


def answers(desk: Desk, entry: int, field: str, guesses: tuple[str, ...]) -> list[str]:
    """All that could tell what ``field`` of the entry holds."""
    row = Entry.get_by_id(entry)
    book, directory, overview = row.book_id, desk.directory, desk.overview
    period = (None, date(2026, 1, 1), date(2026, 12, 31))
    found = [said(directory.search, book, text) for text in fragments(*guesses)]
    found += [
        said(directory.list, book),
        said(directory.facets, book),
        said(directory.card, entry),
        said(directory.contact, entry, "work"),
        said(directory.why, entry, field),
        said(desk.changes.form, entry),
        said(Stale(desk).report, entry, field),
        said(overview.directory, book),
        said(overview.incomplete, book),
        said(overview.coverage, book),
        said(overview.names, book),
        said(overview.changes, book, *period),
        said(desk.lifecycle.leave_form, entry),
        said(desk.lifecycle.move_form, entry),
    ]
    for guess in guesses:
        typed = {field: guess}
        twin = {**VALUES, "name": row.name, "mobile": guess}
        found += [
            said(desk.changes.check, entry, typed),
            said(_handed_in, desk, entry, typed),
            said(_joining, desk, row, twin),
            said(desk.importing.check, book, _sheet(row.name, guess)),
        ]
    return found


def _handed_in(desk: Desk, entry: int, typed: dict[str, str]) -> object:
    """A change as its author sees it once it is handed in."""
    file = desk.evidence.add("证明.pdf", PDF)
    number = desk.changes.submit(entry, Entry.get_by_id(entry).version, typed, "核对", [file.id])
    view = desk.requests.one(number)
    return (view.row.summary, view.lines, desk.requests.mine()[0].summary)


def _joining(desk: Desk, row: Entry, values: dict[str, str]) -> object:
    from db.desk.lifecycle.forms import JoinAsked

    asked = JoinAsked(row.book_id, "full-time", row.unit_id, "2026-11-23", values)
    checked = desk.lifecycle.check_join(asked)
    request = desk.lifecycle.join(asked)
    return (checked, desk.requests.one(request).lines, desk.lifecycle.namesakes(row.book_id, row.name))


def _sheet(name: str, mobile: str) -> list[list[str]]:
    return [
        ["姓名", "部门", "职务", "办公电话", "手机", "邮箱"],
        [name, "研发中心", "工程师", "010-88886666", mobile, "new.one@huaxing.example"],
    ]


def _numbers(middles: list[int], same: str) -> list[str]:
    """Two mobiles that look alike masked."""
    return [f"{same[:3]}{middle:06}{same[-2:]}" for middle in middles]


@pytest.mark.threat(52)
@pytest.mark.clause("C.10.1", "A.13", "F.5.2")
@pytest.mark.parametrize(("login", "whom", "book"), READERS)
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(middles=MIDDLES)
def test_what_is_covered_changes_no_answer(
    shared: World, login: str, whom: str, book: str, middles: list[int]
) -> None:
    """Searches by every fragment, forms, hand-ins, joiners, trials of an import, reports."""
    desk, entry = shared.desk(login), shared.entry(whom, book)
    now = load_row(Entry.get_by_id(entry)).first("mobile")
    numbers = _numbers(middles, now.removeprefix("+86"))
    worlds = []
    for number in numbers:
        put(entry, "mobile", f"+86{number}")
        worlds.append(answers(desk, entry, "mobile", tuple(numbers)))
    put(entry, "mobile", now)
    for one, other in zip(*worlds, strict=True):
        assert one == other


@pytest.mark.threat(52)
@pytest.mark.parametrize("field", ["mobile", "emergency_phone"])
def test_what_takes_a_granted_request_shows_no_digit_of_it(store: Store, clock: Clock, field: str) -> None:
    """Whoever maintains an entry without seeing the field does not learn where it begins or ends either."""
    world = own_book(CLOSED, {"emergency_phone": "13800009999"})
    desk, entry = world.desk("wangfang"), world.entry("zhangwei", BOOK)
    numbers = ("13912345678", "15800000021")
    worlds = []
    for number in numbers:
        put(entry, field, f"+86{number}")
        worlds.append(answers(desk, entry, field, numbers))
    for one, other in zip(*worlds, strict=True):
        assert one == other


@pytest.mark.threat(52)
def test_before_the_form_was_opened_nothing_is_compared_for_who_sees_in_clear(world: World) -> None:
    """Whoever keeps the book sees protected values, on record; a check is on no record."""
    desk, entry = world.desk("liuyang"), world.entry("zhangwei")
    typed = {"mobile": "138 0000 2121"}
    assert [line.field for line in desk.changes.check(entry, typed).lines] == ["mobile"]
    assert AuditRecord.select().where(AuditRecord.act == SHOWN).count() == 0
    desk.changes.form(entry)
    assert desk.changes.check(entry, typed).lines == ()
    assert AuditRecord.select().where(AuditRecord.act == SHOWN).count() == 1


@pytest.mark.threat(52)
def test_a_change_to_the_same_covered_value_goes_its_way(world: World) -> None:
    """It is handed in, decided and applied as any other; nobody is told that nothing changed."""
    desk, entry = world.desk("wangfang"), world.entry("zhangwei")
    file = desk.evidence.add("证明.pdf", PDF)
    form = desk.changes.form(entry)
    number = desk.changes.submit(entry, form.version, {"mobile": "138 0000 2121"}, "核对", [file.id])
    approve(world, "liwei", number)
    approve(world, "liuyang", number)
    assert desk.requests.one(number).row.state == "applied"


def shown(world: World, login: str) -> list[int | None]:
    rows = AuditRecord.select().where(
        (AuditRecord.act == SHOWN) & (AuditRecord.account == world.accounts[login])
    )
    return [row.entry for row in rows]


@pytest.mark.threat(52)
@pytest.mark.clause("A.5", "A.13")
def test_a_whole_protected_number_finds_its_owner_on_record_and_counts(world: World) -> None:
    """By the whole of it alone, however it is written; a search as one types tells nothing."""
    desk = world.desk("zhangwei").directory
    for text in fragments("13700001030"):
        if len(text) > 4:  # fewer may begin an office number, which is open
            assert desk.search("staff", text) == (), text
        if text != "13700001030":
            assert desk.by_value("staff", text).lines == (), text
    assert shown(world, "zhangwei") == []
    assert AuditRecord.select().where(AuditRecord.act == MISSED).count() == 0
    for number, text in enumerate(("13700001030", "+86 137-0000-1030"), start=1):
        assert [line.name for line in desk.by_value("staff", text).lines] == ["郑微"]
        assert shown(world, "zhangwei") == [world.entry("zhengwei")] * number
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.book) == ("directory.by_value", "staff")
    assert "13700001030" not in detail_of(record)
    assert desk.by_value("staff", "13500008203").lines == ()  # out of reach is nobody


@pytest.mark.threat(52)
def test_protected_values_that_nobody_has_are_asked_for_a_bounded_number_of_times(
    world: World, clock: Clock
) -> None:
    """In all sessions of a person; the limit is told in words, for what exists and what does not alike."""
    desk = world.desk("zhangwei").directory
    for number in range(MOST_MISSES):
        assert desk.by_value("staff", f"1390000{number:04}").withheld == ""
    told = [world.desk("zhangwei").directory.by_value("staff", one) for one in ("13700001030", "13911112222")]
    assert told[0] == told[1]
    assert told[0].lines == ()
    assert "30" in say(told[0].withheld, "en")
    assert "一天" in say(told[0].withheld, "zh_CN")
    assert say(act_label(MISSED), "en") == "look for a protected value that nobody has"
    clock.forward(days=1, minutes=1)
    assert [line.name for line in desk.by_value("staff", "13700001030").lines] == ["郑微"]


@pytest.mark.threat(52)
@pytest.mark.threat(43)
def test_beyond_the_watch_no_protected_value_finds_anybody(world: World) -> None:
    from tests.db.desk.test_showing import LIMIT, colleagues, reveal

    desk = world.desk("zhangwei")
    reveal(desk, colleagues(world, "staff", "研发中心/研发一部", LIMIT))
    told = [desk.directory.by_value("staff", one) for one in ("13900001507", "13911112222")]
    assert told[0] == told[1]
    assert told[0].lines == ()
    assert "30" in say(told[0].withheld, "en")


def test_a_word_that_finds_somebody_is_no_question_for_a_protected_value(world: World) -> None:
    """A WeChat name is asked for only where nobody is found by what is open (E.4)."""
    desk, before = world.desk("majun").directory, AuditRecord.select().count()
    assert desk.by_value("group", "huangbo").lines == ()
    assert AuditRecord.select().count() == before
    assert desk.by_value("group", "nobody_here").lines == ()
    assert AuditRecord.select().order_by(AuditRecord.seq.desc()).get().act == MISSED
