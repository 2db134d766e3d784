"""A change of an entry when its head acts, stands in, came yesterday or goes tonight, and keepers too.

For whom it waits is written down by hand, and each of them then decides at the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from db.desk import Refused
from db.desk.requests.request_approvers import RequestApprovers
from db.language import say
from db.store.tables import Account, Delegation, Notice, NoticeRecipient, RequestStep
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.asking import refusal
from tests.variants.acting import approve, change, join, leave, stored
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, state, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


@dataclass(frozen=True, slots=True)
class Department:
    """Somebody whose change the head decides first and then one of those who keep the book."""

    member: str
    head: str
    unit: str
    above: frozenset[str]
    keepers: frozenset[str]
    other: str
    """Who comes to head the unit, or to act or stand in for who does."""


GROUPS = {
    "staff": Department(
        "zhangwei", "wangfang", "研发中心/研发一部", frozenset({"liwei"}), frozenset({"liuyang", "zengqing"}),
        "zhangwen",
    ),
    "subsidiary": Department(
        "tangyu", "linxiao", "产品部/设计组", frozenset({"gaoshan"}), frozenset({"fangmin", "yeqing"}),
        "xuning",
    ),
    "group": Department(
        "majun", "huangbo", "财务中心/会计部", frozenset({"songjia"}), frozenset({"liuyang", "luoyan"}),
        "zhangwei",
    ),
    "secured": Department(
        "qinyu", "shibu", "市场部", frozenset({"fuhr", "ganhr"}), frozenset({"fuhr", "ganhr"}), "xinan"
    ),
}  # fmt: skip
FIRST = {"staff": "A.15", "subsidiary": "C.5", "group": "E.13.2", "secured": "H.3.2"}
"""The clause by which a head answers for the department, or by which nobody edits alone."""
LAST = {"staff": "A.6", "subsidiary": "C.4", "group": "E.13.3", "secured": "H.5.1"}
"""The clause by which the change is entered by those who keep the book."""


def approvers(request: int) -> set[str]:
    """The logins for whom ``request`` waits."""
    request_approvers = RequestApprovers()
    step = request_approvers.open_step(stored(request))
    if step is None:
        return set()
    found = request_approvers.approvers(stored(request), step)
    return {Account.get_by_id(one.account).login for one in found}


def goes(house: World, request: int, *steps: tuple[set[str] | frozenset[str], str]) -> None:
    """Assert for whom each step waits, and have one of them approve it."""
    for waiting, login in steps:
        assert approvers(request) == waiting
        approve(house, login, request)
    assert state(request) == "applied"


NAMES = {
    "staff": ("zhangwei", "A.15"), "group": ("majun", "E.13.1"), "class": ("jiangtao", "D.10"),
    "wecom": ("shuqi", "G.4.2"), "general": ("lunan", "F.5.1"), "secured": ("qinyu", "H.5.1"),
    "controlled": ("xiepi", "I.3.4"), "subsidiary": ("tangyu", "C.8"),
}  # fmt: skip
"""Whose own name changes, and the clause by which they apply for it or have it kept up to date."""


@pytest.mark.parametrize(
    "book", [row(book, of=clause, person="oneself") for book, (_, clause) in NAMES.items()]
)
def test_another_name_is_applied_for_like_any_other_value(house: World, book: str) -> None:
    request = change(house, NAMES[book][0], book, name="欧阳娜")
    (line,) = house.desk(NAMES[book][0]).requests.one(request).lines
    assert (line.field, line.after) == ("name", "欧阳娜")
    assert state(request) == "open", "somebody else decides on it"


@pytest.mark.clause("B.3.2", "E.7", "I.3.3")
@pytest.mark.parametrize(
    ("book", "login", "of"),
    [("safety", "dingyi", "renhe"), ("group", "huangbo", "majun"), ("controlled", "taojs", "xiepi")],
)
def test_who_answers_for_a_department_applies_for_another_name_of_its_people(
    house: World, book: str, login: str, of: str
) -> None:
    assert state(change(house, login, book, of, name="任禾")) == "open"


def other(some: Sequence[str] | frozenset[str] | set[str], but: str) -> str:
    """One of ``some`` who is not ``but``."""
    return next(one for one in sorted(some) if one != but)


@pytest.mark.parametrize(
    "book", [row(book, of=FIRST[book], person="acting", day="make-up") for book in GROUPS]
)
def test_who_acts_for_the_head_decides_first_on_a_saturday_that_is_worked(
    house: World, clock: Clock, book: str
) -> None:
    d = GROUPS[book]
    act_for(house, d.other, "head", book, d.unit)
    clock.set("2026-11-28T10:00+08:00")
    request = change(house, d.member, book)
    goes(house, request, ({d.other}, d.other), (d.keepers, min(d.keepers)))
    first = RequestStep.get((RequestStep.request == request) & (RequestStep.ord == 1))
    assert (first.decided_by_id, first.capacity) == (house.accounts[d.other], "acting")


@pytest.mark.parametrize("book", [row(book, of=FIRST[book], person="deputy") for book in GROUPS])
def test_whom_the_head_named_decides_for_the_head_and_is_told_as_that(house: World, book: str) -> None:
    d = GROUPS[book]
    deputise(house, d.head, d.other, "head", book)
    request = change(house, d.member, book)
    goes(house, request, ({d.head, d.other}, d.other), (d.keepers, max(d.keepers)))
    first = RequestStep.get((RequestStep.request == request) & (RequestStep.ord == 1))
    assert first.on_behalf_of_id == house.accounts[d.head]


@pytest.mark.parametrize(
    "book", [row(book, of=FIRST[book], person="successor", day="office-changed") for book in GROUPS]
)
def test_it_waits_for_the_office_and_not_for_who_held_it(house: World, clock: Clock, book: str) -> None:
    """Handed in under the former head, whose approval a day later is refused."""
    d = GROUPS[book]
    request = change(house, d.member, book)
    succeed(house, d.other, "head", book, d.unit)
    clock.forward(days=1)
    refusal(house.desk(d.head), request, stored(request).digest)
    goes(house, request, ({d.other}, d.other), (d.keepers, min(d.keepers)))


@pytest.mark.parametrize(
    "book", [row(book, of=FIRST[book], person="leaver", day="last-day") for book in GROUPS]
)
def test_after_the_heads_last_day_it_waits_above(house: World, clock: Clock, book: str) -> None:
    """Nobody has decided the head's leaving; at midnight the office is vacant all the same."""
    d = GROUPS[book]
    heir = {"group": "马军"}.get(book, "")
    request = change(house, d.member, book)
    leave(house, other(d.keepers, d.head), book, d.head, "2026-11-27", heir)
    clock.set("2026-11-27T23:00+08:00")
    assert approvers(request) == {d.head}
    clock.set("2026-11-28T00:00:01+08:00")
    house.desk(d.member).me.who()
    assert approvers(request) == d.above
    first = min(d.above)
    left = d.keepers - {first}
    goes(house, request, (d.above, first), (left, min(left)))


