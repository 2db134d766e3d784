"""What a course says a clause asks of others."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.lessons import clause_meanings, roles_asked_by
from db.policy.loader import builtin


@pytest.mark.parametrize(
    ("policy", "clause", "who"),
    [
        pytest.param("general", "F.4.1", "", marks=pytest.mark.clause("F.4.1")),
        pytest.param("information-security", "H.6.4", "信息管理部门", marks=pytest.mark.clause("H.6.4")),
    ],
)
def test_it_names_whom_the_clause_names_and_nobody_the_organisation_chose(
    policy: str, clause: str, who: str
) -> None:
    """F.4.1 has backups made regularly in several places, and says not by whom."""
    assert say(roles_asked_by(compose("any", [builtin()[policy]]), clause), "zh_CN") == who


@pytest.mark.clause("I.4.2.3")
def test_what_head_or_assistant_may_report_is_told_to_both() -> None:
    policy = compose("any", [builtin()["controlled-document"]])
    duty = policy.duty("unit-report")
    assert duty is not None
    assert duty.doers == policy.flow("unit-contact").submit == ("head", "unit-assistant")
    told = {line.key: line for line in explain(policy)}["duty.unit-report"]
    assert (told.clause, say(told.text, "zh_CN")[:11]) == ("I.4.2.3", "部门负责人、部门助理：")
    for mine in duty.doers:
        lines = clause_meanings(policy, {mine})["I.4.2.3"]
        assert any("3 个工作日" in say(line, "zh_CN") for line in lines), mine
