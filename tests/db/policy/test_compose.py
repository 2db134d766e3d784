"""Composition rule by rule, with what it leaves to the organisation."""

from __future__ import annotations

import pickle

import pytest
from pydantic import ValidationError

from db.language import say
from db.policy.compose import compose, try_compose
from db.policy.loader import builtin
from db.policy.regulation import PolicyError
from db.policy.rules import FunctionRole
from tests.db.policy.texts import regulation

HR = 'maintainer = { role = "hr", clause = "X.1" }\n'


def test_scopes_are_intersected_and_the_narrowest_is_cited() -> None:
    wide = regulation('scopes = [{ role = "head", reach = "book", protected = "shown", clause = "X.1" }]')
    narrow = regulation('scopes = [{ role = "head", reach = "unit", protected = "masked", clause = "Y.1" }]')
    for order in ([wide, narrow], [narrow, wide]):
        scope = compose("book", order).scope("head")
        assert (scope.reach, scope.protected, scope.propose, scope.clause) == (
            "unit",
            "masked",
            "self",
            "Y.1",
        )


def test_a_scope_of_one_side_leaves_the_other_to_the_default() -> None:
    policy = compose(
        "book",
        [
            regulation(
                '[[scopes]]\nrole = "head"\nside = "external"\nreach = "none"\n'
                'propose = "none"\nclause = "X.1"'
            )
        ],
    )
    assert (policy.scope("head", "external").reach, policy.scope("head", "external").clause) == (
        "none",
        "X.1",
    )
    assert (policy.scope("head").reach, policy.scope("head").clause) == ("subtree", "default")


def test_a_role_no_rule_knows_sees_nothing() -> None:
    assert compose("book", [regulation("")]).scope("stranger").reach == "none"


def test_steps_of_several_come_in_the_order_of_the_offices() -> None:
    first = regulation('flow.copy = { steps = ["chief-executive"], clause = "X.1" }')
    second = regulation('flow.copy = { steps = ["director", "maintainer"], clause = "Y.1" }')
    third = regulation('flow.copy = { steps = ["safety", "head"], clause = "Z.1" }')
    flow = compose("book", [first, second, third]).flow("copy")
    assert [step.role for step in flow.steps] == ["head", "hr", "safety", "director", "chief-executive"]
    assert [step.clause for step in flow.steps] == ["Z.1", "Y.1", "Z.1", "Y.1", "X.1"]


def test_one_regulations_steps_stand_as_it_states_them() -> None:
    policy = compose("book", [regulation('flow.copy = { steps = ["maintainer", "head"], clause = "X.1" }')])
    assert [step.role for step in policy.flow("copy").steps] == ["hr", "head"]


def test_whom_one_applies_to_decides_beside_the_others() -> None:
    """Where nobody states the steps, the default's stand, and that of whom one applies to is cited so."""
    one, other = (regulation(f'flow.change = {{ to = "maintainer", clause = "{name}.1" }}') for name in "XY")
    stating = regulation('flow.change = { steps = ["director"], clause = "Z.1" }')
    steps = [
        [(step.role, step.clause) for step in compose("book", several).flow("change").steps]
        for several in ([one], [one, other], [one, stating])
    ]
    assert steps == [
        [("head", "default"), ("hr", "X.1")],
        [("head", "default"), ("hr", "X.1, Y.1")],
        [("hr", "X.1"), ("director", "Z.1")],
    ]


@pytest.mark.parametrize(
    ("book", "event", "cited"),
    [
        ("enterprise", "change", ["default", "A.15"]),
        ("enterprise", "join", ["A.8"]),
        ("enterprise", "move", ["A.9"]),
        ("enterprise", "leave", ["A.10"]),
        ("directory-security", "change", ["default", "C.4"]),
        ("company", "change", ["E.13.2", "E.13.3"]),
        ("controlled-document", "change", ["I.3.4"]),
    ],
)
def test_a_step_cites_the_clause_that_names_its_office(book: str, event: str, cited: list[str]) -> None:
    """The default is cited only where the regulation says nothing of whose step it is."""
    steps = compose("book", [builtin()[book]]).flow(event).steps
    assert [step.clause for step in steps] == cited


def test_the_shortest_deadline_wins_and_equal_ones_are_cited_together() -> None:
    def stating(days: int, clause: str) -> str:
        return f'flow.change = {{ deadline = {{ days = {days}, from = "report" }}, clause = "{clause}" }}'

    several = [regulation(stating(days, clause)) for days, clause in ((5, "X.1"), (3, "Y.1"), (3, "Z.1"))]
    deadline = compose("book", several).flow("change").deadline
    assert deadline is not None
    assert (deadline.days, deadline.start, deadline.clause) == (3, "report", "Y.1, Z.1")