@pytest.mark.parametrize("book", [row(book, of=LAST[book], person="head-and-keeper") for book in GROUPS])
def test_a_head_who_keeps_the_book_too_decides_one_step_alone(house: World, book: str) -> None:
    d = GROUPS[book]
    house.grant(d.head, "hr", book)
    request = change(house, d.member, book)
    goes(house, request, ({d.head}, d.head), (d.keepers, min(d.keepers)))


@pytest.mark.parametrize(
    "book", [row(book, of=LAST[book], person="leaver", day="last-day") for book in GROUPS]
)
def test_who_kept_the_book_to_the_last_day_enters_nothing_after_it(
    house: World, clock: Clock, book: str
) -> None:
    d = GROUPS[book]
    request = change(house, d.member, book)
    approve(house, d.head, request)
    goer, stayer = sorted(d.keepers)
    house.grant(d.other, "hr", book)  # somebody is left to decide on the leaver
    leave(house, stayer, book, goer, "2026-11-27")
    clock.set("2026-11-28T00:00:01+08:00")
    house.desk(stayer).me.who()
    goes(house, request, ({stayer, d.other}, stayer))


@pytest.mark.parametrize(
    ("book", "of"),
    [
        row("staff", "zhangwei", of="A.15 A.6", person="oneself"),
        row("group", "majun", of="E.13.1 E.10 E.6.4", person="oneself"),
        row("secured", "qinyu", of="H.3.3 H.5.1", person="oneself"),
        row("subsidiary", "tangyu", of="C.8 C.4", person="oneself"),
    ],
)
def test_who_stands_in_for_the_head_does_not_decide_on_their_own(house: World, book: str, of: str) -> None:
    d = GROUPS[book]
    deputise(house, d.head, of, "head", book)
    request = change(house, of, book)
    assert approvers(request) == {d.head}
    refusal(house.desk(of), request, stored(request).digest)


