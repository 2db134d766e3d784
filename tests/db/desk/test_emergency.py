"""A class in an emergency: the numbers in calling order, each call noted, the next one offered (D.9.3)."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.emergency.calls import Outcome
from db.desk.emergency.emergencies import Emergencies
from db.desk.entry.record import apply_values
from db.language import say
from db.store.engine import Store
from db.store.tables import AuditRecord, CallAttempt
from db.store.transactions import writing
from tests.audited import detail_of, purpose_of
from tests.conftest import Clock
from tests.rules import put_under
from tests.world import World

BOOK = "class"
BOOKS_OF = {"school": (BOOK,)}


@pytest.fixture
def school(begun: World) -> World:
    """A class, one of whose pupils has two parents with a phone each."""
    with writing():
        apply_values(
            begun.entry("jiangtao", BOOK),
            {"parent_names": ("江大海", "林月"), "parent_phones": ("+8613600001111", "+8613600002222")},
            source="入学登记表",
            verifier=None,
        )
    return begun


@pytest.mark.clause("D.9.3", "D.2.3")
def test_each_call_is_noted_and_the_next_number_is_offered(school: World) -> None:
    teacher, pupil = school.desk("yanlaoshi"), school.entry("jiangtao", BOOK)
    sheet = Emergencies(teacher).open(pupil)
    assert [(one.place, one.whose, one.text) for one in sheet.numbers] == [
        (1, "江大海", "136 0000 1111"),
        (2, "林月", "136 0000 2222"),
        (3, "家长乙 · 祖父", "136 0000 5678"),
    ]
    assert (sheet.next, sheet.clause) == (1, "D.9.3")
    assert Emergencies(teacher).note(pupil, 1, "no-answer").next == 2
    assert Emergencies(teacher).note(pupil, 2, "wrong").next == 3
    sheet = Emergencies(teacher).note(pupil, 3, "busy")
    assert sheet.next == 1, "after the last one the first again"
    assert Emergencies(teacher).note(pupil, 1, "no-answer").next == 3, "a wrong number is left out"
    sheet = Emergencies(teacher).note(pupil, 3, "reached")
    assert sheet.next is None
    assert sheet.reached
    outcomes = [call.outcome for number in sheet.numbers for call in number.attempts]
    assert outcomes == ["no-answer", "no-answer", "wrong", "busy", "reached"]


@pytest.mark.clause("D.9.3")
def test_a_number_that_one_caller_found_wrong_is_offered_to_none(school: World) -> None:
    """The deputy's screen may be older than what the teacher noted of the number."""
    teacher, deputy = school.desk("yanlaoshi"), school.desk("shilaoshi")
    pupil = school.entry("jiangtao", BOOK)
    for place in (1, 2):
        Emergencies(deputy).note(pupil, place, "no-answer")
    Emergencies(teacher).note(pupil, 3, "wrong")
    sheet = Emergencies(deputy).note(pupil, 3, "no-answer")
    assert sheet.numbers[2].result is not None
    assert (sheet.numbers[2].result.outcome, sheet.next) == ("wrong", 1)
    assert Emergencies(deputy).note(pupil, 2, "no-answer").next == 1


@pytest.mark.clause("D.9.3")
def test_where_every_number_is_wrong_none_is_offered_again(school: World) -> None:
    teacher, pupil = school.desk("yanlaoshi"), school.entry("jiangtao", BOOK)
    assert not Emergencies(teacher).open(pupil).stuck
    for place in (1, 2, 3):
        sheet = Emergencies(teacher).note(pupil, place, "wrong")
    assert (sheet.next, sheet.reached) == (None, False)
    assert say(sheet.stuck, "en").startswith("No number is left")
    assert not Emergencies(teacher).note(pupil, 1, "reached").stuck, "noted wrong by mistake"


@pytest.mark.threat(104)
@pytest.mark.clause("D.9.3")
@pytest.mark.parametrize("outcome", ["reached", "wrong"])
def test_one_word_keeps_nobody_from_calling(school: World, clock: Clock, outcome: Outcome) -> None:
    """Whoever stands in takes it back, and both notes stay."""
    teacher, deputy = school.desk("yanlaoshi"), school.desk("shilaoshi")
    pupil = school.entry("jiangtao", BOOK)
    Emergencies(teacher).note(pupil, 2, "no-answer")
    Emergencies(teacher).note(pupil, 1, outcome)
    clock.forward(hours=1)
    sheet = Emergencies(deputy).note(pupil, 1, "mistaken")
    assert (sheet.reached, sheet.next) == (False, 1)
    assert next(line for line in Emergencies(deputy).roll(BOOK) if line.entry == pupil).calls == 1
    assert [row.outcome for row in CallAttempt.select().order_by(CallAttempt.id)][-2:] == [
        outcome,
        "mistaken",
    ]
    for place in (1, 3):
        with pytest.raises(Invalid):
            Emergencies(deputy).note(pupil, place, "mistaken")
    assert Emergencies(deputy).note(pupil, 1, "reached").reached


def test_a_call_to_numbers_that_others_answer_does_not_ask_for_the_pupil(school: World) -> None:
    teacher = school.desk("yanlaoshi")
    call = teacher.directory.contact(school.entry("jiangtao", BOOK), "class").call
    assert say(call[0], "en") == "Hello, I am calling about 江涛."


