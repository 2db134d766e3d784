"""Whatever a policy file can say is told in words: nobody is bound by what they can't read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from db.desk.policies.rule_words import rule_subject
from db.language import say
from db.policy.compose import compose, try_compose
from db.policy.explain import explain
from db.policy.lessons import questions
from db.policy.loader import builtin, check, load
from db.policy.overrides import ABOUT_THE_FILE
from db.policy.regulation import Regulation
from db.policy.schema import PolicyFile
from tests.db.policy.texts import regulation

EVERYTHING = Path(__file__).with_name("everything.toml")
Spot = tuple[str, str]
"""A table of the schema and one of its keys."""
NOWHERE: Spot = ("", "")
UNTOLD = ABOUT_THE_FILE - {"overrides"}
"""What a regulation says of itself; whoever shows a book's rules shows it above them."""

UNANSWERED = {("CourseQuestion", "right")}
"""What is right is not told before it is answered."""

OTHER_WORDS = {
    "role": "assistant", "to": "assistant", "by": "assistant", "escalate": "assistant", "acts_instead": "it",
    "name": "email", "number": "kin", "time": "09:00", "currency": "USD", "case": "misuse",
    "about": "revision", "what": "issue",
}  # fmt: skip
"""What else might stand under keys whose values are names; everywhere else ``other`` does."""


def told(file: PolicyFile) -> list[tuple[str, str, str, str]]:
    """Every rule of a book under ``file`` in both languages, with its key and its clause."""
    policy = try_compose("book", [Regulation(file, "", "")]).policy
    return [
        (line.key, say(line.text, "zh_CN"), say(line.text, "en"), line.clause) for line in explain(policy)
    ]


def variants(value: Any, annotation: Any, key: str) -> Iterator[tuple[Spot, Any]]:
    """``value`` with one thing in it said otherwise, for each thing, and the spot of the schema that this is
    at; nowhere, where the table around it has to say."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if isinstance(value, PolicyFile) and name in UNTOLD:
                continue
            for spot, changed in variants(getattr(value, name), field.annotation, name):
                at = (type(value).__name__, name) if spot == NOWHERE else spot
                yield at, value.model_copy(update={name: changed})
    elif isinstance(value, dict):
        yield NOWHERE, {}
        for kind, inner in value.items():
            for spot, changed in variants(inner, None, key):
                yield spot, {**value, kind: changed}
    elif isinstance(value, tuple):
        yield NOWHERE, value[:-1]
        if value and isinstance(value[0], BaseModel):
            for place, inner in enumerate(value):
                for spot, changed in variants(inner, None, key):
                    yield spot, (*value[:place], changed, *value[place + 1 :])
    elif value is not None:
        yield NOWHERE, _otherwise(value, annotation, key)


def _otherwise(value: Any, annotation: Any, key: str) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if key == "clause":
        return "X.99"
    words = [word for word in _words(annotation) if word != value]
    return words[0] if words else OTHER_WORDS.get(key, "other")


def _words(annotation: Any) -> list[str]:
    """The words of a `Literal`, also of one that may be left out."""
    found = get_args(annotation)
    return [word for one in found for word in ([one] if isinstance(one, str) else _words(one))]


WITH_ANY = "own"
"""The key of any rule that changes nothing but by what its values are cited (`test_own_values`)."""


def spots_of(model: type[BaseModel]) -> Iterator[Spot]:
    """Every key of ``model`` and of the tables inside it; a table is told by its keys."""
    for name, field in model.model_fields.items():
        if (model is PolicyFile and name in UNTOLD) or name == WITH_ANY:
            continue
        inside = _models(field.annotation)
        yield from [spot for inner in inside for spot in spots_of(inner)] or [(model.__name__, name)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


@pytest.fixture(scope="module")
def told_spots() -> set[Spot]:
    """The keys of the schema at which a change of what stands there changes what is told."""
    file = load(EVERYTHING).file
    usual, found = told(file), set[Spot]()
    for spot, changed in variants(file, PolicyFile, ""):
        if spot not in found and told(changed) != usual:
            found.add(spot)
    return found


def test_the_file_says_something_under_every_key_and_passes_the_check() -> None:
    assert check(EVERYTHING) == []
    file = load(EVERYTHING).file
    assert [name for name in PolicyFile.model_fields if not getattr(file, name)] == []


@pytest.mark.parametrize("spot", sorted(set(spots_of(PolicyFile)) - UNANSWERED), ids=".".join)
def test_every_key_of_a_policy_file_is_told(told_spots: set[Spot], spot: Spot) -> None:
    assert spot in told_spots


def test_a_rule_speaks_of_units_by_the_book_s_own_word() -> None:
    """A hospital reads of its wards, in each rule that speaks of one."""
    ward = regulation(
        'fields = [{ name = "unit", zh = "病区", en = "Ward", required = true, clause = "X.1" }]\n'
        'watches = [{ what = "vacancy", to = "maintainer", clause = "X.2" }]\n'
        'notices = [{ about = "changes", every = "week", to = "departments", clause = "X.3" }]\n'
        'duty.officer-change = { days = 3, from = "report", announce = ["unit"], clause = "X.4" }\n'
        'controls = [{ id = "contact-script", clause = "X.5" }]\n'
        'reviews = [{ kind = "sign-off", every = "month", by = "head", of = "unit", clause = "X.6" }]'
    )
    policy = compose("book", [ward])
    found = {line.key: (say(line.text, "zh_CN"), say(line.text, "en")) for line in explain(policy)}
    assert found["watches.vacancy"] == (
        "发现病区在通讯录中无人时提醒人力资源",
        "a ward with nobody in the directory alarms Human resources",
    )
    units = {key: texts for key, texts in found.items() if "reset" not in key}  # there it is of offices
    for key, (chinese, english) in units.items():
        for role in policy.roles:  # what a role is called is the regulation's
            chinese, english = chinese.replace(role.label.zh, ""), english.replace(role.label.en, "")
        assert "部门" not in chinese, key
        assert "安全员" not in chinese, key
        assert "department" not in english, key


@pytest.mark.parametrize("name", sorted(builtin()))
def test_a_regulation_that_names_no_officers_speaks_of_none(name: str) -> None:
    """What one regulation calls its people is no word of another's rules."""
    policy = compose("book", [builtin()[name]])
    named = "officer" in {role.id for role in policy.roles}
    said = " ".join(say(line.text, "zh_CN") for line in explain(policy))
    assert named or "安全员" not in said