def test_a_need_stands_where_any_asks_and_only_askers_are_cited() -> None:
    asks = regulation('flow.change = { evidence = true, clause = "X.1" }')
    waives = regulation('flow.change = { evidence = false, clause = "Y.1" }')
    need = compose("book", [waives, asks]).flow("change").evidence
    assert (need.required, need.clause) == (True, "X.1")
    assert not compose("book", [waives]).flow("change").evidence


def test_a_ban_on_a_purpose_wins() -> None:
    allows = regulation('purposes = [{ id = "work", clause = "X.1" }, { id = "meeting", clause = "X.1" }]')
    bans = regulation('purposes = [{ id = "meeting", allowed = false, clause = "Y.1" }]')
    policy = compose("book", [allows, bans])
    assert [purpose.id for purpose in policy.allowed_purposes()] == ["work"]
    assert not policy.purpose("commercial").allowed, "the default's bans stand"


def test_no_purpose_left_is_a_finding() -> None:
    bans = regulation('purposes = [{ id = "work", clause = "X.1" }, { id = "meeting", clause = "X.1" }]')
    rest = regulation(
        'purposes = [{ id = "work", allowed = false, clause = "Y.1" }, '
        '{ id = "meeting", allowed = false, clause = "Y.1" }]'
    )
    findings = try_compose("book", [bans, rest]).findings
    assert [finding.key for finding in findings] == ["purposes.0", "purposes.1"]


def test_different_maintainers_are_for_the_organisation_to_decide() -> None:
    hr = regulation(HR, id="one")
    safety = regulation('maintainer = { role = "safety", clause = "Y.1" }', id="two")
    with pytest.raises(PolicyError) as refused:
        compose("book", [hr, safety])
    (finding,) = refused.value.findings
    assert (finding.key, finding.line) == ("maintainer", 4)
    decided = compose("book", [hr, safety], {"maintainer": "safety"})
    assert (decided.maintainer.role, decided.maintainer.clause) == ("safety", "Y.1")
    assert compose("book", [hr, safety], {"maintainer": "director"}).maintainer.clause == "decision"


def test_a_deputy_who_keeps_the_book_sees_what_its_maintainer_sees() -> None:
    deputy = 'deputy = { role = "assistant", clause = "X.2" }\n'
    scope = compose("book", [regulation(HR + deputy)]).scope("assistant")
    assert (scope.reach, scope.maintain, scope.clause) == ("book", "book", "X.2")
    masked = 'scopes = [{ role = "maintainer", reach = "book", protected = "masked", clause = "X.3" }]\n'
    scope = compose("book", [regulation(HR + deputy + masked)]).scope("assistant")
    assert (scope.reach, scope.protected, scope.clause) == ("book", "masked", "X.2")
    owner = 'owner = { role = "director", clause = "X.3" }\n'
    assert compose("book", [regulation(HR + deputy + owner)]).scope("assistant").reach == "unit"
    own = 'scopes = [{ role = "deputy", reach = "unit", clause = "X.4" }]\n'
    assert compose("book", [regulation(HR + deputy + own)]).scope("assistant").reach == "unit"


@pytest.mark.parametrize(
    ("other", "decided"),
    [("", {}), (HR, {}), ('maintainer = { role = "it", clause = "X.1" }\n', {"maintainer": "hr"})],
)
def test_who_keeps_the_book_by_another_rule_is_not_its_own_deputy(
    other: str, decided: dict[str, object]
) -> None:
    """By the safe default, another regulation, or a decision."""
    rest, own = regulation(other), regulation('deputy = { role = "hr", clause = "Y.1" }\n')
    (finding,) = try_compose("book", [rest, own], decided).findings
    assert finding.key == "deputy.role"
    assert "hr would stand in for itself" in say(finding.message, "en")


def test_a_deputy_keeps_the_book_only_where_its_maintainer_owns_it() -> None:
    deputy = 'deputy = { role = "assistant", clause = "X.2" }\n'
    assert compose("book", [regulation(HR + deputy)]).keepers == ("hr", "assistant")
    owner = 'owner = { role = "director", clause = "X.3" }\n'
    assert compose("book", [regulation(HR + deputy + owner)]).keepers == ("hr",)