@pytest.mark.parametrize(
    "book",
    [
        row("staff", of="A.15", person="oneself", day="office-changed"),
        row("group", of="E.13.1 E.10", person="oneself", day="office-changed"),
        row("secured", of="H.3.3", person="oneself", day="office-changed"),
        row("subsidiary", of="C.8", person="oneself", day="office-changed"),
    ],
)
def test_who_came_to_head_the_department_meanwhile_does_not_decide_on_their_own(
    house: World, clock: Clock, book: str
) -> None:
    d = GROUPS[book]
    request = change(house, d.member, book)
    succeed(house, d.member, "head", book, d.unit)
    clock.forward(days=1)
    assert approvers(request) == d.above
    refusal(house.desk(d.member), request, stored(request).digest)
    refusal(house.desk(d.head), request, stored(request).digest)


@pytest.mark.parametrize(
    ("book", "own", "steps"),
    [
        row("staff", "liuyang", ({"helei"}, {"zengqing"}),
            of="A.6 A.15", person="head-and-keeper", day="make-up"),
        row("subsidiary", "fangmin", ({"panlong"}, {"yeqing"}),
            of="C.8", person="head-and-keeper", day="make-up"),
        row("group", "liuyang", ({"helei"}, {"luoyan"}), of="E.6.4 E.6.1 E.13.3", person="head-and-keeper",
            day="make-up"),
        row("secured", "fuhr", ({"xinan"}, {"ganhr"}), of="H.5.1", person="head-and-keeper", day="make-up"),
    ],
)  # fmt: skip
def test_the_head_of_human_resources_changes_nothing_of_their_own_alone(
    house: World, clock: Clock, book: str, own: str, steps: tuple[set[str], set[str]]
) -> None:
    clock.set("2026-11-28T10:00+08:00")
    request = change(house, own, book)
    goes(house, request, *[(who, min(who)) for who in steps])


@walks("E.6.1 E.6.4", person="acting", day="spring-festival")
def test_who_acts_in_human_resources_deletes_nothing_unreviewed(house: World, clock: Clock) -> None:
    act_for(house, "majun", "hr", "group", instead_of="luoyan")
    clock.set("2027-02-06T10:00+08:00")
    request = house.desk("majun").asking.ask("delete", "group", {"entry": "张伟"}, "重复")
    assert approvers(request) == {"liuyang"}
    refusal(house.desk("majun"), request, stored(request).digest)


@walks("E.7", person="acting", day="office-changed")
def test_who_acts_for_a_head_reports_for_the_department(house: World, clock: Clock) -> None:
    act_for(house, "zhangwei", "head", "group", "财务中心/会计部")
    clock.forward(days=1)
    request = change(house, "zhangwei", "group", "majun")
    assert stored(request).report_clause == "E.7, own"
    goes(house, request, ({"songjia"}, "songjia"), ({"liuyang", "luoyan"}, "luoyan"))


@walks("E.7", person="deputy")
def test_who_stands_in_decides_and_reports_nothing(house: World) -> None:
    deputise(house, "huangbo", "zhangwei", "head", "group")
    with pytest.raises(Refused):
        house.desk("zhangwei").changes.form(house.entry("majun", "group"))


@walks("C.8 C.4", person="leaver", day="last-day")
def test_a_maintainers_own_edit_waits_for_another_second_person(house: World, clock: Clock) -> None:
    """One of two keepers edits a partner's entry; the other leaves before having looked."""
    request = change(house, "fangmin", "subsidiary", "wuhao")
    assert approvers(request) >= {"gaoshan"}
    approve(house, "gaoshan", request)
    assert approvers(request) == {"yeqing"}
    house.grant("xuning", "hr", "subsidiary")
    leave(house, "fangmin", "subsidiary", "yeqing", "2026-11-27")
    clock.set("2026-11-28T08:00+08:00")
    house.desk("fangmin").me.who()
    assert approvers(request) == {"xuning"}
    refusal(house.desk("fangmin"), request, stored(request).digest)


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        row("acting", "maoxiao", of="G.3.1 G.5.1", person="acting", day="spring-festival"),
        row("manager", "xuhr", of="G.3.2", person="successor", day="office-changed"),
        row("acting", "shuqi", of="G.3.1", person="successor", day="office-changed"),
    ],
)
def test_what_a_new_leader_completes_is_in_force_and_told(
    house: World, clock: Clock, who: str, whom: str
) -> None:
    """Without human resources; the person hears of it. Their own goes to human resources."""
    if who == "manager":
        succeed(house, "caiming", "general-manager", "wecom")
        leader = "caiming"
    else:
        act_for(house, "shuqi" if whom == "maoxiao" else "maoxiao", "head", "wecom", "产品部")
        leader = "shuqi" if whom == "maoxiao" else "maoxiao"
    clock.forward(days=1)
    request = change(house, leader, "wecom", whom)
    assert state(request) == "applied"
    assert house.desk(whom).notices.unread(), "the person it is about is told each time"
    own = change(house, leader, "wecom")
    assert approvers(own) == {"huanghr", "xuhr"}


