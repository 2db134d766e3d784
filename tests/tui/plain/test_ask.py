"""Plain commands that ask, answer and tell the rules, for scripts and screen readers."""

from __future__ import annotations

import io
import shlex
from dataclasses import replace

import pytest

from db.desk import open_desk
from db.language import say
from db.store.tables import Request
from tests.db.desk.asking import approve
from tests.db.desk.test_policies import revision
from tests.rules import on_record
from tests.tui.plain.running import Answer
from tests.wider_world import build_wider_world
from tests.world import World
from tui.plain.work import work

BOOKS_OF = {"wider": ("safety", "controlled")}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


def run(wider: World, login: str, line: str) -> Answer:
    """A plain command, answered in English."""
    actor = replace(wider.actor(login), language="en")
    out, err = io.BytesIO(), io.BytesIO()
    status = work(shlex.split(line), open_desk(actor), io.BytesIO(), out, err)
    return Answer(status, out.getvalue(), err.getvalue().decode())


def test_it_lists_what_one_may_ask_for_and_shows_the_form(wider: World) -> None:
    listed = run(wider, "zhuli", "ask --json")
    assert {"structure", "company-contact", "copy"} <= {one["kind"] for one in listed.data}
    assert "structure" not in {one["kind"] for one in run(wider, "xiepi", "ask --json").data}
    form = run(wider, "zhuli", "ask structure")
    assert "create|rename|move|close" in form.text
    assert "Step 1: Chief executive 唐总 (I.4.2.4)" in form.text
    assert Request.select().count() == 0


@pytest.mark.clause("I.4.2.4")
def test_it_hands_a_request_in(wider: World) -> None:
    said = run(wider, "zhuli", 'ask structure what=create to=技术部 name=数据组 --reason "调整"')
    assert said.status == 0, said.err
    assert Request.get().kind == "structure"
    denied = run(wider, "xiepi", 'ask structure what=create to=技术部 name=数据组 --reason "调整"')
    assert (denied.status, "I.4.2.4" in denied.err) == (1, True)


@pytest.mark.clause("I.4.4.2")
def test_a_copy_is_asked_for_granted_and_taken_once(wider: World) -> None:
    assert run(wider, "xiepi", "ask copy").status == 0
    assert run(wider, "xiepi", 'ask copy --reason "供应商大会"').status == 0
    request = Request.get().id
    assert run(wider, "xiepi", "report directory --format csv").status == 1
    approve(wider, "fengdir", request)
    assert "report directory --book controlled" in run(wider, "xiepi", "ask copies").text
    assert run(wider, "xiepi", "ask copies --json").data[0]["for_work"] is True
    taken = run(wider, "xiepi", "report directory --book controlled --format csv")
    assert "唐总" in taken.text
    assert run(wider, "xiepi", "report directory --book controlled --format csv").status == 1


@pytest.mark.clause("B.6.2")
def test_a_consent_is_asked_for_answered_and_taken_back(wider: World) -> None:
    to = wider.unit("safety", "一车间")
    asked = run(wider, "dingyi", f'ask disclosure people=牛二 to={to} days=7 --reason "演练"')
    assert asked.status == 0, asked.err
    (question,) = run(wider, "niuer", "consents --json").data
    assert (question["asked_by"], question["reason"], question["state"]) == ("丁一", "演练", "asked")
    assert "丁一" in run(wider, "niuer", "consents").text
    assert run(wider, "niuer", f"consents answer {question['consent']} --answer maybe").status == 2
    missing = run(wider, "niuer", f"consents answer {question['consent']}")
    assert (missing.status, "yes (Yes, all of it)" in missing.err) == (2, True)
    assert run(wider, "xiepi", f"consents answer {question['consent']} --answer yes").status == 1
    assert run(wider, "niuer", f"consents answer {question['consent']} --answer yes").status == 0
    approve(wider, "panan", Request.get().id)
    assert "138 0000 3021" in run(wider, "weiguo", "consents received").text
    assert run(wider, "weiguo", "consents received --json").data[0]["name"] == "牛二"
    assert run(wider, "niuer", f"consents withdraw {question['consent']}").status == 0
    assert "牛二" not in run(wider, "weiguo", "consents received").text
    (line,) = run(wider, "panan", "consents register --book safety --json").data
    assert (line["name"], line["state"]) == ("牛二", "withdrawn")
    assert "B.6.2" in run(wider, "weiguo", "consents register --book safety").err


