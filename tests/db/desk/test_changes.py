"""The change form and submitting it: who may ask for what, and what is needed (A.6, A.15, E.13.1)."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.language import say
from db.store.engine import Store
from db.store.tables import AuditRecord, Request
from tests.conftest import Clock
from tests.db.desk.asking import NEW_MOBILE, PDF, approve, change, mobile_of
from tests.wider_world import build_wider_world
from tests.world import World


def test_the_form_shows_the_own_values_and_what_is_no_matter_of_a_change(world: World) -> None:
    form = world.desk("zhangwei").changes.form(world.entry("zhangwei"))
    fields = {field.name: field for field in form.fields}
    assert (fields["mobile"].now, fields["mobile"].editable) == ("138 0000 2121", True)
    assert fields["position"].editable
    assert not fields["unit"].editable, "a move is a request of its own"
    assert [step.who for step in form.route.steps] == [("王芳",), ("刘洋", "曾晴")]


def test_what_was_chosen_is_shown_in_the_language_of_the_reader(store: Store, clock: object) -> None:
    class_ = build_wider_world("class")
    form = class_.desk("yanlaoshi").changes.form(class_.entry("luoxi", "class"))
    shown = next(field.now or "" for field in form.fields if field.name == "sex")
    assert (say(shown, "zh_CN"), say(shown, "en")) == ("女", "Female")


@pytest.mark.clause("A.9")
def test_the_form_says_by_which_day_it_is_due(world: World) -> None:
    form = world.desk("zhangwei").changes.form(world.entry("zhangwei"))
    assert form.route.due is not None
    assert (form.route.due.day, form.route.due.left, form.route.due.clause) == ("2026-11-26", 3, "A.9")


def test_the_unchanged_form_changes_nothing(world: World) -> None:
    for login, book in (("zhangwei", "staff"), ("tangyu", "subsidiary"), ("majun", "group")):
        desk = world.desk(login)
        form = desk.changes.form(world.entry(login, book))
        typed = {field.name: field.value for field in form.fields}
        assert desk.changes.check(form.entry, typed).lines == ()
        with pytest.raises(Invalid):
            desk.changes.submit(form.entry, form.version, typed, "无", [])


def test_every_problem_is_told_at_once_and_nothing_is_kept(world: World) -> None:
    desk = world.desk("majun")
    entry = world.entry("majun", "group")
    typed = {"mobile": "123", "email": "nobody", "office_phone": ""}
    with pytest.raises(Invalid) as caught:
        desk.changes.submit(entry, 1, typed, "换号")
    assert {problem.field for problem in caught.value.problems} == set(typed)
    checked = desk.changes.check(entry, {**typed, "mobile": NEW_MOBILE})
    assert {problem.field for problem in checked.problems} == {"email", "office_phone"}
    assert [line.field for line in checked.lines] == ["mobile"]
    assert Request.select().count() == 0


@pytest.mark.clause("A.15")
def test_without_evidence_a_change_is_denied(world: World) -> None:
    desk = world.desk("zhangwei")
    with pytest.raises(Refused) as caught:
        desk.changes.submit(world.entry("zhangwei"), 1, {"mobile": NEW_MOBILE}, "换号", [])
    assert caught.value.clause == "A.15"
    assert Request.select().count() == 0
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert (last.act, last.outcome, last.clause) == ("changes.submit", "refused", "A.15")


@pytest.mark.clause("A.15")
@pytest.mark.parametrize("reason", ["", "  ", "\n\t\u3000"])
def test_without_a_reason_a_change_is_denied(world: World, reason: str) -> None:
    desk = world.desk("zhangwei")
    file = desk.evidence.add("a.pdf", PDF)
    with pytest.raises(Refused) as caught:
        desk.changes.submit(world.entry("zhangwei"), 1, {"mobile": NEW_MOBILE}, reason, [file.id])
    assert caught.value.clause == "default"


@pytest.mark.clause("E.12")
def test_a_change_outside_the_cycle_says_why(world: World) -> None:
    desk = world.desk("majun")
    entry = world.entry("majun", "group")
    with pytest.raises(Refused) as caught:
        desk.changes.submit(entry, 1, {"mobile": NEW_MOBILE}, " ")
    assert caught.value.clause == "E.12"
    request = desk.changes.submit(entry, 1, {"mobile": NEW_MOBILE}, "换号")
    assert desk.requests.one(request).reason == "换号"


@pytest.mark.clause("A.6")
@pytest.mark.threat(18)
def test_information_technology_does_not_edit(world: World) -> None:
    """Neither an entry that exists nor one that does not: the answer is the same."""
    desk = world.desk("guotao")
    for entry in (world.entry("zhangwei"), world.entry("liuyang"), 999_999):
        for attempt in (
            lambda entry=entry: desk.changes.form(entry),
            lambda entry=entry: desk.changes.submit(entry, 1, {"mobile": NEW_MOBILE}, "换号", []),
        ):
            with pytest.raises(Refused) as caught:
                attempt()
            assert caught.value.clause == "A.6"
    assert mobile_of(world, "zhangwei") == "+8613800002121"


@pytest.mark.clause("E.10")
def test_an_employee_has_a_way_to_report_the_own_change(world: World) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    approve(world, "luoyan", request)
    assert mobile_of(world, "majun", "group") == "+8613900002121"


@pytest.mark.threat(18, 23)
@pytest.mark.clause("C.10")
def test_nobody_proposes_for_those_out_of_reach_nor_learns_that_they_exist(world: World) -> None:
    for login, entry in (
        ("zhangwei", world.entry("zhaomin")),
        ("wangfang", world.entry("zhaomin")),
        ("helei", world.entry("zhangwei")),
        ("zhangwei", world.entry("tangyu", "subsidiary")),
    ):
        answers = []
        for wanted in (entry, 999_999):
            with pytest.raises(Refused) as caught:
                world.desk(login).changes.form(wanted)
            answers.append((caught.value.message, caught.value.clause, caught.value.advice))
        assert answers[0] == answers[1]


def test_a_head_proposes_for_the_own_people_with_covered_values(world: World) -> None:
    form = world.desk("wangfang").changes.form(world.entry("zhangwei"))
    mobile = next(field for field in form.fields if field.name == "mobile")
    assert (mobile.now, mobile.value, mobile.covered) == ("138••••21", "", True)
    checked = world.desk("wangfang").changes.check(form.entry, {"mobile": "", "extension": "8013"})
    assert [line.field for line in checked.lines] == ["extension"]
    request = change(world, "wangfang", of="zhangwei")
    assert world.desk("wangfang").requests.one(request).lines[0].before == "138••••21"


@pytest.mark.clause("A.6", "A.15")
def test_of_whom_one_sees_one_is_told_who_keeps_the_entry(world: World) -> None:
    with pytest.raises(Refused) as caught:
        world.desk("zhangwei").changes.form(world.entry("zhangwen"))
    assert caught.value.clause == "A.6"
    assert say(caught.value.message, "en") == "You see this entry; it is kept by Human resources."


def test_what_the_maintainer_keeps_others_cannot_change(world: World) -> None:
    form = world.desk("huangbo").changes.form(world.entry("hanmei", "group"))
    with pytest.raises(Refused) as caught:
        change(world, "huangbo", "group", of="hanmei", asked={"inside_owner": "宋佳"})
    assert not next(field for field in form.fields if field.name == "inside_owner").editable
    assert caught.value.clause == "E.6.1"


@pytest.mark.threat(19)
def test_a_form_that_was_overtaken_says_so(world: World) -> None:
    desk = world.desk("zhangwei")
    form = desk.changes.form(world.entry("zhangwei"))
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    file = desk.evidence.add("a.pdf", PDF)
    with pytest.raises(Refused) as caught:
        desk.changes.submit(form.entry, form.version, {"extension": "8013"}, "换座", [file.id])
    assert "changed since" in caught.value.message.text


def test_digest_and_stored_request_tell_nothing_of_the_number(world: World, clock: Clock) -> None:
    first = Request.get_by_id(change(world, "zhangwei"))
    second = Request.get_by_id(change(world, "zhangwei"))
    assert first.digest != second.digest
    for row in (first, second):
        assert b"13900002121" not in bytes(row.payload)
