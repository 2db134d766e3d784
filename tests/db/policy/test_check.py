"""What the check says to whoever writes a policy file: the line, the key, and why in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.language import say
from db.policy.lines import key_lines
from db.policy.loader import check, load, load_folder, load_policies
from db.policy.regulation import PolicyError
from tests.db.policy.texts import text

FIELDS = 'fields = [\n  { name = "name", clause = "X.1" },\n  { name = "fax", %s },\n]\n'

FORM = [
    ("titel = 1", 4, "titel", "Is title meant?"),
    (FIELDS % 'clause = "X.1", requird = true', 6, "fields.1.requird", "Is required meant?"),
    (FIELDS % "required = true", 6, "fields.1.clause", "Which clause says so?"),
    (FIELDS % 'clause = "Article 3"', 6, "fields.1.clause", "Article 3 is not a clause"),
    (FIELDS % 'clause = ["X.1", 3]', 6, "fields.1.clause", "3 is not a clause"),
    (FIELDS % 'clause = "X.1", required = "yes"', 6, "fields.1.required", "true or false"),
    (
        '[flow.change]\nsteps = "head"\nclause = "X.1"',
        5,
        "flow.change.steps",
        'a list in square brackets: steps = ["head"]',
    ),
    ('[flow.chnage]\nclause = "X.1"', 4, "flow.chnage", "Is change meant?"),
    ('[[reviews]]\nclause = "X.1"\nevery = "quaterly"', 6, "reviews.0.every", "Is quarter meant?"),
    ('[[reviews]]\nclause = "X.1"', 4, "reviews.0.every", "every is missing"),
    (
        '[[reviews]]\nevery = "week"\nclause = "X.1"\n\n[[reviews]]\nevery = 3\nclause = "X.2"',
        9,
        "reviews.1.every",
        "It can",
    ),
    ('roles = [{ id = "front-desk", clause = "X.1" }]', 4, "roles.0.zh", "front-desk isn't a name"),
    ('roles = [{ id = "Front", zh = "前", en = "F", clause = "X.1" }]', 4, "roles.0.id", "can't be an id"),
    ('password = { max_age_days = 0, clause = "X.1" }', 4, "password.max_age_days", "at least 1"),
    ('duty.joiner = { days = 3, clause = "X.1" }', 4, "duty.joiner.from", "from is missing"),
    (
        'notices = [{ about = "chages", to = "everyone", clause = "X.1" }]',
        4,
        "notices.0.about",
        "changes meant",
    ),
    ("maintainer = 3", 4, "maintainer", "a table"),
]

OWNER = 'scopes = [{ role = "inside-owner", %s, clause = "X.1" }]'

MEANING = [
    (OWNER % 'side = "external", reach = "book"', 4, "scopes.0.reach", 'write reach = "self"'),
    (OWNER % 'side = "internal", reach = "self"', 4, "scopes.0.side", 'write side = "external"'),
    ('maintainer = { role = "hrr", clause = "X.1" }', 4, "maintainer.role", "Is hr meant?"),
    ('flow.copy = { steps = ["head", "boss"], clause = "X.1" }', 4, "flow.copy.steps.1.role", "no role boss"),
    ('flow.copy = { submit = ["clerk"], clause = "X.1" }', 4, "flow.copy.submit", "no role clerk"),
    (FIELDS % 'visible_to = ["boss"], clause = "X.1"', 6, "fields.1.visible_to", "no role boss"),
    (
        'scopes = [\n  { role = "head", reach = "unit", clause = "X.1" },\n'
        '  { role = "head", reach = "book", clause = "X.2" },\n]',
        6,
        "scopes.1",
        "what line 5 says about head",
    ),
    (
        'scopes = [{ role = "head", reach = "unit", propose = "book", clause = "X.1" }]',
        4,
        "scopes.0.propose",
        "wider",
    ),
    (
        'scopes = [{ role = "head", reach = "unit", maintain = "book", clause = "X.1" }]',
        4,
        "scopes.0.maintain",
        "wider",
    ),
    (
        'maintainer = { role = "hr", clause = "X.1" }\n'
        'scopes = [{ role = "hr", reach = "unit", clause = "X.2" }]',
        5,
        "scopes.0.reach",
        "maintains the whole book",
    ),
    (
        'denials = [{ role = "head", operations = ["edit"], clause = "X.1" }]\n'
        'scopes = [{ role = "head", reach = "unit", maintain = "unit", clause = "X.2" }]',
        5,
        "scopes.0.maintain",
        "X.1 forbids head to edit",
    ),
    ('flow.copy = { steps = ["it"], clause = "X.1" }', 4, "flow.copy.steps.0", "shows nothing of the book"),
    (
        'denials = [{ role = "hr", operations = ["decide"], clause = "X.1" }]\n'
        '[flow.copy]\nsteps = [\n  "head",\n  "hr",\n]\nclause = "X.2"',
        8,
        "flow.copy.steps.1",
        "a denial forbids hr to decide",
    ),
    (
        'maintainer = { role = "hr", clause = "X.1" }\n'
        'flow.copy = { steps = ["hr", "maintainer"], clause = "X.2" }',
        5,
        "flow.copy.steps.1",
        "approves twice",
    ),
    ('lookup = { purpose = true, clause = "X.1" }', 4, "lookup", "purposes lists none"),
    ('fines = [{ case = "leak", amount = 5, clause = "X.1" }]', 4, "fines.0", "no kind of case leak"),
    ('emergency = { fields = ["pager"], clause = "X.1" }', 4, "emergency.fields", "no field pager"),
    ('overrides = { keys = ["scope"], clause = "X.1" }', 4, "overrides.keys.0", "no key scope"),
]


@pytest.mark.parametrize(("body", "line", "key", "why"), FORM + MEANING)
def test_each_mistake_is_named_at_its_line(body: str, line: int, key: str, why: str) -> None:
    (finding,) = check(text(body))
    assert (finding.line, finding.key) == (line, key)
    assert why in say(finding.message, "en")
    assert say(finding.message, "zh_CN") != say(finding.message, "en")


@pytest.mark.parametrize(
    ("body", "line"), [('maintainer = { role = "hr"', 4), ("a = 1\nb = = 2", 5), ("x = 1\nx = 2", 5)]
)
def test_what_is_not_toml_is_named_at_its_line(body: str, line: int) -> None:
    (finding,) = check(text(body))
    assert finding.line == line
    assert "can't be read from this line on" in say(finding.message, "en")


def test_several_mistakes_come_in_the_order_of_the_file() -> None:
    findings = check(text('roles = [{ id = "x" }]\nmaintainer = 3\nfeilds = []'))
    assert [finding.line for finding in findings] == sorted(finding.line for finding in findings)
    assert {finding.line for finding in findings} == {4, 5, 6}


def test_a_bad_file_is_not_loaded_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text("titel = 1"), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load(path)
    assert refused.value.findings[0].path == str(path)


def test_an_id_twice_in_a_folder_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(text("", id="same"), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_folder(tmp_path)
    assert refused.value.findings[0].key == "id"


def test_an_organisations_file_replaces_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text('version = "9"', id="company"), "utf-8")
    policies = load_policies(tmp_path)
    assert policies["company"].version == "9"
    assert "enterprise" in policies
    assert "enterprise" in load_policies(tmp_path / "not there")


def test_an_own_rung_of_the_ladder_needs_no_id() -> None:
    file = load(
        text(
            'sanctions = [{ zh = "警告", en = "warning", clause = "X.1" }, '
            '{ zh = "谈话", en = "Talk with the head", clause = "X.2" }]'
        )
    ).file
    assert [(rung.id, rung.severity) for rung in file.sanctions] == [
        ("warning", 10),
        ("talk-with-the-head", 11),
    ]


def test_lines_of_every_way_to_write_toml() -> None:
    lines = key_lines(
        '# note = 1\n"quoted key" = 1\na.b = [ # "[\n  { c = "}", \'d\' = """\nx = 1\n""" },\n\n  2,\n]\n'
        "[t . u]\nk = 2026-01-01 # [x]\n[[l]]\nx = true\n[[l]]\nx = [[1], [2]]\n[l.sub]\ny = '#'\n"
    )
    assert lines[("quoted key",)] == 2
    assert lines[("a", "b", 0, "c")] == 4
    assert lines[("a", "b", 0, "d")] == 4
    assert lines[("a", "b", 1)] == 8
    assert lines[("t", "u", "k")] == 11
    assert lines[("l", 0, "x")] == 13
    assert lines[("l", 1, "x", 1, 0)] == 15
    assert lines[("l", 1, "sub", "y")] == 17


@pytest.mark.threat(21)
@pytest.mark.parametrize(
    "broken", ["a = " + "[" * 5000, "a = " + "{a=" * 3000, ".".join("a" * 5000) + " = 1", "a = " + "9" * 5000]
)
def test_a_text_without_bounds_is_a_finding_like_any_other(broken: str) -> None:
    assert [finding.line for finding in check(broken)] == [1]