def test_who_acts_for_the_maintainer_everywhere_manages_as_heads_do() -> None:
    scope = '{{ role = "{}", reach = "book", propose = "{}", maintain = "{}", clause = "X.2" }}'
    everywhere = regulation(f"scopes = [{scope.format('director', 'book', 'book')}]")
    assert compose("book", [everywhere]).managers == ("head", "hr", "director")
    silent = regulation(f"scopes = [{scope.format('head', 'none', 'none')}]")
    assert compose("book", [silent]).managers == ("hr",)


OFFICER = 'roles = [{ id = "officer", clause = "X.1" }]\n'


@pytest.mark.threat(18)
def test_a_role_that_another_regulation_does_not_know_is_an_employee_there() -> None:
    own = regulation(
        OFFICER
        + 'scopes = [{ role = "officer", reach = "subtree", protected = "shown", propose = "subtree", '
        'clause = "X.2" }]',
        id="one",
    )
    employees = 'scopes = [{ role = "employee", reach = "unit", protected = "masked", clause = "Y.2" }]'
    for order in ([own, regulation(employees, id="two")], [regulation(employees, id="two"), own]):
        composed = try_compose("book", order)
        scope = composed.policy.scope("officer")
        assert (scope.reach, scope.protected, scope.propose, scope.clause) == (
            "unit",
            "masked",
            "unit",
            "Y.2",
        )
        (warning,) = composed.warnings
        assert (warning.key, warning.warning) == ("scopes.0", True)
        assert "Y.2 doesn't know officer" in say(warning.message, "en")
    silent = regulation('password = { max_age_days = 90, clause = "Y.3" }', id="two")
    assert compose("book", [own, silent]).scope("officer").reach == "subtree"
    knowing = try_compose("book", [own, regulation(OFFICER + employees, id="two")])
    assert (knowing.policy.scope("officer").reach, knowing.warnings) == ("subtree", ())
    keeping = regulation('maintainer = { role = "officer", clause = "X.3" }\n' + OFFICER, id="one")
    assert compose("book", [keeping, regulation(employees, id="two")]).scope("officer").reach == "book"


def test_a_role_of_which_nobody_speaks_sees_no_more_than_an_employee() -> None:
    narrow = regulation('scopes = [{ role = "employee", reach = "self", clause = "X.1" }]')
    assert compose("book", [narrow]).scope("director").reach == "self"


@pytest.mark.threat(18)
@pytest.mark.clause("C.10.1", "F.5.1", "G.3.2")
@pytest.mark.parametrize(
    ("second", "reach"), [("directory-security", "unit"), ("information-security", "book")]
)
@pytest.mark.parametrize(("first", "role"), [("general", "director"), ("wecom", "general-manager")])
def test_of_the_management_the_narrower_scope_holds(first: str, role: str, second: str, reach: str) -> None:
    """C.10 names who looks up what, and no director; whoever has a function sees on. H.6.3 asks for what the
    work needs, which F.5.1 and G.3.2 say of theirs."""
    alone = compose("book", [builtin()[first]])
    assert alone.scope(role).reach == "book"
    for order in (1, -1):
        both = try_compose("book", [builtin()[first], builtin()[second]][::order], {"maintainer": "hr"})
        policy = both.policy
        assert policy is not None
        assert policy.scope(role).reach == reach
        assert policy.scope("hr").reach == policy.scope(policy.supervisor.role).reach == "book"
        warned = [one for one in both.warnings if f"doesn't know {role}" in say(one.message, "en")]
        assert bool(warned) == (reach == "unit"), "and `policy check` says so"


@pytest.mark.parametrize("order", [1, -1])
def test_owners_and_interpreters_stand_side_by_side(order: int) -> None:
    one = regulation(
        'owner = { role = "maintainer", per_unit = true, clause = "X.1" }\n'
        'cases = [{ id = "leak", to = "owner", clause = "X.2" }]',
        id="one",
    )
    two = regulation(
        'owner = { role = "director", clause = "Y.1" }\n'
        'interpreter = { role = "supervisor", clause = "Y.3" }\n'
        'cases = [{ id = "forwarding", to = "owner", clause = "Y.2" }]',
        id="two",
    )
    policy = compose("book", [one, two][::order])
    assert {(rule.role, rule.per_unit, rule.clause) for rule in policy.owners} == {
        ("hr", True, "X.1"), ("director", False, "Y.1"),
    }  # fmt: skip
    assert {case.id: case.to for case in policy.cases} == {"leak": ("hr",), "forwarding": ("director",)}
    assert policy.interpreters == (FunctionRole("security", "Y.3"),)
    assert policy.interpreters_of("one") == policy.interpreters
    silent = compose("book", [regulation("")])
    assert silent.interpreters == (FunctionRole("hr", "default"),)
    assert [(rule.role, rule.clause) for rule in silent.owners] == [("hr", "default")]


