"""What a policy author reads is complete and true, and every rule can be told in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import db.policy
from db.language import say
from db.policy import request_kinds, vocabulary, wording
from db.policy.compose import compose
from db.policy.explain import explain
from db.policy.loader import builtin, catalogue, check
from db.policy.schema import PolicyFile
from db.policy.schema.book import FacetRule
from tests.clauses.citations import cited_clauses
from tests.db.policy.texts import text

DOCUMENT = Path(db.policy.__file__).parents[2] / "docs" / "policy-authors.md"
VOCABULARY: dict[str, Any] = vars(vocabulary) | vars(request_kinds)
SECTIONS = {section.split("`", 1)[0]: section for section in DOCUMENT.read_text("utf-8").split("\n### `")[1:]}
FENCED = re.compile(r"```toml\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"(?<!`)`([a-z_]+(?:\.[a-z-]+)? = [^`]+)`")

PREAMBLE = {
    "purposes": 'purposes = [{ id = "work", clause = "X.1" }]',
    "cases": 'cases = [{ id = "forwarding", clause = "X.1" }]',
    "kinds": 'kinds = [{ id = "partner", clause = "X.1" }]',
    "unit_kinds": 'unit_kinds = [{ id = "office", clause = "X.1" }]',
    "posts": 'posts = [{ id = "office-manager", clause = "X.1" }]',
    "tags": 'tags = [{ id = "office-contact", clause = "X.1" }]',
    "roles": 'roles = [{ id = "deputy-teacher", clause = "X.1" }]',
    "unit_fields": "unit_fields = [{ name = 'office_phone', clause = 'X.1' }, "
    "{ name = 'email', clause = 'X.1' }]",
    "sanctions": "sanctions = [{ id = 'fine', clause = 'X.1' }]",
    "stale": "stale = { days = 180, clause = 'X.1' }",
    "scopes": "scopes = [{ role = 'employee', reach = 'unit', clause = 'X.1' }]",
    "flow": "flow.copy = { steps = ['head'], clause = 'X.1' }",
    "fields": "fields = [{ name = 'mobile', clause = 'X.1' }, { name = 'parent_phones', clause = 'X.1' }, "
    "{ name = 'parent_names', clause = 'X.1' }, "
    "{ name = 'emergency_phone', clause = 'X.1' }]",
}
"""What examples refer to."""


def models_in(annotation: object) -> list[type[BaseModel]]:
    """The tables that a key's value is made of, with those inside them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = [model for field in annotation.model_fields.values() for model in models_in(field.annotation)]
        return [annotation, *inner]
    return [model for argument in get_args(annotation) for model in models_in(argument)]


def keys_of(section: str) -> set[str]:
    models = models_in(PolicyFile.model_fields[section].annotation)
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def test_there_is_a_section_for_every_key_and_no_other() -> None:
    assert set(SECTIONS) == set(PolicyFile.model_fields)


@pytest.mark.parametrize("section", PolicyFile.model_fields)
def test_every_key_is_documented_with_an_example(section: str) -> None:
    told = set(re.findall(r"`([^`\n]+)`", SECTIONS[section])) | set(
        re.findall(r"([a-z_]+) = ", SECTIONS[section])
    )
    assert keys_of(section) <= told | {"own", "id", "zh", "en", "clause"}, "these stand in any rule"
    assert examples(section), "an example"


@pytest.mark.parametrize(
    "name", [name for name in VOCABULARY if get_args(VOCABULARY[name]) and name[0].isupper()]
)
def test_every_word_is_documented(name: str) -> None:
    document, words = DOCUMENT.read_text("utf-8"), get_args(VOCABULARY[name])
    missing = [word for word in words if not re.search(rf"[`\".]{re.escape(word)}[`\"]", document)]
    assert missing == [], f"say what each means in {DOCUMENT}"


def test_every_name_of_the_catalogue_is_documented() -> None:
    named = DOCUMENT.read_text("utf-8").split("## Names it knows")[1]
    missing = [name for names in catalogue().values() for name in names if f"`{name}`" not in named]
    assert missing == []


def examples(section: str) -> list[str]:
    written = FENCED.findall(SECTIONS[section]) + INLINE.findall(SECTIONS[section])
    return [example for example in written if section in tomllib.loads(example)]


@pytest.mark.parametrize(
    "section", [key for key in PolicyFile.model_fields if key not in ("id", "effective", "title")]
)
def test_every_example_passes_the_check(section: str) -> None:
    for example in examples(section):
        preamble = [line for key, line in PREAMBLE.items() if key not in tomllib.loads(example)]
        assert check(text("\n".join([*preamble, example]))) == [], example


def test_the_whole_example_passes_the_check_and_composes() -> None:
    (whole,) = [
        example for example in FENCED.findall(DOCUMENT.read_text("utf-8")) if example.startswith("id = ")
    ]
    assert check(whole) == []


def test_every_rule_of_the_nine_is_told_with_its_clause_in_both_languages() -> None:
    for regulation in builtin().values():
        policy = compose("book", [regulation])
        lines = list(explain(policy))
        told = {clause for line in lines for clause in line.clause.split(", ")}
        assert set(cited_clauses(policy)) <= told
        for line in lines:
            assert say(line.text, "en")
            chinese = re.search(r"[\u4e00-\u9fff]|QQ|VIP|CEO", say(line.text, "zh_CN"))
            assert chinese, f"give {line.key} its Chinese"


def test_a_book_without_outside_kinds_tells_nothing_of_outside_entries() -> None:
    for regulation in builtin().values():
        policy = compose("book", [regulation])
        sides = {kind.side for kind in policy.kinds}
        told = [line.key for line in explain(policy) if line.key.startswith("scopes.")]
        assert any(key.endswith(".internal") for key in told)
        outside = [key for key in told if not key.endswith(".internal")]
        assert bool(outside) == ("external" in sides), regulation.id


def test_every_facet_is_told_by_its_name() -> None:
    assert set(wording.FACETS) == set(get_args(FacetRule.model_fields["by"].annotation))
    told = {line.key: line.text for line in explain(compose("book", [builtin()["general"]]))}
    assert say(told["facets.region"], "en") == "Region"


def test_every_word_of_the_vocabulary_can_be_said() -> None:
    told: dict[str, Any] = {
        "Side": wording.SIDES, "ValueKind": wording.VALUE_KINDS, "EditedBy": wording.EDITORS,
        "Reach": wording.REACHES, "Protected": wording.PROTECTED, "Cycle": wording.CYCLES,
        "Level": wording.LEVELS, "RequestKindName": request_kinds.REQUESTS, "DutyKind": wording.DUTIES,
        "Start": wording.STARTS, "Proof": wording.PROOFS, "Audience": wording.AUDIENCES,
        "ReviewKind": wording.REVIEWS, "ReviewOf": wording.SUBJECTS,
        "Verdict": wording.VERDICTS, "Operation": wording.OPERATIONS, "Control": wording.CONTROLS,
        "Watch": wording.WATCHES, "Screen": wording.SCREENS, "Weekday": wording.WEEKDAYS,
    }  # fmt: skip
    for name, said in told.items():
        assert set(said) == set(get_args(VOCABULARY[name])), name
