"""The same delays wherever a secret is asked for within a session (threat 41)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auth import sessions, totp
from auth.delays import CODES
from auth.enrolment import Enrolment
from auth.password_change import change_password
from auth.provision import reactivate_from_host
from auth.recovery import regenerate_codes
from auth.signin import SignIn
from db.desk import Actor, Invalid
from db.language import say
from db.store.tables import AuditRecord
from tests.auth.conftest import HOME, Owner, answered
from tests.conftest import Clock

NEXT = "another horse battery"


@pytest.fixture
def actor(owner: Owner, clock: Clock) -> Actor:
    """The owner's screen, left open."""
    signed = owner.sign_in()
    assert signed is not None
    clock.forward(minutes=1)
    return sessions.resume(signed.session)


def tried(actor: Actor, code: str) -> str:
    """What is said to a code for new recovery codes."""
    with pytest.raises(Invalid) as refused:
        regenerate_codes(actor, code)
    (problem,) = refused.value.problems
    assert problem.field == "code"
    return say(problem.message, "en")


def attempts(act: str) -> int:
    return AuditRecord.select().where((AuditRecord.act == act) & (AuditRecord.outcome == "failed")).count()


@pytest.mark.threat(41)
def test_of_150_codes_in_a_second_one_is_checked(actor: Actor, owner: Owner) -> None:
    said = [tried(actor, f"{number:06}") for number in range(100000, 100150)]
    assert said[1:] == ["Too many failures. Please try again in 1 s."] * 149
    assert attempts("auth.recovery_codes") == 1


@pytest.mark.threat(41)
def test_codes_inside_and_at_the_door_are_ten_an_hour_together(
    actor: Actor, owner: Owner, clock: Clock
) -> None:
    begun = clock.now
    for _number in range(CODES // 2):
        assert answered("liwei", HOME, owner.password, "000000") is None
    for _number in range(CODES):
        clock.forward(minutes=1)
        tried(actor, "000000")
    assert clock.now - begun < timedelta(hours=1)
    clock.forward(minutes=1)
    tried(actor, owner.code())
    clock.forward(hours=1)
    assert len(regenerate_codes(actor, owner.code())) == 10


@pytest.mark.threat(41)
def test_wrong_passwords_inside_are_held_and_told_how_long(actor: Actor, clock: Clock) -> None:
    for wait in (1, 2, 4):
        with pytest.raises(Invalid) as wrong:
            change_password(actor, "not the password at all", NEXT, NEXT)
        assert say(wrong.value.problems[0].message, "en") == "This is not your present password."
        with pytest.raises(Invalid) as early:
            change_password(actor, "not the password either", NEXT, NEXT)
        assert [problem.field for problem in early.value.problems] == ["current"]
        assert (
            say(early.value.problems[0].message, "en") == f"Too many failures. Please try again in {wait} s."
        )
        clock.forward(seconds=wait)
    assert attempts("auth.password") == 3


@pytest.mark.threat(41)
def test_a_delay_inside_is_one_at_the_door_and_the_other_way_round(actor: Actor, owner: Owner) -> None:
    tried(actor, "000000")
    assert SignIn("liwei", HOME, "ssh").delay() == 1
    answered("liwei", HOME, "not the password at all", "000000")
    assert tried(actor, owner.code()) == "Too many failures. Please try again in 2 s."


@pytest.mark.threat(41)
def test_what_is_right_costs_nothing(actor: Actor, owner: Owner) -> None:
    change_password(actor, owner.password, NEXT, NEXT)
    assert len(regenerate_codes(actor, owner.code())) == 10


@pytest.mark.threat(41)
def test_old_passwords_are_not_guessed_at_with_an_activation_code(owner: Owner, clock: Clock) -> None:
    """Whoever got hold of a code learns one guess at a time which passwords the owner had."""
    signed = answered("liwei", HOME, reactivate_from_host(owner.account), "")
    assert signed is not None
    enrolment = Enrolment(sessions.resume(signed.session))
    for wanted in ("You have used this password before. Choose another one.", "Too many failures."):
        with pytest.raises(Invalid) as refused:
            enrolment.choose_password(owner.password, owner.password)
        assert say(refused.value.problems[0].message, "en").startswith(wanted)


@pytest.mark.threat(4)
def test_a_code_shown_to_prove_the_authenticator_is_used_up(actor: Actor, owner: Owner) -> None:
    code = owner.code()
    regenerate_codes(actor, code)
    assert totp.SIX_DIGITS.fullmatch(code)
    assert tried(actor, code).startswith("That is not a code")
