"""Who sends a change, how soon after it is so, and several regulations over one book."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.policy.compose import try_compose
from db.policy.loader import builtin
from db.store.engine import Store
from db.store.tables import Request, RequestEvent, RequestStep
from tests.conftest import Clock
from tests.db.desk.asking import PDF, approve, mobile_of, refusal
from tests.wider_world import build_wider_world
from tests.world import World


def change(wider: World, login: str, book: str, *, of: str | None = None, day: str = "") -> int:
    desk = wider.desk(login)
    evidence = [desk.evidence.add("受理单.pdf", PDF).id] if book == "combined" else []
    form = desk.changes.form(wider.entry(of or login, book))
    return desk.changes.submit(
        form.entry, form.version, {"mobile": "139 0000 2121"}, "换号", evidence, changed_on=day
    )


@pytest.mark.clause("I.4.2.2")
@pytest.mark.parametrize(
    ("day", "due", "late"),
    [("2026-11-20", "2026-11-25", 0), ("2026-11-18", "2026-11-23", 0), ("2026-11-16", "2026-11-19", 2)],
)
def test_an_own_change_is_reported_within_three_working_days_of_the_change(
    store: Store, clock: Clock, day: str, due: str, late: int
) -> None:
    wider = build_wider_world("controlled")
    form = wider.desk("xiepi").changes.form(wider.entry("xiepi", "controlled"))
    assert (form.route.report.required, form.route.report.clause, form.route.report_days) == (
        True,
        "I.4.2.2",
        3,
    )
    request = change(wider, "xiepi", "controlled", day=day)
    for view in (wider.desk("xiepi").requests.one(request), wider.desk("zhuli").queue.one(request)):
        assert view.reported is not None
        assert (view.reported.changed_on, view.reported.due, view.reported.late, view.reported.clause) == (
            day, due, late, "I.4.2.2",
        )  # fmt: skip


@pytest.mark.clause("I.4.2.2")
def test_who_says_no_day_reports_a_change_of_today(store: Store, clock: Clock) -> None:
    """As the form says; its clock runs all the same."""
    row = Request.get_by_id(change(build_wider_world("controlled"), "xiepi", "controlled"))
    assert (row.changed_on, row.report_due, row.report_clause) == ("2026-11-23", "2026-11-26", "I.4.2.2")


@pytest.mark.clause("I.3.3", "I.4.2.3")
@pytest.mark.parametrize("login", ["taojs", "zhuli"])
def test_who_hands_in_anothers_own_number_is_late_for_nobody(store: Store, clock: Clock, login: str) -> None:
    """A head passes it on and the assistant enters it; I.4.2.3 is about contacts of the department."""
    wider = build_wider_world("controlled")
    form = wider.desk(login).changes.form(wider.entry("baizl", "controlled"))
    assert (form.route.report.required, form.route.report_days) == (False, 0)
    request = change(wider, login, "controlled", of="baizl", day="2026-11-12")
    row = Request.get_by_id(request)
    assert (row.changed_on, row.report_due, row.report_clause) == ("2026-11-12", None, None)
    assert wider.desk(login).requests.one(request).reported is None


@pytest.mark.clause("E.7", "E.10")
def test_a_head_feeds_a_change_of_their_people_back_in_time(world: World, clock: Clock) -> None:
    """Human resources, to whom it is fed back, are not late for what nobody told them."""
    late = {}
    for login in ("majun", "huangbo", "liuyang"):
        request = change(world, login, "group", of="majun", day="2026-11-12")
        view = world.desk(login).requests.one(request).reported
        late[login] = (view.clause, view.late) if view is not None else None
    assert late == {"majun": ("E.10, own", 4), "huangbo": ("E.7, own", 4), "liuyang": None}


@pytest.mark.clause("I.3.1", "I.3.2", "I.3.3", "I.3.4")
def test_each_change_has_a_named_sender_and_the_assistant_updates(store: Store, clock: Clock) -> None:
    wider = build_wider_world("controlled")
    by_employee = change(wider, "xiepi", "controlled")
    by_head = change(wider, "taojs", "controlled", of="baizl")
    for request, sender in ((by_employee, "解平"), (by_head, "陶军")):
        view = wider.desk("zhuli").queue.one(request)
        assert view.row.requester == sender
        assert (view.history[0].who, view.history[0].act.text) == (sender, "submitted")
        assert RequestEvent.get(RequestEvent.request == request).account_id is not None
        assert (view.row.role, view.clause) == ("assistant", "I.3.4")
        approve(wider, "zhuli", request)
    assert mobile_of(wider, "xiepi", "controlled") == mobile_of(wider, "baizl", "controlled")


def test_three_regulations_that_name_two_maintainers_wait_for_the_organisation() -> None:
    ids = ("enterprise", "directory-security", "controlled-document")
    composed = try_compose("book", [builtin()[one] for one in ids])
    assert [finding.key for finding in composed.findings] == ["maintainer"]
    assert composed.findings[0].path.endswith("controlled-document.toml")
    assert composed.findings[0].line > 1


@pytest.mark.clause("A.9", "A.15", "C.8", "I.4.2.2", "I.4.2.4", "I.4.4.3")
def test_three_regulations_hold_over_one_book(store: Store, clock: Clock) -> None:
    wider = build_wider_world("combined")
    desk = wider.desk("geyuan")
    form = desk.changes.form(wider.entry("geyuan", "combined"))
    with pytest.raises(Refused) as no_evidence:
        desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "换号")
    assert no_evidence.value.clause == "A.15"
    request = change(wider, "geyuan", "combined", day="2026-11-16")
    row = Request.get_by_id(request)
    assert (row.due, row.due_clause) == ("2026-11-26", "A.9")
    assert (row.report_due, row.report_clause) == ("2026-11-19", "I.4.2.2")

    own = change(wider, "tianhr", "combined")
    assert refusal(wider.desk("tianhr"), own, Request.get_by_id(own).digest).clause == "A.15"
    approve(wider, "zouhr", own)

    asking = wider.desk("tianhr").asking
    structure = asking.ask("structure", "combined", {"what": "create", "to": "研发部", "name": "预研组"})
    private = desk.asking.ask("copy-private", "combined", {"unit": ""}, "校友会")
    for number, steps in ((structure, ["chief-executive"]), (private, ["director", "chief-executive"])):
        found = RequestStep.select().where(RequestStep.request == number).order_by(RequestStep.ord)
        assert [step.role for step in found] == steps
    with pytest.raises(Refused) as out_of_scope:
        desk.directory.card(wider.entry("gaoceo", "combined"))
    assert out_of_scope.value.clause == "C.10.1"
    security = wider.desk("linan").directory.card(wider.entry("gaoceo", "combined"))
    assert security.name == "高远"


@pytest.mark.clause("B.3.2")
def test_only_a_departments_officer_hands_its_entries_in(store: Store, clock: Clock) -> None:
    wider = build_wider_world("safety")
    request = change(wider, "dingyi", "safety", of="renhe")
    assert Request.get_by_id(request).clause == "B.3.1, B.3.2"
    with pytest.raises(Refused) as not_an_officer:
        change(wider, "renhe", "safety")
    assert not_an_officer.value.clause == "B.3.1, B.3.2"
    with pytest.raises(Refused):
        change(wider, "dingyi", "safety", of="niuer")
    approve(wider, "panan", request)
    assert mobile_of(wider, "renhe", "safety") == "+8613900002121"
