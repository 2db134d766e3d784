"""What the law says of whoever decides, in organisations that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from db.approval.capacity import HOLDER
from db.approval.facts import ApprovalContext, Approver, Office
from db.approval.rule import awaited_head, fallback_roles, who_decides
from db.approval.seconds import office_behind
from db.policy.vocabulary import HEAD, PERSON, SECOND, SECOND_ABOVE, SECOND_PRIVILEGED, SECONDS
from tests.db.approval.invented import (
    ACCOUNTS,
    BOOK,
    RULES,
    UNITS,
    Invented,
    contexts,
    decisions,
    organisations,
    roles_of,
)
from tests.in_ci import times

INVENTED = settings(
    max_examples=times(300, 1500),
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
Step = tuple[Invented, ApprovalContext, str]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    there = draw(organisations())
    held = [role for role, _book, _office in there.offices]
    role = draw(st.sampled_from([*roles_of(there.rules), *held, HEAD, HEAD, PERSON]))
    return there, draw(contexts(there)), role


@st.composite
def seconds(draw: st.DrawFn) -> Step:
    there = draw(organisations())
    return there, draw(contexts(there)), draw(st.sampled_from(SECONDS))


def persons(there: Invented, one: Approver) -> frozenset[int]:
    lent = there.linked_persons(one.on_behalf_of) if one.on_behalf_of is not None else frozenset()
    return there.linked_persons(one.account) | lent


def groups(there: Invented, context: ApprovalContext, role: str) -> Iterator[tuple[str, list[Office]]]:
    """Everybody whom the law names for a step, in its order; heads unit by unit."""
    if role == HEAD:
        answering = there.inside_owner_unit(context.entry) if context.entry is not None else None
        for unit in there.units_up(answering or context.unit):
            yield HEAD, there.heads_of(unit)
    for candidate in fallback_roles(there.rules, role, in_person=context.in_person):
        if candidate != HEAD:
            yield candidate, there.holders(candidate, BOOK, context.unit)


def able(there: Invented, context: ApprovalContext, role: str, held: list[Office]) -> set[int]:
    """The accounts that may decide among ``held`` and those who stand in for them."""
    free = {one.account for one in held if not there.linked_persons(one.account) & context.barred}
    lent = {other for one in free for other in there.delegates(one, role, BOOK)}
    found = free | {one for one in lent if not there.linked_persons(one) & context.barred}
    return {one for one in found if context.sought is None or there.may_see(one, context.sought)}


def two_keepers(lent: dict[tuple[int, str], list[int]]) -> tuple[Invented, ApprovalContext, str]:
    """Accounts 1 and 2 keep the book, ``lent`` says who stands in; 3 asks for something."""
    rules = RULES[0]
    role = rules.maintainer.role
    held = [(role, BOOK, Office(account, None, HOLDER)) for account in (1, 2)]
    person: dict[int, int | None] = {account: account for account in ACCOUNTS}
    there = Invented(rules, person, {}, held, {}, lent, {}, {}, set())
    return there, ApprovalContext(BOOK, 1, None, frozenset({3}), 3), role


@pytest.mark.threat(18)
def test_whoever_asks_does_not_decide_in_anybody_s_place() -> None:
    there, context, role = two_keepers({(1, RULES[0].maintainer.role): [3, 4]})
    assert {one.account for one in who_decides(there, context, role)} == {1, 2, 4}


@pytest.mark.threat(18)
def test_whoever_decided_leaves_the_next_step_to_others() -> None:
    there, context, role = two_keepers({})
    assert [one.account for one in who_decides(there, context, role, [(1, None)])] == [2]
    assert {one.account for one in who_decides(there, context, role, [(1, None), (2, None)])} == {1, 2}


@pytest.mark.threat(50)
def test_whoever_decided_an_earlier_step_is_no_second_beside_somebody_else() -> None:
    """Somebody with two offices would agree to what they decided themselves."""
    rules = RULES[0]
    role = rules.second.by[0]
    person: dict[int, int | None] = {account: account for account in ACCOUNTS}
    held = [(role, BOOK, Office(account, None, HOLDER)) for account in (1, 2)]
    there = Invented(rules, person, {}, held, {}, {}, {}, {}, set())
    context = ApprovalContext(BOOK, 1, None, frozenset({3}), 3, in_person=True)
    assert {one.account for one in who_decides(there, context, SECOND)} == {1, 2}
    assert [one.account for one in who_decides(there, context, SECOND, [(1, None)])] == [2]
    assert [one.account for one in who_decides(there, context, SECOND, [(4, 1)])] == [2], "in their place"
    assert {one.account for one in who_decides(there, context, SECOND, [(1, None), (2, None)])} == {1, 2}


@INVENTED
@given(steps(), decisions())
@pytest.mark.threat(18)
def test_nobody_decides_who_stands_for_somebody_barred(
    step: Step, earlier: list[tuple[int, int | None]]
) -> None:
    there, context, role = step
    for one in who_decides(there, context, role, earlier):
        assert not there.linked_persons(one.account) & context.barred
        if one.on_behalf_of is not None:
            assert not there.linked_persons(one.on_behalf_of) & context.barred
            assert one.account in there.delegates(one.on_behalf_of, one.role, BOOK)
        if context.sought is not None:
            assert there.may_see(one.account, context.sought)


@INVENTED
@given(steps())
def test_the_nearest_who_may_decide_does_and_nobody_else(step: Step) -> None:
    there, context, role = step
    assume(role != PERSON)
    context = replace(context, awaits_head=False)
    found = {one.account for one in who_decides(there, context, role)}
    nearest = next(
        (names for one, held in groups(there, context, role) if (names := able(there, context, one, held))),
        set(),
    )
    if role == HEAD:  # in whose place those come last who work under the asker
        assert bool(found) == bool(nearest)
        assert not found or found <= set().union(
            *(able(there, context, *group) for group in groups(there, context, role))
        )
    else:
        assert found == nearest


@pytest.mark.threat(18)
def test_in_a_heads_place_the_supervisor_comes_before_a_keeper_under_the_asker() -> None:
    for rules in RULES:
        keeper, watcher = rules.maintainer.role, rules.supervisor.role
        if HEAD in (keeper, watcher) or keeper == watcher:
            continue
        offices = [(HEAD, 1, 2, 2), (keeper, 2, 3, None), (watcher, 3, 1, None)]
        there = Invented(
            rules=rules,
            person={account: account for account in ACCOUNTS},
            works_in={account: works for _role, account, works, _unit in offices},
            offices=[(role, BOOK, Office(one, unit, HOLDER)) for role, one, _works, unit in offices],
            awaited={}, lent={}, helpers={}, answering={}, seen=set(),
        )  # fmt: skip
        context = ApprovalContext(BOOK, 2, None, frozenset({1}), 1)
        assert [one.account for one in who_decides(there, context, HEAD)] == [3]


@INVENTED
@given(steps())
def test_in_a_heads_place_nobody_under_the_asker_comes_before_another(step: Step) -> None:
    there, context, _role = step
    context = replace(context, awaits_head=False)
    found = who_decides(there, context, HEAD)
    if any(one.role != HEAD and there.superiors(one.account, BOOK) & context.barred for one in found):
        for role, held in groups(there, context, HEAD):
            for one in able(there, context, role, held):
                assert role != HEAD
                assert there.superiors(one, BOOK) & context.barred


@INVENTED
@given(steps(), decisions())
@pytest.mark.threat(18)
def test_who_decided_before_decides_again_only_where_nobody_else_is_left(
    step: Step, earlier: list[tuple[int, int | None]]
) -> None:
    there, context, role = step
    context = replace(context, awaits_head=False)
    decided = frozenset[int]().union(*(there.linked_persons(account) for account, _lent in earlier))
    found = who_decides(there, context, role, earlier)
    if role == PERSON or not any(persons(there, one) & decided for one in found):
        return
    for candidate, held in groups(there, context, role):
        for one in able(there, context, candidate, held):
            holders = [
                office.account
                for office in held
                if one in (office.account, *there.delegates(office.account, candidate, BOOK))
            ]
            under = role == HEAD != candidate and there.superiors(one, BOOK) & context.barred
            assert under or any(there.linked_persons(each) & decided for each in (one, *holders))


@INVENTED
@given(steps())
@pytest.mark.threat(18)
def test_a_head_without_an_account_is_waited_for_and_nobody_above_decides(step: Step) -> None:
    there, context, _role = step
    context = replace(context, awaits_head=True, sought=None)
    answering = there.inside_owner_unit(context.entry) if context.entry is not None else None
    way_up = there.units_up(answering or context.unit)
    leading = {one.account for one in there.heads_of(way_up[0]) if one.capacity != "deputy"}
    first = there.awaited.get(way_up[0])
    here = able(there, context, HEAD, there.heads_of(way_up[0]))
    found = {one.account for one in who_decides(there, context, HEAD)}
    if first is None or first.person in context.barred:
        return
    if here:
        assert found == here
    else:
        assert not found
        assert awaited_head(there, context) == first
    assert leading or awaited_head(there, context) in (None, first)


@INVENTED
@given(steps())
def test_what_is_about_a_head_waits_for_nobody_who_heads_the_whole(step: Step) -> None:
    there, context, _role = step
    context = replace(context, awaits_head=True)
    awaited = awaited_head(there, context)
    answering = there.inside_owner_unit(context.entry) if context.entry is not None else None
    *departments, whole = there.units_up(answering or context.unit)
    if awaited is None or awaited.unit != whole:
        return
    for unit in departments:
        for head in there.heads_of(unit):
            assert head.capacity == "deputy" or not there.linked_persons(head.account) & context.barred


@INVENTED
@given(seconds())
@pytest.mark.threat(50)
def test_a_second_is_a_person_of_another_office_and_never_nobody(step: Step) -> None:
    there, context, role = step
    asking = there.offices_over(context.asker, BOOK, context.unit)
    found = who_decides(there, context, role)
    for one in found:
        assert one.on_behalf_of is None
        assert there.person[one.account] is not None
        assert not there.linked_persons(one.account) & context.barred
        assert office_behind(there.rules, one.role) not in asking
        assert role == SECOND or one.role in there.rules.privileged
        assert role != SECOND_ABOVE or office_behind(there.rules, one.role) != there.rules.maintainer.role
    if not found and role != SECOND_PRIVILEGED:
        may = [one for one in there.rules.second.by if office_behind(there.rules, one) not in asking]
        for name, _book, office in there.offices:
            free = not there.linked_persons(office.account) & context.barred
            if name in may and free and there.person[office.account] is not None and role == SECOND:
                assert _book == BOOK
                assert office.unit is not None
                assert office.unit not in there.units_up(context.unit)
                assert name != HEAD


@pytest.mark.threat(18)
def test_for_another_office_nobody_stands_in() -> None:
    for rules in RULES:
        keeping = {rules.maintainer.role, rules.supervisor.role, rules.rights.by, *rules.holders("owner")}
        deputy = {rules.deputy.role} if rules.deputy is not None else set()
        for role in {"director", "chief-executive", "general-manager"} - keeping - deputy:
            assert fallback_roles(rules, role, in_person=True) == (role,)
            assert len(fallback_roles(rules, role, in_person=False)) > 1


def test_the_units_of_invented_organisations_have_one_root() -> None:
    assert [unit for unit, above in UNITS.items() if above is None] == [1]
