"""Whoever a line of the rules names is named by a clause it cites, and so is every field: the nine
regulations against tables of their texts. Whom or what no clause names is told apart, as the default."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.compose import compose
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.policy.loader import builtin
from db.policy.rules import RuleText
from db.policy.schema.base import clause_ids
from db.policy.vocabulary import DEFAULT, OWN

NAMES = {
    "hr": "A.6 A.8 A.9 A.10 A.15 C.4 E.6.1 E.6.2 E.6.3 E.6.4 E.6.5 E.7 E.10 E.13.3 E.15 G.3.3 "
    "G.4.1 G.4.2 G.4.3 G.5.2 G.9",
    "it": "A.6 A.18",
    "head": "A.13 C.5 C.10.2 E.7 E.13.2 G.3.1 G.5.1 H.3.2 I.3.3 I.4.1.1 I.4.2.3",
    "security": "C.6 C.10.3 H.3.1 H.5.3 H.5.4 H.6.1 H.6.4 H.8.1",
    "safety": "B.3.1 B.4.3 B.5.1 B.5.3 B.5.4 B.5.5 B.6.2 B.8",
    "officer": "B.3.2 B.4.2 B.5.1 B.5.2 B.5.4 B.5.5",
    "director": "I.3.1 I.4.4.2 I.4.4.3",
    "assistant": "I.3.2 I.3.3 I.3.4 I.4.2.1 I.4.2.2 I.4.2.3 I.4.2.4",
    "unit-assistant": "I.4.1.1 I.4.2.3 I.4.3.1",
    "chief-executive": "I.4.2.4 I.4.3.1 I.4.4.3",
    "general-manager": "G.3.2",
    "teacher": "D.3 D.5.1 D.5.2 D.8 D.9.3 D.10 D.11.3",
    "deputy-teacher": "D.3",
    "school": "D.9.1 D.9.3",
}
"""Which clauses speak of whom, by hand; E.6 and D.3 name theirs before the parts, I.3.1 by the department."""

EMPLOYEES = "A.2 C.10.1 D.4 F.5.1 H.6.3"
"""Clauses on everybody's access, by which those of whom they don't speak have it too."""

FIELDS = {
    "name": "A.7 B.4.1 C.7 D.2.1 E.4 F.2.1 G.4.1 H.4.1 I.4.1.2",
    "position": "A.7 B.4.1 C.7 E.4 F.3.1 G.4.1 H.4.1 I.4.1.2",
    "unit": "A.7 B.4.2 C.7 D.2.1 E.4 F.3.1 G.3.1 I.4.1.2",
    "division": "I.4.1.2",
    "region": "F.3.1",
    "office_phone": "A.3 A.7 B.4.1 C.7 E.4 F.2.1 H.4.1",
    "extension": "A.3 I.4.1.2",
    "mobile": "A.3 A.7 B.4.1 C.7 E.4 F.2.1 G.4.1 H.4.1 I.4.1.2",
    "landline": "I.4.1.2",
    "fax": "I.4.1.2",
    "email": "A.3 A.7 B.4.1 C.7 E.4 F.2.1 H.4.1 I.4.1.2",
    "qq": "E.4",
    "wechat": "E.4 G.4.1",
    "other_contact": "A.3 B.4.1 B.4.3 C.7 D.9.2 E.4 G.4.1 H.4.1",
    "photo": "E.4",
    "organisation": "C.7 E.5 F.2.1 H.2",
    "inside_owner": "C.7 E.5 F.5.2 H.2",
    "area": "B.4.2",
    "duties": "B.4.2",
    "sex": "D.2.1",
    "student_number": "D.2.1",
    "birth_date": "D.2.1",
    "native_place": "D.2.1",
    "parent_names": "D.2.2",
    "parent_phones": "D.2.2",
    "home_address": "D.2.2",
    "emergency_name": "D.2.3",
    "emergency_phone": "D.2.3",
    "emergency_relation": "D.2.3",
}
"""Which clauses list which field, by hand; D.2.1 and G.4.1 end with 等, and leave room for class and post. So
do B.4.1, B.4.3, C.7, G.4.1 and H.4.1 for another contact."""

UNSAID = {
    "roles.director": "H.6.3",
    "roles.general-manager": "H.6.3",
    "flow.structure.submit": "I.4.2.4",
}
"""Lines that name whom their clause doesn't: whose work needs it has access (H.6.3), and a change of
structure that the chief executive approves comes from its department (I.4.2.4)."""
SPOKEN = ("undertaking", "training", "summary")
"""Texts to be read as they stand, of several clauses each."""


def unnamed(policy: EffectivePolicy, line: RuleText) -> list[str]:
    """The roles that ``line`` names and none of its clauses does."""
    section, *_rest = line.key.split(".")
    cited = set(clause_ids(line.clause))
    if section in SPOKEN or DEFAULT in cited or UNSAID.get(line.key) in cited:
        return []
    told = say(line.text, "zh_CN")
    found = [
        role.id
        for role in policy.roles
        if role.id in NAMES and role.label.zh in told and cited.isdisjoint(NAMES[role.id].split())
    ]
    if section == "scopes" and not cited.isdisjoint(EMPLOYEES.split()):
        return []
    kept = {policy.maintainer.role} if OWN in cited else set()
    return [role for role in found if role not in kept]


@pytest.mark.parametrize("id", builtin())
def test_whom_a_line_of_the_rules_names_its_clause_names(id: str) -> None:
    """Who handles a case, gives rights or sees to backups, where no clause says so, cites none."""
    policy = compose("book", [builtin()[id]])
    wrong = {line.key: found for line in explain(policy) if (found := unnamed(policy, line))}
    assert wrong == {}


@pytest.mark.parametrize("id", builtin())
def test_a_field_cites_a_clause_that_lists_it(id: str) -> None:
    policy = compose("book", [builtin()[id]])
    wrong = [
        field.name
        for field in policy.fields
        if DEFAULT not in field.clauses and set(field.clauses).isdisjoint(FIELDS[field.name].split())
    ]
    assert wrong == []


@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3")
def test_whom_one_sees_is_the_clauses_and_on_which_terms_the_organisations() -> None:
    """C.10 says whose entries, and nothing of masks or of who proposes a change."""
    policy = compose("book", [builtin()["directory-security"]])
    told = {line.key: (say(line.text, "en"), line.clause) for line in explain(policy)}
    sees, clause = told["scopes.head.internal"]
    assert (clause, "proposes" in sees) == ("C.10.2", False)
    terms, clause = told["scopes.head.internal.terms"]
    assert (clause, "proposes" in terms) == ("default", True)
