"""Who sees a field, by what the regulations of a book say: words and roles alike, and nothing by silence."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.compose import compose, try_compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import check, default, load_recorded
from db.policy.merge import whom_of
from db.policy.named_roles import UNGIVEN, USUAL_ROLES
from db.policy.schema import PolicyFile
from tests.db.policy.test_documented import models_in
from tests.db.policy.texts import regulation, text

KEEPERS = (
    'roles = [{ id = "registry", zh = "档案室", en = "Registry", clause = "X.1" }, '
    '{ id = "clerk", zh = "文员", en = "Clerk", clause = "X.1" }]\n'
    'maintainer = { role = "registry", clause = "X.1" }\n'
    'deputy = { role = "clerk", clause = "X.1" }\n'
)
FIELD = 'fields = [{ name = "birth_date", private = true%s, clause = "X.2" }]\n'
EDITION = (
    'editions = [{ id = "list", zh = "表", en = "List", include = { roles = ["maintainer"] }, '
    'columns = ["name"], recipients = { roles = ["deputy", "head"], clause = "X.1" }, every = "week", '
    'due = { time = "08:00", clause = "X.1" }, clause = "X.1" }]'
)


def seen_by(*words: str) -> str:
    return FIELD % (", visible_to = [" + ", ".join(f'"{word}"' for word in words) + "]")


def seers(policy: EffectivePolicy) -> tuple[str, ...]:
    return policy.field("birth_date").visible_to


@pytest.mark.parametrize("words", [("self", "maintainer"), ("self", "registry"), ("person", "maintainer")])
def test_what_is_kept_to_the_maintainer_is_seen_by_who_keeps_the_book(words: tuple[str, ...]) -> None:
    """By the word or by the role, and by the deputy who keeps the book as the maintainer does (D.3)."""
    assert seers(compose("book", [regulation(KEEPERS + seen_by(*words))])) == ("self", "registry", "clerk")


@pytest.mark.parametrize(
    ("word", "role"),
    [("supervisor", "security"), ("technical", "it"), ("owner", "registry"), ("deputy", "clerk")],
)
def test_the_word_of_each_function_stands_for_the_role_that_has_it(word: str, role: str) -> None:
    sees_it = 'scopes = [{ role = "it", reach = "book", clause = "X.3" }]\n'
    found = seers(compose("book", [regulation(KEEPERS + sees_it + seen_by("self", word))]))
    assert role in found
    assert word not in found


def test_a_decision_moves_what_is_kept_to_the_maintainer() -> None:
    policy = compose("book", [regulation(KEEPERS + seen_by("self", "maintainer"))], {"maintainer": "hr"})
    assert seers(policy) == ("self", "hr", "clerk")


def test_a_deputy_who_does_not_keep_the_book_sees_no_more_than_is_said() -> None:
    owned = KEEPERS + 'owner = { role = "director", clause = "X.1" }\n'
    assert seers(compose("book", [regulation(owned + seen_by("self", "maintainer"))])) == ("self", "registry")


def test_everyone_is_said_and_never_meant_by_silence() -> None:
    assert seers(compose("book", [regulation(KEEPERS + seen_by("everyone"))])) == ()
    (finding,) = check(text(KEEPERS + FIELD % ""))
    assert (finding.line, finding.key) == (7, "fields.0.private")
    assert 'visible_to = ["self", "maintainer"]' in say(finding.message, "en")
    assert "个人隐私" in say(finding.message, "zh_CN")


@pytest.mark.parametrize(
    ("said", "left"), [("", ("self", "registry", "clerk")), (", visible_to = []", ("self",))]
)
def test_a_file_in_force_opens_nothing_private_by_what_the_check_now_objects_to(
    said: str, left: tuple[str, ...]
) -> None:
    body = text(KEEPERS + FIELD % said, id="own")
    assert check(body)
    assert seers(compose("book", [load_recorded(body)])) == left


def test_an_empty_list_of_who_sees_is_no_field_for_all_either() -> None:
    (finding,) = check(text('fields = [{ name = "qq", visible_to = [], clause = "X.1" }]'))
    assert (finding.line, finding.key) == (4, "fields.0.visible_to")
    assert "Left out, visible_to means: everyone who sees the entry" in say(finding.message, "en")


def test_two_regulations_that_call_the_same_role_by_word_and_by_id_agree() -> None:
    one = regulation(KEEPERS + seen_by("self", "maintainer"), id="one")
    other = regulation(KEEPERS + seen_by("registry", "head"), id="other")
    assert seers(compose("book", [one, other])) == ("registry", "clerk")
    assert set(seers(compose("book", [other, one]))) == {"registry", "clerk"}


def test_silence_of_one_regulation_opens_nothing_that_another_keeps() -> None:
    kept = regulation(KEEPERS + seen_by("self"), id="kept")
    silent = regulation('fields = [{ name = "birth_date", clause = "Y.1" }]', id="silent")
    opened = regulation(
        'fields = [{ name = "birth_date", visible_to = ["everyone"], clause = "Z.1" }]', id="opened"
    )
    for order in ([kept, silent, opened], [opened, silent, kept]):
        assert seers(compose("book", order)) == ("self",)


def test_an_edition_for_the_maintainer_goes_to_the_role_that_has_the_function() -> None:
    (rule,) = compose("book", [regulation(KEEPERS + EDITION)]).editions
    assert (rule.include.roles, rule.recipients.roles) == (("registry",), ("clerk", "head"))


def test_who_is_the_second_is_compared_by_role_and_not_by_word() -> None:
    one = regulation('second = { by = ["maintainer"], clause = "X.1" }', id="one")
    other = regulation('second = { by = ["hr", "security"], clause = "Y.1" }', id="other")
    composed = try_compose("book", [one, other])
    assert composed.findings == ()
    assert composed.policy.second.by == ("hr",)


def test_for_good_is_longer_than_any_time() -> None:
    for_good = regulation('retention = [{ what = "issue", clause = "X.1" }]', id="one")
    ten = regulation('retention = [{ what = "issue", years = 10, clause = "Y.1" }]', id="other")
    for order in ([for_good, ten], [ten, for_good]):
        (rule,) = compose("book", order).retention
        assert rule.years is None


@pytest.mark.clause("A.10")
def test_an_archive_is_kept_for_the_longest_time_that_is_stated_and_never_for_good() -> None:
    silent = regulation('retention = [{ what = "archive", clause = "X.1" }]', id="one")
    stated = (
        'retention = [{ what = "archive", years = %s, reason = { zh = "备查", en = "%s" }, clause = "Y.1" }]'
    )
    five, two = regulation(stated % (5, "five"), id="five"), regulation(stated % (2, "two"), id="two")
    for given, years, why in (
        ([silent], 3, "lapse"), ([silent, five], 5, "five"), ([five, silent, two], 5, "five"),
    ):  # fmt: skip
        (rule,) = compose("book", given).retention
        assert rule.years == years
        assert rule.reason is not None
        assert why in rule.reason.en


def test_the_roles_that_every_organisation_has_are_those_of_the_default() -> None:
    assert {role.id for role in default().file.roles} == USUAL_ROLES


def test_every_key_that_says_who_is_of_the_one_type() -> None:
    told = {
        "role", "roles", "by", "to", "ask", "privileged", "submit", "visible_to", "escalate",
        "acts_instead",
    }  # fmt: skip
    no_roles = {"FacetRule.by", "NoticeRule.to", "PolicyFile.roles", "StatedFlow.to"}
    for model in models_in(PolicyFile):
        for name, info in model.model_fields.items():
            if name in told and f"{model.__name__}.{name}" not in no_roles:
                assert whom_of(info) is not None, (model, name)


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ('maintainer = { role = "%s", clause = "X.1" }', ""),
        ('owner = { role = "%s", clause = "X.1" }', ""),
        ('header = [{ role = "%s", fields = ["name"], clause = "X.1" }]', ""),
        ('watches = [{ what = "usage", to = "%s", clause = "X.1" }]', ""),
        ('backups = { every = "day", by = "%s", clause = "X.1" }', ""),
        ('disclosure = { by = "%s", clause = "X.1" }', ""),
        ('reset = { privileged = ["%s"], clause = "X.1" }', ""),
        ('reset = { ask = ["%s"], clause = "X.1" }', "head"),
        ('rights = { by = "%s", clause = "X.1" }', "head"),
        ('cases = [{ id = "leak", to = "%s", clause = "X.1" }]', "head"),
        ('flow.copy = { steps = ["%s"], clause = "X.1" }', "head"),
        ('flow.copy = { submit = ["%s"], clause = "X.1" }', "head employee"),
        (EDITION.replace("deputy", "%s"), "head employee"),
        ('duty.leaver = { days = 1, from = "leave", by = "%s", clause = "X.1" }', "head person"),
        ('reviews = [{ every = "week", by = "%s", clause = "X.1" }]', "head person"),
        ('scopes = [{ role = "%s", reach = "self", clause = "X.1" }]', "head employee inside-owner"),
        (
            'denials = [{ role = "%s", operations = ["forward"], clause = "X.1" }]',
            "head employee inside-owner everyone",
        ),
        ('fields = [{ name = "qq", visible_to = ["%s"], clause = "X.1" }]', " ".join(UNGIVEN)),
    ],
)
def test_a_word_for_people_stands_only_where_it_means_somebody(body: str, taken: str) -> None:
    for word in UNGIVEN:
        refused = [one for one in check(text(body % word)) if "can't be used here" in say(one.message, "en")]
        assert bool(refused) == (word not in taken.split()), word
        assert all(one.line == 4 for one in refused)