def test_it_says_who_decides_on_what_was_asked_not_who_would_for_the_empty_form(world: World) -> None:
    """A right over the whole directory is not for the head of one's own unit to give."""
    below = run(world, "zhangwei", 'ask right --book staff role=security unit=研发一部 --reason "代班"')
    assert "王芳" in below.text
    said = run(world, "zhangwei", 'ask right --book staff role=security --reason "代班"')
    last = Request.select().order_by(Request.id.desc()).get()
    first = world.desk("zhangwei").requests.one(last.id).steps[0]
    assert "王芳" not in said.text
    assert all(say(one, "en") in said.text for one in first.who)


def test_the_form_names_units_instead_of_numbering_them(wider: World) -> None:
    form = run(wider, "xiepi", "ask copy").text
    assert "技术部" in form
    assert str(wider.unit("controlled", "技术部")) not in form
    given_to = wider.unit("safety", "一车间")
    assert f"{given_to} = 一车间 (" in run(wider, "dingyi", "ask disclosure").text


@pytest.mark.clause("I.4.2.2", "I.4.2.3")
def test_a_form_asks_since_when_it_is_so_where_a_clock_runs_from_that_day(wider: World) -> None:
    for login, form, clause in (("xiepi", "change", "I.4.2.2"), ("taojs", "unit-contact", "I.4.2.3")):
        said = run(wider, login, f"ask {form} --book controlled").text
        assert "--since" in said
        assert clause in said[said.index("--since") :].splitlines()[0]
    assert "--since" not in run(wider, "dingyi", "ask change --book safety").text


def test_a_returned_request_is_handed_in_again(wider: World) -> None:
    run(wider, "xiepi", 'ask copy --reason "大会"')
    request = Request.get().id
    head = wider.desk("fengdir")
    head.queue.return_(request, head.queue.one(request).digest, "请写明")
    again = run(wider, "xiepi", f'amend {request} unit=技术部 --reason "供应商大会"')
    assert again.status == 0, again.err
    assert Request.get_by_id(request).reason == "供应商大会"


@pytest.mark.clause("B.8")
def test_the_rules_are_told_with_who_interprets_them(wider: World) -> None:
    told = run(wider, "renhe", "rules")
    assert "way of a request" in told.text, "a line that is only a role says of what"
    assert "Interpreted by: Safety department (B.8)" in told.text
    assert "version 1.5, in force since 2026-01-01" in told.text
    data = run(wider, "renhe", "rules safety --json").data
    assert data["overrides"] == ["B.8"]
    assert run(wider, "renhe", "rules controlled").status == 1


def test_mistakes_are_said_with_what_to_write_instead(wider: World) -> None:
    for line in (
        "ask nothing --reason x",
        "ask copy colour=red",
        "ask copy unit",
        "consents answer 1",
        "amend x",
    ):
        assert run(wider, "xiepi", line).status in (1, 2), line
    assert "unit" in run(wider, "xiepi", "ask copy colour=red").err


@pytest.mark.clause("A.13")
def test_access_is_asked_for_by_name_and_decided_on(wider: World) -> None:
    """The form says what to give; what is lacking and who is not there end in words; nobody learns who is."""
    form = run(wider, "xiepi", "ask access --book controlled")
    assert form.status == 0, form.err
    assert "name" in form.text
    assert run(wider, "xiepi", "ask access --book controlled name=唐总").status == 1
    asked = run(wider, "xiepi", 'ask access --book controlled name=唐总 days=7 --reason "对接年会"')
    assert asked.status == 0, asked.err
    there = Request.get()
    none = run(wider, "xiepi", 'ask access --book controlled name=没有此人 days=7 --reason "对接年会"')
    assert none.text.splitlines()[1:] == asked.text.splitlines()[1:]
    assert (there.kind, there.state, there.reason) == ("access", "open", "对接年会")


def test_a_choice_is_shown_in_the_readers_language(wider: World) -> None:
    build_wider_world("class", beside=wider)
    pupil = wider.entry("jiangtao", "class")
    assert "Male" in run(wider, "yanlaoshi", f"card {pupil}").text
    (card,) = run(wider, "jiangtao", "card --json").data
    assert card["fields"]["sex"]["values"] == ["Male"]


@pytest.mark.clause("B.8", "G.9")
def test_who_revises_the_rules_withdraws_what_is_to_come_and_nobody_else_does(wider: World) -> None:
    on_record(revision("safety-officers", "2", "2026-12-01"))
    assert [row["version"] for row in run(wider, "panan", "coming --json").data] == ["2"]
    assert run(wider, "dingyi", "coming withdraw safety-officers@2 --book safety").status == 1
    assert run(wider, "panan", "coming withdraw nothing@2").status == 1
    done = run(wider, "panan", "coming withdraw safety-officers@2")
    assert (done.status, "withdrawn" in done.text.lower()) == (0, True), done.err
    assert "Nothing is to come" in run(wider, "panan", "coming").err
