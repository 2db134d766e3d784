"""Copies on request: for work the director, not for work the director and then the CEO (I.4.4.2, I.4.4.3)."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.editions.tracing import TracedFile, Traces
from db.desk.notifications.notices import OUTCOME
from db.language import say
from db.store.engine import Store
from db.store.tables import AuditRecord, CaseParty, CopyGrant, Request, RequestStep
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, names, refusal
from tests.db.desk.lives import move
from tests.wider_world import build_wider_world
from tests.world import World

BOOKS_OF = {"wider": ("controlled",)}


@pytest.fixture
def wider(begun: World) -> World:
    return begun


def ask(wider: World, kind: str, login: str = "xiepi", reason: str = "供应商大会接待") -> int:
    return wider.desk(login).asking.ask(kind, "controlled", {"unit": ""}, reason)


def digest(request: int) -> str:
    return str(Request.get_by_id(request).digest)


def export(wider: World, login: str) -> None:
    wider.desk(login).overview.export(
        "directory", "controlled", None, format="xlsx", sha256="0" * 64, size=1, rows=8, mark="ABCD-EFGH",
        parameters={},
    )  # fmt: skip


@pytest.mark.clause("I.4.4.2")
def test_a_copy_for_work_is_taken_once_after_the_directors_approval(wider: World, clock: Clock) -> None:
    with pytest.raises(Refused) as denied:
        wider.desk("xiepi").overview.directory("controlled")
    request = ask(wider, "copy")
    assert Request.get_by_id(request).clause == "I.4.4.2"
    for login in ("zhuli", "tangceo", "taojs"):
        refusal(wider.desk(login), request, digest(request))
    with pytest.raises(Refused):
        wider.desk("xiepi").overview.directory("controlled")
    approve(wider, "fengdir", request)

    (opened,) = wider.desk("xiepi").access.opened(own=True)
    assert (opened.request, opened.whose, opened.own) == (request, ("宏图集团",), True)
    (granted,) = wider.desk("xiepi").asking.copies()
    assert (granted.for_work, granted.unit_name, granted.clause) == (True, "宏图集团", "I.4.4.2, default")
    table = wider.desk("xiepi").overview.directory("controlled")
    assert len(table.rows) == 8
    assert table.granted == granted
    export(wider, "xiepi")
    taken = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (taken.act, taken.outcome) == ("overview.export", "done")
    assert f'"copy":{granted.number}' in detail_of(taken)
    assert CopyGrant.get().mark == "ABCD-EFGH"
    with pytest.raises(Refused) as again:
        export(wider, "xiepi")
    assert again.value.clause == denied.value.clause
    assert wider.desk("xiepi").asking.copies() == ()
    assert wider.desk("xiepi").access.opened() == ()


@pytest.mark.threat(18)
@pytest.mark.clause("I.4.4.2", "I.4.3.1")
def test_no_report_hands_out_what_is_controlled(wider: World) -> None:
    """Whoever keeps, owns or supervises the book or heads a department has a numbered copy, and no other."""
    for login in ("zhuli", "fengdir", "tangceo", "taojs", "shenjl"):
        assert "directory" not in {right.name for right in wider.desk(login).overview.reports()}
        for take in (wider.desk(login).overview.directory, lambda _book, who=login: export(wider, who)):
            with pytest.raises(Refused) as refused:
                take("controlled")
            assert refused.value.clause == "I.4.4.2"
    assert wider.desk("zhuli").overview.listed("editions issues", "controlled")


@pytest.mark.clause("I.4.4.1", "A.19")
def test_a_copy_that_was_granted_and_passed_on_is_traced_by_its_mark_and_by_the_file(wider: World) -> None:
    """It becomes a case about who took it, as a copy of an edition does."""
    approve(wider, "fengdir", ask(wider, "copy"))
    export(wider, "xiepi")
    desk = wider.desk("fengdir")
    by_number = Traces(desk).number("abcd-efgh")
    by_file = Traces(desk).file(TracedFile("0" * 64, ("ABCD-EFGH",)))
    assert [(one.login, one.report, one.hidden) for one in by_number.found] == [("xiepi", "directory", False)]
    assert [(one.login, one.how) for one in by_file.found] == [("xiepi", ("file", "number"))]
    assert not by_file.conflict
    assert Traces(desk).number("ABCD-EFGJ").found == ()

    case = Cases(desk).report("controlled", "在酒店前台发现", "forwarding", "ABCD-EFGH")
    (party,) = CaseParty.select().where(CaseParty.case == case)
    assert party.entry_id == wider.entry("xiepi", "controlled")
    (attached,) = CaseWork(wider.desk("zhuli")).evidence(case).copies
    assert (attached.number, attached.name) == ("ABCD-EFGH", "解平")


@pytest.mark.threat(99)
@pytest.mark.clause("I.4.4.2")
@pytest.mark.parametrize("login", ["fengdir", "zhuli", "xiepi"])
def test_a_copy_that_was_granted_is_ended_before_it_is_taken(wider: World, login: str) -> None:
    """By who approved it, who supervises, and who asked for it; to anybody else there is no such request."""
    supervisor = policy_of("controlled").supervisor.role
    wider.grant("zhuli", supervisor, "controlled")
    request = ask(wider, "copy")
    approve(wider, "fengdir", request)
    with pytest.raises(Refused):
        wider.desk("taojs").requests.withdraw(request)
    wider.desk(login).requests.withdraw(request)
    assert wider.desk("xiepi").asking.copies() == ()
    with pytest.raises(Refused):
        wider.desk("xiepi").overview.directory("controlled")
    told = [one.detail["state"] for one in wider.desk("xiepi").notices.unread() if one.kind == OUTCOME]
    assert told == ["applied", *(["withdrawn"] if login != "xiepi" else [])][::-1]


@pytest.mark.threat(99)
def test_a_copy_that_was_granted_for_a_post_ends_with_a_move_from_it(wider: World) -> None:
    approve(wider, "fengdir", ask(wider, "copy"))
    approve(wider, "fengdir", move(wider, "zhuli", "xiepi", "行政人事部", "controlled"))
    assert wider.desk("xiepi").asking.copies() == ()


@pytest.mark.clause("I.4.4.2")
def test_of_several_copies_the_one_of_just_that_part_is_taken(wider: World) -> None:
    for unit in ("", "技术部"):
        request = wider.desk("xiepi").asking.ask("copy", "controlled", {"unit": unit}, "接待")
        approve(wider, "fengdir", request)
    part = wider.unit("controlled", "技术部")
    wider.desk("xiepi").overview.export(
        "directory", "controlled", part, format="xlsx", sha256="0" * 64, size=1, rows=3, mark="ABCD-EFGH",
        parameters={},
    )  # fmt: skip
    assert [copy.unit_name for copy in wider.desk("xiepi").asking.copies()] == ["宏图集团"]


@pytest.mark.clause("I.4.4.2")
def test_the_right_to_a_copy_ends_unused(wider: World, clock: Clock) -> None:
    request = ask(wider, "copy")
    approve(wider, "fengdir", request)
    clock.forward(days=31)
    with pytest.raises(Refused):
        wider.desk("xiepi").overview.directory("controlled")


@pytest.mark.clause("I.4.4.3")
def test_a_copy_not_for_work_goes_to_the_director_and_then_to_the_chief_executive(wider: World) -> None:
    request = ask(wider, "copy-private", reason="校友会联系")
    steps = RequestStep.select().where(RequestStep.request == request).order_by(RequestStep.ord)
    assert [(step.role, step.clause) for step in steps] == [
        ("director", "I.4.4.3"), ("chief-executive", "I.4.4.3"),
    ]  # fmt: skip
    early = refusal(wider.desk("tangceo"), request, digest(request))
    assert early.clause == "I.4.4.3"
    assert names(wider.desk("tangceo")) == set()
    approve(wider, "fengdir", request)
    assert wider.desk("xiepi").asking.copies() == ()
    with pytest.raises(Refused):
        wider.desk("xiepi").overview.directory("controlled")
    again = refusal(wider.desk("fengdir"), request, digest(request))
    assert again.clause == "I.4.4.3"
    approve(wider, "tangceo", request)
    (granted,) = wider.desk("xiepi").asking.copies()
    assert (granted.for_work, granted.clause) == (False, "I.4.4.3, default")


@pytest.mark.clause("I.4.4.2", "I.4.4.3")
@pytest.mark.parametrize(("kind", "clause"), [("copy", "I.4.4.2"), ("copy-private", "I.4.4.3")])
def test_a_copy_is_not_asked_for_without_a_reason_nor_granted_to_oneself(
    wider: World, kind: str, clause: str
) -> None:
    with pytest.raises(Refused) as blank:
        ask(wider, kind, reason="  ")
    assert blank.value.clause == clause
    with pytest.raises(Refused) as own:
        ask(wider, kind, login="fengdir")
    assert own.value.clause == clause
    assert CopyGrant.select().count() == 0


def test_a_copy_shows_protected_values_only_as_far_as_its_readers_scope_does(
    store: Store, clock: Clock
) -> None:
    wider = build_wider_world("combined")
    request = wider.desk("geyuan").asking.ask("copy", "combined", {"unit": ""}, "外部会议")
    approve(wider, "nidir", request)
    table = wider.desk("geyuan").overview.directory("combined")
    column = [one.name for one in table.columns].index("mobile")
    shown = {row.values[0]: row.values[column] for row in table.rows}
    assert shown["高远"] == "••••"
    assert shown["葛园"] == "138 0000 8813"


@pytest.mark.clause("I.4.4.2", "I.4.4.3")
def test_what_is_decided_on_says_whether_the_copy_is_for_work(wider: World) -> None:
    labels = [
        say(wider.desk("fengdir").queue.one(ask(wider, kind)).row.summary[0].label, "en")
        for kind in ("copy", "copy-private")
    ]
    assert labels == ["copy for work of", "private copy of"]


@pytest.mark.clause("I.4.4.3")
def test_the_chief_executives_own_request_goes_to_the_deputy_that_was_named(wider: World) -> None:
    """Nobody stands in for who did not name them: not the assistant who keeps the directory."""
    with pytest.raises(Refused) as refused:
        ask(wider, "copy-private", "tangceo", "校友会联系")
    assert refused.value.clause == "I.4.4.3"
    assert say(refused.value.message, "en").startswith("Nobody could decide this: Chief executive")
    office = {"what": "deputy", "role": "chief-executive", "whom": "陶军", "until": "2026-12-31"}
    named = wider.desk("zhuli").asking.ask("office", "controlled", office, "唐总出差期间")
    while Request.get_by_id(named).state == "open":
        approve(wider, "fengdir", named)
    request = ask(wider, "copy-private", "tangceo", "校友会联系")
    steps = wider.desk("tangceo").requests.one(request).steps
    assert [[say(one, "en") for one in step.who] for step in steps] == [
        ["冯总"],
        ["陶军 (deputy: Chief executive)"],
    ]
    approve(wider, "fengdir", request)
    assert names(wider.desk("zhuli")) == set()
    approve(wider, "taojs", request)
    history = wider.desk("tangceo").requests.one(request).history
    offices = [(one.who, say(one.office, "en")) for one in history if one.office]
    assert offices == [("冯总", "Admin-HR director"), ("陶军", "deputy: Chief executive")]
