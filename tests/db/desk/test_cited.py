"""A refusal cites the clause of what was asked for, and not one that says something else."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Invalid
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.due_dates import today
from db.desk.editions.tagging import Sorting
from db.desk.reviews.reviews import Reviews
from db.language import say
from db.store.engine import Store
from db.store.tables import CaseFile, ReviewItem
from tests.conftest import Clock
from tests.db.desk.casework import heard, party, turn
from tests.db.desk.own_rules import BOOK, own_book
from tests.db.desk.reviewing import open_all, refused
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.mark.threat(23)
@pytest.mark.clause("D.9.1", "D.9.2")
@pytest.mark.parametrize("field", ["parent_phones", "birth_date", "home_address"])
def test_a_field_for_others_is_refused_by_its_own_clause_whatever_it_holds(
    store: Store, clock: Clock, field: str
) -> None:
    world = build_wider_world("class")
    directory, entry = world.desk("luoxi").directory, world.entry("jiangtao", "class")
    refusal = refused(lambda: directory.reveal(entry, field, "class"))
    assert refusal.clause == ", ".join(policy_of("class").field(field).clauses)
    assert refusal.clause == directory.why(entry, field).because[0].clause


def test_a_field_that_the_book_does_not_have_is_refused_by_no_clause(world: World) -> None:
    refusal = refused(
        lambda: world.desk("zhangwei").directory.reveal(world.entry("zhangwen"), "shoe_size", "work")
    )
    assert refusal.clause == "default"


@pytest.mark.clause("G.3.3")
def test_whoever_gives_no_roles_is_refused_by_the_rule_on_rights(store: Store, clock: Clock) -> None:
    world = build_wider_world("wecom")
    world.grant("caiming", "it", "wecom")
    accounts, whom = world.desk("caiming").accounts, world.accounts["luzong"]
    assert refused(lambda: accounts.grant(whom, "wecom", "it", None, None)).clause == "G.3.3"


@pytest.mark.clause("A.6", "C.4", "E.6.1")
@pytest.mark.parametrize(
    ("book", "login", "clause"),
    [("staff", "zhangwei", "A.6"), ("subsidiary", "tangyu", "default"), ("group", "majun", "default")],
)
def test_whoever_looks_after_no_accounts_is_refused_by_a_clause_that_speaks_of_them(
    world: World, book: str, login: str, clause: str
) -> None:
    """A.6 does, by having IT support the directory; that human resources keeps it says nothing of them."""
    assert refused(lambda: world.desk(login).accounts.page(book, 0, 10)).clause == clause


MASKED = """
[[fields]]
name = "mobile"
protected = true
clause = "X.3"
[[scopes]]
role = "employee"
reach = "unit"
protected = "masked"
clause = "X.4"
[rights]
unused_days = 30
clause = "X.5"
[[reviews]]
kind = "recertification"
every = "quarter"
of = "rights"
clause = "X.6"
"""


@pytest.mark.clause("A.13")
def test_what_takes_a_granted_access_is_refused_by_the_scope_that_masks_it(
    store: Store, clock: Clock
) -> None:
    """A regulation that says nothing of look-ups; no such refusal falls back to the default."""
    world = own_book(MASKED)
    directory, entry = world.desk("zhangwei").directory, world.entry("wangfang", BOOK)
    assert refused(lambda: directory.reveal(entry, "mobile", "work")).clause == "X.4"
    assert directory.why(entry, "mobile").because[0].clause == "X.4"


def test_a_right_under_review_is_refused_by_the_rule_on_rights(store: Store, clock: Clock) -> None:
    """Of one that lies unused: that of the review alone doesn't say it. Of one's own none does (default)."""
    world = own_book(MASKED)
    world.grant("zhangwei", "it", BOOK)
    clock.forward(days=60)
    campaign, desk = open_all(BOOK)["recertification"], world.desk("chenjing")
    items = [item.id for item in ReviewItem.select().where(ReviewItem.campaign == campaign)]
    assert len(items) == 2, "the keeper's own, and one that lies unused"
    cited = {refused(partial(Reviews(desk).decide, campaign, one, "right", None)).clause for one in items}
    assert cited == {"X.5, X.6", "default"}


def test_a_report_that_is_not_one_s_right_is_refused_by_who_may_have_it(world: World) -> None:
    desk, policy, day = world.desk("zhangwei"), policy_of("staff"), today()
    kept = refused(lambda: desk.overview.coverage("staff"))
    watched = refused(lambda: desk.overview.access("staff", None, day, day))
    assert (kept.clause, watched.clause) == (policy.maintainer.clause, policy.supervisor.clause)


PERIODS = """
[[roles]]
id = "director"
clause = "X.7"
[[roles]]
id = "chief-executive"
clause = "X.7"
[[roles]]
id = "security"
clause = "X.7"
[supervisor]
role = "security"
clause = "X.7"
[[cases]]
id = "leak"
clause = "X.7"
[discipline]
appeal_days = 5
hear_days = 7
hearing_days = 2
own = ["appeal_days", "hear_days"]
clause = "X.8"
[[sanctions]]
id = "warning"
clause = "X.9"
[[reporting]]
kind = "incident"
to = "supervisor"
days = 2
own = ["days"]
clause = "X.10"
[lookup]
purpose = true
grant_days = 9
own = ["grant_days"]
clause = "X.11"
[[reviews]]
kind = "sign-off"
every = "quarter"
by = "head"
of = "unit"
days = 4
own = ["days"]
clause = "X.12"
"""


@pytest.mark.clause("A.18", "C.5", "C.12")
def test_a_period_is_cited_as_whose_it_is_wherever_it_comes_up(store: Store, clock: Clock) -> None:
    """On the case, in notices, among tasks, on the form: of the clause that gives it, as the organisation's
    own, or as nobody's."""
    world = own_book(PERIODS)
    for login, role in (("sunli", "security"), ("wangfang", "director")):
        world.grant(login, role, BOOK)
    head = world.desk("wangfang")
    open_all(BOOK)
    (review,) = Reviews(head).campaigns()
    assert review.due is not None
    (task,) = [one for one in head.tasks.mine().rows if one.kind == "review"]
    assert (review.clause, review.due.clause, task.due.clause) == ("X.12", "X.12, own", "X.12, own")

    case = Cases(world.desk("chenjing")).report(BOOK, "有人把通讯录发到群里", "leak")
    handler = turn(world, case)
    (first,) = [one for one in handler.tasks.mine().rows if one.thing == case]
    assert first.due.clause == "X.7, X.10, own"
    CaseWork(handler).triage(case, "leak", "立案")
    closing = [one.due.clause for one in turn(world, case).tasks.mine().rows if one.thing == case]
    assert "X.7, X.10, default" in closing, "nobody says by when it is closed"
    under = turn(world, case)
    CaseWork(under).investigate(case, "开始")
    CaseWork(under).involve(case, f"entry:{world.entry('zhangwei', BOOK)}")
    while CaseFile.get_by_id(case).state != "investigated":
        CaseWork(turn(world, case)).conclude(case, "属实")
    CaseWork(turn(world, case)).judge(case, "breach", "属实")
    person = world.desk("zhangwei")
    assert [one["clause"] for one in heard(person, "case-hearing")] == ["X.8"]
    Cases(person).state(case, "是误发")
    CaseWork(turn(world, case)).decide(case, "属实", [Sentence(party(case, "张伟"), ("warning",))])
    own = Cases(person).own(case)
    assert own.appeal_until is not None
    (told,) = heard(person, "case-verdict")
    assert (own.appeal_until.clause, told["appeal_clause"]) == ("X.8, own", "X.8, own")
    Cases(person).appeal(case, "情有可原")
    assert "X.8, own" in [one.due.clause for one in turn(world, case).tasks.mine().rows if one.thing == case]

    with pytest.raises(Invalid) as caught:
        person.asking.ask("access", BOOK, {"name": "陈静", "days": "10"}, "有事")
    assert "本单位设定" in say(caught.value.problems[0].message, "zh_CN")


