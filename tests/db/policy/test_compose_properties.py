"""Whatever regulations a book has: one more never opens what was closed nor loosens what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from db.policy.compose import try_compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import load
from db.policy.regulation import Regulation
from db.policy.vocabulary import CYCLES, PROTECTED, REACHES
from tests.in_ci import times

ROLES = ("employee", "head", "director", "security")
PRIVATE = ("officer", "teacher")
"""Roles that a regulation has to list before it knows them."""
FIELDS = ("mobile", "email", "qq", "photo")
STATED = "X.1"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


@st.composite
def scopes(draw: st.DrawFn, role: str) -> dict[str, Any]:
    reach = draw(st.integers(0, len(REACHES) - 1))
    return {
        "role": role,
        "reach": REACHES[reach],
        "protected": draw(st.sampled_from(PROTECTED)),
        "propose": REACHES[draw(st.integers(0, reach))],
        "maintain": REACHES[draw(st.integers(0, reach))],
        "clause": STATED,
    }


@st.composite
def fields(draw: st.DrawFn, name: str) -> dict[str, Any]:
    flags = {flag: draw(st.booleans()) for flag in ("required", "protected", "multiple")}
    return {
        "name": name,
        **flags,
        "edited_by": draw(st.sampled_from(["person", "maintainer"])),
        "clause": STATED,
    }


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    flow: dict[str, Any] = {"clause": STATED}
    flow["steps"] = draw(st.lists(st.sampled_from(["head", "maintainer", "director"]), unique=True))
    for need in ("evidence", "reason", "announce"):
        asked = draw(st.none() | st.booleans())
        if asked is not None:
            flow[need] = asked
    days = draw(st.none() | st.integers(0, 9))
    if days is not None:
        flow["deadline"] = {"days": days, "from": "report"}
    return flow


@st.composite
def regulations(draw: st.DrawFn) -> Regulation:
    def some(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
        return st.lists(st.sampled_from(names), unique=True)

    known = draw(some(PRIVATE))
    file: dict[str, Any] = {
        "id": "test",
        "title": {"zh": "试", "en": "Test"},
        "roles": [{"id": role, "clause": STATED} for role in known],
        "scopes": [draw(scopes(role)) for role in draw(some((*ROLES, *known)))],
        "fields": [draw(fields(name)) for name in draw(some(FIELDS))],
        "flow": {kind: draw(flows()) for kind in draw(some(["change", "access", "copy"]))},
        "duty": {
            kind: {"days": draw(st.integers(0, 9)), "from": "report", "clause": STATED}
            for kind in draw(some(["joiner", "change", "leaver"]))
        },
        "reviews": [
            {"kind": kind, "every": draw(st.sampled_from(CYCLES)), "clause": STATED}
            for kind in draw(some(["check", "inspection"]))
        ],
        "purposes": [
            {"id": purpose, "allowed": draw(st.booleans()), "clause": STATED}
            for purpose in draw(some(["work", "meeting", "personal"]))
        ],
        "sanctions": [{"id": rung, "clause": STATED} for rung in draw(some(["warning", "fine"]))],
    }
    age = draw(st.none() | st.integers(15, 365))  # each is warned of 14 days before
    if age is not None:
        file["password"] = {"max_age_days": age, "clause": STATED}
    blind = {scope["role"] for scope in file["scopes"] if scope["reach"] == "none"}
    for flow in file["flow"].values():
        flow["steps"] = [step for step in flow["steps"] if step not in blind] or ["maintainer"]
    lines = [f"{key} = {toml(value)}" for key, value in file.items() if value]
    return load("effective = 2026-01-01\n" + "\n".join(lines))


def policy(several: list[Regulation]) -> EffectivePolicy:
    return try_compose("book", several).policy


books = st.lists(regulations(), min_size=1, max_size=3)


@settings(max_examples=times(20, 60), deadline=None)
@given(books, regulations())
def test_adding_a_regulation_never_widens_a_stated_scope(book: list[Regulation], more: Regulation) -> None:
    before, after = policy(book), policy([*book, more])
    stated = {scope.role for regulation in book for scope in regulation.file.scopes}
    for scope in before.scopes:
        if scope.role not in stated:
            continue
        narrower = after.scope(scope.role, scope.side)
        assert REACHES.index(narrower.reach) <= REACHES.index(scope.reach)
        assert REACHES.index(narrower.propose) <= REACHES.index(scope.propose)
        assert REACHES.index(narrower.maintain) <= REACHES.index(scope.maintain)
        assert PROTECTED.index(narrower.protected) <= PROTECTED.index(scope.protected)


@settings(max_examples=times(66, 200), deadline=None)
@given(books)
def test_no_role_sees_more_than_each_regulation_lets_it_or_its_employees(book: list[Regulation]) -> None:
    """Which is what a regulation says of the role; of one that it doesn't know, what it says of employees."""
    together = policy(book)
    for role in together.roles:
        for regulation in book:
            said = {scope.role: scope for scope in regulation.file.scopes}
            known = role.id not in PRIVATE or role.id in {one.id for one in regulation.file.roles}
            allowed = said.get(role.id if known else "employee")
            if allowed is not None:
                seen = together.scope(role.id)
                assert REACHES.index(seen.reach) <= REACHES.index(allowed.reach)
                assert PROTECTED.index(seen.protected) <= PROTECTED.index(allowed.protected)
                assert REACHES.index(seen.propose) <= REACHES.index(seen.reach)
                assert REACHES.index(seen.maintain) <= REACHES.index(seen.reach)


