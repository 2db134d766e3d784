"""Which fields rest on consent alone (PIPL 15)."""

from __future__ import annotations

import pytest

from db.policy.compose import compose
from db.policy.loader import builtin
from tests.db.policy.texts import FIELDS, assert_told, regulation


def on_consent(*policies: str) -> set[str]:
    policy = compose("book", [builtin()[one] for one in policies])
    return {field.name for field in policy.fields if field.consent}


def test_what_people_name_of_themselves_rests_on_consent_unless_the_rules_ask_for_it() -> None:
    """E.4 names QQ, WeChat and others openly, and calls the photo optional; G.4.1 collects the WeChat ID."""
    assert on_consent("company") == {"qq", "wechat", "other_contact", "photo"}
    assert on_consent("wecom") == {"other_contact"}
    assert on_consent("company", "wecom") == {"qq", "other_contact", "photo"}
    assert on_consent("enterprise") == {"other_contact"}
    assert on_consent("school-class") == {"other_contact"}
    assert on_consent("controlled-document") == set()


@pytest.mark.parametrize(("said", "holds"), [("consent = true", True), ("consent = false", False)])
def test_an_author_says_it_of_any_field(said: str, holds: bool) -> None:
    for name in ("qq", "fax"):
        body = f'fields = [{{ name = "{name}", {said}, clause = "X.1" }}]\n'
        field = compose("book", [regulation(body)]).field(name)
        assert field.consent is holds


def test_what_is_asked_for_rests_on_no_consent() -> None:
    assert_told(
        FIELDS % 'required = true, consent = true, clause = "X.1"', 6, "fields.1.consent", "nobody can take"
    )
    listed = 'fields = [\n  { name = "position", consent = true, clause = "X.1" },\n]\n'
    assert_told(listed, 5, "fields.0.consent", "in every list")