@pytest.mark.clause("B.6.2")
def test_the_day_to_answer_a_question_for_consent_is_the_organisations_own(
    store: Store, clock: Clock
) -> None:
    """B.6.2 asks for consent and says nothing of days; so on the task, in the notice and on the question."""
    world = build_wider_world("safety")
    to = str(world.unit("safety", "一车间"))
    given = {"people": "任和", "what": "all", "to": to, "days": "3"}
    world.desk("dingyi").asking.ask("disclosure", "safety", given, "联合演练")
    asked = world.desk("renhe")
    (consent,) = asked.consents.mine()
    (task,) = [one for one in asked.tasks.mine().rows if one.kind == "consent"]
    (notice,) = [one for one in asked.notices.unread() if one.kind == "consent-asked"]
    assert {consent.due_clause, task.due.clause, notice.clause} == {"B.6.2, own"}
    assert consent.clause == "B.6.2"


@pytest.mark.clause("C.4")
def test_a_field_that_the_maintainer_keeps_is_refused_by_the_clause_that_names_the_maintainer(
    world: World,
) -> None:
    """Only that nobody else may ask for it was this organisation's idea; who keeps it was not."""
    changes, asked = world.desk("gaoshan").changes, {"unit": str(world.unit("subsidiary"))}
    form = changes.form(world.entry("gaoshan", "subsidiary"))
    assert refused(lambda: changes.submit(form.entry, form.version, asked, "调岗", [])).clause == "C.4"


@pytest.mark.clause("A.6", "H.5.1")
@pytest.mark.parametrize(
    ("book", "login", "clause"), [("staff", "zhangwei", "A.6"), ("secured", "qinyu", "H.5.1")]
)
def test_whoever_does_not_keep_a_book_is_refused_by_one_clause_whatever_they_would_do_to_it(
    world: World, book: str, login: str, clause: str
) -> None:
    if book == "secured":
        world = build_wider_world(book, beside=world)
    desk = world.desk(login)
    tried = (
        lambda: desk.privacy.leavers(book),
        lambda: Sorting(desk).units(book),
        lambda: desk.lifecycle.join_form(book),
    )
    assert [refused(one).clause for one in tried] == [clause] * len(tried)