@settings(max_examples=times(20, 60), deadline=None)
@given(books, regulations())
def test_adding_a_regulation_never_loosens_what_is_asked(book: list[Regulation], more: Regulation) -> None:
    before, after = policy(book), policy([*book, more])
    for flow in before.flows:
        then = after.flow(flow.kind)
        stated = {step.role for step in flow.steps if step.clause == STATED}
        assert stated <= {step.role for step in then.steps}
        for need, same in zip(
            (flow.evidence, flow.reason, flow.announce),
            (then.evidence, then.reason, then.announce),
            strict=True,
        ):
            assert same.required or not (need.required and need.clause == STATED)
        if flow.deadline is not None:
            assert then.deadline is not None
            assert then.deadline.days <= flow.deadline.days
    for duty in before.duties:
        shorter = after.duty(duty.kind)
        assert shorter is not None
        assert shorter.days <= duty.days
    cycles = {(review.kind, review.by): review.every for review in after.reviews}
    for review in before.reviews:
        assert CYCLES.index(cycles[review.kind, review.by]) >= CYCLES.index(review.every)


@settings(max_examples=times(20, 60), deadline=None)
@given(books, regulations())
def test_adding_a_regulation_never_takes_away(book: list[Regulation], more: Regulation) -> None:
    before, after = policy(book), policy([*book, more])
    for field in before.fields:
        same = after.field(field.name)
        assert same.required or not field.required
        assert same.protected or not field.protected
        assert same.edited_by == "maintainer" or field.edited_by == "person"
    assert {rung.id for rung in before.ladder} <= {rung.id for rung in after.ladder}
    banned = {purpose.id for purpose in before.purposes if not purpose.allowed and purpose.clause == STATED}
    assert banned.isdisjoint(purpose.id for purpose in after.allowed_purposes())
    if before.password.max_age_days is not None:
        assert after.password.max_age_days is not None
        assert after.password.max_age_days <= before.password.max_age_days


@settings(max_examples=times(13, 40), deadline=None)
@given(books)
def test_the_order_of_regulations_changes_no_right(book: list[Regulation]) -> None:
    one, other = policy(book), policy(book[::-1])
    assert {(s.role, s.side, s.reach, s.protected, s.propose, s.maintain) for s in one.scopes} == {
        (s.role, s.side, s.reach, s.protected, s.propose, s.maintain) for s in other.scopes
    }
    for flow in one.flows:
        assert {step.role for step in flow.steps} == {step.role for step in other.flow(flow.kind).steps}


@settings(max_examples=times(13, 40), deadline=None)
@given(regulations())
def test_a_regulation_twice_is_the_regulation_once(single: Regulation) -> None:
    once, twice = policy([single]), policy([single, single])
    assert once.scopes == twice.scopes
    assert once.fields == twice.fields
    assert once.duties == twice.duties
    assert [{step.role for step in f.steps} for f in once.flows] == [
        {s.role for s in f.steps} for f in twice.flows
    ]
