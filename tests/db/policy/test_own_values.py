"""What no clause says is not cited as if it did: the nine regulations against a table of their texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.desk.lifecycle.events import announcement
from db.language import clause_words, say
from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.lessons import questions
from db.policy.loader import builtin
from db.policy.merge import strictest
from db.policy.regulation import rules_in
from db.policy.schema.base import Rule, clause_ids, is_amount
from db.policy.schema.work import StaleRule
from tests.db.policy.texts import assert_told, regulation

GIVEN = {
    "enterprise": {
        "flow.change.deadline": "A.9: three working days",
        "flow.join.deadline": "A.8: three working days",
        "flow.move.deadline": "A.9: three working days",
        "flow.leave.deadline": "A.10: five working days",
        "duty.joiner.days": "A.8: three working days",
        "duty.change.days": "A.9: three working days",
        "duty.mover.days": "A.9: three working days",
        "duty.leaver.days": "A.10: five working days",
    },
    "safety-officers": {
        "duty.filing.days": "B.5.4: three working days",
        "reviews.collection.every": "B.5.1: at the beginning",
        "reviews.full-review.every": "B.5.3: each quarter",
    },
    "directory-security": {},
    "school-class": {},
    "company": {"reviews.check.every": "E.12: the quarterly cycle"},
    "general": {},
    "wecom": {"notices.revision.every": "G.9: when there is a revision"},
    "information-security": {},
    "controlled-document": {
        "editions.internal.every": "I.4.2.1: each week",
        "editions.external.every": "I.4.2.1: each week",
        "editions.internal.due.weekday": "I.4.2.1: on Monday",
        "editions.external.due.weekday": "I.4.2.1: on Monday",
        "duty.self-report.days": "I.4.2.2: three working days",
        "duty.unit-report.days": "I.4.2.3: three working days",
        "fines.forwarding.amount": "I.4.4.1: 200 yuan each time",
    },
}
"""Which periods, times and numbers the text of each regulation gives itself, by hand, with what it says.
Whatever else stands in a file is the organisation's own."""

ARRANGED = ("edited_by", "second.of", "judge")
"""Keys that say who does what, and of which no regulation speaks."""
NO_TERM = ("rank", "severity", "right", "version", "id")
"""Numbers that are no term of anything."""


def name_of(path: tuple[str | int, ...], rule: Rule) -> str:
    section, *rest = map(str, path)
    names = [str(getattr(rule, key)) for key in type(rule).KEY[:1]]
    return ".".join([section, *([part for part in rest if not part.isdigit()] or names)])


def amounts(id: str) -> Iterator[tuple[str, bool]]:
    """Every period, time and number that the file itself writes, by its place, and whether it is its own."""
    for path, rule in rules_in(builtin()[id].file):
        place = name_of(path, rule)
        if path[0] == "editions" and len(path) > 2:
            place = f"editions.{builtin()[id].file.editions[int(path[1])].id}.{path[2]}"
        for key in rule.model_fields_set:
            value = getattr(rule, key)
            if key not in NO_TERM and not isinstance(value, Rule) and (key == "weekday" or is_amount(value)):
                yield f"{place}.{key}", key in rule.own


@pytest.mark.parametrize("id", GIVEN)
def test_a_period_is_the_clause_s_or_the_organisation_s_own(id: str) -> None:
    found = dict(amounts(id))
    assert {place for place, own in found.items() if not own} == set(GIVEN[id])


@pytest.mark.parametrize("id", GIVEN)
def test_who_edits_and_who_is_second_is_no_clause_s(id: str) -> None:
    for path, rule in rules_in(builtin()[id].file):
        for place in ARRANGED:
            section, _dot, key = place.rpartition(".")
            if section in ("", path[0]) and key in rule.model_fields_set and getattr(rule, key):
                assert key in rule.own, path
                assert rule.clause_of(key) == "default"


