"""Training on the rules: who was trained on which version, who is due, what waits for it (F.6.2)."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Desk, Invalid
from db.desk.authority.permissions import policy_of
from db.desk.due_dates import Due
from db.desk.entry.record import apply_values
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.reviews.reviews import Reviews
from db.desk.training.course import Course
from db.desk.training.report import TrainingReport
from db.desk.training.topics import next_due
from db.desk.training.trainings import PersonTraining, Trainings
from db.language import LANGUAGES, Language, listed, say
from db.policy.compose import compose
from db.policy.lessons import questions
from db.policy.loader import builtin
from db.store.engine import Store
from db.store.tables import Account, Book, Entry, Trained, UndertakingAccepted
from db.store.transactions import writing
from reports import training as report
from reports.report import Period
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.reviewing import last_record, refused
from tests.reports.answered import answered
from tests.rules import on_record, put_under
from tests.wider_world import build_wider_world
from tests.world import World

TOPIC = "directory-rules"
SOURCE = Source("签到表.csv", "ab" * 32)
STRICT = """
id = "strict"
version = "3"
effective = 2026-01-01
title = { zh = "先培训后使用", en = "Trained first" }
training = [{ id = "directory-rules", every = "year", blocks = true, clause = "X.1" }]

[[summary]]
clause = "X.1"
zh = "未经培训不得使用。"
en = "No use before training."
"""


@pytest.fixture
def wide(world: World, store: Store) -> World:
    """A general book (F) beside the others."""
    on_record(STRICT)
    return build_wider_world("general", beside=world)


def people(desk: Desk, book: str = "general") -> dict[str, PersonTraining]:
    """Who is to be trained, by name."""
    return {one.name: one for one in Trainings(desk).people(book, TOPIC)}


@pytest.mark.clause("F.6.1", "F.6.2")
def test_who_was_trained_on_which_version_and_who_is_due(wide: World, clock: Clock) -> None:
    """Everybody each year; outside contacts are none of the learners."""
    desk = wide.desk("jinhr")
    assert {name: one.training.state for name, one in people(desk).items()} == dict.fromkeys(
        ("谭兰", "金瑞", "余慧", "杜北", "鲁南"), "never"
    )
    entries = [wide.entry("dubei", "general"), wide.entry("lunan", "general")]
    assert Trainings(desk).record("general", TOPIC, entries, "2026-11-20") == 2
    record = last_record("training.record")
    assert (record.clause, record.book, record.account) == ("F.6.2", "general", wide.accounts["jinhr"])
    trained = people(desk)["杜北"].training
    assert (trained.state, trained.version, trained.due) == ("trained", "general 1.4", "2027-11-20")
    (own,) = Trainings(wide.desk("dubei")).mine()
    assert (own.training, own.due) == (trained, None)
    clock.set("2027-11-01T09:00+08:00")
    assert people(wide.desk("jinhr"))["杜北"].training.state == "soon"
    assert Trainings(wide.desk("dubei")).mine()[0].due == Due("2027-11-20", 14, "F.6.2, own")
    clock.set("2027-11-22T09:00+08:00")
    assert people(wide.desk("jinhr"))["杜北"].training.state == "due"
    assert Trainings(wide.desk("dubei")).mine()[0].due == Due("2027-11-20", -1, "F.6.2, own")


@pytest.mark.clause("G.7.3")
def test_whoever_uses_wecom_is_made_aware_of_malware_each_year(wide: World) -> None:
    world = build_wider_world("wecom", beside=wide)
    desk = world.desk("huanghr")
    learners = Trainings(desk).people("wecom", "malware-awareness")
    assert {one.training.state for one in learners} == {"never"}
    assert "舒琪" in {one.name for one in learners}
    assert Trainings(desk).record("wecom", "malware-awareness", [world.entry("shuqi", "wecom")]) == 1
    assert last_record("training.record").clause == "G.7.3"
    (own,) = Trainings(world.desk("shuqi")).mine()
    assert (own.training.state, own.training.due) == ("trained", "2027-11-23")
    other = [world.entry("maoxiao", "wecom")]
    refusal = refused(lambda: Trainings(world.desk("shuqi")).record("wecom", "malware-awareness", other))
    assert refusal.clause == "G.7.3"


@pytest.mark.clause("F.6.2")
def test_a_training_on_an_earlier_version_is_marked(wide: World) -> None:
    Trainings(wide.desk("jinhr")).record("general", TOPIC, [wide.entry("dubei", "general")])
    with writing():
        Trained.update(version="general 0").execute()
    assert people(wide.desk("jinhr"))["杜北"].training.older


@pytest.mark.clause("F.6.2")
def test_a_training_of_before_the_book_is_renewed_within_its_first_month(wide: World) -> None:
    """Whoever was trained long ago is no worse off than whoever never was."""
    with writing():
        Book.update(made_at="2026-11-23T01:00:00.000000Z").where(Book.id == "general").execute()
    desk = wide.desk("jinhr")
    Trainings(desk).record("general", TOPIC, [wide.entry("dubei", "general")], "2024-03-01")
    Trainings(desk).record("general", TOPIC, [wide.entry("lunan", "general")], "2025-12-01")
    trained = {name: (one.training.state, one.training.due) for name, one in people(desk).items()}
    assert trained["杜北"] == ("soon", "2026-12-23")
    assert trained["鲁南"] == ("soon", "2026-12-01")


@pytest.mark.clause("F.6.2")
def test_attendance_is_recorded_by_the_maintainer_alone(wide: World) -> None:
    entry = wide.entry("dubei", "general")
    head = wide.desk("dubei")
    assert set(people(head)) == {"杜北"}  # heads see their own department
    for denied in (
        refused(lambda: Trainings(head).record("general", TOPIC, [entry])),
        refused(lambda: Trainings(head).load("general", TOPIC, [["姓名"], ["杜北"]], SOURCE)),
    ):
        assert denied.clause == "F.6.2"
    assert refused(lambda: Trainings(wide.desk("lunan")).people("general", TOPIC)).clause == "F.6.2"
    assert Trained.select().count() == 0
    assert last_record("training.load").outcome == "refused"
    foreign = refused(lambda: Trainings(wide.desk("majun")).people("general", TOPIC))
    never = refused(lambda: Trainings(wide.desk("majun")).people("no-such-book", TOPIC))
    assert (foreign.clause, foreign.message) == (never.clause, never.message)
    with pytest.raises(Invalid):
        Trainings(wide.desk("jinhr")).record("general", TOPIC, [entry], "2026-11-24")
    with pytest.raises(Invalid):
        Trainings(wide.desk("jinhr")).record("general", TOPIC, [wide.entry("majun", "group")])


@pytest.mark.clause("F.6.2")
def test_an_attendance_list_is_taken_in_whole_or_not_at_all(wide: World) -> None:
    desk = wide.desk("yuhr")
    rows = [
        ["登录名", "姓名", "部门", "日期"],
        ["lunan", "", "", "2026-11-20"],
        ["", "杜北", "华北区", "2026/11/19"],
        ["", "谭兰", "", ""],
    ]
    bad = [
        [*rows, ["nobody", "", "", ""]],
        [*rows, ["", "韦贵", "", ""]],  # an outside contact
        [*rows, ["", "余慧", "", "2026-12-31"]],
        [*rows, ["", "余慧", "", "昨天"]],
        [["部门"], ["华北区"]],
        [["姓名"]],
        [],
    ]
    for wrong in bad:
        with pytest.raises(BadRows):
            Trainings(desk).load("general", TOPIC, wrong, SOURCE)
    assert Trained.select().count() == 0
    assert Trainings(desk).load("general", TOPIC, rows, SOURCE) == 3
    assert Trainings(desk).load("general", TOPIC, rows, SOURCE) == 3  # the same list again changes nothing
    days = {row.person_id: row.on_day for row in Trained.select()}
    assert days == {
        wide.people["lunan"]: "2026-11-20",
        wide.people["dubei"]: "2026-11-19",
        wide.people["tanlan"]: "2026-11-23",
    }
    assert '"file":"签到表.csv"' in detail_of(last_record("training.load"))


@pytest.mark.clause("F.6.2")
def test_of_two_of_one_name_in_a_department_an_attendance_list_names_either(wide: World) -> None:
    for login, position in (("lin1", "销售"), ("lin2", "Key  Account")):
        wide.hire(login, "林静", "华北区", book="general", values={"position": position, "region": "华北"})
    desk = wide.desk("yuhr")
    with pytest.raises(BadRows) as caught:
        Trainings(desk).load("general", TOPIC, [["姓名", "部门"], ["林静", "华北区"]], SOURCE)
    assert "position" in say(caught.value.errors[0].advice, "en")
    rows = [["姓名", "部门"], ["林 静", "华北区/key account"]]
    assert Trainings(desk).load("general", TOPIC, rows, SOURCE) == 1
    assert [row.person_id for row in Trained.select()] == [wide.people["lin2"]]


@pytest.mark.parametrize(("language", "heading"), [("zh_CN", "培训日"), ("en", "Trained")])
def test_the_day_is_taken_from_the_column_that_the_training_report_calls_so(
    wide: World, language: Language, heading: str
) -> None:
    desk = wide.desk("yuhr")
    assert Trainings(desk).load("general", TOPIC, [["姓名", heading], ["鲁南", "2026-11-20"]], SOURCE) == 1
    assert [row.on_day for row in Trained.select()] == ["2026-11-20"]
    with pytest.raises(BadRows) as bad:
        Trainings(desk).load("general", TOPIC, [["Nom"], ["鲁南"]], SOURCE)
    known = {"zh_CN": "登录名、姓名、部门、日期", "en": "Login, Name, Department, Day"}
    assert known[language] in say(bad.value.errors[0].advice, language)


@pytest.mark.clause("F.6.2")
def test_no_use_before_the_training_where_a_regulation_says_so(wide: World, clock: Clock) -> None:
    """Named, the book is refused with the clause; otherwise it is as if the person were nothing in it."""
    put_under("general", "general", "strict")
    desk = wide.desk("lunan")
    assert Trainings(desk).shut_out()
    denied = refused(lambda: desk.directory.search("general", "鲁"))
    assert "X.1" in denied.clause
    assert last_record("directory.search").outcome == "refused"
    assert "X.1" in refused(lambda: desk.directory.card(wide.entry("lunan", "general"))).clause
    (own,) = Trainings(desk).mine()
    assert (own.topic.blocks, own.topic.version) == (True, "general 1.4, strict 3")

    hr = wide.desk("yuhr")
    assert Trainings(hr).shut_out()  # and can still record who attended, as the only thing
    assert "X.1" in refused(lambda: Reviews(hr).offers()).clause
    Trainings(hr).record("general", TOPIC, [wide.entry("lunan", "general")])
    assert not Trainings(wide.desk("lunan")).shut_out()
    assert wide.desk("lunan").directory.card(wide.entry("lunan", "general")).name == "鲁南"
    clock.set("2027-11-24T09:00+08:00")
    assert Trainings(wide.desk("lunan")).shut_out()


@pytest.mark.clause("F.6.2")
def test_a_closed_book_is_open_to_who_came_in_by_a_file_as_long_as_they_owe_nothing(
    wide: World, clock: Clock
) -> None:
    """Nobody could train them in it before: 30 days, by the same day as their list of trainings says."""
    headings = ["姓名", "部门", "入职日期", "邮箱"]
    row = ["早来", "华北区", "2010-07-01", "zaolai@example.org"]
    wide.desk("jinhr").importing.load("general", [headings, row], Source("new.xlsx", "0" * 64))
    entry = Entry.get(Entry.name == "早来")
    with writing():
        Account.update(person=entry.person_id).where(Account.id == wide.accounts["lunan"]).execute()
    put_under("general", "general", "strict")
    desk = wide.desk("lunan")
    (own,) = Trainings(desk).mine()
    assert (own.training.due, own.training.overdue) == ("2026-12-23", False)
    assert not Trainings(desk).shut_out()
    assert desk.directory.card(entry.id).name == "早来"
    clock.set("2026-12-23T09:00+08:00")
    assert Trainings(wide.desk("lunan")).shut_out()


@pytest.mark.clause("F.6.2")
def test_other_books_stay_open_beside_a_closed_one(wide: World) -> None:
    put_under("group", "company", "strict")
    Book.update(made_at="2025-12-01T00:00:00.000000Z").execute()
    desk = wide.desk("zhangwei")
    assert not Trainings(desk).shut_out()
    assert desk.directory.card(wide.entry("zhangwen")).name == "张文"
    assert refused(lambda: desk.directory.units("group")).clause == "X.1"
    own, other = wide.entry("zhangwei", "group"), wide.entry("majun", "group")
    assert refused(lambda: desk.changes.form(own)).clause == "X.1"  # of the own entry one knows
    assert refused(lambda: desk.directory.card(own)).clause == "X.1"
    assert refused(lambda: desk.changes.form(other)).message == (
        refused(lambda: desk.changes.form(999_999)).message
    )


@pytest.mark.clause("F.6.2")
def test_nobody_decides_in_a_book_that_is_closed_to_them(wide: World) -> None:
    asked = wide.desk("luoyan").changes.form(wide.entry("majun", "group"))
    request = wide.desk("luoyan").changes.submit(asked.entry, asked.version, {"position": "会计师"}, "晋升")
    head, hr = wide.desk("huangbo"), wide.desk("liuyang")
    head.queue.approve(request, head.queue.one(request).digest)
    digest = hr.queue.one(request).digest
    put_under("group", "company", "strict")
    Book.update(made_at="2025-12-01T00:00:00.000000Z").execute()
    assert refused(lambda: hr.directory.units("group")).clause == "X.1"
    for act in (
        lambda: hr.queue.one(request),
        lambda: hr.queue.approve(request, digest),
        lambda: hr.queue.approve_many([(request, digest)]),
    ):
        assert refused(act).clause == "X.1"


@pytest.mark.clause("A.17", "G.9")
def test_an_undertaking_is_accepted_again_when_its_regulation_changes(wide: World) -> None:
    """Whoever accepted an earlier version uses nothing before they accept this one."""
    desk = wide.desk("zhangwei")
    with writing():
        UndertakingAccepted.update(version="0").where(
            UndertakingAccepted.account == wide.accounts["zhangwei"]
        ).execute()
    assert refused(lambda: desk.directory.card(wide.entry("zhangwen"))).clause == "A.17"
    (due,) = desk.me.undertakings()
    desk.me.accept(due.policy, due.version)
    assert desk.directory.card(wide.entry("zhangwen")).name == "张文"
    versions = {
        row.version
        for row in UndertakingAccepted.select().where(
            UndertakingAccepted.account == wide.accounts["zhangwei"]
        )
    }
    assert versions == {"0", due.version}


@pytest.mark.clause("F.6.2")
def test_the_report_says_who_is_due(wide: World) -> None:
    desk = wide.desk("jinhr")
    Trainings(desk).record("general", TOPIC, [wide.entry("dubei", "general")])
    made = report.KIND.build(desk, "general", None, Period(date(2026, 11, 1), date(2026, 11, 30)))
    assert [row[0] for row in made.rows][-1] == "杜北"
    assert [*people(desk)] == ["谭兰", "金瑞", "余慧", "鲁南", "杜北"]
    assert len(made.rows) == 5
    assert made.note is not None
    assert made.note.params == {"due": 4, "count": 5}
    assert answered(desk, made) == (4, 5)
    assert last_record("overview.training").clause == "F.6.2"
    assert refused(lambda: TrainingReport(desk).training("group")).clause == "default"


@pytest.mark.clause("F.6.2")
def test_the_first_training_is_due_from_the_regulation_s_day_or_the_joiner_s_whichever_is_later(
    wide: World, clock: Clock
) -> None:
    """Whoever joined in 2010 is not sixteen years late."""
    with writing():
        Entry.update(joined="2010-07-01").where(Entry.id == wide.entry("dubei", "general")).execute()
        Entry.update(joined="2026-11-20").where(Entry.id == wide.entry("lunan", "general")).execute()
    due = {name: one.training.due for name, one in people(wide.desk("jinhr")).items()}
    assert (due["杜北"], due["鲁南"]) == ("2026-01-01", "2026-11-20")
    assert Trainings(wide.desk("dubei")).mine()[0].due == Due("2026-01-01", -220, "F.6.2, own")


@pytest.mark.clause("F.6.2")
def test_what_was_owed_before_the_book_was_made_is_not_overdue_on_its_first_day(
    wide: World, clock: Clock
) -> None:
    """Nobody could be trained where there was no book; who joins later is due from their first day."""
    with writing():
        Book.update(made_at="2026-11-20T09:00:00.000000Z").where(Book.id == "general").execute()
        Entry.update(joined="2010-07-01").where(Entry.id == wide.entry("dubei", "general")).execute()
        Entry.update(joined="2026-11-23").where(Entry.id == wide.entry("lunan", "general")).execute()
    found = {name: one.training for name, one in people(wide.desk("jinhr")).items()}
    assert (found["杜北"].due, found["杜北"].state, found["杜北"].overdue) == ("2026-12-20", "soon", False)
    assert (found["鲁南"].due, found["鲁南"].state) == ("2026-11-23", "never")
    with writing():  # who came in with the book, on whichever day that was
        Entry.update(joined="2026-11-20").where(Entry.id == wide.entry("lunan", "general")).execute()
    found = {name: one.training for name, one in people(wide.desk("jinhr")).items()}
    assert (found["鲁南"].due, found["鲁南"].state) == ("2026-12-20", "soon")
    clock.set("2026-12-20T09:00+08:00")
    assert people(wide.desk("jinhr"))["杜北"].training.overdue


@pytest.mark.clause("F.6.2")
def test_who_came_in_by_a_file_later_has_as_long_as_who_came_with_the_book(wide: World, clock: Clock) -> None:
    """Whether it says when they joined or not; a change of their entry moves nothing."""
    headings = ["姓名", "部门", "入职日期"]
    rows = [
        headings,
        ["早来", "华北区", "2010-07-01"],
        ["未注", "华北区", ""],
        ["将来", "华北区", "2026-11-25"],
    ]
    wide.desk("jinhr").importing.load("general", rows, Source("new.xlsx", "0" * 64))
    clock.forward(days=3)
    with writing():
        apply_values(
            Entry.get(Entry.name == "未注").id, {"position": ("主管",)}, source="test", verifier=None
        )
    found = {name: one.training for name, one in people(wide.desk("jinhr")).items()}
    assert [found[name].due for name in ("早来", "未注", "将来")] == [
        "2026-12-23",
        "2026-12-23",
        "2026-11-25",
    ]
    assert not found["未注"].overdue


def right(book: str, topic: str) -> list[int]:
    """The right answers of a course, counted from 1."""
    policy = policy_of(book)
    rule = next(one for one in policy.training if one.id == topic)
    return [one.right + 1 for one in questions(policy, rule.questions)]


@pytest.mark.clause("F.6.2")
def test_the_rules_are_read_and_the_test_passed_by_whoever_they_bind(wide: World) -> None:
    """Each rule in words, what it means for this reader, and questions that tell nothing of their answers."""
    desk, hr = wide.desk("dubei"), wide.desk("jinhr")
    course = Trainings(desk).course("general", TOPIC)
    assert [one.clause for one in course.lessons] == [one.clause for one in policy_of("general").summary]
    assert all(say(one.text, language) and one.means for one in course.lessons for language in LANGUAGES)
    assert told(course) != told(Trainings(hr).course("general", TOPIC))
    assert len(course.questions) == 3
    assert not hasattr(course.questions[0], "right")
    wrong = [
        place % len(one.answers) + 1
        for place, one in zip(right("general", TOPIC), course.questions, strict=True)
    ]
    failed = Trainings(desk).take(
        "general", TOPIC, course.topic.version, [wrong[0], *right("general", TOPIC)[1:]]
    )
    assert (failed.passed, [one.clause for one in failed.wrong]) == (False, [course.questions[0].clause])
    assert Trained.select().count() == 0
    assert Trainings(desk).take("general", TOPIC, course.topic.version, right("general", TOPIC)).passed
    record = last_record("training.take")
    assert (record.clause, record.account) == ("F.6.2", wide.accounts["dubei"])
    assert '"wrong":0' in detail_of(record)
    trained = people(hr)["杜北"].training
    assert (trained.state, trained.version, trained.by_course) == ("trained", "general 1.4", True)
    Trainings(hr).record("general", TOPIC, [wide.entry("lunan", "general")])
    assert not people(hr)["鲁南"].training.by_course


@pytest.mark.threat(18)
@pytest.mark.clause("F.6.2")
def test_a_test_is_of_the_version_that_was_read_and_of_who_is_in_the_directory(wide: World) -> None:
    desk = wide.desk("dubei")
    for version, answers in (("general 0", right("general", TOPIC)), ("general 1.4", [1])):
        with pytest.raises(Invalid):
            Trainings(desk).take("general", TOPIC, version, answers)
    wide.grant("majun", "hr", "general")
    outsider = wide.desk("majun")
    taken = (TOPIC, "general 1.4", right("general", TOPIC))
    assert refused(lambda: Trainings(outsider).take("general", *taken)).clause == "F.6.2"
    foreign = refused(lambda: Trainings(wide.desk("chenjing")).course("general", TOPIC))
    assert (
        foreign.message == refused(lambda: Trainings(wide.desk("chenjing")).course("nowhere", TOPIC)).message
    )
    assert Trained.select().count() == 0


@pytest.mark.clause("F.6.2")
def test_a_closed_directory_opens_with_the_test(wide: World) -> None:
    put_under("general", "general", "strict")
    desk = wide.desk("lunan")
    assert Trainings(desk).shut_out()
    course = Trainings(desk).course("general", TOPIC)
    Trainings(desk).take("general", TOPIC, course.topic.version, right("general", TOPIC))
    assert wide.desk("lunan").directory.card(wide.entry("lunan", "general")).name == "鲁南"


@pytest.mark.clause("G.7.3")
def test_awareness_of_malware_has_a_course_of_its_own(wide: World) -> None:
    world = build_wider_world("wecom", beside=wide)
    desk = world.desk("shuqi")
    course = Trainings(desk).course("wecom", "malware-awareness")
    assert {one.clause for one in course.lessons} == {one.clause for one in course.questions} == {"G.7.3"}
    assert (len(course.lessons), len(course.questions)) == (4, 3)
    assert (
        Trainings(desk)
        .take("wecom", "malware-awareness", "wecom 1.4", right("wecom", "malware-awareness"))
        .passed
    )
    assert Trainings(desk).mine()[0].training.by_course


@pytest.mark.parametrize("name", sorted(builtin()))
def test_every_question_has_one_right_answer_in_both_languages(name: str) -> None:
    policy = compose("any", [builtin()[name]])
    asked = [
        *questions(policy),
        *(one for rule in policy.training for one in questions(policy, rule.questions)),
    ]
    for one in asked:
        for language in LANGUAGES:
            answers = [say(answer, language) for answer in one.answers]
            assert len(set(answers)) == len(answers) >= 2
        assert 0 <= one.right < len(one.answers)
        assert one.clause != "default"


def told(course: Course) -> list[str]:
    """What each rule means for its reader."""
    return [say(listed(one.means), "en") for one in course.lessons]


def test_a_year_after_the_last_day_of_february() -> None:
    assert next_due(date(2028, 2, 29), "year") == date(2029, 2, 28)
    assert next_due(date(2026, 11, 30), "quarter") == date(2027, 2, 28)
    assert next_due(date(2026, 11, 30), "once") is None
    assert next_due(date(2026, 11, 30), "week") == date(2026, 12, 7)


@pytest.mark.threat(18)
@pytest.mark.clause("F.6.2")
def test_nobody_records_their_own_attendance_alone(wide: World) -> None:
    desk = wide.desk("jinhr")
    mine = wide.entry("jinhr", "general")
    rows = [["姓名"], ["鲁南"], ["金瑞"]]
    for refusal in (
        refused(lambda: Trainings(desk).record("general", TOPIC, [mine])),
        refused(lambda: Trainings(desk).load("general", TOPIC, rows, SOURCE)),
    ):
        assert refusal.clause == "default"
    assert not Trained.select().exists()
