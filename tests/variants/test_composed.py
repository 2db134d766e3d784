"""Two regulations over one book: what either asks for holds, and neither is a way round the other."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Refused
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.reviews.reviews import Reviews
from db.language import say
from db.policy.compose import try_compose
from db.policy.loader import builtin
from db.store.tables import RequestStep
from tests.conftest import Clock
from tests.db.desk.asking import PDF, ask_access
from tests.db.desk.reviewing import open_all
from tests.rules import put_under
from tests.variants.acting import approve, change, expect, leave, sentenced, stored, task_of
from tests.variants.registry import row, walks
from tests.variants.setting import cites, deputise, refusal, state
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


@pytest.mark.parametrize(
    ("book", "policies", "login", "of", "purpose", "clause"),
    [
        row("staff", ["enterprise", "information-security"], "wangfang", "zhangwei", "personal", "H.5.2",
            of="A.11 H.5.2", person="composed"),
        row("staff", ["enterprise", "directory-security"], "wangfang", "zhangwei", "unlawful", "C.11",
            of="C.11", person="composed"),
        row("group", ["company", "general"], "huangbo", "majun", "personal", "F.6.1", of="F.6.1 E.11",
            person="composed"),
        row("group", ["company", "wecom"], "huangbo", "majun", "marketing", "G.7.2", of="G.6.2 G.7.2",
            person="composed"),
        row("secured", ["information-security", "company"], "shibu", "qinyu", "commercial", "E.11", of="E.11",
            person="composed"),
    ],
)  # fmt: skip
def test_a_purpose_that_either_excludes_is_refused(
    house: World, book: str, policies: list[str], login: str, of: str, purpose: str, clause: str
) -> None:
    put_under(book, *policies)
    cites(clause, partial(house.desk(login).directory.reveal, house.entry(of, book), "mobile", purpose))
    assert house.desk(login).directory.reveal(house.entry(of, book), "mobile", "work")


@pytest.mark.parametrize(
    ("book", "policies", "login", "steps", "due", "clause"),
    [
        row("group", ["company", "enterprise"], "majun", [{"huangbo"}, {"liuyang", "luoyan"}], "2026-11-26",
            "A.9", of="A.9 A.15 E.13.2 E.13.3", person="composed"),
        row("secured", ["information-security", "company"], "qinyu", [{"shibu"}, {"fuhr", "ganhr"}],
            "2026-11-26", "H.4.2", of="H.4.2 H.5.1 E.13.2", person="composed"),
        row("subsidiary", ["directory-security", "company"], "tangyu", [{"linxiao"}, {"fangmin", "yeqing"}],
            "2026-11-26", "C.8", of="C.8 E.13.2", person="composed"),
        row("wecom", ["wecom", "company"], "shuqi", [{"caiming"}, {"huanghr", "xuhr"}], "", "",
            of="E.13.2 G.4.2", person="composed"),
        row("general", ["general", "information-security"], "lunan", [{"jinhr", "yuhr"}, {"jinhr", "yuhr"}],
            "2026-11-26", "F.2.2", of="F.2.2 H.5.1", person="composed"),
    ],
)  # fmt: skip
def test_a_change_takes_the_steps_of_both_and_the_shorter_clock(
    house: World, book: str, policies: list[str], login: str, steps: list[set[str]], due: str, clause: str
) -> None:
    put_under(book, *policies)
    request = change(house, login, book)
    if due:
        assert stored(request).due == due
        assert clause in str(stored(request).due_clause)
    taken: set[str] = set()
    for waiting in steps:
        assert approvers(request) == waiting - taken
        first = min(waiting - taken)
        approve(house, first, request)
        taken.add(first)
    assert state(request) == "applied"
    by = [one.decided_by_id for one in RequestStep.select().where(RequestStep.request == request)]
    assert len(set(by)) == len(by), "nobody takes two steps"


@pytest.mark.parametrize(
    ("policies", "decided"),
    [
        row(["safety-officers", "company"], {"maintainer": "safety"}, of="B.3.2 E.13.1", person="composed"),
        row(["company", "safety-officers"], {}, of="B.3.2 B.8", person="composed"),
    ],
)
def test_who_may_hand_in_is_refused_by_the_one_that_names_them(
    house: World, policies: list[str], decided: dict[str, str]
) -> None:
    """By E.13.1 anybody submits their own: what keeps them from it is not E.13."""
    put_under("safety", *policies, **decided)
    refused = refusal(lambda: change(house, "renhe", "safety"))
    assert refused.clause == "B.3.1, B.3.2"
    (line,) = [
        one for one in house.desk("renhe").policies.rules("safety").lines if one.key == "flow.change.submit"
    ]
    assert line.clause == "B.3.1, B.3.2"


@walks("A.15", person="composed")
def test_evidence_is_asked_for_where_either_asks_for_it(house: World) -> None:
    put_under("group", "company", "enterprise")
    desk = house.desk("majun")
    form = desk.changes.form(house.entry("majun", "group"))
    asked = {"mobile": "139 0000 2121"}
    cites("A.15", lambda: desk.changes.submit(form.entry, form.version, asked, "换号", []))
    proof = desk.evidence.add("受理单.pdf", PDF).id
    cites("default", lambda: desk.changes.submit(form.entry, form.version, asked, "", [proof]))


@walks("G.3.1 H.5.1 G.3.2", person="composed")
def test_what_a_leader_writes_is_reviewed_where_the_other_asks_for_it(house: World) -> None:
    put_under("wecom", "wecom", "information-security", supervisor="security")
    for leader, whom in (("caiming", "maoxiao"), ("luzong", "xuhr")):
        request = change(house, leader, "wecom", whom)
        assert state(request) == "open"
        assert leader not in approvers(request)


@walks("H.4.3", person="composed")
def test_what_one_keeps_out_is_kept_out_of_the_book_of_both(house: World) -> None:
    put_under("staff", "enterprise", "information-security")
    cites("H.4.3", lambda: change(house, "zhangwei", "staff", email="110101199003074477@qq.com"))
    cites("H.4.3", lambda: change(house, "liuyang", "staff", "zhangwei", position="特价专员"))


@pytest.mark.parametrize(
    ("book", "policies", "keeper", "of", "due", "clauses"),
    [
        row("general", ["general", "enterprise"], "jinhr", "tanlan", "2026-11-27", ("F.2.2",),
            of="A.10 F.2.2", person="composed"),
        row("wecom", ["wecom", "enterprise"], "huanghr", "shuqi", "2026-11-27", ("G.4.3",), of="A.10 G.4.3",
            person="composed"),
        row("secured", ["information-security", "wecom"], "fuhr", "qinyu", "2026-11-27", ("G.4.3",),
            of="H.5.4 G.4.3", person="composed"),
    ],
)  # fmt: skip
def test_a_leaver_is_due_by_the_shorter_clock(
    house: World, book: str, policies: list[str], keeper: str, of: str, due: str, clauses: tuple[str, ...]
) -> None:
    """Three working days from Tuesday, and not five."""
    decided = {"supervisor": "security"} if {"wecom", "information-security"} <= set(policies) else {}
    put_under(book, *policies, **decided)
    leave(house, keeper, book, of, "2026-11-24")
    task = task_of("leaver", book)
    assert task.due == due
    assert set(clauses) & set(task.clause.split(", "))


@walks("A.8 G.4.1", person="composed")
def test_a_joiner_of_both_is_announced_and_entered_in_wecom(house: World) -> None:
    put_under("wecom", "wecom", "enterprise")
    expect(house, "huanghr", "wecom", "产品部/运营组", "2026-11-23")
    task = task_of("joiner", "wecom")
    assert {"A.8", "G.4.1"} & set(task.clause.split(", "))
    duty = policy_of("wecom").duty("joiner")
    assert duty is not None
    needs = {one.what for one in duty.requires}
    assert {"announcement", "sync"} <= needs


@walks("C.5 E.7", person="composed")
def test_one_sign_off_serves_both(house: World) -> None:
    put_under("group", "company", "directory-security")
    campaigns = open_all("group")
    desk = house.desk("huangbo")
    item = next(one for one in Reviews(desk).items(campaigns["sign-off"]) if one.name == "会计部")
    Reviews(desk).decide(campaigns["sign-off"], item.id, "right")
    rows = Reviews(house.desk("huangbo")).items(campaigns["sign-off"], "all")
    assert {one.status for one in rows if one.name == "会计部"} == {"decided"}


@walks("A.13 B.6.2", person="composed")
def test_under_the_safety_regulation_nobody_is_opened_by_a_superior(house: World) -> None:
    """The later one replaces what the earlier says of look-ups (B.8)."""
    put_under("safety", "enterprise", "safety-officers")
    with pytest.raises(Refused) as caught:
        ask_access(house.desk("dingyi"), "safety", "对接", name="牛二")
    assert "B.6.2" in caught.value.clause


@walks("B.8 A.6", person="composed")
def test_the_safety_regulation_replaces_the_maintainer_of_the_earlier(house: World) -> None:
    put_under("safety", "enterprise", "safety-officers")
    policy = policy_of("safety")
    assert policy.maintainer.role == "safety"
    rules = house.desk("renhe").policies.rules("safety")
    assert any("displaced" in line.key and line.clause == "B.8" for line in rules.lines)
    assert approvers(change(house, "dingyi", "safety")) == {"kangle", "panan"}


@walks("D.2.1 H.4.3 D.2.2", person="composed")
def test_private_data_of_a_class_and_the_ban_on_it_wait_for_the_organisation(house: World) -> None:
    """They do not meet in one book by themselves."""
    composed = try_compose("book", [builtin()["school-class"], builtin()["information-security"]])
    assert composed.findings


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        row(["school-class", "directory-security"],
            [("C.7", {"职务", "办公电话", "邮箱"}), ("D.2", {"家长电话", "学号"})],
            of="C.7 D.2.1", person="composed"),
        row(["school-class", "general"], [("D.2", {"家长电话", "家庭住址"})], of="D.2.2", person="composed"),
        row(["enterprise", "directory-security", "controlled-document"], [], of="C.7", person="composed"),
        row(["company", "safety-officers"], [("B.4.2", {"分管区域"})], of="E.4 B.4.2", person="composed"),
    ],
)  # fmt: skip
def test_what_one_asks_of_kinds_that_only_another_has_is_warned_of(
    policies: list[str], told: list[tuple[str, set[str]]]
) -> None:
    """No pupil has an office phone; no partner has parents."""
    composed = try_compose("book", [builtin()[one] for one in policies], {"maintainer": "hr"})
    found = [one for one in composed.warnings if "applies_to" in say(one.message, "zh_CN")]
    assert len(found) == len(told)
    for clause, fields in told:
        (said,) = [text for one in found if clause in (text := say(one.message, "zh_CN"))]
        assert all(field in said for field in fields)


@walks("C.10.1 F.5.1 F.5.2", person="composed")
def test_a_scope_is_the_narrower_of_both(house: World) -> None:
    """Whoever answers for a partner by F opens nothing by it under C, where an employee sees the own unit."""
    assert {line.name for line in house.desk("lunan").directory.list("general", side="external")} == {"何左"}
    put_under("general", "general", "directory-security")
    assert {line.name for line in house.desk("lunan").directory.list("general", side="external")} == set()
    assert {line.name for line in house.desk("lunan").directory.list("general")} == {"鲁南"}


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        row("copy", [{"nidir", "leijun"}], of="I.4.4.2", person="deputy", day="make-up"),
        row(
            "copy-private", [{"nidir", "leijun"}, {"gaoceo"}], of="I.4.4.3", person="composed", day="make-up"
        ),
    ],
)
def test_copies_of_the_book_of_three_take_the_same_offices(
    house: World, clock: Clock, kind: str, steps: list[set[str]]
) -> None:
    deputise(house, "nidir", "leijun", "director", "combined")
    clock.set("2026-11-28T10:00+08:00")
    request = house.desk("geyuan").asking.ask(kind, "combined", {"unit": ""}, "接待")
    for waiting in steps:
        assert approvers(request) == waiting
        approve(house, min(waiting), request)
    assert state(request) == "applied"


@walks("I.4.4.1 C.12 A.19", person="composed")
def test_the_fine_is_the_tariffs_and_no_other(house: World) -> None:
    """200 yuan for each time, under three regulations too."""
    from db.store.tables import CaseParty
    from tests.db.desk.casework import judged, under_investigation

    case = Cases(house.desk("geyuan")).report("combined", "转发通讯录", "forwarding")
    under_investigation(house, case, "forwarding", "雷钧")
    first = judged(house, case)
    CaseWork(first).decide(case, "两次", sentenced(case, "fine", occurrences=2))
    party = CaseParty.get(CaseParty.case == case)
    assert (party.amount, "I.4.4.1" in str(party.clause)) == (400, True)