@pytest.mark.parametrize("id", GIVEN)
def test_every_line_of_the_rules_says_what_is_the_organisation_s_own(id: str) -> None:
    """A line that tells of such a value says so in both languages, and a test never asks for it."""
    policy = compose("book", [builtin()[id]])
    told = {line.key: line.clause for line in explain(policy)}
    for duty in policy.duties:
        own = f"duty.{duty.kind}.days" not in GIVEN[id]
        assert ("own" in clause_ids(told[f"duty.{duty.kind}"])) == own
        assert ("本单位设定" in say(clause_words(duty.due_clause), "zh_CN")) == own
    for field in policy.fields:
        if field.edited_by == "maintainer":
            assert told[f"fields.{field.name}.edited_by"] == "default"
    for review in policy.reviews:
        own = f"reviews.{review.kind}.every" not in GIVEN[id]
        assert ("own" in clause_ids(told[f"reviews.{review.kind}"])) == own
        assert told[f"reviews.{review.kind}.days"] == "default"
    for asked in questions(policy):
        assert not {"own", "default"} & set(clause_ids(asked.clause)), asked


@pytest.mark.parametrize("id", GIVEN)
def test_what_outside_contacts_must_have_by_the_organisation_is_no_clause_s_and_no_test_s(id: str) -> None:
    """A course asked of every entry for an organisation, which colleagues have none of (F.2.1)."""
    policy = compose("book", [builtin()[id]])
    told = {line.key: line.clause for line in explain(policy)}
    own = {rule.name for rule in builtin()[id].file.fields if "required" in rule.own and rule.applies_to}
    assert {field.name for field in policy.fields if field.required and field.applies_to} == own
    assert {key for key in told if key.endswith(".required")} >= {f"fields.{name}.required" for name in own}
    assert {told[f"fields.{name}.required"] for name in own} <= {"default"}
    labels = {str(field.label) for field in policy.fields if field.name in own}
    assert not labels & {str(asked.answers[asked.right]) for asked in questions(policy)}


def test_two_regulations_with_the_same_days_cite_the_one_that_gives_them() -> None:
    policy = compose("book", [builtin()["directory-security"], builtin()["enterprise"]])
    change = policy.duty("change")
    assert change is not None
    assert (change.days, change.due_clause) == (3, "A.9")
    alone = compose("book", [builtin()["directory-security"], builtin()["general"]]).duty("change")
    assert alone is not None
    assert alone.due_clause == "C.8, F.2.2, own"


def test_a_shorter_own_period_is_own_though_another_clause_gives_a_longer_one() -> None:
    given = StaleRule(days=90, clause="X.1")
    own = StaleRule(days=30, own=("days",), clause="Y.1")
    assert strictest(given, own).clause_of("days") == "X.1, Y.1, own"
    assert strictest(own, given.model_copy(update={"days": 30})).clause_of("days") == "Y.1, X.1"
    assert strictest(own, own).clause_of("bounced_mail") == "default"


def test_a_citation_is_said_in_words() -> None:
    assert say(clause_words("C.8, own"), "zh_CN") == "C.8、本单位设定"
    assert say(clause_words("C.8, own"), "en") == "C.8, set by this organisation"
    assert say(clause_words("default"), "zh_CN") == "默认规则"
    assert say(clause_words("A.9, C.8"), "zh_CN") == "A.9、C.8"
    assert say(clause_words("A.9, C.8"), "en") == "A.9, C.8"
    assert clause_words("A.9") == "A.9"


def test_only_a_key_of_the_rule_is_its_own() -> None:
    assert_told(
        'backups = { every = "day", own = ["days"], clause = "X.1" }', 4, "backups.own.0", "is not written"
    )
    assert regulation('backups = { every = "day", own = ["every"], clause = "X.1" }').file.backups


def test_who_hears_of_a_joiner_is_cited_of_those_regulations_alone_that_say_so() -> None:
    """C.8 has what happens reflected promptly, and nobody told; it stood beside A.8 and A.9 in one book."""
    policy = compose("book", [builtin()["enterprise"], builtin()["directory-security"]])
    told = {line.key: line.clause for line in explain(policy)}
    for duty, clause in (("joiner", "A.8"), ("change", "A.9"), ("mover", "A.9")):
        assert {told[f"duty.{duty}.announce"], told[f"duty.{duty}.hands_out"]} == {clause}
    assert announcement(policy, "join", "internal").clause == "A.8"