def test_a_later_regulation_replaces_what_it_says_otherwise_and_nothing_else() -> None:
    earlier = regulation(
        'flow.change = { steps = ["head"], evidence = true, clause = "X.1" }\n'
        'copies = { no_forwarding = true, clause = "X.2" }\n'
        'purposes = [{ id = "personal", allowed = false, clause = "X.3" }, { id = "work", clause = "X.3" }]\n'
        'fields = [{ name = "mobile", required = true, protected = true, clause = "X.4" }]',
        id="one",
    )
    later = regulation(
        'overrides = { clause = "Y.9" }\n'
        'flow.change = { steps = ["maintainer"], clause = "Y.1" }\n'
        'copies = { marked = true, clause = "Y.2" }\n'
        'purposes = [{ id = "personal", allowed = true, clause = "Y.3" }, { id = "work", clause = "Y.3" }]\n'
        'fields = [{ name = "mobile", required = false, clause = "Y.4" }]',
        id="two",
    )
    composed = try_compose("book", [earlier, later])
    policy, flow, mobile = composed.policy, composed.policy.flow("change"), composed.policy.field("mobile")
    assert ([step.role for step in flow.steps], flow.evidence.clause) == (["hr"], "X.1")
    assert policy.copies.no_forwarding
    assert policy.copies.marked
    assert policy.purpose("personal").allowed
    assert policy.purpose("work").clause == "X.3, Y.3", "where both agree, both are cited"
    assert (mobile.required, mobile.protected) == (False, True)
    assert [one.key for one in policy.displaced] == ["purposes.personal", "fields.mobile", "flow.change"]
    assert [one.key for one in composed.warnings] == ["purposes.0", "fields.0", "flow.change"]


def test_a_later_regulation_overrides_only_what_it_names() -> None:
    earlier = regulation(HR + 'fields = [{ name = "fax", required = true, clause = "X.2" }]')
    later = regulation(
        'maintainer = { role = "safety", clause = "Y.1" }\n'
        'overrides = { keys = ["maintainer"], clause = "Y.9" }\n'
        'fields = [{ name = "fax", clause = "Y.2" }]',
        effective="2026-02-01",
    )
    policy = compose("book", [later, earlier])
    assert policy.maintainer.role == "safety"
    assert policy.field("fax").required


def test_an_earlier_regulation_overrides_nothing() -> None:
    old = regulation(
        'maintainer = { role = "safety", clause = "Y.1" }\noverrides = { clause = "Y.9" }',
        effective="2025-01-01",
    )
    assert [f.key for f in try_compose("book", [regulation(HR), old]).findings] == ["maintainer"]


def test_private_fields_meet_a_ban_only_by_decision() -> None:
    asks = regulation(
        'fields = [{ name = "birth_date", private = true, visible_to = ["self"], clause = "X.1" }]'
    )
    bans = regulation('screening = [{ what = "private-data", clause = "Y.1" }]')
    assert [f.key for f in try_compose("book", [asks, bans]).findings] == ["fields.0"]
    assert compose("book", [asks, bans], {"allow_private_fields": True}).field("birth_date").private


def test_an_owner_whom_no_clause_names_stands_beside_one_whom_a_clause_does_and_says_so() -> None:
    """C.3 to C.5 name who answers; I has the director do so, whom no clause of it names: cited as that. It
    stands nevertheless, for what is forwarded is handled and traced by the director (I.4.4.1)."""
    book = [builtin()["directory-security"], builtin()["controlled-document"]]
    policy = compose("book", book, {"maintainer": "hr"})
    owners = [(owner.role, owner.clause_of("role")) for owner in policy.owners]
    assert owners == [("hr", "C.3, C.4, C.5"), ("director", "default")]


def test_a_duty_given_to_two_roles_is_to_be_decided() -> None:
    one = regulation('duty.joiner = { days = 3, from = "join", by = "head", clause = "X.1" }')
    two = regulation('duty.joiner = { days = 2, from = "join", by = "hr", clause = "Y.1" }')
    assert [f.key for f in try_compose("book", [one, two]).findings] == ["duty.joiner"]
    duty = compose("book", [one, two], {"duty": {"joiner": "head"}}).duty("joiner")
    assert duty is not None
    assert (duty.by, duty.days, duty.clause) == ("head", 2, "Y.1")