@walks("G.4.2", person="leaver", day="last-day")
def test_what_was_reported_waits_for_who_is_left_in_human_resources(house: World, clock: Clock) -> None:
    request = change(house, "shuqi", "wecom")
    leave(house, "luzong", "wecom", "xuhr", "2026-11-27")
    clock.set("2026-11-28T08:00+08:00")
    house.desk("huanghr").me.who()
    goes(house, request, ({"huanghr"}, "huanghr"))


@pytest.mark.parametrize(
    ("given", "sender", "of", "waiting"),
    [
        row("assistant", "xiepi", "xiepi", {"wenmi"},
            of="I.3.2 I.3.4", person="successor", day="office-changed"),
        row("acting", "baizl", "xiepi", {"zhuli"}, of="I.3.3", person="acting", day="office-changed"),
        row("assistant", "taojs", "xiepi", {"wenmi"},
            of="I.3.3 I.3.2", person="successor", day="office-changed"),
        row("usual", "zhuli", "zhuli", {"fengdir"}, of="I.3.4 I.3.1", person="oneself"),
        row("stand-in", "xiepi", "xiepi", {"zhuli", "wenmi"},
            of="I.3.2 I.3.4", person="deputy", day="make-up"),
    ],
)  # fmt: skip
def test_changes_are_fed_to_the_assistant_of_today(
    house: World, clock: Clock, given: str, sender: str, of: str, waiting: set[str]
) -> None:
    """Each with a named sender; the assistant's own is the director's to decide."""
    if given == "assistant":
        succeed(house, "wenmi", "assistant", "controlled")
    if given == "acting":
        act_for(house, "baizl", "head", "controlled", "技术部")
    if given == "stand-in":
        deputise(house, "zhuli", "wenmi", "assistant", "controlled")
    clock.set("2026-11-28T10:00+08:00" if given == "stand-in" else "2026-11-24T10:00+08:00")
    request = change(house, sender, "controlled", of)
    assert approvers(request) == waiting
    desk = house.desk(min(waiting))
    assert desk.queue.one(request).row.requester == house.desk(sender).me.who().name
    approve(house, min(waiting), request)


@pytest.mark.parametrize(
    ("given", "login", "of", "waiting"),
    [
        row("officer", "weiguo", "renhe", {"kangle", "panan"},
            of="B.3.2", person="successor", day="office-changed"),
        row("usual", "dingyi", "dingyi", {"kangle", "panan"}, of="B.3.2", person="oneself"),
        row("safety", "dingyi", "renhe", {"niuer"}, of="B.3.1", person="successor", day="office-changed"),
        row("usual", "panan", "panan", {"kangle"}, of="B.3.1", person="head-and-keeper"),
    ],
)  # fmt: skip
def test_officers_hand_their_departments_entries_in_to_the_safety_department(
    house: World, clock: Clock, given: str, login: str, of: str, waiting: set[str]
) -> None:
    if given == "officer":
        succeed(house, "weiguo", "officer", "safety", "一车间")
    if given == "safety":
        succeed(house, "niuer", "safety", "safety")
    clock.forward(days=1)
    goes(house, change(house, login, "safety", of), (waiting, min(waiting)))
    if given == "officer":
        cites("B.3.2", lambda: change(house, "dingyi", "safety", "dingyi"))


@walks("A.9 A.15 C.8 I.3.4", person="composed", day="office-changed")
def test_under_three_regulations_it_takes_evidence_and_whoever_keeps_the_book_now(
    house: World, clock: Clock
) -> None:
    succeed(house, "zhongzl", "hr", "combined", instead_of="zouhr")
    clock.forward(days=1)
    desk = house.desk("geyuan")
    form = desk.changes.form(house.entry("geyuan", "combined"))
    cites(
        "A.15", lambda: desk.changes.submit(form.entry, form.version, {"mobile": "139 0000 2121"}, "换号", [])
    )
    goes(house, change(house, "geyuan", "combined"), ({"tianhr", "zhongzl"}, "zhongzl"))


