"""A refusal cites the clause of what was asked for, and not one that says something else."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk.authority.standing import policy_of
from db.desk.clockwork import today
from db.store.engine import Store
from db.store.tables import ReviewItem
from tests.conftest import Clock
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
    """Neither one's own nor one that lies unused is vouched for by the review's clause alone."""
    world = own_book(MASKED)
    world.grant("zhangwei", "it", BOOK)
    clock.forward(days=60)
    campaign, desk = open_all(BOOK)["recertification"], world.desk("chenjing")
    items = [item.id for item in ReviewItem.select().where(ReviewItem.campaign == campaign)]
    assert len(items) == 2, "the keeper's own, and one that lies unused"
    for item in items:
        refusal = refused(partial(desk.reviews.decide, campaign, item, "right", None))
        assert refusal.clause == "X.5, X.6"


def test_a_report_that_is_not_one_s_right_is_refused_by_who_may_have_it(world: World) -> None:
    desk, policy, day = world.desk("zhangwei"), policy_of("staff"), today()
    kept = refused(lambda: desk.overview.coverage("staff"))
    watched = refused(lambda: desk.overview.access("staff", None, day, day))
    assert (kept.clause, watched.clause) == (policy.maintainer.clause, policy.supervisor.clause)
