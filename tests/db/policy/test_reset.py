"""Who brings an owner back: what regulations say, what they mean together, and what holds by default."""

from __future__ import annotations

from typing import get_args

import pytest

from db.language import say
from db.policy.compose import compose, try_compose
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.policy.loader import builtin, check, load_recorded
from db.policy.regulation import Regulation
from db.policy.vocabulary import PowerWord
from db.store.moves import Moves
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
    assert policy.flow("reset").steps[0].clause == "default"
    assert together('second = { by = ["hr"], clause = "X.2" }').flow("reset").steps[0].clause == "X.2"


def test_together_the_strictest_holds() -> None:
    policy = together(
        'reset = { ask = ["head", "hr"], wait_hours = 12, clause = "X.1" }',
        'reset = { ask = ["hr", "it"], privileged = ["safety"], wait_hours = 72, clause = "Y.1" }',
    )
    assert policy.reset.ask == ("hr",)
    assert policy.reset.wait_hours == 72
    assert policy.reset.clause == "X.1, Y.1"
    assert {"safety", "hr"} <= policy.privileged


@pytest.mark.parametrize(("part", "key"), [("reset", "ask"), ("second", "by")])
def test_that_nobody_is_left_is_said(part: str, key: str) -> None:
    composed = try_compose(
        "book",
        _regulations(
            f'{part} = {{ {key} = ["hr"], clause = "X.1" }}', f'{part} = {{ {key} = ["it"], clause = "Y.1" }}'
        ),
    )
    assert [finding.key for finding in composed.findings] == [f"{part}.{key}"]


def test_what_takes_a_second_is_what_any_regulation_says_and_of_those_named_by_all() -> None:
    policy = together(
        'second = { by = ["hr", "security"], clause = "X.1" }',
        'second = { of = ["account"], clause = "Y.1" }',
        'second = { by = ["security", "it"], of = ["account", "entry"], clause = "Z.1" }',
    )
    assert (policy.second.by, policy.second.clause) == (("security",), "X.1, Z.1")
    assert policy.second.need("account").clause == "Y.1, Z.1"
    assert policy.second.need("entry").clause == "Z.1"
    assert not policy.second.need("rule")


def test_every_kind_of_power_can_take_a_second() -> None:
    assert set(get_args(PowerWord)) == set(Moves)


def test_a_text_in_force_with_the_keys_of_before_says_the_same() -> None:
    before = load_recorded(
        text(
            'reset = { ask = ["hr"], vouch = ["security"], dependent_days = 30, clause = "X.1" }\n'
            'rights = { by = "hr", second_person = true, clause = "X.3" }\n'
            'flow.right = { second_person = true, clause = "X.3" }\n'
            'flow.change = { second_person = { required = true, clause = "X.2" }, clause = "X.4" }'
        )
    )
    policy = compose("book", [before])
    assert (policy.second.by, policy.second.clause) == (("security",), "X.1, X.2")
    assert [one.power for one in policy.second.of] == ["entry"]
    assert policy.reset.ask == ("hr",)


def test_steps_of_a_reset_are_no_regulations_to_write() -> None:
    (finding,) = check(text('flow.reset = { steps = ["head"], clause = "X.1" }'))
    assert finding.key == "flow.reset.steps"
    assert "second.by" in say(finding.message, "en")


def test_who_asks_and_what_waits_is_told_line_by_line() -> None:
    policy = compose("book", [builtin()["general"]])
    told = {line.key: say(line.text, "en") for line in explain(policy) if line.key.startswith("reset.")}
    assert told.keys() == {"reset.ask", "reset.privileged"}
    assert "after 24 hours" in told["reset.privileged"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('reset = { dependent_days = 30, clause = "X.1" }', "confirmed"),
        ('rights = { second_person = true, clause = "X.1" }', "second office"),
        ('flow.change = { second_person = true, clause = "X.1" }', "second = { of"),
        ('reset = { vouch = ["hr"], clause = "X.1" }', "second = { by"),
    ],
)
def test_of_a_key_that_there_was_it_is_said_what_holds_instead(line: str, said: str) -> None:
    (finding,) = check(text(line))
    assert said in say(finding.message, "en")