@pytest.mark.clause("H.5.4")
def test_what_a_leaver_hands_back_is_received_by_whom_the_clause_names() -> None:
    found = told(builtin()["information-security"].file)
    received = {key: (text, clause) for key, text, _english, clause in found if key.endswith("received_by")}
    assert received.keys() == {f"duty.{kind}.received_by" for kind in ("leaver", "mover", "hand-back")}
    assert {*received.values()} == {("由信息管理部门接收", "H.5.4")}


@pytest.mark.parametrize(
    ("name", "key", "clause"),
    [
        ("directory-security", "sanctions.warning", "C.12"),
        ("directory-security", "sanctions.warning.severity", "C.12, own"),
        ("directory-security", "sanctions.circulated-criticism.reach", "default"),
        ("safety-officers", "sanctions.circulated-criticism.reach", "default"),
        ("safety-officers", "duty.change", "B.3.1, own"),
        ("controlled-document", "editions.internal.copies", "default"),
        ("information-security", "copies", "default"),
        ("enterprise", "retention.archive", "A.10"),
        ("enterprise", "retention.archive.years", "default"),
        ("general", "scopes.employee.internal", "F.5.1, own"),
        ("information-security", "scopes.employee.internal", "H.6.3, own"),
        ("directory-security", "scopes.employee.internal", "C.10.1"),
    ],
)
def test_what_a_clause_does_not_say_is_not_cited_by_it_alone(name: str, key: str, clause: str) -> None:
    assert {row[0]: row[3] for row in told(builtin()[name].file)}[key] == clause


def test_a_course_asks_about_sight_only_where_the_clause_gives_it() -> None:
    asked = {name: str(questions(compose("book", [builtin()[name]]))) for name in builtin()}
    assert "Whom does everybody see" in asked["directory-security"]
    assert "Whom does everybody see" not in asked["general"] + asked["information-security"]


@pytest.mark.clause("I.4.3.1")
def test_a_recipient_by_post_and_by_office_is_named_once() -> None:
    said = {row[0]: row[1:3] for row in told(builtin()["controlled-document"].file)}
    chinese, english = said["editions.internal.recipients"]
    assert (chinese.count("首席执行官"), english.count("CEO"), "Chief executive" in english) == (1, 1, False)
    assert said["editions.external.include"][0].count("部门助理") == 1


def test_a_part_of_a_duty_says_of_which() -> None:
    assert say(rule_subject("duty.hand-back.requires.receipt"), "zh_CN") == "交还全部副本"
    assert say(rule_subject("duty.hand-back"), "zh_CN") == "职责时限"
    assert say(rule_subject("password"), "en") == "passwords"
