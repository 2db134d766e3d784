"""What a course says a clause asks of others."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.compose import compose
from db.policy.lessons import roles_asked_by
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