@walks("A.15 E.13.1", person="two-books")
def test_a_change_in_one_book_changes_nothing_in_the_other(house: World) -> None:
    """张伟 is in two books: each has its own flow, and each is asked for by itself."""
    mine = change(house, "zhangwei", "staff")
    goes(house, mine, ({"wangfang"}, "wangfang"), ({"liuyang", "zengqing"}, "zengqing"))
    there = house.desk("zhangwei").changes.form(house.entry("zhangwei", "group"))
    assert next(field.value for field in there.fields if field.name == "mobile") == "138 0000 2121"
    request = change(house, "zhangwei", "group")
    assert approvers(request) == {"liuyang", "luoyan"}


@walks("B.2 B.3.2", person="two-books")
def test_an_officer_is_the_same_person_in_both_books_and_reports_in_each(house: World) -> None:
    also_in(house, "zhangwen", "dingyi", "safety")
    house.grant("zhangwen", "officer", "safety", "一车间")
    goes(house, change(house, "zhangwen", "safety", "renhe"), ({"kangle", "panan"}, "panan"))
    goes(house, change(house, "zhangwen", "staff"), ({"wangfang"}, "wangfang"),
         ({"liuyang", "zengqing"}, "liuyang"))  # fmt: skip


# told of


@pytest.mark.parametrize(
    ("book", "login", "unit", "keeper", "told"),
    [
        row("staff", "zhangwei", "研发中心/研发一部", "liuyang",
            {"zhangwei", "zhangwen", "zhengwei", "wangfang", "qianjin"},
            of="A.8 A.9", person="acting", day="office-changed"),
        row("combined", "geyuan", "研发部/测试组", "tianhr", {"geyuan", "leijun"},
            of="A.8 A.9", person="composed", day="make-up"),
    ],
)  # fmt: skip
def test_whoever_heads_the_department_is_told_wherever_they_stand(
    house: World, clock: Clock, book: str, login: str, unit: str, keeper: str, told: set[str]
) -> None:
    """Who acts for the head stands in another department; one without a head is the one above's."""
    if book == "staff":
        act_for(house, "qianjin", "head", book, unit)
    clock.set("2026-11-28T10:00+08:00")
    for kind in ("join", "change"):
        request = (
            join(house, keeper, book, unit, "2026-11-27") if kind == "join" else change(house, login, book)
        )
        while state(request) == "open":
            approve(house, min(approvers(request)), request)
        rows = (
            NoticeRecipient.select().join(Notice).where((Notice.request == request) & (Notice.kind == kind))
        )
        assert {Account.get_by_id(one.account_id).login for one in rows} == told
        assert all(one.opens for one in rows)


@walks("B.3.2", person="head-and-keeper")
def test_of_two_who_keep_a_directory_each_hands_their_own_change_in(house: World) -> None:
    with pytest.raises(Refused) as caught:
        change(house, "panan", "safety", "kangle")
    assert say(caught.value.advice, "en").startswith("Have them submit it themselves")
    assert approvers(change(house, "kangle", "safety")) == {"panan"}


@pytest.mark.parametrize(
    ("login", "role", "book", "named", "never", "second"),
    [
        row("luzong", "general-manager", "wecom", "蔡明", "毛晓", "huanghr",
            of="G.3.2", person="deputy", day="make-up"),
        row("xinan", "security", "secured", "石布", "秦玉", "fuhr",
            of="H.3.1", person="deputy", day="make-up"),
    ],
)  # fmt: skip
def test_whoever_is_alone_in_the_department_is_stood_in_for_by_another_office(
    house: World, clock: Clock, login: str, role: str, book: str, named: str, never: str, second: str
) -> None:
    """Of those whom they see: a head, and nobody without an office."""
    clock.set("2026-11-28T10:00+08:00")
    desk = house.desk(login)
    offered = {one.name: one.account for one in desk.delegation.candidates(book, role)}
    assert named in offered
    assert never not in offered
    days = ("2026-12-01", "2026-12-04")
    carried_through(
        lambda: desk.delegation.delegate(role, book, offered[named], *days, "休假"), house.desk(second)
    )
    clock.set("2026-12-02T10:00+08:00")
    assert Delegation.select().where(Delegation.to == offered[named]).exists()


@pytest.mark.clause("C.10.1")
def test_nobody_out_of_sight_is_offered_to_stand_in(house: World) -> None:
    """A head alone in a department sees no other, and a chief executive under I no more than the own."""
    for login, role, book in (("dubei", "head", "general"), ("tangceo", "chief-executive", "controlled")):
        assert house.desk(login).delegation.candidates(book, role) == ()
