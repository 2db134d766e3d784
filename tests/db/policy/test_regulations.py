"""The nine regulations as they come with the product."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from db.policy.compose import compose, try_compose
from db.policy.loader import REGULATIONS, builtin, check
from db.policy.rules import FunctionRole
from tests.clauses.citations import cited_clauses
from tests.db.policy.texts import clauses_in

CLAUSES = {
    "enterprise": "A.2 A.3 A.5 A.6 A.7 A.8 A.9 A.10 A.11 A.12 A.13 A.14 A.15 A.16 A.17 A.18 A.19",
    "safety-officers": "B.2 B.3.1 B.3.2 B.3.3 B.4.1 B.4.2 B.4.3 B.5.1 B.5.2 B.5.3 B.5.4 B.5.5 "
    "B.6.1 B.6.2 B.6.3 B.7.1 B.7.2 B.8",
    "directory-security": "C.3 C.4 C.5 C.6 C.7 C.8 C.9.1 C.9.2 C.9.3 C.10.1 C.10.2 C.10.3 C.11 C.12 C.13",
    "school-class": "D.2.1 D.2.2 D.2.3 D.3 D.4 D.5.1 D.5.2 D.6 D.7 D.8 D.9.1 D.9.2 D.9.3 D.10 "
    "D.11.1 D.11.2 D.11.3",
    "company": "E.2 E.4 E.5 E.6.1 E.6.2 E.6.3 E.6.4 E.6.5 E.7 E.8 E.9 E.10 E.11 E.12 E.13 E.13.1 E.13.2 "
    "E.13.3 E.14 E.15 E.16 E.17 E.18",
    "general": "F.2.1 F.2.2 F.3.1 F.3.2 F.4.1 F.4.2 F.5.1 F.5.2 F.6.1 F.6.2",
    "wecom": "G.2 G.3.1 G.3.2 G.3.3 G.4.1 G.4.2 G.4.3 G.5.1 G.5.2 G.6.1 G.6.2 G.6.3 G.6.4 G.7.1 G.7.2 "
    "G.7.3 G.8 G.9",
    "information-security": "H.2 H.3.1 H.3.2 H.3.3 H.4.1 H.4.2 H.4.3 H.5.1 H.5.2 H.5.3 H.5.4 H.6.1 H.6.2 "
    "H.6.3 H.6.4 H.7 H.8.1 H.8.2",
    "controlled-document": "I.3.1 I.3.2 I.3.3 I.3.4 I.4.1.1 I.4.1.2 I.4.2.1 I.4.2.2 I.4.2.3 I.4.2.4 "
    "I.4.3.1 I.4.3.2 I.4.4.1 I.4.4.2 I.4.4.3 I.5",
}

PRINCIPLES = {
    "enterprise": {"A.4"},
    "company": {"E.3"},
    "general": {"F.1"},
    "school-class": {"D.1"},
    "information-security": {"H.1"},
}
"""Principles without a duty, and a legal basis: no rule carries them, and people read them with the rules."""

MAINTAINERS_DIFFER = {
    frozenset(pair)
    for pair in [
        ("company", "controlled-document"),
        ("company", "safety-officers"),
        ("company", "school-class"),
        ("controlled-document", "directory-security"),
        ("controlled-document", "enterprise"),
        ("controlled-document", "safety-officers"),
        ("controlled-document", "school-class"),
        ("controlled-document", "wecom"),
        ("directory-security", "safety-officers"),
        ("directory-security", "school-class"),
        ("enterprise", "safety-officers"),
        ("enterprise", "school-class"),
        ("safety-officers", "school-class"),
        ("safety-officers", "wecom"),
        ("school-class", "wecom"),
    ]
}
"""Pairs that name different maintainers, where the safety regulation (B.8) stands first."""

SUPERVISORS_DIFFER = {
    frozenset(("directory-security", "wecom")),
    frozenset(("information-security", "wecom")),
}
"""Pairs of which one has human resources supervise (G.9), and the other information security."""


def files() -> list[Path]:
    return sorted(REGULATIONS.glob("*.toml"))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_each_regulation_passes_its_check(path: Path) -> None:
    assert check(path) == []


@pytest.mark.parametrize("id", CLAUSES)
def test_each_clause_is_carried_by_a_rule_and_told_in_a_summary(id: str) -> None:
    wanted = set(CLAUSES[id].split())
    policy = compose("book", [builtin()[id]])
    assert set(cited_clauses(policy)) == wanted
    told = wanted | PRINCIPLES.get(id, set())
    assert {summary.clause for summary in policy.summary} == told
    assert set(clauses_in(REGULATIONS / f"{id}.toml")) == told


def test_there_is_a_file_for_each_of_the_nine() -> None:
    assert set(builtin()) == set(CLAUSES)
    assert all(path.stem == builtin()[path.stem].id for path in files())


@pytest.mark.parametrize("pair", combinations(sorted(CLAUSES, key=lambda id: id != "safety-officers"), 2))
def test_each_pair_composes_or_names_what_is_to_be_decided(pair: tuple[str, str]) -> None:
    regulations = [builtin()[id] for id in pair]
    keys = {finding.key for finding in try_compose("book", regulations).findings}
    assert ("maintainer" in keys) == (frozenset(pair) in MAINTAINERS_DIFFER)
    assert any(key.startswith("fields") for key in keys) == (
        set(pair) == {"school-class", "information-security"}
    )
    assert ("supervisor" in keys) == (frozenset(pair) in SUPERVISORS_DIFFER)
    decided = {"maintainer": "hr", "allow_private_fields": True}
    if "supervisor" in keys:
        decided["supervisor"] = "security"
    assert compose("book", regulations, decided).maintainer.role == "hr"


@pytest.mark.clause("B.8")
def test_the_safety_regulation_replaces_an_earlier_maintainer() -> None:
    enterprise, safety = builtin()["enterprise"], builtin()["safety-officers"]
    policy = compose("book", [enterprise, safety])
    assert (policy.maintainer.role, policy.interpreters) == ("safety", (FunctionRole("safety", "B.8"),))
    assert policy.flow("change").steps[0].role == "safety"
    assert policy.flow("change").evidence, "what does not disagree is still united: A.15"
    assert policy.copies.no_forwarding


@pytest.mark.clause("B.8")
def test_an_effective_policy_names_each_rule_that_was_displaced() -> None:
    company, safety = builtin()["company"], builtin()["safety-officers"]
    policy = compose("book", [company, safety])
    assert {(one.policy, one.key, one.clause, one.by) for one in policy.displaced} == {
        ("company", "maintainer", "E.6.1", "B.8"),
        ("company", "interpreter", "E.15", "B.8"),
        ("company", "flow.change", "E.13", "B.8"),
    }
    assert compose("book", [safety, company], {"maintainer": "hr"}).displaced == ()


CITED = {
    "directory-security": {"join": "C.8", "move": "C.8", "leave": "C.8"},
    "company": {"join": "E.6.4", "move": "E.6.4", "leave": "E.6.4"},
    "general": {"change": "F.2.2", "move": "F.2.2", "leave": "F.2.2"},
    "wecom": {"join": "G.4.1", "move": "G.4.2", "leave": "G.4.3"},
    "information-security": {
        "change": "H.5.1", "join": "H.5.1", "delete": "H.5.1", "move": "H.5.4", "leave": "H.5.4",
    },
    "controlled-document": {"join": "I.4.2.1", "move": "I.4.2.1", "leave": "I.4.2.1"},
}  # fmt: skip
"""The clause that speaks of a request, by hand from the texts: no request rests on the default then."""


@pytest.mark.clause("C.8", "E.6.4", "F.2.2", "G.4.1", "G.4.2", "G.4.3", "H.5.1", "H.5.4", "I.4.2.1")
@pytest.mark.parametrize("id", CITED)
def test_a_request_cites_the_clause_that_speaks_of_it(id: str) -> None:
    policy = compose("book", [builtin()[id]])
    assert {kind: policy.flow(kind).clause for kind in CITED[id]} == CITED[id]


@pytest.mark.clause("C.11")
def test_what_is_no_work_is_banned_by_the_clause_that_says_so() -> None:
    policy = compose("book", [builtin()["directory-security"]])
    banned = {one.id: one.clause for one in policy.purposes if not one.allowed}
    assert {banned[one] for one in ("personal", "commercial", "unlawful")} == {"C.11"}


@pytest.mark.clause("A.18", "B.8", "G.7.1", "I.4.4.1")
def test_what_no_clause_of_the_safety_regulation_says_displaces_nothing() -> None:
    """Who handles a leak and how confidential the book is, B leaves open."""
    safety = builtin()["safety-officers"]
    for other in ("wecom", "controlled-document", "school-class"):
        alone = compose("book", [builtin()[other]]).classification_rule
        assert compose("book", [builtin()[other], safety]).classification_rule == alone
    (leak,) = (c for c in compose("book", [builtin()["enterprise"], safety]).cases if c.id == "leak")
    assert leak.to == ("it", "safety")


@pytest.mark.clause("B.6.3", "D.6")
@pytest.mark.parametrize(
    ("id", "only"), [("safety-officers", {"safety"}), ("school-class", {"class", "school", "emergency"})]
)
def test_a_purpose_that_is_the_only_one_stays_so_beside_other_regulations(id: str, only: set[str]) -> None:
    """In either order: what the safety regulation bans, a later one does not allow again."""
    for other in builtin().values():
        if other.id in ("safety-officers", "school-class"):
            continue
        for together in ([other, builtin()[id]], [builtin()[id], other]):
            policy = try_compose("book", together).policy
            assert {one.id for one in policy.purposes if one.allowed} == only, other.id


def test_all_nine_over_one_book() -> None:
    decided = {"maintainer": "hr", "supervisor": "security", "allow_private_fields": True}
    policy = compose("book", list(builtin().values()), decided)
    assert [rung.id for rung in policy.ladder] == [
        "warning", "circulated-criticism", "fine", "demerit", "demotion", "downgrade", "removal",
        "termination", "dismissal", "legal-action",
    ]  # fmt: skip
    assert policy.classification_rule.level == "confidential"
    assert policy.password.max_age_days == 180
    assert {edition.id for edition in policy.editions} == {"internal", "external"}
    assert policy.fines[0].amount == 200


def test_enterprise_says_what_its_articles_say() -> None:
    policy = compose("book", [builtin()["enterprise"]])
    change = policy.flow("change")
    assert (change.evidence.required, change.evidence.clause) == (True, "A.15")
    assert [(step.role, step.clause) for step in change.steps] == [("head", "default"), ("hr", "A.15")]
    assert change.deadline is not None
    assert (change.deadline.days, change.deadline.clause) == (3, "A.9")
    assert policy.denial("edit") == "A.6"
    assert policy.denial("edit", "hr") is None
    assert policy.denial("forward", "head") == "A.19"
    scope = policy.scope("employee")
    assert (scope.reach, scope.protected, scope.clause) == ("unit", "reveal", "default")
    assert (policy.scope("hr").reach, policy.scope("hr").clause) == ("book", "A.6")
    assert policy.scope("it").reach == "none"
    joiner, leaver = policy.duty("joiner"), policy.duty("leaver")
    assert joiner is not None
    assert leaver is not None
    assert (joiner.days, joiner.start, joiner.announce) == (3, "join", ("unit", "person"))
    assert (leaver.days, [proof.what for proof in leaver.requires]) == (5, ["archive"])
    assert policy.duty("filing") is None
    password = policy.password
    assert (password.max_age_days, password.warn_days, password.history) == (180, 14, 5)
    assert policy.undertakings[0].clause == "A.17"


def test_the_three_together_take_the_stricter_of_each() -> None:
    policy = compose("book", [builtin()[id] for id in ("enterprise", "directory-security", "company")])
    change = policy.flow("change")
    assert [(step.role, step.clause) for step in change.steps] == [
        ("head", "E.13.2"),
        ("hr", "A.15, C.4, E.13.3"),
    ]
    assert policy.second.need("entry").clause == "default"
    assert change.clause == "A.15, C.8, E.13"
    assert (policy.scope("employee").clause, policy.scope("security").reach) == ("C.10.1", "book")
    assert policy.field("mobile").required
    assert policy.field("mobile").clauses == ("A.3", "A.7", "C.7", "C.3", "E.4")
    sign_off = next(review for review in policy.reviews if review.kind == "sign-off")
    assert sign_off.clause == "C.5, E.7"


def test_the_controlled_document_asks_the_offices_in_order() -> None:
    policy = compose("book", [builtin()["controlled-document"]])
    assert [step.role for step in policy.flow("copy").steps] == ["director"]
    assert [step.role for step in policy.flow("copy-private").steps] == ["director", "chief-executive"]
    assert [step.role for step in policy.flow("structure").steps] == ["chief-executive"]
    edition = policy.editions[0]
    assert edition.columns == (
        "division", "unit", "name", "position", "extension", "mobile", "landline", "fax", "email",
    )  # fmt: skip
    assert (edition.due.weekday, edition.due.time) == ("monday", "18:00")
