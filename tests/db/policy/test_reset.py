"""Who brings an owner back: what regulations say, what they mean together, and what holds by default."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.compose import compose, try_compose
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.policy.loader import builtin, check
from db.policy.regulation import Regulation
from tests.db.policy.texts import regulation, text


def together(*lines: str) -> EffectivePolicy:
    return compose("book", _regulations(*lines))


def _regulations(*lines: str) -> list[Regulation]:
    return [regulation(line, id=f"x{number}") for number, line in enumerate(lines)]


def test_by_default_two_offices_bring_somebody_back_and_the_privileged_wait_a_day() -> None:
    for policy in (compose("book", [one]) for one in builtin().values()):
        assert policy.reset.clause == "default"
        assert policy.reset.wait_hours == 24
        assert {"hr", "security", "it", "admin", "director", "chief-executive"} <= policy.privileged
        assert {policy.maintainer.role, policy.supervisor.role, policy.technical.role} <= policy.privileged
        assert not {"employee", "head"} & policy.privileged
        assert [step.role for step in policy.flow("reset").steps] == ["second"]


def test_what_is_left_out_is_the_defaults() -> None:
    policy = together('reset = { wait_hours = 48, clause = "X.1" }')
    assert (policy.reset.wait_hours, policy.reset.clause) == (48, "X.1")
    assert "head" in policy.reset.ask
    assert policy.flow("reset").steps[0].clause == "X.1"


def test_together_the_strictest_holds() -> None:
    policy = together(
        'reset = { ask = ["head", "hr"], vouch = ["hr", "security"], wait_hours = 12, clause = "X.1" }',
        'reset = { ask = ["hr", "it"], privileged = ["safety"], wait_hours = 72, clause = "Y.1" }',
    )
    assert policy.reset.ask == ("hr",)
    assert policy.reset.vouch == ("hr", "security")
    assert policy.reset.wait_hours == 72
    assert policy.reset.clause == "X.1, Y.1"
    assert {"safety", "hr"} <= policy.privileged


@pytest.mark.parametrize("key", ["ask", "vouch"])
def test_that_nobody_is_left_is_said(key: str) -> None:
    composed = try_compose(
        "book",
        _regulations(
            f'reset = {{ {key} = ["hr"], clause = "X.1" }}', f'reset = {{ {key} = ["it"], clause = "Y.1" }}'
        ),
    )
    assert [finding.key for finding in composed.findings] == [f"reset.{key}"]


def test_steps_of_a_reset_are_no_regulations_to_write() -> None:
    (finding,) = check(text('flow.reset = { steps = ["head"], clause = "X.1" }'))
    assert finding.key == "flow.reset.steps"
    assert "reset.vouch" in say(finding.message, "en")


def test_who_asks_who_vouches_and_what_waits_is_told_line_by_line() -> None:
    policy = compose("book", [builtin()["general"]])
    told = {line.key: say(line.text, "en") for line in explain(policy) if line.key.startswith("reset.")}
    assert told.keys() == {"reset.ask", "reset.vouch", "reset.privileged"}
    assert "after 24 hours" in told["reset.privileged"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('reset = { dependent_days = 30, clause = "X.1" }', "confirmed"),
        ('rights = { second_person = true, clause = "X.1" }', "second office"),
    ],
)
def test_of_a_key_that_there_was_it_is_said_what_holds_instead(line: str, said: str) -> None:
    (finding,) = check(text(line))
    assert said in say(finding.message, "en")