def test_editions_of_one_name_and_fields_of_two_kinds_are_named() -> None:
    edition = (
        '[[editions]]\nid = "weekly"\nzh = "周报"\nen = "Weekly"\ninclude = {{ everyone = true }}\n'
        'columns = ["name"]\nrecipients = {{ everyone = true, clause = "{0}" }}\nevery = "week"\n'
        'due = {{ weekday = "monday", time = "18:00", clause = "{0}" }}\nclause = "{0}"\n'
    )
    several = [regulation(edition.format(clause)) for clause in ("X.1", "Y.1")]
    assert [f.key for f in try_compose("book", several).findings] == ["editions.0"]
    kinds = [
        regulation(
            f'fields = [{{ name = "pager", zh = "寻呼", en = "Pager", kind = "{kind}", clause = "X.1" }}]'
        )
        for kind in ("text", "number")
    ]
    assert [f.key for f in try_compose("book", kinds).findings] == ["fields.0"]


def test_an_approver_the_other_regulation_blinds_is_named() -> None:
    asks = regulation('flow.copy = { steps = ["director"], clause = "X.1" }')
    blinds = regulation('scopes = [{ role = "director", reach = "none", propose = "none", clause = "Y.1" }]')
    assert [f.key for f in try_compose("book", [asks, blinds]).findings] == ["flow.copy.steps"]


def test_submitters_nobody_has_in_common_are_named() -> None:
    several = [
        regulation(f'flow.change = {{ submit = ["{role}"], clause = "X.1" }}')
        for role in ("head", "assistant")
    ]
    assert [f.key for f in try_compose("book", several).findings] == ["flow.change.submit"]


def test_silence_is_the_safe_default() -> None:
    policy = compose("book", [regulation("")])
    assert [step.role for step in policy.flow("change").steps] == ["head", "hr"]
    assert policy.flow("change").clause == "default"
    assert policy.flow("access").reason
    assert policy.password.max_age_days is None
    assert policy.disclosure.consent
    assert {field.name for field in policy.fields} == {"name", "position", "unit"}
    assert policy.scope("admin").reach == "none"


def test_visible_to_is_intersected_and_never_empty_by_accident() -> None:
    def seen_by(*roles: str) -> str:
        names = ", ".join(f'"{role}"' for role in roles)
        return f'fields = [{{ name = "qq", visible_to = [{names}], clause = "X.1" }}]'

    both = [regulation(seen_by("head", "hr")), regulation(seen_by("hr", "self"))]
    assert compose("book", both).field("qq").visible_to == ("hr",)
    apart = [regulation(seen_by("head")), regulation(seen_by("hr"))]
    assert compose("book", apart).field("qq").visible_to == ("self",)
    silent = regulation('fields = [{ name = "qq", clause = "X.1" }]')
    assert compose("book", [silent, regulation(seen_by("hr"))]).field("qq").visible_to == ("hr",)


def test_what_one_regulation_forbids_to_decide_another_gives_no_step() -> None:
    forbids = regulation('denials = [{ role = "director", operations = ["decide"], clause = "X.1" }]')
    steps = regulation('flow.copy = { steps = ["director"], clause = "Y.1" }')
    (finding,) = try_compose("book", [forbids, steps]).findings
    assert finding.key == "flow.copy.steps"
    assert "X.1 forbids director to decide" in say(finding.message, "en")


@pytest.mark.parametrize("word", ["person", "head", "employee", "everyone"])
def test_the_organisation_decides_for_a_role_that_is_given_to_somebody(word: str) -> None:
    with pytest.raises(PolicyError) as refused:
        compose("book", [regulation("")], {"maintainer": word})
    (finding,) = refused.value.findings
    assert (finding.path, finding.key) == ("decisions", "maintainer")
    assert "given to somebody" in say(finding.message, "en")


def test_the_version_is_the_rules_digest() -> None:
    one, other = regulation(HR), regulation(HR.replace("X.1", "X.2"))
    policy = compose("book", [one])
    assert policy.version == compose("another", [one]).version
    assert policy.version != compose("book", [other]).version
    assert pickle.loads(pickle.dumps(policy)) == policy
    with pytest.raises(ValidationError, match="frozen"):
        policy.book = "changed"
    assert policy.model_copy(update={"book": "x"}) != policy


def test_a_book_needs_a_regulation_and_decisions_need_to_be_some() -> None:
    with pytest.raises(ValueError, match="at least one"):
        compose("book", [])
    for decided, key in (({"maintainr": "hr"}, "maintainr"), ({"maintainer": "hrr"}, "maintainer")):
        with pytest.raises(PolicyError) as refused:
            compose("book", [regulation("")], decided)
        (finding,) = refused.value.findings
        assert (finding.path, finding.key) == ("decisions", key)