@pytest.mark.clause("D.9.3")
def test_the_record_says_who_called_and_holds_no_number(school: World) -> None:
    teacher, pupil = school.desk("yanlaoshi"), school.entry("jiangtao", BOOK)
    Emergencies(teacher).open(pupil)
    Emergencies(teacher).note(pupil, 2, "no-answer")
    opened, noted = AuditRecord.select().order_by(AuditRecord.seq.desc()).limit(2)[::-1]
    assert (opened.act, purpose_of(opened), opened.clause) == ("emergency.open", "emergency", "D.9.3")
    assert (noted.act, noted.entry, noted.clause) == ("emergency.note", pupil, "D.9.3")
    assert "parent_phones" in detail_of(noted)
    assert "no-answer" in detail_of(noted)
    assert "13600002222" not in detail_of(noted)
    assert not any("1360000" in str(value) for value in vars(CallAttempt.get())["__data__"].values())


@pytest.mark.clause("D.9.3", "D.3")
def test_the_deputy_goes_on_where_the_teacher_stopped(school: World, clock: Clock) -> None:
    pupil = school.entry("jiangtao", BOOK)
    Emergencies(school.desk("yanlaoshi")).note(pupil, 1, "no-answer")
    deputy = school.desk("shilaoshi")
    sheet = Emergencies(deputy).open(pupil)
    assert sheet.next == 2
    assert [call.by for call in sheet.numbers[0].attempts] == ["严老师"]
    clock.forward(hours=13)
    assert Emergencies(deputy).open(pupil).next == 1, "another day is another emergency"


@pytest.mark.clause("D.9.3")
def test_the_roll_says_whose_family_was_reached(school: World) -> None:
    teacher = school.desk("yanlaoshi")
    Emergencies(teacher).note(school.entry("jiangtao", BOOK), 1, "no-answer")
    Emergencies(teacher).note(school.entry("luoxi", BOOK), 1, "reached")
    lines = {line.name: (line.calls, line.reached) for line in Emergencies(teacher).roll(BOOK)}
    assert lines == {"江涛": (1, False), "罗茜": (1, True), "孟飞": (0, False)}
    unit = school.unit(BOOK, "高一（4）班")
    assert [line.name for line in Emergencies(teacher).roll(BOOK, unit)] == ["孟飞"]


@pytest.mark.clause("D.9.3", "D.9.2", "D.4")
@pytest.mark.threat(18)
def test_classmates_have_no_emergency_list(school: World) -> None:
    pupil = school.desk("luoxi")
    assert Emergencies(pupil).books() == ()
    for entry in (school.entry("jiangtao", BOOK), school.entry("luoxi", BOOK)):
        with pytest.raises(Refused) as refused:
            Emergencies(pupil).open(entry)
        assert refused.value.clause == "D.9.3"
        with pytest.raises(Refused):
            Emergencies(pupil).note(entry, 1, "reached")
    with pytest.raises(Refused) as refused:
        Emergencies(pupil).roll(BOOK)
    assert refused.value.clause == "D.9.3"
    assert not CallAttempt.select().exists()
    assert AuditRecord.select().where(AuditRecord.outcome == "refused").count() == 5


@pytest.mark.clause("D.9.1")
def test_the_school_can_reach_the_parents(school: World) -> None:
    school_office = school.desk("jiaowuchu")
    assert Emergencies(school_office).books() == (BOOK,)
    assert Emergencies(school_office).open(school.entry("mengfei", BOOK)).next == 1


def test_there_is_no_such_number_or_outcome(school: World) -> None:
    teacher, pupil = school.desk("yanlaoshi"), school.entry("jiangtao", BOOK)
    with pytest.raises(Invalid):
        Emergencies(teacher).note(pupil, 9, "reached")
    with pytest.raises(Invalid):
        Emergencies(teacher).note(pupil, 1, "gone fishing")  # type: ignore[arg-type]
    assert not CallAttempt.select().exists()


@pytest.mark.clause("D.2.1", "D.2.2", "D.2.3", "D.4", "D.9.2")
def test_classmates_see_none_of_what_is_private(school: World) -> None:
    private = {
        "birth_date", "native_place", "parent_names", "parent_phones", "home_address", "emergency_name",
        "emergency_phone", "emergency_relation",
    }  # fmt: skip
    entry = school.entry("jiangtao", BOOK)
    classmate = school.desk("luoxi").directory.card(entry)
    assert {field.name for field in classmate.fields} == {"sex", "student_number", "other_contact"}
    teacher = school.desk("yanlaoshi").directory.card(entry)
    assert private <= {field.name for field in teacher.fields}
    assert all(field.look == "shown" for field in teacher.fields if field.name in private)
    own = school.desk("jiangtao").directory.card(entry)
    assert private <= {field.name for field in own.fields}
    with pytest.raises(Refused):
        school.desk("luoxi").directory.reveal(entry, "parent_phones", "class")


@pytest.mark.clause("D.2.1", "D.2.2", "D.2.3", "D.4")
def test_what_is_private_is_on_disk_only_in_sealed_form(school: World, store: Store) -> None:
    from db.store.tables import EntryField

    entry = school.entry("jiangtao", BOOK)
    stored = {row.name: row for row in EntryField.select().where(EntryField.entry == entry)}
    for name in ("birth_date", "native_place", "parent_phones", "home_address", "emergency_phone"):
        assert stored[name].value is None
        assert stored[name].sealed


@pytest.mark.clause("D.9.3")
def test_a_roll_that_other_rules_leave_empty_is_refused_and_not_shown_as_empty(school: World) -> None:
    """The school has no unit, which is all that F.5.1 opens: an empty list would say that nobody is there."""
    put_under(BOOK, "school-class", "general")
    with pytest.raises(Refused) as caught:
        Emergencies(school.desk("jiaowuchu")).roll(BOOK)
    assert "F.5.1" in caught.value.clause
    assert say(caught.value.advice, "en").startswith("Tell ")
